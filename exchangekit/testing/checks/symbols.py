"""4 Symbols: unified names and the venue's own, there and back."""

from __future__ import annotations

import re
from functools import partial

from exchangekit.errors import BadReply, Outcome, UnknownSymbol
from exchangekit.models.enums import OrderStatus
from exchangekit.testing.check import check
from exchangekit.testing.checks.tour import has
from exchangekit.testing.rig import Rig
from exchangekit.testing.surgery import decoded, spelt

_SYMBOL = re.compile(r"[A-Z0-9]+/[A-Z0-9]+")


@check(4, live="reads")
def every_market_is_found_by_its_symbol_and_by_the_venues_name(rig: Rig) -> None:
    markets = rig.exchange.load_markets()
    assert len(markets) >= 2
    for symbol in markets.symbols():
        market = markets[symbol]
        assert market.symbol == symbol
        assert markets.by_id[market.id] == market
        assert markets.symbol_of(market.id) == symbol
    assert len(markets.by_id) == len(markets)


@check(4)
def symbols_are_base_slash_quote_in_capitals(rig: Rig) -> None:
    markets = rig.exchange.load_markets()
    for symbol in markets.symbols():
        market = markets[symbol]
        assert symbol == f"{market.base}/{market.quote}"
        assert _SYMBOL.fullmatch(symbol), symbol


@check(4, live="reads")
def every_answer_names_the_symbol_that_was_asked(rig: Rig) -> None:
    """And one that names another symbol is refused."""
    exchange = rig.exchange
    for symbol in (rig.symbol, rig.other):
        assert exchange.fetch_ticker(symbol).symbol == symbol
        assert exchange.fetch_order_book(symbol, 5).symbol == symbol
        assert {trade.symbol for trade in exchange.fetch_trades(symbol, 3)} <= {symbol}
    for operation in ("fetch_ticker", "fetch_order_book", "fetch_trades"):
        mine, other = rig.requests(operation)[:2]
        assert mine.call is not None
        read = partial(mine.call.parse, other.reply)
        if spelt(decoded(other.reply), exchange.load_markets()[rig.other].id):
            rig.refused(read, BadReply)
    if has(rig, "fetch_tickers"):
        tickers = exchange.fetch_tickers()
        assert all(name == ticker.symbol for name, ticker in tickers.items())
        assert set(tickers) <= set(exchange.load_markets().symbols())


@check(4)
def orders_and_fills_name_the_unified_symbol(rig: Rig) -> None:
    exchange, symbol = rig.exchange, rig.symbol
    resting = exchange.create_limit_order(symbol, "buy", rig.amount("200"), rig.price("0.8", "buy"))
    taken = exchange.create_limit_order(symbol, "buy", rig.amount("200"), rig.price("1.01", "buy"))
    seen = [resting, rig.order(resting), *exchange.fetch_open_orders(symbol)]
    seen += [*exchange.fetch_closed_orders(symbol), *exchange.fetch_my_trades(symbol)]
    seen += [*exchange.fetch_order_trades(rig.order(taken).id, symbol)]
    assert {one.symbol for one in seen} == {symbol}


@check(4)
def an_unknown_symbol_is_refused_here_with_the_nearest_name(rig: Rig) -> None:
    known = rig.symbol
    sent = len(rig.sent)
    nearly = known[:-1]
    error = rig.refused(lambda: rig.exchange.fetch_ticker(nearly), UnknownSymbol)
    assert known in str(error)
    if rig.market.id != known:
        error = rig.refused(lambda: rig.exchange.fetch_ticker(rig.market.id), UnknownSymbol)
        assert known in str(error)
    assert len(rig.sent) == sent


@check(4)
def orders_of_a_delisted_market_are_told_and_canceled_by_the_venues_own_id(rig: Rig) -> None:
    """A market that the venue no longer lists, or that the kit cannot read, keeps its orders."""
    exchange, symbol, name = rig.exchange, rig.symbol, rig.market.id
    resting = exchange.create_limit_order(symbol, "buy", rig.amount("200"), rig.price("0.8", "buy"))
    second = exchange.create_limit_order(symbol, "buy", rig.amount("200"), rig.price("0.7", "buy"))
    taken = exchange.create_limit_order(symbol, "buy", rig.amount("200"), rig.price("1.01", "buy"))
    if rig.control is not None:
        rig.control.market(name, delisted=True)
    later = rig.open()
    assert symbol not in later.load_markets()
    by_name = {"client_order_id": taken.client_order_id}
    taken = later.fetch_order(None, name, **by_name)
    assert (taken.symbol, taken.status) == (name, OrderStatus.CLOSED)
    whole = "fetch_open_orders" not in rig.capabilities.needs_symbol
    for asked in (name, None) if whole else (name,):
        told = later.fetch_open_orders(asked)
        assert {one.client_order_id for one in told} >= {resting.client_order_id}
        assert {one.symbol for one in told} == {name}
    assert taken.id in {one.id for one in later.fetch_closed_orders(name)}
    assert {one.order_id for one in later.fetch_my_trades(name)} == {taken.id}
    assert {one.symbol for one in later.fetch_order_trades(taken.id, name)} == {name}
    canceled = later.cancel_order(None, name, client_order_id=resting.client_order_id)
    assert canceled.symbol == name
    report = later.cancel_all_orders(name)
    assert {one.symbol for one in report.canceled} <= {name}
    assert not report.failed
    assert later.fetch_open_orders(name) == ()
    assert later.fetch_order(None, name, client_order_id=second.client_order_id).is_done
    order = partial(later.create_limit_order, name, "buy", taken.amount, taken.price)
    assert rig.refused(order, UnknownSymbol).outcome is Outcome.NOT_SENT


@check(4)
def a_symbol_that_the_venue_does_not_know_is_an_unknown_symbol(rig: Rig) -> None:
    """Delisted since the markets were loaded, say."""
    market = rig.market
    name = re.sub(re.escape(market.base), "NOSUCHCOIN", market.id, flags=re.IGNORECASE)
    gone = market.model_copy(update={"id": name if name != market.id else "NOSUCHCOIN"})
    call = rig.describe("fetch_ticker", gone)
    rig.refused(lambda: rig.run(lambda kit: kit.call("fetch_ticker", call)), UnknownSymbol)
