"""`exchangekit new-venue`: a package that can be used as it is, or one sentence and nothing."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from packaging.requirements import Requirement
from support.commands import Command

import exchangekit
from exchangekit.adapter import OPERATIONS
from exchangekit.adapter.authors import NOT_TOLD
from exchangekit.cli.skeleton import skeleton

FILES = {
    "README.md",
    "exchangekit_zeta/__init__.py",
    "exchangekit_zeta/adapter.py",
    "exchangekit_zeta/errors.py",
    "exchangekit_zeta/py.typed",
    "exchangekit_zeta/sim/__init__.py",
    "exchangekit_zeta/rows.py",
    "pyproject.toml",
    "tests/test_conformance.py",
}


def written(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


def test_it_writes_the_package_and_says_what_to_do_next(command: Command) -> None:
    seen = command("new-venue", "zeta")
    assert (seen.code, seen.err) == (0, "")
    assert written(Path("exchangekit-zeta")) == FILES
    assert [line.split()[0] for line in seen.out.splitlines()] == [
        "Made",
        "cd",
        "pip",
        "exchangekit",
        "pytest",
    ]


def test_it_writes_into_the_folder_that_is_named_whatever_its_name(
    command: Command, tmp_path: Path
) -> None:
    place = tmp_path / "my venues"
    place.mkdir()
    seen = command("new-venue", "zeta", "--dir", str(place))
    assert seen.code == 0
    assert written(place) == {f"exchangekit-zeta/{path}" for path in FILES}
    assert f"cd '{place}/exchangekit-zeta'" in seen.out


def test_programs_get_the_list_of_files(command: Command) -> None:
    seen = command("new-venue", "zeta", "--json")
    assert json.loads(seen.out) == {
        "venue": "zeta",
        "folder": "exchangekit-zeta",
        "files": sorted(FILES),
    }


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Zeta", "lower-case letters and digits"),
        ("zeta-x", "lower-case letters and digits"),
        ("zeta x", "lower-case letters and digits"),
        ("../zeta", "lower-case letters and digits"),
        ("2zeta", "a letter first"),
        ("", "lower-case letters and digits"),
        ("größe", "lower-case letters and digits"),
        ("z" * 31, "at most 30"),
        ("mexc", "installed already (mexc (exchangekit-mexc"),
    ],
)
def test_a_name_that_will_not_do_is_one_sentence_and_exit_code_2(
    command: Command, name: str, why: str
) -> None:
    seen = command("new-venue", name)
    assert seen.code == 2
    assert why in seen.err
    assert len(seen.err.splitlines()) == 1
    assert written(Path()) == set()


def test_a_package_of_that_name_that_offers_no_venue_is_not_written_over(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere" / "exchangekit_zeta").mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path / "elsewhere")
    seen = command("new-venue", "zeta")
    assert seen.code == 2
    assert "exchangekit_zeta is installed already" in seen.err


@pytest.mark.parametrize("kind", ["folder", "file", "dangling link"])
def test_what_is_there_already_is_left_alone(command: Command, kind: str) -> None:
    there = Path("exchangekit-zeta")
    if kind == "folder":
        there.mkdir()
    elif kind == "file":
        there.write_text("mine")
    else:
        there.symlink_to("nowhere")
    seen = command("new-venue", "zeta")
    assert (seen.code, seen.err) == (2, "exchangekit-zeta exists already: nothing was written.\n")
    assert list(Path().iterdir()) == [there]
    assert kind != "file" or there.read_text() == "mine"


def test_a_folder_that_is_not_there_is_said(command: Command, tmp_path: Path) -> None:
    seen = command("new-venue", "zeta", "--dir", str(tmp_path / "nowhere"))
    assert seen.code == 2
    assert seen.err == f"There is no folder {tmp_path / 'nowhere'}: nothing was written.\n"


@pytest.mark.parametrize("fails_at", [0, 3], ids=["the first file", "a later file"])
def test_a_disk_that_is_full_leaves_nothing_behind(
    command: Command, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    write, done = Path.write_text, list[Path]()

    def full(path: Path, *args: Any, **kwargs: Any) -> int:
        if len(done) == fails_at:
            raise OSError(28, "No space left on device")
        done.append(path)
        return write(path, *args, **kwargs)

    monkeypatch.setattr(Path, "write_text", full)
    seen = command("new-venue", "zeta")
    assert seen.code == 2
    assert "No space left on device" in seen.err
    assert list(Path().iterdir()) == []


def test_a_folder_that_may_not_be_written_to_is_said(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no(**where: Any) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("exchangekit.cli.new_venue.tempfile", SimpleNamespace(mkdtemp=no))
    seen = command("new-venue", "zeta")
    assert (seen.code, "Permission denied" in seen.err) == (2, True)


def test_the_package_is_for_versions_of_the_kit_that_do_not_break_it() -> None:
    for kit, fits, breaks in (
        (exchangekit.__version__, exchangekit.__version__, "99.0"),
        ("0.1.0", "0.1.9", "0.2.0"),
        ("0.9.2", "0.9.2", "0.10.0"),
        ("1.4.0", "1.9.0", "2.0.0"),
    ):
        project = tomllib.loads(skeleton("zeta", kit)["pyproject.toml"])["project"]
        [needed] = map(Requirement, project["dependencies"])
        assert needed.name == "exchangekit"
        assert needed.specifier.contains(fits)
        assert not needed.specifier.contains(breaks)
    assert project["entry-points"] == {"exchangekit": {"zeta": "exchangekit_zeta"}}


def test_the_adapter_lists_every_operation_and_pretends_to_have_none() -> None:
    text = skeleton("zeta", "0.1.0")["exchangekit_zeta/adapter.py"]
    listed = [
        line.strip("# ").partition("(")[0] for line in text.splitlines() if "-> Call[" in line
    ]
    assert tuple(listed) == OPERATIONS
    [adapter] = [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]
    assert not [node.name for node in adapter.body if isinstance(node, ast.FunctionDef)]


def test_what_nobody_wrote_yet_is_marked_as_that() -> None:
    files = skeleton("zeta", "0.1.0")
    adapter, sim = files["exchangekit_zeta/adapter.py"], files["exchangekit_zeta/sim/__init__.py"]
    assert "signer = kit.NoSigner()\n" in adapter
    assert "error_in = kit.no_envelope\n" in adapter
    assert "def authenticate" not in sim
    assert NOT_TOLD in files["README.md"]


def test_nothing_in_the_package_is_left_to_be_substituted() -> None:
    for path, text in skeleton("zeta", "0.1.0").items():
        assert "$" not in path + text
        assert text == "" or text.endswith("\n")
        assert all(len(line) <= 100 for line in text.splitlines()), path


def test_makers_and_takers_pay_different_rates_so_that_a_mix_up_shows() -> None:
    text = skeleton("zeta", "0.1.0")["exchangekit_zeta/sim/__init__.py"]
    rates = dict(re.findall(r'(maker|taker)=Decimal\("([\d.]+)"\)', text))
    assert rates["maker"] != rates["taker"]
