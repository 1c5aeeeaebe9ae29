"""How rows are put together: one function for each class, written once and compiled.

What a field is made of is a `Source`: a `Way` to what was decoded, something `Made` of that,
`Chosen` of several, or told only `Where` something else holds. Followed step by step for each row,
they took longer than the decoding; the function that `putting` writes of them has no steps left.
For ``@named(price="filter.tick", amount=either("size", "qty"))`` it reads::

    def put(row):
        at_filter = row.at_filter
        value = None if at_filter is None else at_filter.tick
        if value is not None:
            row.price = value
        value = row.at_size
        if value is None:
            value = row.at_qty
        if value is not None:
            row.amount = value
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

from exchangekit.adapter.choices import Values
from exchangekit.adapter.marks import Read

KEY = "key_"
"""The attribute of a list's item that says which one it is."""

Put = Callable[[Any], None]

_NO_DECIMALS = {bool, int, str}
_NO_TEXTS = {bool, int, Decimal}


@dataclass(frozen=True, slots=True)
class Way:
    """The attributes that lead to a value; of a list, the item whose `KEY` is the second."""

    steps: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Made:
    """What `read` makes of a source, unless that is None."""

    source: Source
    read: Read


@dataclass(frozen=True, slots=True)
class Chosen:
    """The first of the parts that is told, where there is no ``pick``: neither None nor "" nor,
    where ``zero_is_none``, 0. What is not told is None to the ``pick``."""

    parts: tuple[Part, ...]
    pick: Callable[[Values], Any] | None
    zero_is_none: bool


@dataclass(frozen=True, slots=True)
class Where:
    """What the second part tells where the first is true, else None."""

    condition: Part
    then: Part
    zero_is_none: bool


Source: TypeAlias = Way | Made | Chosen | Where


@dataclass(frozen=True, slots=True)
class Part:
    """One of those that are chosen of, and the types that it may have."""

    source: Source
    kinds: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A field of a row, and what it is made of."""

    field: str
    spelling: str
    source: Source
    needed: bool


def putting(row: str, plans: Sequence[Plan]) -> Put:
    """The function that fills in the fields of a row that was decoded."""
    writer = _Writer()
    for plan in plans:
        writer.write_field(plan)
    code = compile(writer.text(), f"<how {row} is put together>", "exec")
    exec(code, writer.scope)  # noqa: S102 - the text is made of attributes that the kit named
    put: Put = writer.scope["put"]
    return put


@dataclass(slots=True)
class _Writer:
    """Writes the function; what it calls is in its ``scope``."""

    scope: dict[str, Any] = field(default_factory=dict)
    _held: dict[tuple[tuple[str, str | None], ...], str] = field(default_factory=dict)
    _first: list[str] = field(default_factory=list)
    _then: list[str] = field(default_factory=list)
    _names: int = 0

    def text(self) -> str:
        return "\n    ".join(["def put(row):", *self._first, *self._then, "return"])

    def write_field(self, plan: Plan) -> None:
        refusal = f"it does not say {plan.spelling}, its {plan.field}"
        self._then += self._lines(plan.source, "value")
        self._then += ["if value is not None:", f"    row.{plan.field} = value"]
        if plan.needed:
            self._then += [f"elif row.{plan.field} is None:", f"    raise ValueError({refusal!r})"]

    def _lines(self, source: Source, into: str) -> list[str]:
        """What assigns the value of `source` to the variable `into`."""
        if isinstance(source, Way):
            return [f"{into} = {self._expression(source.steps)}"]
        if isinstance(source, Made):
            read = self._called("read", source.read)
            lines = self._lines(source.source, into)
            return [*lines, f"if {into} is not None:", f"    {into} = {read}({into})"]
        if isinstance(source, Where):
            condition = self._name("condition")
            lines = self._part(source, source.condition, condition)
            then = self._part(source, source.then, into)
            return [*lines, f"{into} = None", f"if {condition}:", *_indented(then)]
        if source.pick is not None:
            return self._all(source, source.pick, into)
        lines = []
        for part in reversed(source.parts):
            lines = [*self._part(source, part, into), *(_otherwise(into, lines) if lines else ())]
        return lines

    def _all(self, source: Chosen, pick: Callable[[Values], Any], into: str) -> list[str]:
        parts = [self._name("part") for _ in source.parts]
        lines = [
            line
            for part, name in zip(source.parts, parts, strict=True)
            for line in self._part(source, part, name)
        ]
        return [*lines, f"{into} = {self._called('pick', pick)}([{', '.join(parts)}])"]

    def _part(self, chosen: Chosen | Where, part: Part, into: str) -> list[str]:
        """The same of a part of a choice: what is as good as none is None."""
        lines, kinds = self._lines(part.source, into), set(part.kinds)
        if chosen.zero_is_none and kinds == {Decimal}:
            lines.append(f"{into} = {into} or None")
        elif chosen.zero_is_none and not kinds <= _NO_DECIMALS:
            self.scope["Decimal"] = Decimal
            lines += [f"if type({into}) is Decimal and not {into}:", f"    {into} = None"]
        if not kinds <= _NO_TEXTS:
            lines += [f'if {into} == "":', f"    {into} = None"]
        return lines

    def _expression(self, steps: tuple[tuple[str, str | None], ...]) -> str:
        *way, (attribute, _) = steps
        if not way:
            return f"row.{attribute}"
        holder = self._holder(tuple(way))
        return f"None if {holder} is None else {holder}.{attribute}"

    def _holder(self, way: tuple[tuple[str, str | None], ...]) -> str:
        """The variable of the object that `way` leads to, which is looked up once for all."""
        if way in self._held:
            return self._held[way]
        *before, (attribute, chosen) = way
        if chosen is not None:
            items = self._items((*before, (attribute, None)))
            found = f"{items}.get({chosen!r})"
        else:
            found = self._expression(way)
        name = self._held[way] = self._name("_".join([attribute, chosen or ""]))
        self._first.append(f"{name} = {found}")
        return name

    def _items(self, way: tuple[tuple[str, str | None], ...]) -> str:
        """The variable of a list's items by their key."""
        known = (*way, ("", None))
        if known not in self._held:
            name = self._held[known] = self._name(way[-1][0])
            listed = self._name("listed")
            self._first += [
                f"{listed} = {self._expression(way)}",
                f"{name} = {{item.{KEY}: item for item in {listed}}} if {listed} else {{}}",
            ]
        return self._held[known]

    def _called(self, what: str, called: Callable[..., Any]) -> str:
        name = self._name(what)
        self.scope[name] = called
        return name

    def _name(self, like: str) -> str:
        self._names += 1
        return f"{re.sub(r'[^A-Za-z0-9]+', '_', like).rstrip('_')}_{self._names}"


def _otherwise(into: str, lines: Iterable[str]) -> list[str]:
    return [f"if {into} is None:", *_indented(lines)]


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" for line in lines]
