"""The files of a dialect: the same names at every venue, and imports that go one way."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "exchangekit" / "sim" / "README.md").read_text(encoding="utf-8")
NAMES = re.findall(r"^\| `(\w+)\.py` \|", PAGE, re.MULTILINE)
FOLDERS = [*ROOT.glob("plugins/*/exchangekit_*/sim"), *ROOT.glob("examples/*/exchangekit_*/sim")]


def imported(path: Path) -> set[str]:
    """The files of its own folder that a file imports from."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            package, _, module = node.module.partition(".sim")
            if package == path.parent.parent.name:
                found |= {module[1:]} if module else {name.name for name in node.names}
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_a_dialect_has_no_file_that_the_table_does_not_name(folder: Path) -> None:
    assert {path.stem for path in folder.glob("*.py")} <= set(NAMES)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_what_a_file_of_a_dialect_imports_stands_above_it_in_the_table(folder: Path) -> None:
    for path in folder.glob("*.py"):
        below = NAMES[NAMES.index(path.stem) :]
        assert not imported(path) & set(below), path


def test_there_are_dialects_to_look_at() -> None:
    assert len(FOLDERS) >= 4
    assert len(NAMES) == len(set(NAMES)) >= 10
    assert all(imported(folder / "__init__.py") for folder in FOLDERS)
