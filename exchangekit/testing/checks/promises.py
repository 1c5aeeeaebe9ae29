"""7 Promises: a field has the type that its model says; what is required is never None.

Parsers build models without a second validation, so what a venue leaves out, or a row does not
name, could become a None that strategies are promised never to see.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from exchangekit.adapter.request import Page, Reply
from exchangekit.errors import ExchangeError
from exchangekit.models.base import Model
from exchangekit.models.market_data import Candle
from exchangekit.testing.check import check
from exchangekit.testing.checks.tour import read_everything, trade_everything
from exchangekit.testing.rig import Rig
from exchangekit.testing.surgery import Place, at, decoded, scalars, with_value, written

_PLACES = 60
"""So many values of a reply are taken out of it, one after another."""


def _parts(value: Any) -> Iterator[Any]:
    """Every model and every candle inside a result."""
    if isinstance(value, Model):
        yield value
        value = [getattr(value, name) for name in type(value).model_fields if name != "source"]
    elif isinstance(value, Candle):
        yield value
        return
    elif isinstance(value, Page):
        value = value.items
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple, frozenset)):
        for item in value:
            yield from _parts(item)


def _kept(where: str, result: Any) -> None:
    for part in _parts(result):
        values = part._asdict() if isinstance(part, Candle) else dict(part.__dict__)
        try:
            TypeAdapter(type(part)).validate_python(values, strict=True)
        except ValidationError as broken:
            first = broken.errors()[0]
            field = ".".join(map(str, first["loc"]))
            raise AssertionError(
                f"{where}: {type(part).__name__}.{field} is {first['input']!r}: {first['msg']}"
            ) from None


@check(7, "sim")
def every_field_has_the_type_that_its_model_promises(rig: Rig) -> None:
    for operation, result in {**read_everything(rig), **trade_everything(rig)}.items():
        _kept(operation, result)


@check(7, "sim")
def what_a_venue_leaves_out_never_makes_none_of_what_is_promised(rig: Rig) -> None:
    """Each value of each reply is null, and then is not there at all: it may be refused."""
    read_everything(rig)
    trade_everything(rig)
    newest = {sent.operation: sent for sent in rig.sent if sent.call is not None}
    for operation, sent in newest.items():
        assert sent.call is not None
        for place in _places(sent.reply):
            for spoilt in (with_value(sent.reply, place, None), _without(sent.reply, place)):
                try:
                    read = sent.call.parse(spoilt)
                except ExchangeError:
                    continue
                _kept(f"{operation} without {'.'.join(map(str, place))}", read)


def _places(reply: Reply) -> list[Place]:
    """Of each list only its first item: the others are alike."""
    found = [place for place, _ in scalars(decoded(reply))]
    return [place for place in found if not any(isinstance(one, int) and one for one in place)][
        :_PLACES
    ]


def _without(reply: Reply, place: Place) -> Reply:
    body = decoded(reply)
    if not place:
        return replace(reply, body=b"")
    del at(body, place[:-1])[place[-1]]
    return replace(reply, body=written(body).encode())
