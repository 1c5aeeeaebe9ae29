"""Bars as arrays: which column is which, and what they become."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

import msgspec

from exchangekit.adapter.decode import utc_each
from exchangekit.adapter.marks import Iso, Milliseconds
from exchangekit.adapter.request import Reply
from exchangekit.adapter.rows import CandleRow, ChartRow, decode_rows
from exchangekit.adapter.signs import below_zero
from exchangekit.errors import BadReply
from exchangekit.models.base import Source
from exchangekit.models.market_data import Candle

_COLUMNS = CandleRow.__struct_fields__


def candles(reply: Reply, *path: str | int) -> tuple[Candle, ...]:
    """Oldest first; their list is the reply, or stands at `path`."""
    return _read(reply, CandleRow, path)


def chart(row: ChartRow, symbol: str, source: Source) -> tuple[Candle, ...]:
    """Oldest first, where the reply says their market: for `parse_row`, which compares it."""
    return _bars(row.candles, source.body)


def candle_columns(
    columns: str, *path: str | int, time: type[Milliseconds] | type[Iso] | None = None
) -> Callable[[Reply], tuple[Candle, ...]]:
    """The parser of bars whose columns have an order of their own: ``candle_columns("timestamp
    turnover close high low open volume", "data", time=Seconds)``. Other names than those of
    `CandleRow` are not read. `time` is the unit, milliseconds where it is not said. Raises
    TypeError where a column is missing or there twice."""
    names = columns.split()
    for name in _COLUMNS:
        if names.count(name) != 1:
            raise TypeError(f"the columns {columns!r} do not say {name!r}, or more than once")
    kinds: dict[str, Any] = dict.fromkeys(_COLUMNS, Decimal)
    mark = None if time is None else time("timestamp")
    kinds["timestamp"] = int if mark is None else mark.takes(int)
    row: Any = msgspec.defstruct(
        "Columns",
        [
            (name, kinds[name]) if name in kinds else (f"column_{at}", msgspec.Raw)
            for at, name in enumerate(names)
        ],
        array_like=True,
        gc=False,
    )
    read = None if mark is None else mark.reader("timestamp", int)
    return partial(_read, kind=row, path=path, moment=read)


def _read(
    reply: Reply,
    kind: Any,
    path: tuple[str | int, ...],
    moment: Callable[[Any], int] | None = None,
) -> tuple[Candle, ...]:
    rows = decode_rows(kind, reply, *path)
    if moment is not None:
        for row in rows:
            row.timestamp = _told(moment, row.timestamp)
    return _bars(rows, reply.body)


def _bars(rows: Sequence[CandleRow], body: bytes) -> tuple[Candle, ...]:
    new = tuple.__new__  # a named tuple's own takes twice as long
    made: list[Candle] = [
        new(Candle, (moment, row.open, row.high, row.low, row.close, row.volume))
        for row, moment in zip(rows, utc_each([row.timestamp for row in rows]), strict=True)
    ]
    if b"-" in body and any(below_zero(*bar[1:]) for bar in made):
        raise BadReply("the venue sent a negative price or volume in a candle")
    return tuple(sorted(made))


def _told(moment: Callable[[Any], int | None], written: Any) -> int:
    try:
        found = moment(written)
    except ValueError as problem:
        raise BadReply(f"a candle's time cannot be read: {problem}") from None
    if found is None:
        raise BadReply("a candle does not say its time")
    return found
