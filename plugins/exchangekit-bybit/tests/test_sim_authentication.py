"""Who may do what: the simulated venue checks keys, times and signatures from the raw bytes."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from support.uploaded_keys import ed25519_of, rsa_of, wrong_signatures

from exchangekit.sim import ApiKey
from exchangekit.testing.private_keys import PRIVATE, public_of

QUERY = "category=spot&symbol=BTCUSDT"
WHERE = f"/v5/order/realtime?{QUERY}"
NOW = 1_773_146_096_500


def asked(bybit: Any, headers: dict[str, str], where: str = WHERE) -> tuple[int, str]:
    reply = bybit.send("GET", where, b"", headers)
    assert reply.status == 200
    return reply.code, reply.message


def test_a_signed_question_is_answered(bybit: Any) -> None:
    assert asked(bybit, bybit.headers(QUERY))[0] == 0


def test_names_of_headers_may_be_spelt_in_any_case(bybit: Any) -> None:
    headers = {name.lower(): value for name, value in bybit.headers(QUERY).items()}
    assert asked(bybit, headers)[0] == 0


@pytest.mark.parametrize("header", ["X-BAPI-API-KEY", "X-BAPI-TIMESTAMP", "X-BAPI-SIGN"])
def test_a_header_that_is_missing_is_told(bybit: Any, header: str) -> None:
    headers = bybit.headers(QUERY)
    del headers[header]
    code, message = asked(bybit, headers)
    assert code == 10001
    assert "openapi sign params error!" in message


@pytest.mark.parametrize(
    "change",
    [
        lambda sent: {**sent, "X-BAPI-SIGN": sent["X-BAPI-SIGN"].upper()},
        lambda sent: {**sent, "X-BAPI-SIGN": "0" * 64},
        lambda sent: {**sent, "X-BAPI-RECV-WINDOW": "5001"},
        lambda sent: {**sent, "X-BAPI-TIMESTAMP": str(NOW - 1)},
        lambda sent: {name: value for name, value in sent.items() if "WINDOW" not in name},
    ],
    ids=["upper case", "another one", "another window", "another time", "no window"],
)
def test_whatever_was_signed_may_not_change(
    bybit: Any, change: Callable[[dict[str, str]], dict[str, str]]
) -> None:
    assert asked(bybit, change(bybit.headers(QUERY)))[0] == 10004


def test_the_query_is_signed_as_it_is_sent(bybit: Any) -> None:
    headers = bybit.headers("category=spot&orderLinkId=a%2Db")
    for query, code in (("orderLinkId=a%2Db", 0), ("orderLinkId=a-b", 10004)):
        assert asked(bybit, headers, f"/v5/order/realtime?category=spot&{query}")[0] == code


def test_the_body_is_signed_as_it_is_sent(bybit: Any) -> None:
    body = {"category": "spot", "symbol": "BTCUSDT", "orderId": "1"}
    raw = json.dumps(body)
    headers = bybit.headers(raw)
    for sent, code in ((raw, 170213), (raw.replace(" ", ""), 10004)):
        assert bybit.send("POST", "/v5/order/cancel", sent.encode(), headers).code == code


def test_another_secret_is_a_wrong_signature_and_another_key_is_no_key(bybit: Any) -> None:
    bybit.secret = "another"
    assert asked(bybit, bybit.headers(QUERY))[0] == 10004
    bybit.key = "another"
    assert asked(bybit, bybit.headers(QUERY))[0] == 10003


@pytest.mark.parametrize(
    ("at", "window", "code"),
    [
        (NOW - 5000, "5000", 0),
        (NOW - 5001, "5000", 10002),
        (NOW + 999, "5000", 0),
        (NOW + 1000, "5000", 10002),
        (NOW - 2001, "2000", 10002),
        (NOW - 9000, "10000", 0),
        (NOW - 5000, None, 0),
        (NOW - 5001, None, 10002),
        (NOW, "soon", 10002),
    ],
)
def test_a_time_must_lie_in_its_window(bybit: Any, at: int, window: str | None, code: int) -> None:
    """server_time - recv_window <= timestamp < server_time + 1000"""
    assert asked(bybit, bybit.headers(QUERY, at=at, window=window))[0] == code


def test_a_key_that_may_only_read_cannot_trade(bybit: Any) -> None:
    bybit.sim.control.key(bybit.key, permissions=["read"])
    assert bybit.order().code == 10005
    told = bybit.private("/user/query-api").result
    assert (told["readOnly"], told["permissions"]["Spot"]) == (1, [])


def test_a_key_that_is_bound_works_from_its_address_only(bybit: Any) -> None:
    bybit.sim.control.key(bybit.key, ips=["192.0.2.7"])
    assert bybit.private("/user/query-api").code == 10010
    bybit.sim.control.key(bybit.key, ips=["192.0.2.7", "127.0.0.1"])
    told = bybit.private("/user/query-api").result
    assert (told["ips"], told["deadlineDay"]) == (["127.0.0.1", "192.0.2.7"], -2)
    assert told["expiredAt"] == "1970-01-01T00:00:00Z"


def test_a_key_that_has_ended_is_refused(bybit: Any) -> None:
    now = bybit.sim.control.clock()["now"]
    bybit.sim.control.key(bybit.key, expires=now + 86_400_000 + 60_000)
    assert bybit.private("/user/query-api").result["deadlineDay"] == 1
    bybit.sim.control.key(bybit.key, expires=now - 1)
    assert bybit.private("/user/query-api").code == 33004


def test_an_account_that_is_not_unified_is_told_so(open_venue: Any) -> None:
    with open_venue(key="classic-key") as classic:
        assert classic.order().code == 10028
        assert classic.private("/account/wallet-balance", accountType="UNIFIED").code == 10028
        assert classic.private("/user/query-api").result["uta"] == 0
        assert classic.private("/account/info").result["unifiedMarginStatus"] == 1
        assert classic.sim.control.orders() == []


def test_what_a_key_is_told_about_itself(bybit: Any) -> None:
    told = bybit.private("/user/query-api").result
    assert (told["readOnly"], told["uta"], told["ips"]) == (0, 1, ["*"])
    assert told["permissions"]["Spot"] == ["SpotTrade"]
    assert told["deadlineDay"] > 0


def test_a_key_that_was_uploaded_signs_with_rsa_in_base64_and_with_nothing_else(
    bybit: Any,
) -> None:
    """RSA_SHA256 in base64: https://bybit-exchange.github.io/docs/v5/guide"""
    bybit.sim.control.key(bybit.key, public_key=public_of(PRIVATE["rsa"]))
    text, headers = f"{NOW}{bybit.key}5000{QUERY}", bybit.headers(QUERY)

    def code(signature: str) -> int:
        return asked(bybit, headers | {"X-BAPI-SIGN": signature})[0]

    assert code(base64.b64encode(rsa_of(text, PRIVATE["rsa"])).decode()) == 0
    for wrong in wrong_signatures(text):
        assert code(wrong) == 10004


def test_no_other_kind_of_key_can_sign(bybit: Any) -> None:
    bybit.sim.control.key(bybit.key, public_key=public_of(PRIVATE["ed25519"]))
    signed = ed25519_of(f"{NOW}{bybit.key}5000{QUERY}", PRIVATE["ed25519"])
    headers = bybit.headers(QUERY) | {"X-BAPI-SIGN": base64.b64encode(signed).decode()}
    assert asked(bybit, headers)[0] == 10004


def test_the_published_signature_of_bybits_other_api_is_one_of_its_published_key() -> None:
    """https://bybit-exchange.github.io/docs/v5/asset/fiat-convert/signature-algorithm: another
    text and a key shorter than any that may be uploaded, in the same way."""
    published = (
        "vOyN+NnfWppnhxS6y1D+CAllj6Z/3np1Tm+nrt16e/EDl4VZjU2sVPSS/cBcf5Hy/jBarA8Y7yrvYqJonJAsAZcF"
        "Ku9twW2XWyMbURC63Iumh5gkAE9UEx4/irpX4W6KXhqc2+7wc1tapC5zfVWRMIQ5Dh+7VscxLY+/WjKb/Vw="
    )
    text = (
        '1751441054{"merchantId":"bybit","clientId":"xx","paymentType":"E_COMMERCE",'
        '"merchantTradeNo":"8751738a-97a4-49da-8b64-185ffcb98a7a",'
        '"payId":"01JXWP4XK4ZRVYD3HT9PD52KCD","status":"PAY_SUCCESS","amount":"1.23",'
        '"currency":"USDT","currencyType":"crypto","createTime":1750088344,'
        '"paymentTime":1750088344,"finishTime":1750088344,"customer":{"external_user_id":"123",'
        '"user_name":"tester","register_time":"1750088344","kyc_country":"HK","uid":"foo"}}'
    )
    key = ApiKey("published", "", "main", public_key=_PUBLISHED)
    assert key.kind == "rsa"
    assert key.has_signed(published, text.encode(), ("rsa",))
    assert not key.has_signed(published, text.encode() + b" ", ("rsa",))


_PUBLISHED = """-----BEGIN RSA PUBLIC KEY-----
MIGJAoGBAOFSnhqtu40TOtok+yXeB+O76PXb/VAJU4Yih6hViOdSGd7imWmCSZyP
psl3TmLhUoB+rTzYDdYrlYYng6cVn6yUhxjpMWD4Qp5K4GzjvUM0f+AxlKYMj8OQ
AgDPmZG1a5ydFrje4PLytC7sUw3GP4TTk8xg6iMHmYPdRDv7AEWdAgMBAAE=
-----END RSA PUBLIC KEY-----
"""
