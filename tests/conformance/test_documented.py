"""What the page of the conformance checks and pytest's summary say is what there is."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from support.patience import PATIENCE

from exchangekit.testing.check import GROUPS
from exchangekit.testing.registry import MODULES, checks

ROOT = Path(__file__).parents[2]
_ROW = re.compile(r"^\| (\d+) ([^|]+) \| (\d+) \| (\d+) \|", re.MULTILINE)


def test_the_page_tells_how_many_checks_each_group_has() -> None:
    page = (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8")
    told = {int(row[0]): (row[1], int(row[2]), int(row[3])) for row in _ROW.findall(page)}
    counted = {}
    for group, name in GROUPS.items():
        mine = [check for check in checks() if check.group == group]
        both = [check for check in mine if check.where == "both"]
        counted[group] = (name, len(mine), len(both))
    assert told == counted


def test_no_module_of_checks_is_left_out_of_the_list() -> None:
    written = {
        path.stem
        for path in (ROOT / "exchangekit/testing/checks").glob("*.py")
        if "\n@check(" in path.read_text(encoding="utf-8")
    }
    assert written == {module.__name__.rpartition(".")[2] for module in MODULES}


def test_every_check_is_named_by_a_sentence_and_once() -> None:
    names = [check.id for check in checks()]
    assert len(set(names)) == len(names)
    assert all(check.name.count("_") >= 3 for check in checks())


def test_pytest_tells_how_many_checks_passed_on_each_venue() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "test_04"]
    files = [f"plugins/exchangekit-{venue}/tests/test_conformance.py" for venue in ("mexc", "okx")]
    ran = subprocess.run(
        [*command, *files], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.search(r"^ +mexc +okx$", ran.stdout, re.MULTILINE)
    count = 4 * sum(1 for check in checks() if check.group == 4)
    assert re.search(rf"^ 4 symbols +{count} +{count}$", ran.stdout, re.MULTILINE), ran.stdout
