"""Every operation on every simulated venue, sync and async, against what the ledger truly holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
from support.traders import KEYS, Trader
from support.validated import check_validated

from exchangekit import (
    DuplicateClientOrderId,
    InsufficientFunds,
    InvalidOrder,
    Liquidity,
    MissingCredentials,
    OrderNotFound,
    OrderStatus,
    OrderType,
    Outcome,
    Side,
    TimeInForce,
    Unsupported,
    VenueState,
)
from exchangekit.adapter import OPERATIONS

SYMBOL = "BTC/USDT"


def done(trader: Trader, order, symbol: str = SYMBOL):
    """The order as the venue holds it now, by its client order id."""
    return trader.exchange.fetch_order(None, symbol, client_order_id=order.client_order_id)


def test_the_venue_tells_its_time_and_that_it_works(trader: Trader) -> None:
    told = trader.exchange.fetch_time()
    assert told.tzinfo is not None
    assert abs(told - datetime.now(UTC)) < timedelta(seconds=5)
    assert trader.exchange.fetch_status().state is VenueState.OK


def test_at_least_twenty_markets_have_filters(trader: Trader) -> None:
    markets = trader.exchange.load_markets()
    assert len(markets) >= 20
    assert markets.skipped == ()
    for symbol in markets.symbols():
        market = markets[symbol]
        assert market.symbol == f"{market.base}/{market.quote}"
        assert market.price_step is not None
        assert market.price_step > 0
        assert market.amount_step is not None
        assert market.amount_step > 0
    assert {market.symbol for market in trader.exchange.fetch_markets()} == set(markets.symbols())


def test_tickers_books_and_trades_agree(trader: Trader) -> None:
    exchange = trader.exchange
    ticker = exchange.fetch_ticker(SYMBOL)
    assert ticker.bid < ticker.ask
    assert ticker.low <= ticker.last <= ticker.high
    assert ticker.percentage is not None
    assert abs(ticker.percentage - (ticker.last / ticker.open - 1) * 100) < Decimal("0.1")
    tickers = exchange.fetch_tickers()
    assert len(tickers) >= 20
    some = exchange.fetch_tickers([SYMBOL, "ETH/USDT"])
    assert set(some) == {SYMBOL, "ETH/USDT"}
    book = exchange.fetch_order_book(SYMBOL, 7)
    assert len(book.bids) == len(book.asks) == 7
    assert [level.price for level in book.bids] == sorted(
        (level.price for level in book.bids), reverse=True
    )
    assert [level.price for level in book.asks] == sorted(level.price for level in book.asks)
    assert book.bids[0].price < book.asks[0].price
    trades = exchange.fetch_trades(SYMBOL, 20)
    assert 0 < len(trades) <= 20
    assert [trade.timestamp for trade in trades] == sorted(trade.timestamp for trade in trades)
    assert all(trade.side in (Side.BUY, Side.SELL) for trade in trades)
    assert all(trade.price > 0 and trade.amount > 0 for trade in trades)


def test_candles_page_through_history_without_gaps_or_repeats(trader: Trader) -> None:
    exchange = trader.exchange
    now = exchange.fetch_time()
    newest = exchange.fetch_ohlcv(SYMBOL, "1m", limit=5)
    assert len(newest) == 5
    assert newest[-1].timestamp <= now + timedelta(seconds=60)
    since = (now - timedelta(hours=30)).replace(second=0, microsecond=0)
    until = since + timedelta(minutes=1250)
    rows = exchange.fetch_ohlcv(SYMBOL, "1m", since, until=until)
    assert [row.timestamp for row in rows] == [
        since + timedelta(minutes=minute) for minute in range(1250)
    ]
    assert all(
        row.low <= min(row.open, row.close) <= max(row.open, row.close) <= row.high for row in rows
    )
    each = list(exchange.iter_ohlcv(SYMBOL, "1m", since=since, until=until))
    assert tuple(each) == rows
    hours = exchange.fetch_ohlcv(SYMBOL, "1h", since, 3)
    assert len(hours) == 3
    inside = [row for row in rows if hours[0].timestamp <= row.timestamp < hours[1].timestamp]
    assert hours[0].volume == sum(row.volume for row in inside)
    assert hours[0].high == max(row.high for row in inside)


@pytest.mark.parametrize("timeframe", ["1m", "5m", "15m", "30m", "1h", "4h", "1d", "1w", "1M"])
def test_every_common_timeframe_is_there(trader: Trader, timeframe: str) -> None:
    if trader.venue == "bitgetuta" and timeframe in ("1d", "1w", "1M"):
        pytest.skip("it has no weeks and months, and by which clock its days begin is not said")
    assert trader.exchange.requires(f"timeframe:{timeframe}") == ()
    rows = trader.exchange.fetch_ohlcv(SYMBOL, timeframe, limit=3)
    assert 1 <= len(rows) <= 3
    assert all(row.timestamp.second == 0 for row in rows)


def test_the_balance_is_what_the_ledger_holds(trader: Trader) -> None:
    balances = trader.exchange.fetch_balance()
    for asset, held in trader.control.balances()["main"].items():
        assert balances.free(asset) == Decimal(held["free"])
        assert balances.total(asset) == Decimal(held["free"]) + Decimal(held["locked"])


def test_a_limit_order_rests_is_found_and_is_canceled(trader: Trader) -> None:
    exchange = trader.exchange
    price, amount = trader.price("0.8", "buy"), trader.amount("200")
    order = exchange.create_limit_order(SYMBOL, "buy", amount, price)
    assert order.id is not None
    assert order.client_order_id is not None
    true = trader.true_order(order.client_order_id)
    assert true is not None
    assert Decimal(true["price"]) == price
    for found in (exchange.fetch_order(order.id, SYMBOL), done(trader, order)):
        assert found.id == order.id
        assert found.status is OrderStatus.OPEN
        assert (found.side, found.type) == (Side.BUY, OrderType.LIMIT)
        assert (found.price, found.amount, found.filled) == (price, amount, 0)
        assert found.client_order_id == order.client_order_id
    assert [one.id for one in exchange.fetch_open_orders(SYMBOL)] == [order.id]
    assert exchange.fetch_balance()["USDT"].used >= price * amount
    exchange.cancel_order(order.id, SYMBOL)
    found = done(trader, order)
    assert found.status is OrderStatus.CANCELED
    assert found.is_done
    assert exchange.fetch_open_orders(SYMBOL) == ()
    assert exchange.fetch_balance()["USDT"].used == 0
    assert exchange.cancel_order(order.id, SYMBOL).status is OrderStatus.CANCELED
    with pytest.raises(OrderNotFound) as refused:
        exchange.cancel_order(None, SYMBOL, client_order_id="neverwas1")
    assert refused.value.outcome is Outcome.REFUSED
    closed = exchange.fetch_closed_orders(SYMBOL)
    assert [one.id for one in closed if one.id == order.id] == [order.id]


def test_an_order_can_be_canceled_by_its_client_order_id(trader: Trader) -> None:
    exchange = trader.exchange
    order = exchange.create_order(
        SYMBOL,
        "limit",
        "sell",
        trader.amount("300"),
        trader.price("1.3", "sell"),
        client_order_id="mine0001",
    )
    assert order.client_order_id == "mine0001"
    exchange.cancel_order(None, SYMBOL, client_order_id="mine0001")
    assert done(trader, order).status is OrderStatus.CANCELED


def test_an_order_that_never_was_is_not_found(trader: Trader) -> None:
    with pytest.raises(OrderNotFound):
        trader.exchange.fetch_order(None, SYMBOL, client_order_id="neverwas1")


@pytest.mark.parametrize("side", ["buy", "sell"])
def test_a_market_order_by_amount_fills_and_its_fills_add_up(trader: Trader, side: str) -> None:
    exchange = trader.exchange
    if exchange.requires(f"market:{side}"):
        pytest.skip(f"{trader.venue} has no market {side} by amount")
    before, amount = exchange.fetch_balance(), trader.amount("500")
    order = exchange.create_market_order(SYMBOL, side, amount)
    found = done(trader, order)
    assert found.status is OrderStatus.CLOSED
    assert found.filled == amount
    assert found.average is not None
    assert found.cost is not None
    assert abs(found.average * found.filled - found.cost) < Decimal("0.0001")
    fills = exchange.fetch_order_trades(found.id, SYMBOL)
    assert sum(fill.amount for fill in fills) == amount
    assert all(fill.order_id == found.id and fill.side == side for fill in fills)
    assert all(fill.liquidity is Liquidity.TAKER for fill in fills)
    after = exchange.fetch_balance()
    sign = 1 if side == "buy" else -1
    change = {"BTC": sign * amount, "USDT": -sign * sum(fill.cost for fill in fills)}
    for fill in fills:
        assert fill.fee is not None
        change[fill.fee.currency] = change.get(fill.fee.currency, Decimal(0)) - fill.fee.cost
    for asset, difference in change.items():
        assert after.total(asset) - before.total(asset) == difference
    mine = exchange.fetch_my_trades(SYMBOL, since=exchange.fetch_time() - timedelta(minutes=5))
    assert {fill.id for fill in fills} <= {fill.id for fill in mine}
    assert exchange.fetch_my_trades(SYMBOL, limit=1)[0].id == fills[-1].id


def test_a_market_buy_by_cost_spends_no_more(trader: Trader) -> None:
    exchange, cost = trader.exchange, Decimal(250)
    before = exchange.fetch_balance().total("USDT")
    order = exchange.create_market_buy_with_cost(SYMBOL, cost)
    found = done(trader, order)
    assert found.is_done
    assert found.requested_cost == cost
    assert found.cost is not None
    assert Decimal("0.95") * cost < found.cost <= cost
    spent = before - exchange.fetch_balance().total("USDT")
    assert abs(spent - found.cost) <= found.cost * Decimal("0.002")


def test_immediate_or_cancel_takes_what_there_is(trader: Trader) -> None:
    amount = trader.amount("400")
    order = trader.exchange.create_limit_order(
        SYMBOL, "buy", amount, trader.price("0.9", "buy"), time_in_force="ioc"
    )
    found = done(trader, order)
    assert found.is_done
    assert found.status in (OrderStatus.CANCELED, OrderStatus.EXPIRED)
    assert found.filled == 0


def test_fill_or_kill_fills_whole_or_not_at_all(trader: Trader) -> None:
    exchange, amount = trader.exchange, trader.amount("400")
    filled = exchange.create_limit_order(
        SYMBOL, "buy", amount, trader.price("1.01", "buy"), time_in_force=TimeInForce.FOK
    )
    assert done(trader, filled).filled == amount
    killed = exchange.create_limit_order(
        SYMBOL, "buy", amount, trader.price("0.9", "buy"), time_in_force=TimeInForce.FOK
    )
    found = done(trader, killed)
    assert found.is_done
    assert found.filled == 0


def test_post_only_never_takes(trader: Trader) -> None:
    exchange, amount = trader.exchange, trader.amount("400")
    resting = exchange.create_limit_order(
        SYMBOL, "buy", amount, trader.price("0.9", "buy"), post_only=True
    )
    assert done(trader, resting).status is OrderStatus.OPEN
    crossing = f"crossing{trader.mode}"
    refused = None
    try:
        exchange.create_limit_order(
            SYMBOL,
            "buy",
            amount,
            trader.price("1.01", "buy"),
            post_only=True,
            client_order_id=crossing,
        )
    except InvalidOrder as error:
        refused = error
    true = trader.true_order(crossing)
    if refused is None:
        found = exchange.fetch_order(None, SYMBOL, client_order_id=crossing)
        assert found.is_done
        assert found.filled == 0
        assert true is not None
        assert Decimal(true["filled"]) == 0
    else:
        assert refused.outcome is Outcome.REFUSED
        assert true is None


def test_a_partly_filled_then_canceled_order_is_canceled_with_its_fill(trader: Trader) -> None:
    exchange, amount = trader.exchange, trader.amount("600")
    trader.control.set_faults(
        [{"operation": "create_order", "action": "partial", "fraction": "0.4"}]
    )
    order = exchange.create_limit_order(SYMBOL, "buy", amount, trader.price("1.001", "buy"))
    found = done(trader, order)
    assert found.status is OrderStatus.OPEN
    assert 0 < found.filled < amount
    assert found.remaining == amount - found.filled
    exchange.cancel_order(found.id, SYMBOL)
    found = done(trader, order)
    assert found.status is OrderStatus.CANCELED
    assert 0 < found.filled < amount


def test_cancel_all_cancels_this_symbol_only(trader: Trader) -> None:
    exchange, amount = trader.exchange, trader.amount("100")
    mine = {
        exchange.create_limit_order(SYMBOL, "buy", amount, trader.price(factor, "buy")).id
        for factor in ("0.7", "0.75", "0.8")
    }
    other = exchange.create_limit_order(
        "ETH/USDT", "buy", trader.amount("100", "ETH/USDT"), trader.price("0.7", "buy", "ETH/USDT")
    )
    report = exchange.cancel_all_orders(SYMBOL)
    assert {order.id for order in report.canceled} == mine
    assert report.failed == ()
    assert exchange.fetch_open_orders(SYMBOL) == ()
    assert [order.id for order in exchange.fetch_open_orders("ETH/USDT")] == [other.id]
    if exchange.requires("all_symbols:fetch_open_orders") == ():
        assert [order.id for order in exchange.fetch_open_orders()] == [other.id]
    assert exchange.cancel_all_orders(SYMBOL).canceled == ()


def test_selling_what_is_not_there_is_insufficient_funds(trader: Trader) -> None:
    market = trader.market()
    with pytest.raises(InsufficientFunds) as refused:
        trader.exchange.create_limit_order(
            SYMBOL, "sell", market.round_amount("12"), trader.price("1.2", "sell")
        )
    assert refused.value.outcome is Outcome.REFUSED
    assert trader.control.orders() == []


def test_a_client_order_id_names_one_open_order(trader: Trader) -> None:
    """So says the venue, whom who keeps no journal has to ask."""
    exchange = trader.open(journal=None)
    amount, price = trader.amount("100"), trader.price("0.7", "buy")
    place = partial(exchange.create_limit_order, SYMBOL, "buy", client_order_id="twice001")
    made = place(amount, price)
    again = place(amount, price)
    assert (again.id, again.status) == (made.id, OrderStatus.OPEN)
    with pytest.raises(DuplicateClientOrderId, match="amount is") as another:
        place(amount * 2, price)
    assert another.value.order_id == made.id
    assert another.value.outcome is Outcome.REFUSED
    assert len(trader.control.orders()) == 1


def test_fees_are_told_and_are_what_is_charged(trader: Trader) -> None:
    exchange, amount = trader.exchange, trader.amount("500")
    rate = exchange.fetch_trading_fees([SYMBOL])[SYMBOL]
    assert rate.taker >= 0
    order = exchange.create_market_order(SYMBOL, "sell", amount)
    fills = exchange.fetch_order_trades(done(trader, order).id, SYMBOL)
    for fill in fills:
        assert fill.fee is not None
        if fill.fee.currency == "USDT":
            assert abs(fill.fee.cost - fill.cost * rate.taker) < Decimal("0.000001")


def test_the_key_says_what_it_may_do(trader: Trader) -> None:
    info = trader.exchange.fetch_api_key()
    assert info.can_trade is True


def test_a_raw_request_is_signed_by_the_kit(trader: Trader) -> None:
    method, path, params = {
        "mexc": ("GET", "/api/v3/account", {}),
        "binance": ("GET", "/api/v3/account", {"omitZeroBalances": True}),
        "bybit": ("GET", "/v5/account/wallet-balance", {"accountType": "UNIFIED"}),
        "okx": ("GET", "/api/v5/account/balance", {"ccy": "BTC,USDT"}),
        "bitget": ("GET", "/api/v2/spot/account/assets", {"coin": "USDT"}),
        "bitgetuta": ("GET", "/api/v3/account/assets", {}),
    }[trader.venue]
    answer = trader.exchange.raw_request(method, path, params)
    assert "USDT" in str(answer)


def test_explaining_an_order_sends_none(trader: Trader) -> None:
    explained = trader.exchange.explain_order(
        SYMBOL, "limit", "buy", trader.amount("200"), trader.price("0.8", "buy")
    )
    assert explained.problems == ()
    assert explained.cost is not None
    assert explained.order.client_order_id in (explained.target + explained.body)
    assert shows_no_key(trader, str(explained) + repr(explained))
    assert trader.control.orders() == []


def shows_no_key(trader: Trader, text: str) -> bool:
    return not any(value in text for value in KEYS[trader.venue].values())


def test_an_order_can_be_tested_where_the_venue_can(trader: Trader) -> None:
    amount, price = trader.amount("200"), trader.price("0.8", "buy")
    if trader.exchange.requires("test_order"):
        with pytest.raises(Unsupported):
            trader.exchange.test_order(SYMBOL, "limit", "buy", amount, price)
    else:
        assert trader.exchange.test_order(SYMBOL, "limit", "buy", amount, price) is None
    assert trader.control.orders() == []


def test_public_data_needs_no_keys_and_private_calls_say_so(trader: Trader) -> None:
    public = trader.open(keys=False)
    assert public.fetch_ticker(SYMBOL).last is not None
    with pytest.raises(MissingCredentials):
        public.fetch_balance()
    with pytest.raises(MissingCredentials) as refused:
        public.create_market_buy_with_cost(SYMBOL, 100)
    assert refused.value.outcome is Outcome.NOT_SENT


def test_the_venue_lacks_only_what_it_declares(trader: Trader) -> None:
    missing = set(trader.exchange.requires(*OPERATIONS))
    assert missing <= {"test_order", "cancel_orders", "cancel_all_orders", "cancel_all_after"}
    assert trader.exchange.requires("cancel_all_orders", "create_market_buy_with_cost") == ()


def test_all_that_is_told_is_what_validation_would_make_of_it(trader: Trader) -> None:
    exchange, amount = trader.exchange, trader.amount("200")
    resting = exchange.create_limit_order(SYMBOL, "buy", amount, trader.price("0.8", "buy"))
    bought = exchange.create_market_buy_with_cost(SYMBOL, "100")
    told = {
        "markets": exchange.load_markets(),
        "ticker": exchange.fetch_ticker(SYMBOL),
        "tickers": exchange.fetch_tickers(),
        "book": exchange.fetch_order_book(SYMBOL, 20),
        "trades": exchange.fetch_trades(SYMBOL, 20),
        "balance": exchange.fetch_balance(),
        "new orders": (resting, bought),
        "orders": (done(trader, resting), done(trader, bought)),
        "open orders": exchange.fetch_open_orders(SYMBOL),
        "closed orders": exchange.fetch_closed_orders(SYMBOL),
        "my trades": exchange.fetch_my_trades(SYMBOL),
        "fees": exchange.fetch_trading_fees([SYMBOL]),
        "key": exchange.fetch_api_key(),
        "status": exchange.fetch_status(),
        "canceled": exchange.cancel_order(resting.id, SYMBOL),
    }
    assert 0 not in {name: check_validated(each) for name, each in told.items()}.values()
