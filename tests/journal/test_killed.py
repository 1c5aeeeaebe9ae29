"""A program that is killed between any two steps of placing an order loses none and doubles none.

The list of instants is found by running: before the first step, before the second one, and so on,
until the program gets through. After each death a new program reconciles and places the same again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from exchangekit_binance.sim import BinanceDialect
from support.dying import Programs
from support.traders import KEYS

from exchangekit import Journal, connect_sync
from exchangekit.runtime.limits import forget_shared_limits
from exchangekit.sim import SimulatedVenue

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
both = pytest.mark.parametrize("kind", ["sync", "async"])

AMOUNT, TAKES = "0.001", "200000"
"""It is filled at once, so that the venue takes another one under the same client order id."""
MOST = 400
SEEN = {
    "before Entropy",
    "after Entropy",
    "before Now",
    "before Send GET /api/v3/exchangeInfo",
    "before Send GET /api/v3/time",
    "before Record Sending",
    "after the file was made",
    "before commit IMMEDIATE",
    "after commit IMMEDIATE",
    "after Record Sending",
    "before Send POST /api/v3/order",
    "after bytes were write",
    "after bytes were read",
    "after Send POST /api/v3/order",
    "before Record Ended",
    "after Record Ended",
}


def start() -> SimulatedVenue:
    keys = {"key": KEYS["binance"]["api_key"], "secret": KEYS["binance"]["secret"]}
    return SimulatedVenue(BinanceDialect, pairs=[("BTC", "USDT")], **keys)


@pytest.fixture
def venue() -> Iterator[SimulatedVenue]:
    with start() as running:
        yield running


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programs]:
    made = Programs()
    path = str(tmp_path_factory.mktemp("warm") / "orders.journal")
    with start() as warm:
        for kind in ("sync", "async"):
            orders = [(AMOUNT, TAKES, kind)]
            made.run(kind, orders, programs=0, journal=path, options=options(warm))
    yield made
    made.close()


def options(venue: SimulatedVenue) -> dict[str, Any]:
    return {"base_url": venue.url, "env_file": None, **KEYS["binance"]}


def reconciled(venue: SimulatedVenue, path: Path, before: int) -> tuple[str | None, int]:
    """After a death: what the next program finds. The name of the order, if one is known, and how
    many the venue had taken."""
    venue.control.clock(advance_ms=60_000)  # no window is open any more
    forget_shared_limits()
    journal = Journal(path)
    with connect_sync("binance", journal=journal, **options(venue)) as exchange:
        left = journal.open_intents()
        came = exchange.reconcile()
        held = venue.control.orders()[before:]
        known = {one.intent.change.client_order_id: one for one in journal.all()}  # type: ignore[union-attr]
        assert len(held) <= 1
        assert [one["client_id"] for one in held] == [
            name for name, one in known.items() if one.state == "done"
        ], "what is in the ledger is in the journal, and the other way round"
        assert journal.open_intents() == ()
        assert len(came) == len(left) <= 1
        for one in came:
            assert one.resolution is not None
            found = one.resolution.order
            assert [one["id"] for one in held] == ([] if found is None else [found.id])
        (name,) = known or (None,)
        again = exchange.create_limit_order("BTC/USDT", "buy", AMOUNT, TAKES, client_order_id=name)
        (order,) = venue.control.orders()[before:]
        assert (order["id"], order["client_id"]) == (again.id, name or again.client_order_id)
    journal.close()
    return name, len(held)


@both
def test_a_death_between_any_two_steps_loses_and_doubles_no_order(
    kind: str, programs: Programs, venue: SimulatedVenue, tmp_path: Path
) -> None:
    deaths: list[str] = []
    outcomes: set[tuple[bool, int]] = set()
    for step in range(MOST):
        before = len(venue.control.orders())
        path = tmp_path / f"{step}.journal"
        given = {"journal": str(path), "options": options(venue)}
        (told,) = programs.run(kind, [(AMOUNT, TAKES, None)], step=step, **given)
        if isinstance(told, dict):
            break
        deaths.append(told)
        name, taken = reconciled(venue, path, before)
        outcomes.add((name is not None, taken))
    assert told["came"][0][1] == venue.control.orders()[-1]["id"]
    assert set(deaths) >= SEEN
    assert outcomes == {(False, 0), (True, 0), (True, 1)}
    assert len(venue.control.orders()) == len(deaths) + 1, "none came later"


@both
def test_two_programs_that_place_the_same_names_at_once_have_the_same_orders(
    kind: str, programs: Programs, venue: SimulatedVenue, tmp_path: Path
) -> None:
    names = [f"name{number}" for number in range(50)]
    orders = [(AMOUNT, TAKES, name) for name in names]
    path = str(tmp_path / "shared.journal")
    given = {"journal": path, "options": options(venue), "programs": 2}
    told = programs.run(kind, orders, **given)
    held = {str(one["client_id"]): one["id"] for one in venue.control.orders()}
    assert len(venue.control.orders()) == 50
    for one in told:
        assert dict(one["came"]) == held
    sent = [one["operation"] for one in venue.control.requests()]
    assert sent.count("create_order") == 50, "nor was one sent that the venue refused"
    assert sent.count("fetch_order") >= 50, "who came second asked the venue"
