"""After a restart: what the journal left open is found out, one change after another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exchangekit.errors import ConfigurationError, ExchangeError, InvalidInput
from exchangekit.models.orders import MyTrade, Resolution
from exchangekit.models.recovery import Reconciled
from exchangekit.operations.interface import Operations
from exchangekit.runtime.effects import Flow
from exchangekit.runtime.journal import Recorded, Sending


def open_in(journal: Any) -> tuple[Recorded, ...]:
    """What `journal` holds without an end. Raises ConfigurationError for one that cannot tell, and
    JournalError for one that cannot be read."""
    journal = getattr(journal, "journal", journal)
    tell = getattr(journal, "open_intents", None)
    if tell is None:
        held = "no journal" if journal is None else "a journal without open_intents()"
        raise ConfigurationError(
            f"there is nothing to reconcile with: this exchange has {held}. See connect(journal=…)"
        )
    found: tuple[Recorded, ...] = tell()
    return found


def reconciliation(
    served: Operations, recorded: Sequence[Recorded]
) -> Flow[tuple[Reconciled, ...]]:
    """What each of `recorded` came to. Those of other accounts in the same journal are left out."""
    made = []
    for one in recorded:
        sent = Sending(one.intent, one.attempts, one.fence, one.margin, one.began)
        about = {
            "operation": one.intent.operation,
            "request": one.intent.change,
            "written": one.written,
        }
        try:
            told = yield from served.resolve(sent)
        except InvalidInput:
            continue
        except ExchangeError as problem:
            made.append(Reconciled(**about, problem=problem.message))
        else:
            fills = yield from _fills(served, told)
            made.append(Reconciled(**about, resolution=told, fills=fills))
    return tuple(made)


def _fills(served: Operations, told: Resolution) -> Flow[tuple[MyTrade, ...]]:
    order = told.order
    if order is None or order.id is None or not order.filled:
        return ()
    try:
        return (yield from served.fetch_order_trades(order.id, order.symbol))
    except ExchangeError:
        return ()  # what became of the order is known all the same
