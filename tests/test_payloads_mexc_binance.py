"""What MEXC and Binance really answer, read by the adapters' own parsers.

Every REST payload of these venues is parsed into sane models, raises the error it should, or is
listed in `LEFT_OUT` with a reason; a test holds that no file escapes the three.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from exchangekit_binance.adapter import BinanceAdapter
from exchangekit_mexc.adapter import MexcAdapter
from support.payloads import Row, body, documented_errors, files, label, needs_payloads, rows
from support.validated import check_validated

from exchangekit.adapter import Adapter, Call, Listing, Reply, VenueCode
from exchangekit.adapter.classify import classify
from exchangekit.errors import (
    AccessRefused,
    AccountRestricted,
    AuthenticationError,
    AuthorizationError,
    BadReply,
    BadRequest,
    Banned,
    ClockSkew,
    ExchangeError,
    InsufficientFunds,
    InvalidApiKey,
    InvalidOrder,
    InvalidSignature,
    IpNotAllowed,
    MarketClosed,
    OnMaintenance,
    OrderNotFound,
    OrderNotOpen,
    Outcome,
    PermissionDenied,
    RateLimited,
    RequestTimeout,
    UnknownSymbol,
    VenueError,
    VenueUnavailable,
)
from exchangekit.models import (
    LimitOrder,
    Market,
    MarketBuyWithCost,
    Markets,
    MyTrade,
    Order,
    OrderStatus,
    OrderType,
    Side,
    Ticker,
)
from exchangekit.models.markets import index
from exchangekit.models.numbers import plain

ADAPTERS: dict[str, Adapter] = {"mexc": MexcAdapter(), "binance": BinanceAdapter()}

LEFT_OUT = {
    # path or file -> why no operation of the interface reads it
    "/api/v3/defaultSymbols": "a list of names that the API may trade; exchangeInfo says it too",
    "/api/v3/aggTrades": "trades put together by the taker's order; fetch_trades reads the trades",
    "/api/v3/avgPrice": "an average of five minutes; no operation asks for it",
    "/api/v3/ticker/price": "the last price alone; fetch_ticker has it",
    "/api/v3/ticker/bookTicker": "the best prices alone; fetch_ticker has them",
    "/api/v3/ticker/tradingDay": "a calendar day; fetch_ticker is the last 24 hours",
    "/api/v3/ticker": "a window of any length; fetch_ticker is the last 24 hours",
    "/api/v3/executionRules": "price bands; no operation asks for them",
    "/api/v3/myFilters": "filters of one account; the market's come from exchangeInfo",
    "/api/v3/batchOrders": "several orders in one request; the interface places one at a time",
    "/api/v3/order/cancelReplace": "canceling and placing at once; not part of the interface",
    "/sapi/v3/asset/getUserAsset": "assets of the wallet; fetch_balance is the spot account",
    "/sapi/v1/asset/tradeFee": "fees without taxes and extras; account/commission has all",
    "mexc/recent_trades/07-ccxt-comment": "aggTrades",
    "mexc/recent_trades/08-ccxt-comment": "aggTrades",
    "mexc/ticker/16-ccxt-comment": "bookTicker",
    "binance/recent_trades/10-ccxt-comment": "aggTrades",
    "binance/ticker/28-ccxt-comment": "USD-M futures",
    "binance/ticker/29-ccxt-comment": "bookTicker",
    "binance/ticker/30-ccxt-comment": "USD-M futures bookTicker",
    "binance/ticker/31-ccxt-comment": "tokenised equities",
    "binance/ticker/32-ccxt-comment": "COIN-M futures, ticker/price",
    "binance/ticker/33-ccxt-comment": "ticker/price",
    "binance/query_order/05-ccxt-comment": "tokenised equities",
    "mexc/query_order/08-hummingbot": "a mock whose type is a side",
    "mexc/query_order/09-hummingbot": "a mock whose type is a side",
    "mexc/query_order/10-hummingbot": "a mock whose type is a side",
    "binance/query_order/09-hummingbot": "a mock whose type is a side",
    "binance/query_order/10-hummingbot": "a mock whose type is a side",
    "binance/query_order/11-hummingbot": "a mock whose type is a side",
    "binance/query_order/06-ccxt-comment": "tokenised equities",
    "binance/query_order/07-ccxt-comment": "tokenised equities",
    "binance/fees/07-ccxt-comment": "sapi tradeFee",
    "binance/fees/08-ccxt-comment": "sapi tradeFee",
}

BAD_REPLIES = {
    # invented times of examples and mocks: 123456789 ms is in January 1970
    "mexc/account_balances/04-mexc-docs-old": "impossible time: 123456789",
    "mexc/account_balances/07-hummingbot": "impossible time: 123456789",
    "mexc/account_balances/08-hummingbot": "impossible time: 123456789",
    "binance/account_balances/01-binance-docs": "impossible time: 123456789",
    "binance/account_balances/04-hummingbot": "impossible time: 123456789",
    "binance/account_balances/05-hummingbot": "impossible time: 123456789",
}


def _codes(numbers: str) -> list[str]:
    return [f"-{number}" for number in numbers.split()]


EXPECTED: dict[str, dict[str, type[ExchangeError] | dict[str, type[ExchangeError]]]] = {
    # venue -> code -> class, or a piece of the message -> class
    "mexc": {
        "-1128": BadRequest,
        "10101": InsufficientFunds,
        "33333": BadRequest,
        "400": BadRequest,
        "70011": PermissionDenied,
        "88004": InsufficientFunds,
        "88009": VenueError,  # loans are gone; no table knows it, and nothing is guessed
        "88013": InvalidOrder,
        "88015": InsufficientFunds,
        "700003": ClockSkew,
        "10007": UnknownSymbol,
        "30018": AccountRestricted,
        "30087": InvalidOrder,
        "500": OnMaintenance,
        "700007": PermissionDenied,
        "10072": InvalidApiKey,
        "700006": IpNotAllowed,
        "-2011": OrderNotOpen,
        "-2013": OrderNotFound,
        "-1121": UnknownSymbol,
        "-1003": RateLimited,
        "30002": InvalidOrder,
    },
    "binance": {
        "-1000": VenueUnavailable,
        "-1001": VenueUnavailable,
        "-1002": AccessRefused,
        "-1003": RateLimited,
        "-1004": VenueUnavailable,
        "-1005": IpNotAllowed,
        "-1006": VenueUnavailable,
        "-1007": RequestTimeout,
        "-1010": VenueError,  # "an error has been received", and no word of which
        "-1011": IpNotAllowed,
        "-1013": {"Market is closed": MarketClosed, "": InvalidOrder},
        "-1015": RateLimited,
        "-1016": OnMaintenance,
        "-1021": ClockSkew,
        "-1022": InvalidSignature,
        "-1099": AccessRefused,
        "-1109": PermissionDenied,
        "-1121": UnknownSymbol,
        "-2010": {
            "not permitted": AccountRestricted,
            "not whitelisted": PermissionDenied,
            "": InvalidOrder,
        },
        "-2011": {
            "cancel restrictions": InvalidOrder,
            "disabled on this account": AccountRestricted,
            "": OrderNotOpen,
        },
        "-2013": OrderNotFound,
        "-2014": InvalidApiKey,
        "-2015": AccessRefused,
        "-2021": InvalidOrder,
        "-2022": InvalidOrder,
        "-2026": InvalidOrder,
        **dict.fromkeys(_codes("1014 1020 1106 1111 1112 1114 1115 1116 1117"), InvalidOrder),
        **dict.fromkeys(
            _codes(
                "1023 1100 1101 1102 1103 1104 1105 1108 1110 1113 1118 1119 1120 1125 1127 1128"
                " 1130 1131 1136 1145 2016"
            ),
            BadRequest,
        ),
    },
}

GROUPS: dict[str, tuple[type[ExchangeError], ...]] = {
    # the groups of errors.md -> the classes that a code of that group may have
    "authentication": (AuthenticationError, AccessRefused),
    "clock": (ClockSkew,),
    "authorization": (AuthorizationError, AccessRefused),
    "rate limit": (RateLimited,),
    "insufficient funds": (InsufficientFunds,),
    "invalid order": (InvalidOrder,),
    "order not found / wrong state": (OrderNotFound,),
    "maintenance / unavailable": (VenueUnavailable, MarketClosed),
    "UNKNOWN OUTCOME (never treat as failed)": (VenueUnavailable,),
    "bad request / symbol": (BadRequest, UnknownSymbol),
}

ELSEWHERE = {
    ("mexc", "700004"): (
        BadRequest,
        "a request without an order id proves nothing about any order: never 'not found'",
    ),
}

STATUSES = {
    "NEW": OrderStatus.OPEN,
    "PARTIALLY_FILLED": OrderStatus.OPEN,
    "FILLED": OrderStatus.CLOSED,
    "CANCELED": OrderStatus.CANCELED,
}
"""All statuses that occur in the payloads."""


def exactly(value: Decimal | None, text: str | None) -> None:
    """`value` is the number that stands in the JSON text, digit for digit."""
    if text in (None, ""):
        assert value is None
    else:
        assert text is not None
        assert value is not None
        assert plain(value) == plain(Decimal(text))


def price(value: Decimal | None, text: str | None) -> None:
    """A price: exact, positive, and None where the venue writes 0 or nothing."""
    exactly(value, None if not text or Decimal(text) == 0 else text)
    assert value is None or value > 0


def moment(value: datetime | None, text: str | None) -> None:
    if text is None or int(text) == 0:
        assert value is None
    else:
        assert value is not None
        assert value.tzinfo is UTC
        assert round(value.timestamp() * 1000) == int(text)


def texts(data: bytes) -> Any:
    """The JSON with every number as it is written."""
    return json.loads(data, parse_float=str, parse_int=str)


@dataclass
class Case:
    """A payload made ready: its venue's adapter, its bytes in the envelope, its JSON as text."""

    adapter: Adapter
    operation: str
    data: bytes
    json: Any

    @property
    def listed(self) -> list[Any]:
        return self.json if isinstance(self.json, list) else [self.json]

    def market(self) -> Market:
        first = self.listed[0]
        name = first.get("symbol", "AAABBB") if isinstance(first, dict) else "AAABBB"
        return Market(symbol="AAA/BBB", id=name, base="AAA", quote="BBB")

    def markets(self) -> Markets:
        made = [
            Market(symbol=f"{row['symbol']}/X", id=row["symbol"], base=row["symbol"], quote="X")
            for row in self.listed
        ]
        return index(tuple({market.id: market for market in made}.values()))

    def read(self, call: Call[Any]) -> Any:
        reply = Reply(200, {}, self.data)
        said = self.adapter.error_in(reply, call.request)
        error = classify(self.adapter.errors, reply, said)
        if error is not None:
            raise error
        made = call.parse(reply)
        check_validated(made)
        return made


def ready(row: Row) -> Case:
    """The payload in the envelope that the venue sends it in, where it is a fragment."""
    data = body(row)
    name, operation = label(row), row["operation"]
    if operation == "markets" and name.endswith("-filter"):
        symbol = (
            b'{"symbol":"AAABBB","status":"TRADING","baseAsset":"AAA","quoteAsset":"BBB",'
            b'"quoteAssetPrecision":8,"orderTypes":["LIMIT","MARKET"],"filters":[%s]}'
        )
        data = b'{"symbols":[%s]}' % (symbol % data)
    elif operation == "markets":
        found = texts(data)
        if "symbols" not in found:
            data = b'{"symbols":[%s]}' % data
        elif isinstance(found["symbols"], dict):  # the documentation forgot the brackets
            data = re.sub(rb'("symbols":\s*)(\{.*\})(\s*\}\s*)$', rb"\1[\2]\3", data, flags=re.S)
    elif name == "binance/recent_trades/12-ccxt-comment":
        operation, data = "my_trades", b"[%s]" % data
    elif name == "binance/recent_trades/13-ccxt-comment":
        operation, data = "create_order", b'{"symbol":"A","orderId":1,"fills":[%s]}' % data
    elif name == "mexc/query_order/06-ccxt-comment":
        operation = "create_order"  # three fields are what MEXC says of a new order
    elif row["fragment"] and operation in ("recent_trades", "my_trades"):
        data = b"[%s]" % data
    if row["path"] == "/api/v3/order/test" or name == "binance/fees/02-binance-docs-faq":
        operation = "test_order"
    return Case(ADAPTERS[row["venue"]], operation, data, texts(data))


def check_time(case: Case) -> None:
    moment(case.read(case.adapter.fetch_time()), case.json["serverTime"])


def check_markets(case: Case) -> None:
    markets = case.read(case.adapter.fetch_markets())
    assert markets.skipped == ()
    spot = [row for row in case.json["symbols"] if row.get("isSpotTradingAllowed", True)]
    if case.adapter.venue == "mexc":  # there the flag is about the API; the market exists
        spot = case.json["symbols"]
    assert list(markets.by_id) == [row["symbol"] for row in spot]
    for row in spot:
        market = markets.by_id[row["symbol"]]
        assert market.symbol == f"{row['baseAsset']}/{row['quoteAsset']}"
        assert (OrderType.MARKET in market.order_types) == ("MARKET" in row["orderTypes"])
        check_rules(market, row, {rule["filterType"]: rule for rule in row.get("filters", [])})
    for row in spot[:: max(1, len(spot) - 1)]:  # each look at `raw` reads the whole body
        assert markets.by_id[row["symbol"]].raw["symbol"] == row["symbol"]


def check_rules(market: Market, row: Any, rules: dict[str, Any]) -> None:
    if market.id.startswith("AAA"):
        assert market.active
    elif "baseSizePrecision" in row or "quoteAmountPrecisionMarket" in row:
        size, least = row["baseSizePrecision"], row["quoteAmountPrecision"]
        assert market.amount_step is not None
        if "LOT_SIZE" not in rules:
            assert market.amount_step == Decimal(1).scaleb(-int(row["baseAssetPrecision"]))
            assert (market.min_amount or 0) == Decimal(size)
        if "MIN_NOTIONAL" not in rules:
            exactly(market.min_cost, least)
        exactly(market.maker, row.get("makerCommission"))
    if "PRICE_FILTER" in rules:
        exactly(market.price_step, rules["PRICE_FILTER"]["tickSize"])
        exactly(market.max_price, rules["PRICE_FILTER"]["maxPrice"])
    if "LOT_SIZE" in rules:
        exactly(market.amount_step, rules["LOT_SIZE"]["stepSize"])
        exactly(market.min_amount, rules["LOT_SIZE"]["minQty"])
    notional = rules.get("NOTIONAL") or rules.get("MIN_NOTIONAL")
    if notional:
        exactly(market.min_cost, notional["minNotional"])
        applies = notional.get("applyMinToMarket", notional.get("applyToMarket", True))
        assert market.market_min_cost == (None if applies else 0)
    lot = rules.get("MARKET_LOT_SIZE")
    if lot and Decimal(lot["stepSize"]) == 0:
        assert market.market_amount_step == market.amount_step
    if lot:
        assert market.market_max_amount is not None
        assert market.market_max_amount <= Decimal(lot["maxQty"])


def check_ticker(case: Case) -> None:
    if isinstance(case.json, dict):
        check_one_ticker(case.read(case.adapter.fetch_ticker(case.market())), case.json, case)
        return
    markets = case.markets()
    made = case.read(case.adapter.fetch_tickers(markets))
    assert len(made) == len({row["symbol"] for row in case.json})
    for row in case.json:
        check_one_ticker(made[markets.by_id[row["symbol"]].symbol], row, case)
    none_listed = case.read(case.adapter.fetch_tickers(index(())))
    assert none_listed == {}


def check_one_ticker(ticker: Ticker, row: Any, case: Case) -> None:
    price(ticker.last, row["lastPrice"])
    price(ticker.bid, row.get("bidPrice"))
    price(ticker.open, row["openPrice"])
    exactly(ticker.ask_volume, row.get("askQty"))
    exactly(ticker.base_volume, row["volume"])
    exactly(ticker.quote_volume, row["quoteVolume"])
    moment(ticker.timestamp, row["closeTime"])
    if row.get("priceChangePercent"):
        assert ticker.percentage is not None
        scale = 100 if case.adapter.venue == "mexc" else 1
        assert ticker.percentage == Decimal(row["priceChangePercent"]) * scale
    assert ticker.raw["symbol"] == row["symbol"]


def check_book(case: Case) -> None:
    book = case.read(case.adapter.fetch_order_book(case.market(), 5))
    for levels, side in ((book.bids, case.json["bids"]), (book.asks, case.json["asks"])):
        assert [[plain(level.price), plain(level.amount)] for level in levels] == side
        assert all(level.price > 0 and level.amount > 0 for level in levels)
    assert list(book.bids) == sorted(book.bids, reverse=True)
    assert list(book.asks) == sorted(book.asks)
    assert book.sequence == int(case.json["lastUpdateId"])


def check_trades(case: Case) -> None:
    trades = case.read(case.adapter.fetch_trades(case.market(), 5))
    assert len(trades) == len(case.json)
    times = [trade.timestamp for trade in trades]
    assert times == sorted(times)
    newest_first = case.adapter.venue == "mexc"
    for trade, row in zip(trades, case.json[::-1] if newest_first else case.json, strict=True):
        exactly(trade.price, row["price"])
        exactly(trade.amount, row["qty"])
        if "quoteQty" in row:
            exactly(trade.cost, row["quoteQty"])
        moment(trade.timestamp, row["time"])
        assert trade.id == row["id"]
        assert trade.side is (Side.SELL if row["isBuyerMaker"] else Side.BUY)
        assert trade.price > 0


def check_candles(case: Case) -> None:
    candles = case.read(case.adapter.fetch_ohlcv(case.market(), "1m", None, 5))
    assert len(candles) == len(case.json)
    for candle, row in zip(candles, case.json, strict=True):
        moment(candle.timestamp, row[0])
        for value, text in zip(candle[1:], row[1:6], strict=True):
            exactly(value, text)
        assert candle.low <= min(candle.open, candle.close)
        assert candle.high >= max(candle.open, candle.close)
    times = [candle.timestamp for candle in candles]
    assert times == sorted(set(times))


def check_order(order: Order, row: Any, *, created: str, client: str = "clientOrderId") -> None:
    assert order.id == row["orderId"]
    assert order.symbol
    assert order.side is not None
    assert order.side.upper() == row["side"]
    market = order.type is OrderType.MARKET
    assert market == (row["type"] in ("MARKET", "STOP_LOSS", "TAKE_PROFIT"))
    price(order.price, None if market else row["price"])
    exactly(order.amount, row.get("origQty", row.get("Qty")))
    if "status" in row:
        assert order.status is STATUSES[row["status"]]
    exactly(order.filled, row.get("executedQty"))
    exactly(order.cost, row.get("cummulativeQuoteQty"))
    if order.filled:
        assert order.average == Decimal(row["cummulativeQuoteQty"]) / Decimal(row["executedQty"])
    if client in row:
        assert order.client_order_id == (row[client] or None)
    moment(order.timestamp, row.get(created))
    assert str(order.raw["orderId"]) == row["orderId"]


def check_new_order(case: Case) -> None:
    asked = LimitOrder(
        symbol="AAA/BBB", side=Side.BUY, amount=Decimal(7), price=Decimal(9), client_order_id="mine"
    )
    order = case.read(case.adapter.create_order(case.market(), asked))
    row = case.json
    assert order.id == row["orderId"]
    assert order.symbol == "AAA/BBB"
    assert order.client_order_id == row.get("clientOrderId", "mine")
    if "side" in row:
        unsaid = {"cummulativeQuoteQty": None, "executedQty": None}
        echoed = {"price": "9"} if row["type"] != "MARKET" and Decimal(row["price"]) == 0 else {}
        check_order(order, {**unsaid, **row, **echoed}, created="transactTime")
    else:  # an acknowledgement: what was asked stands, what was not said is None
        assert (order.side, order.amount, order.price) == (Side.BUY, Decimal(7), Decimal(9))
        assert order.status is None
        assert order.filled is None
    if "fills" in row:
        paid = {}
        for fill in row["fills"]:
            currency = fill["commissionAsset"]
            paid[currency] = paid.get(currency, Decimal(0)) + Decimal(fill["commission"])
        assert {fee.currency: fee.cost for fee in order.fees} == paid
    else:
        assert order.fees is None


def check_test_order(case: Case) -> None:
    asked = MarketBuyWithCost(symbol="AAA/BBB", cost=Decimal(5), client_order_id="mine")
    assert isinstance(case.json, dict)
    assert case.read(case.adapter.test_order(case.market(), asked)) is None


def check_canceled(case: Case) -> None:
    order = case.read(case.adapter.cancel_order(case.market(), "4", None))
    check_order(order, case.json, created="never", client="origClientOrderId")


def check_all_canceled(case: Case) -> None:
    report = case.read(case.adapter.cancel_all_orders(case.market()))
    said = [one for row in case.json for one in row.get("orderReports", [row])]
    assert len(report.canceled) == len(said)
    for order, row in zip(report.canceled, said, strict=True):
        check_order(order, row, created="never", client="origClientOrderId")


def check_queried(case: Case) -> None:
    order = case.read(case.adapter.fetch_order(case.market(), "1", None))
    check_order(order, case.json, created="time")
    moment(order.updated, case.json["updateTime"])


def check_open_orders(case: Case) -> None:
    page = case.read(case.adapter.fetch_open_orders(Listing(case.markets(), case.market())))
    assert page.next is None
    assert len(page.items) == len(case.json)
    for order, row in zip(page.items, case.json, strict=True):
        check_order(order, row, created="time")
        assert order.is_open


def check_closed_orders(case: Case) -> None:
    call = case.adapter.fetch_closed_orders(Listing(case.markets(), case.market(), None, 500))
    page = case.read(call)
    done = [row for row in case.json if STATUSES[row["status"]] is not OrderStatus.OPEN]
    assert len(page.items) == len(done)
    for order, row in zip(page.items, done, strict=True):
        check_order(order, row, created="time")
        assert order.is_done


def check_balances(case: Case) -> None:
    balances = case.read(case.adapter.fetch_balance())
    assert set(balances.assets) == {row["asset"] for row in case.json["balances"]}
    for row in case.json["balances"]:
        held = balances[row["asset"]]
        exactly(held.free, row["free"])
        exactly(held.used, row["locked"])
        assert held.total == Decimal(row["free"]) + Decimal(row["locked"])
    last = case.json["balances"][-1]["asset"]
    assert balances[last].raw["asset"] == last
    if case.adapter.venue == "mexc":
        key = case.read(case.adapter.fetch_api_key())
        assert (key.can_trade, key.can_withdraw) == (
            case.json["canTrade"],
            case.json["canWithdraw"],
        )


def check_fills(case: Case) -> None:
    page = case.read(case.adapter.fetch_my_trades(Listing(index(()), case.market(), None, 100)))
    assert page.next is None
    assert len(page.items) == len(case.json)
    for fill, row in zip(page.items, case.json, strict=True):
        check_fill(fill, row)


def check_fill(fill: MyTrade, row: Any) -> None:
    assert (fill.id, fill.order_id) == (row["id"], row["orderId"])
    exactly(fill.price, row["price"])
    exactly(fill.amount, row["qty"])
    if "quoteQty" in row:
        exactly(fill.cost, row["quoteQty"])
    moment(fill.timestamp, row["time"])
    assert fill.side is (Side.BUY if row["isBuyer"] else Side.SELL)
    assert fill.liquidity == ("maker" if row["isMaker"] else "taker")
    assert fill.fee is not None
    exactly(fill.fee.cost, row["commission"])
    assert fill.fee.currency == row["commissionAsset"]


def check_fees(case: Case) -> None:
    market = case.market()
    made = case.read(case.adapter.fetch_trading_fees(index((market,)), market))
    fee = made[market.symbol]
    if case.adapter.venue == "mexc":
        exactly(fee.maker, case.json["data"]["makerCommission"])
        exactly(fee.taker, case.json["data"]["takerCommission"])
        return
    kinds = [value for name, value in case.json.items() if name.endswith("Commission")]
    assert len(kinds) in (2, 3)
    side = max(sum(Decimal(kind[who]) for kind in kinds) for who in ("buyer", "seller"))
    assert fee.maker == sum(Decimal(kind["maker"]) for kind in kinds) + side
    assert fee.taker == sum(Decimal(kind["taker"]) for kind in kinds) + side


CHECKS: dict[str, Callable[[Case], None]] = {
    "server_time": check_time,
    "markets": check_markets,
    "ticker": check_ticker,
    "order_book": check_book,
    "recent_trades": check_trades,
    "candles": check_candles,
    "create_order": check_new_order,
    "test_order": check_test_order,
    "cancel_order": check_canceled,
    "cancel_all": check_all_canceled,
    "query_order": check_queried,
    "open_orders": check_open_orders,
    "order_history": check_closed_orders,
    "account_balances": check_balances,
    "my_trades": check_fills,
    "fees": check_fees,
}


def fate(row: Row) -> str:
    """What becomes of a payload here: each has exactly one fate."""
    name = label(row)
    if row["operation"] == "errors" or name == "mexc/create_order/09-ccxt-comment":
        return "right error"
    if name in BAD_REPLIES:
        return "refused as unreadable"
    if name in LEFT_OUT or row["path"] in LEFT_OUT:
        return "left out"
    return "parsed"


ROWS = [row for venue in ADAPTERS for row in rows(venue)]


def rows_that_are(what: str) -> list[Row]:
    return [row for row in ROWS if fate(row) == what]


@needs_payloads
@pytest.mark.parametrize("row", rows_that_are("parsed"), ids=label)
def test_an_answer_becomes_a_sane_and_exact_model(row: Row) -> None:
    case = ready(row)
    CHECKS[case.operation](case)


@needs_payloads
@pytest.mark.parametrize("row", rows_that_are("right error"), ids=label)
def test_an_error_body_lands_in_its_class_and_keeps_the_venues_words(row: Row) -> None:
    adapter, data = ADAPTERS[row["venue"]], texts(body(row))
    reply = Reply(row["http_status"] or 400, {}, body(row))
    said = adapter.error_in(reply, adapter.fetch_time().request)
    assert said == VenueCode(data["code"], data.get("msg") or data["message"])
    error = classify(adapter.errors, reply, said)
    expected = EXPECTED[row["venue"]][data["code"]]
    if isinstance(expected, dict):
        expected = next(kind for piece, kind in expected.items() if piece in said.message)
    assert type(error) is expected
    assert error.code == data["code"]


@needs_payloads
@pytest.mark.parametrize("row", rows_that_are("refused as unreadable"), ids=label)
def test_a_mock_that_no_venue_would_send_is_not_guessed(row: Row) -> None:
    case = ready(row)
    with pytest.raises(BadReply, match=re.escape(BAD_REPLIES[label(row)])):
        CHECKS[case.operation](case)


@needs_payloads
@pytest.mark.parametrize("venue", list(ADAPTERS))
def test_every_payload_has_a_fate_and_every_entry_here_has_a_payload(
    venue: str, capsys: pytest.CaptureFixture[str]
) -> None:
    here = rows(venue)
    assert {row["file"] for row in here} == files(venue)
    known = {label(row) for row in ROWS} | {row["path"] for row in ROWS}
    assert not (LEFT_OUT.keys() | BAD_REPLIES.keys()) - known
    counts = Counter(fate(row) for row in here)
    assert sum(counts.values()) == len(here)
    said = ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
    with capsys.disabled():
        print(f"\npayloads of {venue}: {said}; {len(here)} in all")


@needs_payloads
@pytest.mark.parametrize(
    ("venue", "group", "code", "message"),
    [(venue, *line) for venue in ADAPTERS for line in documented_errors(venue)],
)
def test_every_code_of_the_error_list_lands_in_its_group(
    venue: str, group: str, code: str, message: str
) -> None:
    adapter = ADAPTERS[venue]
    reply = Reply(400, {}, b"{}")
    error = classify(adapter.errors, reply, VenueCode(code, message))
    allowed, _ = ELSEWHERE.get((venue, code), (GROUPS[group], ""))
    assert isinstance(error, allowed)
    assert not isinstance(error, Banned)
    unknown = group.startswith("UNKNOWN OUTCOME")
    assert (error.outcome is Outcome.UNKNOWN) == (unknown or code in ("-1001", "-2021"))
