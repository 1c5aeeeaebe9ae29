"""Every REST answer of Bitget among the payloads is read, raises the right error, or is in
`LEFT_OUT`.

An answer goes the way that the kit sends it: `error_in`, `classify`, then the parser of the
operation. Fragments (one element of ``data``) are put into the venue's envelope first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import pytest
from exchangekit_bitget.adapter import BitgetAdapter
from exchangekit_bitget.unified.adapter import BitgetUnifiedAdapter
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
from support.payloads import (
    DocumentedError,
    Row,
    body,
    documented_errors,
    label,
    needs_payloads,
    rows,
)

from exchangekit import errors as e
from exchangekit.adapter import Call, Listing, Reply, VenueCode
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

BITGET = BitgetAdapter()
BTC = Market(symbol="BTC/USDT", id="BTCUSDT", base="BTC", quote="USDT")
NAMES = (("BTC", "USDT"), ("ETH", "USDT"), ("BGB", "USDT"), ("TRX", "USDT"), ("APE", "USDT"))
MARKETS = markets_named(NAMES)
ASKED = asked()

MARGIN = "margin: another account, with rows of its own"
UNIFIED = "the unified account's API (v3): "
UTA = BitgetUnifiedAdapter()
DERIVATIVES = "derivatives"
LEFT_OUT: dict[str, str] = {
    "bitget/account_balances/03-ccxt-comment.json": MARGIN,
    "bitget/account_balances/04-ccxt-comment.json": MARGIN,
    "bitget/cancel_order/04-ccxt-comment.json": MARGIN,
    "bitget/open_orders/06-ccxt-comment.json": MARGIN,
    "bitget/order_history/05-ccxt-comment.json": MARGIN,
    "bitget/my_trades/05-ccxt-comment.json": MARGIN,
    "bitget/my_trades/07-ccxt-comment.json": MARGIN,
    "bitget/cancel_all/02-ccxt-comment.json": UNIFIED
    + "cancel-symbol-order, which names no market",
    "bitget/fees/05-ccxt-comment.json": UNIFIED + "all-fee-rate",
    "bitget/ticker/06-ccxt-comment.json": UNIFIED + "read below",
    "bitget/ticker/08-ccxt-comment.json": UNIFIED + "read below",
    "bitget/ticker/04-ccxt-comment.json": DERIVATIVES,
    "bitget/cancel_all/01-jkorf.json": OTHER + "cancel-symbol-order, which names no order",
    "bitget/cancel_all/03-ccxt-comment.json": OTHER + "cancel-symbol-order, which names no order",
    "bitget/cancel_order/06-ccxt-comment.json": OTHER + "cancel-plan-order",
    "bitget/create_order/04-jkorf.json": OTHER + "cancel-replace-order",
    "bitget/create_order/05-jkorf.json": OTHER + "batch-orders",
    "bitget/create_order/07-ccxt-comment.json": OTHER + "batch-orders",
    "bitget/create_order/09-ccxt-comment.json": OTHER + "batch-orders",
    "bitget/fees/02-jkorf.json": OTHER + "vip-fee-rate",
    "bitget/fees/06-ccxt-comment.json": OTHER + "public/symbols, which is read among the markets",
    "bitget/recent_trades/02-jkorf.json": OTHER + "fills-history, and its rows are of two markets",
}

# Answers that somebody mangled: the right error is to believe nothing of them.
MANGLED = {
    "bitget/open_orders/04-jkorf.json": "a time in seconds, which is taken for no time of a market",
}

# Which class the groups of errors.md are.
GROUPS = groups(e.VenueUnavailable)
# Rows of errors.md whose message contradicts their group: (group, code) -> class, by the message.
BY_MESSAGE: dict[tuple[str, str], type[ExchangeError]] = {
    # "invalid Content_Type" in one source, a limit in the other.
    ("rate limit", "30007"): e.BadRequest,
    # "sign signature error" in one source, a time-out in the other; it stays unknown either way.
    ("UNKNOWN OUTCOME (never treat as failed)", "40010"): e.InvalidSignature,
    # "The current trading pair is opening soon": of the market, not of the venue.
    ("maintenance / unavailable", "43115"): e.MarketClosed,
}

# errors/: what each body says. Codes of a retired API, of withdrawals and of tests are in no table.
ERRORS: dict[str, tuple[type[ExchangeError], str | None]] = {
    "01-bbgo": (e.IpNotAllowed, "40018"),
    "02-ccxt-comment": (e.VenueUnavailable, "40015"),
    "03-ccxt-comment": (e.BadRequest, "40017"),
    "04-ccxt-comment": (e.BadRequest, "40017"),
    "05-ccxt-comment": (e.PermissionDenied, "40301"),
    "06-ccxt-comment": (e.BadRequest, "40017"),
    "07-ccxt-comment": (e.InvalidOrder, "40108"),
    "08-ccxt-exceptions": (e.BadRequest, "00001"),
    "09-ccxt-exceptions": (e.VenueError, "1"),
    "11-ccxt-exceptions": (e.VenueError, "4010"),
    "12-ccxt-exceptions": (e.BadRequest, "40020"),
    "169-ccxt-exceptions": (e.BadRequest, "40019"),
    "170-ccxt-exceptions": (e.InsufficientFunds, "40762"),
    "171-ccxt-exceptions": (e.InvalidOrder, "40808"),
    "172-ccxt-exceptions": (e.InvalidOrder, "41103"),
    "173-ccxt-exceptions": (e.MarketClosed, "41114"),
    "174-ccxt-exceptions": (e.InsufficientFunds, "43012"),
    "175-ccxt-exceptions": (e.MarketClosed, "43115"),
    "176-ccxt-exceptions": (e.InvalidOrder, "45110"),
    "177-ccxt-exceptions": (e.InvalidOrder, "40774"),
    "178-ccxt-exceptions": (e.InvalidOrder, "40917"),
    "179-ccxt-exceptions": (e.InvalidOrder, "45122"),
    "187-ccxt-exceptions": (e.PermissionDenied, "40085"),
    "188-ccxt-exceptions": (e.AccountRestricted, "40024"),
    "189-ccxt-exceptions": (e.InvalidOrder, "41117"),
    "190-ccxt-exceptions": (e.BadRequest, "43111"),
    "191-ccxt-exceptions": (e.InvalidOrder, "45113"),
    "192-jkorf": (e.VenueError, "400001"),
    "193-hummingbot": (e.OrderNotFound, "31007"),
    # No code at all: whoever says this, it is not known to be the venue.
    **{
        f"{number}-ccxt-exceptions": (e.GatewayRefused, None)
        for number in ("10", "151", *range(180, 187))
    },
}
OUTAGES = {"30009", "30019", "30030", "30037", "30038"}


def expected(row: Row) -> tuple[type[ExchangeError], str | None]:
    """The class and the code; a code of the retired API by its number."""
    known = ERRORS.get(last_name(row))
    if known is not None:
        return known
    told = json.loads(body(row))
    code = str(told.get("code") or told["error_code"])
    assert 30000 <= int(code) < 36000
    if "code" not in told:
        return e.GatewayRefused, None
    return (e.VenueUnavailable if code in OUTAGES else e.VenueError), code


def data_of(row: Row) -> Any:
    """What stands under ``data``, with numbers as the text that stands there."""
    told = json.loads(body(row), parse_float=str, parse_int=str)
    if isinstance(told, dict) and "data" in told:
        return told["data"]
    return told if isinstance(told, list) and isinstance(told[0], list) else [told]


def enveloped(row: Row) -> bytes:
    """The whole body; a fragment is an element of data."""
    text = body(row).strip()
    if b'"requestTime"' in text:
        return text
    listed = text if text.startswith((b"[[", b"[ [")) else b"[" + text + b"]"
    return b'{"code":"00000","msg":"success","requestTime":1,"data":' + listed + b"}"


def parsed(row: Row, call: Call[Any]) -> Any:
    return read(BITGET, row, enveloped(row), call)


def check_time(row: Row) -> None:
    recent(parsed(row, BITGET.fetch_time()))


def check_markets(row: Row) -> None:
    markets, told = parsed(row, BITGET.fetch_markets()), data_of(row)
    assert markets.skipped == ()
    assert len(markets) == len(told)
    for market, there in zip(markets.by_symbol.values(), told, strict=True):
        assert market.symbol == f"{there['baseCoin']}/{there['quoteCoin']}"
        assert market.id == there["symbol"]
        assert market.active is (there["status"] == "online")
        assert market.price_step == Decimal(1).scaleb(-int(there["pricePrecision"]))
        assert market.amount_step == Decimal(1).scaleb(-int(there["quantityPrecision"]))
        assert market.min_amount == (Decimal(there["minTradeAmount"]) or None)
        assert market.min_cost == Decimal(there["minTradeUSDT"])
        assert written(market.taker) == there["takerFeeRate"]


def check_ticker(row: Row) -> None:
    for there in data_of(row):
        market = MARKETS.by_id[there["symbol"]]
        whole: dict[str, Ticker] = parsed(row, BITGET.fetch_tickers(MARKETS))
        ticker = whole[market.symbol]
        if len(whole) == 1:
            assert parsed(row, BITGET.fetch_ticker(market)) == ticker
        assert ticker.last is not None
        assert ticker.percentage is not None
        assert written(ticker.last) == there["lastPr"]
        assert ticker.percentage == Decimal(there["change24h"]) * 100
        assert ticker.bid == (Decimal(there["bidPr"]) or None)
        assert ticker.ask == (Decimal(there["askPr"]) or None)
        assert ticker.quote_volume == Decimal(there["quoteVolume"])
        recent(ticker.timestamp)


def check_book(row: Row) -> None:
    book, there = parsed(row, BITGET.fetch_order_book(BTC, 150)), data_of(row)
    for levels, side in ((book.bids, "bids"), (book.asks, "asks")):
        assert [written(level.price) for level in levels] == [each[0] for each in there[side]]
        assert [written(level.amount) for level in levels] == [each[1] for each in there[side]]
    assert sorted(book.bids, reverse=True) == list(book.bids)
    assert sorted(book.asks) == list(book.asks)
    assert isinstance(book.best_bid, BookLevel)
    assert book.best_bid.price < book.best_ask.price
    recent(book.timestamp)


def check_candles(row: Row) -> None:
    candles: tuple[Candle, ...] = parsed(row, BITGET.fetch_ohlcv(BTC, "1m", None, 200))
    there = data_of(row)
    assert len(candles) == len(there)
    assert list(candles) == sorted(candles, key=lambda candle: candle.timestamp)
    for candle in candles:
        assert 0 < candle.low <= min(candle.open, candle.close)
        assert max(candle.open, candle.close) <= candle.high
        recent(candle.timestamp)
    assert {written(candle.volume) for candle in candles} == {each[5] for each in there}


def check_trades(row: Row) -> None:
    (name,) = {each["symbol"] for each in data_of(row)}
    market = BTC.model_copy(update={"id": name})
    trades: tuple[Trade, ...] = parsed(row, BITGET.fetch_trades(market, 500))
    there = {each["tradeId"]: each for each in data_of(row)}
    assert len(trades) == len(there)
    assert list(trades) == sorted(trades, key=lambda trade: trade.timestamp)
    for trade in trades:
        assert trade.id is not None
        assert written(trade.price) == there[trade.id]["price"]
        assert trade.cost == trade.price * trade.amount > 0
        assert trade.side == there[trade.id]["side"].lower()
        recent(trade.timestamp)


def check_balances(row: Row) -> None:
    balances, there = parsed(row, BITGET.fetch_balance()), data_of(row)
    assert sorted(balances.names()) == sorted(each["coin"] for each in there)
    for each in there:
        held = balances[each["coin"]]
        assert written(held.free) == each["available"]
        assert held.used == Decimal(each["frozen"]) + Decimal(each["locked"])
        assert held.total == held.free + held.used


def check_fees(row: Row) -> None:
    fee = parsed(row, BITGET.fetch_trading_fees(MARKETS, BTC))["BTC/USDT"]
    assert written(fee.maker) == data_of(row)["makerFeeRate"]
    assert written(fee.taker) == data_of(row)["takerFeeRate"]


def check_created(row: Row) -> None:
    order, there = parsed(row, BITGET.create_order(BTC, ASKED)), data_of(row)
    assert (order.id, order.client_order_id) == (there["orderId"], there["clientOid"])
    assert (order.symbol, order.price, order.amount) == ("BTC/USDT", ASKED.price, ASKED.amount)
    assert (order.status, order.filled, order.cost, order.fees) == (None, None, None, None)


def check_canceled(row: Row) -> None:
    there = data_of(row)
    if "successList" not in there:
        order = parsed(row, BITGET.cancel_order(BTC, there["orderId"], None))
        assert (order.id, order.symbol, order.status) == (there["orderId"], "BTC/USDT", None)
        return
    done, failed = there["successList"], there["failureList"]
    ids = tuple(each["orderId"] for each in (*done, *failed))
    report = parsed(row, BITGET.cancel_orders(BTC, ids))
    assert [order.id for order in report.canceled] == [each["orderId"] for each in done]
    assert [one.order_id for one in report.failed] == [each["orderId"] for each in failed]
    for one, each in zip(report.failed, failed, strict=True):
        assert each["errorMsg"] in one.reason


STATES = {
    "live": OrderStatus.OPEN,
    "filled": OrderStatus.CLOSED,
    "cancelled": OrderStatus.CANCELED,
}


def check_orders(orders: Iterable[Order], told: list[Any], price: str) -> None:
    for order, there in zip(orders, told, strict=True):
        assert order.id == there["orderId"]
        assert order.client_order_id == there["clientOid"]
        assert order.side == there["side"]
        assert order.status is STATES[there["status"]]
        assert order.time_in_force is None
        assert order.filled == Decimal(there["baseVolume"])
        assert order.cost == Decimal(there["quoteVolume"])
        by_cost = there["orderType"] == "market" and there["side"] == "buy"
        size = order.requested_cost if by_cost else order.amount
        assert size == Decimal(there["size"])
        assert (order.amount if by_cost else order.requested_cost) is None
        if order.type is OrderType.LIMIT:
            assert order.price == Decimal(there[price])
        else:
            assert order.price is None
        if order.filled:
            assert order.cost is not None
            assert order.average is not None
            # Where the venue rounds the average, what was paid is not its product.
            assert abs(order.average - Decimal(there["priceAvg"])) < Decimal("0.00001")
        detail = json.loads(there.get("feeDetail") or "{}", parse_float=Decimal)
        charges = [one for one in detail.values() if "feeCoinCode" in one]
        assert [(one.currency, -one.cost) for one in order.fees or ()] == [
            (one["feeCoinCode"], one["totalFee"]) for one in charges
        ]
        recent(order.timestamp, order.updated)


def check_order(row: Row) -> None:
    market = MARKETS.by_id[data_of(row)[0]["symbol"]]
    order = parsed(row, BITGET.fetch_order(market, "1", None))
    check_orders([order], data_of(row), "price")
    # The same row is found by its name in the history.
    second = BITGET.fetch_order(market, None, order.client_order_id).otherwise
    assert second is not None
    assert parsed(row, second) == order


def check_open(row: Row) -> None:
    page = parsed(row, BITGET.fetch_open_orders(Listing(MARKETS)))
    assert page.next is None
    check_orders(page.items, data_of(row), "priceAvg")


def check_closed(row: Row) -> None:
    page = parsed(row, BITGET.fetch_closed_orders(Listing(MARKETS)))
    assert page.next is None
    check_orders(page.items, data_of(row), "price")


def check_fills(row: Row) -> None:
    fills: tuple[MyTrade, ...] = parsed(row, BITGET.fetch_my_trades(Listing(MARKETS))).items
    for fill, there in zip(fills, data_of(row), strict=True):
        assert fill.symbol == MARKETS.by_id[there["symbol"]].symbol
        assert (fill.id, fill.order_id) == (there["tradeId"], there["orderId"])
        assert written(fill.price) == there["priceAvg"]
        assert written(fill.amount) == there["size"]
        assert fill.cost == Decimal(there["amount"])
        assert fill.side == there["side"]
        assert fill.liquidity == there["tradeScope"]
        assert fill.fee is not None
        assert fill.fee.cost == -Decimal(there["feeDetail"]["totalFee"])
        assert fill.fee.currency == there["feeDetail"]["feeCoin"]
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
    "cancel_all": check_canceled,
    "cancel_order": check_canceled,
    "query_order": check_order,
    "open_orders": check_open,
    "order_history": check_closed,
    "my_trades": check_fills,
}

ROWS = rows("bitget")
APART = {*LEFT_OUT, *MANGLED}
READ = [row for row in ROWS if row["operation"] in CHECKS and row["file"] not in APART]
FAILED = [row for row in ROWS if row["operation"] == "errors"]


@needs_payloads
@pytest.mark.parametrize("row", READ, ids=label)
def test_an_answer_of_bitget_is_read(row: Row) -> None:
    CHECKS[row["operation"]](row)


@needs_payloads
@pytest.mark.parametrize("number", ["06", "08"])
def test_a_ticker_of_the_unified_api_is_read(number: str) -> None:
    [row] = [one for one in ROWS if one["file"] == f"bitget/ticker/{number}-ccxt-comment.json"]
    ticker, [there] = read(UTA, row, enveloped(row), UTA.fetch_ticker(BTC)), data_of(row)
    assert written(ticker.last) == there["lastPrice"]
    assert ticker.percentage == Decimal(there["price24hPcnt"]) * 100
    assert (written(ticker.bid), written(ticker.ask)) == (there["bid1Price"], there["ask1Price"])
    assert written(ticker.base_volume) == there["volume24h"]
    assert written(ticker.quote_volume) == there["turnover24h"]
    recent(ticker.timestamp)


@needs_payloads
@pytest.mark.parametrize("row", FAILED, ids=label)
def test_an_error_of_bitget_is_the_right_one(row: Row) -> None:
    """Its errors have a status of 400 or more, which no source names."""
    kind, code = expected(row)
    reply = Reply(row["http_status"] or 400, {}, body(row))
    request = BITGET.create_order(BTC, ASKED).request
    error = classify(BITGET.errors, reply, BITGET.error_in(reply, request))
    assert type(error) is kind
    assert error.code == code
    if kind in (e.VenueUnavailable, e.GatewayRefused):
        assert error.outcome is Outcome.UNKNOWN
    if code == "40085":
        assert error.hint is not None
        assert "bitgetuta" in error.hint


@needs_payloads
@pytest.mark.parametrize("row", [row for row in ROWS if row["file"] in MANGLED], ids=label)
def test_a_mangled_answer_of_bitget_is_not_believed(row: Row) -> None:
    with pytest.raises(e.BadReply, match="impossible time"):
        CHECKS[row["operation"]](row)


@needs_payloads
@pytest.mark.parametrize(
    "row", documented_errors("bitget"), ids=lambda row: f"{row.group}-{row.code}"
)
def test_a_documented_error_of_bitget_is_in_the_class_of_its_group(row: DocumentedError) -> None:
    said = VenueCode(row.code, row.message.partition("/ [")[0])
    error = classify(BITGET.errors, Reply(400, {}, b"{}"), said)
    assert isinstance(error, BY_MESSAGE.get((row.group, row.code), GROUPS[row.group]))
    if row.group.startswith("UNKNOWN"):
        assert error.outcome is Outcome.UNKNOWN


@needs_payloads
def test_no_answer_of_bitget_is_left_out_in_silence() -> None:
    done, failed = {row["file"] for row in READ}, {row["file"] for row in FAILED} | set(MANGLED)
    none_is_left_out_in_silence("bitget", done, failed, LEFT_OUT)
    assert set(ERRORS) <= {last_name(row) for row in FAILED}
