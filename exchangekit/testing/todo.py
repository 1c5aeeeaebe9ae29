"""What is left to write before a venue can pass: a list, in the order in which to write it.

An operation that is not overridden is not supported: that is honest, and the checks of what a
venue may lack leave it at that. But strategies rely on some operations everywhere. While one of
them is missing one test fails with the whole list, and the checks that need it wait. So do they
while the ground is missing that all of them stand on: the signer, the envelope, and the simulated
venue with its own idea of who may come in.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap
from typing import NamedTuple
from urllib.parse import urlsplit

from exchangekit.adapter.authors import NOT_TOLD
from exchangekit.adapter.base import Adapter
from exchangekit.adapter.classify import no_envelope
from exchangekit.adapter.operations import OPERATIONS
from exchangekit.adapter.signing import NoSigner
from exchangekit.testing.subject import Subject

NEEDED = {
    "fetch_time": "the venue's clock; signatures are stamped by it",
    "fetch_markets": "every market with its filters; see kit.listing",
    "fetch_ticker": "last price, best bid and ask of one market",
    "fetch_order_book": "best prices first; declare book_depths",
    "fetch_trades": "the newest public trades, oldest first",
    "fetch_balance": "free and used: the first signed request",
    "create_order": "see limit_orders, market_orders, buy_with_cost",
    "fetch_order": "by either id; elsewhere, too: Call(otherwise=)",
    "cancel_order": "by either id; changes=True, as for a new order",
    "cancel_all_orders": "of one market; or cancel_orders, several by id",
    "fetch_open_orders": "a Page at a time, with a cursor for more",
    "fetch_closed_orders": "what is over, in pages; see by_cursor, by_time",
    "fetch_my_trades": "the account's fills, in pages, too",
    "fetch_order_trades": "the fills of one order",
}
"""The operations that strategies rely on everywhere, in the order in which they build on each
other, and what each is for."""

OPTIONAL = tuple(name for name in OPERATIONS if name not in NEEDED)

_COLUMNS = 79


class Item(NamedTuple):
    """Something to write: the attribute of the class it belongs to, and what it is for. All checks
    wait for what is ``ground``."""

    where: str
    what: str
    operation: str | None = None
    ground: bool = False


def to_do(about: Subject) -> tuple[Item, ...]:
    """What is left, the first thing first; empty once the checks alone can judge."""
    return tuple(_left(about))


def _left(about: Subject) -> Iterator[Item]:
    adapter, simulation = about.adapter, about.sim
    mine = type(adapter).__name__
    if _invalid(adapter.docs):
        yield Item(f"{mine}.docs", "where the venue's documentation is")
    for name, place in adapter.environments.items():
        if _invalid(place.base_url):
            yield Item(f"{mine}.environments", f"the address of {name!r}, which .invalid is not")
    if isinstance(adapter.signer, NoSigner):
        what = "what is signed, and sent where: DeclaredPrehash"
        yield Item(f"{mine}.signer", what, ground=True)
    if type(adapter).error_in is no_envelope:
        what = "the envelope: where a reply says that it failed"
        yield Item(f"{mine}.error_in", what, ground=True)
    if not adapter.errors.codes:
        yield Item(f"{mine}.errors", "the venue's error codes and what they mean")
    if simulation is not None:
        yield from _of_the_simulation(simulation)
    has = adapter.operations()
    for operation, what in NEEDED.items():
        instead = operation == "cancel_all_orders" and "cancel_orders" in has
        if operation not in has and not instead:
            yield Item(f"{mine}.{operation}", what, operation)
    if "fetch_ohlcv" in has and not adapter.capabilities.timeframes:
        yield Item(f"{mine}.capabilities", "timeframes, for fetch_ohlcv")
    if _is_not_told(adapter):
        yield Item("README.md", "the venue's page: keys, limits, what is missing")


def _of_the_simulation(simulation: type) -> Iterator[Item]:
    from exchangekit.sim import Dialect

    theirs = simulation.__name__
    if not simulation().routes():
        what = "how the venue answers: the checks ask it"
        yield Item(f"{theirs}.routes", what, ground=True)
    if getattr(simulation, "authenticate", None) is Dialect.authenticate:
        what = "who may come in: signatures, from raw bytes"
        yield Item(f"{theirs}.authenticate", what, ground=True)


def _invalid(address: str) -> bool:
    return (urlsplit(address).hostname or "").endswith(".invalid")


def _is_not_told(adapter: Adapter) -> bool:
    """Whether the README beside the adapter's package still is as it was made."""
    file = getattr(sys.modules.get(type(adapter).__module__), "__file__", None)
    if file is None or len(Path(file).parents) < 2:
        return False
    try:
        return NOT_TOLD in Path(file).parents[1].joinpath("README.md").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False


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
        if item.ground or item.operation in lacked:
            return item.where
    return None
