"""Faults do at the socket exactly what they say, and the ledger knows what really happened."""

import asyncio
import socket
import threading
import time
from decimal import Decimal

import httpx
import pytest
from support.patience import PATIENCE, eventually
from support.sim_toy import KEY

from exchangekit.sim.faults import BadRule, parse_rule

D = Decimal


def raw(venue, data, *, pause=0.0, until_closed=True):
    """Send bytes, return what came back and how the connection ended."""
    host, port = venue.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
        connection.sendall(data)
        time.sleep(pause)
        received = b""
        while until_closed:
            try:
                piece = connection.recv(65536)
            except ConnectionResetError:
                return received, "reset"
            if not piece:
                return received, "closed"
            received += piece
        return received, "open"


def accepted(venue):
    return [order["id"] for order in venue.control.orders()]


TIME = b"GET /time HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(("at", "orders"), [("before", 0), ("after", 1)])
@pytest.mark.parametrize("reset", [False, True])
def test_a_dropped_order_exists_exactly_if_it_was_accepted(venue, client, at, orders, reset):
    client.put("faults", {"action": "drop", "at": at, "operation": "create_order", "reset": reset})
    error = httpx.ReadError if reset else httpx.RemoteProtocolError
    with pytest.raises(error):
        client.order()
    assert len(accepted(venue)) == orders
    entry = venue.control.requests()[-1]
    assert (entry["accepted"], entry["outcome"]) == (at == "after", f"drop {at}")
    assert client.order().json()["status"] == "open"


@pytest.mark.parametrize(("reset", "ending"), [(False, "closed"), (True, "reset")])
def test_a_drop_sends_not_one_byte(venue, client, reset, ending):
    client.put("faults", {"action": "drop", "reset": reset})
    assert raw(venue, TIME) == (b"", ending)


def test_a_refused_request_is_reset_before_its_body_was_sent(venue, client):
    client.put("faults", {"action": "refuse", "path": "/order"})
    head = b"POST /order HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n"
    assert raw(venue, head) == (b"", "reset")
    entry = client.get("requests")[-1]
    assert (entry["outcome"], entry["accepted"], entry["body"]) == ("refuse before", False, "")
    assert client.http.get("/time").status_code == 200


def test_an_outage_refuses_connections_and_ends(venue, client, held):
    host, port = venue.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as idle:
        idle.sendall(b"GET /time HTTP/1.1\r\nHost: x\r\n\r\n")
        assert idle.recv(65536).startswith(b"HTTP/1.1 200")
        client.put("faults", {"action": "refuse", "seconds": 0.3})
        assert eventually(lambda: seen(venue) == "refused")
        assert idle.recv(65536) == b"", "a connection kept open outlived the outage's start"
    assert held.seconds == [0.3]
    held.let_go()
    assert eventually(lambda: seen(venue) == 200)


def test_clearing_the_faults_ends_an_outage_before_its_time(venue):
    for _ in range(2):
        venue.control.add_faults([{"action": "refuse", "seconds": 10 * PATIENCE}])
        assert eventually(lambda: seen(venue) == "refused")
        venue.control.clear_faults()
        assert eventually(lambda: seen(venue) == 200)


def test_nobody_gets_the_port_of_a_venue_during_an_outage(venue, held):
    """A connection that another program makes may be given any port that is free."""
    host, port = venue.url.removeprefix("http://").split(":")
    venue.control.add_faults([{"action": "refuse", "seconds": 0.3}])
    assert eventually(lambda: held.seconds == [0.3])
    with socket.socket() as another, pytest.raises(OSError, match="in use"):
        another.bind((host, int(port)))
    held.let_go()
    assert eventually(lambda: seen(venue) == 200)


def test_an_outage_within_another_does_not_end_it(venue, monkeypatch):
    both, over = asyncio.Event(), asyncio.Event()
    ended = []

    async def sleep(seconds):
        if seconds == 99:
            both.set()
            await over.wait()
        await both.wait()
        ended.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    venue.control.add_faults([{"action": "refuse", "seconds": one} for one in (1, 99)])
    assert eventually(lambda: ended == [1])
    assert seen(venue) == "refused"


def seen(venue):
    """The status that the venue answers with, or why there is none."""
    try:
        return httpx.get(venue.url + "/time", timeout=PATIENCE).status_code
    except httpx.ConnectError as error:
        return "refused" if "refused" in str(error) else str(error)


@pytest.mark.parametrize("at", ["before", "after"])
@pytest.mark.parametrize(
    ("rule", "status", "body"),
    [
        ({"action": "status", "status": 500}, 500, b'{"code":"trouble-error"}'),
        ({"action": "status", "status": 503}, 503, b'{"code":"trouble-unavailable"}'),
        ({"action": "status", "status": 429}, 429, b'{"code":"slow-down"}'),
        ({"action": "status", "status": 418, "seconds": 30}, 418, b'{"code":"slow-down"}'),
        ({"action": "maintenance"}, 503, b'{"code":"trouble-maintenance"}'),
        ({"action": "code", "code": 51149}, 400, b'{"code":"51149","message":"refused"}'),
        (
            {"action": "code", "code": "x", "message": "m", "status": 200},
            200,
            b'{"code":"x","message":"m"}',
        ),
        ({"action": "reply", "body": "{}", "status": 201}, 201, b"{}"),
        ({"action": "empty"}, 200, b""),
        ({"action": "non_utf8"}, 200, b'{"msg":"\xff\xfe\xe9"}'),
        ({"action": "deep", "size": 3}, 200, b"[[[]]]"),
        ({"action": "huge", "size": 10}, 200, b'["xxxxxx"]'),
    ],
)
def test_a_spoilt_reply_leaves_the_order_as_it_says(venue, client, rule, status, body, at):
    client.put("faults", rule | {"at": at})
    answer = client.order()
    assert (answer.status_code, answer.content) == (status, body)
    assert len(accepted(venue)) == (at == "after")
    assert client.order().json()["status"] == "open"


def test_limits_on_request_say_how_long_to_wait(client):
    client.put("faults", {"action": "status", "status": 418, "seconds": 30})
    assert client.http.get("/time").headers["Retry-After"] == "30"


def test_a_gateway_answers_html(client):
    client.put("faults", {"action": "html"})
    answer = client.http.get("/time")
    assert answer.status_code == 502
    assert answer.headers["Content-Type"] == "text/html"
    assert answer.text.startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(("action", "size"), [("huge", 50_000_000), ("deep", 200_000)])
def test_monstrous_replies_arrive_whole(client, action, size):
    client.put("faults", {"action": action})
    assert len(client.http.get("/time").content) == size


def test_a_truncated_reply_promises_more_than_it_sends(venue, client):
    client.put("faults", {"action": "truncate"})
    received, ending = raw(venue, TIME)
    head, _, body = received.partition(b"\r\n\r\n")
    assert ending == "closed"
    whole = b'{"now":1790000000000}'
    assert f"Content-Length: {len(whole)}".encode() in head
    assert body == whole[: len(whole) // 2]


def test_a_truncated_reply_to_an_order_leaves_the_order(venue, client):
    client.put("faults", {"action": "truncate", "operation": "create_order"})
    with pytest.raises(httpx.RemoteProtocolError):
        client.order()
    assert len(accepted(venue)) == 1


def test_a_drip_comes_bit_by_bit(venue, client, held):
    """Its head and nothing else until the first pause is over; six pieces, a pause before each."""
    client.put("faults", {"action": "drip", "seconds": 0.02, "size": 4})
    with client.http.stream("GET", "/time") as answer:
        assert held.reached.wait(PATIENCE)
        assert held.seconds == [0.02]
        held.let_go()
        assert answer.read() == b'{"now":1790000000000}'
    assert held.seconds == [0.02] * 6


@pytest.mark.parametrize("at", ["arrival", "acceptance", "reply"])
def test_a_delayed_order_is_held_up_where_it_says_and_nobody_else_is(venue, client, held, at):
    client.put("faults", {"action": "delay", "seconds": 0.3, "at": at, "operation": "create_order"})
    thread = threading.Thread(target=client.order)
    thread.start()
    assert held.reached.wait(PATIENCE)
    assert httpx.get(venue.url + "/time", timeout=PATIENCE).status_code == 200
    assert len(accepted(venue)) == (at == "reply")
    assert thread.is_alive()
    held.let_go()
    thread.join()
    assert held.seconds == [0.3]
    assert len(accepted(venue)) == 1


@pytest.mark.parametrize(("at", "status"), [("arrival", 400), ("acceptance", 200)])
def test_time_passes_on_the_way_in_or_between_the_checks_and_the_ledger(
    venue, client, held, at, status
):
    """A request that arrives too late is refused; one already checked is not."""
    stamp = venue.venue.clock.now()
    client.put("faults", {"action": "delay", "seconds": 0.2, "at": at, "operation": "create_order"})
    body = {"symbol": "BTC-USDT", "side": "buy", "kind": "limit", "price": "1", "amount": "1"}
    answers = []
    thread = threading.Thread(
        target=lambda: answers.append(client.signed("POST", f"/order?timestamp={stamp}", body))
    )
    thread.start()
    assert held.reached.wait(PATIENCE)
    venue.control.clock(advance_ms=6_000)
    held.let_go()
    thread.join()
    assert answers[0].status_code == status
    assert len(accepted(venue)) == (status == 200)
    entry = next(e for e in venue.control.requests() if e["operation"] == "create_order")
    assert entry["received"] - entry["arrived"] == (6_000 if at == "arrival" else 0)


def test_a_client_that_leaves_does_not_stop_its_order(venue, client, held):
    client.put(
        "faults", {"action": "delay", "seconds": 0.2, "at": "arrival", "operation": "create_order"}
    )
    impatient = httpx.Client(base_url=venue.url, timeout=httpx.Timeout(PATIENCE, read=0.05))
    body = {"symbol": "BTC-USDT", "side": "buy", "kind": "limit", "price": "1", "amount": "1"}
    with pytest.raises(httpx.ReadTimeout):
        client.signed("POST", "/order", body, client=impatient)
    impatient.close()
    assert held.reached.wait(PATIENCE)
    assert accepted(venue) == []
    held.let_go()
    assert eventually(lambda: len(accepted(venue)) == 1)


@pytest.mark.parametrize("price", ["1000", "200000"])
def test_the_next_order_fills_in_part_and_waits(venue, client, price):
    client.put("faults", {"action": "partial", "fraction": "0.25"})
    client.http.get("/time")  # not an order: the rule waits
    order = client.order(price=price, amount="0.4").json()
    assert (order["status"], D(str(order["filled"]))) == ("open", D("0.1"))
    venue.control.clock(advance_ms=3_600_000)
    found = client.signed("GET", f"/order?id={order['id']}").json()
    assert (found["status"], D(str(found["filled"]))) == ("open", D("0.1"))
    client.http.delete("/_sim/faults")
    found = client.signed("GET", f"/order?id={order['id']}").json()
    assert found["status"] == ("filled" if price == "200000" else "open")
    second = client.order(price="200000", amount="0.4").json()
    assert second["status"] == "filled"


def test_a_partly_filled_order_can_be_canceled(venue, client):
    client.put("faults", {"action": "partial", "fraction": "0.25"})
    order = client.order(amount="0.4").json()
    canceled = client.signed("DELETE", f"/order?id={order['id']}").json()
    assert (canceled["status"], D(str(canceled["filled"]))) == ("canceled", D("0.1"))
    assert venue.control.balances()["main"]["USDT"]["locked"] == "0"
    client.http.delete("/_sim/faults")
    assert client.signed("GET", f"/order?id={order['id']}").json()["status"] == "canceled"


def test_a_market_order_that_fills_in_part_ends_there(venue, client):
    client.put("faults", {"action": "partial", "fraction": "0.5"})
    order = client.order(kind="market", price=None, amount="0.2").json()
    assert (order["status"], D(str(order["filled"]))) == ("expired", D("0.1"))


def lagging(client, **rule):
    rule = {"action": "lag", "seconds": 2, "count": 0, **rule}
    assert client.http.post("/_sim/faults", json=rule).status_code == 200


def test_an_order_is_shown_only_when_a_copy_that_lags_has_it(venue, client):
    lagging(client, operation="fetch_order")
    order = client.order().json()
    assert order["status"] == "open"
    path = f"/order?id={order['id']}"
    venue.control.clock(advance_ms=1_999)
    assert client.signed("GET", path).status_code == 404
    venue.control.clock(advance_ms=1)
    assert client.signed("GET", path).json() == order
    assert client.signed("DELETE", path).json()["status"] == "canceled"
    assert client.signed("GET", path).json()["status"] == "open"
    venue.control.clock(advance_ms=2_000)
    assert client.signed("GET", path).json()["status"] == "canceled"


def test_a_copy_that_lags_knows_the_fills_of_its_time(venue, client):
    client.put("faults", {"action": "partial", "fraction": "0.25"})
    order = client.order(price="200000", amount="0.4").json()
    path = f"/order?id={order['id']}"
    venue.control.clock(advance_ms=5_000)
    lagging(client)
    assert client.signed("DELETE", path).json()["status"] == "canceled"
    seen = client.signed("GET", path).json()
    assert (seen["status"], D(str(seen["filled"]))) == ("open", D("0.1"))
    assert venue.control.orders()[0]["status"] == "canceled"


def test_what_changes_something_never_lags(client):
    lagging(client)
    order = client.order().json()
    assert client.signed("DELETE", f"/order?id={order['id']}").json()["status"] == "canceled"


def test_a_clock_made_wrong_by_a_fault_is_right_again_without_it(venue, client):
    client.put("faults", {"action": "clock", "offset_ms": 3_600_000, "nth": 2})
    true = venue.venue.clock.market_now()
    assert client.http.get("/time").json() == {"now": true}
    assert client.http.get("/time").json() == {"now": true + 3_600_000}
    assert client.http.get("/time").json() == {"now": true + 3_600_000}
    client.http.delete("/_sim/faults")
    assert client.http.get("/time").json() == {"now": true}


def test_rules_strike_the_requests_they_name_from_the_nth_on_and_so_many_times(venue, client):
    client.put(
        "faults",
        [
            {"action": "status", "status": 500, "path": "/ti*", "nth": 2, "count": 2},
            {"action": "status", "status": 503, "operation": "create_*", "method": "POST"},
            {"action": "status", "status": 502, "method": "PUT", "count": 0},
        ],
    )
    assert [client.http.get("/time").status_code for _ in range(5)] == [200, 500, 500, 200, 200]
    assert [client.order().status_code for _ in range(2)] == [503, 200]
    assert [client.http.put("/nowhere").status_code for _ in range(4)] == [502] * 4
    assert [(rule["seen"], rule["fired"]) for rule in client.get("faults")] == [
        (5, 2),
        (2, 1),
        (4, 4),
    ]


def test_several_rules_may_strike_one_request(venue, client, held):
    client.put(
        "faults",
        [
            {"action": "delay", "seconds": 0.15, "operation": "create_order"},
            {"action": "status", "status": 503, "at": "after", "operation": "create_order"},
        ],
    )
    held.let_go()
    assert client.order().status_code == 503
    assert held.seconds == [0.15]
    assert len(accepted(venue)) == 1
    assert venue.control.requests()[-1]["outcome"] == "delay reply, status after"


def test_putting_rules_replaces_and_posting_adds(client):
    client.put("faults", {"action": "empty"})
    client.put("faults", {"rules": [{"action": "html"}]})
    added = client.http.post("/_sim/faults", json=[{"action": "deep"}]).json()
    assert [rule["action"] for rule in added] == ["html", "deep"]
    assert client.http.delete("/_sim/faults").json() == []
    assert client.get("faults") == []


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ([], "a JSON object"),
        ({"action": "explode"}, "known are refuse"),
        ({}, "action is None"),
        ({"action": "drop", "att": "after"}, "unknown field 'att'"),
        ({"action": "drop", "at": "reply"}, "before or after"),
        ({"action": "delay", "seconds": 1, "at": "before"}, "arrival"),
        ({"action": "delay"}, "needs seconds"),
        ({"action": "lag"}, "needs seconds"),
        ({"action": "lag", "seconds": 1, "at": "after"}, "strikes at before"),
        ({"action": "delay", "seconds": "1"}, "wrong type"),
        ({"action": "drop", "nth": True}, "wrong type"),
        ({"action": "drop", "nth": 0}, "begins at 1"),
        ({"action": "status"}, "needs a status"),
        ({"action": "status", "status": 200}, "needs a status"),
        ({"action": "code"}, "needs a code"),
        ({"action": "reply"}, "needs a body"),
        ({"action": "partial", "fraction": "half"}, "not a number"),
        ({"action": "partial", "fraction": 0}, "above 0"),
    ],
)
def test_a_rule_that_means_nothing_is_refused_with_the_reason(rule, why):
    with pytest.raises(BadRule, match=why):
        parse_rule(rule)


def test_a_bad_rule_among_good_ones_changes_nothing(client):
    client.put("faults", {"action": "empty"})
    answer = client.http.put("/_sim/faults", json=[{"action": "html"}, {"action": "nonsense"}])
    assert answer.status_code == 400
    assert "nonsense" in answer.json()["error"]
    assert [rule["action"] for rule in client.get("faults")] == ["empty"]


def test_a_stopping_venue_does_not_wait_for_held_up_requests(venue, client, monkeypatch):
    held = []

    async def sleep(seconds, sleep=asyncio.sleep):
        held.append(seconds)
        await sleep(seconds)

    def wait(seconds, wait=venue.venue.closing.wait):
        held.append(seconds)
        return wait(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    monkeypatch.setattr(venue.venue.closing, "wait", wait)
    ages = {"action": "delay", "seconds": 3600}
    client.put("faults", {**ages, "at": "acceptance", "count": 0, "path": "/order"})
    client.http.post("/_sim/faults", json={**ages, "path": "/time"})
    threads = [
        threading.Thread(target=_ignore, args=(client.order,)),
        threading.Thread(target=_ignore, args=(lambda: client.http.get("/time"),)),
    ]
    for thread in threads:
        thread.start()
    assert eventually(lambda: len(held) == 2)
    stopping = threading.Thread(target=venue.stop, daemon=True)
    stopping.start()
    for thread in (stopping, *threads):
        thread.join(PATIENCE)
        assert not thread.is_alive()


def _ignore(call):
    try:
        call()
    except httpx.HTTPError:
        return


def test_the_key_is_the_one_the_venue_was_given(venue):
    assert [key["key"] for key in venue.control.key(KEY)] == [KEY]
