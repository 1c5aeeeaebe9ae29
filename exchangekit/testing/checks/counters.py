"""12 Counters: what a request weighs, and in which limit, is what the venue counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from exchangekit.adapter.lists import Listing
from exchangekit.adapter.request import Call, Cost, LimitScope
from exchangekit.errors import ExchangeError, RateLimited
from exchangekit.operations import Connection
from exchangekit.testing.check import check
from exchangekit.testing.checks.tour import descriptions, has
from exchangekit.testing.rig import Rig

_DEPTHS = 12
"""So many of the depths of a book are tried, the shallowest and the deepest among them."""

Counter = tuple[str, str]
Slot = tuple[str, str, str]


def _every(rig: Rig) -> Iterator[tuple[str, Callable[[], Call[Any]]]]:
    """Each operation, and those that weigh more when they are asked for more."""
    yield from descriptions(rig)
    depths = rig.capabilities.book_depths
    for depth in sorted({*depths[:: -(-len(depths) // _DEPTHS)], depths[-1]}):
        yield "fetch_order_book", partial(rig.adapter.fetch_order_book, rig.market, depth)
    markets = rig.exchange.load_markets()
    if has(rig, "fetch_open_orders") and "fetch_open_orders" not in rig.capabilities.needs_symbol:
        yield "fetch_open_orders", partial(rig.adapter.fetch_open_orders, Listing(markets))


def _each(rig: Rig) -> Iterator[tuple[str, Call[Any]]]:
    """Each request of each of them: one operation may ask at a second endpoint."""
    for name, describe in _every(rig):
        call: Call[Any] | None = describe()
        while call is not None:
            yield name, replace(call, otherwise=None)
            call = call.otherwise


def _counted(rig: Rig, name: str, call: Call[Any]) -> dict[Slot, dict[str, Any]]:
    """What the venue counted for this one request."""
    for _ in range(5):
        rig.control.limits(clear=True)
        before = len(rig.sent)
        with suppress(ExchangeError):  # what is refused was counted before
            rig.run(partial(Connection.call, operation=name, call=call))
        if len(rig.sent) == before + 1:  # the clock was not asked meanwhile
            counts = rig.control.counts()
            held = [one for one in counts if one["used"]]  # some take back what they refused
            return {(one["name"], one["subject"], one["endpoint"]): one for one in held}
    raise AssertionError(f"{name} is never sent alone")


def _as_narrow(cost: Cost, count: dict[str, Any]) -> bool:
    """Whether who obeys `cost` cannot exceed what the venue counts in."""
    if count["scope"] == "ip" and cost.scope is not LimitScope.IP:
        return False
    windows: int = -(-count["window_ms"] // round(cost.seconds * 1000))
    return bool(windows * (cost.limit // cost.weight) <= count["limit"] // count["used"])


def _told(cost: Cost) -> str:
    return f"{cost.weight} of {cost.limit} in {cost.seconds} s ({cost.counter})"


@check(12, "sim")
def no_limit_is_taken_for_wider_than_the_venue_counts_it(rig: Rig) -> None:
    for name, call in _each(rig):
        for count in _counted(rig, name, call).values():
            said = "; ".join(map(_told, call.request.costs)) or "nothing"
            assert any(_as_narrow(cost, count) for cost in call.request.costs), (
                f"{name} weighs {count['used']} of {count['limit']} in"
                f" {count['window_ms'] / 1000} s in the venue's limit {count['name']}"
                f" by {count['scope']}; declared: {said}"
            )


@check(12, "sim")
def a_limit_is_used_up_without_a_request_that_the_venue_refuses(rig: Rig) -> None:
    """Under whatever status it says that: some say it under HTTP 200."""
    counts = _counted(rig, "fetch_balance", rig.describe("fetch_balance")).values()
    if not counts:
        return  # this venue counts nothing
    for _ in range(min(one["limit"] // one["used"] for one in counts) + 3):
        try:
            rig.exchange.fetch_balance()
        except RateLimited:  # the kit's own word, or the venue's, which the venue knows
            rig.wait(5)
    refused = [one["operation"] for one in rig.control.requests() if one["over_limit"]]
    assert refused == []


@check(12, "sim")
def what_the_venue_counts_together_is_counted_together(rig: Rig) -> None:
    """Else each keeps to the limit, and all of them exceed it."""
    shared: dict[Slot, tuple[str, set[Counter]]] = {}
    for name, call in _each(rig):
        for slot, count in _counted(rig, name, call).items():
            mine = {(c.counter, str(c.scope)) for c in call.request.costs if _as_narrow(c, count)}
            other, theirs = shared.get(slot, (name, mine))
            both = mine & theirs
            assert both, f"{name} and {other} count together in the venue's limit {slot[0]}"
            shared[slot] = (name, both)
