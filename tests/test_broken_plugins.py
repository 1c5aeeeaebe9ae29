"""A plugin that cannot be imported is told with the author's own file and line, and what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from support.patience import PATIENCE
from support.toy import Entry, ToyAdapter, plugin_of

from exchangekit.errors import PluginError
from exchangekit.plugins import Plugins, load

INIT = """\
from exchangekit import hookimpl
from {package}.adapter import Made


@hookimpl
def exchangekit_venues():
    return [Made]
"""
FINE = """\
from support.toy import ToyAdapter


class Made(ToyAdapter):
    venue = "acmeone"
"""


def package(folder: Path, name: str, files: dict[str, str], value: str = "") -> str:
    """A package `name` in `folder`, as if it were installed, with a plugin ``acmeone``."""
    for file, text in {"__init__.py": INIT.format(package=name), **files}.items():
        (folder / name).mkdir(exist_ok=True)
        (folder / name / file).write_text(text, encoding="utf-8")
    about = folder / f"{name}-1.2.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
    (about / "entry_points.txt").write_text(f"[exchangekit]\nacmeone = {value or name}\n")
    return name


def loaded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Plugins:
    monkeypatch.syspath_prepend(folder)
    (found,) = metadata.distributions(path=[str(folder)])
    good = Entry("toy", plugin_of(ToyAdapter))
    plugins = load([*found.entry_points, good])
    assert "toy" in plugins.venues, "the others go on"
    return plugins


BROKEN = {
    "a module that is not installed": (
        {"adapter.py": "import re\nimport nosuchlibrary.deep\n"},
        "adapter.py:2",
        "Install nosuchlibrary, and list it under dependencies in the plugin's pyproject.toml.",
    ),
    "a module of its own that is not there": (
        {"adapter.py": "from {package} import rows\nfrom {package}.rowz import Row\n"},
        "adapter.py:1",
        "",
    ),
    "a file of its own that is not there": (
        {"adapter.py": "import {package}.rowz\n"},
        "adapter.py:1",
        "The package has no {package}.rowz: is it spelt so, is the file installed?",
    ),
    "a name that the kit does not have": (
        {"adapter.py": "\nfrom exchangekit.adapter import Adaptor\n"},
        "adapter.py:2",
        "what exchangekit.adapter has in the installed version of the kit.",
    ),
    "a file that Python cannot read": (
        {"adapter.py": "class Made:\n    venue = 'acme\n"},
        "adapter.py:2",
        "Python cannot read that file.",
    ),
    "an error while it is imported": (
        {
            "adapter.py": "from {package}.rows import TABLE\n",
            "rows.py": "\nTABLE = {}\nTABLE['a']\n",
        },
        "rows.py:3",
        "",
    ),
    "an error in the midst of Python's own library": (
        {"adapter.py": "import re\n\nX = re.compile('(')\n"},
        "adapter.py:3",
        "",
    ),
    "a class that declares what cannot work": (
        {"adapter.py": f"{FINE}\n    def fetch_tiker(self, market):\n        return None\n"},
        "adapter.py:4",
        "Did you mean fetch_ticker?",
    ),
    "an error table that cannot work": (
        {
            "adapter.py": "from {package} import errors\n",
            "errors.py": "from exchangekit.adapter import ErrorTable as T\n\nE = T({5: None})\n",
        },
        "errors.py:3",
        "a code of an ErrorTable is 5: expected a text",
    ),
    "the end of the program": (
        {"adapter.py": "import sys\nsys.exit(3)\n"},
        "adapter.py:2",
        "A plugin must not end the program when it is imported.",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_plugin_that_cannot_be_imported_is_told_with_its_own_line_and_what_to_do(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, line, advice = BROKEN[name]
    made = package(tmp_path, f"acme_{list(BROKEN).index(name)}", {})
    for file, text in files.items():
        (tmp_path / made / file).write_text(text.replace("{package}", made), encoding="utf-8")
    found = loaded(tmp_path, monkeypatch)
    (problem,) = found.problems
    assert problem.plugin == f"acmeone ({made} 1.2)"
    file = line.partition(":")[0]
    assert f"({tmp_path / made / file}{line.removeprefix(file)})" in problem.reason
    assert advice.format(package=made) in problem.reason
    assert problem.reason.endswith(f"The whole story: python -c 'import {made}'")
    assert "\n" not in problem.reason
    with pytest.raises(PluginError) as caught:
        found.adapter("acmeone")
    assert str(tmp_path / made / file) in str(caught.value)


@pytest.mark.parametrize(
    ("value", "advice"),
    [
        ("{package}x", "Its entry point in pyproject.toml names {package}x: is that spelt"),
        ("{package}:plugin", "has no attribute 'plugin'"),
    ],
)
def test_an_entry_point_that_leads_nowhere_says_so(
    value: str, advice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"acme_nowhere_{len(value)}"
    made = package(tmp_path, name, {"adapter.py": FINE}, value.format(package=name))
    (problem,) = loaded(tmp_path, monkeypatch).problems
    assert advice.format(package=made) in problem.reason


def test_a_name_that_is_nearly_right_is_suggested(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if sys.version_info < (3, 12):
        pytest.skip("older Pythons do not tell which name it was")
    package(tmp_path, "acme_near", {"adapter.py": "from exchangekit.adapter import Adaptor\n"})
    (problem,) = loaded(tmp_path, monkeypatch).problems
    assert "Did you mean 'Adapter'?" in problem.reason


def test_an_adapter_that_cannot_be_made_names_the_line_that_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"{FINE}\n    def __init__(self):\n        self.table = {{}}['x']\n"
    package(tmp_path, "acme_unmade", {"adapter.py": text})
    found = loaded(tmp_path, monkeypatch)
    with pytest.raises(PluginError) as caught:
        found.adapter("acmeone")
    assert "cannot be used: Made() failed: KeyError: 'x' (" in str(caught.value)
    assert f"{tmp_path / 'acme_unmade' / 'adapter.py'}:8)" in str(caught.value)


def test_a_plugin_that_is_no_module_at_all_spoils_nothing() -> None:
    class Odd:
        def __dir__(self) -> list[str]:
            raise RuntimeError("no list of names")

    found = load([Entry("odd", Odd()), Entry("toy", plugin_of(ToyAdapter))])
    (problem,) = found.problems
    assert problem.reason.startswith("it could not be registered: RuntimeError: no list of names (")
    assert list(found.venues) == ["toy"]


def test_the_command_shows_file_and_line_and_the_other_venues(tmp_path: Path) -> None:
    package(tmp_path, "acme_shown", {"adapter.py": "import re\n\nre.compilee('x')\n"})
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    for arguments, code in (["venues"], 0), (["ticker", "acmeone", "BTC/USDT"], None):
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                "import sys; from exchangekit.cli import main; sys.exit(main())",
                *arguments,
            ],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            env={**os.environ, "PYTHONPATH": path, "COLUMNS": "400"},
        )
        said = done.stdout + done.stderr
        assert f"{tmp_path / 'acme_shown' / 'adapter.py'}:3" in said
        assert "module 're' has no attribute 'compilee'" in said
        assert "Traceback" not in said
        assert (done.returncode == 0) is (code == 0)
        if arguments == ["venues"]:
            assert "mexc" in done.stdout
