"""What every unified model shares: frozen, exact, comparable, with the venue's own data in reach.

Models that users make are validated by pydantic. Models that parsers make from values which are
already typed are built by `trusted`, which skips the second validation; a test proves that both
give equal models.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from inspect import Parameter, Signature
from typing import Any, ClassVar, TypeVar, cast

import msgspec
from pydantic import BaseModel, ConfigDict, Field, model_validator

from exchangekit.errors import BadReply
from exchangekit.excerpts import excerpt
from exchangekit.models.numbers import read_exact

_generic = msgspec.json.Decoder(float_hook=read_exact)


class Source:
    """What a model came from: the JSON of its row, or of a reply and its place in there. Decoded
    only when somebody looks."""

    __slots__ = ("body", "path")

    def __init__(self, body: bytes, *path: str | int) -> None:
        self.body = body
        self.path = path

    def decode(self) -> Any:
        """The venue's JSON for the model, numbers exact. Raises BadReply where what nobody read
        until now is broken."""
        try:
            value: Any = _generic.decode(self.body)
            for step in self.path:
                value = value[step]
        except (ValueError, RecursionError, LookupError, TypeError) as problem:
            why = str(problem) or "nested too deeply"
            raise BadReply(f"the venue's own JSON cannot be read ({excerpt(why)})") from None
        return value


class _Signature:
    """The arguments of a model, for `help` and editors, told before its validator is built."""

    def __get__(self, made: object, model: type[BaseModel]) -> Signature:
        return Signature(
            [
                Parameter(
                    name,
                    Parameter.KEYWORD_ONLY,
                    default=Parameter.empty if field.is_required() else field.get_default(),
                    annotation=field.annotation,
                )
                for name, field in model.model_fields.items()
            ],
            return_annotation=None,
        )


class Model(BaseModel):
    """A frozen value. Two are equal when their fields are, wherever they came from."""

    # Most programs make few of these themselves: a validator is built when the first one is made.
    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True
    )

    source: Source | None = Field(default=None, exclude=True, repr=False)

    beside: ClassVar[frozenset[str]] = frozenset({"source"})
    """Fields that say where it comes from: two that say the same are equal."""

    __signature__ = _Signature()

    @model_validator(mode="before")
    @classmethod
    def _no_floats(cls, data: Any) -> Any:
        if isinstance(data, dict):
            for name, value in data.items():
                if isinstance(value, float):
                    raise ValueError(f"{name} is a float, which is not exact: use Decimal or str")
        return data

    @property
    def raw(self) -> Any:
        """The venue's own JSON for this object (numbers exact), or None if made by hand."""
        return None if self.source is None else self.source.decode()

    def _values(self) -> tuple[Any, ...]:
        data = self.__dict__
        beside = self.beside
        return tuple(data[name] for name in type(self).model_fields if name not in beside)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash((type(self), *map(_hashable, self._values())))


class Told(Model):
    """What a venue told: by which ``venue``, of which ``account`` (None for the default one, and
    for what was made by hand)."""

    venue: str | None = Field(default=None, repr=False)
    account: str | None = Field(default=None, repr=False)

    beside: ClassVar[frozenset[str]] = frozenset({"source", "venue", "account"})
    inner: ClassVar[tuple[str, ...]] = ()
    """Fields that hold more of the kind."""


def told_by(told: Any, venue: str, account: str | None) -> None:
    """Write who told it into a fresh `Told`, or into all of a tuple or a mapping of them."""
    if isinstance(told, Told):
        held = told.__dict__
        held["venue"], held["account"] = venue, account
        for name in told.inner:
            told_by(held[name], venue, account)
    elif isinstance(told, Mapping):
        _all_told_by(told.values(), venue, account)
    elif isinstance(told, tuple) and told and isinstance(told[0], Told):
        _all_told_by(told, venue, account)


def _all_told_by(each: Iterable[Any], venue: str, account: str | None) -> None:
    last, is_plain = None, False
    for one in each:
        kind = type(one)
        if kind is not last:
            last, is_plain = kind, issubclass(kind, Told) and not kind.inner
        if is_plain:
            held = one.__dict__
            held["venue"], held["account"] = venue, account
        else:
            told_by(one, venue, account)


def _hashable(value: Any) -> Any:
    return tuple(sorted(value.items())) if isinstance(value, Mapping) else value


M = TypeVar("M", bound=Model)


def trusted(model: type[M]) -> type[M]:
    """A constructor of `model` for values that are already right: no validation, 5 times faster.

    The result is called with the model's own keywords, and type checkers see it as the model.
    """
    signature, defaults = [], {}
    for name, field in model.model_fields.items():
        if field.is_required():
            signature.append(name)
        else:
            defaults[f"default_{name}"] = field.get_default(call_default_factory=True)
            signature.append(f"{name}=default_{name}")
    values = {name: name for name in model.model_fields}
    return cast("type[M]", _builder(model, f"*, {', '.join(signature)}", values, defaults))


def trusted_row(model: type[M], given: str, or_none: str) -> Callable[..., M]:
    """A constructor of `model` whose values are those of a row, under the same names: ``make(row,
    source=..., symbol=...)``. Those of ``given`` (blanks between) are passed, 0 is None for those
    of `or_none`. `venue` and `account` are told later.

    Passing thirty keywords takes as long as all the rest. Raises TypeError for names of no field.
    """
    passed, zeros = given.split(), or_none.split()
    unknown = {*passed, *zeros} - set(model.model_fields)
    if unknown or not {*passed}.isdisjoint(zeros):
        raise TypeError(f"{model.__name__} has no field {unknown or 'that is passed and copied'}")
    values = {name: f"row.{name}" for name in model.model_fields}
    values |= {name: f"row.{name} or None" for name in zeros}
    values |= {name: name for name in passed} | {"venue": "None", "account": "None"}
    return _builder(model, f"row, *, {', '.join(passed)}", values, {})


def _builder(
    model: type[M], signature: str, values: Mapping[str, str], scope: dict[str, Any]
) -> Callable[..., M]:
    """The function that makes a `model` of the expressions `values`."""
    scope |= {
        "new": object.__new__,
        "model": model,
        "names": set(model.model_fields),  # one for all: whoever copies a model copies it
        "hold": BaseModel.__dict__["__dict__"].__set__,
        "know": BaseModel.__pydantic_fields_set__.__set__,  # type: ignore[attr-defined]
        "extend": BaseModel.__pydantic_extra__.__set__,  # type: ignore[union-attr]
        "hide": BaseModel.__pydantic_private__.__set__,  # type: ignore[union-attr]
    }
    items = ", ".join(f"{name!r}: {value}" for name, value in values.items())
    code = (
        f"def build({signature}):\n"
        "    made = new(model)\n"
        f"    hold(made, {{{items}}})\n"
        "    know(made, names)\n"
        "    extend(made, None)\n"
        "    hide(made, None)\n"
        "    return made\n"
    )
    exec(code, scope)  # noqa: S102 - the text is made of field names of our own models
    build: Callable[..., M] = scope["build"]
    build.__name__ = f"trusted_{model.__name__}"
    return build
