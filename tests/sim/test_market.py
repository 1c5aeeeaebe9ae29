"""The market as customers meet it: candles, trades, statistics and fills that agree."""

import sys
from decimal import Decimal
from itertools import pairwise

import pytest
from support.sim_toy import START, ToyVenue

from exchangekit.sim import OrderRequest, VenueClock, VenueRules
from exchangekit.sim.clock import DAY, HOUR, MINUTE
from exchangekit.sim.exchange import LISTED, Exchange
from exchangekit.sim.intervals import INTERVALS, following, start_of

D = Decimal

BTC = "BTC-USDT"


def make(clock, seed=7):
    toy = ToyVenue()
    made = Exchange(
        instruments=toy.instruments(),
        rules=toy.rules,
        clock=clock,
        seed=seed,
        order_id=toy.order_id,
    )
    made.ledger.open_account("main", {"USDT": D(5_000_000), "BTC": D(50)})
    return made


def market_order(side, amount):
    return OrderRequest(BTC, side, "market", amount=D(amount))


def limit_order(side, amount, price, **more):
    return OrderRequest(BTC, side, "limit", amount=D(amount), price=D(price), **more)


def place(exchange, request):
    return exchange.place("main", request, fraction=None)


def summed(trades):
    prices = [trade.price for trade in trades]
    return (
        prices[0],
        max(prices),
        min(prices),
        prices[-1],
        sum(trade.amount for trade in trades),
        sum(trade.cost for trade in trades),
        len(trades),
        sum(trade.amount for trade in trades if trade.side == "buy"),
        sum(trade.cost for trade in trades if trade.side == "buy"),
    )


def numbers(candle):
    return (
        candle.open,
        candle.high,
        candle.low,
        candle.close,
        candle.volume,
        candle.quote_volume,
        candle.trades,
        candle.taker_buy_volume,
        candle.taker_buy_quote_volume,
    )


def joined(candles):
    return (
        candles[0].open,
        max(candle.high for candle in candles),
        min(candle.low for candle in candles),
        candles[-1].close,
        *(sum(numbers(candle)[at] for candle in candles) for at in range(4, 9)),
    )


def all_trades(exchange, start, end):
    """Every public trade from start to before end, paged through as a client would."""
    found = []
    while True:
        since = {"from_id": found[-1].id + 1} if found else {"since": start}
        page = exchange.trades(BTC, limit=100, until=end - 1, **since)
        found += page
        if len(page) < 100:
            return found


def busy(exchange, clock):
    """An hour in which a customer takes, rests and gets filled."""
    for at in range(12):
        place(exchange, market_order("buy" if at % 2 else "sell", "0.3"))
        last = exchange.last_price(BTC)
        place(exchange, limit_order("buy", "0.05", last - 20))
        place(exchange, limit_order("sell", "0.05", last + 20))
        clock.advance(5 * MINUTE + 777)


@pytest.mark.parametrize("interfere", [False, True])
def test_candles_are_what_was_traded(clock, interfere):
    exchange = make(clock)
    if interfere:
        busy(exchange, clock)
        assert any(fill.maker for fill in exchange.fills("main", BTC))
    for candle in exchange.candles(BTC, "1m", limit=70):
        end = candle.end if candle.closed else clock.now() + 1
        assert numbers(candle) == summed(all_trades(exchange, candle.start, end))


@pytest.mark.parametrize("interfere", [False, True])
@pytest.mark.parametrize("interval", ["3m", "5m", "15m", "30m", "1h", "2h", "4h"])
def test_longer_candles_are_the_sum_of_the_minutes(clock, interval, interfere):
    exchange = make(clock)
    if interfere:
        busy(exchange, clock)
    for candle in exchange.candles(BTC, interval, limit=2):
        minutes = exchange.candles(
            BTC, "1m", limit=1000, since=candle.start, until=candle.end - MINUTE
        )
        assert joined(minutes) == numbers(candle)


@pytest.mark.parametrize(
    ("interval", "parts", "offset"),
    [
        ("6h", "1h", 0),
        ("8h", "1h", 8),
        ("12h", "1h", 8),
        ("1d", "1h", 0),
        ("1d", "1h", 8),
        ("2d", "1d", 0),
        ("3d", "1d", 0),
        ("5d", "1d", 0),
        ("1w", "1d", 0),
        ("1M", "1d", 0),
        ("3M", "1M", 0),
    ],
)
def test_the_longest_candles_are_the_sum_of_shorter_ones(clock, interval, parts, offset):
    exchange = make(clock)
    busy(exchange, clock)
    for candle in exchange.candles(BTC, interval, limit=2, offset_hours=offset):
        inner = exchange.candles(
            BTC, parts, limit=1000, since=candle.start, until=candle.end - 1, offset_hours=0
        )
        assert joined(inner) == numbers(candle)


def test_history_reaches_back_without_gaps_and_joins_the_present(clock):
    exchange = make(clock)
    busy(exchange, clock)
    start = clock.now() - 31 * DAY
    at = start_of("1m", start)
    for _ in range(3):
        page = exchange.candles(BTC, "1m", limit=1000, since=at)
        assert [candle.start for candle in page] == [at + n * MINUTE for n in range(1000)]
        at = page[-1].end
    around = exchange.candles(BTC, "1m", limit=200)
    assert around[0].start < START < around[-1].start
    for candle, later in pairwise(around):
        assert candle.end == later.start
        # Each minute's first trade of the background is at the last one's price, give or take
        # what a customer did in between.
        assert abs(candle.close - later.open) <= 200


def test_undisturbed_candles_follow_each_other_without_a_jump(clock):
    exchange = make(clock)
    for interval in ("1m", "1h", "1d"):
        candles = exchange.candles(BTC, interval, limit=300)
        for candle, later in pairwise(candles):
            assert candle.close == later.open


def test_nothing_is_listed_before_2020(clock):
    exchange = make(clock)
    assert exchange.candles(BTC, "1d", limit=3, since=0)[0].start == LISTED
    assert exchange.candles(BTC, "1d", limit=5000)[0].start == LISTED
    assert exchange.candles(BTC, "1w", limit=5000)[0].volume > 0
    assert exchange.trades(BTC, limit=1, since=0)[0].time >= LISTED


def test_statistics_of_24_hours_are_what_was_traded_in_them(clock):
    exchange = make(clock)
    busy(exchange, clock)
    ticker = exchange.ticker(BTC)
    trades = all_trades(exchange, clock.now() - DAY, clock.now() + 1)
    total = summed(trades)
    assert (ticker.open, ticker.high, ticker.low, ticker.last) == total[:4]
    assert (ticker.volume, ticker.quote_volume, ticker.trades) == total[4:7]
    assert (ticker.first_trade_id, ticker.last_trade_id) == (trades[0].id, trades[-1].id)
    before = exchange.trades(BTC, limit=1, until=ticker.opened - 1)[0]
    assert ticker.previous_close == before.price
    book = exchange.book(BTC, 1)
    assert (ticker.bid, ticker.bid_amount) == book.bids[0]
    assert (ticker.ask, ticker.ask_amount) == book.asks[0]


def test_the_best_quotes_are_the_same_whether_anyone_looked_at_the_book(clock):
    looked, passed = make(clock), make(clock)
    for _ in range(30):
        clock.advance(7_001)
        book = looked.book(BTC, 3)
        ticker = passed.ticker(BTC)
        assert ((ticker.bid, ticker.bid_amount), (ticker.ask, ticker.ask_amount)) == (
            book.bids[0],
            book.asks[0],
        )


def test_the_same_seed_and_clock_give_the_same_market_however_often_it_is_looked_at():
    clocks = [VenueClock(fixed_at=START) for _ in range(2)]
    often, once = (make(clock) for clock in clocks)
    for exchange in (often, once):
        last = exchange.last_price(BTC)
        for at in range(1, 6):
            place(exchange, limit_order("buy", "0.4", last - 15 * at))
            place(exchange, limit_order("sell", "0.4", last + 15 * at))
    for _ in range(120):
        clocks[0].advance(15_000)
        often.orders("main", None, open_only=False)
        often.book(BTC, 5)
    clocks[1].advance(120 * 15_000)
    results = [
        (
            [(o.filled, o.status, o.fills) for o in exchange.orders("main", None, open_only=False)],
            exchange.trades(BTC, limit=1000),
            exchange.candles(BTC, "1m", limit=40),
            exchange.book(BTC, 20).bids,
        )
        for exchange in (often, once)
    ]
    assert any(filled for filled, *_ in results[0][0])
    assert results[0] == results[1]


def test_a_resting_order_fills_when_the_market_reaches_it_and_not_before(clock):
    exchange = make(clock)
    last = exchange.last_price(BTC)
    order = place(exchange, limit_order("buy", "0.01", last - 100))
    for _ in range(600):
        clock.advance(MINUTE)
        lowest = min(c.low for c in exchange.candles(BTC, "1m", limit=2))
        filled = exchange.order("main", venue_id=order.venue_id).filled
        if filled:
            break
        assert lowest > last - 100
    assert order.status == "filled"
    fill = order.fills[0]
    assert fill.maker
    assert fill.price == last - 100
    assert fill.id in {trade.id for trade in exchange.trades(BTC, limit=1000)}


def test_a_large_resting_order_fills_in_parts(clock):
    exchange = make(clock)
    best = exchange.book(BTC, 1).bids[0][0]
    order = place(exchange, limit_order("buy", "30", best + 0))
    sizes = set()
    for _ in range(240):
        clock.advance(5_000)
        sizes.add(exchange.order("main", venue_id=order.venue_id).filled)
    assert len(sizes) > 3
    assert len({fill.id for fill in order.fills}) == len(order.fills) > 2


def test_orders_are_found_by_the_market_after_days_of_nobody_looking(clock):
    exchange = make(clock)
    last = exchange.last_price(BTC)
    near = place(exchange, limit_order("sell", "0.01", last + 50))
    far = place(exchange, limit_order("sell", "0.01", last * 3))
    clock.advance(20 * DAY)
    assert [exchange.order("main", venue_id=o.venue_id).status for o in (near, far)] == [
        "filled",
        "open",
    ]
    assert START < near.fills[0].time < clock.now()


def test_customers_trade_with_each_other_inside_the_spread(clock):
    exchange = make(clock)
    exchange.ledger.open_account("other", {"USDT": D(100_000)})
    book = exchange.book(BTC, 1)
    tick = exchange.instruments[BTC].tick
    price = book.asks[0][0] - tick
    assert price > book.bids[0][0]
    resting = place(exchange, limit_order("sell", "0.2", price))
    taker = exchange.place("other", limit_order("buy", "0.2", price + tick), fraction=None)
    assert (resting.status, taker.status) == ("filled", "filled")
    assert taker.fills[0].price == price
    assert exchange.last_price(BTC) == price


def test_the_books_update_id_changes_exactly_when_the_book_does(clock):
    exchange = make(clock)
    first = exchange.book(BTC, 5)
    assert exchange.book(BTC, 5).update_id == first.update_id
    order = place(exchange, limit_order("buy", "0.1", first.bids[0][0]))
    second = exchange.book(BTC, 5)
    assert second.update_id > first.update_id
    assert second.bids[0][1] == first.bids[0][1] + D("0.1")
    exchange.cancel(order)
    third = exchange.book(BTC, 5)
    assert third.update_id > second.update_id
    assert third.bids == first.bids


def test_taking_liquidity_empties_the_levels_it_took(clock):
    exchange = make(clock)
    before = exchange.book(BTC, 3).asks
    place(exchange, market_order("buy", before[0][1] + D("0.001")))
    after = exchange.book(BTC, 3).asks
    assert after[0] == (before[1][0], before[1][1] - D("0.001"))


def test_customers_keep_their_place_in_the_queue_while_the_market_quotes_anew(clock):
    exchange = make(clock)
    exchange.ledger.open_account("other", {"USDT": D(1_000_000)})
    price = exchange.last_price(BTC) - 400
    first = place(exchange, limit_order("buy", "1", price))
    second = exchange.place("other", limit_order("buy", "1", price), fraction=None)
    clock.advance(10_000)
    exchange.book(BTC, 1)
    shares = []
    while not second.filled:
        exchange.market(BTC).move(price, frozen=True)
        shares.append(first.filled)
    assert len(set(shares)) > 1, "the first order filled at once: nothing was queued"
    assert first.status == "filled"


def test_a_market_never_runs_backwards(clock):
    exchange = make(clock)
    place(exchange, limit_order("buy", "0.1", exchange.last_price(BTC) - 30))
    clock.advance(HOUR)
    before = exchange.trades(BTC, limit=50), exchange.orders("main", None, open_only=False)[0].fills
    clock.freeze(START - HOUR)
    after = exchange.trades(BTC, limit=50), exchange.orders("main", None, open_only=False)[0].fills
    assert after == before
    assert place(exchange, market_order("buy", "0.01")).fills[0].time == START + HOUR


@pytest.mark.parametrize(
    ("symbol", "by_way_of"),
    [
        ("ETH-BTC", ("BNB-BTC",)),
        ("SOL-USDC", ("BNB-USDT", "USDC-USDT")),
        ("BNB-USDT", ("BNB-USDT",)),
    ],
)
def test_a_fee_in_the_venues_coin_is_worth_its_share_of_the_cost(clock, symbol, by_way_of):
    toy = ToyVenue()
    exchange = Exchange(
        instruments=toy.instruments(),
        rules=VenueRules(fees=toy.rules.fees, fee_asset="BNB"),
        clock=clock,
        seed=7,
        order_id=toy.order_id,
    )
    funds = {"USDT": D(10_000), "USDC": D(10_000), "BTC": D(1), "BNB": D(5)}
    exchange.ledger.open_account("main", funds)
    exchange.engine.account("main").pays_with_fee_asset = True
    prices = [exchange.last_price(each) for each in by_way_of]
    order = place(exchange, OrderRequest(symbol, "buy", "market", amount=D("0.1")))
    fee = sum(fill.fee for fill in order.fills)
    coin = prices[0] / prices[1] if len(prices) == 2 else prices[0]
    worth = order.spent * D("0.001") * D("0.75")
    assert {fill.fee_asset for fill in order.fills} == {"BNB"}
    assert abs(fee * coin - worth) <= worth * D("0.01")


def test_a_moved_price_reaches_the_orders_on_its_way(clock):
    exchange = make(clock)
    last = exchange.last_price(BTC)
    order = place(exchange, limit_order("buy", "0.01", last * D("0.9")))
    exchange.market(BTC).move(last * D("0.8"), frozen=False)
    assert order.status == "filled"
    assert order.fills[0].price == last * D("0.9")
    assert abs(exchange.last_price(BTC) - last * D("0.8")) <= 1
    clock.advance(HOUR)
    assert abs(exchange.last_price(BTC) - last * D("0.8")) < last * D("0.03")
    candles = exchange.candles(BTC, "1m", limit=61)
    for candle in candles:
        end = candle.end if candle.closed else clock.now() + 1
        assert numbers(candle) == summed(all_trades(exchange, candle.start, end))
    assert joined(candles) == joined(exchange.candles(BTC, "1m", limit=61))


def test_a_frozen_price_stands_still_with_empty_flat_candles(clock):
    exchange = make(clock)
    exchange.market(BTC).move(D(90_000), frozen=True)
    clock.advance(2 * DAY)
    assert exchange.last_price(BTC) == 90_000
    bid, ask = (side[0][0] for side in (exchange.book(BTC, 1).bids, exchange.book(BTC, 1).asks))
    assert 90_000 in (bid, ask)
    candles = exchange.candles(BTC, "1h", limit=20)
    assert {(c.open, c.high, c.low, c.close, c.volume, c.trades) for c in candles} == {
        (90_000, 90_000, 90_000, 90_000, 0, 0)
    }
    exchange.market(BTC).move_on()
    clock.advance(10 * MINUTE)
    assert exchange.candles(BTC, "5m", limit=1)[0].volume > 0
    assert abs(exchange.last_price(BTC) - 90_000) < 900
    exchange.market(BTC).follow_tape()
    clock.advance(MINUTE)
    assert exchange.last_price(BTC) == make(clock).last_price(BTC)


def test_trades_page_by_id_without_gaps_or_repeats(clock):
    exchange = make(clock)
    busy(exchange, clock)
    paged = all_trades(exchange, clock.now() - HOUR, clock.now() + 1)
    ids = [trade.id for trade in paged]
    assert ids == sorted(set(ids))
    assert [trade.time for trade in paged] == sorted(trade.time for trade in paged)
    newest = exchange.trades(BTC, limit=1000)
    assert newest[-len(paged) :] == paged[-1000:]


@pytest.mark.parametrize("interval", INTERVALS)
@pytest.mark.parametrize("offset", [0, 8])
def test_candles_lie_side_by_side(interval, offset):
    start = start_of(interval, START, offset)
    end = following(interval, start, offset)
    assert start <= START < end
    assert start_of(interval, end - 1, offset) == start
    assert start_of(interval, end, offset) == end


@pytest.mark.parametrize(
    ("interval", "offset", "start"),
    [
        ("1d", 0, 1789948800000),  # 2026-09-21T00:00Z
        ("1d", 8, 1789920000000),  # 2026-09-20T16:00Z
        ("1w", 0, 1789948800000),  # a Monday
        ("1M", 0, 1788220800000),  # 2026-09-01
        ("3M", 0, 1782864000000),  # 2026-07-01
        ("12h", 8, 1789963200000),  # 2026-09-21T04:00Z
        ("4h", 0, 1789992000000),  # 2026-09-21T12:00Z
    ],
)
def test_candles_begin_where_the_calendar_says(interval, offset, start):
    assert start_of(interval, START, offset) == start


def test_one_request_stays_cheap_after_a_long_absence(clock):
    exchange = make(clock)
    last = exchange.last_price(BTC)
    for at in range(20):
        place(exchange, limit_order("buy", "0.01", last * (90 - at) / 100))
    clock.advance(30 * DAY)
    assert calls_of(lambda: exchange.orders("main", None, open_only=True)) < 50_000


def calls_of(work):
    """How many functions `work` calls: thirty days bring some 400,000 trades."""
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return calls
