"""Reading replies: typed, exact, and never guessing.

Rows are msgspec Structs that list only the fields that are used. A reply that does not fit
its type raises `BadReply` with a short, masked excerpt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal
from enum import StrEnum
from typing import Any, TypeVar

import msgspec

from exchangekit.adapter.odd_numbers import all_sane, is_odd
from exchangekit.adapter.request import Reply
from exchangekit.errors import BadReply
from exchangekit.excerpts import excerpt
from exchangekit.models.numbers import read_exact

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLACE = re.compile(r"at `\$.*?(\w+)\]?`$")
_MOST_BLANK_FIELDS = 50
_NO_IDS = frozenset({"", "-1", "None", "null"})
# The caller's own decimal context must not change what a venue said.
_DIVIDE = Context(prec=28).divide
_FAST = 1 << 42
"""Up to here (the year 2109) the nearest float is less than half a microsecond off, so that
`datetime` rounds it to the right one."""
_EARLIEST, _LATEST = 946_684_800_000, 7_258_118_400_000
_from_timestamp = datetime.fromtimestamp
_generic = msgspec.json.Decoder(float_hook=read_exact)
_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}


def decode(kind: type[T], reply: Reply | bytes) -> T:
    """The reply's body as `kind`.

    JSON numbers and number strings both become exact Decimals or ints; an empty string becomes
    None where the row's type says ``Decimal | None`` or ``int | None``. Raises BadReply.
    """
    body = reply if isinstance(reply, bytes) else reply.body
    try:
        made = decode_in_haste(kind, body)
    except msgspec.ValidationError as problem:
        made = _decode_with_blanks(kind, body, problem)
    if is_odd(body, kind) and not all_sane(made):
        raise unreadable(body, "a number is not finite, or has far more digits than any market's")
    return made


def split(kind: type[T], reply: Reply | bytes) -> T:
    """Like `decode`, for a `kind` that holds pieces of JSON as they stand, and no number."""
    body = reply if isinstance(reply, bytes) else reply.body
    try:
        return decode_in_haste(kind, body)
    except msgspec.ValidationError as problem:
        return _decode_with_blanks(kind, body, problem)


def decode_in_haste(kind: type[T], body: bytes) -> T:
    """Like `decode`, where it is still to be asked whether the body `is_odd`. Raises
    msgspec.ValidationError for what does not fit, and for a number that is ""."""
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kind, strict=False)
    try:
        made: T = decoder.decode(body)
    except msgspec.ValidationError:
        raise
    except (ValueError, RecursionError) as problem:
        raise unreadable(body, str(problem) or "nested too deeply") from None
    return made


def peek(kind: type[T], reply: Reply) -> T | None:
    """Like `decode`, but None for a body of another shape: a look before knowing what came."""
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kind, strict=False)
    try:
        made: T = decoder.decode(reply.body)
    except (ValueError, RecursionError):
        return None
    return made


def decode_any(reply: Reply | bytes) -> Any:
    """The body as plain objects, numbers exact. Raises BadReply."""
    body = reply if isinstance(reply, bytes) else reply.body
    try:
        return _generic.decode(body)
    except (ValueError, RecursionError) as problem:
        raise unreadable(body, str(problem) or "nested too deeply") from None


def unreadable(body: bytes, why: str) -> BadReply:
    shown = excerpt(body[:1000]) or "(empty)"
    return BadReply(f"the reply is not what the documentation says ({why}): {shown}")


def _decode_with_blanks(kind: type[T], body: bytes, problem: msgspec.ValidationError) -> T:
    """Decode once more, with "" taken as None in the fields that cannot be "", one by one."""
    if b'""' not in body:
        raise unreadable(body, str(problem)) from None
    try:
        value = _generic.decode(body)
        for _ in range(_MOST_BLANK_FIELDS):
            try:
                return _converted(value, kind)
            except msgspec.ValidationError as still:
                place = _PLACE.search(str(still))
                if place is None or not _blank(value, place.group(1)):
                    raise
    except (ValueError, RecursionError) as still:
        raise unreadable(body, str(still) or "nested too deeply") from None
    raise unreadable(body, str(problem))


def _converted(value: Any, kind: type[T]) -> T:
    """Where a part of `kind` stays JSON, which `convert` does not know, written and read anew."""
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as problem:
        if "`raw`" not in str(problem):
            raise
    made: T = _decoders[kind].decode(msgspec.json.encode(value))
    return made


def _blank(value: Any, name: str) -> bool:
    """Put None for "" wherever the field (or list position) `name` holds it; whether it did."""
    found = False
    if isinstance(value, dict):
        if value.get(name) == "":
            value[name] = None
            found = True
        for item in value.values():
            found = _blank(item, name) or found
    elif isinstance(value, list):
        at = int(name) if name.isdecimal() else None
        if at is not None and at < len(value) and value[at] == "":
            value[at] = None
            found = True
        for item in value:
            found = _blank(item, name) or found
    return found


def number(value: str | None) -> Decimal | None:
    """A number that the venue sends as a string, with "" for none."""
    if not value:
        return None
    try:
        return read_exact(value)
    except ValueError:
        raise BadReply(f"expected a number, the venue sent {excerpt(value)!r}") from None


def utc(milliseconds: int) -> datetime:
    """Milliseconds since 1970 as a UTC time, exactly. Raises BadReply for a time that no market
    could mean: before the year 2000 (seconds, maybe) or after 2200 (microseconds)."""
    if _EARLIEST <= milliseconds < _FAST:
        return _from_timestamp(milliseconds / 1000, UTC)
    if _FAST <= milliseconds < _LATEST:
        return _EPOCH + timedelta(milliseconds=milliseconds)
    raise BadReply(f"the venue sent an impossible time: {excerpt(str(milliseconds))}")


def utc_each(milliseconds: Sequence[int]) -> list[datetime]:
    """`utc` of each."""
    if milliseconds and min(milliseconds) >= _EARLIEST and max(milliseconds) < _FAST:
        return [_from_timestamp(each / 1000, UTC) for each in milliseconds]
    return list(map(utc, milliseconds))


def maybe_utc(milliseconds: int | None) -> datetime | None:
    """Like `utc`; None for None and for 0 or less, which venues use for "no time"."""
    if milliseconds is None or milliseconds <= 0:
        return None
    if _EARLIEST <= milliseconds < _FAST:
        return _from_timestamp(milliseconds / 1000, UTC)
    return utc(milliseconds)


def milliseconds(moment: datetime) -> int:
    """A UTC-aware time as whole milliseconds since 1970."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def lookup(table: Mapping[str, T], value: str, what: str) -> T:
    """The meaning of a venue's word. One the table does not know raises BadReply."""
    try:
        return table[value]
    except KeyError:
        known = ", ".join(sorted(table))
        raise BadReply(
            f"unknown {what} {excerpt(value)!r} (known: {known}); it is not guessed"
        ) from None


def identity(id: str | int) -> str | None:
    """A venue's id as text; None for what venues write where there is none."""
    text = str(id)
    return None if text in _NO_IDS else text


def average(cost: Decimal | None, filled: Decimal | None) -> Decimal | None:
    """The average price of what was filled, None before the first fill."""
    return _DIVIDE(cost, filled) if cost is not None and filled else None


def non_zero(value: Decimal | None) -> Decimal | None:
    """None for 0, where the venue writes 0 for "none" (the price of a market order)."""
    return value or None


def ascending(rows: Iterable[T], key: Any) -> tuple[T, ...]:
    return tuple(sorted(rows, key=key))


def step_of(decimals: int) -> Decimal:
    """The step of a number of decimals: 3 gives 0.001."""
    return Decimal(1).scaleb(-decimals)
