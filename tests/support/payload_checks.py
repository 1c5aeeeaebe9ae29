"""What is checked alike of every venue's real answers; each `test_payloads_…` says the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from exchangekit import errors as e
from exchangekit.adapter import Adapter, Call, Reply
from exchangekit.adapter.classify import classify
from exchangekit.errors import ExchangeError
from exchangekit.models import LimitOrder, Market, Side
from exchangekit.models.markets import Markets, index
from support.payloads import Row, files, label, rows
from support.validated import check_validated

OTHER = "another endpoint than the ones the adapter asks: "

Kinds = tuple[type[ExchangeError], ...]


def groups(*unknown: type[ExchangeError]) -> dict[str, Kinds]:
    """Which classes the groups of errors.md are; `unknown` are those of the unknown outcomes."""
    return {
        "authentication": (e.AuthenticationError,),
        "clock": (e.ClockSkew,),
        "authorization": (e.AuthorizationError,),
        "rate limit": (e.RateLimited,),
        "insufficient funds": (e.InsufficientFunds,),
        "invalid order": (e.InvalidOrder,),
        "order not found / wrong state": (e.OrderNotFound,),
        "duplicate client id": (e.DuplicateClientOrderId,),
        "maintenance / unavailable": (e.VenueUnavailable,),
        "UNKNOWN OUTCOME (never treat as failed)": unknown,
        "bad request / symbol": (e.BadRequest, e.UnknownSymbol),
    }


def markets_named(pairs: Iterable[tuple[str, str]], between: str = "") -> Markets:
    """Markets with nothing but their names, which the venue writes with `between` in the middle."""
    return index(
        tuple(
            Market(symbol=f"{base}/{quote}", id=base + between + quote, base=base, quote=quote)
            for base, quote in pairs
        )
    )


def asked(client_order_id: str | None = "asked1") -> LimitOrder:
    """The order to which an answer to a new one belongs."""
    return LimitOrder(
        symbol="BTC/USDT",
        side=Side.BUY,
        amount=Decimal(1),
        price=Decimal(2),
        client_order_id=client_order_id,
    )


def read(adapter: Adapter, row: Row, whole: bytes, call: Call[Any]) -> Any:
    """What the kit makes of an answer that is no error; `whole` is its body in the envelope."""
    reply = Reply(row["http_status"] or 200, {}, whole)
    assert classify(adapter.errors, reply, adapter.error_in(reply, call.request)) is None
    made = call.parse(reply)
    check_validated(made)
    return made


def last_name(row: Row) -> str:
    """What a row is called in its folder."""
    return label(row).rpartition("/")[2]


def written(number: Decimal | None) -> str:
    assert number is not None
    return format(number, "f")


def recent(*times: datetime | None) -> None:
    for time in times:
        assert time is not None
        assert time.tzinfo is UTC
        assert datetime(2009, 1, 1, tzinfo=UTC) < time < datetime(2030, 1, 1, tzinfo=UTC)


def none_is_left_out_in_silence(
    venue: str, read: set[str], failed: set[str], left_out: Mapping[str, str]
) -> None:
    """Each file is read, raises its error, or has a reason: what is printed is the count."""
    assert read | failed | set(left_out) == files(venue) == {row["file"] for row in rows(venue)}
    assert not (read | failed) & set(left_out)
    print(f"{venue}: {len(read)} parsed, {len(failed)} right errors, {len(left_out)} left out")
    for file, reason in left_out.items():
        print(f"  {file}: {reason}")
