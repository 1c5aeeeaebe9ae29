"""Ids that carry their venue: ``mexc:8819…``, ``mexc/bot2:8819…`` for an account with a name.

So whoever holds an id knows where its order is, after a restart too, and an id can never be asked
for at another venue.
"""

from __future__ import annotations

from dataclasses import replace as replaced
from typing import Any, TypeVar, cast

from exchangekit.adapter.credentials import AccountId
from exchangekit.errors import DuplicateClientOrderId, ExchangeError, OutcomeUnknown
from exchangekit.models.base import Told
from exchangekit.models.orders import CancelFailure, MyTrade, Order
from exchangekit.runtime.journal import Intent, Sending

T = TypeVar("T")


def key_of(account: AccountId) -> str:
    """How an account is called in ids: its venue, and its name where it has one."""
    return account.venue if account.account is None else f"{account.venue}/{account.account}"


def joined(key: str, id: str) -> str:
    """The id of the venue's `id` at `key`."""
    return f"{key}:{id}"


def split(id: str) -> tuple[str, str] | None:
    """The key and the venue's own id; None for what is no such id."""
    key, colon, rest = id.partition(":")
    return (key, rest) if key and colon and rest else None


def owned(told: T, key: str) -> T:
    """`told`, whose ids are the venue's own, with ids that carry `key`."""
    return cast("T", _owned(told, key))


def _owned(told: Any, key: str) -> Any:
    made: Any = told
    if isinstance(told, Order):
        made = told if told.id is None else told.model_copy(update={"id": joined(key, told.id)})
    elif isinstance(told, (MyTrade, CancelFailure)):
        made = told.model_copy(update={"order_id": joined(key, told.order_id)})
    elif isinstance(told, Told) and told.inner:
        held = {name: owned(getattr(told, name), key) for name in told.inner}
        made = told.model_copy(update=held)
    elif isinstance(told, tuple) and told and isinstance(told[0], Told):
        made = tuple(owned(one, key) for one in told)
    return made


def blamed(
    problem: ExchangeError, key: str, within: Intent | None = None, step: int = 0
) -> ExchangeError:
    """`problem` of the account `key`, with ids that say so; a handle knows the intent that it is a
    part of."""
    if isinstance(problem, DuplicateClientOrderId) and problem.order_id is not None:
        problem.order_id = joined(key, problem.order_id)
    if (
        within is not None
        and isinstance(problem, OutcomeUnknown)
        and isinstance(problem.handle, Sending)
    ):
        problem.handle = replaced(problem.handle, within=within, step=step)
    return problem
