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


def modules_of(venue: str) -> tuple[set[str], set[str]]:
    """Its modules but for hooks (`__init__`), and its simulations, which are folders called so."""
    package = ROOT / "plugins" / f"exchangekit-{venue}" / f"exchangekit_{venue}"
    found = {path.relative_to(package).with_suffix("").parts for path in package.rglob("*.py")}
    mine = {".".join(parts) for parts in found if "sim" not in parts and parts[-1] != "__init__"}
    return mine, {".".join(parts[:-1]) for parts in found if parts[-2:] == ("sim", "__init__")}


@pytest.mark.parametrize("venue", VENUES)
def test_the_contracts_name_every_venue_and_every_module_of_it(venue: str) -> None:
    package = f"exchangekit_{venue}"
    modules, simulations = modules_of(venue)
    assert modules >= {"adapter", "rows", "errors"}
    assert "sim" in simulations
    own = {f"{package}.{part}" for part in modules}
    assert package in RULES["root_packages"]
    standing_alone = {f"{package}.{part}" for part in simulations}
    assert standing_alone <= set(contract("A dialect shares nothing")["source_modules"])
    assert own <= set(contract("A dialect shares nothing")["forbidden_modules"])
    assert own <= set(contract("Adapters of venues are pure")["source_modules"])
    assert package in contract("No import goes round")["ancestors"]
