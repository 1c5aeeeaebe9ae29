"""The drawing of candles, letter by letter: what is high is above, and it fits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from rich.cells import cell_len

from exchangekit import Candle
from exchangekit.cli.chart import ASCII, BLOCKS, Glyphs, columns, draw, glyphs_for, grouped

START = datetime(2026, 1, 31, 22, tzinfo=UTC)


def candle(at: int, open: str, high: str, low: str, close: str, volume: str = "1") -> Candle:
    numbers = (Decimal(number) for number in (open, high, low, close, volume))
    return Candle(START + timedelta(hours=at), *numbers)


def drawn(candles: list[Candle], width: int = 40, height: int = 5, **given: object) -> list[str]:
    lines = draw(candles, width, dates=False, height=height, **given)  # type: ignore[arg-type]
    return [line.plain for line in lines]


RISE = candle(0, "11", "19", "10", "18")
FALL = candle(1, "18", "19", "10", "11")
FLAT = candle(2, "14", "19", "10", "14")


def column(lines: list[str], at: int, height: int = 5) -> str:
    return "".join(line[at * 2] for line in lines[:height])


@pytest.mark.parametrize(
    ("glyphs", "colour", "rise", "fall", "flat"),
    [
        (BLOCKS, True, "███▀ ", "███▀ ", "││┿││"),
        (BLOCKS, False, "███▀ ", "▒▒▒▒ ", "││┿││"),
        (ASCII, False, "#### ", "oooo ", "||+||"),
    ],
    ids=["colour", "no colour", "ascii"],
)
def test_a_candle_has_its_body_and_its_wick(
    glyphs: Glyphs, colour: bool, rise: str, fall: str, flat: str
) -> None:
    three = [candle(0, "13", "19", "13", "19"), candle(1, "19", "19", "13", "13"), FLAT]
    lines = drawn(three, glyphs=glyphs, colour=colour)
    assert [column(lines, at) for at in range(3)] == [rise, fall, flat]


def test_wicks_reach_beyond_the_body_on_both_sides() -> None:
    tall = [candle(0, "13", "19", "10", "16"), candle(1, "16", "16", "13", "13")]
    lines = drawn(tall, height=9)
    first, second = column(lines, 0, 9), column(lines, 1, 9)
    assert first[0] == first[-1] == "│"
    assert "█" in first
    assert second[0] == second[-1] == " "
    assert "█" in second


def test_a_drawing_of_one_price_is_a_flat_line_with_that_price() -> None:
    lines = drawn([candle(0, "5", "5", "5", "5"), candle(1, "5", "5", "5", "5")])
    assert [line for line in lines[:5] if "━" in line] == ["━ ━ ┤ 5"]


def test_the_highest_and_the_lowest_price_stand_beside_the_drawing() -> None:
    lines = drawn([RISE, FALL, FLAT], height=9)
    assert lines[0].endswith("┤ 19.00")
    assert lines[8].endswith("┤ 10.00")
    assert lines[4].endswith("┤ 14.50")


@pytest.mark.parametrize(
    "price",
    ["0.00000123", "97123.45", "0.1", "1E-8", "123456789.12345678"],
)
def test_prices_of_any_size_have_no_exponent_and_tell_rows_apart(price: str) -> None:
    low = Decimal(price)
    one = Candle(START, low, low * 2, low, low, Decimal(1))
    labels = [
        line.plain.split("┤")[1].strip()
        for line in draw([one], 60, dates=False)
        if "┤" in line.plain
    ]
    assert len(set(labels)) == len(labels) >= 4
    assert not [label for label in labels if "E" in label]
    assert [Decimal(label) for label in labels] == sorted(map(Decimal, labels), reverse=True)


@pytest.mark.parametrize("width", [20, 40, 80, 200])
@pytest.mark.parametrize("count", [1, 2, 13, 50, 500])
def test_it_is_never_wider_than_it_was_told(width: int, count: int) -> None:
    many = [
        candle(at, "97000.1", f"97{at % 900:03}.5", "96000.25", "97000.2") for at in range(count)
    ]
    shown, size = grouped(many, columns(width))
    assert len(shown) <= columns(width)
    assert (size - 1) * columns(width) < count
    lines = drawn(shown, width, 14)
    assert max(map(cell_len, lines[:14])) <= width
    assert cell_len(lines[-1]) <= max(width, len("01-31 22:00"))


def test_neighbours_put_together_keep_every_extreme_and_all_volume() -> None:
    three = [
        candle(0, "10", "12", "9", "11", "1"),
        candle(1, "11", "19", "11", "12", "2"),
        candle(2, "12", "13", "3", "8", "4"),
    ]
    assert grouped(three, 1) == ([candle(0, "10", "19", "3", "8", "7")], 3)
    assert grouped(three, 2) == ([candle(0, "10", "19", "9", "12", "3"), three[2]], 2)
    assert grouped(three, 3) == (three, 1)


def test_volume_is_a_bar_and_none_is_none() -> None:
    lines = drawn(
        [
            candle(0, "1", "2", "1", "2", "8"),
            candle(1, "1", "2", "1", "2", "0"),
            candle(2, "1", "2", "1", "2", "4"),
        ]
    )
    assert lines[-2][:6:2] in ("█ ▅", "█ ▄")


def test_all_without_volume_is_drawn_as_well() -> None:
    assert "volume" in drawn([candle(0, "1", "2", "1", "2", "0")])[-2]


@pytest.mark.parametrize(
    ("dates", "ends"),
    [(False, ("01-31 22:00", "02-01 21:00")), (True, ("2026-01-31", "2026-02-01"))],
)
def test_the_first_and_the_last_time_stand_below(dates: bool, ends: tuple[str, str]) -> None:
    day = [candle(at, "1", "2", "1", "2") for at in range(24)]
    last = draw(day, 80, dates=dates)[-1].plain
    assert (last[:11].strip(), last[-11:].strip()) == ends


@pytest.mark.parametrize(
    ("encoding", "glyphs"),
    [("utf-8", BLOCKS), ("ascii", ASCII), ("latin-1", ASCII), ("nonsense", ASCII), (None, ASCII)],
)
def test_letters_that_cannot_be_shown_are_not_used(encoding: str | None, glyphs: Glyphs) -> None:
    assert glyphs_for(encoding) is glyphs


def test_rising_and_falling_have_colours() -> None:
    row = draw([RISE, FALL], 40, dates=False, height=5)[1]
    assert {str(span.style) for span in row.spans} >= {"green", "red"}
