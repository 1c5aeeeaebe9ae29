"""15 Sync = async: the same bytes go out, the same results come back."""

from __future__ import annotations

import inspect
from decimal import Decimal
from typing import Any

from exchangekit.adapter.operations import EXCHANGE_OPERATIONS
from exchangekit.errors import ExchangeError, OrderNotFound
from exchangekit.exchange import Exchange, SyncExchange
from exchangekit.models.base import Model
from exchangekit.testing.check import check
from exchangekit.testing.checks.tour import read_everything, trade_everything
from exchangekit.testing.rig import Rig
from exchangekit.testing.runs import on_sim


def _bytes(rig: Rig) -> list[tuple[Any, ...]]:
    return [(one.outgoing.method, *_out(one)) for one in rig.sent]


def _out(sent: Any) -> tuple[Any, ...]:
    return (sent.outgoing.target, sent.outgoing.headers, sent.outgoing.body)


def _session(rig: Rig) -> dict[str, Any]:
    seen = {**read_everything(rig), **trade_everything(rig)}
    try:
        name = "neverwas1"
        rig.plainly("cancel_order", rig.market, None, name, client_order_id=name)
    except ExchangeError as error:
        seen["error"] = (type(error), str(error), error.code, error.outcome)
    return seen


@check(15, "sim")
def a_whole_session_is_the_same_byte_for_byte(rig: Rig) -> None:
    other = "async" if rig.mode == "sync" else "sync"
    mine, sent = _session(rig), _bytes(rig)
    with on_sim(rig.subject, other) as twin:  # type: ignore[arg-type]
        assert _session(twin) == mine
        assert _bytes(twin) == sent
    assert len(sent) > 15
    assert mine["error"][0] in (OrderNotFound, *OrderNotFound.__subclasses__())


@check(15)
def a_whole_session_is_as_it_was_recorded(rig: Rig) -> None:
    """Recorded sync, replayed sync and async: one that sends other bytes finds no answer."""
    seen = _session(rig)
    rig.note("results", {name: _plain(value) for name, value in sorted(seen.items())})


def _plain(value: Any) -> Any:
    """`value` as plain text, lists and mappings, the same on every machine."""
    if isinstance(value, Model):
        pairs = [(name, getattr(value, name)) for name in type(value).model_fields]
        return {name: _plain(held) for name, held in pairs if held is not None and name != "source"}
    if isinstance(value, dict):
        return {str(name): _plain(held) for name, held in value.items()}
    if isinstance(value, (frozenset, set)):
        return sorted(map(str, value))
    if isinstance(value, (tuple, list)):
        return [_plain(held) for held in value]
    return format(value, "f") if isinstance(value, Decimal) else str(value)


@check(15)
def both_kinds_have_the_same_operations_with_the_same_arguments(rig: Rig) -> None:
    for name in EXCHANGE_OPERATIONS:
        ours, theirs = (inspect.signature(getattr(kind, name)) for kind in (SyncExchange, Exchange))
        assert ours.parameters.keys() == theirs.parameters.keys(), name
