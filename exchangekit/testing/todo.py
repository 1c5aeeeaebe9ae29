"""What is left to write before a venue can pass: a list, in the order in which to write it.

An operation that is not overridden is not supported: that is honest, and the checks of what a
venue may lack leave it at that. But strategies rely on some operations everywhere. While one of
them is missing one test fails with the whole list, and the checks that need it wait.
"""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap
from typing import NamedTuple
from urllib.parse import urlsplit

from exchangekit.adapter.operations import OPERATIONS
from exchangekit.testing.subject import Subject

NEEDED = {
    "fetch_time": "the venue's clock, which signatures are stamped by",
    "fetch_markets": "every market with its filters; see markets.listing",
    "fetch_ticker": "last price, best bid and ask of one market",
    "fetch_order_book": "best prices first; declare book_depths",
    "fetch_trades": "the newest public trades, oldest first",
    "fetch_balance": "free and used: the first signed request",
    "create_order": "declare limit_orders, market_orders, buy_with_cost",
    "fetch_order": "by the venue's id or by the client order id",
    "cancel_order": "by either id; changes=True, as for a new order",
    "cancel_all_orders": "of one market; or cancel_orders, several by id",
    "fetch_open_orders": "a Page at a time, with a cursor for more",
    "fetch_closed_orders": "what is over, in pages; see paging",
    "fetch_my_trades": "the account's fills, in pages, too",
    "fetch_order_trades": "the fills of one order",
}
"""The operations that strategies rely on everywhere, in the order in which they build on each
other, and what each is for."""

OPTIONAL = tuple(name for name in OPERATIONS if name not in NEEDED)


_COLUMNS = 79


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
            yield Item(f"{mine}.environments", f"the address of {name!r}, not {place.base_url}")
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
    """The list as people read it, in a terminal of 80 columns."""
    adapter = type(about.adapter).__name__
    many = "1 thing is" if len(items) == 1 else f"{len(items)} things are"
    names = [item.where.removeprefix(f"{adapter}.") for item in items]
    width = max(map(len, names))
    lines = [f"{about.adapter.title}: {many} left to write in {adapter}, in this order.", ""]
    lines += [
        f"{number:3}. {name.ljust(width)}  {item.what}"
        for number, (name, item) in enumerate(zip(names, items, strict=True), start=1)
    ]
    lines += ["", f"Next: write {items[0].where}, then run the tests again."]
    free = [name for name in OPTIONAL if name not in about.adapter.operations()]
    if free:
        lines += wrap(f"Only where the venue has it: {', '.join(free)}.", _COLUMNS)
    return "\n".join(lines)


def waits_for(lacked: list[str], items: tuple[Item, ...]) -> str | None:
    """What on the list a check that failed waits for, by the operations that it asked for and
    that are not there; None if it waits for nothing: then it found a defect."""
    for item in items:
        if item.where.endswith(".routes") or item.operation in lacked:
            return item.where
    return None
