"""`exchangekit candles`: drawn for people, a table or JSON for those who want the numbers."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from exchangekit.cli import completing
from exchangekit.cli.chart import columns, draw, glyphs_for, grouped
from exchangekit.cli.failures import Failure, printable
from exchangekit.cli.options import (
    Account,
    AsJson,
    BaseUrl,
    Environment,
    InsecureHttp,
    Symbol,
    Venue,
    Where,
)
from exchangekit.cli.output import console, show_json, show_line, show_table, table, words
from exchangekit.cli.progress import Waiting, waiting
from exchangekit.exchange import SyncExchange
from exchangekit.models.market_data import Candle
from exchangekit.models.numbers import WIDE

_LISTED = 100
_WIDTH_OF_A_FILE = 80
_WIDEST = 200
_SPACED_FROM = 60
_TELL_EVERY = 1000
_CLOCKS_DIFFER = timedelta(days=1)

Timeframe = Annotated[
    str,
    typer.Argument(
        help="The length of a candle, such as 1m, 1h, 1d.", autocompletion=completing.timeframes
    ),
]
Limit = Annotated[
    int | None,
    typer.Option(
        "--limit",
        "-n",
        min=1,
        help="How many: the newest, or with --since the first. As many as fit if left out, with"
        " --since all up to now.",
        show_default=False,
    ),
]
Since = Annotated[
    str | None,
    typer.Option(
        "--since",
        help="Begin here (UTC): 2026-01-31 or 2026-01-31T12:00:00Z.",
        show_default=False,
    ),
]


def candles(
    venue: Venue,
    symbol: Symbol,
    timeframe: Timeframe = "1h",
    limit: Limit = None,
    since: Since = None,
    as_table: Annotated[bool, typer.Option("--table", help="Numbers, not a drawing.")] = False,
    environment: Environment = "live",
    base_url: BaseUrl = None,
    account: Account = None,
    insecure_http: InsecureHttp = False,
    json: AsJson = False,
) -> None:
    """Candlesticks drawn in the terminal, or as a table."""
    start = None if since is None else moment(since)
    out = console()
    width = _width(out)
    wanted = limit
    if wanted is None and start is None:
        wanted = _LISTED if json or as_table else _comfortable(width)
    with (
        Where(venue, environment, base_url, account, insecure_http).open() as exchange,
        waiting(f"Asking {venue} for candles …", quiet=json) as progress,
    ):
        found = _fetch(exchange, symbol, timeframe, start, wanted, progress)
    if json:
        show_json(found)
    elif not found:
        show_line(f"{symbol}: no candles of {timeframe} there.")
    elif as_table:
        headings = ["time", "open", "high", "low", "close", "volume"]
        show_table(table(headings, right=headings[1:]), found)
    else:
        _draw(out, width, symbol, timeframe, found)


def moment(text: str, nothing: str = "there is no candle yet") -> datetime:
    """A date or a time in ISO 8601; without a zone it is UTC. Raises Failure."""
    try:
        # Also 20260131 and 2026-W05 are ISO 8601, but more often something else was meant.
        if not re.match(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            raise ValueError
        found = datetime.fromisoformat(text)
        start = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Failure(
            f"--since is {text!r}, no time: expected 2026-01-31 or 2026-01-31T12:00:00Z."
        ) from None
    if start > datetime.now(UTC) + _CLOCKS_DIFFER:
        raise Failure(f"--since is {text!r}, in the future: {nothing}.")
    return start


def _fetch(
    exchange: SyncExchange,
    symbol: str,
    timeframe: str,
    since: datetime | None,
    limit: int | None,
    progress: Waiting,
) -> tuple[Candle, ...]:
    if since is None:
        return exchange.fetch_ohlcv(symbol, timeframe, limit=limit)
    found: list[Candle] = []
    for one in islice(exchange.iter_ohlcv(symbol, timeframe, since=since), limit):
        found.append(one)
        if not len(found) % _TELL_EVERY:
            progress.say(f"{len(found)} candles, up to {words(one.timestamp)} …")
    return tuple(found)


def _width(out: Console) -> int:
    known = out.is_terminal or "COLUMNS" in os.environ
    return min(out.width if known else _WIDTH_OF_A_FILE, _WIDEST)


def _comfortable(width: int) -> int:
    """A candle and a gap each, where there is room for that."""
    room = columns(width)
    return room if width < _SPACED_FROM else room // 2


def _draw(out: Console, width: int, symbol: str, timeframe: str, found: Sequence[Candle]) -> None:
    shown, size = grouped(found, columns(width))
    each = f", {size} a column" if size > 1 else ""
    out.print(Text(printable(f"{symbol}, {len(found)} candles of {timeframe}{each}"), "bold"))
    colour = out.is_terminal and not out.no_color and out.color_system is not None
    lines = draw(
        shown,
        width,
        dates=timeframe[-1] in "dwM",
        glyphs=glyphs_for(out.encoding),
        colour=colour,
    )
    for line in lines:
        out.print(line, soft_wrap=True)
    out.print(Text(_summary(found)))


def _summary(found: Sequence[Candle]) -> str:
    first, last = found[0].open, found[-1].close
    change = ""
    if first:
        rate = WIDE.divide(WIDE.subtract(last, first), first) * 100
        change = f" ({rate:+.2f} %)"
    high, low = max(one.high for one in found), min(one.low for one in found)
    return (
        f"last {words(last)}{change}, high {words(high)}, low {words(low)},"
        f" to {words(found[-1].timestamp)}"
    )
