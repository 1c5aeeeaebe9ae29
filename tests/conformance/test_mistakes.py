"""A stranger's mistakes in an adapter: each is found by the check that the documentation names, but
for those that no check can know."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from support import mistakes
from support.mistakes import MISTAKES, Mistake

from exchangekit.testing import examine, subject_of
from exchangekit.testing.registry import checks

PAGE = Path(__file__).parents[2] / "docs" / "conformance.md"
BEGIN, END = "<!-- mistakes: begin -->\n", "<!-- mistakes: end -->"
FOUND = [one for one in MISTAKES if one.found]
MISSED = [one for one in MISTAKES if not one.found]


@pytest.fixture(autouse=True)
def modules() -> Iterator[None]:
    yield
    mistakes.forget()


@pytest.mark.parametrize("mistake", FOUND, ids=lambda mistake: mistake.what)
def test_a_mistake_is_found(mistake: Mistake) -> None:
    adapter, dialect = mistakes.spoilt(mistake)
    about = subject_of(adapter, dialect)
    try:
        for name in mistake.found:
            found = list(examine(about, only=name, ways=("sim-sync",)))
            assert any(one.result == "failed" for one in found), name
    finally:
        about.stop()


def test_there_are_many_mistakes_and_few_that_are_not_found() -> None:
    assert len(FOUND) >= 40
    assert all(one.why for one in MISSED)
    assert len(MISSED) < len(FOUND) / 5
    names = [check.name for check in checks()]
    for one in FOUND:
        assert all(any(fnmatchcase(name, found) for name in names) for found in one.found)


def test_the_page_lists_each_mistake_with_what_finds_it_or_why_nothing_can() -> None:
    told = PAGE.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]
    assert told == tables(), "run: make readme"


def tables() -> str:
    """Both tables of the page."""
    lines = ["| mistake | found by |", "|---|---|"]
    lines += [f"| {one.what} | {', '.join(map(_code, one.found))} |" for one in FOUND]
    lines += ["", "No check can know these:", "", "| mistake | why |", "|---|---|"]
    lines += [f"| {one.what} | {one.why} |" for one in MISSED]
    return "\n".join(lines) + "\n"


def _code(name: str) -> str:
    return f"`{name}`"


def rewrite() -> None:
    """The tables into the page."""
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    PAGE.write_text(before + BEGIN + tables() + END + rest.split(END)[1], encoding="utf-8")


if __name__ == "__main__":
    rewrite()
