"""The structure that paths lead through, made once for a row, and how each field is read of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from keyword import iskeyword
from typing import Any, Self, get_args

import msgspec

from exchangekit.adapter.choices import Choice
from exchangekit.adapter.marks import Always, Mark, is_always, kinds_of
from exchangekit.adapter.putting import KEY, Chosen, Made, Part, Plan, Source, Way, Where, putting

_STEP = re.compile(r"([^.\[\]=]+)(?:\[(?:([^.\[\]=]+)=([^\[\]=]+)|(\d{1,2}))\])?(?:\.|$)")


_DIVIDING = frozenset(".[]")


@dataclass(frozen=True, slots=True)
class Step:
    """One name of a path; of a list, the item whose ``key`` is ``value``, or that which stands at
    a position (a step of its own, whose name is the number)."""

    name: str
    key: str | None = None
    value: str = ""
    counted: bool = False


def steps_of(path: str) -> tuple[Step, ...]:
    """Raises TypeError for what is no path."""
    found: list[Step] = []
    at = 0
    while at < len(path) and (part := _STEP.match(path, at)):
        found.append(Step(part[1], part[2], part[3] or "", counted=part[4] is not None))
        if part[4] is not None:
            found.append(Step(str(int(part[4]))))
        at = part.end()
    if at < len(path) or path.endswith(".") or not found or found[-1].key is not None:
        raise TypeError(
            f"{path!r} is no path: names with dots between; list[key=word] is one item of a list,"
            " list[0] its first"
        )
    return tuple(found)


def is_plain(spelling: str) -> bool:
    """Whether it is a name and nothing else, always sent or not."""
    while type(spelling) is Always:
        spelling = spelling.inner
    return not isinstance(spelling, (Mark, Choice)) and not _is_path(spelling)


def _is_path(name: str) -> bool:
    return not name or not _DIVIDING.isdisjoint(name)


@dataclass(frozen=True, slots=True)
class Reading:
    """One field of a row: how the venue spells it, and what it is to become."""

    field: str
    spelling: str
    kind: Any
    needed: bool

    @property
    def may_be_null(self) -> bool:
        return type(None) in get_args(self.kind)


@dataclass(slots=True)
class _Place:
    """What stands under one name of a reply: a value of one kind, or the names under it."""

    attribute: str
    kinds: tuple[Any, ...] = ()
    reader: str = ""
    key: str | None = None
    counted: bool = False
    under: dict[str, _Place] = field(default_factory=dict)
    needed: bool = False
    null: bool = True

    def type(self) -> Any:
        """As the decoder wants it."""
        if not self.under:
            kind: Any = self.kinds[0]
            for other in self.kinds[1:]:
                kind = kind | other
            return kind | None if self.null else kind
        shape: Any = msgspec.defstruct(
            "At", list(self._declared()), array_like=self.counted, kw_only=True, gc=False
        )
        if self.key is not None:
            return list[shape]
        return shape if self.needed else shape | None

    def _declared(self) -> Iterator[Any]:
        """What lies under it; of a list all positions up to the last that is read."""
        if not self.counted:
            yield from (place.declared(name) for name, place in self.under.items())
            return
        for position in map(str, range(max(map(int, self.under)) + 1)):
            place = self.under.get(position)
            yield ("left_" + position, Any, None) if place is None else place.declared(position)

    def declared(self, name: str) -> Any:
        if self.needed:
            return self.attribute, self.type(), msgspec.field(name=name)
        if self.key is not None:
            return self.attribute, self.type(), msgspec.field(name=name, default_factory=list)
        return self.attribute, self.type(), msgspec.field(name=name, default=None)


class Readings:
    """The fields of a row that are put together when the rest of it was decoded."""

    def __init__(self, row: str = "", zero_is_none: bool = False) -> None:
        self.each: tuple[Reading, ...] = ()
        self.plans: list[Plan] = []
        self._row = row
        self._zero_is_none = zero_is_none
        self._places: dict[str, _Place] = {}

    @classmethod
    def of(cls, row: str, wanted: Iterable[Reading], zero_is_none: bool) -> Self:
        """Those of `wanted` that plain names cannot read. Raises TypeError, in words."""
        made, wanted = cls(row, zero_is_none), list(wanted)
        shared = _shared(wanted)
        made.each = tuple(
            one for one in wanted if not is_plain(one.spelling) or str(one.spelling) in shared
        )
        for one in made.each:
            source = made._plan(one, one.spelling, one.kind, one.needed)
            made.plans.append(
                Plan(one.field, str(one.spelling), source, one.needed and not one.may_be_null)
            )
        return made

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(one.field for one in self.each)

    @property
    def hidden(self) -> frozenset[str]:
        """The fields that hold what came until it is put together."""
        return frozenset(place.attribute for place in self._places.values())

    def declared(self) -> list[Any]:
        return [place.declared(name) for name, place in self._places.items()]

    @cached_property
    def put(self) -> Callable[[Any], None]:
        """What fills in the fields of a row. It raises ValueError for what is needed and not
        told."""
        return putting(self._row, self.plans)

    def _plan(self, one: Reading, spelling: str, wanted: Any, needed: bool) -> Source:
        """How `wanted` is made of what `spelling` leads to; its place is made on the way."""
        if isinstance(spelling, Choice):
            kinds = spelling.kinds(wanted)
            parts = [self._part(one, *part) for part in zip(spelling.among, kinds, strict=True)]
            if spelling.first_is is bool:
                condition, then = parts
                return Where(condition, then, self._zero_is_none)
            return Chosen(tuple(parts), spelling.pick, self._zero_is_none)
        if isinstance(spelling, Mark):
            try:
                spelling.check(one.field, wanted)
            except TypeError as problem:
                raise TypeError(f"{self._row}: {problem}") from None
            source = self._plan(
                one, spelling.inner, spelling.takes(wanted), needed or is_always(spelling)
            )
            reader = spelling.reader(one.field, wanted)
            return source if reader is None else Made(source, reader)
        return self._reach(one, str(spelling), kinds_of(wanted), needed)

    def _part(self, one: Reading, spelling: str, wanted: Any) -> Part:
        return Part(self._plan(one, spelling, wanted, needed=False), kinds_of(wanted))

    def _reach(self, one: Reading, path: str, kinds: tuple[Any, ...], needed: bool) -> Way:
        try:
            steps = steps_of(path) if _is_path(path) else (Step(path),)
        except TypeError as problem:
            raise TypeError(f"{self._row}, {one.field!r}: {problem}") from None
        needed = needed and not any(step.key or step.counted for step in steps)
        places, way, held = self._places, list[tuple[str, str | None]](), list[_Place]()
        for step in steps:
            place = places.get(step.name)
            if place is None:
                place = self._made(one, step, way, places)
            elif (place.key, place.counted) != (step.key, step.counted) or bool(
                place.kinds if step is not steps[-1] else place.under
            ):
                raise TypeError(self._twice(step.name, place.reader, one.field))
            place.needed = place.needed or needed
            way.append((place.attribute, step.value if step.key is not None else None))
            held.append(place)
            places = place.under
        end = held[-1]
        shared = _shared_kinds(end.kinds, kinds)
        if shared is None:
            raise TypeError(self._twice(steps[-1].name, end.reader, one.field))
        end.kinds, end.null = shared, end.null and (not needed or one.may_be_null)
        return Way(tuple(way))

    def _made(
        self, one: Reading, step: Step, way: list[tuple[str, str | None]], others: dict[str, _Place]
    ) -> _Place:
        """A place for a name of a path that no other field has led to."""
        made = _attribute("" if way else "at_", step.name, others)
        place = _Place(made, reader=one.field, counted=step.counted)
        if step.key is not None:
            if any(chosen is not None for _, chosen in way):
                raise TypeError(
                    f"{self._row}, {one.field!r}: a path leads through one list at most"
                )
            place.key = step.key
            place.under[step.key] = _Place(KEY, (str,), one.field)
        others[step.name] = place
        return place

    def _twice(self, name: str, first: str, second: str) -> str:
        return (
            f"{self._row} reads {name!r} as one thing for {first!r} and as another for {second!r}: "
            "it can only be one"
        )


def _shared_kinds(first: tuple[Any, ...], second: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """What a place may hold that two fields read: the fewer of their types, where the one has all
    of them, too; None where they differ."""
    if not first or set(second) <= set(first):
        return second
    return first if set(first) <= set(second) else None


def _shared(wanted: Iterable[Reading]) -> frozenset[str]:
    """Names that more than one field is read of."""
    seen: dict[str, int] = {}
    for one in wanted:
        for name in {step for leaf in _leaves(one.spelling) for step in [_first(leaf)]}:
            seen[name] = seen.get(name, 0) + 1
    return frozenset(name for name, times in seen.items() if times > 1)


def _leaves(spelling: str) -> list[str]:
    if isinstance(spelling, Choice):
        return [leaf for part in spelling.among for leaf in _leaves(part)]
    return _leaves(spelling.inner) if isinstance(spelling, Mark) else [str(spelling)]


def names_in(spellings: Iterable[str]) -> frozenset[str]:
    """All names and paths that they lead to."""
    return frozenset(leaf for spelling in spellings for leaf in _leaves(spelling))


def _first(path: str) -> str:
    return re.split(r"[.\[]", path, maxsplit=1)[0]


def _attribute(prefix: str, name: str, others: Mapping[str, _Place]) -> str:
    made = prefix + re.sub(r"\W", "_", name)
    taken = {place.attribute for place in others.values()}
    while made in taken or not made.isidentifier() or iskeyword(made):
        made = f"at_{made}" if not made.isidentifier() else f"{made}_"
    return made
