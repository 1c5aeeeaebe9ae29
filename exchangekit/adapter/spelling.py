"""`named`: how a venue spells a row, checked when the class is made.

A spelling is a name, a path, or a mark or a choice that holds one. What is more than a name is
read by a structure made here, once: the typed decoder reads it in one go with the rest, and each
row is put together when it was decoded. Rows of plain names pay nothing for that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, ClassVar, TypeVar, cast, get_args

import msgspec
from msgspec import Struct
from msgspec.structs import FieldInfo

from exchangekit.adapter.keyed import ITS_KEY, ITS_VALUE, Members, listed
from exchangekit.adapter.marks import is_always
from exchangekit.adapter.paths import Reading, Readings, names_in
from exchangekit.models.numbers import shown

R = TypeVar("R", bound="Row")


def _unread(field: str) -> str:
    """No venue spells a field like this, so it is never found."""
    return f"(no {field})"


class Row(Struct, rename=_unread, gc=False):  # rows never refer to each other
    """What the kit reads of one thing, before a venue says how it spells that.

    Of ``one_of`` a venue must name at least ``at_least``, if it does not fill them in itself: they
    say what a model requires.
    Where ``zero_is_none``, a number of 0 is as good as none.
    """

    one_of: ClassVar[tuple[str, ...]] = ()
    at_least: ClassVar[int] = 1
    zero_is_none: ClassVar[bool] = False
    spelt_: ClassVar[Mapping[str, str]] = {}
    readings_: ClassVar[Readings] = Readings()
    keyed_: ClassVar[bool] = False
    """Whether it is a member of an object, and one of its fields the key."""


def named(*alike: str, **theirs: str) -> Callable[[type[R]], type[R]]:
    """How a venue spells a row: ``@named("symbol", last="lastPrice") class Ticker(TickerRow): ...``

    `alike` are fields that the venue spells as the kit does. What is not named is not read; names
    of a class that is built upon stay. ``bid=Always("bidPrice")`` refuses a reply without it, as
    does a field that the class declares once more, without a default.

    A dot leads into an object: ``price_step="priceFilter.tickSize"``; brackets choose of a list the
    item that says so: ``"filters[filterType=LOT_SIZE].stepSize"``, or the one that stands there:
    ``"ask[0]"``. ``asset=ITS_KEY`` says that the
    rows stand in an object, each under a key, and not in a list. `exchangekit.adapter.marks` has
    what is told in other units or words, `exchangekit.adapter.choices` what is one of several.

    Raises TypeError where the class is made: for a name of no field, for a nameless field that is
    required or its own, for one that may be null although the kit's may not, since a model promises
    that it is there, and for a path, a mark or a choice that cannot work.
    """
    theirs |= {str(name): name for name in alike}
    for name, spelt in theirs.items():
        if not isinstance(spelt, str):
            raise TypeError(
                f"{name}={shown(spelt)} is no spelling: expected a name, a path, a mark or a choice"
            )

    def spell(row: type[R]) -> type[R]:
        if not (isinstance(row, type) and issubclass(row, Row)):
            raise TypeError(
                f"@named spells rows, and {shown(row)} is none: expected a class built upon one of"
                " the kit's, such as kit.TickerRow"
            )
        fields = {field.name: field for field in msgspec.structs.fields(row)}
        hidden = row.readings_.hidden
        names = {
            name: row.spelt_.get(name, field.encode_name)
            for name, field in fields.items()
            if name not in hidden
        }
        names = _of_members(fields, names | theirs)
        _check(row, fields, names)
        readings = Readings.of(row.__name__, _wanted(row, fields, names), row.zero_is_none)
        declared = [_declared(fields[name], spelt) for name, spelt in theirs.items()]
        declared = [one for one in declared if one[0] not in readings.names]
        declared += [_put_later(fields[name]) for name in readings.names]
        declared += readings.declared()
        declared += [_put_later(fields[name]) for name in hidden if name not in readings.hidden]
        # msgspec's own rename leaves inherited fields alone, so these are declared once more.
        made = msgspec.defstruct(
            row.__name__,
            declared,
            bases=(row,),
            rename=_renaming(row.__name__, names, readings),
            namespace=_namespace(row, names, readings),
            module=row.__module__,
            kw_only=True,
        )
        return cast("type[R]", made)

    return spell


def _namespace(row: type[Row], names: Mapping[str, str], readings: Readings) -> dict[str, Any]:
    held: dict[str, Any] = {"__doc__": row.__doc__, "__qualname__": row.__qualname__}
    held |= {"spelt_": dict(names), "readings_": readings}
    held["keyed_"] = ITS_KEY in names_in(names.values())
    then = _then_of(row)
    if readings.names:
        held["__post_init__"] = _put_together if then is None else _and_then(then)
    return held


def _of_members(fields: Mapping[str, FieldInfo], names: Mapping[str, str]) -> dict[str, str]:
    """The spellings; that of a list of rows that stand under keys says that it is an object."""
    told = {name for name, field in fields.items() if listed(field.type)}
    told -= {name for name, spelt in names.items() if isinstance(spelt, Members)}
    return {
        name: Members(spelt) if name in told and spelt != _unread(name) else spelt
        for name, spelt in names.items()
    }


def _then_of(row: type[Row]) -> Callable[[Row], None] | None:
    """What the venue does with a row that was decoded, None for nothing."""
    then: Callable[[Row], None] | None = getattr(row, "__post_init__", None)
    return None if then is _put_together else then


def _put_together(row: Row) -> None:
    row.readings_.put(row)


def _and_then(then: Callable[[Row], None]) -> Callable[[Row], None]:
    def put_together(row: Row) -> None:
        row.readings_.put(row)
        then(row)

    return put_together


def _wanted(
    row: type[Row], fields: Mapping[str, FieldInfo], names: Mapping[str, str]
) -> list[Reading]:
    """What each field that is named is made of. One that was required stays it, also where the
    class that is built upon put it together already."""
    needed = {one.field for one in row.readings_.each if one.needed}
    return [
        Reading(
            field=name,
            spelling=spelt,
            kind=fields[name].type,
            needed=fields[name].required or name in needed,
        )
        for name, spelt in names.items()
        if spelt != _unread(name)
    ]


def _renaming(row: str, names: Mapping[str, str], readings: Readings) -> Callable[[str], str]:
    """The names for what a class that builds upon this one declares once more."""

    def rename(name: str) -> str:
        if name in readings.names:
            raise TypeError(
                f"{row} reads {name!r} by a path, a mark or a choice: name it once more with "
                f"@named({name}=Always(...)) instead of declaring it"
            )
        return str(names.get(name, _unread(name)))

    return rename


def _check(row: type[Row], fields: dict[str, FieldInfo], names: dict[str, str]) -> None:
    """Nothing is misspelt, and nothing that is needed stays unread."""
    (kits,) = [base for base in row.__mro__ if issubclass(base, Row) and Row in base.__bases__]
    for name, spelt in names.items():
        if name not in fields:
            has = ", ".join(name for name in fields if name not in row.readings_.hidden)
            raise TypeError(f"{row.__name__} has no field {name!r}; it has {has}")
        if spelt == _unread(name) and (fields[name].required or name not in kits.__struct_fields__):
            raise TypeError(
                f"{row.__name__} does not say how the venue spells {name!r}: name it with "
                f"@named({name}=...), or, where no reply says it, give it a default in the class"
            )
    for field in _of_the_kit(kits):
        if _may_be_null(fields[field.name].type) and not _may_be_null(field.type):
            raise TypeError(
                f"{row.__name__} says that {field.name!r} may be null, but a model promises that it"
                " is there: declare it as the kit does, so that a reply without it is refused"
            )
    read = names_in(names.values())
    if ITS_VALUE in read and ITS_KEY not in read:
        raise TypeError(
            f"{row.__name__} reads kit.ITS_VALUE, which only members of an object have: say with"
            " kit.ITS_KEY what their key is"
        )
    told = [
        name for name in kits.one_of if names[name] != _unread(name) or _of_its_own(fields[name])
    ]
    fills_itself = _then_of(row) is not None
    if kits.one_of and len(told) < kits.at_least and not fills_itself:
        either = " or ".join(map(repr, kits.one_of))
        raise TypeError(
            f"{row.__name__} does not say how the venue spells {either}: "
            f"name {_COUNTED[kits.at_least]}"
        )


_of_the_kit = cache(msgspec.structs.fields)
"""The fields of a row of the kit's own, whose types are looked up once."""

_COUNTED = {1: "one", 2: "two"}


def _of_its_own(field: FieldInfo) -> bool:
    """Whether the class gave it a value of its own."""
    return field.default is not None and field.default is not msgspec.NODEFAULT


def _may_be_null(kind: Any) -> bool:
    return kind is Any or type(None) in get_args(kind)


def _declared(field: FieldInfo, spelt: str) -> Any:
    if field.required or is_always(spelt):
        return field.name, field.type
    if field.default is not msgspec.NODEFAULT:
        return field.name, field.type, field.default
    return field.name, field.type, msgspec.field(default_factory=field.default_factory)


def _put_later(field: FieldInfo) -> Any:
    """A field that no reply holds under this name; it is filled when the rest was read."""
    kind, name = field.type, _unread(field.name)
    if field.default_factory is not msgspec.NODEFAULT:
        held = msgspec.field(name=name, default_factory=field.default_factory)
    else:
        default = None if field.default is msgspec.NODEFAULT else field.default
        held = msgspec.field(name=name, default=default)
    return field.name, kind, held
