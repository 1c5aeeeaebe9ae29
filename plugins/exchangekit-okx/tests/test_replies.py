"""What OKX's replies become: its units, signs, blanks and orders of time."""

import json
import sys
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from exchangekit_okx.adapter import OkxAdapter

from exchangekit.adapter import Call, Listing, Page, Reply, Window
from exchangekit.errors import BadReply
from exchangekit.models import (
    BookLevel,
    Fee,
    LimitOrder,
    Liquidity,
    Market,
    MarketBuyWithCost,
    MarketOrder,
    Order,
    OrderStatus,
    OrderType,
    Side,
    TimeInForce,
    VenueState,
)
from exchangekit.models.markets import index

OKX = OkxAdapter()
BTC = Market(symbol="BTC/USDT", id="BTC-USDT", base="BTC", quote="USDT")
MARKETS = index((BTC,))
D = Decimal


def told(*rows: Any, code: str = "0") -> Reply:
    return Reply(200, {}, json.dumps({"code": code, "msg": "", "data": rows}).encode())


T = 1_700_000_000_000  # a time that a venue may tell


def at(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


# Markets

INSTRUMENT = {
    "instId": "BTC-USDT",
    "instType": "SPOT",
    "baseCcy": "BTC",
    "quoteCcy": "USDT",
    "state": "live",
    "tickSz": "0.1",
    "lotSz": "0.00000001",
    "minSz": "0.00001",
    "maxLmtSz": "9999999999",
    "maxMktSz": "1000000",
    "maxLmtAmt": "20000000",
    "maxMktAmt": "1500000",
}


def instrument(**changes: str) -> Market:
    markets = OKX.fetch_markets().parse(told({**INSTRUMENT, **changes}))
    assert markets.skipped == ()
    (market,) = markets.by_symbol.values()
    return market


def test_a_market_has_the_venues_steps_and_limits() -> None:
    market = instrument()
    assert (market.symbol, market.id, market.base, market.quote) == (
        "BTC/USDT",
        "BTC-USDT",
        "BTC",
        "USDT",
    )
    assert (market.price_step, market.amount_step) == (D("0.1"), D("0.00000001"))
    assert (market.min_amount, market.max_amount) == (D("0.00001"), D("9999999999"))
    assert market.raw["minSz"] == "0.00001"


@pytest.mark.parametrize(
    ("quote", "max_cost", "market_max_cost"),
    [
        ("USDT", None, D("1000000")),  # maxMktSz is in USDT
        ("USD", D("20000000"), D("1500000")),  # the amounts are in US dollars
        ("BTC", None, None),
    ],
)
def test_a_limit_in_another_currency_is_not_taken_for_one_in_the_quote(
    quote: str, max_cost: Decimal | None, market_max_cost: Decimal | None
) -> None:
    market = instrument(quoteCcy=quote, instId=f"ETH-{quote}", baseCcy="ETH")
    assert (market.max_cost, market.market_max_cost) == (max_cost, market_max_cost)
    assert market.market_max_amount is None


def test_a_maximum_of_zero_is_none() -> None:
    none = dict.fromkeys(("maxLmtSz", "maxMktSz", "maxLmtAmt", "maxMktAmt"), "0")
    for quote in ("USDT", "USD"):
        market = instrument(quoteCcy=quote, **none)
        assert (market.max_amount, market.max_cost) == (None, None)
        large = LimitOrder(symbol=market.symbol, side=Side.BUY, amount=D(10**6), price=D(10**6))
        dear = MarketBuyWithCost(symbol=market.symbol, cost=D(10**9))
        assert market.problems(large) == market.problems(dear) == ()


@pytest.mark.parametrize(
    ("state", "active"), [("live", True), ("suspend", False), ("preopen", False), ("test", False)]
)
def test_only_a_live_market_is_active(state: str, active: bool) -> None:
    assert instrument(state=state).active is active


def test_a_market_before_its_opening_may_have_no_steps_yet() -> None:
    market = instrument(state="preopen", tickSz="", lotSz="", minSz="", maxLmtSz="")
    assert (market.price_step, market.amount_step, market.min_amount) == (None, None, None)


def test_a_malformed_market_is_skipped_and_told_and_the_others_are_there() -> None:
    bad: list[Any] = [
        {**INSTRUMENT, "instId": "A-USDT", "state": "asleep"},
        {**INSTRUMENT, "instId": "B-USDT", "tickSz": "cheap"},
        {**INSTRUMENT, "instId": "C-USDT", "baseCcy": ""},
        {"instId": "D-USDT"},
        "E-USDT",
    ]
    markets = OKX.fetch_markets().parse(told(*bad, INSTRUMENT))
    assert markets.symbols() == ("BTC/USDT",)
    assert [name for name, _ in markets.skipped][:4] == ["A-USDT", "B-USDT", "C-USDT", "D-USDT"]
    assert len(markets.skipped) == 5
    assert "asleep" in markets.skipped[0].reason


def test_other_kinds_of_instruments_are_no_markets() -> None:
    markets = OKX.fetch_markets().parse(told({**INSTRUMENT, "instType": "MARGIN"}))
    assert len(markets) == 0


# Public data

TICKER = {
    "instType": "SPOT",
    "instId": "BTC-USDT",
    "last": "110",
    "lastSz": "0.1",
    "askPx": "110.1",
    "askSz": "11",
    "bidPx": "109.9",
    "bidSz": "5",
    "open24h": "100",
    "high24h": "120",
    "low24h": "90",
    "volCcy24h": "2100",
    "vol24h": "20",
    "ts": "1597026383085",
}


def test_a_ticker_counts_volume_in_base_and_in_quote() -> None:
    ticker = OKX.fetch_ticker(BTC).parse(told(TICKER))
    assert (ticker.base_volume, ticker.quote_volume, ticker.vwap) == (D(20), D(2100), D(105))
    assert (ticker.change, ticker.percentage) == (D(10), D(10))
    assert (ticker.bid, ticker.ask, ticker.last) == (D("109.9"), D("110.1"), D(110))
    assert ticker.timestamp == datetime(2020, 8, 10, 2, 26, 23, 85000, UTC)


def test_what_a_ticker_leaves_blank_is_none() -> None:
    names = ("last", "askPx", "askSz", "bidPx", "bidSz", "open24h", "vol24h", "volCcy24h")
    ticker = OKX.fetch_ticker(BTC).parse(told({**TICKER, **dict.fromkeys(names, "")}))
    blank = (ticker.last, ticker.ask, ticker.bid, ticker.open, ticker.change, ticker.percentage)
    assert blank == (None,) * 6
    assert (ticker.base_volume, ticker.quote_volume, ticker.vwap) == (None, None, None)
    assert ticker.high == D(120)


def test_an_open_price_of_zero_gives_no_percentage() -> None:
    assert OKX.fetch_ticker(BTC).parse(told({**TICKER, "open24h": "0"})).percentage is None


def test_tickers_of_markets_that_are_not_listed_are_left_out() -> None:
    reply = told(TICKER, {**TICKER, "instId": "NEW-USDT"})
    tickers = OKX.fetch_tickers(MARKETS).parse(reply)
    assert list(tickers) == ["BTC/USDT"]
    assert tickers["BTC/USDT"].raw["instId"] == "BTC-USDT"


def test_a_book_has_its_levels_and_its_number() -> None:
    row = {
        "asks": [["41006.8", "0.60038921", "0", "1"]],
        "bids": [["41006.3", "0.3", "0", "2"], ["41006.2", "1", "0", "1"]],
        "ts": "1629966436396",
        "seqId": 3235851742,
    }
    book = OKX.fetch_order_book(BTC, 2).parse(told(row))
    assert book.asks == (BookLevel(D("41006.8"), D("0.60038921")),)
    assert book.bids == (BookLevel(D("41006.3"), D("0.3")), BookLevel(D("41006.2"), D(1)))
    assert (book.sequence, book.symbol) == (3235851742, "BTC/USDT")


def test_an_empty_book_is_empty() -> None:
    book = OKX.fetch_order_book(BTC, 2).parse(told({"asks": [], "bids": [], "ts": str(T)}))
    assert (book.best_bid, book.best_ask, book.sequence) == (None, None, None)


def public_trade(id: int, ts: int) -> dict[str, str]:
    return {"tradeId": str(id), "px": "3", "sz": "0.5", "side": "sell", "ts": str(T + ts)}


def test_trades_come_oldest_first_even_within_one_millisecond() -> None:
    newest_first = told(public_trade(9, 2000), public_trade(8, 1000), public_trade(7, 1000))
    trades = OKX.fetch_trades(BTC, 3).parse(newest_first)
    assert [trade.id for trade in trades] == ["7", "8", "9"]
    assert (trades[0].cost, trades[0].side) == (D("1.5"), Side.SELL)


def bar(ts: int) -> list[str]:
    return [str(T + ts), "3", "5", "2", "4", "10", "40", "40", "1"]


def test_candles_come_oldest_first_and_count_base() -> None:
    candles = OKX.fetch_ohlcv(BTC, "1m", None, 2).parse(told(bar(120000), bar(60000)))
    assert [candle.timestamp for candle in candles] == [at(T + 60000), at(T + 120000)]
    assert candles[0][1:] == (D(3), D(5), D(2), D(4), D(10))


def test_candles_outside_the_window_are_left_out() -> None:
    window = Window(at(T + 60000), at(T + 180000))
    rows = [bar(start) for start in (240000, 180000, 120000, 60000, 0)]
    candles = OKX.fetch_ohlcv(BTC, "1m", window, 300).parse(told(*rows))
    assert [candle.timestamp for candle in candles] == [at(T + 60000), at(T + 120000)]


EVENT = {
    "title": "Trading account upgrade",
    "state": "scheduled",
    "begin": "1672823400000",
    "end": "1672823520000",
    "serviceType": "5",
    "env": "1",
}


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, VenueState.OK),
        ({"state": "ongoing"}, VenueState.MAINTENANCE),
        ({"state": "pre_open"}, VenueState.MAINTENANCE),
        ({"state": "ongoing", "serviceType": "8"}, VenueState.MAINTENANCE),
        ({"state": "ongoing", "serviceType": "10"}, VenueState.OK),  # spread trading
        ({"state": "ongoing", "serviceType": "0"}, VenueState.OK),  # WebSocket
        ({"state": "ongoing", "env": "2"}, VenueState.OK),  # demo trading
        ({"state": "completed"}, VenueState.OK),
    ],
)
def test_maintenance_is_of_trading_now_and_not_of_something_else(
    changes: dict[str, str], state: VenueState
) -> None:
    status = OKX.fetch_status().parse(told({**EVENT, **changes}))
    assert status.state is state
    assert (status.until == at(1672823520000)) is (state is VenueState.MAINTENANCE)


def test_a_planned_maintenance_is_told() -> None:
    assert OKX.fetch_status().parse(told(EVENT)).message == "Trading account upgrade (scheduled)"
    assert OKX.fetch_status().parse(told()).message is None


# The account


def balance(**changes: str) -> dict[str, Any]:
    asset = {"ccy": "BTC", "availBal": "1.5", "availEq": "", "frozenBal": "0.25", **changes}
    return {"uTime": "1705474164160", "details": [asset]}


def test_a_balance_is_what_is_available_and_what_is_frozen() -> None:
    balances = OKX.fetch_balance().parse(told(balance()))
    assert (balances["BTC"].free, balances["BTC"].used) == (D("1.5"), D("0.25"))
    assert balances["BTC"].raw["ccy"] == "BTC"
    assert balances.timestamp == at(1705474164160)


def test_where_no_balance_is_available_the_equity_is() -> None:
    balances = OKX.fetch_balance().parse(told(balance(availBal="", availEq="2000")))
    assert balances.free("BTC") == D(2000)


def test_a_balance_that_is_not_told_is_not_guessed() -> None:
    with pytest.raises(BadReply, match="BTC"):
        OKX.fetch_balance().parse(told(balance(availBal="")))
    left_out = balance(availEq="2000")
    del left_out["details"][0]["availBal"]
    with pytest.raises(BadReply, match="availBal"):
        OKX.fetch_balance().parse(told(left_out))


def test_an_account_without_details_is_not_an_empty_account() -> None:
    with pytest.raises(BadReply):
        OKX.fetch_balance().parse(told({"uTime": "1705474164160"}))
    with pytest.raises(BadReply):
        OKX.fetch_balance().parse(told())


def fees(market: Market, **row: Any) -> tuple[Decimal, Decimal]:
    call = OKX.fetch_trading_fees(MARKETS, market)
    fee = call.parse(told({"maker": "-0.0008", "taker": "-0.001", **row}))[market.symbol]
    return fee.maker, fee.taker


def group(id: str, maker: str, taker: str) -> dict[str, str]:
    return {"groupId": id, "maker": maker, "taker": taker}


def test_a_negative_rate_is_a_charge_and_a_positive_one_a_rebate() -> None:
    assert fees(BTC) == (D("0.0008"), D("0.001"))
    assert fees(BTC, maker="0.0001") == (D("-0.0001"), D("0.001"))


def test_the_rate_of_the_fee_group_counts_before_the_older_one() -> None:
    assert fees(BTC, feeGroup=[group("1", "-0.0005", "-0.0007")]) == (D("0.0005"), D("0.0007"))


def test_among_several_fee_groups_the_markets_own_is_found() -> None:
    groups = [group("1", "-0.0005", "-0.0007"), group("2", "0", "-0.0009")]
    assert fees(instrument(groupId="2"), feeGroup=groups) == (D(0), D("0.0009"))
    with pytest.raises(BadReply, match="BTC/USDT"):
        fees(BTC, feeGroup=groups)


def test_a_rate_that_is_blank_is_not_zero() -> None:
    with pytest.raises(BadReply, match="rates of BTC/USDT"):
        fees(BTC, maker="")


@pytest.mark.parametrize(
    ("perm", "ip", "expected"),
    [
        ("read_only", "", (True, False, False, False, ())),
        ("read_only,trade", "1.2.3.4", (True, True, False, True, ("1.2.3.4",))),
        ("read_only,withdraw,trade", "1.2.3.4,::1", (True, True, True, True, ("1.2.3.4", "::1"))),
    ],
)
def test_what_a_key_may_do(perm: str, ip: str, expected: tuple[Any, ...]) -> None:
    row = {"uid": "44705", "perm": perm, "ip": ip, "label": "bot"}
    key = OKX.fetch_api_key().parse(told(row))
    may = (key.can_read, key.can_trade, key.can_withdraw, key.ip_restricted, key.ips)
    assert may == expected
    assert (key.account_id, key.label) == ("44705", "bot")


# Orders

PLACED = {
    "instId": "BTC-USDT",
    "ordId": "680800019749904384",
    "clOrdId": "abc",
    "side": "buy",
    "ordType": "limit",
    "state": "partially_filled",
    "px": "50000",
    "sz": "0.003",
    "accFillSz": "0.001",
    "avgPx": "49999.5",
    "fillPx": "49999.5",
    "fee": "-0.000001",
    "feeCcy": "BTC",
    "rebate": "0",
    "rebateCcy": "USDT",
    "tgtCcy": "",
    "cTime": "1708587373361",
    "uTime": "1708587373362",
}


def order(**changes: str) -> Order:
    return OKX.fetch_order(BTC, "1", None).parse(told({**PLACED, **changes}))


def test_an_order_tells_all_there_is() -> None:
    assert order() == Order(
        symbol="BTC/USDT",
        id="680800019749904384",
        client_order_id="abc",
        side=Side.BUY,
        type=OrderType.LIMIT,
        time_in_force=TimeInForce.GTC,
        status=OrderStatus.OPEN,
        price=D(50000),
        amount=D("0.003"),
        filled=D("0.001"),
        average=D("49999.5"),
        cost=D("49.9995"),
        fees=(Fee(currency="BTC", cost=D("0.000001")),),
        timestamp=at(1708587373361),
        updated=at(1708587373362),
    )
    assert order().raw["ordId"] == "680800019749904384"


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("live", OrderStatus.OPEN),
        ("partially_filled", OrderStatus.OPEN),
        ("filled", OrderStatus.CLOSED),
        ("canceled", OrderStatus.CANCELED),
        ("mmp_canceled", OrderStatus.CANCELED),
    ],
)
def test_a_state_is_where_the_order_is_in_its_life(state: str, status: OrderStatus) -> None:
    assert order(state=state).status is status


@pytest.mark.parametrize(
    ("word", "type", "time_in_force"),
    [
        ("limit", OrderType.LIMIT, TimeInForce.GTC),
        ("post_only", OrderType.LIMIT, TimeInForce.POST_ONLY),
        ("ioc", OrderType.LIMIT, TimeInForce.IOC),
        ("fok", OrderType.LIMIT, TimeInForce.FOK),
        ("market", OrderType.MARKET, None),
        ("elp", OrderType.LIMIT, None),
    ],
)
def test_a_type_says_the_time_in_force(
    word: str, type: OrderType, time_in_force: TimeInForce | None
) -> None:
    made = order(ordType=word)
    assert (made.type, made.time_in_force) == (type, time_in_force)


def test_an_unknown_state_or_type_is_not_guessed() -> None:
    assert order(state="asleep").status == "unknown"
    made = order(ordType="maybe", tgtCcy="base_ccy", sz="2")
    assert (made.type, made.time_in_force, made.amount) == ("unknown", "unknown", D(2))
    assert made.raw["ordType"] == "maybe"


def test_the_size_of_an_order_whose_type_is_unknown_counts_what_is_said_and_else_is_not_told() -> (
    None
):
    made = order(ordType="maybe", tgtCcy="quote_ccy", sz="2")
    assert (made.amount, made.requested_cost) == (None, D(2))
    made = order(ordType="maybe", tgtCcy="", sz="2")
    assert (made.amount, made.requested_cost) == (None, None)


def test_an_order_that_nothing_filled_cost_nothing_and_has_no_average() -> None:
    for average in ("", "0", "50000"):
        made = order(state="live", accFillSz="0", avgPx=average, fee="0")
        assert (made.filled, made.cost, made.average, made.fees) == (D(0), D(0), None, ())


@pytest.mark.parametrize(
    ("type", "side", "unit", "amount", "requested_cost"),
    [
        ("market", "buy", "quote_ccy", None, D(100)),
        ("market", "buy", "base_ccy", D(100), None),
        ("market", "sell", "base_ccy", D(100), None),
        ("market", "sell", "quote_ccy", None, D(100)),
        ("market", "buy", "", None, D(100)),  # the default of a market buy
        ("market", "sell", "", D(100), None),
        ("limit", "buy", "", D(100), None),
    ],
)
def test_the_size_of_a_market_order_is_in_the_unit_it_names(
    type: str, side: str, unit: str, amount: Decimal | None, requested_cost: Decimal | None
) -> None:
    made = order(ordType=type, side=side, tgtCcy=unit, sz="100", px="")
    assert (made.amount, made.requested_cost) == (amount, requested_cost)


@pytest.mark.parametrize(
    ("fee", "rebate", "fees"),
    [
        ("-0.1", "0", (Fee(currency="BTC", cost=D("0.1")),)),
        ("0.1", "", (Fee(currency="BTC", cost=D("-0.1")),)),
        (
            "-0.1",
            "0.02",
            (Fee(currency="BTC", cost=D("0.1")), Fee(currency="USDT", cost=D("-0.02"))),
        ),
        ("", "0.02", (Fee(currency="USDT", cost=D("-0.02")),)),
        ("0", "0", ()),
        ("", "", None),
    ],
)
def test_a_negative_fee_is_a_charge_and_a_rebate_stands_apart(
    fee: str, rebate: str, fees: tuple[Fee, ...] | None
) -> None:
    assert order(fee=fee, rebate=rebate).fees == fees


def test_a_fee_keeps_more_digits_than_decimal_works_with() -> None:
    digits = "-0.1234567890123456789012345678901234567"
    made = order(fee=digits).fees
    assert made is not None
    assert str(made[0].cost) == digits[1:]


FILL = {
    "instId": "BTC-USDT",
    "tradeId": "744876980",
    "ordId": "680800019749904384",
    "clOrdId": "",
    "billId": "680800019754098688",
    "side": "buy",
    "fillPx": "51858",
    "fillSz": "0.00192834",
    "fee": "-0.00000192834",
    "feeCcy": "BTC",
    "execType": "T",
    "fillTime": "1708587373361",
    "ts": "1708587373362",
}


def test_a_fill_has_its_price_its_fee_and_its_side_of_the_book() -> None:
    page = OKX.fetch_order_trades("1", Listing(MARKETS, BTC)).parse(told(FILL))
    (fill,) = page.items
    assert (fill.id, fill.order_id, fill.client_order_id) == (
        "744876980",
        "680800019749904384",
        None,
    )
    assert (fill.price, fill.amount, fill.cost) == (D(51858), D("0.00192834"), D("99.99985572"))
    assert fill.fee == Fee(currency="BTC", cost=D("0.00000192834"))
    assert (fill.liquidity, fill.side) == (Liquidity.TAKER, Side.BUY)
    # begin and end compare ts, so the times of fills must be ts, too.
    assert fill.timestamp == at(1708587373362)


@pytest.mark.parametrize(("word", "known"), [("abc", "abc"), ("", None)])
def test_a_fill_names_the_client_order_id_of_its_order(word: str, known: str | None) -> None:
    for call in (
        OKX.fetch_my_trades(Listing(MARKETS, BTC, None, 1)),
        OKX.fetch_order_trades("1", Listing(MARKETS, BTC)),
    ):
        (fill,) = call.parse(told({**FILL, "clOrdId": word})).items
        assert fill.client_order_id == known


@pytest.mark.parametrize(
    ("word", "liquidity"),
    [
        ("T", Liquidity.TAKER),
        ("M", Liquidity.MAKER),
        ("", Liquidity.UNKNOWN),
        ("X", Liquidity.UNKNOWN),
    ],
)
def test_who_took_liquidity_may_stay_unknown(word: str, liquidity: Liquidity) -> None:
    page = OKX.fetch_order_trades("1", Listing(MARKETS, BTC)).parse(
        told({**FILL, "execType": word})
    )
    assert page.items[0].liquidity is liquidity


def test_a_fill_without_a_fee_has_none_and_one_of_zero_has_zero() -> None:
    blank, zero = (
        OKX.fetch_order_trades("1", Listing(MARKETS, BTC))
        .parse(told({**FILL, "fee": fee}))
        .items[0]
        .fee
        for fee in ("", "0")
    )
    assert blank is None
    assert zero is not None
    assert str(zero.cost) == "0"


@pytest.mark.parametrize(
    ("call", "row"),
    [
        (OKX.fetch_balance(), balance()),
        (
            OKX.fetch_order(BTC, "1", None),
            PLACED | {"px": "", "avgPx": "", "fee": "", "rebate": ""},
        ),
        (OKX.fetch_order_trades("1", Listing(MARKETS, BTC)), FILL | {"fee": ""}),
    ],
)
def test_what_ordinary_replies_leave_blank_is_not_decoded_twice(
    call: Call[Any], row: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(*given: Any) -> None:
        raise AssertionError("the reply was decoded once more, for its blanks")

    module = sys.modules["exchangekit.adapter.decode"]
    monkeypatch.setattr(module, "_decode_with_blanks", slowly)
    call.parse(told(row))


def test_a_symbol_the_venue_lists_no_more_keeps_the_venues_name() -> None:
    page = OKX.fetch_open_orders(Listing(MARKETS, None)).parse(
        told({**PLACED, "instId": "OLD-USDT"})
    )
    assert page.items[0].symbol == "OLD-USDT"


# The dead man's switch


@pytest.mark.parametrize(
    ("told_at", "moment"),
    [
        ("1587971460", datetime(2020, 4, 27, 7, 11, tzinfo=UTC)),
        ("1587971460000", datetime(2020, 4, 27, 7, 11, tzinfo=UTC)),
        ("0", None),
    ],
)
def test_a_countdown_tells_seconds_and_milliseconds_are_told_apart(
    told_at: str, moment: datetime | None
) -> None:
    row = {"triggerTime": told_at, "tag": "", "ts": "1587971400"}
    made = OKX.cancel_all_after(60).parse(told(row))
    assert (made.triggers, made.is_armed) == (moment, moment is not None)
    assert made.raw == row


# Acknowledgements

ACK = {"ordId": "7", "clOrdId": "abc", "tag": "", "ts": "1695190491421", "sCode": "0", "sMsg": ""}


def test_a_new_order_is_what_was_asked_and_what_was_answered_and_no_more() -> None:
    asked = LimitOrder(
        symbol="BTC/USDT",
        side=Side.SELL,
        amount=D(2),
        price=D(3),
        time_in_force=TimeInForce.IOC,
        client_order_id="abc",
    )
    made = OKX.create_order(BTC, asked).parse(told(ACK))
    assert made == Order(
        symbol="BTC/USDT",
        id="7",
        client_order_id="abc",
        side=Side.SELL,
        type=OrderType.LIMIT,
        time_in_force=TimeInForce.IOC,
        amount=D(2),
        price=D(3),
        timestamp=at(1695190491421),
    )
    assert made.status is None
    assert made.raw["ordId"] == "7"


def test_a_new_market_order_keeps_amount_and_cost_apart() -> None:
    by_amount = MarketOrder(symbol="BTC/USDT", side=Side.BUY, amount=D(2), client_order_id="abc")
    by_cost = MarketBuyWithCost(symbol="BTC/USDT", cost=D(50), client_order_id="abc")
    first = OKX.create_order(BTC, by_amount).parse(told({**ACK, "clOrdId": "", "ts": ""}))
    second = OKX.create_order(BTC, by_cost).parse(told(ACK))
    assert (first.amount, first.requested_cost, first.type) == (D(2), None, OrderType.MARKET)
    assert (first.client_order_id, first.timestamp) == ("abc", None)
    assert (second.amount, second.requested_cost, second.price) == (None, D(50), None)


def test_an_acceptance_without_an_order_is_not_one() -> None:
    order = MarketOrder(symbol="BTC/USDT", side=Side.BUY, amount=D(2), client_order_id="abc")
    with pytest.raises(BadReply, match="no data"):
        OKX.create_order(BTC, order).parse(told())


def test_a_cancellation_is_acknowledged_and_no_status() -> None:
    made = OKX.cancel_order(BTC, "7", None).parse(told(ACK))
    assert (made.id, made.client_order_id, made.status) == ("7", "abc", None)
    assert (made.timestamp, made.updated) == (None, at(1695190491421))


def test_each_order_of_a_batch_is_canceled_or_not_by_itself() -> None:
    gone = {"ordId": "", "clOrdId": "", "sCode": "51400", "sMsg": "filled or canceled"}
    reply = told({**ACK, "clOrdId": ""}, gone, code="2")
    report = OKX.cancel_orders(BTC, ("7", "8")).parse(reply)
    assert [order.id for order in report.canceled] == ["7"]
    assert [(bad.order_id, bad.reason) for bad in report.failed] == [
        ("8", "filled or canceled (code 51400)")
    ]
    assert report.canceled[0].raw["ordId"] == "7"


def test_an_answer_without_a_verdict_is_no_cancellation() -> None:
    report = OKX.cancel_orders(BTC, ("7",)).parse(told({"ordId": "7"}))
    assert (report.canceled, len(report.failed)) == ((), 1)


def test_a_batch_that_leaves_an_order_out_is_not_believed() -> None:
    with pytest.raises(BadReply, match="2 orders"):
        OKX.cancel_orders(BTC, ("7", "8")).parse(told(ACK))


# Pages


def walk(ask: Any, venue: dict[str, list[dict[str, str]]], key: str) -> tuple[list[Any], list[str]]:
    """Ask as the kit does, of a venue that serves 100 rows older than ``after``."""
    items: list[Any] = []
    paths: list[str] = []
    cursor: str | None = None
    for _ in range(20):
        call: Call[Page[Any]] = ask(cursor)
        query = dict(call.request.params)
        path = call.request.path.rpartition("/")[2]
        rows = [
            row
            for row in venue[path]
            if "after" not in query or int(row[key]) < int(query["after"])
        ]
        page = call.parse(told(*rows[: int(query["limit"])]))
        items += page.items
        paths.append(path)
        cursor = page.next
        if cursor is None:
            return items, paths
    raise AssertionError("it never ends")


def orders(*ids: int) -> list[dict[str, str]]:
    return [{**PLACED, "ordId": str(number), "cTime": str(T + number)} for number in ids]


def test_pages_go_back_through_the_new_place_and_then_the_old_one() -> None:
    venue = {
        "orders-history": orders(*range(1250, 1000, -1)),
        "orders-history-archive": orders(*range(1200, 900, -1)),
    }
    items, paths = walk(
        lambda cursor: OKX.fetch_closed_orders(Listing(MARKETS, None, None, 100, cursor)),
        venue,
        "ordId",
    )
    assert {item.id for item in items} == {str(number) for number in range(901, 1251)}
    assert paths == ["orders-history"] * 3 + ["orders-history-archive"] * 4


def test_fills_are_paged_by_their_bill() -> None:
    fills = [
        {**FILL, "billId": str(number), "tradeId": str(number)} for number in range(150, 0, -1)
    ]
    venue = {"fills": fills, "fills-history": []}
    items, paths = walk(
        lambda cursor: OKX.fetch_my_trades(Listing(MARKETS, BTC, None, 100, cursor)),
        venue,
        "billId",
    )
    assert len(items) == 150
    assert paths == ["fills", "fills", "fills-history"]


def test_open_orders_are_in_one_place() -> None:
    venue = {"orders-pending": orders(*range(100, 0, -1))}
    items, paths = walk(
        lambda at: OKX.fetch_open_orders(Listing(MARKETS, None, cursor=at)), venue, "ordId"
    )
    assert len(items) == 100
    assert paths == ["orders-pending", "orders-pending"]


def test_a_venue_that_repeats_its_page_repeats_its_cursor_and_so_is_found_out() -> None:
    rows = told(*orders(*range(200, 100, -1)))
    first = OKX.fetch_open_orders(Listing(MARKETS, None)).parse(rows)
    assert first.next == "0::101"
    assert (
        OKX.fetch_open_orders(Listing(MARKETS, None, cursor=first.next)).parse(rows).next
        == first.next
    )


def test_a_full_page_that_does_not_say_how_to_go_on_is_no_end() -> None:
    fills = [{**FILL, "billId": str(number)} for number in range(99)] + [{**FILL, "billId": ""}]
    with pytest.raises(BadReply, match="has no billId: the next page cannot be asked for"):
        OKX.fetch_my_trades(Listing(MARKETS, BTC, None, 100)).parse(told(*fills))


def test_a_fill_without_a_trade_is_named_by_its_bill() -> None:
    page = OKX.fetch_my_trades(Listing(MARKETS, BTC, None, 100)).parse(
        told({**FILL, "billId": "1", "tradeId": ""}, {**FILL, "billId": "2", "tradeId": ""}, FILL)
    )
    assert [fill.id for fill in page.items] == ["1", "2", FILL["tradeId"]]


def test_a_window_includes_its_start_and_leaves_out_its_end() -> None:
    window = Window(at(T + 1000), at(T + 2000))
    page = OKX.fetch_closed_orders(Listing(MARKETS, None, window, 100)).parse(
        told(*orders(2000, 1999, 1000, 999))
    )
    assert [item.id for item in page.items] == ["1999", "1000"]


# Replies that are not what they should be

CALLS: list[tuple[str, Call[Any]]] = [
    ("fetch_time", OKX.fetch_time()),
    ("fetch_status", OKX.fetch_status()),
    ("fetch_markets", OKX.fetch_markets()),
    ("fetch_ticker", OKX.fetch_ticker(BTC)),
    ("fetch_tickers", OKX.fetch_tickers(MARKETS)),
    ("fetch_order_book", OKX.fetch_order_book(BTC, 1)),
    ("fetch_trades", OKX.fetch_trades(BTC, 1)),
    ("fetch_ohlcv", OKX.fetch_ohlcv(BTC, "1m", None, 1)),
    ("fetch_balance", OKX.fetch_balance()),
    ("fetch_trading_fees", OKX.fetch_trading_fees(MARKETS, BTC)),
    ("fetch_api_key", OKX.fetch_api_key()),
    ("create_order", OKX.create_order(BTC, MarketBuyWithCost(symbol="BTC/USDT", cost=D(1)))),
    ("cancel_order", OKX.cancel_order(BTC, "7", None)),
    ("cancel_orders", OKX.cancel_orders(BTC, ("7",))),
    ("cancel_all_after", OKX.cancel_all_after(30)),
    ("fetch_order", OKX.fetch_order(BTC, "7", None)),
    ("fetch_open_orders", OKX.fetch_open_orders(Listing(MARKETS, None))),
    ("fetch_closed_orders", OKX.fetch_closed_orders(Listing(MARKETS, None, None, 1))),
    ("fetch_my_trades", OKX.fetch_my_trades(Listing(MARKETS, None, None, 1))),
    ("fetch_order_trades", OKX.fetch_order_trades("7", Listing(MARKETS, BTC))),
]


def test_every_operation_is_fed_with_bad_replies() -> None:
    assert {name for name, _ in CALLS} == OkxAdapter.operations()


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"code":"0"}', b'{"data":{}}', b'{"data":[7]}'])
@pytest.mark.parametrize("call", [call for _, call in CALLS], ids=[name for name, _ in CALLS])
def test_a_reply_of_another_shape_raises_bad_reply(call: Call[Any], body: bytes) -> None:
    if call.request.path.endswith("/instruments") and body == b'{"data":[7]}':
        assert len(call.parse(Reply(200, {}, body)).skipped) == 1
        return
    with pytest.raises(BadReply):
        call.parse(Reply(200, {}, body))


def test_a_number_that_is_not_finite_raises_bad_reply() -> None:
    for changes in ({"px": "NaN"}, {"sz": "Infinity"}, {"accFillSz": "-inf"}):
        with pytest.raises(BadReply):
            order(**changes)
