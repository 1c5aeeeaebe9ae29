"""The newest fills and orders are found even where the venue keeps them on an older page."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest
from support.stepper import Stepper, policy
from support.toy import ToyAdapter

from exchangekit import InvalidInput
from exchangekit.adapter import Listing, Page
from exchangekit.adapter.request import Call, Reply, Request
from exchangekit.hookspecs import new_manager
from exchangekit.models import Order
from exchangekit.models.markets import index
from exchangekit.operations import Connection, Hooks
from exchangekit.operations.history import _collect
from exchangekit.operations.raw import Raw


class Paged(Connection):
    """Pages by cursor, the newest first; the first one may be empty (a store of recent days)."""

    pages: tuple[tuple[str, ...], ...] = ((), ("9", "8"), ("7", "6"))

    def __init__(self) -> None:
        super().__init__(policy(ToyAdapter()), Hooks(new_manager()), "live")
        self.asked: list[str | None] = []

    def call(
        self,
        operation: str,
        call: Any,
        *,
        client_order_id: str | None = None,
        serving: str | None = None,
    ) -> Generator[Any, Any, Any]:
        return call.parse(Reply(200, {}, b""))
        yield

    def page(self, asked: Listing) -> Call[Page[Order]]:
        self.asked.append(asked.cursor)
        at = int(asked.cursor or 0)
        items = tuple(Order(symbol="A/B", id=name) for name in self.pages[at])
        following = str(at + 1) if at + 1 < len(self.pages) else None
        return Call(Request(method="GET", path="/"), lambda reply: Page(items, following))


@pytest.mark.parametrize(
    ("limit", "found", "asked"),
    [
        (None, ["8", "9"], [None, "1"]),
        (2, ["8", "9"], [None, "1"]),
        (3, ["7", "8", "9"], [None, "1", "2"]),
        (9, ["6", "7", "8", "9"], [None, "1", "2"]),
    ],
)
def test_the_newest_are_looked_for_until_there_are_enough(
    limit: int | None, found: list[str], asked: list[str | None]
) -> None:
    history = Paged()
    flow = _collect(history, "fetch_closed_orders", Listing(index(())), history.page, limit=limit)
    rows = Stepper().run(flow)
    assert [row.id for row in rows] == found
    assert history.asked == asked


def test_a_venue_that_takes_everything_in_the_query_gets_no_body() -> None:
    made = Raw(Connection(policy(ToyAdapter()), Hooks(new_manager()), "live"))
    with pytest.raises(InvalidInput, match="query"):
        Stepper().run(made.raw_request("POST", "/any", body={"a": 1}))
    with pytest.raises(InvalidInput, match="timestamp"):
        Stepper().run(made.raw_request("GET", "/any", {"timestamp": 1}))
