"""What is left to write before a venue can pass: a list, in the order in which to write it.

An operation that is not overridden is not supported: that is honest, and the checks of what a
venue may lack leave it at that. But strategies rely on some operations everywhere. While one of
them is missing one test fails with the whole list, and the checks that need it wait.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import NamedTuple
from unittest import mock
from urllib.parse import urlsplit

from exchangekit.adapter.base import OPERATIONS, Adapter
from exchangekit.errors import Unsupported
from exchangekit.operations.base import OperationsBase
from exchangekit.testing.subject import Subject

NEEDED = {
    "fetch_time": "the venue's clock in UTC, which signatures are stamped by",
    "fetch_status": "whether the venue works; without a page for it, any cheap question",
    "fetch_markets": "every spot market with its steps and limits, by markets.read_markets",
    "fetch_ticker": "the last price and the best bid and ask of one market",
    "fetch_order_book": "bids and asks, best first; declare capabilities.book_depths",
    "fetch_trades": "the newest public trades, oldest first",
    "fetch_balance": "what the account holds, free and used: the first signed request",
    "create_order": "declare capabilities.limit_orders, market_orders and buy_with_cost",
    "fetch_order": "one order by the venue's id or by the client order id",
    "cancel_order": "by either id; say changes=True, as for a new order",
    "cancel_all_orders": "all open orders of one market; or cancel_orders, several by their ids",
    "fetch_open_orders": "a Page at a time, with a cursor for more",
    "fetch_closed_orders": "what is over, a Page at a time; without a cursor, by paging.by_time",
    "fetch_my_trades": "the account's fills, in pages like the orders",
    "fetch_order_trades": "the fills of one order",
}
"""The operations that strategies rely on everywhere, in the order in which they build on each
other, and what each is for."""

OPTIONAL = tuple(name for name in OPERATIONS if name not in NEEDED)


class Item(NamedTuple):
    """Something to write: the attribute of the class it belongs to, and what it is for."""

    where: str
    what: str
    operation: str | None = None


def to_do(about: Subject) -> tuple[Item, ...]:
    """What is left, the first thing first; empty once the checks alone can judge."""
    return tuple(_left(about))


def _left(about: Subject) -> Iterator[Item]:
    adapter, simulation = about.adapter, about.sim
    mine = type(adapter).__name__
    for name, place in adapter.environments.items():
        if (urlsplit(place.base_url).hostname or "").endswith(".invalid"):
            yield Item(
                f"{mine}.environments", f"the address of {name!r}, instead of {place.base_url}"
            )
    if simulation is not None and not simulation().routes():
        yield Item(f"{simulation.__name__}.routes", "how the venue answers: the checks ask it")
    if not adapter.errors.codes:
        yield Item(f"{mine}.errors", "the venue's error codes and what they mean")
    has = adapter.operations()
    for operation, what in NEEDED.items():
        instead = operation == "cancel_all_orders" and "cancel_orders" in has
        if operation not in has and not instead:
            yield Item(f"{mine}.{operation}", what, operation)
    if "fetch_ohlcv" in has and not adapter.capabilities.timeframes:
        yield Item(f"{mine}.capabilities", "timeframes, for fetch_ohlcv")


def told(about: Subject, items: tuple[Item, ...]) -> str:
    """The list as people read it."""
    many = "1 thing is" if len(items) == 1 else f"{len(items)} things are"
    width = max(len(item.where) for item in items)
    lines = [f"{about.adapter.title}: {many} left to write, in this order.", ""]
    lines += [
        f"{number:3}. {item.where.ljust(width)}  {item.what}"
        for number, item in enumerate(items, start=1)
    ]
    lines += ["", f"Next: write {items[0].where}, then run the tests again."]
    free = [name for name in OPTIONAL if name not in about.adapter.operations()]
    if free:
        lines.append(f"Only where the venue has it: {', '.join(free)}.")
    return "\n".join(lines)


@contextlib.contextmanager
def watched(items: tuple[Item, ...]) -> Iterator[list[str]]:
    """The operations that are asked for inside the block and are not there, while anything is on
    the list."""
    found: list[str] = []
    if not items:
        yield found
        return
    need, unsupported = OperationsBase.need, Adapter._unsupported  # noqa: SLF001

    def needed(self: OperationsBase, operation: str) -> None:
        if operation not in self.adapter.operations():
            found.append(operation)
        need(self, operation)

    def refused(self: Adapter, operation: str) -> Unsupported:
        found.append(operation)
        return unsupported(self, operation)

    with (
        mock.patch.object(OperationsBase, "need", needed),
        mock.patch.object(Adapter, "_unsupported", refused),
    ):
        yield found


def waits_for(asked: list[str], items: tuple[Item, ...]) -> str | None:
    """What on the list a check that failed waits for, by the operations that it asked for; None
    if it waits for nothing: then it found a defect."""
    for item in items:
        if item.where.endswith(".routes") or item.operation in asked:
            return item.where
    return None
