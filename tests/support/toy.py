"""A tiny venue of no name, and scripts of what it answers.

`ToyAdapter` has every operation, each in the plainest JSON, so that tests of the kit read without
any venue's documentation. A `Script` answers requests from a list (and the time and the markets by
itself); `SyncToy` and `AsyncToy` are transports over a script, and `tests/stepper.py` walks a
single flow with one. `plugins_with` makes `connect("toy")` work.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType, SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from exchangekit import errors, hookimpl
from exchangekit.adapter import (
    LIMIT_GTC,
    LIMIT_IOC,
    LIMIT_POST_ONLY,
    Adapter,
    Call,
    Capabilities,
    Cost,
    Environment,
    ErrorTable,
    Fence,
    LimitScope,
    Listing,
    Outgoing,
    Page,
    Reply,
    Request,
    SortedQueryHmac,
    VenueCode,
    Window,
    params,
)
from exchangekit.adapter.decode import decode, decode_any, milliseconds, peek, utc
from exchangekit.errors import BadReply
from exchangekit.models import (
    ApiKeyInfo,
    Balance,
    Balances,
    BookLevel,
    CancelFailure,
    CancelReport,
    Candle,
    Countdown,
    LimitOrder,
    Market,
    MarketBuyWithCost,
    Markets,
    MyTrade,
    Order,
    OrderBook,
    OrderRequest,
    OrderStatus,
    OrderType,
    Side,
    Source,
    Status,
    Ticker,
    Trade,
    TradingFee,
    VenueState,
)
from exchangekit.models.markets import index
from exchangekit.plugins import Plugins, load
from exchangekit.runtime.effects import TransportFailure
from support.strategies import passphrased

KEY, SECRET = "toykey0123456789abcdef", "toysecret0123456789abcdef"
BASE = "https://toy.invalid"
START_MS = 1_700_000_000_000
START = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)

WEIGHT = Cost("weight", 1, 100, 60.0)
ORDERS = Cost("orders", 1, 10, 10.0, LimitScope.ACCOUNT)


class Said(msgspec.Struct):
    code: int
    msg: str = ""


class OrderRow(msgspec.Struct):
    id: str
    status: str = "open"
    at: int = START_MS
    client: str | None = None
    filled: Decimal = Decimal(0)
    symbol: str | None = None
    side: Side | None = None
    type: str | None = None
    amount: Decimal | None = None
    price: Decimal | None = None


class FillRow(msgspec.Struct):
    id: str
    order: str
    at: int
    price: Decimal = Decimal(10)
    amount: Decimal = Decimal(1)
    client: str | None = None
    side: str = "buy"


class Rows(msgspec.Struct):
    rows: list[OrderRow]
    next: str | None = None


class Fills(msgspec.Struct):
    rows: list[FillRow]
    next: str | None = None


class MarketRow(msgspec.Struct):
    symbol: str
    price_step: Decimal | None = None
    amount_step: Decimal | None = None
    min_amount: Decimal | None = None
    max_amount: Decimal | None = None
    min_cost: Decimal | None = None
    cost_step: Decimal | None = None
    active: bool = True
    maker: Decimal | None = None
    taker: Decimal | None = None


def reply(body: Any, status: int = 200, **headers: str) -> Reply:
    """An answer: `body` is bytes as they are, or anything else as JSON."""
    made = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(status, {name.replace("_", "-"): value for name, value in headers.items()}, made)


def refusal(code: int, msg: str = "", status: int = 400, **headers: str) -> Reply:
    return reply({"code": code, "msg": msg}, status, **headers)


BTC = {
    "symbol": "BTC/USDT",
    "price_step": "0.01",
    "amount_step": "0.001",
    "min_amount": "0.001",
    "max_amount": "100",
    "min_cost": "5",
    "cost_step": "0.01",
    "maker": "0.001",
    "taker": "0.002",
}
ETH = {"symbol": "ETH/USDT", "price_step": "0.01", "amount_step": "0.01"}
CLOSED = {"symbol": "OLD/USDT", "active": False}
MARKETS: list[dict[str, Any]] = [BTC, ETH, CLOSED]


class ToyAdapter(Adapter):
    venue = "toy"
    title = "Toy"
    docs = "https://toy.invalid/docs"
    environments = MappingProxyType(
        {
            "live": Environment(BASE),
            "testnet": Environment("https://test.toy.invalid", (("X-TOY-TEST", "1"),)),
        }
    )
    signer = SortedQueryHmac("X-TOY-KEY")
    errors = ErrorTable(
        {
            "-1003": errors.RateLimited,
            "-1007": errors.VenueUnavailable,
            "-1008": errors.VenueUnavailable,
            "-1016": errors.OnMaintenance,
            "-1021": errors.ClockSkew,
            "-1022": errors.InvalidSignature,
            "-1023": errors.InvalidNonce,
            "-2010": errors.InsufficientFunds,
            "-2011": errors.OrderNotOpen,
            "-2012": errors.DuplicateClientOrderId,
            "-2013": errors.OrderNotFound,
            "-2015": errors.AccessRefused,
            "-1121": errors.UnknownSymbol,
        },
        unknown="-1007",
        refused="-1008",
    )
    used_weight_headers = MappingProxyType({"x-toy-used": "weight"})
    capabilities = Capabilities(
        limit_orders=frozenset({LIMIT_GTC, LIMIT_IOC, LIMIT_POST_ONLY}),
        timeframes=MappingProxyType({"1m": "1m", "1h": "1h", "1M": "1M"}),
        candles_per_call=5,
        book_depths=(5, 20),
        trades_per_call=10,
        my_trades_per_call=3,
        orders_per_call=3,
        cancels_per_call=2,
        needs_symbol=frozenset({"fetch_my_trades"}),
        fence=Fence("gateway"),
        not_in=MappingProxyType({"testnet": frozenset({"fetch_api_key"})}),
    )

    def error_in(self, reply: Reply, request: Request) -> VenueCode | None:
        said = peek(Said, reply)
        return None if said is None or said.code >= 0 else VenueCode(str(said.code), said.msg)

    def fetch_time(self) -> Call[datetime]:
        return Call(get("/time"), lambda reply: utc(decode(dict[str, int], reply)["t"]))

    def fetch_status(self) -> Call[Status]:
        return Call(
            get("/status"), lambda reply: Status(state=VenueState(decode_any(reply)["state"]))
        )

    def fetch_markets(self) -> Call[Markets]:
        def parse(reply: Reply) -> Markets:
            rows = decode(list[MarketRow], reply)
            return index(tuple(market_of(row) for row in rows))

        return Call(get("/markets"), parse)

    def fetch_ticker(self, market: Market) -> Call[Ticker]:
        def parse(reply: Reply) -> Ticker:
            last = decode(dict[str, Decimal], reply)["last"]
            return Ticker(symbol=market.symbol, last=last, source=Source(reply.body))

        return Call(get("/ticker", s=market.id), parse)

    def fetch_tickers(self, markets: Markets) -> Call[dict[str, Ticker]]:
        def parse(reply: Reply) -> dict[str, Ticker]:
            said = decode(dict[str, Decimal], reply)
            return {
                markets.by_id[name].symbol: Ticker(symbol=markets.by_id[name].symbol, last=last)
                for name, last in said.items()
                if name in markets.by_id
            }

        return Call(get("/tickers"), parse)

    def fetch_order_book(self, market: Market, depth: int) -> Call[OrderBook]:
        def parse(reply: Reply) -> OrderBook:
            said = decode(dict[str, list[tuple[Decimal, Decimal]]], reply)
            sides = {name: tuple(BookLevel(*row) for row in rows) for name, rows in said.items()}
            return OrderBook(symbol=market.symbol, **sides)

        return Call(get("/book", s=market.id, n=depth), parse)

    def fetch_trades(self, market: Market, limit: int) -> Call[tuple[Trade, ...]]:
        def parse(reply: Reply) -> tuple[Trade, ...]:
            return tuple(
                Trade(
                    symbol=market.symbol,
                    timestamp=utc(row.at),
                    price=row.price,
                    amount=row.amount,
                    cost=row.price * row.amount,
                    id=row.id,
                )
                for row in decode(list[FillRow], reply)
            )

        return Call(get("/trades", s=market.id, n=limit), parse)

    def fetch_ohlcv(
        self, market: Market, timeframe: str, window: Window | None, limit: int
    ) -> Call[tuple[Candle, ...]]:
        def parse(reply: Reply) -> tuple[Candle, ...]:
            return tuple(
                Candle(utc(row[0]), *map(Decimal, ("1", "2", "0.5", "1.5", "9")))
                for row in decode(list[list[int]], reply)
            )

        span = _span(window)
        return Call(get("/candles", s=market.id, tf=timeframe, n=limit, **span), parse)

    def fetch_balance(self) -> Call[Balances]:
        def parse(reply: Reply) -> Balances:
            said = decode(dict[str, tuple[Decimal, Decimal]], reply)
            held = {name: Balance(asset=name, free=a, used=b) for name, (a, b) in said.items()}
            return Balances(assets=held)

        return Call(get("/balance", signed=True), parse)

    def fetch_trading_fees(
        self, markets: Markets, market: Market | None
    ) -> Call[dict[str, TradingFee]]:
        def parse(reply: Reply) -> dict[str, TradingFee]:
            said = decode(dict[str, tuple[Decimal, Decimal]], reply)
            return {
                markets.by_id[name].symbol: TradingFee(
                    symbol=markets.by_id[name].symbol, maker=maker, taker=taker
                )
                for name, (maker, taker) in said.items()
            }

        return Call(get("/fees", signed=True, s=market.id if market else None), parse)

    def fetch_api_key(self) -> Call[ApiKeyInfo]:
        return Call(get("/key", signed=True), lambda reply: ApiKeyInfo(**decode_any(reply)))

    def create_order(self, market: Market, order: OrderRequest) -> Call[Order]:
        request = change("POST", "/order", **order_params(market, order))
        return Call(request, lambda reply: order_of(market.symbol, decode(OrderRow, reply)))

    def test_order(self, market: Market, order: OrderRequest) -> Call[None]:
        request = change("POST", "/order/test", **order_params(market, order))

        def parse(reply: Reply) -> None:
            if decode_any(reply) != {}:
                raise BadReply("expected an empty object")

        return Call(request, parse)

    def cancel_order(
        self, market: Market, id: str | None, client_order_id: str | None
    ) -> Call[Order]:
        request = change("DELETE", "/order", s=market.id, id=id, client=client_order_id)
        return Call(request, lambda reply: order_of(market.symbol, decode(OrderRow, reply)))

    def cancel_orders(self, market: Market, ids: tuple[str, ...]) -> Call[CancelReport]:
        def parse(reply: Reply) -> CancelReport:
            said = decode(dict[str, bool], reply)
            return CancelReport(
                canceled=tuple(Order(symbol=market.symbol, id=one) for one in ids if said[one]),
                failed=tuple(
                    CancelFailure(order_id=one, reason="gone") for one in ids if not said[one]
                ),
            )

        return Call(change("DELETE", "/orders", s=market.id, ids=",".join(ids)), parse)

    def cancel_all_after(self, seconds: int | None) -> Call[Countdown]:
        def parse(reply: Reply) -> Countdown:
            at = decode(dict[str, int | None], reply)["at"]
            return Countdown(triggers=None if at is None else utc(at))

        return Call(change("POST", "/switch", n=seconds or 0), parse)

    def fetch_order(
        self, market: Market, id: str | None, client_order_id: str | None
    ) -> Call[Order]:
        request = get("/order", signed=True, s=market.id, id=id, client=client_order_id)
        return Call(request, lambda reply: order_of(market.symbol, decode(OrderRow, reply)))

    def fetch_open_orders(self, asked: Listing) -> Call[Page[Order]]:
        return self._orders("/open", asked.market, cursor=asked.cursor)

    def fetch_closed_orders(self, asked: Listing) -> Call[Page[Order]]:
        values = {"n": asked.limit, "cursor": asked.cursor, **_span(asked.window)}
        return self._orders("/closed", asked.market, **values)

    def fetch_my_trades(self, asked: Listing) -> Call[Page[MyTrade]]:
        values = {"n": asked.limit, "cursor": asked.cursor, **_span(asked.window)}
        return self._fills("/fills", asked.market, **values)

    def fetch_order_trades(self, id: str, asked: Listing) -> Call[Page[MyTrade]]:
        return self._fills("/order/fills", asked.market, id=id, cursor=asked.cursor)

    def _orders(self, path: str, market: Market | None, **values: Any) -> Call[Page[Order]]:
        symbol = market.symbol if market else "BTC/USDT"

        def parse(reply: Reply) -> Page[Order]:
            said = decode(Rows, reply)
            return Page(tuple(order_of(symbol, row) for row in said.rows), said.next)

        return Call(get(path, signed=True, s=market.id if market else None, **values), parse)

    def _fills(self, path: str, market: Market | None, **values: Any) -> Call[Page[MyTrade]]:
        symbol = market.symbol if market else "BTC/USDT"

        def parse(reply: Reply) -> Page[MyTrade]:
            said = decode(Fills, reply)
            return Page(tuple(fill_of(symbol, row) for row in said.rows), said.next)

        return Call(get(path, signed=True, s=market.id if market else None, **values), parse)


class PassphraseToy(ToyAdapter):
    """The toy venue with a passphrase."""

    venue = "toypass"
    title = "ToyPass"
    signer = passphrased("TOY")  # type: ignore[assignment]


def get(path: str, *, signed: bool = False, **values: Any) -> Request:
    return Request(method="GET", path=path, params=params(**values), signed=signed, costs=(WEIGHT,))


def change(method: str, path: str, **values: Any) -> Request:
    return Request(
        method=method,
        path=path,
        params=params(**values),
        signed=True,
        changes=True,
        has_deadline=True,
        costs=(WEIGHT, ORDERS),
    )


def _span(window: Window | None) -> dict[str, Any]:
    if window is None:
        return {}
    return {"since": milliseconds(window.since), "until": milliseconds(window.until)}


def market_of(row: MarketRow) -> Market:
    base, quote = row.symbol.split("/")
    rules = {name: getattr(row, name) for name in row.__struct_fields__}
    return Market(id=base + quote, base=base, quote=quote, **rules)


def order_params(market: Market, order: OrderRequest) -> dict[str, Any]:
    return {
        "s": market.id,
        "side": order.side,
        "type": order.type,
        "amount": getattr(order, "amount", None),
        "price": order.price if isinstance(order, LimitOrder) else None,
        "cost": order.cost if isinstance(order, MarketBuyWithCost) else None,
        "client": order.client_order_id,
    }


def order_of(symbol: str, row: OrderRow) -> Order:
    return Order(
        symbol=row.symbol or symbol,
        id=row.id or None,
        client_order_id=row.client,
        status=OrderStatus(row.status),
        type=None if row.type is None else OrderType(row.type),
        timestamp=utc(row.at),
        filled=row.filled,
        side=row.side,
        amount=row.amount,
        price=row.price,
    )


def fill_of(symbol: str, row: FillRow) -> MyTrade:
    return MyTrade(
        symbol=symbol,
        id=row.id,
        order_id=row.order,
        timestamp=utc(row.at),
        side=Side(row.side),
        price=row.price,
        amount=row.amount,
        cost=row.price * row.amount,
        client_order_id=row.client,
    )


# What it answers

Answer = Reply | BaseException | Callable[[Outgoing], Reply]


@dataclass
class Script:
    """Answers requests in the order of `answers`; a path of `standing` always with that.

    `now` (monotonic seconds) tells what the venue's clock says; the time and the markets are
    answered unless `answers` or `standing` say otherwise. `seen` is everything that was asked.
    """

    answers: list[Answer] = field(default_factory=list)
    standing: dict[str, Answer] = field(default_factory=dict)
    markets: list[dict[str, Any]] = field(default_factory=lambda: list(MARKETS))
    now: Callable[[], float] = lambda: 0.0
    seen: list[Outgoing] = field(default_factory=list)

    def answer(self, outgoing: Outgoing) -> Reply:
        self.seen.append(outgoing)
        found = self._find(outgoing.path)
        if isinstance(found, BaseException):
            raise found
        return found if isinstance(found, Reply) else found(outgoing)

    def _find(self, path: str) -> Answer:
        if path in self.standing:
            return self.standing[path]
        if path == "/time":
            return reply({"t": START_MS + round(self.now() * 1000)})
        if path == "/markets":
            return reply(self.markets)
        assert self.answers, f"nothing is left to answer {path}"
        return self.answers.pop(0)

    def asked(self, path: str) -> list[dict[str, str]]:
        """The parameters of every request to `path`."""
        return [query(one) for one in self.seen if one.path == path]

    @property
    def private(self) -> list[Outgoing]:
        """What was sent beside questions for the time and the markets."""
        return [one for one in self.seen if one.path not in ("/time", "/markets")]


def query(outgoing: Outgoing) -> dict[str, str]:
    return dict(parse_qsl(outgoing.target.partition("?")[2]))


class SyncToy:
    name = "toy"

    def __init__(self, script: Script) -> None:
        self.script = script
        self.closed = False

    def send(self, outgoing: Outgoing, timeout: float) -> Reply:
        return self.script.answer(outgoing)

    def close(self) -> None:
        self.closed = True


class AsyncToy:
    name = "toy"

    def __init__(self, script: Script) -> None:
        self.script = script
        self.closed = False

    async def send(self, outgoing: Outgoing, timeout: float) -> Reply:
        return self.script.answer(outgoing)

    async def aclose(self) -> None:
        self.closed = True


def timed_out() -> TransportFailure:
    return TransportFailure("no answer in time", sent=True, timeout=True)


def lost() -> TransportFailure:
    return TransportFailure("the connection broke", sent=True)


def not_connected() -> TransportFailure:
    return TransportFailure("no connection (refused)", sent=False)


# How it is found


@dataclass
class Entry:
    """What the kit uses of an `importlib.metadata.EntryPoint`."""

    name: str
    plugin: Any
    requires: list[str] | None = None

    @property
    def dist(self) -> Any:
        return SimpleNamespace(name=f"kit-{self.name}", version="9", requires=self.requires)

    def load(self) -> Any:
        if isinstance(self.plugin, BaseException):
            raise self.plugin
        return self.plugin


def plugin_of(*adapters: Any, **functions: Any) -> Any:
    """A plugin module that offers `adapters` and has hook `functions`."""

    @hookimpl
    def exchangekit_venues() -> Iterable[type[Adapter]]:
        return adapters

    return SimpleNamespace(exchangekit_venues=exchangekit_venues, **functions)


def plugins_with(*adapters: type[Adapter]) -> Plugins:
    return load([Entry(adapter.venue, plugin_of(adapter)) for adapter in adapters])


def toy_keys(**others: Any) -> Mapping[str, Any]:
    return {"api_key": KEY, "secret": SECRET, "env_file": None, **others}
