"""Whom the simulated unified API lets in: rights, late orders, the mode of an account.

What its gateway does as the classic one's is asked of both elsewhere.
"""

from __future__ import annotations

from typing import Any

import pytest

NOW = 1_773_146_096_500

ASSETS = "/account/assets"


def test_what_is_signed_as_documented_is_let_in(unified: Any) -> None:
    reply = unified.private(ASSETS)
    assert (reply.status, reply.code, reply.body["msg"]) == (200, "00000", "success")
    assert reply.body["requestTime"] == NOW


@pytest.mark.parametrize(("late", "code"), [(30_000, "00000"), (30_001, "40008")])
def test_an_order_that_is_late_is_refused_by_the_time_that_was_signed(
    unified: Any, late: int, code: str
) -> None:
    where, body = unified.target("/trade/place-order", {}), b'{"receiveWindow":"5000"}'
    headers = unified.headers("POST", where, body, at=NOW - late)
    reply = unified.send("POST", where, body, headers)
    assert reply.code == ("40017" if code == "00000" else code), "it has no window of its own"


def test_a_key_without_a_right_is_refused_what_needs_it(unified: Any) -> None:
    unified.sim.control.key("raw-key", permissions=["read"])
    told = unified.private("/account/info").data
    assert (told["permType"], told["permissions"]) == ("read-only", ["uta_mgt", "uta_trade"])
    assert unified.order().code == "40014"
    unified.sim.control.key("raw-key", permissions=["withdraw"])
    assert unified.private(ASSETS).code == "40014"
    told = unified.private("/account/info").data
    assert told["permissions"] == ["withdraw"], "what a key may do is told to any key"


def test_a_key_is_told_its_addresses_and_may_come_from_no_other(unified: Any) -> None:
    unified.sim.control.key("raw-key", ips=["127.0.0.1", "10.1.1.1"])
    assert unified.private("/account/info").data["ips"] == "10.1.1.1,127.0.0.1"
    unified.sim.control.key("raw-key", ips=["10.1.1.1"])
    assert unified.private(ASSETS).code == "40018"


def test_an_account_in_classic_mode_is_refused_whatever_it_asks(unified: Any) -> None:
    unified.sim.control.key("raw-key", account="classic-1")
    for reply in (
        unified.private(ASSETS),
        unified.private("/account/info"),
        unified.private("/account/settings"),
        unified.order(),
    ):
        assert (reply.status, reply.code) == (400, "40084")
        assert "Classic Account mode" in reply.body["msg"]
    assert unified.sim.control.orders() == []
    assert unified.get("/market/tickers", category="SPOT").code == "00000"


def test_a_body_has_to_be_json_of_the_right_kind_and_say_so(unified: Any) -> None:
    for path, body, kind, code in (
        ("/trade/place-order", b"{}", "text/plain", "40007"),
        ("/trade/place-order", b"[]", "application/json", "40017"),
        ("/trade/place-order", b"{", "application/json", "40017"),
        ("/trade/place-order", b"{}", "application/json", "40017"),
        ("/trade/cancel-batch", b"{}", "application/json", "40017"),
        ("/trade/cancel-batch", b"[1]", "application/json", "40017"),
    ):
        where = unified.target(path, {})
        headers = {**unified.headers("POST", where, body), "Content-Type": kind}
        assert unified.send("POST", where, body, headers).code == code
