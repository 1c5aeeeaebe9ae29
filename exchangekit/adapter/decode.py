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
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

import msgspec

from exchangekit.adapter.request import Reply
from exchangekit.errors import BadReply
from exchangekit.excerpts import excerpt
from exchangekit.models.numbers import is_sane, read_exact

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLACE = re.compile(r"at `\$.*?(\w+)\]?`$")
_MOST_BLANK_FIELDS = 50
_BEFORE = b"+-_ \t\r\n"
"""What may stand before the first letter of a number."""
_FOLDED = bytes(
    ord('"') if at in _BEFORE else ord("0") if chr(at) in "0123456789." else at for at in range(128)
).lower() + bytes(range(128, 256))
"""Small letters, 0 for every digit and point, a quote for what may stand before letters."""
_PARTED = bytes(ord('"') if at in b",:[]{}" else at for at in range(128)).lower() + bytes(
    range(128, 256)
)
_LOWER = bytes(range(128)).lower() + bytes(range(128, 256))
_LONGEST_NAME = 200
_OF_NUMBERS = b"0123456789." + _BEFORE
_MANY_DIGITS = b"0" * 31
_WORDS = (
    (b'"inf', (b'"inf"', b'"infinity"')),
    (b'"nan', (b'"nan"',)),
    (b'"snan', (b'"snan"',)),
)
"""What a number that is not finite leaves in a folded body, and what without its digits."""
_NO_IDS = frozenset({"", "-1", "None", "null"})
# The caller's own decimal context must not change what a venue said.
_DIVIDE = Context(prec=28).divide
_FAST = 1 << 42
"""Up to here (the year 2109) the nearest float is less than half a microsecond off, so that
`datetime` rounds it to the right one."""
_EARLIEST, _LATEST = 946_684_800_000, 7_258_118_400_000
_LARGEST = 10**40
_from_timestamp = datetime.fromtimestamp
_NO_DECIMALS = (str, bool, int, type(None), msgspec.Raw)
_NO_NUMBERS = {str, bool, type(None)}
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
    if is_odd(body, kind) and not _sane(made):
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


def is_odd(body: bytes, kind: Any = Any) -> bool:
    """Whether `body` could hold a number of `kind` that is not finite, has an exponent or very many
    digits: almost none does, and looking at each number would take longer than the decoding."""
    if b"\\" in body and b"\\u00" in body:  # a digit or a letter, written otherwise
        return True
    folded = body.translate(_FOLDED)
    # A search from behind takes half as long as one from the front.
    if folded.rfind(_MANY_DIGITS) >= 0:
        return True
    # Candles and books end in thousands of digits without a letter.
    last = max(folded.rfind(b"e"), folded.rfind(b"n"))
    find = folded[: last + len("nity")].rfind
    if find(b"0e") >= 0:
        letters = b'"%b"' % body.translate(_PARTED, _OF_NUMBERS)
        if letters.rfind(b'"e"') >= 0:
            return True
    words = [word for trace, words in _WORDS if find(trace) >= 0 for word in words]
    return bool(words) and _are_numbers(words, body, kind)


def _are_numbers(words: Sequence[bytes], body: bytes, kind: Any) -> bool:
    """Whether one of `words`, which may be the name of an asset, stands where a number should."""
    names, letters = names_of_numbers(kind), body.translate(_LOWER, _OF_NUMBERS)
    for word in words:
        at = letters.find(word)
        while at >= 0:
            before = letters[max(0, at - _LONGEST_NAME) : at]
            name = before[:-2].rpartition(b'"')[2] if before.endswith(b'":') else None
            if name is None or names is None or name in names:
                return True
            at = letters.find(word, at + 1)
    return False


@cache
def names_of_numbers(kind: Any) -> frozenset[bytes] | None:
    """The names under which JSON holds the decimals of `kind`, in small letters and without digits;
    None where some stand without a name, or under any."""
    names, kinds = set[bytes](), [("", kind)]
    for name, one in kinds:  # which grows on the way
        if one is Decimal and name:
            names.add(name.encode().translate(_LOWER, _OF_NUMBERS))
        elif isinstance(one, type) and issubclass(one, msgspec.Struct):
            is_array = one.__struct_config__.array_like
            fields = msgspec.structs.fields(one)
            kinds += [("" if is_array else field.encode_name, field.type) for field in fields]
        elif parts := [part for part in get_args(one) if part is not ...]:
            own = name if get_origin(one) in (Union, UnionType) else ""
            kinds += [(own, part) for part in parts]
        elif one not in _NO_DECIMALS:
            return None
    return frozenset(names)


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


def _sane(value: Any) -> bool:
    kind: Any = type(value)
    if value is None or kind is str or kind is bool:
        return True
    if kind is Decimal:
        return is_sane(value)
    if isinstance(value, int):
        return abs(value) < _LARGEST
    if isinstance(value, msgspec.Struct):
        return all(_sane(getattr(value, name)) for name in _may_be_numbers(kind))
    if isinstance(value, (list, tuple)):
        return all(map(_sane, value))
    if isinstance(value, Mapping):
        return all(map(_sane, value.values()))
    return True


@cache
def _may_be_numbers(kind: Any) -> tuple[str, ...]:
    """The fields that can hold a number, themselves or in what they hold."""
    return tuple(
        field.name
        for field in msgspec.structs.fields(kind)
        if not _NO_NUMBERS.issuperset(get_args(field.type) or (field.type,))
    )


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
