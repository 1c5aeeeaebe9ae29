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


def modules_of(venue: str) -> set[str]:
    """Its modules, but for its hooks (`__init__`) and its simulation (a folder)."""
    package = ROOT / "plugins" / f"exchangekit-{venue}" / f"exchangekit_{venue}"
    return {path.stem for path in package.glob("*.py")} - {"__init__"}


@pytest.mark.parametrize("venue", VENUES)
def test_the_contracts_name_every_venue_and_every_module_of_it(venue: str) -> None:
    package = f"exchangekit_{venue}"
    modules = modules_of(venue)
    assert modules >= {"adapter", "rows", "errors"}
    own = {f"{package}.{part}" for part in modules}
    assert package in RULES["root_packages"]
    assert f"{package}.sim" in contract("A dialect shares nothing")["source_modules"]
    assert own <= set(contract("A dialect shares nothing")["forbidden_modules"])
    assert own <= set(contract("Adapters of venues are pure")["source_modules"])
    assert package in contract("No import goes round")["ancestors"]
