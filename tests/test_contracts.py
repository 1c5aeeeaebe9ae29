"""The import contracts reach every venue of this repository, a new one included."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from support.pages import ROOT

SAID: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RULES = SAID["tool"]["importlinter"]
VENUES = sorted(
    found.parent.name.removeprefix("exchangekit-")
    for found in (ROOT / "plugins").glob("*/pyproject.toml")
)


def contract(words: str) -> dict[str, Any]:
    [found] = [one for one in RULES["contracts"] if one["name"].startswith(words)]
    return dict(found)


@pytest.mark.parametrize("venue", VENUES)
def test_the_contracts_name_every_venue(venue: str) -> None:
    package = f"exchangekit_{venue}"
    own = {f"{package}.{part}" for part in ("adapter", "rows", "errors")}
    assert package in RULES["root_packages"]
    assert f"{package}.sim" in contract("A dialect shares nothing")["source_modules"]
    assert own <= set(contract("A dialect shares nothing")["forbidden_modules"])
    assert own <= set(contract("Adapters of venues are pure")["source_modules"])
    assert package in contract("No import goes round")["ancestors"]


def test_nothing_beside_an_adapter_escapes_the_contracts() -> None:
    """A module of a venue is its hooks, its simulation, or one of those that must be pure."""
    for venue in VENUES:
        package = ROOT / "plugins" / f"exchangekit-{venue}" / f"exchangekit_{venue}"
        modules = {path.stem for path in package.glob("*.py")}
        assert modules == {"__init__", "adapter", "rows", "errors"}
