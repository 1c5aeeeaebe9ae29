"""The control interface shows what is really there, and its levers do what they say."""

from decimal import Decimal

import pytest
from support.sim_toy import KEY, PASSPHRASE, SECRET, START

from exchangekit.sim import ApiKey

D = Decimal


def test_orders_fills_and_trades_tell_the_same_story(venue, client):
    client.order(kind="market", price=None, amount="0.9")
    client.order(client_id="mine")
    bought, resting = client.get("orders")
    assert (bought["status"], bought["filled"], bought["kind"]) == ("filled", "0.9", "market")
    assert (resting["client_id"], resting["status"], resting["locked"]) == ("mine", "open", "500")
    assert client.get("fills") == bought["fills"]
    assert sum(D(fill["amount"]) for fill in bought["fills"]) == D("0.9")
    assert sum(D(fill["cost"]) for fill in bought["fills"]) == D(bought["spent"])
    public = {trade["id"]: trade for trade in client.get("trades?symbol=BTC-USDT")}
    for fill in bought["fills"]:
        assert public[fill["id"]]["price"] == fill["price"]
        assert public[fill["id"]]["side"] == "buy"
    assert client.get("orders?account=other") == client.get("fills?account=other") == []


def test_balances_show_every_account_and_come_to_zero(venue, client):
    client.order(kind="market", price=None, amount="0.9")
    client.order()
    shown = client.get("balances")
    assert shown["main"]["USDT"]["locked"] == "500"
    assert D(shown["(fees)"]["BTC"]["total"]) == D("0.0009")
    for asset in shown["main"]:
        held = [D(account[asset]["total"]) for account in shown.values() if asset in account]
        assert sum(held) == 0
    main = shown["main"]
    assert D(main["BTC"]["free"]) == 10 + D("0.9") * D("0.999")


def test_the_default_account_is_as_documented(client):
    shown = client.get("balances")["main"]
    assert {asset: held["free"] for asset, held in shown.items()} == {
        "USDT": "1000000",
        "USDC": "250000",
        "BTC": "10",
        "ETH": "100",
        "SOL": "1000",
        "XRP": "100000",
        "DOGE": "500000",
        "BNB": "100",
    }


def test_the_request_log_holds_what_came_without_secrets(venue, client):
    client.order(client_id="mine")
    client.http.get("/time?a=%28&b", headers={"X-Note": f"{SECRET} and {PASSPHRASE}"})
    order, plain = client.get("requests")
    assert (order["method"], order["target"], order["operation"]) == (
        "POST",
        "/order",
        "create_order",
    )
    assert order["accepted"] is True
    assert order["orders"] == [client.get("orders")[0]["id"]]
    assert (order["status"], order["outcome"], order["ip"]) == (200, "handled", "127.0.0.1")
    assert order["arrived"] == order["received"] == START
    assert '"client_id": "mine"' in order["body"]
    headers = {name.lower(): value for name, value in order["headers"]}
    assert headers["x-toy-key"] == headers["x-toy-signature"] == "[redacted]"
    assert (plain["target"], plain["accepted"]) == ("/time?a=%28&b", False)
    assert ["X-Note", "[redacted] and [redacted]"] in plain["headers"]
    everything = client.http.get("/_sim/requests").text + client.http.get("/_sim/orders").text
    everything += client.http.put("/_sim/keys", json={"key": KEY}).text
    assert SECRET not in everything
    assert PASSPHRASE not in everything


def test_a_keys_repr_shows_no_secret():
    shown = repr(ApiKey("k", "hidden-secret", "main", "hidden-passphrase"))
    assert "hidden" not in shown


def test_balances_can_be_deposited_and_set(client):
    client.put("balances", {"asset": "MX", "deposit": "12.5"})
    after = client.put("balances", [{"asset": "MX", "deposit": 1}, {"asset": "BTC", "free": "0.1"}])
    assert after["main"]["MX"]["free"] == "13.5"
    assert after["main"]["BTC"]["free"] == "0.1"
    assert client.order(side="sell", price="200000").json()["code"] == "InsufficientFunds"
    client.put("balances", {"account": "new", "asset": "USDT", "free": "1"})
    assert client.get("balances")["new"]["USDT"]["total"] == "1"


def test_keys_can_be_made_changed_and_removed(venue, client):
    made = client.put(
        "keys",
        {"key": "K2", "secret": "S2", "account": "second", "permissions": ["read"], "ips": []},
    )
    assert [key["key"] for key in made] == [KEY, "K2"]

    def code(**more):
        body = {"symbol": "BTC-USDT", "side": "buy", "kind": "limit", "price": "1", "amount": "1"}
        return client.signed("POST", "/order", body, key="K2", secret="S2").json().get("code")

    assert code() == "no-permission"
    client.put("keys", {"key": "K2", "permissions": ["read", "trade"]})
    assert code() == "InsufficientFunds"
    client.put("balances", {"account": "second", "asset": "USDT", "deposit": "10"})
    client.put("keys", {"key": "K2", "ips": ["10.0.0.1"]})
    assert code() == "bad-ip"
    client.put("keys", {"key": "K2", "ips": []})
    assert code() is None
    assert [order["account"] for order in client.get("orders")] == ["second"]
    client.put("keys", {"key": "K2", "remove": True})
    assert code() == "bad-key"


def test_an_order_can_be_placed_again_for_its_account_and_for_another(venue, client):
    first = client.order(client_id="mine")
    again = client.http.post("/_sim/again", json={"order_id": first.json()["id"]}).json()
    assert again["id"] != first.json()["id"]
    told = ("symbol", "side", "kind", "price", "amount", "status", "account")
    mine = client.get("orders")[0]
    assert {name: again[name] for name in told} == {name: mine[name] for name in told}
    client.put("balances", {"account": "other", "asset": "USDT", "deposit": "1000000"})
    other = venue.control.again(again["id"], "other")
    assert (other["account"], len(client.get("orders"))) == ("other", 3)
    with pytest.raises(ValueError, match="no order has the id"):
        venue.control.again("999")
    with pytest.raises(ValueError, match="InsufficientFunds"):
        venue.control.again(again["id"], "poor")


def test_what_a_limit_has_counted_and_refused_is_told(client):
    for _ in range(42):
        client.http.get("/book/BTC-USDT")
    (count,) = [one for one in client.get("counts") if one["scope"] == "ip"]
    assert (count["used"], count["limit"], count["window_ms"]) == (210, 200, 60_000)
    assert (count["subject"], count["endpoint"]) == ("127.0.0.1", "")
    refused = [one["over_limit"] for one in client.get("requests")]
    assert refused == [False] * 40 + [True] * 2


def test_fees_of_an_account_can_be_set(client):
    client.put("fees", {"maker": "0", "taker": "0.01"})
    client.order(kind="market", price=None, amount="0.1")
    assert client.get("fills")[0]["fee"] == "0.001"


def test_a_market_can_be_moved_frozen_and_halted(venue, client):
    moved = client.put("market", {"symbol": "BTC-USDT", "price": "90000", "frozen": True})
    assert (moved["last"], moved["frozen"], moved["halted"]) == ("90000.0", True, False)
    venue.control.clock(advance_ms=3_600_000)
    assert client.put("market", {"symbol": "BTC-USDT"})["last"] == "90000.0"
    assert client.order(price="90010", amount="0.01").json()["status"] == "filled"
    client.put("market", {"symbol": "BTC-USDT", "halted": True})
    assert client.order().json()["code"] == "Halted"
    client.put("market", {"symbol": "ETH-USDT", "halted": True})
    halted_at = client.put("market", {"symbol": "ETH-USDT"})["last"]
    venue.control.clock(advance_ms=3_600_000)
    assert client.put("market", {"symbol": "ETH-USDT"})["last"] == halted_at
    resumed = client.put("market", {"symbol": "BTC-USDT", "halted": False})
    assert (resumed["frozen"], resumed["halted"]) == (False, False)
    assert client.order().json()["status"] == "open"
    venue.control.clock(advance_ms=600_000)
    assert client.put("market", {"symbol": "BTC-USDT"})["last"] != "90000.0"


def test_the_clock_can_be_wrong_stand_still_and_jump(venue, client):
    assert client.get("clock") == {
        "now": START,
        "market_now": START,
        "error_ms": 0,
        "drift_ppm": 0,
        "frozen": True,
    }
    assert client.put("clock", {"advance_ms": 5_000})["now"] == START + 5_000
    wrong = client.put("clock", {"offset_ms": -2_000})
    assert (wrong["now"], wrong["market_now"]) == (START + 3_000, START + 5_000)
    assert client.http.get("/time").json() == {"now": START + 3_000}
    assert client.put("clock", {"offset_ms": 0})["error_ms"] == 0
    assert client.put("clock", {"at": START + 9_000})["now"] == START + 9_000
    client.put("clock", {"drift_ppm": 1000})
    assert client.put("clock", {"advance_ms": 60_000})["error_ms"] == 60
    running = client.put("clock", {"freeze": False})
    assert running["frozen"] is False


def test_limits_are_enforced_shown_banned_and_forgiven(venue, client):
    answers = [client.http.get("/book/BTC-USDT") for _ in range(41)]
    assert [answer.headers["X-Used"] for answer in answers[:2]] == ["5", "10"]
    assert {answer.status_code for answer in answers[:40]} == {200}
    assert answers[40].status_code == 429
    window_ends = 60 - START // 1000 % 60
    assert int(answers[40].headers["Retry-After"]) == window_ends
    assert client.http.get("/book/BTC-USDT").status_code == 429
    banned = client.http.get("/book/BTC-USDT")
    assert (banned.status_code, banned.headers["Retry-After"]) == (418, "120")
    venue.control.clock(advance_ms=60_000)
    assert client.http.get("/book/BTC-USDT").status_code == 418
    venue.control.clock(advance_ms=60_000)
    assert client.http.get("/book/BTC-USDT").status_code == 200
    for _ in range(60):
        client.order()
    assert client.order().status_code == 429
    client.put("keys", {"key": "K2", "secret": "S2", "account": "main"})
    assert client.signed("POST", "/order", {}, key="K2", secret="S2").status_code == 429
    client.put("limits", {"clear": True})
    assert client.order().status_code == 200
    client.put("limits", {"enabled": False})
    assert {client.http.get("/book/BTC-USDT").status_code for _ in range(60)} == {200}


def test_a_reset_makes_everything_as_at_the_start(venue, client):
    before = client.get("balances")
    client.order()
    client.put("balances", {"asset": "USDT", "deposit": "5"})
    client.put("clock", {"advance_ms": 10, "offset_ms": 10})
    client.put("keys", {"key": KEY, "permissions": []})
    client.put("market", {"symbol": "BTC-USDT", "price": "1000", "frozen": True})
    client.put("faults", {"action": "empty"})
    client.http.post("/_sim/reset")
    assert client.get("balances") == before
    assert client.get("orders") == client.get("requests") == client.get("faults") == []
    assert client.http.get("/time").json() == {"now": START}
    assert client.order().json() == {"id": "10000001", "status": "open", "filled": 0}


@pytest.mark.parametrize(
    ("method", "name", "body", "status", "why"),
    [
        ("PUT", "nothing", {}, 404, "there is GET /_sim/orders"),
        ("DELETE", "orders", {}, 404, "no DELETE /_sim/orders"),
        ("PUT", "balances", {"asset": "X", "deposit": "-1"}, 400, "0 or more"),
        ("PUT", "balances", {"asset": "X", "deposit": "NaN"}, 400, "0 or more"),
        ("PUT", "balances", {"asset": "X", "deposit": "lots"}, 400, "not a number"),
        ("PUT", "balances", {"deposit": "1"}, 400, "missing: 'asset'"),
        ("PUT", "market", {"symbol": "NOPE"}, 400, "NOPE is not listed on toy"),
        ("PUT", "market", {"symbol": "BTC-USDT", "price": "0"}, 400, "below one tick"),
        ("GET", "trades", {}, 400, "missing: 'symbol'"),
        ("PUT", "keys", {"key": "new"}, 400, "needs a secret"),
        ("PUT", "keys", {"key": KEY, "permissions": ["fly"]}, 400, "'fly' is no permission"),
        ("PUT", "clock", {"advance_ms": -1}, 400, "forwards only"),
        ("PUT", "clock", {"speed": 2}, 400, "speed"),
        ("PUT", "clock", [1], 400, "JSON object"),
        ("PUT", "faults", 3, 400, "a list of rules"),
    ],
)
def test_a_wrong_control_request_says_what_is_wrong(client, method, name, body, status, why):
    answer = client.http.request(method, f"/_sim/{name}", json=body)
    assert answer.status_code == status
    assert why in answer.json()["error"]


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_control_body_that_is_not_json_is_refused(client, body):
    assert client.http.put("/_sim/faults", content=body).status_code == 400
