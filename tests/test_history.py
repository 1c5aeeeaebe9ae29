"""Histories of orders and fills: no time that has not come is asked for, no row is dropped for
lack of an id."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from support.stepper import stepping
from support.toy import START, START_MS, Script, reply

from exchangekit.errors import BadReply, InvalidInput
from exchangekit.models import Order

LISTS = ["fetch_closed_orders", "fetch_my_trades"]


@pytest.mark.parametrize("operation", LISTS)
@pytest.mark.parametrize("ahead", [timedelta(minutes=2), timedelta(days=300)])
def test_a_history_from_the_future_is_refused_and_nothing_is_asked(
    operation: str, ahead: timedelta
) -> None:
    script = Script()
    steps, made = stepping(script)
    with pytest.raises(InvalidInput, match=r"since \(.*\) lies in the future") as caught:
        steps.run(getattr(made, operation)("BTC/USDT", START + ahead))
    assert (caught.value.venue, caught.value.operation) == ("toy", operation)
    assert str(START + ahead) in caught.value.message
    assert script.private == []


@pytest.mark.parametrize("operation", LISTS)
def test_the_future_begins_a_minute_ahead_of_the_venues_clock(operation: str) -> None:
    script = Script(standing={"/closed": reply({"rows": []}), "/fills": reply({"rows": []})})
    steps, made = stepping(script)
    steps.run(made.connection.venue_now())  # asks the venue; from here on the clock stands still
    future = steps.run(made.connection.venue_now()) + timedelta(minutes=1)
    with pytest.raises(InvalidInput, match="lies in the future"):
        steps.run(getattr(made, operation)("BTC/USDT", future))
    assert script.private == []
    assert steps.run(getattr(made, operation)("BTC/USDT", future - timedelta(seconds=1))) == ()
    assert len(script.private) == 1


@pytest.mark.parametrize("operation", LISTS)
def test_without_since_no_more_are_asked_for_than_one_call_serves(operation: str) -> None:
    most = 3  # of the toy venue's orders and fills in one call
    script = Script(standing={"/closed": reply({"rows": []}), "/fills": reply({"rows": []})})
    steps, made = stepping(script)
    assert steps.run(getattr(made, operation)("BTC/USDT", limit=most)) == ()
    with pytest.raises(InvalidInput, match=f"limit is {most + 1}, Toy serves at most {most}"):
        steps.run(getattr(made, operation)("BTC/USDT", limit=most + 1))
    assert len(script.private) == 1


@pytest.mark.parametrize(("limit", "pages"), [(None, 1), (1, 1), (2, 2), (3, 3)])
def test_the_newest_cost_no_more_pages_than_it_takes_to_have_enough(
    limit: int | None, pages: int
) -> None:
    answers = [
        reply({"rows": [row(id=str(number), second=-number)], "next": str(number)})
        for number in range(1, 5)
    ]
    script = Script([*answers])
    steps, made = stepping(script)
    assert len(steps.run(made.fetch_closed_orders("BTC/USDT", limit=limit))) == pages
    assert len(script.asked("/closed")) == pages


def row(client: str | None = None, *, id: str = "", second: int = 0, **more: Any) -> dict[str, Any]:
    return {"id": id, "client": client, "at": START_MS + second * 1000, **more}


def listed(*pages: list[dict[str, Any]]) -> list[Any]:
    """The open orders that are made of `pages`."""
    answers = [
        reply({"rows": rows, "next": str(number) if number < len(pages) else None})
        for number, rows in enumerate(pages, 1)
    ]
    steps, made = stepping(Script([*answers]))
    found = steps.run(made.fetch_open_orders())
    assert steps.script.answers == []
    return list(found)


def test_orders_without_an_id_are_recognised_by_their_client_order_id() -> None:
    found = listed([row("a"), row("b", second=1)], [row("b", second=1), row("c", second=2)])
    assert [order.client_order_id for order in found] == ["a", "b", "c"]
    assert [order.id for order in found] == [None] * 3


def test_an_order_with_an_id_is_recognised_by_it_whatever_its_client_order_id() -> None:
    found = listed(
        [row("again", id="1"), row("again", id="2", second=1)],
        [row("again", id="2", second=1), row(None, id="3", second=2)],
    )
    assert [order.id for order in found] == ["1", "2", "3"]


def test_orders_without_any_id_are_kept_apart_from_page_to_page() -> None:
    found = listed([row(), row(second=1)], [row(second=2), row(second=3)], [row(second=4)])
    assert [(order.timestamp - START).total_seconds() for order in found] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("names", [{"id": "7"}, {"client": "mine"}], ids=["id", "client order id"])
def test_the_same_id_in_two_markets_is_two_orders(names: dict[str, str]) -> None:
    both = [row(**names, symbol="BTC/USDT"), row(**names, symbol="ETH/USDT")]
    assert [order.symbol for order in listed(both)] == ["BTC/USDT", "ETH/USDT"]


def test_fills_of_one_order_are_never_taken_for_one_another() -> None:
    fills = [row("mine", order="o"), row("mine", order="o", second=1)]
    steps, made = stepping(Script([reply({"rows": fills})]))
    assert len(steps.run(made.fetch_order_trades("o", "BTC/USDT"))) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"order": "a", "side": "buy"}, {"order": "b", "side": "sell"}),
        ({"order": "a", "side": "buy"}, {"order": "b", "side": "buy"}),
        ({"order": "a", "side": "buy"}, {"order": "a", "side": "sell"}),
    ],
    ids=["two orders of one account", "two orders", "two sides"],
)
def test_fills_that_share_a_trade_are_kept_and_each_is_told_once(
    one: dict[str, str], other: dict[str, str]
) -> None:
    pages = [
        reply({"rows": [row(id="7", **one), row(id="7", **other)], "next": "1"}),
        reply({"rows": [row(id="7", **other), row(id="7", **one)]}),
    ]
    steps, made = stepping(Script([*pages]))
    found = steps.run(made.fetch_my_trades("BTC/USDT", START - timedelta(seconds=1)))
    assert len(found) == 2
    assert {(fill.order_id, fill.side) for fill in found} == {
        (said["order"], said["side"]) for said in (one, other)
    }


def test_fills_whose_trade_has_no_id_are_never_taken_for_repeats() -> None:
    fills = [row(id="", order="o"), row(id="", order="o")]
    steps, made = stepping(Script([reply({"rows": fills})]))
    assert len(steps.run(made.fetch_order_trades("o", "BTC/USDT"))) == 2


def test_an_error_carries_what_the_pages_before_it_told() -> None:
    pages = [
        reply({"rows": [row(id="1"), row(id="2", second=1)], "next": "1"}),
        reply({"rows": [row(id="3", status="asleep")]}),
    ]
    steps, made = stepping(Script([*pages]))
    with pytest.raises(BadReply) as caught:
        steps.run(made.fetch_open_orders())
    assert [order.id for order in caught.value.rows if isinstance(order, Order)] == ["1", "2"]
