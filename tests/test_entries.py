"""What is known of a plugin before it is imported: whether it fits, and whether it may wait."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from support.patience import PATIENCE
from support.toy import Entry, ToyAdapter, plugin_of

from exchangekit.entries import offers_venues_only, surely_fits
from exchangekit.errors import PluginError
from exchangekit.plugins import Plugins, load

OFFERS = '''"""A venue."""
from exchangekit import hookimpl
from {package}.adapter import Made


@hookimpl
def exchangekit_venues():
    return [Made]
'''
ADAPTER = """\
from support.toy import ToyAdapter


class Made(ToyAdapter):
    venue = "{venue}"
"""
MORE = {
    "a gate": "@hookimpl\ndef exchangekit_before_order(intent):\n    return None\n",
    "an observer": "@hookimpl\ndef exchangekit_on_reply(event):\n    pass\n",
    "a gate from elsewhere": "from {package}.gates import exchangekit_before_order\n",
    "a gate under another name": "from {package} import gates as exchangekit_gates\n",
    "all of a module": "from {package}.gates import *\n",
    "a hook in a branch": "if True:\n    exchangekit_on_wait = None\n",
    "a hook that is assigned": "exchangekit_on_wait = print\n",
    "names that are made up": "def __getattr__(name):\n    raise AttributeError(name)\n",
    "a class": "class Gates:\n    pass\n",
    "a misspelt hook": "@hookimpl\ndef exchangekit_on_requests(event):\n    pass\n",
    "what runs": "print('loaded')\n",
}


def package(folder: Path, venue: str, more: str = "", value: str = "") -> metadata.EntryPoint:
    """An installed package that offers `venue`, with `more` in its module."""
    name = f"waits_{venue}"
    (folder / name).mkdir()
    (folder / name / "__init__.py").write_text((OFFERS + more).format(package=name))
    (folder / name / "adapter.py").write_text(ADAPTER.format(venue=venue))
    (folder / name / "gates.py").write_text("def exchangekit_before_order(intent): ...\n")
    about = folder / f"{name}-1.2.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\nRequires-Dist: exchangekit>=0.1,<0.2\n"
    )
    (about / "entry_points.txt").write_text(f"[exchangekit]\n{venue} = {value or name}\n")
    (found,) = metadata.distributions(name=name, path=[str(folder)])
    (entry,) = found.entry_points
    return entry


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(tmp_path)
    for name in [one for one in sys.modules if one.startswith("waits_")]:
        monkeypatch.delitem(sys.modules, name)
    return tmp_path


def test_a_plugin_that_only_offers_venues_waits_until_its_venue_is_asked_for(folder: Path) -> None:
    plugins = load([package(folder, "acmeone"), package(folder, "acmetwo")])
    assert plugins.adapter("acmeone").venue == "acmeone"
    assert "waits_acmeone" in sys.modules
    assert "waits_acmetwo" not in sys.modules
    assert plugins.adapter("acmetwo").venue == "acmetwo"


@pytest.mark.parametrize("what", ["venues", "offers", "origins", "problems"])
def test_who_asks_for_all_gets_all(folder: Path, what: str) -> None:
    plugins = load([package(folder, "acmeone"), package(folder, "acmetwo")])
    assert getattr(plugins, what) is not None
    assert {"waits_acmeone", "waits_acmetwo"} <= sys.modules.keys()


@pytest.mark.parametrize("more", MORE)
def test_a_plugin_that_may_do_more_is_loaded_at_once(folder: Path, more: str) -> None:
    entry = package(folder, "acmeone", MORE[more])
    assert not offers_venues_only(entry)
    load([entry])
    assert "waits_acmeone" in sys.modules


@pytest.mark.parametrize(
    "value", ["waits_acmeone:thing", "waits_acmeone.adapter", "no_such_module"]
)
def test_what_is_no_module_of_its_own_does_not_wait(folder: Path, value: str) -> None:
    assert not offers_venues_only(package(folder, "acmeone", value=value))


def test_a_plugin_in_a_process_of_its_own_does_not_wait() -> None:
    assert not offers_venues_only(Entry("toy", plugin_of(ToyAdapter)))


def test_one_that_waits_and_is_broken_stops_no_other_and_is_reported_when_asked(
    folder: Path,
) -> None:
    broken = package(folder, "acmetwo")
    (folder / "waits_acmetwo" / "adapter.py").write_text("import nosuchlibrary\n")
    plugins = load([package(folder, "acmeone"), broken])
    assert plugins.adapter("acmeone").venue == "acmeone"
    assert [one.plugin for one in plugins.problems] == ["acmetwo (waits_acmetwo 1.2)"]
    with pytest.raises(PluginError, match="nosuchlibrary"):
        plugins.adapter("acmetwo")


def test_two_packages_of_one_name_are_both_loaded_and_neither_gets_the_key(folder: Path) -> None:
    other = folder / "other"
    other.mkdir()
    plugins = load([package(folder, "acmeone"), Entry("acmeone", plugin_of(_Other))])
    with pytest.raises(PluginError, match="several plugins offer"):
        plugins.adapter("acmeone")


class _Other(ToyAdapter):
    venue = "acmeone"


def test_connecting_to_one_venue_loads_no_other() -> None:
    code = (
        "import sys, exchangekit\n"
        "exchangekit.connect_sync('okx', env_file=None, journal=None).close()\n"
        "print([one for one in sys.modules if one in ('exchangekit_mexc', 'exchangekit_binance',"
        " 'packaging', 'pydantic_settings', 'sqlite3')])\n"
        "print(len(exchangekit.plugins.installed().venues) > 2)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    assert told.stdout.split("\n")[:2] == ["[]", "True"], told.stdout


VERSIONS = st.lists(st.integers(0, 12), min_size=1, max_size=4).map(lambda n: ".".join(map(str, n)))
BOUNDS = st.tuples(st.sampled_from(["==", "!=", ">=", "<=", ">", "<"]), VERSIONS).map("".join)


@given(VERSIONS, st.lists(BOUNDS, max_size=3))
def test_plain_requirements_are_read_as_packaging_reads_them(kit: str, bounds: list[str]) -> None:
    line = "exchangekit" + ",".join(bounds)
    assert surely_fits(line, kit) is Requirement(line).specifier.contains(kit, prereleases=True)


@pytest.mark.parametrize(
    "line",
    [
        "exchangekit-okx>=0.1",
        "exchangekit[fast]>=0.1",
        "exchangekit~=0.1",
        "exchangekit==0.1.*",
        "exchangekit>=0.1rc1",
        'exchangekit>=0.1; python_version > "3"',
        "exchangekit @ file:///kit",
        "exchangekit>=0.1 <0.2",
        "exchangekit>=0.1<0.2",
    ],
)
def test_what_is_not_plain_is_left_to_packaging(line: str) -> None:
    assert not surely_fits(line, "0.1.0")


def test_a_version_that_is_not_plain_is_left_to_packaging() -> None:
    assert not surely_fits("exchangekit>=0.1", "0.2.dev1")


def test_plugins_that_wait_are_loaded_once_by_many_threads(folder: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    plugins: Plugins = load([package(folder, "acmeone"), package(folder, "acmetwo")])
    with ThreadPoolExecutor(8) as pool:
        names = ["acmeone", "acmetwo"] * 8
        assert [made.venue for made in pool.map(plugins.adapter, names)] == names
    assert plugins.problems == []
