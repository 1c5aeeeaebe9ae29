"""Failovers over toy exchanges and over doubles, called in one way, sync or async.

A `Desk` is a toy venue with orders of its own. `Over` is a failover over desks called "a", "b", …;
`over_doubles` one over operations that a test makes by hand.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from exchangekit import Exchange, SyncExchange, connect, connect_sync
from exchangekit.adapter import Outgoing, Reply
from exchangekit.failover import Failover, FailoverEvent, Kind, SyncFailover
from exchangekit.failover.health import State
from exchangekit.models import Balance, Balances, Market, Markets, Order, OrderBook
from exchangekit.models.markets import index
from exchangekit.operations.interface import Operations
from exchangekit.runtime.effects import Flow
from support import toy
from support.interleaved import ADAPTERS
from support.toy import BTC, AsyncToy, Script, SyncToy, market_of, query, refusal, reply

KINDS = ("sync", "async")
RICH = {"USDT": ("100000", "0"), "BTC": ("100", "0")}
MAINTENANCE = refusal(-1016, "a pause")


@dataclass
class Desk(Script):
    """A toy venue that keeps orders. ``next`` answers new orders before they are taken."""

    next: list[Reply | BaseException] = field(default_factory=list)
    down: bool = False
    balance: Mapping[str, tuple[str, str]] = field(default_factory=lambda: dict(RICH))
    book: dict[str, list[tuple[str, str]]] = field(
        default_factory=lambda: {"bids": [("9", "50")], "asks": [("11", "50")]}
    )
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.standing = {
            "/order": self._order,
            "/balance": lambda _: reply(self.balance),
            "/book": lambda _: reply(self.book),
            "/ticker": lambda _: reply({"last": "10"}),
            "/open": lambda _: reply({"rows": self._open()}),
            "/closed": lambda _: reply({"rows": []}),
            "/fills": lambda _: reply({"rows": [fill(one) for one in self.orders]}),
            "/order/fills": lambda asked: reply({"rows": [fill(query(asked)["id"])]}),
            "/orders": self._cancel_many,
            "/switch": lambda _: reply({"at": toy.START_MS + 60_000}),
        }

    def answer(self, outgoing: Outgoing) -> Reply:
        if self.down:
            self.seen.append(outgoing)
            return MAINTENANCE
        return super().answer(outgoing)

    def _open(self) -> list[dict[str, Any]]:
        return [one for one in self.orders.values() if one["status"] == "open"]

    def _order(self, outgoing: Outgoing) -> Reply:
        asked = query(outgoing)
        if outgoing.method == "POST":
            return self._take(asked)
        for row in self.orders.values():
            if asked.get("id") == row["id"] or asked.get("client") == row["client"]:
                if outgoing.method == "DELETE":
                    row["status"] = "canceled"
                return reply(row)
        return refusal(-2013, "no such order")

    def _take(self, asked: dict[str, str]) -> Reply:
        if self.next:
            told = self.next.pop(0)
            if isinstance(told, BaseException):
                raise told
            return told
        return reply(self.placed(asked))

    def placed(self, asked: dict[str, str]) -> dict[str, Any]:
        own = str(len(self.orders) + 1)
        row = {"id": own, "client": asked["client"], "status": "open",
               "side": asked["side"], "type": asked["type"],
               "amount": asked.get("amount"), "price": asked.get("price")}  # fmt: skip
        self.orders[own] = row
        return row

    def _cancel_many(self, outgoing: Outgoing) -> Reply:
        ids = query(outgoing)["ids"].split(",")
        for one in ids:
            self.orders[one]["status"] = "canceled"
        return reply(dict.fromkeys(ids, True))

    @property
    def tried(self) -> int:
        """How often an order was sent here."""
        return sum(one.method == "POST" and one.path == "/order" for one in self.seen)

    @property
    def amounts(self) -> list[tuple[str | None, str | None]]:
        """Amount and price of what was taken."""
        return [(one["amount"], one["price"]) for one in self.orders.values()]


def fill(order: str) -> dict[str, Any]:
    return {"id": f"f{order}", "order": order, "at": toy.START_MS}


@pytest.fixture
def toys(monkeypatch: pytest.MonkeyPatch) -> None:
    """``connect("a")`` finds a toy venue of that name; so do "b" and "c"."""
    found = toy.plugins_with(*ADAPTERS.values())
    assert not found.problems
    monkeypatch.setattr(sys.modules["exchangekit.connect"], "installed", lambda: found)


def toy_exchange(kind: str, venue: str, script: Script, **options: Any) -> Any:
    """``connect(venue)`` of that kind, answered by `script`, with no journal."""
    given = {"env_file": None, "journal": None, "resolve": False, **toy.toy_keys(), **options}
    if kind == "sync":
        return connect_sync(venue, **{"transport": SyncToy(script), **given})
    return connect(venue, **{"transport": AsyncToy(script), **given})


class Over:
    """A failover over desks, sync or async, with a clock of its own for the health of venues."""

    def __init__(
        self,
        kind: str,
        desks: Mapping[str, Desk],
        each: Mapping[str, Mapping[str, Any]] | None = None,
        **options: Any,
    ) -> None:
        self.kind = kind
        self.desks = desks
        self.events: list[FailoverEvent] = []
        made = [toy_exchange(kind, key, desk, **(each or {}).get(key, {}))
                for key, desk in desks.items()]  # fmt: skip
        self.exchange = failover(kind, made, on_event=self.events.append, **options)
        self.now = 1000.0
        self.several = self.exchange._several
        self.several._clock = lambda: self.now

    def call(self, operation: str, *args: Any, **kwargs: Any) -> Any:
        return called(self.exchange, operation, *args, **kwargs)

    def buy(self, amount: str = "1", price: str = "10", name: str | None = None) -> Order:
        """A limit order in BTC/USDT."""
        made: Order = self.call(
            "create_limit_order", "BTC/USDT", "buy", amount, price, client_order_id=name
        )
        return made

    def is_open(self, key: str, kind: Kind) -> bool:
        """Whether the venue is passed over."""
        return bool(self.exchange.health()[key][kind].state is not State.CLOSED)

    def told(self, of: type[Any]) -> list[str]:
        """Events of a class, in words."""
        return [str(one) for one in self.events if isinstance(one, of)]


def failover(kind: str, exchanges: list[Any], **options: Any) -> Any:
    made = {"journal": None, **options}
    return (SyncFailover if kind == "sync" else Failover)(exchanges, **made)


def called(exchange: Any, operation: str, *args: Any, **kwargs: Any) -> Any:
    """One operation, whichever kind the exchange is."""
    told = getattr(exchange, operation)(*args, **kwargs)
    return asyncio.run(told) if asyncio.iscoroutine(told) else told


# Doubles


class Double(Operations):
    """What a test makes up: each operation does what is set for it, a result or an error."""

    def __init__(self, key: str, **answers: Any) -> None:
        self.key = key
        self.answers = answers
        self.asked: list[str] = []
        self.listed: Markets | None = index((market(),))

    @property
    def venue(self) -> str:
        return self.key

    @property
    def markets(self) -> Markets | None:
        return self.listed

    def _told(self, operation: str, default: Callable[[], Any]) -> Flow[Any]:
        self.asked.append(operation)
        yield from ()
        told = self.answers.get(operation)
        if isinstance(told, BaseException):
            raise told
        if told is None:
            return default()
        return told() if callable(told) else told

    def create_order(self, symbol: str, *args: Any, **kwargs: Any) -> Flow[Order]:
        return self._told("create_order", lambda: Order(symbol=symbol, id="1"))

    def fetch_balance(self) -> Flow[Balances]:
        return self._told("fetch_balance", Balances)

    def fetch_ticker(self, symbol: str) -> Flow[Any]:
        return self._told("fetch_ticker", lambda: None)

    def fetch_order_book(self, symbol: str, limit: int | None = None) -> Flow[OrderBook]:
        return self._told("fetch_order_book", lambda: OrderBook(symbol=symbol, bids=(), asks=()))

    def fetch_time(self) -> Flow[Any]:
        return self._told("fetch_time", lambda: toy.START)


def over_doubles(kind: str, *doubles: Operations, **options: Any) -> Any:
    """A failover over doubles."""
    made = SyncExchange if kind == "sync" else Exchange
    return failover(kind, [made(one) for one in doubles], **options)


def market(**rules: Any) -> Market:
    """BTC/USDT of the toy venue, by other rules."""
    return market_of(msgspec.convert({**BTC, **rules}, toy.MarketRow))


def held(**free: str) -> Balances:
    return Balances(
        assets={
            name: Balance(asset=name, free=Decimal(one), used=Decimal(0))
            for name, one in free.items()
        }
    )
