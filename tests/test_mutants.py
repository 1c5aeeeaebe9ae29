"""`make mutants` finds the lines that no test holds, and leaves the tree as it was."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TOOL = Path(__file__).parent.parent / ".ci" / "mutants"
HOME = "plugins/exchangekit-sums"

MODULE = '''"""Sums."""

RATE = 3


def larger(one: int, other: int) -> int:
    """The larger one."""
    if one > other:
        return one
    return other


def doubled(number: int) -> int:
    return number + number


def forgotten() -> int:
    return 7
'''

WORDS = 'GREETINGS = ("hi", "hello", "ahoy", "good day")\n'

TESTS = """
from exchangekit_sums.sums import RATE, doubled, larger
from exchangekit_sums.words import GREETINGS

def test_sums():
    assert larger(2, 1) == 2
    assert larger(1, 2) == 2
    assert doubled(2) == 4

def test_the_rate():
    assert RATE > 2

def test_greetings():
    assert all(GREETINGS)
    test_sums()
"""


def test_what_no_test_notices_is_named_by_line_and_the_tree_is_left_alone(tmp_path: Path) -> None:
    written = {
        f"{HOME}/exchangekit_sums/__init__.py": "",
        f"{HOME}/exchangekit_sums/sums.py": MODULE,
        f"{HOME}/exchangekit_sums/words.py": WORDS,
        f"{HOME}/tests/test_sums.py": TESTS,
    }
    for name, text in written.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    module, words = f"{HOME}/exchangekit_sums/sums.py", f"{HOME}/exchangekit_sums/words.py"
    done = subprocess.run(
        [sys.executable, TOOL],
        cwd=tmp_path,
        env={**os.environ, "MODULES": f"{module} {words}", "MINUTES": "2"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    first, looked, *survivors, last = done.stdout.splitlines()
    assert first == f"12 of 12 mutants of {module}, {words}"
    assert looked.startswith("3 tests looked at")
    assert sorted(survivors) == [
        f"{module}:18: 7 becomes 8 (met by no test)",
        f"{module}:18: return 7 becomes return None (met by no test)",
        f"{module}:3: 3 becomes 4 (survived)",
        f"{module}:8: one > other becomes (one >= other) (survived)",
        f"{words}:1: \"ahoy\" becomes 'ahoyx' (survived)",
        f"{words}:1: \"good day\" becomes 'good' (survived)",
        f"{words}:1: \"hello\" becomes 'hellox' (survived)",
        f"{words}:1: \"hi\" becomes 'hix' (survived)",
    ]
    assert last.startswith("6 survived, 4 killed, 2 met by no test, in ")
    files = (path for path in tmp_path.rglob("*") if path.is_file() and ".git" not in path.parts)
    assert {path.relative_to(tmp_path).as_posix(): path.read_text() for path in files} == written
