"""What a call costs without a network: signing, orders, lists, books, markets."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec

from benchmarks import answers as made
from benchmarks.clients import Answers, Canned, operations, ours, theirs
from benchmarks.measure import Row, Work
from benchmarks.scale import Scale
from exchangekit import Journal
from exchangekit.adapter import Outgoing, Request
from exchangekit.adapter.signing import Stamp
from exchangekit.exchange import SyncExchange
from exchangekit.plugins import installed
from exchangekit.runtime.drivers import SyncDriver

SYMBOL = "BTC/USDT"
LEVELS = (100, 1000, 5000)
PAGES = {"mexc": (99, 500), "binance": (500, 1000), "okx": (99, 300)}
"""Rows of a list and of a chart that one request of the venue brings."""


def rows(venue: str, scale: Scale) -> list[Row]:
    """All rows of one venue."""
    listed, charted = PAGES[venue]
    fitting = Scale(
        scale.symbols,
        min(scale.orders, listed),
        min(scale.trades, listed),
        min(scale.candles, charted),
        scale.assets,
    )
    both = _Both(venue, fitting)
    found = [
        _loading(both),
        _signing(both),
        *_orders(both),
        both.row("fetch_tickers", 0.2, "fetch_tickers", each=fitting.symbols, unit="ticker"),
        both.row("fetch_open_orders", 0.15, "fetch_open_orders", SYMBOL,
                 each=fitting.orders, unit="order"),
        both.row("fetch_my_trades", 0.2, "fetch_my_trades", SYMBOL, None, fitting.trades,
                 each=fitting.trades, unit="trade"),
        both.row("fetch_ohlcv", 0.45, "fetch_ohlcv", SYMBOL, "1m", None, fitting.candles,
                 each=fitting.candles, unit="candle"),
        both.row("fetch_balance", 0.2, "fetch_balance", each=fitting.assets, unit="asset"),
    ]  # fmt: skip
    deepest = installed().adapter(venue).capabilities.book_depths[-1]
    found += [_book(both, levels) for levels in LEVELS if levels <= deepest]
    return found


class _Both:
    """One venue, ours and ccxt's, with the markets loaded."""

    def __init__(self, venue: str, scale: Scale) -> None:
        self.venue = venue
        self.answers = Answers(made.bodies(venue, scale))
        self.operations = operations(venue)
        self.ours = SyncExchange(self.operations, SyncDriver(Canned(self.answers)))
        self.theirs = theirs(venue, self.answers)
        self.scale = scale
        self.ours.load_markets()
        self.theirs.load_markets()

    def row(self, title: str, most: float, name: str, *asked: Any, each: int, unit: str) -> Row:
        """Both asked alike; the floor is the decoder alone on the same body."""
        mine, other = getattr(self.ours, name), getattr(self.theirs, name)
        body = self._asked_for(mine, *asked)
        self._agree(mine(*asked), other(*asked), each, title)
        return Row(
            title,
            self.venue,
            most,
            {
                "ours": _repeat(lambda: mine(*asked)),
                "ccxt": _repeat(lambda: other(*asked)),
                "floor": _repeat(lambda: msgspec.json.decode(body)),
            },
            each,
            unit,
        )

    def _asked_for(self, mine: Callable[..., Any], *asked: Any) -> bytes:
        bodies: list[bytes] = []
        before = self.answers.to

        def listening(method: str, target: str, body: str = "") -> bytes:
            bodies.append(before(method, target, body))
            return bodies[-1]

        with patch.object(self.answers, "to", listening):
            mine(*asked)
        assert len(bodies) == 1, f"{self.venue}: one request was expected, not {len(bodies)}"
        return bodies[0]

    @staticmethod
    def _agree(mine: Any, other: Any, each: int, title: str) -> None:
        """What is measured is the same work: both must have read every row."""
        if title == "fetch_balance":
            other = other["total"]
        if title.startswith("fetch_order_book"):
            mine, other = (*mine.bids, *mine.asks), (*other["bids"], *other["asks"])
        assert len(mine) == len(other) == each, (title, len(mine), len(other), each)


def _repeat(call: Callable[[], Any]) -> Work:
    def work(times: int) -> None:
        for _ in range(times):
            call()

    return work


def _loading(both: _Both) -> Row:
    body = both._asked_for(both.ours.fetch_markets)  # noqa: SLF001 - of this module
    return Row(
        "load_markets",
        both.venue,
        0.15,
        {
            "ours": _repeat(lambda: both.ours.load_markets(reload=True)),
            "ccxt": _repeat(lambda: both.theirs.load_markets(reload=True)),
            "floor": _repeat(lambda: msgspec.json.decode(body)),
        },
        both.scale.symbols,
        "market",
    )


def _signing(both: _Both) -> Row:
    """A limit order, described beforehand, signed and written for the wire."""
    policy = both.operations.connection.policy
    request, stamp = _signed_by_us(both)
    other, path, words = _signed_by_ccxt(both)
    return Row(
        "sign an order",
        both.venue,
        {"okx": 0.4}.get(both.venue, 0.3),
        {
            "ours": _repeat(lambda: policy.outgoing(request, stamp)),
            "ccxt": _repeat(lambda: other.sign(path, *words)),
        },
    )


def _signed_by_us(both: _Both) -> tuple[Request, Stamp | None]:
    policy = both.operations.connection.policy
    caught: list[tuple[Request, Stamp | None]] = []
    before = policy.outgoing

    def outgoing(request: Request, stamp: Stamp | None) -> Outgoing:
        caught.append((request, stamp))
        return before(request, stamp)

    with patch.object(policy, "outgoing", outgoing):
        both.ours.create_limit_order(SYMBOL, "buy", "0.001", "40000", client_order_id="mine")
    return caught[-1]


def _signed_by_ccxt(both: _Both) -> tuple[Any, str, tuple[Any, ...]]:
    other = both.theirs
    caught: list[tuple[str, tuple[Any, ...]]] = []
    before = other.sign

    def sign(path: str, *words: Any) -> Any:
        caught.append((path, words))
        return before(path, *words)

    with patch.object(other, "sign", sign):
        other.create_order(SYMBOL, "limit", "buy", 0.001, 40000, {"clientOrderId": "mine"})
    path, words = caught[-1]
    return other, path, words


def _orders(both: _Both) -> list[Row]:
    mine, other = both.ours, both.theirs
    created = mine.create_limit_order(SYMBOL, "buy", "0.001", "40000")
    folder = tempfile.mkdtemp(prefix="exchangekit-bench-")
    written = ours(both.venue, Canned(both.answers), journal=Journal(Path(folder) / "orders"))
    written.load_markets()
    placed = _repeat(
        lambda: other.create_order(SYMBOL, "limit", "buy", 0.001, 40000, {"clientOrderId": "mine"})
    )
    found = [
        Row(
            "create_order",
            both.venue,
            0.35,
            {
                "ours": _repeat(lambda: mine.create_limit_order(SYMBOL, "buy", "0.001", "40000")),
                "ccxt": placed,
            },
        ),
        Row(
            "create_order, journal",
            both.venue,
            0.8,
            {
                "ours": _repeat(
                    lambda: written.create_limit_order(SYMBOL, "buy", "0.001", "40000")
                ),
                "ccxt": placed,
            },
        ),
    ]
    found.append(
        Row(
            "cancel_order",
            both.venue,
            0.35,
            {
                "ours": _repeat(lambda: mine.cancel_order(created.id, SYMBOL)),
                "ccxt": _repeat(lambda: other.cancel_order(created.id, SYMBOL)),
            },
        )
    )
    return found


def _book(both: _Both, levels: int) -> Row:
    body = made.book(both.venue, levels)
    for path in ("/api/v3/depth", "/api/v5/market/books"):
        both.answers.bodies["GET", path] = body
    row = both.row(
        f"fetch_order_book, {levels}", 0.45, "fetch_order_book", SYMBOL, levels,
        each=2 * levels, unit="level",
    )  # fmt: skip
    mine, other = both.ours, both.theirs

    def again(client: Any) -> Work:
        def work(times: int) -> None:
            for path in ("/api/v3/depth", "/api/v5/market/books"):
                both.answers.bodies["GET", path] = body
            for _ in range(times):
                client.fetch_order_book(SYMBOL, levels)

        return work

    row.work |= {"ours": again(mine), "ccxt": again(other)}
    return row
