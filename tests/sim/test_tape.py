"""The seeded market: exact splits, the same for a seed, without a seam at the present."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support.sim_toy import START, instrument

from exchangekit.sim import Instrument
from exchangekit.sim.clock import DAY, MINUTE
from exchangekit.sim.splitting import LEAST_FLOW, LEAST_TRADES, Draws, Node, minute_trades, split
from exchangekit.sim.tape import SPANS, Tape

D = Decimal

TODAY = START // DAY


def whole(nodes):
    return Node(
        nodes[0].open,
        max(node.high for node in nodes),
        min(node.low for node in nodes),
        nodes[-1].close,
        *(sum(node[at] for node in nodes) for at in range(4, 9)),
    )


def well_inside(low, high, volume, share):
    """A quote volume at `share` percent between what low and high allow."""
    return volume * low + volume * (high - low) * share // 100


@st.composite
def nodes(draw, minutes):
    low = draw(st.integers(1, 10_000_000))
    height = draw(st.one_of(st.integers(0, 12), st.integers(0, low // 10 + 1)))
    first, last = (low + draw(st.integers(0, height)) for _ in range(2))
    least = LEAST_FLOW * minutes
    buys, sells = (least * draw(st.integers(1, 9)) + draw(st.integers(0, 10**6)) for _ in range(2))
    shares = [draw(st.integers(16, 84)) for _ in range(2)]
    return Node(
        first,
        low + height,
        low,
        last,
        LEAST_TRADES * minutes + draw(st.integers(0, 10 * minutes)),
        buys,
        well_inside(low, low + height, buys, shares[0]),
        sells,
        well_inside(low, low + height, sells, shares[1]),
    )


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([(6, 240), (4, 60), (4, 15), (3, 5), (5, 1)]), st.data(), st.integers())
def test_the_parts_of_a_candle_come_to_exactly_the_whole(shape, data, seed):
    count, minutes = shape
    parent = data.draw(nodes(count * minutes))
    parts = split(parent, count, minutes, Draws(seed, "test", 0))
    assert whole(parts) == parent
    for part, following in pairwise(parts):
        assert part.close == following.open
    for part in parts:
        assert part.low <= min(part.open, part.close) <= max(part.open, part.close) <= part.high
        assert min(part.buy_volume, part.sell_volume) >= LEAST_FLOW * minutes
        assert part.trades >= LEAST_TRADES * minutes


@settings(max_examples=300, deadline=None)
@given(nodes(1), st.integers())
def test_the_trades_of_a_minute_come_to_exactly_its_candle(minute, seed):
    assume(minute.high == minute.low or min(minute.buy_volume, minute.sell_volume) >= LEAST_FLOW)
    trades = minute_trades(minute, Draws(seed, "test", 0))
    prices = [trade.price for trade in trades]
    assert (prices[0], max(prices), min(prices), prices[-1]) == minute[:4]
    assert len(trades) == minute.trades
    for side, volume, quote in ((True, *minute[5:7]), (False, *minute[7:9])):
        assert sum(trade.amount for trade in trades if trade.buy == side) == volume
        assert sum(trade.amount * trade.price for trade in trades if trade.buy == side) == quote
    assert min(trade.amount for trade in trades) > 0
    offsets = [trade.offset for trade in trades]
    assert offsets == sorted(set(offsets))
    assert offsets[-1] < MINUTE


@pytest.mark.parametrize(
    ("base", "quote", "tick", "step"),
    [
        ("BTC", "USDT", "0.01", "0.00001"),
        ("SHIB", "USDT", "0.00000001", "1"),
        ("USDC", "USDT", "0.0001", "1"),
        ("DOGE", "BTC", "0.00000001", "1"),
        ("OKB", "USDT", "0.01", "1"),
    ],
)
def test_a_day_is_the_sum_of_its_minutes_and_begins_where_the_last_one_ended(
    base, quote, tick, step
):
    tape = Tape(7, instrument(base, quote, tick, step))
    minutes = [tape.node(5, TODAY * 1440 + at) for at in range(1440)]
    assert whole(minutes) == tape.node(0, TODAY)
    assert tape.node(0, TODAY).open == tape.node(0, TODAY - 1).close
    for level, span in enumerate(SPANS):
        first = TODAY * 1440 // span
        assert tape.node(level, first) == whole(minutes[:span])


def test_minutes_move_but_do_not_jump():
    tape = Tape(7, instrument("BTC", "USDT", "0.01", "0.00001"))
    ranges = [
        (node.high - node.low) * 10_000 / node.open
        for node in (tape.node(5, TODAY * 1440 + at) for at in range(1440))
    ]
    assert 0.5 < sum(ranges) / len(ranges) < 20
    assert max(ranges) < 200


def test_the_same_seed_gives_the_same_market_and_another_seed_another():
    pair = instrument("ETH", "USDT")
    first, again, other = Tape(7, pair), Tape(7, pair), Tape(8, pair)
    again.minute(START // MINUTE - 5000)  # looking around changes nothing
    minute = START // MINUTE
    assert first.minute(minute) == again.minute(minute)
    assert first.quotes(first.last_event(START), 10, 20) == again.quotes(
        again.last_event(START), 10, 20
    )
    assert first.minute(minute) != other.minute(minute)


@pytest.mark.parametrize("pair", [("BTC", "USDT"), ("ETH", "BTC"), ("SHIB", "USDT")])
def test_venues_with_other_ticks_see_nearly_the_same_price(pair):
    fine = instrument(*pair)
    coarse = instrument(*pair, tick=fine.tick * 10, step=fine.step * 10)
    for at in range(0, 30 * DAY, 7 * 3_600_000):
        prices = [Tape(7, each).last_event(START - at).price * each.tick for each in (fine, coarse)]
        assert abs(prices[0] - prices[1]) <= prices[0] * D("0.004")


def test_dollar_coins_give_nearly_the_same_price():
    tapes = [Tape(7, instrument("BTC", quote)) for quote in ("USDT", "USDC")]
    prices = [tape.last_event(START).price for tape in tapes]
    assert abs(prices[0] - prices[1]) < prices[0] * 0.001


def test_prices_stay_near_the_catalogue_for_years():
    tape = Tape(7, instrument("BTC", "USDT", "0.01", "0.00001"))
    days = [tape.node(0, day) for day in range(18_262, 22_000, 11)]
    assert min(node.low for node in days) > 97_250_00 * 0.75
    assert max(node.high for node in days) < 97_250_00 * 1.25


def test_an_asset_without_a_price_is_refused_by_name():
    with pytest.raises(ValueError, match=r"X-Y: .* no price for XX, YY"):
        Tape(7, Instrument("X-Y", "XX", "YY", tick=D(1), step=D(1)))


def test_quotes_are_ordered_apart_and_the_same_whatever_their_depth():
    tape = Tape(7, instrument("BTC", "USDT"))
    for event in tape.minute(START // MINUTE):
        quotes = tape.quotes(event, event.price, 100)
        bids, asks = ([price for price, _ in side] for side in (quotes.bids, quotes.asks))
        assert bids == sorted(set(bids), reverse=True)
        assert asks == sorted(set(asks))
        assert bids[0] < asks[0]
        assert event.price == (asks if event.side == "buy" else bids)[0]
        top = tape.quotes(event, event.price, 1)
        assert (top.bids[0], top.asks[0]) == (quotes.bids[0], quotes.asks[0])
