"""Where candles begin and end: minutes and hours on the clock, weeks on Monday, calendar months."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from exchangekit.sim.clock import DAY, HOUR, MINUTE

_FIXED: Final = {
    "1m": MINUTE, "3m": 3 * MINUTE, "5m": 5 * MINUTE, "15m": 15 * MINUTE, "30m": 30 * MINUTE,
    "1h": HOUR, "2h": 2 * HOUR, "4h": 4 * HOUR, "6h": 6 * HOUR, "8h": 8 * HOUR, "12h": 12 * HOUR,
    "1d": DAY, "2d": 2 * DAY, "3d": 3 * DAY, "5d": 5 * DAY, "1w": 7 * DAY,
}  # fmt: skip
_MONTHS: Final = {"1M": 1, "3M": 3}
# 1970-01-01 was a Thursday; weeks are counted from the Monday after.
_FIRST_MONDAY: Final = 4 * DAY

INTERVALS: Final = (*_FIXED, *_MONTHS)


def start_of(interval: str, time: int, offset_hours: int = 0) -> int:
    """The start (ms) of the candle that contains `time`. Raises `KeyError` for no such interval."""
    shift = offset_hours * HOUR
    if interval in _MONTHS:
        moment = _moment(time + shift)
        month = (moment.month - 1) // _MONTHS[interval] * _MONTHS[interval] + 1
        return _ms(datetime(moment.year, month, 1, tzinfo=UTC)) - shift
    length = _FIXED[interval]
    origin = (_FIRST_MONDAY if interval == "1w" else 0) - shift
    return time - (time - origin) % length


def following(interval: str, start: int, offset_hours: int = 0) -> int:
    """The start of the candle after the one that starts at `start`."""
    if interval in _MONTHS:
        return start_of(interval, start + (31 * _MONTHS[interval] + 5) * DAY, offset_hours)
    return start + _FIXED[interval]


def starts(
    interval: str, *, first: int, last: int, limit: int, offset_hours: int, newest: bool
) -> list[int]:
    """Starts inside [first, last], ascending; the newest or the oldest `limit` of them."""
    found: list[int] = []
    if newest:
        at = start_of(interval, last, offset_hours)
        while at >= first and len(found) < limit:
            found.append(at)
            at = start_of(interval, at - 1, offset_hours)
        return found[::-1]
    at = start_of(interval, first, offset_hours)
    if at < first:
        at = following(interval, at, offset_hours)
    while at <= last and len(found) < limit:
        found.append(at)
        at = following(interval, at, offset_hours)
    return found


def _moment(time: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=time)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000
