"""Whom the simulated venue lets in: keys, signatures over raw bytes, time, environment, mode.

What the gateway does is asked of both APIs.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

import pytest
from support.uploaded_keys import ed25519_of, rsa_of, wrong_signatures

from exchangekit.testing.private_keys import PRIVATE, public_of

NOW = 1_773_146_096_500

ASSETS = "/spot/account/assets"


def test_what_is_signed_as_documented_is_let_in(bitget: Any) -> None:
    reply = bitget.private(ASSETS, coin="USDT")
    assert (reply.status, reply.code, reply.body["msg"]) == (200, "00000", "success")
    assert reply.body["requestTime"] == NOW
    assert reply.one["coin"] == "USDT"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("ACCESS-KEY", "40001"),
        ("ACCESS-SIGN", "40003"),
        ("ACCESS-TIMESTAMP", "40005"),
        ("ACCESS-PASSPHRASE", "40011"),
    ],
)
def test_each_header_is_needed(either: Any, header: str, code: str) -> None:
    where = either.target(either.assets, {})
    headers = either.headers("GET", where)
    del headers[header]
    reply = either.send("GET", where, b"", headers)
    assert (reply.status, reply.code, reply.data) == (400, code, None)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"ACCESS-KEY": "nobody"}, "40006"),
        ({"ACCESS-KEY": "bg_" + "0" * 32}, "40037"),
        ({"ACCESS-PASSPHRASE": "another phrase"}, "40012"),
        ({"ACCESS-SIGN": "AAAA"}, "40009"),
        ({"ACCESS-TIMESTAMP": "yesterday"}, "40005"),
        ({"paptrading": "1"}, "40099"),
    ],
)
def test_what_is_wrong_has_its_code(either: Any, changed: dict[str, str], code: str) -> None:
    where = either.target(either.assets, {})
    reply = either.send("GET", where, b"", {**either.headers("GET", where), **changed})
    assert (reply.status, reply.code) == (400, code)


@pytest.mark.parametrize(
    ("late", "code"), [(0, "00000"), (30_000, "00000"), (30_001, "40008"), (-30_001, "40008")]
)
def test_the_time_may_be_off_by_thirty_seconds(either: Any, late: int, code: str) -> None:
    where = either.target(either.assets, {})
    assert either.send("GET", where, b"", either.headers("GET", where, at=NOW - late)).code == code


def test_the_signature_is_over_the_bytes_that_were_sent(either: Any) -> None:
    signed, sent = (
        either.target(either.assets, {"coin": "USDT"}),
        either.target(either.assets, {"coin": "BTC"}),
    )
    assert either.send("GET", sent, b"", either.headers("GET", signed)).code == "40009"
    path = either.target(either.cancel, {})
    headers = either.headers("POST", path, b'{"symbol":"BTCUSDT"}')
    assert either.send("POST", path, b'{"symbol": "BTCUSDT"}', headers).code == "40009"


def test_the_digest_is_base64_of_sha256_over_time_method_path_and_body(either: Any) -> None:
    where = either.target(either.assets, {"coin": "BTC"})
    text = f"{NOW}GET{where}".encode()
    made = base64.b64encode(
        hmac.new(either.secret.encode(), text, hashlib.sha256).digest()
    ).decode()
    assert either.headers("GET", where)["ACCESS-SIGN"] == made


def test_a_demo_key_works_in_demo_trading_only(either: Any) -> None:
    either.sim.control.key(
        "demo-key", secret=either.secret, passphrase=either.passphrase, account="main"
    )
    either.key = "demo-key"
    where = either.target(either.assets, {})
    headers = either.headers("GET", where)
    assert either.send("GET", where, b"", headers).code == "40099"
    assert either.send("GET", where, b"", {**headers, "paptrading": "1"}).code == "00000"


def test_a_key_without_a_right_is_refused_what_needs_it(bitget: Any) -> None:
    bitget.sim.control.key("raw-key", permissions=["read"])
    assert bitget.private("/spot/account/info").data["authorities"] == ["stor"]
    assert bitget.order().code == "40014"
    bitget.sim.control.key("raw-key", ips=["10.1.1.1"])
    assert bitget.private(ASSETS).code == "40018"


def test_an_account_in_unified_mode_is_refused_whatever_it_asks(bitget: Any) -> None:
    bitget.sim.control.key("raw-key", account="unified-1")
    for reply in (bitget.private(ASSETS), bitget.private("/spot/account/info"), bitget.order()):
        assert (reply.status, reply.code) == (400, "40085")
        assert "Unified Account mode" in reply.body["msg"]
    assert bitget.sim.control.orders() == []
    assert bitget.get("/public/time").code == "00000"


def test_a_body_has_to_be_a_json_object_and_say_so(bitget: Any) -> None:
    path = bitget.target("/spot/trade/place-order", {})
    for body, kind, code in (
        (b"{}", "text/plain", "40007"),
        (b"[]", "application/json", "40017"),
        (b"{", "application/json", "40017"),
        (b"{}", "application/json", "40019"),
    ):
        headers = {**bitget.headers("POST", path, body), "Content-Type": kind}
        assert bitget.send("POST", path, body, headers).code == code


def test_a_key_that_was_uploaded_signs_with_rsa_in_base64_and_with_nothing_else(
    bitget: Any,
) -> None:
    """https://www.bitget.com/api-doc/common/signature-samaple/rsa"""
    bitget.sim.control.key("raw-key", public_key=public_of(PRIVATE["rsa"]))
    where = bitget.target(ASSETS, {"coin": "USDT"})
    headers, text = bitget.headers("GET", where), f"{NOW}GET{where}"

    def code(signature: str) -> str:
        told: str = bitget.send("GET", where, b"", headers | {"ACCESS-SIGN": signature}).code
        return told

    right = rsa_of(text, PRIVATE["rsa"])
    assert code(base64.b64encode(right).decode()) == "00000"
    for wrong in wrong_signatures(text):
        assert code(wrong) == "40009"
    bitget.passphrase = "another phrase"
    headers = bitget.headers("GET", where)
    assert code(base64.b64encode(right).decode()) == "40012"


def test_no_other_kind_of_key_can_sign(bitget: Any) -> None:
    bitget.sim.control.key("raw-key", public_key=public_of(PRIVATE["ed25519"]))
    where = bitget.target(ASSETS, {})
    signed = ed25519_of(f"{NOW}GET{where}", PRIVATE["ed25519"])
    headers = bitget.headers("GET", where) | {"ACCESS-SIGN": base64.b64encode(signed).decode()}
    assert bitget.send("GET", where, b"", headers).code == "40009"
