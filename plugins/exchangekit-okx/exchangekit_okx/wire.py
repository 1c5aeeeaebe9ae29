"""The frame of OKX's replies: rows in ``data``, "" for what is not there."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from msgspec import Struct

from exchangekit.adapter import Reply
from exchangekit.adapter.decode import decode
from exchangekit.errors import BadReply
from exchangekit.models import Side, Source

T = TypeVar("T")
M = TypeVar("M")

SIDES = {"buy": Side.BUY, "sell": Side.SELL}


class Envelope(Struct):
    code: Any = None
    msg: Any = None


class Data(Struct, Generic[T]):
    data: list[T]


class Row(Struct, rename="camel", gc=False):
    """One element of ``data``: only the fields that are used, named as in the documentation.

    Fields that are "" in ordinary replies are read as text, so that such a reply is decoded once.
    """


class Verdict(Row):
    """What a row of a POST's reply says of itself; of any type, lest an error be missed."""

    s_code: Any = None
    s_msg: Any = None
    sub_code: Any = None

    @property
    def reason(self) -> str:
        said = str(self.s_msg or "")
        return f"{said} (sub-code {self.sub_code})" if self.sub_code else said


def each(kind: type[Data[T]], make: Callable[[T, Source], M], reply: Reply) -> tuple[M, ...]:
    rows = decode(kind, reply).data
    return tuple([make(row, Source(reply.body, "data", at)) for at, row in enumerate(rows)])


def first(kind: type[Data[T]], make: Callable[[T, Source], M], reply: Reply) -> M:
    for row in decode(kind, reply).data:
        return make(row, Source(reply.body, "data", 0))
    raise BadReply("the reply holds no data")
