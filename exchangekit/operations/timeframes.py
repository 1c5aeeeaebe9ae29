"""Candle lengths, by ccxt's names."""

from __future__ import annotations

from datetime import datetime, timedelta

from exchangekit.errors import InvalidInput

_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}


def advance(moment: datetime, timeframe: str, count: int) -> datetime:
    """`moment` plus `count` candles of `timeframe` (``"1m"`` … ``"1w"``, ``"1M"`` months).

    Raises InvalidInput where the calendar ends.
    """
    number, unit = int(timeframe[:-1]) * count, timeframe[-1]
    try:
        if unit != "M":
            return moment + _UNITS[unit] * number
        months = moment.month - 1 + number
        first = moment.replace(day=1)
        return first.replace(year=moment.year + months // 12, month=months % 12 + 1)
    except (OverflowError, ValueError):
        where = f"{'before' if count < 0 else 'after'} {moment:%Y-%m-%d}"
        raise InvalidInput(
            f"the calendar has no {abs(count)} candles of {timeframe} {where}"
        ) from None
