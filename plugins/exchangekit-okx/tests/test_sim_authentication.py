"""Who may call the simulated venue: signatures, time, environment, addresses and permissions."""

from __future__ import annotations

import ast
import importlib
import json
from pathlib import Path
from typing import Any

import pytest

BALANCE = "/api/v5/account/balance"
ORDER = "/api/v5/trade/order"


def test_a_documented_signature_is_accepted(okx: Any) -> None:
    assert okx.private("/account/balance", ccy="BTC").code == "0"


def test_a_post_signs_its_body(okx: Any) -> None:
    assert okx.order().one["sCode"] == "0"


@pytest.mark.parametrize(
    ("signed", "sent"),
    [
        ("?ccy=BTC,ETH", "?ccy=ETH,BTC"),
        ("?ccy=BTC,ETH", "?ccy=BTC%2CETH"),
        ("?ccy=BTC&x=1", "?x=1&ccy=BTC"),
        ("?ccy=BTC", ""),
    ],
    ids=["values reordered", "re-encoded", "parameters reordered", "dropped"],
)
def test_a_query_that_differs_from_the_signed_bytes_fails(okx: Any, signed: str, sent: str) -> None:
    headers = okx.headers("GET", BALANCE + signed)
    reply = okx.send("GET", BALANCE + sent, b"", headers)
    assert (reply.status, reply.body) == (401, {"msg": "Invalid Sign", "code": "50113"})


def test_a_body_that_differs_from_the_signed_bytes_fails_and_places_nothing(okx: Any) -> None:
    body = json.dumps({"instId": "BTC-USDT", "tdMode": "cash", "side": "buy"}).encode()
    reply = okx.send("POST", ORDER, body.replace(b"buy", b"sell"), okx.headers("POST", ORDER, body))
    assert (reply.status, reply.code) == (401, "50113")
    reply = okx.send("POST", ORDER, body + b" ", okx.headers("POST", ORDER, body))
    assert reply.code == "50113"
    assert okx.sim.control.orders() == []


def test_the_method_is_part_of_what_is_signed(okx: Any) -> None:
    assert okx.send("GET", BALANCE, b"", okx.headers("POST", BALANCE)).code == "50113"


def test_a_wrong_secret_fails(okx: Any) -> None:
    okx.secret = "another"
    assert okx.private("/account/balance").code == "50113"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("OK-ACCESS-KEY", "50103"),
        ("OK-ACCESS-PASSPHRASE", "50104"),
        ("OK-ACCESS-SIGN", "50106"),
        ("OK-ACCESS-TIMESTAMP", "50107"),
    ],
)
def test_a_missing_header_is_named(okx: Any, header: str, code: str) -> None:
    headers = okx.headers("GET", BALANCE)
    del headers[header]
    reply = okx.send("GET", BALANCE, b"", headers)
    assert (reply.status, reply.code) == (401, code)
    assert reply.body["msg"] == f'Request header "{header}" cannot be empty.'


@pytest.mark.parametrize(
    ("key", "code"),
    [("no key at all", "50111"), ("985d5b66-57ce-40fb-b714-afc0b9787083", "50119")],
    ids=["malformed", "unknown"],
)
def test_an_unknown_key_is_refused_by_its_shape(okx: Any, key: str, code: str) -> None:
    okx.key = key
    reply = okx.private("/account/balance")
    assert (reply.status, reply.code) == (401, code)


def test_a_wrong_passphrase_is_refused(okx: Any) -> None:
    okx.passphrase = "raw pass phrases"
    reply = okx.private("/account/balance")
    assert (reply.status, reply.code) == (401, "50105")


@pytest.mark.parametrize("off", [-30_000, 0, 30_000])
def test_a_timestamp_within_thirty_seconds_is_accepted(okx: Any, off: int) -> None:
    now = okx.sim.control.clock()["now"]
    assert okx.send("GET", BALANCE, b"", okx.headers("GET", BALANCE, at=now + off)).code == "0"


@pytest.mark.parametrize("off", [-30_001, 30_001, -3_600_000])
def test_a_timestamp_beyond_thirty_seconds_has_expired(okx: Any, off: int) -> None:
    now = okx.sim.control.clock()["now"]
    reply = okx.send("GET", BALANCE, b"", okx.headers("GET", BALANCE, at=now + off))
    assert (reply.status, reply.code) == (401, "50102")


def test_the_venues_own_clock_decides(okx: Any) -> None:
    headers = okx.headers("GET", BALANCE)
    okx.sim.control.clock(offset_ms=31_000)
    assert okx.send("GET", BALANCE, b"", headers).code == "50102"
    assert okx.get("/public/time").one["ts"] == str(okx.sim.control.clock()["now"])


@pytest.mark.parametrize(
    "stamp", ["1773146096500", "2026-03-10 12:34:56.500", "2026-13-10T12:34:56.500Z", "now"]
)
def test_a_timestamp_of_another_form_is_invalid(okx: Any, stamp: str) -> None:
    reply = okx.send("GET", BALANCE, b"", okx.headers("GET", BALANCE, stamp=stamp))
    assert (reply.status, reply.code) == (401, "50112")


def test_a_live_key_with_the_demo_header_is_of_another_environment(okx: Any) -> None:
    headers = okx.headers("GET", BALANCE) | {"x-simulated-trading": "1"}
    reply = okx.send("GET", BALANCE, b"", headers)
    assert (reply.status, reply.code) == (401, "50101")


def test_a_demo_key_needs_the_demo_header(okx: Any) -> None:
    okx.sim.control.key("demo-key", secret="demo", passphrase="demo")
    okx.key, okx.secret, okx.passphrase = "demo-key", "demo", "demo"
    headers = okx.headers("GET", BALANCE)
    assert okx.send("GET", BALANCE, b"", headers).code == "50101"
    assert okx.send("GET", BALANCE, b"", headers | {"x-simulated-trading": "1"}).code == "0"


def test_an_address_that_is_not_bound_to_the_key_is_refused(okx: Any) -> None:
    okx.sim.control.key(okx.key, ips=["192.0.2.7"])
    reply = okx.private("/account/balance")
    assert (reply.status, reply.code) == (401, "50110")
    assert "127.0.0.1" in reply.body["msg"]
    okx.sim.control.key(okx.key, ips=["192.0.2.7", "127.0.0.1"])
    assert okx.private("/account/config").one["ip"] == "127.0.0.1,192.0.2.7"


def test_a_key_that_may_only_read_cannot_trade(okx: Any) -> None:
    okx.sim.control.key(okx.key, permissions=["read"])
    reply = okx.order()
    assert (reply.status, reply.code) == (200, "50120")
    assert okx.post("/trade/cancel-order", {"instId": "BTC-USDT", "ordId": "1"}).code == "50120"
    assert okx.private("/account/config").one["perm"] == "read_only"
    assert okx.sim.control.orders() == []


def test_a_key_that_may_only_trade_cannot_read(okx: Any) -> None:
    okx.sim.control.key(okx.key, permissions=["trade"])
    assert okx.private("/account/balance").code == "50120"
    assert okx.order().one["sCode"] == "0"


def test_public_endpoints_need_no_key(okx: Any) -> None:
    assert okx.get("/market/ticker", instId="BTC-USDT").code == "0"


def test_the_dialect_shares_no_code_with_the_adapter_or_the_kit() -> None:
    folder = Path(importlib.import_module("exchangekit_okx.sim").__file__ or "").parent
    modules = sorted(folder.glob("*.py"))
    assert len(modules) > 5
    for module in modules:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            named = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            named += [item.name for item in node.names] if isinstance(node, ast.Import) else []
            for name in named:
                if name.startswith("exchangekit"):
                    assert name.startswith(("exchangekit.sim", "exchangekit_okx.sim")), module.name
