"""Tables for people, JSON for programs.

Numbers are shown with exactly their digits. Nothing a venue says is taken for markup.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel
from rich import box
from rich.console import Console, Group, RenderableType
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from exchangekit.cli.failures import printable
from exchangekit.models.numbers import plain, pretty

_PIPE_WIDTH = 240
_WHOLE = frozenset({"utf8", "utf8sig"})


def console() -> Console:
    """Standard output. Into a pipe or a file lines are long enough not to be cut."""
    made = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    if not made.is_terminal and "COLUMNS" not in os.environ:
        made.width = _PIPE_WIDTH
    return made


def cell(value: object) -> Text:
    """A value as a table shows it; what is not known is a dash."""
    return Text("–", style="dim") if value is None else Text(words(value))


def words(value: object) -> str:
    if isinstance(value, Decimal):
        return pretty(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    return printable(str(value))


def table(headings: Sequence[str], *, right: Iterable[str] = ()) -> Table:
    """An empty table; the columns named in `right` hold numbers."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    numbers = set(right)
    for heading in headings:
        justify: Any = "right" if heading in numbers else "left"
        made.add_column(heading, justify=justify, overflow="fold")
    return made


def show_table(made: Table, rows: Iterable[Sequence[object]], *, empty: str = "") -> None:
    """A row each; where a terminal is too narrow for its numbers, a line a cell instead."""
    kept = tuple(rows)
    out = console()
    if not kept and empty:
        out.print(empty)
    else:
        out.print(fitted(made, kept, out))


def fitted(made: Table, rows: Iterable[Sequence[object]], out: Console) -> RenderableType:
    """`made` with `rows`, as `show_table` shows it."""
    kept = [[value if isinstance(value, Text) else cell(value) for value in row] for row in rows]
    for row in kept:
        made.add_row(*row)
    if _fits(made, out):
        return made
    headings = [str(column.header) for column in made.columns]
    parts: list[RenderableType] = []
    for row in kept:
        parts += [Text(), _stacked(headings, row)]
    return Group(*parts[1:])


def _fits(made: Table, out: Console) -> bool:
    """Whether no word and no number of the table would have to be broken."""
    room = out.options.update(width=10_000)
    return Measurement.get(out, room, made).minimum <= out.width


def _stacked(headings: Sequence[str], row: Sequence[Text]) -> Table:
    made = Table(box=None, show_header=False, pad_edge=False)
    made.add_column(style="dim")
    made.add_column(overflow="fold")
    for heading, value in zip(headings, row, strict=True):
        made.add_row(Text(heading), value)
    return made


def show_facts(facts: Iterable[tuple[str, object]]) -> None:
    """One thing, a line a fact; what is not known is left out."""
    made = Table(box=None, show_header=False, pad_edge=False)
    made.add_column(style="dim")
    made.add_column(overflow="fold")
    for name, value in facts:
        if value is not None:
            made.add_row(Text(name), cell(value))
    console().print(made)


def show_line(text: str, style: str = "") -> None:
    console().print(Text(printable(text), style=style))


def show_json(value: object) -> None:
    """For programs: right whatever the encoding of the output is. Where it has not every letter,
    letters beyond ASCII are written as JSON's escapes and not as question marks."""
    whole = (sys.stdout.encoding or "").lower().replace("-", "").replace("_", "") in _WHOLE
    sys.stdout.write(json.dumps(as_json(value), ensure_ascii=not whole, indent=2) + "\n")


def as_json(value: object) -> Any:
    """`value` as JSON: decimals as strings with all their digits, times in ISO 8601."""
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        return {
            name: as_json(getattr(value, name))
            for name, field in fields.items()
            if not field.exclude
        }
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return as_json(value._asdict())
    if isinstance(value, (list, tuple, set, frozenset)):
        return [as_json(item) for item in value]
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return str(value)
