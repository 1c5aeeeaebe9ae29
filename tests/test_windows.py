"""A window as venues are asked for one."""

from datetime import UTC, datetime

from exchangekit.adapter import Window, bounds


def test_a_window_is_bounded_by_its_first_and_last_millisecond() -> None:
    day = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC))
    assert bounds(day) == (1_767_225_600_000, 1_767_311_999_999)
    assert bounds(None) == (None, None)
