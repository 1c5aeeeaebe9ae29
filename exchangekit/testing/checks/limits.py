"""12 Limits: counted as the venue counts them, waited for within bounds, obeyed when hit."""

from __future__ import annotations

from typing import Any

from exchangekit.errors import Banned, Outcome, RateLimited
from exchangekit.testing.check import check
from exchangekit.testing.checks.tour import described
from exchangekit.testing.rig import Rig

_TICKER = {"operation": "fetch_ticker*", "action": "status"}


def _arrived(rig: Rig, status: int) -> int:
    return sum(1 for one in rig.control.requests() if one["status"] == status)


@check(12)
def every_request_says_what_it_weighs(rig: Rig) -> None:
    for name, call in described(rig):
        assert call.request.costs, f"{name} counts in no limit"
        for cost in call.request.costs:
            assert 0 < cost.weight <= cost.limit, f"{name}: {cost}"
            assert cost.seconds > 0


@check(12, "sim")
def a_burst_is_spread_so_that_the_venue_refuses_nothing(rig: Rig) -> None:
    for _ in range(25):
        rig.exchange.fetch_balance()
        rig.exchange.fetch_order_book(rig.symbol, 5)
    assert _arrived(rig, 429) == _arrived(rig, 418) == 0
    refused = [one["operation"] for one in rig.control.requests() if one["over_limit"]]
    assert refused == [], "whatever status the venue says it with"


@check(12, "sim")
def what_others_used_is_read_from_the_headers(rig: Rig) -> None:
    wanted = rig.adapter.limit_headers()
    if not wanted:
        rig.declared(f"{rig.adapter.title} has no header that tells what is used")
    rig.exchange.load_markets()
    rig.exchange.fetch_balance()
    seen = {name for one in rig.sent for name in one.reply.headers}
    assert seen & wanted


@check(12)
def a_rate_limit_is_waited_for_as_long_as_the_venue_says(rig: Rig) -> None:
    rig.exchange.load_markets()
    rig.fault(_TICKER | {"status": 429, "seconds": 3})
    before = rig.world.ms
    assert rig.exchange.fetch_ticker(rig.symbol).last is not None
    first, second = rig.requests("fetch_ticker")
    waited = rig.world.ms - before
    asked = first.reply.headers.get("retry-after")
    assert waited >= 1000 * int(asked or 0)
    assert waited >= 500, "without a word how long, it still waits"
    assert second.reply.status == 200
    assert rig.world.sleeps
    assert all(why for _, why in rig.world.sleeps), "whoever waits says why"


@check(12)
def a_rate_limit_that_would_take_too_long_is_told_at_once(rig: Rig) -> None:
    exchange = rig.open(max_wait=1.0)
    exchange.load_markets()
    rig.fault(_TICKER | {"status": 429, "seconds": 50, "count": 0})
    before = rig.world.ms
    rig.refused(lambda: exchange.fetch_ticker(rig.symbol), RateLimited)
    assert rig.world.ms - before < 5_000


@check(12, "sim")
def an_order_refused_for_the_rate_is_refused_and_not_queued_past_its_window(rig: Rig) -> None:
    amount, price = rig.amount("200"), rig.price("0.8", "buy")
    rule = {"operation": "create_order", "action": "status", "status": 429, "seconds": 60}
    rig.fault(rule | {"count": 0})

    def place() -> Any:
        return rig.exchange.create_limit_order(rig.symbol, "buy", amount, price)

    before = rig.world.ms
    error = rig.refused(place, RateLimited)
    assert error.outcome is Outcome.REFUSED
    assert rig.world.ms - before < 10_000
    rig.fault()
    rig.wait(61)
    assert rig.exchange.fetch_open_orders(rig.symbol) == ()


@check(12)
def a_ban_stops_what_it_concerns_at_once(rig: Rig) -> None:
    exchange = rig.open(max_wait=1.0)
    exchange.load_markets()
    rig.fault(_TICKER | {"status": 418, "seconds": 40})
    error = rig.refused(lambda: exchange.fetch_ticker(rig.symbol), RateLimited)
    before = len(rig.sent)
    if isinstance(error, Banned):
        rig.refused(lambda: exchange.fetch_order_book(rig.symbol, 5), Banned)
    else:
        # A venue without bans answers with its rate limit: what counts in it is held back.
        rig.refused(lambda: exchange.fetch_ticker(rig.symbol), RateLimited)
    assert len(rig.sent) == before
