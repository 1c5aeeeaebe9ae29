"""How a venue tells what the kit wants otherwise: in other units, in words, in lists, in texts.

A mark is a spelling that says so: ``@named(timestamp=Seconds("ts"), percentage=Ratio("change"))``.
Marks hold paths (``"priceFilter.tickSize"``, see `named`) or other marks: ``Negated(Blank("fee"))``
is a number that is "" in ordinary replies and negative where something was paid. What is missing,
null or "" is None and stays so. Pure: what one means is decided by the reply alone.

Rows count times in whole milliseconds: of anything finer, the rest is cut off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from types import UnionType
from typing import Any, ClassVar, Self, Union, get_args, get_origin

from exchangekit.adapter.decode import decode, number, step_of
from exchangekit.excerpts import excerpt
from exchangekit.models.numbers import WIDE, is_sane

Read = Callable[[Any], Any]

Flag = str | int | bool | list[str | int]
"""What a yes or no may be told as: itself, a word, or a list of words."""

_scaleb = WIDE.scaleb
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STEPS = {Decimal(places): step_of(places) for places in range(-40, 41)}
_PERCENTAGES = frozenset({"percentage"})
"""Fields that the kit counts in percent; all others are ratios."""


class Mark(str):
    """A spelling and how what stands there is read; ``inner`` is what it was made of."""

    __slots__ = ("inner",)

    inner: str
    fits: ClassVar[Any] = None
    """The type of the fields that it can fill, None for all."""

    def __new__(cls, told: str) -> Self:
        made = super().__new__(cls, told)
        made.inner = told
        return made

    def takes(self, wanted: Any) -> Any:
        """The type of what the venue sends, where `wanted` is to be made of it."""
        return wanted

    def reader(self, field: str, wanted: Any) -> Read | None:
        """What makes the one of the other; None where nothing is to be done."""
        return None

    def check(self, field: str, wanted: Any) -> None:
        if self.fits is not None and self.fits not in kinds_of(wanted):
            kind, fit = type(self).__name__, getattr(self.fits, "__name__", self.fits)
            raise TypeError(f"{kind}({str(self)!r}) makes a {fit}, and {field!r} is none")


class Always(Mark):
    """A name of what the venue always sends, null maybe: a reply without it is refused."""

    __slots__ = ()


class _Numbered(Mark):
    """Made of a number; what no market could mean is refused, by `made` or when the row is done."""

    __slots__ = ()

    def takes(self, wanted: Any) -> Any:
        return Decimal

    def made(self, told: Decimal) -> Any:
        raise NotImplementedError

    def reader(self, field: str, wanted: Any) -> Read | None:
        made = self.made

        def read(told: Decimal) -> Any:
            try:
                return made(told)
            except ArithmeticError:
                raise ValueError(f"{str(self)!r} is a number that no market could mean") from None

        return read


class Milliseconds(_Numbered):
    """A time in milliseconds that may have decimals: ``"1548000000123.456"``."""

    __slots__ = ()
    fits = int
    shift: ClassVar[int] = 0

    def made(self, told: Decimal) -> int:
        if not is_sane(told):
            raise ValueError(f"{str(self)!r} has far more digits than any time's")
        return int(_scaleb(told, self.shift).to_integral_value(ROUND_FLOOR))


class Seconds(Milliseconds):
    """A time in seconds, with decimals or without."""

    __slots__ = ()
    shift = 3


class Microseconds(Milliseconds):
    """A time in millionths of a second."""

    __slots__ = ()
    shift = -3


class Nanoseconds(Milliseconds):
    """A time in billionths of a second."""

    __slots__ = ()
    shift = -6


class Iso(Mark):
    """A time as text, with its zone: ``"2026-11-27T14:00:00.123Z"``."""

    __slots__ = ()
    fits = int

    def takes(self, wanted: Any) -> Any:
        return str

    def reader(self, field: str, wanted: Any) -> Read | None:
        return _milliseconds_of


def _milliseconds_of(told: str) -> int | None:
    if not told:
        return None
    try:
        moment = datetime.fromisoformat(told)
    except ValueError:
        raise ValueError(f"{excerpt(told)!r} is no time") from None
    if moment.tzinfo is None:
        raise ValueError(f"the time {excerpt(told)!r} does not say its zone")
    return (moment - _EPOCH) // timedelta(milliseconds=1)


class Ratio(_Numbered):
    """0.0123 means 1.23 %: what the kit counts in percent is told as a ratio."""

    __slots__ = ()
    fits = Decimal

    def made(self, told: Decimal) -> Decimal:
        return _scaleb(told, 2)

    def reader(self, field: str, wanted: Any) -> Read | None:
        return super().reader(field, wanted) if field in _PERCENTAGES else None


class Percent(_Numbered):
    """1.23 means 1.23 %: what the kit counts as a ratio (fee rates) is told in percent."""

    __slots__ = ()
    fits = Decimal

    def made(self, told: Decimal) -> Decimal:
        return _scaleb(told, -2)

    def reader(self, field: str, wanted: Any) -> Read | None:
        return None if field in _PERCENTAGES else super().reader(field, wanted)


class Negated(Mark):
    """What the venue tells with the other sign, as those do that write charges below zero."""

    __slots__ = ()
    fits = Decimal

    def takes(self, wanted: Any) -> Any:
        return Decimal

    def reader(self, field: str, wanted: Any) -> Read | None:
        return lambda told: told.copy_negate() if told else told


class Decimals(_Numbered):
    """A step told as its number of decimals: 3 means 0.001."""

    __slots__ = ()
    fits = Decimal

    def made(self, told: Decimal) -> Decimal:
        step = _STEPS.get(told)
        if step is None:
            raise ValueError(f"{excerpt(str(told))} is no number of decimals")
        return step

    def reader(self, field: str, wanted: Any) -> Read | None:
        return self.made


class Blank(Mark):
    """A number, as text, that is "" in ordinary replies. Every number may be "", but a reply is
    decoded twice for those without this mark."""

    __slots__ = ()
    fits = Decimal

    def takes(self, wanted: Any) -> Any:
        return str

    def reader(self, field: str, wanted: Any) -> Read | None:
        return number


class Text(Mark):
    """A word that some replies tell as a number."""

    __slots__ = ()
    fits = str

    def takes(self, wanted: Any) -> Any:
        return str | int

    def reader(self, field: str, wanted: Any) -> Read | None:
        return str


class Commas(Mark):
    """A list told as one text with commas; a list told as a list is one, too."""

    __slots__ = ()

    def takes(self, wanted: Any) -> Any:
        return str | list[str]

    def check(self, field: str, wanted: Any) -> None:
        if not any(get_args(kind) for kind in kinds_of(wanted)):
            raise TypeError(f"Commas({str(self)!r}) makes a list, and {field!r} is none")

    def reader(self, field: str, wanted: Any) -> Read | None:
        return lambda told: tuple(_words_of(told))


def _words_of(told: Any) -> Iterator[str]:
    parts = told.split(",") if isinstance(told, str) else told if isinstance(told, list) else [told]
    for part in parts:
        if word := _word(part).strip():
            yield word


def _word(told: str | int | bool) -> str:
    if type(told) is str:
        return told
    return str(told).lower() if isinstance(told, bool) else str(told)


class Among(Mark):
    """Whether the venue says one of `words`: as the value itself, in a list, or in a text with
    commas between. ``Among("readOnly", 0)``: numbers and booleans are told alike."""

    __slots__ = ("words",)

    fits = bool
    words: frozenset[str]
    found: ClassVar[bool] = True

    def __new__(cls, told: str, *words: str | int) -> Self:
        made = super().__new__(cls, told)
        made.words = frozenset(word for given in words for word in _words_of(given))
        if not made.words:
            raise TypeError(f"{cls.__name__}({told!r}) does not say which words it looks for")
        return made

    def takes(self, wanted: Any) -> Any:
        return Flag

    def reader(self, field: str, wanted: Any) -> Read | None:
        words, found = self.words, self.found

        def read(told: Any) -> bool | None:
            if told == "":
                return None
            if type(told) is str and "," not in told:
                return (told in words) is found
            if type(told) is list:
                # Most lists are of words, and most words are there.
                if not words.isdisjoint(told):
                    return found
                return words.isdisjoint(map(_word, told)) is not found
            return words.isdisjoint(_words_of(told)) is not found

        return read


class Except(Among):
    """Whether the venue says none of `words`."""

    __slots__ = ()

    found = False


class Means(Mark):
    """What `words` says that the venue's word means. A word that it does not know is refused, or
    means `otherwise`."""

    __slots__ = ("otherwise", "words")

    words: Mapping[str, Any]
    otherwise: Any

    def __new__(cls, told: str, words: Mapping[str, Any], otherwise: Any = None) -> Self:
        made = super().__new__(cls, told)
        if not isinstance(words, Mapping) or not words:
            raise TypeError(
                f"Means({told!r}) wants what its words mean: expected a table such as"
                ' {"online": "ok"}'
            )
        made.words, made.otherwise = words, otherwise
        return made

    def takes(self, wanted: Any) -> Any:
        return str | int | bool

    def reader(self, field: str, wanted: Any) -> Read | None:
        def read(told: Any) -> Any:
            word = _word(told)
            meant = self.words.get(word, self.otherwise)
            if meant is None:
                known = ", ".join(sorted(self.words))
                raise ValueError(
                    f"unknown {self!s} {excerpt(word)!r} (known: {known}); it is not guessed"
                )
            return meant

        return read


class InText(Mark):
    """JSON inside of a text: ``"{\\"BTC\\": ...}"``; "" is none."""

    __slots__ = ()

    def takes(self, wanted: Any) -> Any:
        return str

    def reader(self, field: str, wanted: Any) -> Read | None:
        return lambda told: decode(wanted, told.encode()) if told else None


class ByAsset(Mark):
    """Fees as an object with a key for each asset: of amounts, or of rows that say their own
    currency where the class declares its ``fills`` as a list of those."""

    __slots__ = ()

    def takes(self, wanted: Any) -> Any:
        (item,) = self._items(wanted)
        return dict[str, item if item.names_its_currency() else Decimal | None]  # type: ignore[misc]

    def check(self, field: str, wanted: Any) -> None:
        if len(self._items(wanted)) != 1:
            raise TypeError(f"ByAsset({str(self)!r}) makes a list of fees, and {field!r} is none")

    def _items(self, wanted: Any) -> list[Any]:
        parts = [part for kind in kinds_of(wanted) for part in get_args(kind)]
        return [part for part in parts if hasattr(part, "names_its_currency")]

    def reader(self, field: str, wanted: Any) -> Read | None:
        (item,) = self._items(wanted)
        if item.names_its_currency():
            return lambda told: list(told.values())
        return lambda told: [item(cost=cost, currency=asset) for asset, cost in told.items()]


def kinds_of(wanted: Any) -> tuple[Any, ...]:
    """The types of a union, without None."""
    args = get_args(wanted) if get_origin(wanted) in (Union, UnionType) else (wanted,)
    return tuple(kind for kind in args if kind is not type(None))


def is_always(spelling: str) -> bool:
    """Whether a reply without it is refused."""
    while isinstance(spelling, Mark):
        if isinstance(spelling, Always):
            return True
        spelling = spelling.inner
    return False
