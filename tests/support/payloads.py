"""The venues' real answers, for tests marked `payloads`.

They are reference data kept outside the project: the folder is named by the environment variable
EXCHANGEKIT_PAYLOADS. Where it is not set, `rows` is empty and `needs_payloads` skips with a plain
message; where it is set and wrong, collecting the tests fails, so that nothing passes unseen.

In a test module::

    from support.payloads import body, label, needs_payloads, rows

    @needs_payloads
    @pytest.mark.parametrize("row", rows("okx"), ids=label)
    def test_it_parses(row): ... body(row) ...
"""

from __future__ import annotations

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

VARIABLE = "EXCHANGEKIT_PAYLOADS"

Row = dict[str, Any]
"""One line of MANIFEST.jsonl: file, venue, operation, path, http_status, kind, fragment, note …"""


class DocumentedError(NamedTuple):
    """One line of a table in errors.md."""

    group: str
    code: str
    message: str


def folder() -> Path | None:
    value = os.environ.get(VARIABLE, "")
    return Path(value).resolve(strict=True) if value else None


def needs_payloads(test: Any) -> Any:
    """Marks a test function: selected by ``-m payloads``, skipped where the folder is missing."""
    skip = pytest.mark.skipif(
        folder() is None, reason=f"{VARIABLE} is not set: the venues' real answers are not here"
    )
    return pytest.mark.payloads(skip(test))


def rows(venue: str, *, ws: bool = False) -> list[Row]:
    """The manifest's lines of one venue: REST by default, WebSocket messages with ``ws=True``."""
    return [
        row for row in _manifest() if row["venue"] == venue and (row["operation"] == "ws") is ws
    ]


def body(row: Row) -> bytes:
    where = folder()
    assert where is not None, f"{VARIABLE} is not set"
    return (where / row["file"]).read_bytes()


def files(venue: str) -> set[str]:
    """Every REST file that lies in the venue's folder, listed in the manifest or not."""
    where = folder()
    if where is None:
        return set()
    found = (path.relative_to(where) for path in (where / venue).rglob("*") if path.is_file())
    return {path.as_posix() for path in found if path.parts[1] != "ws" and len(path.parts) > 2}


def label(row: Row) -> str:
    """What the test of a row is called."""
    name: str = row["file"]
    return name.removesuffix(".json")


def documented_errors(venue: str) -> list[DocumentedError]:
    """The rows of the venue's tables in errors.md, with the message as it stands there."""
    where = folder()
    if where is None:
        return []
    section = re.search(
        rf"^## {re.escape(venue)}$(.*?)(?=^## |\Z)",
        (where / "errors.md").read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    assert section is not None, f"errors.md has no section {venue}"
    cells = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in section.group(1).splitlines()
        if line.startswith("|")
    ]
    return [
        DocumentedError(row[0], row[1].strip("`"), row[3])
        for row in cells
        if row[0] != "group" and not row[0].startswith("---")
    ]


@cache
def _manifest() -> tuple[Row, ...]:
    where = folder()
    if where is None:
        return ()
    text = (where / "MANIFEST.jsonl").read_text(encoding="utf-8")
    return tuple(json.loads(line) for line in text.splitlines() if line)
