"""Candlesticks drawn with letters, as wide as they are told to be.

Pure: candles in, lines of text out. Positions are rounded to half a row; the numbers beside the
drawing are the venue's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from rich.text import Text

from exchangekit.models.market_data import Candle
from exchangekit.models.numbers import WIDE, plain, pretty

HEIGHT = 14
_LABELS_EVERY = 4
_RISE, _FALL = "green", "red"
_LONGEST_LABEL = 14


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The letters of a drawing. ``bars`` are heights from least to most."""

    wick: str
    wick_above: str
    wick_below: str
    full: str
    above: str
    below: str
    falling: str
    flat: str
    crossed: str
    tick: str
    axis: str
    bars: str

    def fit(self, encoding: str) -> bool:
        try:
            "".join(str(getattr(self, name)) for name in self.__slots__).encode(encoding)
        except (UnicodeEncodeError, LookupError):
            return False
        return True


BLOCKS = Glyphs("│", "╵", "╷", "█", "▀", "▄", "▒", "━", "┿", "┤", "│", "▁▂▃▄▅▆▇█")
ASCII = Glyphs("|", "|", "|", "#", "#", "#", "o", "-", "+", "+", "|", ".:-=+*#@")


def glyphs_for(encoding: str | None) -> Glyphs:
    """Blocks where the terminal can show them, else ASCII."""
    return BLOCKS if BLOCKS.fit(encoding or "ascii") else ASCII


def columns(width: int) -> int:
    """How many candles a drawing of that width holds at most, whatever their prices."""
    return max(1, width - _LONGEST_LABEL - 2)


def grouped(candles: Sequence[Candle], most: int) -> tuple[list[Candle], int]:
    """At most `most` candles: neighbours are put together where there are more. And how many
    make one."""
    size = -(-len(candles) // most) or 1
    parts = [candles[at : at + size] for at in range(0, len(candles), size)]
    return [_together(part) for part in parts], size


def _together(part: Sequence[Candle]) -> Candle:
    volume = Decimal(0)
    for one in part:
        volume = WIDE.add(volume, one.volume)
    return Candle(
        part[0].timestamp,
        part[0].open,
        max(one.high for one in part),
        min(one.low for one in part),
        part[-1].close,
        volume,
    )


def draw(
    candles: Sequence[Candle],
    width: int,
    *,
    dates: bool,
    glyphs: Glyphs = BLOCKS,
    colour: bool = True,
    height: int = HEIGHT,
) -> list[Text]:
    """The lines of a drawing: prices on the right, volume and times below.

    Needs at least one candle and no more than `columns(width)`. Without `colour` falling candles
    have a body of their own. ``dates``: the times below are days, else minutes.
    """
    scale = _Scale.of(candles, height)
    labels = _labels(scale)
    room = width - max(map(len, labels.values())) - 2
    stride = 2 if len(candles) * 2 <= room else 1
    made = [_column(one, scale, glyphs, colour) for one in candles]
    lines = []
    for row in range(height):
        line = Text()
        for candle, cells in zip(candles, made, strict=True):
            line.append(cells[row].ljust(stride), _style(candle, colour))
        label = labels.get(row)
        line.append(f"{glyphs.axis} " if label is None else f"{glyphs.tick} {label}", "dim")
        line.rstrip()
        lines.append(line)
    return [*lines, _volume(candles, glyphs, stride, colour), _times(candles, stride, dates)]


@dataclass(frozen=True, slots=True)
class _Scale:
    """Which half of a row a price is in; 0 is the highest."""

    low: Decimal
    high: Decimal
    height: int

    @classmethod
    def of(cls, candles: Sequence[Candle], height: int) -> _Scale:
        return cls(min(one.low for one in candles), max(one.high for one in candles), height)

    @property
    def span(self) -> Decimal:
        return WIDE.subtract(self.high, self.low)

    def half(self, price: Decimal) -> int:
        last = 2 * self.height - 1
        if not self.span:
            return last // 2
        part = WIDE.divide(WIDE.subtract(self.high, price), self.span)
        place = WIDE.multiply(part, Decimal(last)).to_integral_value(ROUND_HALF_UP)
        return min(last, max(0, int(place)))

    def price(self, row: int) -> Decimal:
        if row == 0 or not self.span:
            return self.high
        part = WIDE.divide(Decimal(row), Decimal(self.height - 1))
        return WIDE.subtract(self.high, WIDE.multiply(self.span, part))


def _labels(scale: _Scale) -> dict[int, str]:
    if not scale.span:
        return {(scale.height - 1) // 2: pretty(scale.high)}
    rows = {*range(0, scale.height - 2, _LABELS_EVERY), scale.height - 1}
    finest = Decimal(1).scaleb(min(0, scale.span.adjusted() - 2))
    return {
        row: plain(scale.price(row).quantize(finest, ROUND_HALF_UP, context=WIDE))
        for row in sorted(rows)
    }


def _column(candle: Candle, scale: _Scale, glyphs: Glyphs, colour: bool) -> list[str]:
    top, bottom = scale.half(candle.high), scale.half(candle.low)
    upper, lower = sorted((scale.half(candle.open), scale.half(candle.close)))
    states = [
        "b" if upper <= half <= lower else "w" if top <= half <= bottom else " "
        for half in range(2 * scale.height)
    ]
    pairs = (states[at] + states[at + 1] for at in range(0, len(states), 2))
    body = _flat(glyphs) if upper == lower else _body(glyphs, candle, colour)
    wick = {"  ": " ", "ww": glyphs.wick, "w ": glyphs.wick_above, " w": glyphs.wick_below}
    return [(wick | body)[pair] for pair in pairs]


def _flat(glyphs: Glyphs) -> dict[str, str]:
    return {
        "b ": glyphs.flat,
        " b": glyphs.flat,
        "bw": glyphs.crossed,
        "wb": glyphs.crossed,
    }


def _body(glyphs: Glyphs, candle: Candle, colour: bool) -> dict[str, str]:
    if not colour and _falls(candle):
        return dict.fromkeys(("bb", "b ", " b", "bw", "wb"), glyphs.falling)
    return {
        "bb": glyphs.full,
        "b ": glyphs.above,
        " b": glyphs.below,
        "bw": glyphs.full,
        "wb": glyphs.full,
    }


def _falls(candle: Candle) -> bool:
    return candle.close < candle.open


def _style(candle: Candle, colour: bool) -> str:
    if not colour:
        return ""
    return _FALL if _falls(candle) else _RISE


def _volume(candles: Sequence[Candle], glyphs: Glyphs, stride: int, colour: bool) -> Text:
    most = max(one.volume for one in candles)
    top = len(glyphs.bars) - 1
    line = Text()
    for one in candles:
        bar = " "
        if one.volume:
            part = WIDE.divide(one.volume, most)
            bar = glyphs.bars[int(WIDE.multiply(part, Decimal(top)).to_integral_value())]
        line.append(bar.ljust(stride), _style(one, colour))
    line.append(f"{glyphs.axis} ", "dim")
    line.append("volume", "dim")
    return line


def _times(candles: Sequence[Candle], stride: int, dates: bool) -> Text:
    form = "%Y-%m-%d" if dates else "%m-%d %H:%M"
    first, last = (f"{one.timestamp:{form}}" for one in (candles[0], candles[-1]))
    room = len(candles) * stride - len(first) - len(last)
    if room < 1:
        return Text(first, "dim")
    return Text(first + " " * room + last, "dim")
