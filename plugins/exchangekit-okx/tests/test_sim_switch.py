"""The dead man's switch of the simulated venue: cancel-all-after, by account and by tag."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

SECOND = 1000


def switch(okx: Any, seconds: object, **more: str) -> Any:
    return okx.post("/trade/cancel-all-after", {"timeOut": seconds, **more})


def pass_by(okx: Any, seconds: float) -> None:
    okx.sim.control.clock(advance_ms=int(seconds * SECOND))


def states(okx: Any, *orders: str) -> list[str]:
    return [okx.see(one)["state"] for one in orders]


def test_it_answers_with_the_times_in_seconds(okx: Any) -> None:
    now = okx.sim.control.clock()["now"] // 1000
    row = switch(okx, "60").one
    assert row == {"triggerTime": str(now + 60), "tag": "", "ts": str(now)}
    assert switch(okx, "0").one == {"triggerTime": "0", "tag": "", "ts": str(now)}


def test_when_its_time_is_over_every_open_order_is_canceled_and_says_why(okx: Any) -> None:
    before = okx.order().one["ordId"]
    switch(okx, "10")
    meanwhile = okx.order(instId="ETH-USDT", px="1000").one["ordId"]
    pass_by(okx, 9.9)
    assert okx.see(before)["state"] == "live"
    pass_by(okx, 0.1)
    for order, symbol in ((before, "BTC-USDT"), (meanwhile, "ETH-USDT")):
        shown = okx.see(order, symbol)
        assert shown["state"] == "canceled"
        assert (shown["cancelSource"], shown["cancelSourceReason"]) == (
            "20",
            "Cancel all after triggered",
        )
    held = okx.sim.control.balances()["main"]["USDT"]
    assert Decimal(held["locked"]) == 0


def test_it_happens_at_its_own_moment_however_late_somebody_looks(okx: Any) -> None:
    """What the market would have filled after that moment was canceled before."""
    order = okx.order().one["ordId"]
    switch(okx, "10")
    armed = okx.sim.control.clock()["now"]
    pass_by(okx, 3600)
    okx.sim.control.market("BTC-USDT", price="40000", frozen=True)
    shown = okx.see(order)
    assert (shown["state"], shown["accFillSz"]) == ("canceled", "0")
    assert int(shown["uTime"]) == armed + 10 * SECOND


def test_what_the_market_takes_before_that_moment_is_filled(okx: Any) -> None:
    order = okx.order().one["ordId"]
    switch(okx, "10")
    okx.sim.control.market("BTC-USDT", price="40000", frozen=True)
    pass_by(okx, 3600)
    assert states(okx, order) == ["filled"]


def test_once_it_has_triggered_it_runs_no_more(okx: Any) -> None:
    switch(okx, "10")
    pass_by(okx, 11)
    later = okx.order().one["ordId"]
    pass_by(okx, 3600)
    assert states(okx, later) == ["live"]


def test_the_newest_request_counts(okx: Any) -> None:
    order = okx.order().one["ordId"]
    switch(okx, "10")
    pass_by(okx, 9)
    switch(okx, "120")
    pass_by(okx, 100)
    assert states(okx, order) == ["live"]
    switch(okx, "0")
    pass_by(okx, 3600)
    assert states(okx, order) == ["live"]


def test_with_a_tag_it_is_for_the_orders_of_that_tag(okx: Any) -> None:
    mine, other, none = (okx.order(**tag).one["ordId"] for tag in ({"tag": "a"}, {"tag": "b"}, {}))
    assert switch(okx, "10", tag="a").one["tag"] == "a"
    pass_by(okx, 11)
    assert states(okx, mine, other, none) == ["canceled", "live", "live"]


def test_twenty_tags_have_one_and_no_more(okx: Any) -> None:
    for number in range(20):
        assert switch(okx, "60", tag=f"t{number}").code == "0"
    assert switch(okx, "60", tag="t3").code == "0", "it has one already"
    assert switch(okx, "60").code == "0"
    refused = switch(okx, "60", tag="more")
    assert refused.code == "51071"
    pass_by(okx, 61)
    assert switch(okx, "60", tag="more").code == "0"


def test_another_account_is_not_concerned(okx: Any) -> None:
    okx.sim.control.key("other-key", secret="other", passphrase="other", account="other")
    okx.sim.control.set_balance("other", "USDT", "1000")
    mine = okx.order().one["ordId"]
    keys = okx.key, okx.secret, okx.passphrase
    okx.key, okx.secret, okx.passphrase = "other-key", "other", "other"
    switch(okx, "10")
    theirs = okx.order().one["ordId"]
    pass_by(okx, 11)
    assert states(okx, theirs) == ["canceled"]
    okx.key, okx.secret, okx.passphrase = keys
    assert states(okx, mine) == ["live"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "50014"),
        ({"timeOut": ""}, "50014"),
        ({"timeOut": "9"}, "51000"),
        ({"timeOut": "121"}, "51000"),
        ({"timeOut": "-1"}, "51000"),
        ({"timeOut": "10.5"}, "51000"),
        ({"timeOut": "ten"}, "51000"),
        ({"timeOut": ["10"]}, "51000"),
        ({"timeOut": "10", "tag": "no-tag"}, "51000"),
        ({"timeOut": "10", "tag": "x" * 17}, "51000"),
        ([], "50002"),
    ],
)
def test_what_it_cannot_be_is_refused_and_changes_nothing(okx: Any, body: Any, code: str) -> None:
    order = okx.order().one["ordId"]
    assert okx.post("/trade/cancel-all-after", body).code == code
    pass_by(okx, 3600)
    assert states(okx, order) == ["live"]


def test_once_a_second(okx: Any) -> None:
    okx.sim.control.limits(enabled=True)
    assert switch(okx, "60").code == "0"
    assert switch(okx, "60").code == "50011"
    pass_by(okx, 1)
    assert switch(okx, "60").code == "0"
