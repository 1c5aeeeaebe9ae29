"""Every REST answer of OKX among the payloads is read, raises the right error, or is in `LEFT_OUT`.

An answer goes the way that the kit sends it: `error_in`, `classify`, then the parser of the
operation. Fragments (one element of ``data``) are put into the venue's envelope first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import pytest
from exchangekit_okx.adapter import OkxAdapter
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
from exchangekit.adapter import Call, Listing, Reply, Request, VenueCode
from exchangekit.adapter.classify import classify
from exchangekit.errors import ExchangeError, Outcome
from exchangekit.models import (
    BookLevel,
    Candle,
    Market,
    MyTrade,
    Order,
    OrderStatus,
    OrderType,
    Ticker,
    Trade,
)

OKX = OkxAdapter()
BTC = Market(symbol="BTC/USDT", id="BTC-USDT", base="BTC", quote="USDT")
NAMES = (("BTC", "USDT"), ("ETH", "USDT"), ("ETH", "BTC"), ("BCD", "BTC"), ("COINALPHA", "HBOT"))
MARKETS = markets_named(NAMES, "-")
ASKED = asked()

DERIVATIVES = "derivatives: sizes and volumes count contracts there"
LEFT_OUT: dict[str, str] = {
    "okx/ticker/01-okx-docs.json": DERIVATIVES,
    "okx/ticker/02-okx-docs.json": DERIVATIVES,
    "okx/ticker/03-okx-docs-2026.json": DERIVATIVES,
    "okx/open_orders/02-nautilus.json": DERIVATIVES,
    "okx/order_history/02-nautilus.json": DERIVATIVES,
    "okx/order_book/02-okx-docs.json": OTHER + "market/books-full, rows of three columns",
    "okx/markets/02-okx-docs.json": OTHER + "account/instruments",
    "okx/markets/06-nautilus.json": OTHER + "public/instruments of MARGIN",
    "okx/create_order/02-okx-docs.json": OTHER + "trade/batch-orders",
    "okx/create_order/06-okx-docs-2026.json": OTHER + "trade/batch-orders",
    "okx/create_order/08-ccxt-comment.json": OTHER + "trade/batch-orders",
    "okx/create_order/03-okx-docs.json": OTHER + "trade/amend-order",
    "okx/cancel_all/01-okx-docs.json": OTHER + "trade/mass-cancel, of options",
    "okx/account_balances/10-ccxt-comment.json": OTHER + "asset/balances, of the funding account",
}

# Answers that somebody mangled: the right error is to believe nothing of them.
MANGLED = {
    "okx/query_order/04-ccxt-comment.json": 'numbers with blanks in them: px "20 00"',
    "okx/open_orders/04-ccxt-comment.json": 'numbers with blanks in them: px "20 00"',
}

# Which class the groups of errors.md are.
GROUPS = groups(e.RequestTimeout)
# Rows of errors.md whose message contradicts their group: (group, code) -> class, by the message.
BY_MESSAGE: dict[tuple[str, str], type[ExchangeError]] = {
    # "… should meet or exceed the minimum order amount": it stands under both, and is no lack.
    ("insufficient funds", "51020"): e.InvalidOrder,
    # "Trading account is blocked."
    ("invalid order", "51024"): e.AccountRestricted,
    # A missing id, or too many of them, must not pass for a missing order.
    ("order not found / wrong state", "51406"): e.BadRequest,
    ("order not found / wrong state", "51407"): e.BadRequest,
    ("order not found / wrong state", "51408"): e.BadRequest,
    ("order not found / wrong state", "51409"): e.BadRequest,
    # "Request unsupported under current account mode": of the account, not of the order.
    ("invalid order", "51010"): e.AccountRestricted,
    # "Order failed. … the maximum position amount"
    ("bad request / symbol", "51004"): e.InvalidOrder,
}

# errors/: what each body says, and to which request it would be the answer. The codes of other
# products, of the WebSocket and of test dummies are in no table of spot: they stay VenueError.
ERRORS: dict[str, tuple[type[ExchangeError], str]] = {
    "01-nautilus": (e.BadRequest, "51000"),
    "02-ccxt-comment": (e.InsufficientFunds, "51119"),
    "03-ccxt-comment": (e.VenueError, "58001"),
    "04-ccxt-exceptions": (e.AccountRestricted, "4088"),
    "05-ccxt-exceptions": (e.AccountRestricted, "51155"),
    "06-ccxt-exceptions": (e.VenueUnavailable, "500"),
    "07-ccxt-exceptions": (e.VenueUnavailable, "500"),
    "08-octobot": (e.InvalidApiKey, "50119"),
    "09-octobot": (e.IpNotAllowed, "50110"),
    "10-nautilus-rs": (e.InvalidOrder, "51046"),
    "11-nautilus-rs": (e.VenueError, "60012"),
    "12-nautilus-rs": (e.VenueUnavailable, "50000"),
    "13-nautilus-rs": (e.RateLimited, "50116"),
    "14-nautilus-rs": (e.AuthenticationError, "401"),
    "15-nautilus-rs": (e.InvalidOrder, "51000"),
    "16-nautilus-rs": (e.OrderNotOpen, "51400"),
    "17-nautilus-rs": (e.BadRequest, "51000"),
    "18-nautilus-rs": (e.InvalidOrder, "51000"),
    "19-nautilus-rs": (e.InsufficientFunds, "51008"),
    "20-nautilus-rs": (e.VenueUnavailable, "50000"),
    "21-nautilus-rs": (e.RateLimited, "50011"),
    "22-nautilus-rs": (e.AuthenticationError, "401"),
    "23-okx-docs": (e.VenueError, "51070"),
    "24-okx-docs": (e.VenueError, "1"),
    "25-okx-docs": (e.VenueError, "3"),
    "26-okx-docs": (e.VenueError, "70000"),
    "27-okx-docs": (e.VenueError, "70000"),
    "28-okx-docs": (e.VenueError, ""),
    "29-okx-docs": (e.VenueError, "70001"),
    "30-okx-docs": (e.VenueError, "70001"),
    "31-jkorf": (e.VenueError, "400001"),
}


def data_of(row: Row) -> list[Any]:
    """The rows of ``data``, with numbers as the text that stands there."""
    told = json.loads(body(row), parse_float=str, parse_int=str)
    return [told] if row["fragment"] else told["data"]


def enveloped(row: Row) -> bytes:
    """The whole body; a fragment of balances is one of its details, else an element of data."""
    text = body(row).strip()
    if not row["fragment"]:
        return text
    if row["operation"] == "account_balances":
        text = b'{"uTime":"1705474164160","details":[' + text + b"]}"
    return b'{"code":"0","msg":"","data":[' + text + b"]}"


def parsed(row: Row, call: Call[Any]) -> Any:
    return read(OKX, row, enveloped(row), call)


def check_time(row: Row) -> None:
    recent(parsed(row, OKX.fetch_time()))


def check_markets(row: Row) -> None:
    markets, told = parsed(row, OKX.fetch_markets()), data_of(row)
    assert markets.skipped == ()
    assert len(markets) == len(told)
    for market, there in zip(markets.by_symbol.values(), told, strict=True):
        assert market.symbol == there["instId"].replace("-", "/")
        assert market.id == there["instId"]
        assert market.active
        assert written(market.price_step) == there["tickSz"]
        assert written(market.amount_step) == there["lotSz"]
        assert written(market.min_amount) == there["minSz"]
        assert min(market.price_step, market.amount_step, market.min_amount) > 0


def check_ticker(row: Row) -> None:
    there = data_of(row)[0]
    market = MARKETS.by_id[there["instId"]]
    whole: dict[str, Ticker] = parsed(row, OKX.fetch_tickers(MARKETS))
    ticker: Ticker = parsed(row, OKX.fetch_ticker(market))
    assert whole == {market.symbol: ticker}
    assert ticker.last is not None
    assert ticker.bid is not None
    assert ticker.ask is not None
    assert ticker.quote_volume is not None
    assert written(ticker.last) == there["last"]
    assert 0 < ticker.bid <= ticker.ask
    assert written(ticker.quote_volume) == there["volCcy24h"]
    assert ticker.vwap is not None
    assert ticker.low is not None
    assert ticker.high is not None
    assert ticker.low <= ticker.vwap <= ticker.high
    recent(ticker.timestamp)


def check_book(row: Row) -> None:
    book, there = parsed(row, OKX.fetch_order_book(BTC, 400)), data_of(row)[0]
    for levels, side in ((book.bids, "bids"), (book.asks, "asks")):
        assert [written(level.price) for level in levels] == [each[0] for each in there[side]]
        assert [written(level.amount) for level in levels] == [each[1] for each in there[side]]
    assert sorted(book.bids, reverse=True) == list(book.bids)
    assert sorted(book.asks) == list(book.asks)
    assert isinstance(book.best_bid, BookLevel)
    assert book.best_bid.price < book.best_ask.price
    recent(book.timestamp)


def check_candles(row: Row) -> None:
    candles: tuple[Candle, ...] = parsed(row, OKX.fetch_ohlcv(BTC, "1m", None, 300))
    there = data_of(row)
    assert len(candles) == len(there)
    assert list(candles) == sorted(candles, key=lambda candle: candle.timestamp)
    for candle in candles:
        assert 0 < candle.low <= min(candle.open, candle.close)
        assert max(candle.open, candle.close) <= candle.high
        recent(candle.timestamp)
    assert {written(candle.volume) for candle in candles} == {each[5] for each in there}


def check_trades(row: Row) -> None:
    (name,) = {each["instId"] for each in data_of(row)}
    market = BTC.model_copy(update={"id": name})
    trades: tuple[Trade, ...] = parsed(row, OKX.fetch_trades(market, 500))
    there = {each["tradeId"]: each for each in data_of(row)}
    assert len(trades) == len(there)
    assert list(trades) == sorted(trades, key=lambda trade: trade.timestamp)
    for trade in trades:
        assert trade.id is not None
        assert written(trade.price) == there[trade.id]["px"]
        assert trade.cost == trade.price * trade.amount > 0
        assert trade.side == there[trade.id]["side"]
        recent(trade.timestamp)


def check_balances(row: Row) -> None:
    balances = parsed(row, OKX.fetch_balance())
    there = data_of(row) if row["fragment"] else data_of(row)[0]["details"]
    assert sorted(balances.names()) == sorted(each["ccy"] for each in there)
    for each in there:
        held = balances[each["ccy"]]
        assert written(held.free) == (each["availBal"] or each["availEq"])
        assert written(held.used) == each["frozenBal"]
        assert (held.total is None) == (not each.get("cashBal"))
        assert held.total is None or written(held.total) == each["cashBal"]
    recent(balances.timestamp)


def check_fees(row: Row) -> None:
    fee = parsed(row, OKX.fetch_trading_fees(MARKETS, BTC))["BTC/USDT"]
    assert (fee.maker, fee.taker) == (Decimal("0.0008"), Decimal("0.001"))
    assert "-" + written(fee.maker) == data_of(row)[0]["maker"]


def check_created(row: Row) -> None:
    order, there = parsed(row, OKX.create_order(BTC, ASKED)), data_of(row)[0]
    assert (order.id, order.client_order_id) == (there["ordId"], there["clOrdId"])
    assert (order.symbol, order.price, order.amount) == ("BTC/USDT", ASKED.price, ASKED.amount)
    assert (order.status, order.filled, order.cost, order.fees) == (None, None, None, None)


def check_canceled(row: Row) -> None:
    ids = tuple(each["ordId"] for each in data_of(row))
    report = parsed(row, OKX.cancel_orders(BTC, ids))
    assert tuple(order.id for order in report.canceled) == ids
    assert report.failed == ()
    if len(ids) == 1:
        order = parsed(row, OKX.cancel_order(BTC, ids[0], None))
        assert (order.id, order.symbol, order.status) == (ids[0], "BTC/USDT", None)


def check_countdown(row: Row) -> None:
    made, there = parsed(row, OKX.cancel_all_after(60)), data_of(row)[0]
    assert made.triggers is not None
    assert str(int(made.triggers.timestamp())) == there["triggerTime"]
    assert int(there["triggerTime"]) - int(there["ts"]) == 60


STATES = {"live": OrderStatus.OPEN, "filled": OrderStatus.CLOSED, "canceled": OrderStatus.CANCELED}


def check_orders(row: Row, orders: Iterable[Order]) -> None:
    for order, there in zip(orders, data_of(row), strict=True):
        assert order.symbol == there["instId"].replace("-", "/")
        assert order.id == there["ordId"]
        assert order.side == there["side"]
        assert order.status is STATES[there["state"]]
        assert order.filled is not None
        assert written(order.filled) == there["accFillSz"]
        size = order.amount if order.requested_cost is None else order.requested_cost
        assert size is not None
        assert written(size) == there["sz"]
        if order.type is OrderType.LIMIT:
            assert order.price is not None
            assert written(order.price) == there["px"]
            assert order.amount is not None
        else:
            assert order.price is None
        if order.filled:
            assert order.average is not None
            assert order.cost == order.average * order.filled > 0
            assert written(order.average) == there["avgPx"]
        else:
            assert (order.average, order.cost) == (None, 0)
        for fee in order.fees or ():
            assert "-" + written(fee.cost) == there["fee"]
        recent(order.timestamp, order.updated)


def check_order(row: Row) -> None:
    market = MARKETS.by_id[data_of(row)[0]["instId"]]
    check_orders(row, [parsed(row, OKX.fetch_order(market, "1", None))])


def check_open(row: Row) -> None:
    page = parsed(row, OKX.fetch_open_orders(Listing(MARKETS, None)))
    assert page.next is None
    check_orders(row, page.items)


def check_closed(row: Row) -> None:
    page = parsed(row, OKX.fetch_closed_orders(Listing(MARKETS, None, None, 100)))
    assert page.next == "1::"
    check_orders(row, page.items)


def check_fills(row: Row) -> None:
    fills: tuple[MyTrade, ...] = parsed(
        row, OKX.fetch_my_trades(Listing(MARKETS, None, None, 100))
    ).items
    for fill, there in zip(fills, data_of(row), strict=True):
        assert fill.symbol == there["instId"].replace("-", "/")
        assert (fill.id, fill.order_id) == (there["tradeId"], there["ordId"])
        assert written(fill.price) == there["fillPx"]
        assert written(fill.amount) == there["fillSz"]
        assert fill.cost == fill.price * fill.amount > 0
        assert fill.side == there["side"]
        if there["fee"] == "":
            assert fill.fee is None
        else:
            assert fill.fee is not None
            assert fill.fee.cost == -Decimal(there["fee"])
            assert fill.fee.currency == there["feeCcy"]
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
    "cancel_all": check_countdown,
    "cancel_order": check_canceled,
    "query_order": check_order,
    "open_orders": check_open,
    "order_history": check_closed,
    "my_trades": check_fills,
}

ROWS = rows("okx")
APART = {*LEFT_OUT, *MANGLED}
READ = [row for row in ROWS if row["operation"] in CHECKS and row["file"] not in APART]
FAILED = [row for row in ROWS if row["operation"] == "errors"]


@needs_payloads
@pytest.mark.parametrize("row", READ, ids=label)
def test_an_answer_of_okx_is_read(row: Row) -> None:
    CHECKS[row["operation"]](row)


@needs_payloads
@pytest.mark.parametrize("row", FAILED, ids=label)
def test_an_error_of_okx_is_the_right_one(row: Row) -> None:
    kind, code = ERRORS[last_name(row)]
    reply = Reply(row["http_status"] or 200, {}, body(row))
    order = OKX.create_order(BTC, ASKED).request
    error = classify(OKX.errors, reply, OKX.error_in(reply, order))
    assert type(error) is kind
    assert error.code == code
    if kind in (e.VenueError, e.VenueUnavailable):
        assert error.outcome is Outcome.UNKNOWN


@needs_payloads
@pytest.mark.parametrize("row", [row for row in ROWS if row["file"] in MANGLED], ids=label)
def test_a_mangled_answer_of_okx_is_not_believed(row: Row) -> None:
    with pytest.raises(e.BadReply):
        CHECKS[row["operation"]](row)
    mended = re.sub(rb"(?<=[\d.]) (?=\d)", b"", body(row))
    assert mended != body(row)
    calls = {
        "query_order": OKX.fetch_order(MARKETS["ETH/USDT"], "1", None),
        "open_orders": OKX.fetch_open_orders(Listing(MARKETS, None)),
    }
    calls[row["operation"]].parse(Reply(200, {}, mended))


@needs_payloads
def test_no_answer_of_okx_is_left_out_in_silence() -> None:
    done, failed = {row["file"] for row in READ}, {row["file"] for row in FAILED} | set(MANGLED)
    none_is_left_out_in_silence("okx", done, failed, LEFT_OUT)
    assert {last_name(row) for row in FAILED} == set(ERRORS)


DOCUMENTED = documented_errors("okx")


@needs_payloads
@pytest.mark.parametrize("row", DOCUMENTED, ids=lambda row: f"{row.group}-{row.code}")
def test_a_documented_error_of_okx_is_in_the_class_of_its_group(row: Any) -> None:
    kinds = GROUPS[row.group]
    if (row.group, row.code) in BY_MESSAGE:
        kinds = (BY_MESSAGE[row.group, row.code],)
    reply = Reply(200, {}, b"{}")
    error = classify(OKX.errors, reply, VenueCode(row.code, row.message))
    assert isinstance(error, kinds)
    if row.group.startswith("UNKNOWN"):
        assert error.outcome is Outcome.UNKNOWN


@needs_payloads
def test_every_contradiction_of_a_documented_error_is_still_there() -> None:
    assert {(row.group, row.code) for row in DOCUMENTED} >= set(BY_MESSAGE)
    assert len(DOCUMENTED) > 70


@needs_payloads
def test_a_documented_error_of_okx_means_the_same_beside_an_order() -> None:
    order: Request = OKX.create_order(BTC, ASKED).request
    for row in DOCUMENTED:
        told = {"code": "1", "data": [{"sCode": row.code, "sMsg": row.message}], "msg": "failed"}
        reply = Reply(200, {}, json.dumps(told).encode())
        assert OKX.error_in(reply, order) == VenueCode(row.code, row.message)
