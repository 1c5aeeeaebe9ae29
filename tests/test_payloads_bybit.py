"""Every REST answer of Bybit among the payloads is read, raises the right error, or is left out.

An answer goes the way that the kit sends it: `error_in`, `classify`, then the parser of the
operation. Fragments (one row, or what stands under ``result``) are put into the venue's envelope.
Orders and fills of derivatives come from the same endpoints in the same fields, and are read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import pytest
from exchangekit_bybit.adapter import BybitAdapter
from support.payload_checks import (
    OTHER,
    asked,
    groups,
    last_name,
    markets_named,
    none_is_left_out_in_silence,
    read,
    recent,
    written,
)
from support.payloads import Row, body, documented_errors, label, needs_payloads, rows

from exchangekit import errors as e
from exchangekit.adapter import Call, Listing, Reply, VenueCode
from exchangekit.adapter.classify import classify
from exchangekit.errors import ExchangeError, Outcome
from exchangekit.models import Order, OrderStatus, OrderType, Side

BYBIT = BybitAdapter()
NAMES = (("BTC", "USDT"), ("ETH", "USDT"), ("SOL", "USDT"), ("QNT", "USDT"), ("ETH", "PERP"))
MARKETS = markets_named(NAMES)
BTC = MARKETS["BTC/USDT"]
ALL = Listing(MARKETS)
ASKED = asked(None)

DERIVATIVES = "derivatives: sizes and volumes count contracts there"
LEFT_OUT: dict[str, str] = {
    "bybit/markets/01-bybit-docs.json": DERIVATIVES,
    "bybit/ticker/01-bybit-docs.json": DERIVATIVES,
    "bybit/ticker/02-bybit-docs.json": DERIVATIVES,
    "bybit/candles/01-bybit-docs.json": DERIVATIVES,
    "bybit/recent_trades/02-nautilus.json": DERIVATIVES,
    "bybit/order_book/02-bybit-docs.json": OTHER + "market/rpi_orderbook, rows of three columns",
    "bybit/create_order/02-bybit-docs.json": OTHER + "order/create-batch",
    "bybit/cancel_all/01-bybit-docs.json": OTHER + "order/cancel-all, which names no market",
    "bybit/cancel_all/02-ccxt-comment.json": OTHER + "order/cancel-all, which names no market",
}
# Answers of which nothing is to be believed.
REFUSED = {
    "bybit/account_balances/07-ccxt-comment.json": "of early 2023: does not say what is locked",
    "bybit/candles/04-bbgo.json": "an empty object",
    "bybit/candles/06-ccxt-comment.json": "a time in seconds, of an API before v5",
}
# Of a folder whose answers are those of another operation.
FILLS_IN_TRADES = {
    "bybit/recent_trades/04-ccxt-comment.json",
    "bybit/recent_trades/05-ccxt-comment.json",
}
BEFORE_V5 = "the envelope of an API before v5: nothing is read of it"
# errors/: what each body says of a new order. The codes of other products, of APIs before v5 and of
# test dummies are in no table of spot: they stay VenueError.
ERRORS: dict[str, tuple[type[ExchangeError], str] | str] = {
    "01-xchange": (e.PermissionDenied, "10032"),
    "02-ccxt-comment": (e.UnknownSymbol, "10001"),
    "03-ccxt-comment": BEFORE_V5,
    "04-ccxt-exceptions": BEFORE_V5,
    "05-ccxt-exceptions": BEFORE_V5,
    "06-ccxt-exceptions": BEFORE_V5,
    "07-ccxt-exceptions": BEFORE_V5,
    "08-ccxt-exceptions": BEFORE_V5,
    "09-ccxt-exceptions": BEFORE_V5,
    "10-ccxt-exceptions": (e.RequestTimeout, "5004"),
    "11-ccxt-exceptions": (e.BadRequest, "7001"),
    "12-ccxt-exceptions": (e.VenueUnavailable, "10016"),
    "13-ccxt-exceptions": (e.AccountRestricted, "10020"),
    "14-ccxt-exceptions": (e.InvalidOrder, "12137"),
    "15-ccxt-exceptions": (e.BadRequest, "12201"),
    "16-ccxt-exceptions": (e.InsufficientFunds, "110007"),
    "17-ccxt-exceptions": BEFORE_V5,
    "18-ccxt-exceptions": BEFORE_V5,
    "19-ccxt-exceptions": (e.InsufficientFunds, "131001"),
    "20-ccxt-exceptions": (e.AccountRestricted, "170209"),
    "21-ccxt-exceptions": (e.InvalidOrder, "170371"),
    "22-ccxt-exceptions": (e.InvalidOrder, "170372"),
    "23-ccxt-exceptions": BEFORE_V5,
    "24-ccxt-exceptions": BEFORE_V5,
    "25-ccxt-exceptions": BEFORE_V5,
    "26-ccxt-exceptions": (e.InvalidOrder, "3100116"),
    "27-ccxt-exceptions": (e.InvalidOrder, "3100198"),
    "28-ccxt-exceptions": (e.InsufficientFunds, "3200300"),
    "29-ccxt-exceptions": (e.UnknownSymbol, "10001"),
    "30-ccxt-exceptions": (e.RequestTimeout, "10016"),
    "31-ccxt-exceptions": BEFORE_V5,
    "32-ccxt-exceptions": BEFORE_V5,
    "33-ccxt-exceptions": (e.AuthenticationError, "10001"),
    "34-nautilus-rs": (e.InvalidApiKey, "10003"),
    "35-bybit-docs": (e.VenueError, "182120"),
    "36-bybit-docs": (e.VenueError, "3400045"),
    "37-bybit-docs": "a batch, one of whose two orders is not there",
    "38-hummingbot": BEFORE_V5,
}
# Which class the groups of errors.md are.
GROUPS = groups(e.RequestTimeout, e.VenueUnavailable)
# Rows of errors.md whose message contradicts their group: (group, code) -> class, by the message.
BY_MESSAGE: dict[tuple[str, str], type[ExchangeError]] = {
    # It stands under both: what is wrong with a question is not wrong with an order.
    ("invalid order", "10001"): e.BadRequest,
    # "The trading pair is not open yet": of one market, not of the venue.
    ("maintenance / unavailable", "170151"): e.MarketClosed,
}


def enveloped(row: Row) -> bytes:
    text = body(row).strip()
    if b'"retCode"' in text or row["operation"] == "errors":
        return text
    if b'"list"' in text:
        return b'{"retCode":0,"retMsg":"OK","result":' + text + b"}"
    beside = b'"symbol":"BTCUSDT",' if row["operation"] == "candles" else b'"nextPageCursor":"",'
    return b'{"retCode":0,"retMsg":"OK","result":{' + beside + b'"list":[' + text + b"]}}"


def told(row: Row) -> Any:
    """What stands under ``result``, with numbers as the text that stands there."""
    return json.loads(enveloped(row), parse_float=str, parse_int=str)["result"]


def parsed(row: Row, call: Call[Any]) -> Any:
    return read(BYBIT, row, enveloped(row), call)


def check_time(row: Row) -> None:
    time = parsed(row, BYBIT.fetch_time())
    recent(time)
    assert str(int(time.timestamp())) == told(row)["timeSecond"]


def check_markets(row: Row) -> None:
    markets, there = parsed(row, BYBIT.fetch_markets()), told(row)["list"]
    assert markets.skipped == ()
    for market, one in zip(markets.by_symbol.values(), there, strict=True):
        assert market.symbol == f"{one['baseCoin']}/{one['quoteCoin']}"
        assert (market.id, market.active) == (one["symbol"], True)
        assert written(market.price_step) == one["priceFilter"]["tickSize"]
        filters = one["lotSizeFilter"]
        assert written(market.amount_step) == filters["basePrecision"]
        assert written(market.min_cost) == filters["minOrderAmt"]
        assert written(market.cost_step) == filters["quotePrecision"]
        most = filters.get("maxLimitOrderQty", filters["maxOrderQty"])
        assert written(market.max_amount) == most


def check_ticker(row: Row) -> None:
    (there,) = told(row)["list"]
    ticker = parsed(row, BYBIT.fetch_ticker(BTC))
    assert parsed(row, BYBIT.fetch_tickers(MARKETS)) == {"BTC/USDT": ticker}
    assert written(ticker.last) == there["lastPrice"]
    assert ticker.percentage == Decimal(there["price24hPcnt"]) * 100
    assert 0 < ticker.bid <= ticker.ask
    assert ticker.low <= ticker.vwap <= ticker.high


def check_book(row: Row) -> None:
    book, there = parsed(row, BYBIT.fetch_order_book(BTC, 50)), told(row)
    for levels, side in ((book.bids, "b"), (book.asks, "a")):
        assert [[written(one.price), written(one.amount)] for one in levels] == there[side]
    assert sorted(book.bids, reverse=True) == list(book.bids)
    assert sorted(book.asks) == list(book.asks)
    assert book.best_bid.price < book.best_ask.price


def check_candles(row: Row) -> None:
    candles = parsed(row, BYBIT.fetch_ohlcv(BTC, "1m", None, 300))
    assert len(candles) == len(told(row)["list"])
    assert list(candles) == sorted(candles, key=lambda candle: candle.timestamp)
    for candle in candles:
        assert 0 < candle.low <= min(candle.open, candle.close)
        assert max(candle.open, candle.close) <= candle.high
        recent(candle.timestamp)
    assert {written(candle.volume) for candle in candles} == {one[5] for one in told(row)["list"]}


def check_trades(row: Row) -> None:
    if row["file"] in FILLS_IN_TRADES:
        return check_fills(row)
    trades = parsed(row, BYBIT.fetch_trades(BTC, 60))
    there = {one["execId"]: one for one in told(row)["list"]}
    assert len(trades) == len(there)
    for trade in trades:
        assert written(trade.price) == there[trade.id]["price"]
        assert trade.side == there[trade.id]["side"].lower()
        recent(trade.timestamp)
    return None


def check_balances(row: Row) -> None:
    balances, (there,) = parsed(row, BYBIT.fetch_balance()), told(row)["list"]
    assert sorted(balances.names()) == sorted(one["coin"] for one in there["coin"])
    for one in there["coin"]:
        held = balances[one["coin"]]
        assert written(held.total) == one["walletBalance"]
        assert written(held.used) == one["locked"]
        assert held.free == held.total - held.used


def check_fees(row: Row) -> None:
    fees, there = parsed(row, BYBIT.fetch_trading_fees(MARKETS, None)), told(row)["list"]
    assert len(fees) == len(there)
    for one in there:
        fee = fees[MARKETS.by_id[one["symbol"]].symbol]
        assert written(fee.maker) == one["makerFeeRate"]
        assert written(fee.taker) == one["takerFeeRate"]


def check_created(row: Row) -> None:
    order, there = parsed(row, BYBIT.create_order(BTC, ASKED)), told(row)
    assert (order.id, order.client_order_id) == (there["orderId"], there["orderLinkId"])
    assert (order.symbol, order.price, order.amount) == ("BTC/USDT", ASKED.price, ASKED.amount)
    assert (order.status, order.filled, order.cost, order.fees) == (None, None, None, None)


def check_canceled(row: Row) -> None:
    there = told(row)
    if "list" not in there:
        order = parsed(row, BYBIT.cancel_order(BTC, there["orderId"], None))
        assert (order.id, order.status) == (there["orderId"], None)
        return
    ids = tuple(one["orderId"] for one in there["list"])
    report = parsed(row, BYBIT.cancel_orders(BTC, ids))
    assert tuple(order.id for order in report.canceled) == ids


STATES = {
    "New": OrderStatus.OPEN,
    "Filled": OrderStatus.CLOSED,
    "Cancelled": OrderStatus.CANCELED,
    "PartiallyFilledCanceled": OrderStatus.CANCELED,
    "Rejected": OrderStatus.REJECTED,
}


def check_orders(there: list[Any], orders: Iterable[Order]) -> None:
    for order, one in zip(orders, there, strict=True):
        assert order.symbol == MARKETS.by_id[one["symbol"]].symbol
        assert (order.id, order.client_order_id or "") == (one["orderId"], one["orderLinkId"])
        assert (order.side, order.status) == (one["side"].lower(), STATES[one["orderStatus"]])
        assert written(order.filled) == one["cumExecQty"]
        assert order.cost == Decimal(one["cumExecValue"])
        by_cost = order.type is OrderType.MARKET and order.side is Side.BUY
        size = order.requested_cost if by_cost else order.amount
        assert written(size) == one["qty"]
        assert (order.price is None) == (one["orderType"] == "Market")
        if order.filled:
            assert order.average is not None
            assert round(order.average, 1) == round(Decimal(one["avgPrice"]), 1)
        charged = {fee.currency: written(fee.cost) for fee in order.fees or ()}
        assert charged == one.get("cumFeeDetail", {})
        recent(order.timestamp, order.updated)


def check_order(row: Row) -> None:
    (there,) = told(row)["list"]
    call = BYBIT.fetch_order(MARKETS.by_id[there["symbol"]], "1", None)
    order = parsed(row, call)
    assert call.otherwise is not None
    assert parsed(row, call.otherwise) == order
    check_orders([there], [order])


def check_open(row: Row) -> None:
    page = parsed(row, BYBIT.fetch_open_orders(ALL))
    assert (page.next is None) == (not told(row)["nextPageCursor"])
    check_orders(told(row)["list"], page.items)


def check_closed(row: Row) -> None:
    page = parsed(row, BYBIT.fetch_closed_orders(ALL))
    over = [one for one in told(row)["list"] if one["orderStatus"] != "New"]
    check_orders(over, page.items)


def check_fills(row: Row) -> None:
    fills = parsed(row, BYBIT.fetch_my_trades(ALL)).items
    for fill, there in zip(fills, told(row)["list"], strict=True):
        assert fill.symbol == MARKETS.by_id[there["symbol"]].symbol
        assert (fill.id, fill.order_id) == (there["execId"], there["orderId"])
        assert written(fill.price) == there["execPrice"]
        assert written(fill.amount) == there["execQty"]
        assert fill.cost == fill.price * fill.amount > 0
        assert fill.side == there["side"].lower()
        assert fill.liquidity == ("maker" if there["isMaker"] else "taker")
        # A fee in a coin that nobody names is not known.
        assert (fill.fee is None) == (not there.get("feeCurrency"))
        assert fill.fee is None or written(fill.fee.cost) == there["execFee"]
        recent(fill.timestamp)


CHECKS: dict[str, Callable[[Row], None]] = {
    "server_time": check_time,
    "markets": check_markets,
    "ticker": check_ticker,
    "order_book": check_book,
    "candles": check_candles,
    "recent_trades": check_trades,
    "account_balances": check_balances,
    "fees": check_fees,
    "create_order": check_created,
    "cancel_order": check_canceled,
    "query_order": check_order,
    "open_orders": check_open,
    "order_history": check_closed,
    "my_trades": check_fills,
}
ROWS = rows("bybit")
HALF = "bybit/cancel_order/02-bybit-docs.json"
APART = {*LEFT_OUT, *REFUSED, HALF}
READ = [row for row in ROWS if row["operation"] in CHECKS and row["file"] not in APART]
FAILED = [row for row in ROWS if row["operation"] == "errors"]


@needs_payloads
@pytest.mark.parametrize("row", READ, ids=label)
def test_an_answer_of_bybit_is_read(row: Row) -> None:
    CHECKS[row["operation"]](row)


@needs_payloads
@pytest.mark.parametrize("row", [row for row in ROWS if row["file"] in REFUSED], ids=label)
def test_an_answer_of_bybit_that_lacks_something_is_not_believed(row: Row) -> None:
    with pytest.raises(e.BadReply):
        CHECKS[row["operation"]](row)


@needs_payloads
@pytest.mark.parametrize("file", [HALF, "bybit/errors/37-bybit-docs.json"])
def test_of_a_batch_each_order_is_told_by_itself(file: str) -> None:
    (row,) = [row for row in ROWS if row["file"] == file]
    ids = ("1666800494330512128", "1666800494330512129")
    with pytest.raises(e.BadReply, match="ATOMUSDT"):
        parsed(row, BYBIT.cancel_orders(BTC, ids))  # asked of one market, told of two
    here = enveloped(row).replace(b"ATOMUSDT", b"BTCUSDT")
    report = BYBIT.cancel_orders(BTC, ids).parse(Reply(200, {}, here))
    assert [order.id for order in report.canceled] == [ids[0]]
    (failed,) = report.failed
    assert (failed.order_id, failed.reason) == (ids[1], "Order does not exist. (code 170213)")


@needs_payloads
@pytest.mark.parametrize("row", FAILED, ids=label)
def test_an_error_of_bybit_is_the_right_one(row: Row) -> None:
    expected = ERRORS[last_name(row)]
    reply = Reply(row["http_status"] or 200, {}, body(row))
    call = BYBIT.create_order(BTC, ASKED)
    error = classify(BYBIT.errors, reply, BYBIT.error_in(reply, call.request))
    if isinstance(expected, str):
        assert error is None
        with pytest.raises(e.BadReply):
            call.parse(reply)
    else:
        assert (type(error), error and error.code) == expected
        assert error is not None
        if expected[0] in (e.VenueError, e.VenueUnavailable, e.RequestTimeout):
            assert error.outcome is Outcome.UNKNOWN


@needs_payloads
def test_no_answer_of_bybit_is_left_out_in_silence() -> None:
    done = {row["file"] for row in READ} | {HALF}
    failed = {row["file"] for row in FAILED} | set(REFUSED)
    none_is_left_out_in_silence("bybit", done, failed, LEFT_OUT)
    assert {last_name(row) for row in FAILED} == set(ERRORS)


DOCUMENTED = documented_errors("bybit")


@needs_payloads
@pytest.mark.parametrize("row", DOCUMENTED, ids=lambda row: f"{row.group}-{row.code}")
def test_a_documented_error_of_bybit_is_in_the_class_of_its_group(row: Any) -> None:
    kinds = GROUPS[row.group]
    if (row.group, row.code) in BY_MESSAGE:
        kinds = (BY_MESSAGE[row.group, row.code],)
    error = classify(BYBIT.errors, Reply(200, {}, b"{}"), VenueCode(row.code, row.message))
    assert isinstance(error, kinds)
    if row.group.startswith("UNKNOWN"):
        assert error.outcome is Outcome.UNKNOWN


@needs_payloads
def test_every_contradiction_of_a_documented_error_is_still_there() -> None:
    assert {(row.group, row.code) for row in DOCUMENTED} >= set(BY_MESSAGE)
    assert len(DOCUMENTED) > 70
