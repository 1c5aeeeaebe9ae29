"""Entries of a journal to and from plain values: text, numbers and JSON.

Amounts are text with all their digits, times are UTC in ISO 8601. What is written is what the kit
itself knows: the request as it was asked for, the order as it was read, and of an error its kind
and its words without long tokens. No reply as it came, no key, no signature.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from exchangekit.adapter.credentials import AccountId
from exchangekit.errors import ExchangeError, ExchangeKitError, Outcome
from exchangekit.excerpts import excerpt
from exchangekit.models.base import Model
from exchangekit.models.numbers import plain
from exchangekit.models.orders import (
    CancelAllRequest,
    CancelReport,
    CancelRequest,
    Change,
    LimitOrder,
    MarketBuyWithCost,
    MarketOrder,
    Order,
)
from exchangekit.runtime.journal import Asked, Ended, Entry, Intent, MovedOn, Recorded, Sending

OPEN, DONE, UNKNOWN = "open", "done", Outcome.UNKNOWN.value
_CHANGES: dict[str, type[Model]] = {
    kind.__name__: kind
    for kind in (LimitOrder, MarketOrder, MarketBuyWithCost, CancelRequest, CancelAllRequest)
}
_RESULTS: dict[str, type[Model]] = {kind.__name__: kind for kind in (Order, CancelReport)}
_MICROSECOND = timedelta(microseconds=1)
_MOST_WORDS = 400

Values = dict[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as it is stored: what is intended, and what is new about it."""

    intent: Values
    news: Values
    sends: bool
    tries: AccountId | None = None
    among: tuple[AccountId, ...] = ()
    within: str | None = None
    closes: bool = False
    asks: bool = False
    knows: int | None = None
    at: str = field(default_factory=lambda: stamp(datetime.now(UTC)))


def line_of(entry: Entry) -> Line:
    """`entry` in plain values. Raises nothing for what the kit makes."""
    if isinstance(entry, Sending):
        return Line(
            _intent(entry.intent),
            _sending(entry),
            sends=True,
            tries=entry.at,
            among=entry.among,
            within=None if entry.within is None else entry.within.uid,
        )
    if isinstance(entry, Asked):
        return Line(_intent(entry.intent), {}, sends=False, among=entry.among, asks=True)
    if isinstance(entry, MovedOn):
        within = entry.within.uid
        return Line(_intent(entry.intent), {}, sends=False, within=within, closes=True)
    return Line(_intent(entry.intent), _ended(entry), sends=False, knows=entry.attempt)


def recorded(row: Mapping[str, Any], tried: tuple[AccountId, ...] = ()) -> Recorded:
    """What the stored values of one intent say. Raises ValueError for what is none."""
    account = account_in(row)
    change = _model(row["change"], _CHANGES)
    result = None if row["result"] is None else _model(row["result"], _RESULTS)
    state = row["state"]
    margin = row["margin_us"]
    return Recorded(
        intent=Intent(account, row["operation"], cast("Change", change), row["uid"]),
        attempts=row["attempts"],
        fence=_moment(row["fence"]),
        margin=None if margin is None else margin * _MICROSECOND,
        began=_moment(row["began"]),
        ended=state != OPEN,
        outcome=None if state in (OPEN, DONE) else Outcome(state),
        order_id=row["order_id"],
        result=cast("Order | CancelReport | None", result),
        error=row["error"],
        written=datetime.fromisoformat(row["written"]),
        updated=datetime.fromisoformat(row["updated"]),
        tried=tried,
    )


def account_in(row: Mapping[str, Any]) -> AccountId:
    """The account that a row's columns name."""
    return AccountId(
        row["venue"], row["environment"], row["base_url"], row["account"], row["key_digest"]
    )


def columns_of(account: AccountId) -> Values:
    """An account as columns of a row."""
    return {
        "venue": account.venue,
        "environment": account.environment,
        "base_url": account.base_url,
        "account": _text(account.account),
        "key_digest": account.key_digest,
    }


def among_as_text(accounts: Iterable[AccountId]) -> str | None:
    """Accounts as they are stored with an intent that may be handed to each; None for none."""
    held = [list(columns_of(one).values()) for one in accounts]
    return json.dumps(held, separators=(",", ":")) if held else None


def among_from(text: str | None) -> tuple[AccountId, ...]:
    """`among_as_text`, back."""
    return () if text is None else tuple(AccountId(*one) for one in json.loads(text))


def stamp(moment: datetime) -> str:
    """A moment as text of one length, which sorts as the moments do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _intent(intent: Intent) -> Values:
    account, change = intent.account, intent.change
    name = None if isinstance(change, CancelAllRequest) else change.client_order_id
    return {
        "uid": intent.uid,
        **columns_of(account),
        "operation": intent.operation,
        "places": int(intent.places),
        "symbol": _text(change.symbol),
        "client_order_id": _text(name),
        "change": _json(change),
    }


def _sending(entry: Sending) -> Values:
    return {
        "state": OPEN,
        "attempts": entry.attempt,
        "fence": None if entry.fence is None else stamp(entry.fence),
        "margin_us": None if entry.margin is None else entry.margin // _MICROSECOND,
        "began": None if entry.began is None else stamp(entry.began),
    }


def _ended(entry: Ended) -> Values:
    result = entry.result
    return {
        "state": DONE if entry.outcome is None else entry.outcome.value,
        "order_id": _text(result.id) if isinstance(result, Order) else None,
        "result": None if result is None else _json(result),
        "error": None if entry.error is None else _error(entry.error),
    }


def _error(error: BaseException) -> str:
    """Its kind and, where the words are the kit's (keys are masked in them), its words."""
    kind = type(error).__name__
    if not isinstance(error, ExchangeKitError):
        return kind
    words = error.message if isinstance(error, ExchangeError) else str(error)
    return f"{kind}: {_text(excerpt(words, _MOST_WORDS))}"


def _json(model: Model) -> str:
    held = {"kind": type(model).__name__, **model.model_dump(exclude_none=True)}
    return json.dumps(held, default=_plain, separators=(",", ":"))


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime):
        return stamp(value)
    raise TypeError(f"{type(value).__name__} is not written into a journal")


def _model(text: str, kinds: Mapping[str, type[Model]]) -> Model:
    held = json.loads(text)
    kind = kinds.get(held.pop("kind", ""))
    if kind is None:
        raise ValueError("it holds what this version does not know")
    return kind.model_validate(held)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _text(value: str | None) -> str | None:
    """Half a letter, which JSON can hold, cannot be stored as text."""
    return None if value is None else value.encode("utf-8", "backslashreplace").decode()
