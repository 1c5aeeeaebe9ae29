"""The frame of OKX's replies: rows in ``data``, "" for what is not there."""

from typing import Any, Generic, TypeVar

from msgspec import Struct

from exchangekit.models.enums import Side

T = TypeVar("T")

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
