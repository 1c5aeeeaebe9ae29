"""Candle lengths, by ccxt's names."""

from __future__ import annotations

from datetime import datetime, timedelta

_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}


def advance(moment: datetime, timeframe: str, count: int) -> datetime:
    """`moment` plus `count` candles of `timeframe` (``"1m"`` … ``"1w"``, ``"1M"`` months)."""
    number, unit = int(timeframe[:-1]) * count, timeframe[-1]
    if unit == "M":
        months = moment.month - 1 + number
        first = moment.replace(day=1)
        return first.replace(year=moment.year + months // 12, month=months % 12 + 1)
    return moment + _UNITS[unit] * number
