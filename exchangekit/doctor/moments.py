"""Judging the timestamp of a request against a moment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from exchangekit.adapter.scheme import iso_milliseconds
from exchangekit.doctor.findings import Faults

AHEAD_MS = 1000

_UNITS = ((11, "seconds", 1000), (14, "milliseconds", 1), (17, "microseconds", 0))
_CLOCK = "Set this machine's clock (NTP), or let the kit sign: it keeps the venue's time."


@dataclass(frozen=True, slots=True)
class Moment:
    """A timestamp as it was written: what it means in ms, and in which unit or form it is."""

    ms: int
    form: str


def read_moment(text: str) -> Moment | None:
    """The moment that `text` means; None if it cannot be told."""
    text = text.strip().strip("\"'")
    if re.fullmatch(r"\d{9,19}(\.\d{1,9})?", text, re.ASCII):
        whole = len(text.partition(".")[0])
        for digits, unit, factor in _UNITS:
            if whole <= digits:
                ms = int(Decimal(text) * factor) if factor else int(Decimal(text) / 1000)
                return Moment(ms, unit)
        return Moment(int(Decimal(text) / 1_000_000), "nanoseconds")
    if not re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", text, re.ASCII):
        return None
    try:
        found = datetime.fromisoformat(text)
        known = found if found.tzinfo else found.replace(tzinfo=UTC)
        ms = int(known.timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        return None
    exact = re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", text, re.ASCII)
    return Moment(ms, "iso" if exact else "another form of ISO 8601")


def judge_age(faults: Faults, ms: int, now: int, window: int, ahead: int) -> None:
    """Add a fault if a request stamped `ms` would be refused at `now`. All in ms."""
    age = now - ms
    if age > window:
        faults.add(
            "timestamp_stale",
            f"The timestamp is {span(age)} old ({shown(ms)}), and {span(window)} is the most.",
            f"{_CLOCK} If the request was sent right away and only captured then, say when with"
            " --sent-at; sending it again needs a new timestamp and a new signature.",
        )
    elif -age >= ahead:
        faults.add(
            "timestamp_ahead",
            f"The timestamp is {span(-age)} in the future ({shown(ms)}).",
            _CLOCK,
        )


def span(ms: int) -> str:
    """A length of time in words: ``5 s``, ``2 min``, ``3 h``, ``12 days``."""
    seconds = Decimal(abs(ms)) / 1000
    for least, size, unit in ((172_800, 86_400, "days"), (3600, 3600, "h"), (120, 60, "min")):
        if seconds >= least:
            return f"{(seconds / size).quantize(Decimal('0.1')).normalize():f} {unit}"
    return f"{seconds.quantize(Decimal('0.1')).normalize():f} s"


def shown(ms: int) -> str:
    try:
        return iso_milliseconds(ms)
    except OverflowError:
        return "no date"
