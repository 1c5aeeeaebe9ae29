"""An answer about something else is never believed.

Wherever a request and its reply both name a market, an order id, a client order id, a side or a
type, they must agree. What differs raises `BadReply` while the reply is read, so that a request
which changes something ends as unknown and a read gives nothing. Each function takes a `Call` and
gives it back with a parser that compares; the operations wrap every call of an adapter in one of
them, so that no adapter can forget it. (`exchangekit.adapter.parse` compares the market that a row
names before the kit's symbol takes its place.)

What a reply does not name cannot disagree: an adapter leaves out of a row what its venue does not
keep as it was asked (a type that it turns into another one, say). Time in force, price and amount
are not compared: venues may change them (a price that is capped, an order that is amended), and an
order under its own id must not be hidden for that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from exchangekit.adapter.request import Call, Page, Reply, VenueCode
from exchangekit.errors import BadReply
from exchangekit.models.account import TradingFee
from exchangekit.models.enums import OrderType
from exchangekit.models.market import Market
from exchangekit.models.market_data import OrderBook, Ticker, Trade
from exchangekit.models.numbers import shown
from exchangekit.models.orders import CancelReport, Countdown, MyTrade, Order, OrderRequest

T = TypeVar("T")
One = TypeVar("One", Ticker, OrderBook)
Listed = TypeVar("Listed", Order, MyTrade)
Named = TypeVar("Named", Ticker, TradingFee)


def of_market(call: Call[One], market: Market) -> Call[One]:
    """A ticker or a book of `market`."""
    return _compared(call, lambda made: _same("market", market.symbol, made.symbol))


def trades_of(call: Call[tuple[Trade, ...]], market: Market) -> Call[tuple[Trade, ...]]:
    """Public trades of `market`."""
    return _compared(call, lambda made: _all_of(market, made))


def by_name(call: Call[dict[str, Named]], market: Market | None = None) -> Call[dict[str, Named]]:
    """Tickers or fees by symbol, each under its own name; of `market` alone, where one was asked
    for."""

    def compare(made: dict[str, Named]) -> None:
        for symbol, one in made.items():
            _same("market", symbol, one.symbol)
            if market is not None:
                _same("market", market.symbol, symbol)

    return _compared(call, compare)


def page_of(call: Call[Page[Listed]], market: Market | None) -> Call[Page[Listed]]:
    """Orders or fills of `market`; of any, where none was asked for."""
    if market is None:
        return call
    return _compared(call, lambda page: _all_of(market, page.items))


def countdown(call: Call[Countdown], *, armed: bool) -> Call[Countdown]:
    """A dead man's switch that runs, or one that is switched off: as it was asked for."""

    def compare(made: Countdown) -> None:
        if made.is_armed is not armed:
            asked, told = ("run", "off") if armed else ("be off", "running")
            raise BadReply(f"the countdown was to {asked}, the reply says that it is {told}")

    return _compared(call, compare)


def fills_of(call: Call[Page[MyTrade]], market: Market, id: str) -> Call[Page[MyTrade]]:
    """The fills of the order `id`."""

    def compare(page: Page[MyTrade]) -> None:
        _all_of(market, page.items)
        for fill in page.items:
            _same("order id", id, fill.order_id)

    return _compared(call, compare)


def new_order(call: Call[Order], asked: OrderRequest) -> Call[Order]:
    """The order that was asked for, whatever became of it."""

    def compare(order: Order) -> None:
        _same("market", asked.symbol, order.symbol)
        _same("client order id", asked.client_order_id, order.client_order_id)
        _same("side", asked.side, order.side)
        # A word that no table knows says nothing of another order.
        _same("type", asked.type, None if order.type is OrderType.UNKNOWN else order.type)

    return _compared(call, compare, _names(None, asked.client_order_id))


def one_order(
    call: Call[Order], market: Market, id: str | None, client_order_id: str | None
) -> Call[Order]:
    """The order that was asked about, or canceled, by one of its ids."""

    def compare(order: Order) -> None:
        _same("market", market.symbol, order.symbol)
        _same("order id", id, order.id)
        _same("client order id", client_order_id, order.client_order_id)

    return _compared(call, compare, _names(id, client_order_id))


def canceled(
    call: Call[CancelReport], market: Market, ids: tuple[str, ...] | None = None
) -> Call[CancelReport]:
    """A report on orders of `market`: on each of `ids` once, where they were named."""

    def compare(report: CancelReport) -> None:
        _all_of(market, report.canceled)
        if ids is None:
            return
        told = [*(one.id for one in report.canceled), *(one.order_id for one in report.failed)]
        if len(told) != len(ids):
            raise BadReply(f"asked about {len(ids)} orders, the reply is about {len(told)}")
        left = set(ids)
        for name in filter(None, told):
            if name not in left:
                raise _else("order id", " or ".join(sorted(left)) or "none more", name)
            left.remove(name)

    return _compared(call, compare)


def _names(id: str | None, client_order_id: str | None) -> Callable[[VenueCode], None]:
    """An error about the order of these names, if it names one at all."""

    def doubt(said: VenueCode) -> None:
        _same("order id", id, said.id)
        _same("client order id", client_order_id, said.client_order_id)

    return doubt


def _compared(
    call: Call[T],
    compare: Callable[[T], None],
    doubt: Callable[[VenueCode], None] | None = None,
) -> Call[T]:
    def parse(reply: Reply) -> T:
        made = call.parse(reply)
        compare(made)
        return made

    second = call.otherwise
    return Call(call.request, parse, doubt, second and _compared(second, compare, doubt))


def _all_of(market: Market, made: Iterable[Trade | Order | MyTrade]) -> None:
    for one in made:
        _same("market", market.symbol, one.symbol)


def _same(what: str, asked: str | None, told: str | None) -> None:
    if asked and told and asked != told:
        raise _else(what, asked, told)


def _else(what: str, asked: str, told: str) -> BadReply:
    return BadReply(
        f"asked for {what} {shown(str(asked))}, the reply is about {shown(str(told))}",
        hint="Nothing of it was believed. A proxy or a shared connection may mix answers up.",
    )
