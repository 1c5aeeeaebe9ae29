"""docs/doctor.md: its list of cases is the code's, and its examples print what it says.

``python tests/doctor/test_docs.py`` writes both into the page anew.
"""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from support import doctor_body_cases, doctor_header_cases, doctor_query_cases
from support.pages import Block, examples
from support.traders import KEYS

from exchangekit.cli import main
from exchangekit.doctor import rights
from exchangekit.doctor.faults import FAULTS

PAGE = Path(__file__).parents[2] / "docs" / "doctor.md"
BEGIN, END = "<!-- cases: begin -->\n", "<!-- cases: end -->"
CHECKS = ("plugin", "transport", "key", "name", "connection", "tls", "status", "clock", "limits")
CASES = [*doctor_query_cases.CASES, *doctor_header_cases.CASES]


def tried() -> dict[str, list[str]]:
    """The requests that the tests hold each fault to."""
    found: dict[str, dict[str, None]] = {}
    for case in CASES:
        for name in case.faults:
            found.setdefault(name, {})[case.title] = None
    for title, (_, faults, _) in doctor_body_cases.FORM_CASES.items():
        for name in sorted(faults):
            found.setdefault(name, {})[f"{title} (in a form)"] = None
    for title, (_, faults) in doctor_body_cases.JSON_CASES.items():
        for name in sorted(faults):
            found.setdefault(name, {})[f"{title} (in a body)"] = None
    for title, (_, name, _) in doctor_query_cases.WARNED.items():
        found.setdefault(name, {})[title] = None
    return {name: list(titles) for name, titles in found.items()}


def case_list() -> str:
    rows = ["| name | fault | tried with |", "|---|---|---|"]
    titles = tried()
    for name, sentence in FAULTS.items():
        rows.append(f"| `{name}` | {sentence} | {'; '.join(titles[name])} |")
    return "\n".join(rows) + "\n"


def shown_examples() -> list[tuple[Block, Block]]:
    """A command and the block titled "Output" after it."""
    found = examples(PAGE)
    return [
        (one, after)
        for one, after in pairwise(found)
        if one.language == "sh" and after.title == "Output"
    ]


def printed(command: str) -> str:
    words = shlex.split(command.replace("\\\n", " "))
    assert words[:2] == ["exchangekit", "doctor"]
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        main(words[1:])
    return out.getvalue()


def secrets() -> dict[str, str]:
    return {"MEXC_SECRET": KEYS["mexc"]["secret"], "OKX_SECRET": KEYS["okx"]["secret"]}


def test_the_list_of_cases_is_that_of_the_code() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text.partition(BEGIN)[2].partition(END)[0] == case_list()


def test_every_fault_is_tried_with_a_request_that_has_it() -> None:
    assert set(tried()) == set(FAULTS)


@pytest.mark.parametrize(
    "number", range(len(shown_examples())), ids=lambda number: f"example {number + 1}"
)
def test_an_example_prints_what_the_page_says(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in secrets().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "96")
    command, output = shown_examples()[number]
    assert printed(command.text) == output.text


def test_every_check_of_a_visit_is_explained() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for check in (*CHECKS, rights.SIGNATURE, rights.IP, rights.PERMISSIONS):
        assert f"| {check} |" in text


def rewrite() -> None:
    os.environ.update(secrets(), COLUMNS="96")
    text = PAGE.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    for command, output in reversed(shown_examples()):
        end = output.line - 1 + len(output.text.splitlines())
        lines[output.line - 1 : end] = printed(command.text).splitlines(keepends=True)
    text = "".join(lines)
    before, _, rest = text.partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}{case_list()}{END}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    rewrite()
