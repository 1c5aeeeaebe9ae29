"""Orders on the simulated venue: every type, every refusal, and what the ledger holds after."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

D = Decimal
TAKER, MAKER = D("0.001"), D("0.0008")


@pytest.fixture(autouse=True)
def _still_market(okx: Any) -> None:
    """BTC-USDT stands at 60000 and does not move."""
    okx.sim.control.market("BTC-USDT", price="60000", frozen=True)


def best(okx: Any, side: str) -> tuple[str, Decimal]:
    """Price and size of the best level."""
    price, size, *_ = okx.get("/market/books", instId="BTC-USDT").one[side][0]
    return price, D(size)


def free(okx: Any, asset: str) -> Decimal:
    return D(okx.sim.control.balances()["main"][asset]["free"])


# --- order types ---
def test_a_limit_order_rests_and_freezes_its_cost(okx: Any) -> None:
    before = free(okx, "USDT")
    placed = okx.order(clOrdId="rest1", tag="mybot").one
    assert (placed["sCode"], placed["clOrdId"], placed["tag"]) == ("0", "rest1", "mybot")
    shown = okx.see(placed["ordId"])
    assert (shown["state"], shown["accFillSz"], shown["avgPx"], shown["fillPx"]) == (
        "live", "0", "", "",
    )  # fmt: skip
    assert (shown["px"], shown["sz"], shown["fee"], shown["feeCcy"]) == (
        "50000",
        "0.01",
        "0",
        "BTC",
    )
    truth = okx.truth(placed["ordId"])
    assert (truth["status"], truth["locked"]) == ("open", "500")
    assert free(okx, "USDT") == before - 500
    detail = okx.private("/account/balance", ccy="USDT").one["details"][0]
    assert (detail["frozenBal"], D(detail["availBal"])) == ("500", before - 500)
    assert D(detail["cashBal"]) == before


@pytest.mark.parametrize("kind", ["limit", "ioc", "fok"])
def test_an_order_that_crosses_takes_at_the_makers_price(okx: Any, kind: str) -> None:
    price, size = best(okx, "asks")
    placed = okx.order(ordType=kind, px="61000", sz=str(size)).one
    shown = okx.see(placed["ordId"])
    assert (shown["state"], shown["accFillSz"], shown["avgPx"]) == ("filled", str(size), price)
    assert shown["fillTime"]
    assert shown["tradeId"]


def test_a_post_only_order_that_would_take_is_accepted_and_canceled(okx: Any) -> None:
    before = okx.sim.control.balances()["main"]
    placed = okx.order(ordType="post_only", px="61000").one
    assert placed["sCode"] == "0"
    shown = okx.see(placed["ordId"])
    assert (shown["state"], shown["accFillSz"], shown["cancelSource"]) == ("canceled", "0", "31")
    assert shown["cancelSourceReason"]
    assert okx.sim.control.balances()["main"] == before


def test_a_post_only_order_that_rests_is_a_maker(okx: Any) -> None:
    placed = okx.order(ordType="post_only", px="59500").one
    assert okx.see(placed["ordId"])["state"] == "live"
    okx.sim.control.market("BTC-USDT", price="59000", frozen=True)
    okx.sim.control.clock(advance_ms=1000)
    assert okx.see(placed["ordId"])["state"] == "filled"
    fill = okx.private("/trade/fills", ordId=placed["ordId"]).one
    assert (fill["execType"], fill["feeRate"]) == ("M", "-0.0008")
    assert D(fill["fee"]) == -MAKER * D("0.01")


def test_what_an_ioc_order_cannot_fill_at_once_is_canceled(okx: Any) -> None:
    price, size = best(okx, "asks")
    placed = okx.order(ordType="ioc", px=price, sz=str(size + 1)).one
    shown = okx.see(placed["ordId"])
    assert (shown["state"], shown["accFillSz"], shown["cancelSource"]) == (
        "canceled", str(size), "14",
    )  # fmt: skip
    assert okx.truth(placed["ordId"])["locked"] == "0"


def test_a_fok_order_fills_whole_or_not_at_all(okx: Any) -> None:
    price, size = best(okx, "asks")
    placed = okx.order(ordType="fok", px=price, sz=str(size + 1)).one
    shown = okx.see(placed["ordId"])
    assert (shown["state"], shown["accFillSz"], shown["cancelSource"]) == ("canceled", "0", "13")


def test_a_market_buy_that_does_not_say_spends_the_quote_currency(okx: Any) -> None:
    placed = okx.order(ordType="market", sz="1000").one
    shown = okx.see(placed["ordId"])
    assert (shown["state"], shown["tgtCcy"], shown["sz"], shown["px"]) == (
        "filled", "quote_ccy", "1000", "",
    )  # fmt: skip
    spent = D(okx.truth(placed["ordId"])["spent"])
    assert 1000 - D("0.001") < spent <= 1000
    assert D(shown["accFillSz"]) < D("0.02")


def test_a_market_buy_by_base_currency_gets_that_amount(okx: Any) -> None:
    placed = okx.order(ordType="market", sz="0.5", tgtCcy="base_ccy").one
    assert okx.see(placed["ordId"])["accFillSz"] == "0.5"


def test_a_market_sell_that_does_not_say_sells_the_base_currency(okx: Any) -> None:
    placed = okx.order(ordType="market", side="sell", sz="0.5").one
    shown = okx.see(placed["ordId"])
    assert (shown["accFillSz"], shown["tgtCcy"], shown["feeCcy"]) == ("0.5", "base_ccy", "USDT")


def test_a_market_sell_by_quote_currency_sells_for_that_much(okx: Any) -> None:
    placed = okx.order(ordType="market", side="sell", sz="1000", tgtCcy="quote_ccy").one
    assert 1000 - D("0.001") < D(okx.truth(placed["ordId"])["spent"]) <= 1000


def test_a_market_buy_of_more_base_than_the_funds_allow_is_made_smaller(okx: Any) -> None:
    okx.sim.control.set_balance("main", "USDT", "600")
    shown = okx.see(okx.order(ordType="market", sz="0.5", tgtCcy="base_ccy").one["ordId"])
    assert shown["state"] == "filled"
    assert shown["sz"] == shown["accFillSz"]
    assert D("0.0099") < D(shown["accFillSz"]) < D("0.01")


def test_a_market_sell_for_more_quote_than_the_funds_allow_is_made_smaller(okx: Any) -> None:
    okx.sim.control.set_balance("main", "BTC", "0.01")
    placed = okx.order(ordType="market", side="sell", sz="6000", tgtCcy="quote_ccy").one
    assert okx.see(placed["ordId"])["accFillSz"] == "0.01"


@pytest.mark.parametrize(
    "fields", [{"sz": "700"}, {"side": "sell", "sz": "0.02"}], ids=["buy by cost", "sell by amount"]
)
def test_a_market_order_sized_in_what_is_paid_is_never_made_smaller(
    okx: Any, fields: dict[str, str]
) -> None:
    okx.sim.control.set_balance("main", "USDT", "600")
    okx.sim.control.set_balance("main", "BTC", "0.01")
    assert okx.order(ordType="market", **fields).one["sCode"] == "51008"
    assert okx.sim.control.orders() == []


@pytest.mark.parametrize("ban", [True, "true"])
def test_a_market_order_that_must_not_be_amended_is_refused(okx: Any, ban: object) -> None:
    okx.sim.control.set_balance("main", "USDT", "600")
    refused = okx.order(ordType="market", sz="0.5", tgtCcy="base_ccy", banAmend=ban).one
    assert refused["sCode"] == "51008"
    assert okx.sim.control.orders() == []


# --- money ---
def test_fees_are_negative_exact_and_in_the_currency_received(okx: Any) -> None:
    before = {asset: free(okx, asset) for asset in ("BTC", "USDT")}
    bought = okx.order(ordType="market", sz="0.12345678", tgtCcy="base_ccy").one["ordId"]
    sold = okx.order(ordType="market", side="sell", sz="0.03").one["ordId"]
    buy, sell = okx.see(bought), okx.see(sold)
    assert (buy["feeCcy"], D(buy["fee"])) == ("BTC", -D("0.12345678") * TAKER)
    paid, got = (D(okx.truth(item)["spent"]) for item in (bought, sold))
    assert (sell["feeCcy"], D(sell["fee"])) == ("USDT", -got * TAKER)
    assert free(okx, "BTC") == before["BTC"] + D("0.12345678") * (1 - TAKER) - D("0.03")
    assert free(okx, "USDT") == before["USDT"] - paid + got * (1 - TAKER)
    fills = okx.private("/trade/fills", ordId=sold).data
    assert sum(D(fill["fee"]) for fill in fills) == D(sell["fee"])
    assert sum(D(fill["fillSz"]) for fill in fills) == D("0.03")


# --- refusals ---
REFUSED = {
    "unknown instrument": ({"instId": "NOPE-USDT"}, "51001"),
    "margin": ({"tdMode": "cross"}, "51010"),
    "unknown mode": ({"tdMode": "CASH"}, "51000"),
    "unknown side": ({"side": "BUY"}, "51000"),
    "unknown type": ({"ordType": "stop"}, "51000"),
    "futures type": ({"ordType": "optimal_limit_ioc"}, "51000"),
    "position side": ({"posSide": "long"}, "51000"),
    "no price": ({"px": ""}, "51204"),
    "price of zero": ({"px": "0"}, "51000"),
    "negative price": ({"px": "-1"}, "51000"),
    "price with exponent": ({"px": "5e4"}, "51000"),
    "price off tick": ({"px": "50000.05"}, "51150"),
    "size of zero": ({"sz": "0"}, "51000"),
    "size not a number": ({"sz": "NaN"}, "51000"),
    "size too small": ({"sz": "0.000001"}, "51020"),
    "size off lot": ({"sz": "0.000010001"}, "51121"),
    "size too large": ({"sz": "99999999999"}, "51203"),
    "worth too much": ({"sz": "500"}, "51005"),
    "buy above the limit": ({"px": "61800.1"}, "51137"),
    "sell below the limit": ({"side": "sell", "px": "58199.9"}, "51138"),
    "too little money": ({"sz": "25"}, "51008"),
    "too little base": ({"side": "sell", "px": "70000", "sz": "11"}, "51008"),
    "client id too long": ({"clOrdId": "a" * 33}, "51000"),
    "client id with a dash": ({"clOrdId": "a-1"}, "51000"),
    "client id not ASCII": ({"clOrdId": "ä1"}, "51000"),
    "tag too long": ({"tag": "a" * 17}, "51000"),
    "reduce only": ({"reduceOnly": "true"}, "51139"),
    "another quote currency": ({"tradeQuoteCcy": "USD"}, "51000"),
    "unknown self-trade mode": ({"stpMode": "none"}, "51000"),
    "fok against self-trade both": ({"ordType": "fok", "stpMode": "cancel_both"}, "54036"),
    "attached take-profit": ({"attachAlgoOrds": [{"tpTriggerPx": "70000"}]}, "50046"),
    "market buy too small": ({"ordType": "market", "sz": "0.5"}, "51020"),
    "market buy too large": ({"ordType": "market", "sz": "1000001"}, "51201"),
    "market sell off lot": ({"ordType": "market", "side": "sell", "sz": "0.010000001"}, "51121"),
    "target of nothing": ({"ordType": "market", "tgtCcy": "usdt"}, "51000"),
}


@pytest.mark.parametrize(("fields", "code"), REFUSED.values(), ids=REFUSED)
def test_a_refused_order_says_why_inside_a_success(
    okx: Any, fields: dict[str, Any], code: str
) -> None:
    reply = okx.order(**{"clOrdId": "refused1", **fields})
    assert (reply.status, reply.code, reply.body["msg"]) == (200, "1", "All operations failed")
    assert (reply.one["sCode"], reply.one["ordId"]) == (code, "")
    assert reply.one["sMsg"]
    assert reply.one["clOrdId"] == fields.get("clOrdId", "refused1")
    assert okx.sim.control.orders() == []


def test_the_refusal_names_what_is_missing(okx: Any) -> None:
    assert okx.order(sz="25").one["sMsg"] == "Order failed. Insufficient USDT balance in account"
    assert okx.order(px="61800.1").one["sMsg"] == "The highest price limit for buy orders is 61800."


@pytest.mark.parametrize("name", ["instId", "tdMode", "side", "ordType", "sz"])
def test_a_missing_parameter_is_a_bad_request(okx: Any, name: str) -> None:
    reply = okx.order(**{name: ""})
    assert (reply.status, reply.code) == (400, "50014")
    assert reply.body["msg"] == f"Parameter {name} can not be empty."


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (b"", "application/json", "50000"),
        (b'{"instId":', "application/json", "50002"),
        (b'["instId"]', "application/json", "50002"),
        (b"\xff\xfe", "application/json", "50002"),
        (b'{"sz": NaN}', "application/json", "50002"),
        (b"[" * 5000, "application/json", "50002"),
        (b"instId=BTC-USDT", "application/x-www-form-urlencoded", "50006"),
    ],
    ids=["empty", "cut short", "a list", "not UTF-8", "not a number", "deep", "a form"],
)
def test_a_body_that_is_no_json_object_is_a_bad_request(
    okx: Any, body: bytes, kind: str, code: str
) -> None:
    where = "/api/v5/trade/order"
    headers = okx.headers("POST", where, body) | {"Content-Type": kind}
    reply = okx.send("POST", where, body, headers)
    assert (reply.status, reply.code, reply.data) == (400, code, [])


def test_numbers_sent_as_numbers_keep_their_digits(okx: Any) -> None:
    body = json.dumps({"instId": "BTC-USDT", "tdMode": "cash", "side": "buy", "ordType": "limit"})
    raw = (body[:-1] + ', "px": 50000.1, "sz": 0.01000001}').encode()
    where = "/api/v5/trade/order"
    placed = okx.send("POST", where, raw, okx.headers("POST", where, raw)).one
    shown = okx.see(placed["ordId"])
    assert (shown["px"], shown["sz"]) == ("50000.1", "0.01000001")


def test_a_price_beyond_the_limit_is_amended_on_request(okx: Any) -> None:
    limits = okx.get("/public/price-limit", instId="BTC-USDT").one
    assert (limits["buyLmt"], limits["sellLmt"], limits["enabled"]) == ("61800", "58200", True)
    placed = okx.order(px="70000", sz="0.0001", pxAmendType="1").one
    assert okx.see(placed["ordId"])["px"] == "61800"


def test_a_price_at_the_limit_is_not_beyond_it(okx: Any) -> None:
    low = okx.order(side="sell", px="58200", sz="0.0001").one
    limits = okx.get("/public/price-limit", instId="BTC-USDT").one
    high = okx.order(px=limits["buyLmt"], sz="0.0001").one
    assert (low["sCode"], high["sCode"]) == ("0", "0")


def test_a_halted_instrument_takes_no_orders(okx: Any) -> None:
    okx.sim.control.market("BTC-USDT", halted=True)
    assert okx.order().one["sCode"] == "51022"
    listed = okx.get("/public/instruments", instType="SPOT", instId="BTC-USDT").one
    assert listed["state"] == "suspend"


def test_the_five_hundred_and_first_pending_order_is_refused(okx: Any) -> None:
    okx.sim.control.deposit("main", "USDT", "1000000")
    item = {"instId": "BTC-USDT", "tdMode": "cash", "side": "buy", "ordType": "limit"}
    batch = [{**item, "px": "50000", "sz": "0.00001"}] * 20
    for _ in range(25):
        assert okx.post("/trade/batch-orders", batch).code == "0"
    assert okx.order(sz="0.00001").one["sCode"] == "51174"


def test_prechecking_is_not_for_this_account_mode(okx: Any) -> None:
    assert okx.post("/trade/order-precheck", {"instId": "BTC-USDT"}).code == "51010"


# --- client order ids ---
def test_a_client_id_is_unique_among_pending_orders_only(okx: Any) -> None:
    first = okx.order(clOrdId="same").one
    assert okx.order(clOrdId="same").one["sCode"] == "51016"
    okx.post("/trade/cancel-order", {"instId": "BTC-USDT", "clOrdId": "same"})
    second = okx.order(clOrdId="same").one
    assert second["sCode"] == "0"
    found = okx.private("/trade/order", instId="BTC-USDT", clOrdId="same").one
    assert found["ordId"] == second["ordId"] != first["ordId"]


def test_a_filled_orders_client_id_can_fill_again(okx: Any) -> None:
    for _ in range(2):
        assert okx.order(px="61000", clOrdId="again").one["sCode"] == "0"
    assert [order["status"] for order in okx.sim.control.orders()] == ["filled", "filled"]


# --- finding and canceling ---
def test_an_order_that_is_not_there_does_not_exist(okx: Any) -> None:
    elsewhere = okx.order(instId="ETH-USDT", px="1000").one["ordId"]
    for query in ({"ordId": "1"}, {"clOrdId": "never"}, {"ordId": elsewhere}):
        reply = okx.private("/trade/order", instId="BTC-USDT", **query)
        assert (reply.status, reply.code, reply.data) == (200, "51603", [])
    assert okx.private("/trade/order", instId="BTC-USDT").code == "50015"
    assert okx.private("/trade/order", ordId="1").code == "50014"
    assert okx.private("/trade/order", instId="NOPE-USDT", ordId="1").code == "51001"


def test_an_order_id_goes_before_a_client_id(okx: Any) -> None:
    first = okx.order(clOrdId="one").one["ordId"]
    okx.order(clOrdId="two")
    found = okx.private("/trade/order", instId="BTC-USDT", ordId=first, clOrdId="two").one
    assert found["clOrdId"] == "one"


def test_a_cancel_is_acknowledged_once(okx: Any) -> None:
    ord_id = okx.order(clOrdId="gone").one["ordId"]
    before = free(okx, "USDT")
    first = okx.post("/trade/cancel-order", {"instId": "BTC-USDT", "clOrdId": "gone"})
    assert (first.code, first.one["ordId"], first.one["sCode"]) == ("0", ord_id, "0")
    assert free(okx, "USDT") == before + 500
    shown = okx.see(ord_id)
    assert (shown["state"], shown["cancelSource"]) == ("canceled", "1")
    again = okx.post("/trade/cancel-order", {"instId": "BTC-USDT", "ordId": ord_id})
    assert (again.status, again.code, again.one["sCode"]) == (200, "1", "51400")
    assert again.one["ordId"] == ord_id


def test_a_cancel_must_name_an_order(okx: Any) -> None:
    assert okx.post("/trade/cancel-order", {"instId": "BTC-USDT"}).one["sCode"] == "51407"
    assert okx.post("/trade/cancel-order", {"ordId": "1"}).code == "50014"
    unknown = okx.post("/trade/cancel-order", {"instId": "BTC-USDT", "ordId": "1"})
    assert unknown.one["sCode"] == "51400"


def test_a_partly_filled_order_that_is_canceled_keeps_its_fill(okx: Any) -> None:
    okx.sim.control.add_faults([{"action": "partial", "fraction": "0.25"}])
    ord_id = okx.order(px="61000", sz="0.04").one["ordId"]
    assert (okx.see(ord_id)["state"], okx.see(ord_id)["accFillSz"]) == ("partially_filled", "0.01")
    assert [row["ordId"] for row in okx.private("/trade/orders-pending").data] == [ord_id]
    assert okx.private("/trade/orders-pending", state="live").data == []
    okx.post("/trade/cancel-order", {"instId": "BTC-USDT", "ordId": ord_id})
    shown = okx.see(ord_id)
    assert (shown["state"], shown["accFillSz"], shown["sz"]) == ("canceled", "0.01", "0.04")
    assert okx.truth(ord_id)["locked"] == "0"
    # With a fill it is kept: it is in the archive too, and two hours do not erase it.
    okx.sim.control.clock(advance_ms=3 * 3_600_000)
    archive = okx.private("/trade/orders-history-archive", instType="SPOT")
    assert archive.one["ordId"] == okx.see(ord_id)["ordId"] == ord_id


def test_an_order_canceled_without_a_fill_is_forgotten_after_two_hours(okx: Any) -> None:
    ord_id = okx.order().one["ordId"]
    okx.post("/trade/cancel-order", {"instId": "BTC-USDT", "ordId": ord_id})
    okx.sim.control.clock(advance_ms=2 * 3_600_000)
    assert okx.see(ord_id)["state"] == "canceled"
    assert okx.private("/trade/orders-history", instType="SPOT").one["ordId"] == ord_id
    assert okx.private("/trade/orders-history-archive", instType="SPOT").data == []
    okx.sim.control.clock(advance_ms=1)
    assert okx.private("/trade/order", instId="BTC-USDT", ordId=ord_id).code == "51603"
    assert okx.private("/trade/orders-history", instType="SPOT").data == []


# --- several at once ---
def item(**fields: str) -> dict[str, str]:
    usual = {"instId": "BTC-USDT", "tdMode": "cash", "side": "buy", "ordType": "limit"}
    return usual | {"px": "50000", "sz": "0.01"} | fields


def test_a_batch_places_what_it_can_and_says_which(okx: Any) -> None:
    reply = okx.post(
        "/trade/batch-orders",
        [item(clOrdId="a"), item(sz="0.000001"), item(clOrdId="a"), {"instId": "BTC-USDT"}],
    )
    assert (reply.status, reply.code) == (200, "2")
    assert reply.body["msg"] == "Bulk operation partially succeeded."
    assert [row["sCode"] for row in reply.data] == ["0", "51020", "51016", "50014"]
    assert [order["client_id"] for order in okx.sim.control.orders()] == ["a"]


def test_a_batch_of_which_nothing_succeeds_fails(okx: Any) -> None:
    reply = okx.post("/trade/batch-orders", [item(sz="0.000001"), item(px="1")])
    assert [row["sCode"] for row in reply.data] == ["51020", "0"]
    reply = okx.post("/trade/batch-orders", [item(sz="0.000001"), item(px="0")])
    assert (reply.code, len(reply.data)) == ("1", 2)


def test_a_client_id_is_unique_within_a_batch_even_after_a_fill(okx: Any) -> None:
    twice = [item(clOrdId="b", px="61000"), item(clOrdId="b", px="61000")]
    assert [row["sCode"] for row in okx.post("/trade/batch-orders", twice).data] == ["0", "51016"]


def test_batches_are_of_one_to_twenty(okx: Any) -> None:
    assert okx.post("/trade/batch-orders", [item()] * 21).code == "51111"
    assert okx.post("/trade/batch-orders", []).code == "50000"
    assert okx.post("/trade/batch-orders", item()).code == "50002"
    too_many = okx.post("/trade/cancel-batch-orders", [{"instId": "BTC-USDT", "ordId": "1"}] * 21)
    assert (too_many.status, too_many.code) == (400, "51406")
    assert okx.sim.control.orders() == []


def test_a_batch_cancels_what_it_can_and_says_which(okx: Any) -> None:
    placed = okx.post("/trade/batch-orders", [item(), item(clOrdId="c")])
    ids = [row["ordId"] for row in placed.data]
    reply = okx.post(
        "/trade/cancel-batch-orders",
        [
            {"instId": "BTC-USDT", "ordId": ids[0]},
            {"instId": "BTC-USDT", "ordId": "1"},
            {"instId": "BTC-USDT", "clOrdId": "c"},
        ],
    )
    assert (reply.code, [row["sCode"] for row in reply.data]) == ("2", ["0", "51400", "0"])
    assert [okx.see(ord_id)["state"] for ord_id in ids] == ["canceled", "canceled"]


# --- the deadline ---
def test_an_order_before_its_deadline_is_accepted(okx: Any) -> None:
    now = int(okx.sim.control.clock()["now"])
    assert okx.post("/trade/order", item(), expTime=str(now)).one["sCode"] == "0"


@pytest.mark.parametrize("path", ["/trade/order", "/trade/batch-orders"])
def test_an_order_after_its_deadline_is_refused_whole(okx: Any, path: str) -> None:
    now = int(okx.sim.control.clock()["now"])
    body = item() if path == "/trade/order" else [item(), item()]
    reply = okx.post(path, body, expTime=str(now - 1))
    assert (reply.status, reply.code, reply.data) == (200, "50036", [])
    assert okx.sim.control.orders() == []


def test_a_deadline_that_is_no_time_is_refused(okx: Any) -> None:
    assert okx.post("/trade/order", item(), expTime="soon").code == "51000"


def test_an_order_held_up_inside_until_its_deadline_has_passed_is_placed(okx: Any) -> None:
    """Nothing says that OKX looks at it again."""
    okx.sim.control.clock(freeze=False)
    okx.sim.control.add_faults([{"action": "delay", "at": "acceptance", "seconds": 0.2}])
    deadline = int(okx.sim.control.clock()["now"]) + 100
    reply = okx.post("/trade/order", item(), expTime=str(deadline))
    assert (reply.code, reply.one["sCode"]) == ("0", "0")
    assert len(okx.sim.control.orders()) == 1


# --- trading with oneself ---
@pytest.mark.parametrize(
    ("mode", "resting", "taking"),
    [
        ("", "canceled", "live"),
        ("cancel_maker", "canceled", "live"),
        ("cancel_taker", "live", "canceled"),
        ("cancel_both", "canceled", "canceled"),
    ],
    ids=["not said", "maker", "taker", "both"],
)
def test_nobody_trades_with_himself(okx: Any, mode: str, resting: str, taking: str) -> None:
    """Both orders stand between the best bid and the best ask, where nobody else is."""
    bid, ask = (D(best(okx, side)[0]) for side in ("bids", "asks"))
    between = str(ask - D("0.1"))
    assert D(between) > bid
    maker = okx.order(side="sell", px=between).one["ordId"]
    taker = okx.order(px=between, stpMode=mode).one["ordId"]
    assert (okx.see(maker)["state"], okx.see(taker)["state"]) == (resting, taking)
    ended = [row for row in (okx.see(maker), okx.see(taker)) if row["state"] == "canceled"]
    assert {row["cancelSource"] for row in ended} == {"32"}
    assert okx.sim.control.fills() == []
