"""The simulated Binance: who may ask, what is refused and how, limits and failures."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

import pytest
from exchangekit_binance.sim import BinanceDialect

from exchangekit.sim import LimitRule, VenueClock

KEY_HEADER = "X-MBX-APIKEY"

# Published with the signature scheme; the first is a query, the second query and body together.
# https://developers.binance.com/docs/binance-spot-api-docs/rest-api/request-security
DOCS_KEY = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
DOCS_SECRET = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
DOCS_TIME = 1499827319559
DOCS_WHOLE = (
    "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1"
    "&recvWindow=5000&timestamp=1499827319559"
)
DOCS_WIDE = DOCS_WHOLE.replace("LTCBTC", quote("１２３４５６"))
DOCS_SPLIT = (
    "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC",
    "quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559",
)


# --- signatures -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "body", "signature", "code"),
    [
        (DOCS_WHOLE, "", "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71", -1013),
        ("", DOCS_WHOLE, "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71", -1013),
        (*DOCS_SPLIT, "0fd168b8ddb4876a0358a8d14d0c9f3da0e9b20c5d52b2a00fcf7d1c602f9a77", -1013),
        (DOCS_WIDE, "", "e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3", -1121),
    ],
    ids=["query", "body", "query and body", "percent-encoded symbol"],
)
def test_the_published_signatures_are_taken_so_only_the_order_itself_is_refused(
    wire: Any, query: str, body: str, signature: str, code: int
) -> None:
    wire.control.key(DOCS_KEY, secret=DOCS_SECRET, permissions=["read", "trade"])
    wire.control.clock(offset_ms=DOCS_TIME - wire.now)
    signed = f"&signature={signature}"
    reply = wire.raw(
        "POST",
        "/api/v3/order?" + (query + signed if not body else query),
        headers={KEY_HEADER: DOCS_KEY, "Content-Type": "application/x-www-form-urlencoded"},
        body=(body + signed).encode() if body else b"",
    )
    assert reply.json["code"] == code


def test_the_published_signature_of_an_unencoded_payload_is_refused(wire: Any) -> None:
    wire.control.key(DOCS_KEY, secret=DOCS_SECRET)
    wire.control.clock(offset_ms=DOCS_TIME - wire.now)
    unencoded = DOCS_WHOLE.replace("LTCBTC", "１２３４５６").encode()
    signature = b"ca2cdfbf21d2e2958de492c7f2dd1f059dd2ed4d4459d26a5ec7928db50c8d4f"
    reply = wire.raw(
        "POST",
        "/api/v3/order",
        headers={KEY_HEADER: DOCS_KEY, "Content-Type": "application/x-www-form-urlencoded"},
        body=unencoded + b"&signature=" + signature,
    )
    assert reply.refusal == (400, -1022, "Signature for this request is not valid.")


def ask(wire: Any, payload: str, signature: str, *, key: str | None = "sim-key") -> Any:
    headers = {} if key is None else {KEY_HEADER: key}
    return wire.raw("GET", f"/api/v3/account?{payload}&signature={signature}", headers=headers)


def test_parameters_may_come_in_any_order_but_not_change_it_after_signing(wire: Any) -> None:
    first = f"timestamp={wire.now}&recvWindow=5000"
    second = f"recvWindow=5000&timestamp={wire.now}"
    assert ask(wire, first, wire.sign(first)).status == 200
    assert ask(wire, second, wire.sign(second)).status == 200
    assert ask(wire, second, wire.sign(first)).json["code"] == -1022


def test_a_signature_in_upper_case_is_taken(wire: Any) -> None:
    payload = f"timestamp={wire.now}"
    assert ask(wire, payload, wire.sign(payload).upper()).status == 200


@pytest.mark.parametrize("raw", ['symbol=["BTCUSDT"]', "symbol=a\\b", "symbol=%zz", "symbol=<a>"])
def test_what_is_not_percent_encoded_is_refused_even_if_signed_as_it_was_sent(
    wire: Any, raw: str
) -> None:
    payload = f"{raw}&timestamp={wire.now}"
    assert ask(wire, payload, wire.sign(payload)).refusal[:2] == (400, -1022)


@pytest.mark.parametrize("raw", ["a=%5B%22BTCUSDT%22%5D", "a=x,y", "a=(b)", "a=%20"])
def test_what_may_stand_in_a_query_and_is_signed_as_sent_gets_past_the_signature(
    wire: Any, raw: str
) -> None:
    payload = f"{raw}&timestamp={wire.now}"
    # The parameter is unknown to the endpoint, which only a request with a valid signature learns.
    assert ask(wire, payload, wire.sign(payload)).json["code"] == -1104


def test_the_query_wins_over_the_body_where_both_have_a_parameter(wire: Any) -> None:
    query = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=60000"
    body = f"price=50000&timestamp={wire.now}"
    reply = wire.raw(
        "POST",
        f"/api/v3/order?{query}",
        headers={KEY_HEADER: "sim-key", "Content-Type": "application/x-www-form-urlencoded"},
        body=f"{body}&signature={wire.sign(query + body)}".encode(),
    )
    assert reply.json["price"] == "60000.00000000"


def test_parameters_in_a_json_body_are_not_read(wire: Any) -> None:
    reply = wire.raw(
        "POST",
        "/api/v3/order",
        headers={KEY_HEADER: "sim-key", "Content-Type": "application/json"},
        body=b'{"symbol":"BTCUSDT"}',
    )
    assert reply.refusal[1] == -1102
    assert "'timestamp'" in reply.refusal[2]


@pytest.mark.parametrize("method", ["DELETE", "GET"])
def test_what_asks_has_its_parameters_in_the_query_and_what_changes_may_have_a_form(
    wire: Any, method: str
) -> None:
    order_id = wire.order().json["orderId"]
    body = f"symbol=BTCUSDT&orderId={order_id}&timestamp={wire.now}"
    reply = wire.raw(
        method,
        "/api/v3/order",
        headers={KEY_HEADER: "sim-key", "Content-Type": "application/x-www-form-urlencoded"},
        body=f"{body}&signature={wire.sign(body)}".encode(),
    )
    if method == "GET":
        assert reply.refusal[1] == -1102
    else:
        assert reply.json["status"] == "CANCELED"


# --- who is asking --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("key", "status", "code"),
    [(None, 401, -2014), ("not a key!", 401, -2014), ("unknown", 401, -2015)],
    ids=["no key", "malformed", "unknown"],
)
def test_a_key_that_is_missing_malformed_or_unknown_is_refused_with_401(
    wire: Any, key: str | None, status: int, code: int
) -> None:
    payload = f"timestamp={wire.now}"
    assert ask(wire, payload, wire.sign(payload), key=key).refusal[:2] == (status, code)


@pytest.mark.parametrize(
    ("query", "code", "words"),
    [
        ("", -1102, "Mandatory parameter 'timestamp' was not sent, was empty/null, or malformed."),
        ("timestamp={now}", -1102, "Mandatory parameter 'signature' was not sent"),
        ("timestamp=soon&signature=0", -1100, "Illegal characters found in parameter 'timestamp'"),
        ("timestamp={now}&recvWindow=60001&signature=0", -1131, "recvWindow must be less than"),
        ("timestamp={now}&recvWindow=x&signature=0", -1100, "'recvWindow'"),
        ("timestamp={now}&signature=0", -1022, "Signature for this request is not valid."),
        ("timestamp={now}&signature=%C3%A9", -1022, "Signature for this request is not valid."),
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
    ("off", "window", "code"),
    [
        (999, None, None),
        (1000, None, "Timestamp for this request was 1000ms ahead of the server's time."),
        (-5000, None, None),
        (-5001, None, "Timestamp for this request is outside of the recvWindow."),
        (-60_000, "60000", None),
        (-60_001, "60000", "Timestamp for this request is outside of the recvWindow."),
        (-6, "5.999", "Timestamp for this request is outside of the recvWindow."),
        (-6, "6.000", None),
    ],
)
def test_a_timestamp_may_be_less_than_a_second_ahead_and_recvwindow_behind(
    wire: Any, off: int, window: str | None, code: str | None
) -> None:
    extra = {} if window is None else {"recvWindow": window}
    reply = wire.signed("GET", "account", timestamp=wire.now + off, **extra)
    if code is None:
        assert reply.status == 200
    else:
        assert reply.refusal == (400, -1021, code)


def test_a_timestamp_in_microseconds_is_understood(wire: Any) -> None:
    assert wire.signed("GET", "account", timestamp=wire.now * 1000 + 7).status == 200


def test_a_request_held_up_past_its_window_before_the_matching_engine_is_refused(
    another: Callable[..., Any],
) -> None:
    wire = another()
    wire.control.set_faults(
        [{"action": "delay", "at": "acceptance", "seconds": 0.4, "operation": "create_order"}]
    )
    late = wire.order(recvWindow=200)
    assert late.refusal[:2] == (400, -1021)
    assert wire.control.orders() == []
    assert wire.order(recvWindow=5000).status == 200


def test_an_address_that_is_not_on_the_keys_list_is_refused(wire: Any) -> None:
    wire.control.key("sim-key", ips=["10.1.2.3"])
    words = "Invalid API-key, IP, or permissions for action."
    assert wire.signed("GET", "account").refusal == (401, -2015, words)
    wire.control.key("sim-key", ips=["127.0.0.1"])
    assert wire.signed("GET", "account").status == 200


def test_a_key_that_may_only_read_is_refused_for_orders_with_the_same_code(wire: Any) -> None:
    wire.control.key("sim-key", permissions=["read"])
    assert wire.signed("GET", "account").status == 200
    assert wire.order().refusal[:2] == (401, -2015)
    assert wire.signed("DELETE", "openOrders", symbol="BTCUSDT").refusal[:2] == (401, -2015)
    assert wire.control.orders() == []


def test_the_key_tells_what_it_may_do(wire: Any) -> None:
    wire.control.key("sim-key", permissions=["read", "withdraw"], ips=["127.0.0.1"])
    shown = wire.signed("GET", "/sapi/v1/account/apiRestrictions").json
    assert shown["ipRestrict"] is True
    assert shown["enableReading"] is True
    assert shown["enableWithdrawals"] is True
    assert shown["enableSpotAndMarginTrading"] is False


# --- parameters -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("target", "code", "words"),
    [
        ("depth", -1102, "Mandatory parameter 'symbol' was not sent"),
        ("depth?symbol=", -1105, "Parameter 'symbol' was empty."),
        ("depth?symbol=btcusdt", -1100, "legal range is '^[\\w"),
        ("depth?symbol=NOSUCH", -1121, "Invalid symbol."),
        ("depth?symbol=BTCUSDT&symbol=ETHUSDT", -1101, "Duplicate values"),
        ("depth?symbol=BTCUSDT&limit=-1", -1100, "legal range is '^[0-9]{1,20}$'"),
        ("depth?symbol=BTCUSDT&limit=0", -1130, "Data sent for parameter 'limit'"),
        ("depth?symbol=BTCUSDT&colour=red", -1104, "read '1' parameter(s) but was sent '2'"),
        ("depth?symbol=BTCUSDT&symbolStatus=HALT", -1220, "does not match"),
        ("depth?symbol=BTCUSDT&symbolStatus=OPEN", -1122, "Invalid symbolStatus."),
        ("ping?x=1", -1101, "expected '0' and received '1'"),
        ("klines?symbol=BTCUSDT&interval=7m", -1120, "Invalid interval."),
        ("klines?symbol=BTCUSDT&interval=1H", -1120, "Invalid interval."),
        ("klines?symbol=BTCUSDT", -1102, "'interval'"),
        ("klines?symbol=BTCUSDT&interval=1m&startTime=2&endTime=1", -1023, "Start time"),
        ("klines?symbol=BTCUSDT&interval=1d&timeZone=15", -1130, "'timeZone'"),
        ("aggTrades?symbol=BTCUSDT&fromId=1&startTime=1", -1128, "Combination"),
        ("ticker/24hr?symbol=BTCUSDT&symbols=%5B%22BTCUSDT%22%5D", -1128, "Combination"),
        ("ticker/24hr?symbols=BTCUSDT", -1100, "'symbols'"),
        ("ticker/24hr?symbols=%5B%22BTCUSDT%22,%22BTCUSDT%22%5D", -1151, "multiple times"),
        ("ticker/24hr?symbol=BTCUSDT&type=TINY", -1139, "Invalid ticker type."),
        ("ticker", -1128, "Combination"),
        ("ticker?symbol=BTCUSDT&windowSize=60m", -1130, "'windowSize'"),
        ("exchangeInfo?symbol=BTCUSDT&permissions=SPOT", -1128, "Combination"),
    ],
)
def test_public_endpoints_refuse_what_they_do_not_understand(
    wire: Any, target: str, code: int, words: str
) -> None:
    status, got, message = wire.raw("GET", "/api/v3/" + target).refusal
    assert (status, got) == (400, code)
    assert words in message


def test_a_path_that_does_not_exist_is_a_page_not_found(wire: Any) -> None:
    reply = wire.get("nowhere")
    assert reply.status == 404
    assert reply.headers["content-type"].startswith("text/html")


def test_the_other_products_list_nothing(wire: Any) -> None:
    for path in ("/fapi/v1/exchangeInfo", "/dapi/v1/exchangeInfo", "/eapi/v1/exchangeInfo"):
        assert wire.raw("GET", path).json["symbols"] == []
    assert wire.signed("GET", "/sapi/v1/margin/allPairs").json == []


# --- limits ---------------------------------------------------------------------------------------
class Narrow(BinanceDialect):
    """Binance with little patience."""

    limits: ClassVar[tuple[LimitRule, ...]] = tuple(
        replace(rule, **changes)
        for rule, changes in zip(
            BinanceDialect.limits,
            (
                {"limit": 30, "ban_after": 2},
                {},
                {},
                {"limit": 2},
                {"limit": 3},
            ),
            strict=True,
        )
    )


@pytest.fixture
def narrow(another: Callable[..., Any]) -> Any:
    return another(Narrow, clock=VenueClock(fixed_at=1_790_000_015_000))


def test_every_answer_tells_how_much_of_the_minute_is_used(wire: Any) -> None:
    before = int(wire.get("ping").headers["x-mbx-used-weight-1m"])
    after = wire.get("depth", symbol="BTCUSDT", limit=500).headers
    assert int(after["x-mbx-used-weight-1m"]) == before + 25
    assert after["x-mbx-used-weight"] == after["x-mbx-used-weight-1m"]


@pytest.mark.parametrize(
    ("target", "weight"),
    [
        ("ping", 1),
        ("exchangeInfo", 20),
        ("depth?symbol=BTCUSDT", 5),
        ("depth?symbol=BTCUSDT&limit=101", 25),
        ("depth?symbol=BTCUSDT&limit=1000", 50),
        ("depth?symbol=BTCUSDT&limit=5000", 250),
        ("trades?symbol=BTCUSDT", 25),
        ("aggTrades?symbol=BTCUSDT", 4),
        ("klines?symbol=BTCUSDT&interval=1m", 2),
        ("ticker/24hr", 80),
        ("ticker/24hr?symbol=BTCUSDT", 2),
        ("ticker/24hr?symbols=%5B%22BTCUSDT%22,%22ETHUSDT%22%5D", 2),
        ("ticker/price", 4),
        ("ticker/price?symbol=BTCUSDT", 2),
        ("ticker?symbols=%5B%22BTCUSDT%22,%22ETHUSDT%22%5D", 8),
    ],
)
def test_endpoints_weigh_what_the_documentation_says(wire: Any, target: str, weight: int) -> None:
    reply = wire.raw("GET", "/api/v3/" + target)
    assert reply.status == 200
    assert int(reply.headers["x-mbx-used-weight-1m"]) == weight


def test_too_much_weight_is_429_then_a_ban_of_the_address(narrow: Any) -> None:
    assert narrow.get("trades", symbol="BTCUSDT").status == 200
    first = narrow.get("trades", symbol="BTCUSDT")
    assert first.refusal[:2] == (429, -1003)
    assert "current limit is 30 request weight per 1 MINUTE" in first.refusal[2]
    assert 0 < int(first.headers["retry-after"]) <= 60
    narrow.get("ping")
    banned = narrow.get("ping")
    assert banned.refusal[:2] == (418, -1003)
    assert f"IP banned until {narrow.now + 120_000}" in banned.refusal[2]
    assert banned.headers["retry-after"] == "120"
    narrow.control.clock(advance_ms=119_999)
    assert narrow.get("ping").status == 418
    narrow.control.clock(advance_ms=1)
    assert narrow.get("ping").status == 200


def test_an_address_that_goes_on_regardless_is_banned_by_default(wire: Any) -> None:
    wire.control.limits(sizes={"weight": 0})
    statuses = [wire.get("ping").status for _ in range(110)]
    assert (statuses[0], statuses[-1]) == (429, 418)
    assert sorted(statuses, reverse=True) == statuses


def test_an_order_that_is_accepted_costs_no_weight_but_one_that_is_refused_does(wire: Any) -> None:
    assert wire.order().headers["x-mbx-used-weight-1m"] == "0"
    assert wire.order(quantity="0.000001").headers["x-mbx-used-weight-1m"] == "1"


def test_orders_are_counted_by_account_in_headers_of_their_own(narrow: Any) -> None:
    headers = narrow.order().headers
    assert (headers["x-mbx-order-count-10s"], headers["x-mbx-order-count-1d"]) == ("1", "1")
    assert narrow.order().status == 200
    refused = narrow.order()
    assert refused.refusal == (
        429, -1015, "Too many new orders; current limit is 2 orders per 10 SECOND.",
    )  # fmt: skip
    assert 0 < int(refused.headers["retry-after"]) <= 10
    narrow.control.clock(advance_ms=10_000)
    assert narrow.order().status == 429
    assert "3 orders per 1 DAY" in narrow.order().refusal[2]
    assert len(narrow.control.orders()) == 2


def test_an_order_that_fills_at_once_does_not_count_as_unfilled(narrow: Any) -> None:
    for _ in range(4):
        filled = narrow.market(quantity="0.001")
        assert (filled.json["status"], filled.headers["x-mbx-order-count-1d"]) == ("FILLED", "0")


def test_exchange_info_publishes_the_limits_in_force(narrow: Any) -> None:
    shown = narrow.get("exchangeInfo", symbol="BTCUSDT").json["rateLimits"]
    assert [item["limit"] for item in shown] == [30, 2, 3, 300_000]


def test_limits_are_made_small_through_the_control_interface(wire: Any) -> None:
    assert wire.control.limits()["sizes"]["weight"] == 6000
    wire.control.limits(sizes={"weight": 3})
    assert wire.get("exchangeInfo").refusal[:2] == (429, -1003)
    shown = wire.control.limits(clear=True, sizes={"weight": 20, "orders-10s": 0})
    assert shown["sizes"]["weight"] == 20
    assert wire.get("exchangeInfo").json["rateLimits"][0]["limit"] == 20
    assert wire.order().refusal[:2] == (429, -1003)
    wire.control.limits(clear=True)
    assert wire.order().refusal[:2] == (429, -1015)
    for wrong in ({"nosuch": 1}, {"weight": -1}, {"weight": "9"}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            wire.control.limits(sizes=wrong)


# --- failures on request --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ({"action": "status", "status": 429, "seconds": 3}, 429, -1003),
        ({"action": "status", "status": 418, "seconds": 3}, 418, -1003),
        ({"action": "status", "status": 500}, 500, -1000),
        ({"action": "status", "status": 503}, 503, -1008),
        ({"action": "maintenance"}, 503, -1016),
        ({"action": "code", "code": -1007}, 504, -1007),
        ({"action": "code", "code": -1021}, 400, -1021),
    ],
)
def test_failures_on_request_are_phrased_as_the_venue_phrases_them(
    wire: Any, fault: dict[str, object], status: int, code: int
) -> None:
    wire.control.set_faults([{**fault, "operation": "fetch_time"}])
    reply = wire.get("time")
    assert reply.refusal[:2] == (status, code)
    if status in (418, 429):
        assert reply.headers["retry-after"] == "3"
    assert wire.get("time").status == 200


def test_maintenance_shows_in_the_system_status(wire: Any) -> None:
    path = "/sapi/v1/system/status"
    assert wire.raw("GET", path).json == {"status": 0, "msg": "normal"}
    wire.control.set_faults([{"action": "maintenance", "operation": "fetch_status"}])
    assert wire.raw("GET", path).json == {"status": 1, "msg": "system maintenance"}


def test_the_dialect_shares_no_code_with_the_adapter_or_the_kit() -> None:
    folder = Path(importlib.import_module("exchangekit_binance.sim").__file__ or "").parent
    imported = set()
    for module in folder.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")
            elif isinstance(node, ast.Import):
                imported.update(item.name for item in node.names)
    ours = {name for name in imported if name.startswith("exchangekit")}
    assert "exchangekit.sim" in ours
    assert all(name.startswith(("exchangekit.sim", "exchangekit_binance.sim")) for name in ours)
