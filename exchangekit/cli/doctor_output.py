"""What the doctor found, for people and for programs. Fits any width of terminal."""

from __future__ import annotations

import os
import textwrap
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from exchangekit.cli.failures import printable
from exchangekit.cli.output import console
from exchangekit.doctor.findings import Difference, Examination, Fault, Line, Verdict

_STYLES = {
    Verdict.PASS: "green",
    Verdict.WARN: "yellow",
    Verdict.FAIL: "bold red",
    Verdict.SKIP: "dim",
}
_NARROW = 60
_MARK, _NAME = 6, 13


def show_line_of(out: Console, line: Line) -> None:
    """One check of a venue."""
    head = Text(f"{line.verdict:<{_MARK}}", _STYLES[line.verdict]) + Text(line.check)
    said = [line.said] if line.advice is None else [line.said, line.advice]
    if out.width < _NARROW:
        out.print(head)
        for text in said:
            _folded(out, text, 2)
        return
    indent = _MARK + _NAME
    rows = [row for text in said for row in _rows(text, out.width - indent)]
    out.print(head + Text(" " * max(1, _NAME - len(line.check)) + rows[0]), soft_wrap=True)
    for row in rows[1:]:
        out.print(Text(" " * indent + row), soft_wrap=True)


def show_examination(found: Examination) -> None:
    out = console()
    style = "bold red" if found.refused else "yellow" if not found.checked else "green"
    _folded(out, f"{found.request}: {verdict(found)}", 0, style)
    for fault in found.faults:
        _fault(out, fault)
    for note in found.notes:
        _folded(out, note, 0, "dim")
    if found.signed is not None and found.faults:
        _folded(out, f"What was signed: {found.signed}.", 0)
    if found.should_sign is not None:
        clean = found.checked and not found.faults
        said = "This was signed, as it should be:" if clean else "This should be signed:"
        _folded(out, said, 0)
        _exact(out, found.should_sign)
    for difference in found.differences:
        _difference(out, difference)


def verdict(found: Examination) -> str:
    """The whole of it in a few words."""
    certain = sum(fault.certain for fault in found.faults)
    if certain:
        sure = "may" if found.disputed else "would"
        return f"this {sure} be refused, {certain} fault{'s' if certain > 1 else ''}."
    if not found.checked:
        return "nothing wrong was found, but the signature was not checked."
    if found.faults:
        return "nothing makes it fail for certain; see below."
    return "nothing is wrong with it."


def _fault(out: Console, fault: Fault) -> None:
    mark = Verdict.FAIL if fault.certain else Verdict.WARN
    out.print(Text(f"{mark:<{_MARK}}", _STYLES[mark]) + Text(fault.name))
    _folded(out, fault.said, 2)
    _folded(out, fault.advice, 2)


def _folded(out: Console, text: str, indent: int, style: str = "") -> None:
    for row in _rows(text, out.width - indent):
        out.print(Text(" " * indent + row, style), soft_wrap=True)


def _rows(text: str, width: int) -> list[str]:
    wrapped = textwrap.wrap(printable(text), max(10, width), break_on_hyphens=False)
    return wrapped or [""]


def _exact(out: Console, text: str) -> None:
    """A text to be copied: in one piece where nothing says how wide lines may be."""
    width = max(10, out.width - 2)
    if not out.is_terminal and "COLUMNS" not in os.environ:
        width = max(len(text), 1)
    for start in range(0, len(text), width):
        out.print(Text("  " + text[start : start + width]), soft_wrap=True)


def _difference(out: Console, one: Difference) -> None:
    _folded(out, f"First difference, after {one.at} characters:", 0)
    labels = (one.what, "should be")
    start = max(len(label) for label in labels) + 4
    room = max(12, min(out.width, 100) - start - 2)
    first = max(0, one.at - room // 2)
    lead = "…" if first else " "
    for label, text in zip(labels, (one.given, one.wanted), strict=True):
        part = text[first : first + room]
        out.print(Text(f"  {label:<{start - 3}}{lead}{part}"), soft_wrap=True)
    before = cell_len(one.wanted[first : one.at])
    out.print(Text(" " * (start + before) + "^", "bold red"), soft_wrap=True)


def line_facts(line: Line) -> dict[str, Any]:
    return {
        "check": line.check,
        "verdict": str(line.verdict),
        "said": line.said,
        "advice": line.advice,
    }


def as_facts(found: Examination) -> dict[str, Any]:
    return {
        "request": found.request,
        "verdict": verdict(found),
        "refused": found.refused,
        "signature_checked": found.checked,
        "faults": [
            {"name": one.name, "certain": one.certain, "said": one.said, "advice": one.advice}
            for one in found.faults
        ],
        "should_sign": found.should_sign,
        "signed": found.signed,
        "signed_text": found.signed_text,
        "differences": [
            {"what": one.what, "at": one.at, "given": one.given, "should_be": one.wanted}
            for one in found.differences
        ],
        "readings_tried": found.tried,
        "notes": list(found.notes),
    }
