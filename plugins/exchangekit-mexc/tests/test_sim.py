"""The simulated MEXC: who may ask, what is refused and how, limits and failures."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
from exchangekit_mexc.sim import MexcDialect

from exchangekit.sim import LimitRule, VenueClock

KEY_HEADER = "X-MEXC-APIKEY"
JSON = {"Content-Type": "application/json"}

# Published with the signature scheme (the second example; the first one's signature is wrong).
# https://mexcdevelop.github.io/apidocs/spot_v3_en/#signed
DOCS_KEY, DOCS_SECRET = "mx0aBYs33eIilxBWC5", "45d0b3c26f2644f19bfb98b07741b2f5"
DOCS_TIME = 1644489390087
DOCS_QUERY = (
    "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=11&recvWindow=5000&timestamp=1644489390087"
)
DOCS_RIGHT = "fd3e4e8543c5188531eb7279d68ae7d26a573d0fc5ab0d18eb692451654d837a"
DOCS_WRONG = "323c96ab85a745712e95e63cad28903dd8292e4a905e99c4ee3932023843a117"


# --- signatures -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("signature", "status", "code"),
    [(DOCS_RIGHT, 200, None), (DOCS_WRONG, 400, 700002), (DOCS_RIGHT.upper(), 400, 700002)],
    ids=["published and right", "published and wrong", "upper case"],
)
def test_the_published_signature_is_taken_in_lower_case_only(
    wire: Any, signature: str, status: int, code: int | None
) -> None:
    wire.control.key(DOCS_KEY, secret=DOCS_SECRET)
    wire.control.clock(offset_ms=DOCS_TIME - wire.now)
    reply = wire.raw(
        "POST",
        f"/api/v3/order?{DOCS_QUERY}&signature={signature}",
        headers={KEY_HEADER: DOCS_KEY, **JSON},
    )
    assert reply.status == status
    assert reply.json.get("code") == code
    assert len(wire.control.orders()) == (1 if status == 200 else 0)


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DOCS_MIXED = "d1a676610ceb39174c8039b3f548357994b2a34139a8addd33baadba65684592"


@pytest.mark.parametrize("kind", [JSON, FORM], ids=["declared as JSON", "declared as a form"])
@pytest.mark.parametrize(
    ("at", "signature", "code"),
    [(0, DOCS_WRONG, 700002), (0, DOCS_RIGHT, None), (35, DOCS_MIXED, None)],
    ids=["example 1, whose signature is wrong", "example 2", "example 3, query and body"],
)
def test_the_documented_examples_are_answered_as_curl_sends_them_and_as_clients_do(
    wire: Any, at: int, signature: str, code: int | None, kind: dict[str, str]
) -> None:
    wire.control.key(DOCS_KEY, secret=DOCS_SECRET)
    wire.control.clock(offset_ms=DOCS_TIME - wire.now)
    query, body = DOCS_QUERY[:at].rstrip("&"), DOCS_QUERY[at:]
    reply = wire.raw(
        "POST",
        f"/api/v3/order?{query}" if query else "/api/v3/order",
        headers={KEY_HEADER: DOCS_KEY, **kind},
        body=f"{body}&signature={signature}".encode(),
    )
    assert reply.json.get("code") == code
    held = [(order["price"], order["amount"]) for order in wire.control.orders()]
    assert held == ([("11", "1")] if code is None else [])


@pytest.mark.parametrize("signature_in", ["query", "body"])
def test_a_parameter_that_stands_in_query_and_body_counts_as_the_query_has_it(
    wire: Any, signature_in: str
) -> None:
    query = "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=0.01&price=60000"
    body = f"price=50000&timestamp={wire.now}"
    signed = f"&signature={wire.sign(query + body)}"
    reply = wire.raw(
        "POST",
        f"/api/v3/order?{query}{signed if signature_in == 'query' else ''}",
        headers={KEY_HEADER: "sim-key", **JSON},
        body=(body + (signed if signature_in == "body" else "")).encode(),
    )
    assert (reply.status, reply.json["price"]) == (200, "60000")


def test_an_order_is_canceled_by_a_form_and_one_changed_after_signing_is_refused(wire: Any) -> None:
    order_id = wire.order().json["orderId"]
    body = f"symbol=BTCUSDT&orderId={order_id}&timestamp={wire.now}"
    for sent, status in ((body.replace("BTC", "ETH"), 400), (body, 200)):
        reply = wire.raw(
            "DELETE",
            "/api/v3/order",
            headers={KEY_HEADER: "sim-key", **JSON},
            body=f"{sent}&signature={wire.sign(body)}".encode(),
        )
        assert reply.status == status
    assert reply.json["status"] == "CANCELED"


def test_what_asks_has_its_parameters_in_the_query(wire: Any) -> None:
    body = f"timestamp={wire.now}"
    reply = wire.raw(
        "GET",
        "/api/v3/account",
        headers={KEY_HEADER: "sim-key", **JSON},
        body=f"{body}&signature={wire.sign(body)}".encode(),
    )
    assert reply.refusal[1] == 700004


def ask(wire: Any, payload: str, signature: str, *, key: str | None = "sim-key") -> Any:
    headers = {} if key is None else {KEY_HEADER: key}
    return wire.raw("GET", f"/api/v3/account?{payload}&signature={signature}", headers=headers)


def test_parameters_may_come_in_any_order_but_not_change_it_after_signing(wire: Any) -> None:
    first = f"timestamp={wire.now}&recvWindow=5000"
    second = f"recvWindow=5000&timestamp={wire.now}"
    assert ask(wire, first, wire.sign(first)).status == 200
    assert ask(wire, second, wire.sign(second)).status == 200
    assert ask(wire, second, wire.sign(first)).refusal == (
        400, 700002, "Signature for this request is not valid.",
    )  # fmt: skip


class Strict(MexcDialect):
    """MEXC as users report it."""

    strict_order: ClassVar[bool] = True


def test_a_strict_venue_takes_only_parameters_sorted_by_name_upper_case_first(
    another: Callable[..., Any],
) -> None:
    wire = another(Strict, clock=VenueClock(fixed_at=1_790_000_000_000))
    for payload, status in (
        (f"Beta=1&alpha=2&recvWindow=5000&timestamp={wire.now}", 200),
        (f"alpha=2&Beta=1&recvWindow=5000&timestamp={wire.now}", 400),
        (f"timestamp={wire.now}&recvWindow=5000", 400),
    ):
        assert ask(wire, payload, wire.sign(payload)).status == status


@pytest.mark.parametrize("raw", ["a=Arbitrum%20One%28ARB%29", "a=x,y", "a=%5B%22%5D", "a=(b)"])
def test_what_is_sent_is_what_must_have_been_signed(wire: Any, raw: str) -> None:
    payload = f"{raw}&timestamp={wire.now}"
    assert ask(wire, payload, wire.sign(payload)).status == 200
    # Signed in another spelling of the same value.
    other = (
        payload.replace("%28", "(").replace(",", "%2C").replace("%22", '"').replace("(b", "%28b")
    )
    assert ask(wire, payload, wire.sign(other)).json["code"] == 700002


def test_an_order_in_a_json_body_has_no_parameters(wire: Any) -> None:
    body = b'{"symbol":"BTCUSDT","side":"BUY","type":"LIMIT","quantity":"1","price":"60000"}'
    reply = wire.signed("POST", "order", body=body)
    assert reply.refusal == (
        400, 700004, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.",
    )  # fmt: skip
    bare = wire.raw("POST", "/api/v3/order", headers={KEY_HEADER: "sim-key", **JSON}, body=body)
    assert bare.refusal[1] == 700004
    assert wire.control.orders() == []


def test_a_body_must_have_been_signed_after_the_query(wire: Any) -> None:
    query = f"symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=0.01&price=60000&timestamp={wire.now}"
    for signed, status in ((query + "{}", 200), (query, 400)):
        reply = wire.raw(
            "POST",
            f"/api/v3/order?{query}&signature={wire.sign(signed)}",
            headers={KEY_HEADER: "sim-key", **JSON},
            body=b"{}",
        )
        assert reply.status == status


@pytest.mark.parametrize(
    ("method", "path", "declared", "status"),
    [
        ("POST", "order", None, 400),
        ("POST", "order", "application/x-www-form-urlencoded", 400),
        ("POST", "order", "text/plain", 400),
        ("POST", "order", "application/json; charset=utf-8", 200),
        ("DELETE", "openOrders", "application/x-www-form-urlencoded", 400),
        ("DELETE", "openOrders", None, 200),
        ("GET", "account", None, 200),
    ],
)
def test_requests_that_write_declare_json(
    wire: Any, method: str, path: str, declared: str | None, status: int
) -> None:
    payload = f"symbol=BTCUSDT&timestamp={wire.now}"
    if method == "POST":
        payload += "&side=BUY&type=LIMIT&quantity=0.01&price=60000"
    headers = {KEY_HEADER: "sim-key"} | ({} if declared is None else {"Content-Type": declared})
    reply = wire.raw(
        method, f"/api/v3/{path}?{payload}&signature={wire.sign(payload)}", headers=headers
    )
    assert reply.status == status
    if status == 400:
        assert reply.refusal[1:] == (700013, "Invalid content Type.")


# --- who is asking --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("key", "code", "words"),
    [
        (None, 400, "api key required"),
        ("not a key!", 700001, "API-key format invalid"),
        ("unknown", 10072, "Api key info invalid"),
    ],
)
def test_a_key_that_is_missing_malformed_or_unknown_is_refused_with_400(
    wire: Any, key: str | None, code: int, words: str
) -> None:
    payload = f"timestamp={wire.now}"
    assert ask(wire, payload, wire.sign(payload), key=key).refusal == (400, code, words)


@pytest.mark.parametrize(
    ("query", "code", "words"),
    [
        ("", 700004, "Mandatory parameter 'signature' was not sent"),
        ("signature=0", 700004, "Mandatory parameter 'timestamp' was not sent"),
        ("timestamp=soon&signature=0", 700008, "Illegal characters found in parameter 'timestamp'"),
        ("timestamp={now}&recvWindow=60001&signature=0", 700005, "recvWindow must less than 60000"),
        ("timestamp={now}&signature=0", 700002, "Signature for this request is not valid."),
        ("timestamp={now}&signature=%C3%A9", 700002, "Signature for this request is not valid."),
    ],
)
def test_the_security_parameters_are_checked_first(
    wire: Any, query: str, code: int, words: str
) -> None:
    target = "/api/v3/account?" + query.format(now=wire.now)
    status, got, message = wire.raw("GET", target, headers={KEY_HEADER: "sim-key"}).refusal
    assert (status, got) == (400, code)
    assert words in message


@pytest.mark.parametrize(
    ("off", "window", "taken"),
    [
        (999, None, True),
        (1000, None, False),
        (-5000, None, True),
        (-5001, None, False),
        (-60_000, 60_000, True),
        (-60_001, 60_000, False),
    ],
)
def test_a_timestamp_may_be_less_than_a_second_ahead_and_recvwindow_behind(
    wire: Any, off: int, window: int | None, taken: bool
) -> None:
    extra = {} if window is None else {"recvWindow": window}
    reply = wire.signed("GET", "account", timestamp=wire.now + off, **extra)
    if taken:
        assert reply.status == 200
    else:
        words = "Timestamp for this request is outside of the recvWindow."
        assert reply.refusal == (400, 700003, words)


def test_an_address_that_is_not_on_the_keys_list_is_named_and_refused(wire: Any) -> None:
    wire.control.key("sim-key", ips=["10.1.2.3"])
    refused = wire.signed("GET", "account").refusal
    assert refused == (400, 700006, "IP [127.0.0.1] not in the ip white list")


def test_a_key_that_may_only_read_is_refused_for_orders(wire: Any) -> None:
    wire.control.key("sim-key", permissions=["read"])
    shown = wire.signed("GET", "account").json
    assert (shown["canTrade"], shown["canWithdraw"]) == (False, False)
    words = "No permission to access the endpoint."
    assert wire.order().refusal == (400, 700007, words)
    assert wire.signed("DELETE", "openOrders", symbol="BTCUSDT").refusal[1] == 700007
    assert wire.control.orders() == []


# --- parameters -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("target", "code", "words"),
    [
        ("depth", -1102, "Mandatory parameter 'symbol' was not sent"),
        ("depth?symbol=btcusdt", -1121, "Invalid symbol."),
        ("exchangeInfo?symbol=NOSUCH", -1121, "Invalid symbol."),
        ("klines?symbol=BTCUSDT&interval=1h", -1121, "Invalid interval."),
        ("klines?symbol=BTCUSDT&interval=2m", -1121, "Invalid interval."),
        ("aggTrades?symbol=BTCUSDT&startTime=1", -1128, "Combination of optional parameters"),
    ],
)
def test_the_gateway_refuses_in_negative_codes_with_an_extension(
    wire: Any, target: str, code: int, words: str
) -> None:
    reply = wire.raw("GET", "/api/v3/" + target)
    assert reply.refusal[:2] == (400, code)
    assert words in reply.json["msg"]
    assert list(reply.json) == ["msg", "code", "_extend"]


def test_unknown_parameters_are_ignored(wire: Any) -> None:
    assert wire.get("time", colour="red").status == 200


def test_a_path_that_does_not_exist_is_404(wire: Any) -> None:
    assert wire.get("nowhere").refusal[:2] == (404, 404)


def test_the_futures_venue_lists_nothing(wire: Any) -> None:
    reply = wire.raw("GET", "/api/v1/contract/detail").json
    assert reply == {"success": True, "code": 0, "data": []}


# --- limits ---------------------------------------------------------------------------------------
class Narrow(MexcDialect):
    """MEXC with little patience."""

    limits: ClassVar[tuple[LimitRule, ...]] = (
        replace(MexcDialect.limits[0], limit=10, ban_after=2),
        replace(MexcDialect.limits[1], limit=30),
    )


@pytest.fixture
def narrow(another: Callable[..., Any]) -> Any:
    return another(Narrow, clock=VenueClock(fixed_at=1_790_000_003_000))


def test_every_endpoint_counts_for_itself_and_no_header_tells_how_much(narrow: Any) -> None:
    for _ in range(2):
        reply = narrow.get("trades", symbol="BTCUSDT")
        assert reply.status == 200
        assert not [name for name in reply.headers if "weight" in name or "used" in name]
    assert narrow.get("trades", symbol="BTCUSDT").refusal == (429, 429, "Too Many Requests")
    assert narrow.get("depth", symbol="BTCUSDT").status == 200


def test_a_limit_ends_with_its_ten_seconds_and_going_on_regardless_with_a_ban(narrow: Any) -> None:
    for _ in range(2):
        narrow.get("trades", symbol="BTCUSDT")
    assert narrow.get("trades", symbol="BTCUSDT").headers["retry-after"] == "7"
    narrow.get("trades", symbol="BTCUSDT")
    banned = narrow.get("trades", symbol="BTCUSDT")
    assert (banned.status, banned.headers["retry-after"]) == (418, "120")
    narrow.control.clock(advance_ms=120_000)
    assert narrow.get("trades", symbol="BTCUSDT").status == 200


def test_signed_endpoints_count_for_the_account_whatever_its_key(narrow: Any) -> None:
    narrow.control.key("second", secret="s2", account="main")
    narrow.control.key("third", secret="s3", account="other")
    for _ in range(3):
        assert narrow.signed("GET", "myTrades", symbol="BTCUSDT").status == 200
    again = narrow.signed("GET", "myTrades", symbol="BTCUSDT", key="second", secret="s2")
    assert again.status == 429
    other = narrow.signed("GET", "myTrades", symbol="BTCUSDT", key="third", secret="s3")
    assert other.status == 200


# --- failures on request --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        ({"action": "status", "status": 429, "seconds": 3}, 429, {"code": 429}),
        ({"action": "status", "status": 418, "seconds": 3}, 418, {"code": 429}),
        ({"action": "status", "status": 500}, 500, {"code": 500, "msg": "Internal error"}),
        ({"action": "status", "status": 504}, 504, {"code": 504, "msg": "Gateway Time-out"}),
        (
            {"action": "maintenance"},
            503,
            {"code": 500, "message": "Under maintenance, please try again later"},
        ),
        ({"action": "code", "code": 10072}, 400, {"code": 10072, "msg": "Api key info invalid"}),
    ],
)
def test_failures_on_request_are_phrased_as_the_venue_phrases_them(
    wire: Any, fault: dict[str, object], status: int, body: dict[str, object]
) -> None:
    wire.control.set_faults([{**fault, "operation": "fetch_time"}])
    reply = wire.get("time")
    assert reply.status == status
    assert reply.json.items() >= body.items()
    if status in (418, 429):
        assert reply.headers["retry-after"] == "3"
    assert wire.get("time").status == 200


def test_a_bad_gateway_is_a_page_of_html(wire: Any) -> None:
    wire.control.set_faults([{"action": "status", "status": 502}])
    reply = wire.get("time")
    assert (reply.status, reply.headers["content-type"]) == (502, "text/html")
    assert "502 Bad Gateway" in reply.text


def test_the_dialect_shares_no_code_with_the_adapter_or_the_kit() -> None:
    folder = Path(importlib.import_module("exchangekit_mexc.sim").__file__ or "").parent
    imported = set()
    for module in folder.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")
            elif isinstance(node, ast.Import):
                imported.update(item.name for item in node.names)
    ours = {name for name in imported if name.startswith("exchangekit")}
    assert "exchangekit.sim" in ours
    assert all(name.startswith(("exchangekit.sim", "exchangekit_mexc.sim")) for name in ours)
