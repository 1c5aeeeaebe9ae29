"""Splitting a candle into shorter ones, and a minute into trades, without losing a unit.

Whole numbers only. The rule every function here keeps: the parts together give the whole, exactly:
first open, last close, highest high, lowest low, and the sums of trades, volume and quote volume,
buys and sells apart. A flow (volume, quote volume) of a candle always lies well inside what its low
and high allow, which is what makes the next split possible.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final, NamedTuple

# Fewest trades in a minute: open, high, low and close, and two on each side that make it balance.
LEAST_TRADES: Final = 8
# Fewest steps of volume in a minute's flow, so that each of its trades gets some.
LEAST_FLOW: Final = 100
# A flow's mean price keeps this share (in 1/100) of the range away from low and high.
_MARGIN: Final = 15
_ROUGHNESS: Final = {3: 1000, 4: 1150, 5: 1300, 6: 1400}


class Draws:
    """Numbers that look random and depend on nothing but the seed, a name and an index."""

    __slots__ = ("_state",)

    def __init__(self, seed: int, name: str, index: int) -> None:
        key = f"{seed}|{name}|{index}".encode()
        self._state = int.from_bytes(blake2b(key, digest_size=8).digest(), "big")

    def below(self, limit: int) -> int:
        """A number from 0 to `limit` - 1 (`limit` up to 2**31)."""
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        return ((self._state >> 33) * limit) >> 31


class Node(NamedTuple):
    """A candle in ticks and steps; quote volume in ticks x steps. Buys and sells: the taker's."""

    open: int
    high: int
    low: int
    close: int
    trades: int
    buy_volume: int
    buy_quote: int
    sell_volume: int
    sell_quote: int

    @property
    def volume(self) -> int:
        return self.buy_volume + self.sell_volume

    @property
    def quote_volume(self) -> int:
        return self.buy_quote + self.sell_quote

    def typical_amount(self) -> int:
        return self.volume // self.trades


class Trade(NamedTuple):
    """`offset` is milliseconds into the minute."""

    offset: int
    price: int
    amount: int
    buy: bool


def split(parent: Node, count: int, minutes: int, draws: Draws) -> tuple[Node, ...]:
    """`parent` as `count` consecutive candles of `minutes` minutes each."""
    ranges = _ranges(parent, points := _path(parent, count, draws), draws)
    floor = LEAST_FLOW * minutes
    least = LEAST_TRADES * minutes
    trades = _share(parent.trades - least * count, [1 + draws.below(9) for _ in range(count)])
    weights = [3 + draws.below(10) for _ in range(count)]
    flows = (parent.buy_volume, parent.buy_quote), (parent.sell_volume, parent.sell_quote)
    for widening in (16, 8, 4, 2, 1):
        buys, sells = (_split_flow(*flow, ranges, weights, floor) for flow in flows)
        if isinstance(buys, list) and isinstance(sells, list):
            break
        # These ranges cannot hold the flow: its mean is too high or too low for them.
        leaning = next(flow for flow in (buys, sells) if isinstance(flow, int))
        ranges = _widened(parent, ranges, leaning, widening)
    else:
        # The parent's whole range for every part always holds it.
        ranges = [(parent.low, parent.high)] * count
        buys, sells = (_in_proportion(*flow, weights, floor) for flow in flows)
    return tuple(
        Node(
            points[at],
            ranges[at][1],
            ranges[at][0],
            points[at + 1],
            least + trades[at],
            *buys[at],
            *sells[at],
        )
        for at in range(count)
    )


def _path(parent: Node, count: int, draws: Draws) -> list[int]:
    """The prices between the parts: a rough walk from open to close inside low and high."""
    steps = [draws.below(2001) - 1000 for _ in range(count)]
    total, walked = sum(steps), 0
    height = parent.high - parent.low
    points = [parent.open]
    for at in range(1, count):
        walked += steps[at - 1]
        wiggle = (walked * count - total * at) * height // (count * _ROUGHNESS[count])
        straight = parent.open + (parent.close - parent.open) * at // count
        points.append(straight + wiggle)
    points.append(parent.close)
    # Where the money went is where the price mostly was: lift or lower the walk to the mean price.
    mean = parent.quote_volume // parent.volume
    middle = (2 * sum(points) - parent.open - parent.close) // (2 * count)
    lift = (mean - middle) * count // (count - 1)
    for at in range(1, count):
        points[at] = min(parent.high, max(parent.low, points[at] + lift))
    return points


def _ranges(parent: Node, points: list[int], draws: Draws) -> list[tuple[int, int]]:
    """(low, high) of each part; the parent's own low and high are each reached in one of them."""
    count = len(points) - 1
    tops = [max(points[at], points[at + 1]) for at in range(count)]
    bottoms = [min(points[at], points[at + 1]) for at in range(count)]
    highest, lowest = tops.index(max(tops)), bottoms.index(min(bottoms))
    wick = (parent.high - parent.low) // (2 * count)
    ranges = []
    for at in range(count):
        high = min(parent.high, tops[at] + draws.below(wick + 1))
        low = max(parent.low, bottoms[at] - draws.below(wick + 1))
        ranges.append((parent.low if at == lowest else low, parent.high if at == highest else high))
    return ranges


def _widened(
    parent: Node, ranges: list[tuple[int, int]], leaning: int, part: int
) -> list[tuple[int, int]]:
    """The ranges with longer wicks upwards (1) or downwards (-1), inside the parent's."""
    more = 1 + (parent.high - parent.low) // part
    if leaning > 0:
        return [(low, min(parent.high, high + more)) for low, high in ranges]
    return [(max(parent.low, low - more), high) for low, high in ranges]


def _share(total: int, weights: list[int]) -> list[int]:
    """`total` in whole parts by `weights`; the rounding goes to the first parts."""
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    for at in range(total - sum(parts)):
        parts[at % len(parts)] += 1
    return parts


def _split_flow(
    volume: int, quote: int, ranges: list[tuple[int, int]], weights: list[int], floor: int
) -> list[tuple[int, int]] | int:
    """(volume, quote volume) of each part; 1 or -1 if these ranges are too low or high for it."""
    # Twice the distance of each part's middle from the flow's mean price, times the volume.
    apart = [(low + high) * volume - 2 * quote for low, high in ranges]
    above = sum(w * d for w, d in zip(weights, apart, strict=True) if d > 0)
    below = -sum(w * d for w, d in zip(weights, apart, strict=True) if d < 0)
    up, down = (below, above) if above and below else (1, 1)
    # More volume where the mean price is: at most four times the plain share.
    if up > 4 * down:
        up, down = 4, 1
    elif down > 4 * up:
        up, down = 1, 4
    tilted = [w * (up if d > 0 else down) for w, d in zip(weights, apart, strict=True)]
    volumes = _floored_share(volume, tilted, floor)
    lows, highs, quotes = [], [], []
    for (low, high), part in zip(ranges, volumes, strict=True):
        margin = -(-part * (high - low) * _MARGIN // 100)
        lows.append(part * low + margin)
        highs.append(part * high - margin)
        quotes.append(part * (low + high) // 2)
    missing = quote - sum(quotes)
    room = [
        (top - now if missing > 0 else now - bottom)
        for top, now, bottom in zip(highs, quotes, lows, strict=True)
    ]
    sign = 1 if missing > 0 else -1
    if min(room) < 0 or sum(room) < abs(missing):
        return sign
    moved = _fill(abs(missing), room)
    return [(part, q + sign * m) for part, q, m in zip(volumes, quotes, moved, strict=True)]


def _in_proportion(
    volume: int, quote: int, weights: list[int], floor: int
) -> list[tuple[int, int]]:
    """Every part at the flow's own mean price."""
    volumes = _floored_share(volume, weights, floor)
    quotes = [quote * part // volume for part in volumes]
    for at in range(quote - sum(quotes)):
        quotes[at] += 1
    return list(zip(volumes, quotes, strict=True))


def _floored_share(volume: int, weights: list[int], floor: int) -> list[int]:
    """A share by weights of which no part is below `floor`, nor below a third of an even share."""
    even = max(floor, volume // (3 * len(weights)))
    return [even + part for part in _share(volume - even * len(weights), weights)]


def _fill(amount: int, room: list[int]) -> list[int]:
    """`amount` spread over `room` in proportion, never more than fits."""
    total = sum(room)
    if not amount:
        return [0] * len(room)
    parts = [amount * space // total for space in room]
    left = amount - sum(parts)
    for at, space in enumerate(room):
        extra = min(left, space - parts[at])
        parts[at] += extra
        left -= extra
    return parts


def minute_trades(minute: Node, draws: Draws) -> tuple[Trade, ...]:
    """A minute as its trades: first at open, last at close, high and low touched on the way."""
    extra = minute.trades - LEAST_TRADES
    buy_unit, sell_unit = minute.buy_volume // 16, minute.sell_volume // 16
    opening, closing = (minute.open, buy_unit, True), (minute.close, sell_unit, False)
    high, low = (minute.high, buy_unit, True), (minute.low, sell_unit, False)
    buys = _balanced(
        minute,
        minute.buy_volume - 2 * buy_unit,
        minute.buy_quote - buy_unit * (minute.open + minute.high),
        extra // 2,
        draws,
    )
    sells = _balanced(
        minute,
        minute.sell_volume - 2 * sell_unit,
        minute.sell_quote - sell_unit * (minute.low + minute.close),
        extra - extra // 2,
        draws,
    )
    rising = draws.below(2) == 0
    first, second = (high, low) if rising else (low, high)
    # Three legs, open to first to second to close: every price fits the middle one, some others.
    legs: tuple[list[tuple[int, int, bool]], ...] = ([], [], [])
    for item in [(*buy, True) for buy in buys] + [(*sell, False) for sell in sells]:
        legs[_leg(item[0], minute, first[0], second[0], draws)].append(item)
    legs[0].sort(reverse=not rising)
    legs[1].sort(reverse=rising)
    legs[2].sort(reverse=not rising)
    walk = [opening, *legs[0], first, *legs[1], second, *legs[2], closing]
    room = 60_000 // len(walk)
    return tuple(Trade(at * room + draws.below(room), *item) for at, item in enumerate(walk))


def _balanced(
    minute: Node, volume: int, quote: int, extra: int, draws: Draws
) -> list[tuple[int, int]]:
    """`extra` + 2 trades (price, amount) that come to exactly this volume and quote volume."""
    trades = []
    for left in range(extra, 0, -1):
        amount = max(1, volume // (left + 2) * (3 + draws.below(8)) // 10)
        reach = min(quote // volume - minute.low, minute.high - quote // volume)
        price = quote // volume + draws.below(2 * reach + 1) - reach
        rest, rest_quote = volume - amount, quote - price * amount
        if not minute.low * rest <= rest_quote <= minute.high * rest:
            # The price nearest the mean always leaves a rest that can be balanced.
            price = (2 * quote + volume) // (2 * volume)
            rest_quote = quote - price * amount
        volume, quote = rest, rest_quote
        trades.append((price, amount))
    price, above = divmod(quote, volume)
    cut = above or volume // 2
    return [*trades, (price, volume - cut), (price + 1 if above else price, cut)]


def _leg(price: int, minute: Node, first: int, second: int, draws: Draws) -> int:
    fitting = [1]
    if min(minute.open, first) <= price <= max(minute.open, first):
        fitting.append(0)
    if min(second, minute.close) <= price <= max(second, minute.close):
        fitting.append(2)
    return fitting[draws.below(len(fitting))]
