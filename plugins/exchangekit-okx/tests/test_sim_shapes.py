"""The simulated venue's replies have the field names and JSON types of the real venue's.

Each recorded or documented answer is compared with what the simulated venue says to the same
question, both ways: no field of the real one is missing here, none is here that no real one has,
and each is of the same JSON type. What differs on purpose is listed with its reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from support.payloads import Row, body, label, needs_payloads, rows

# Answers that no endpoint of the simulated venue corresponds to.
LEFT_OUT = {
    "account_balances/10-ccxt-comment": "the funding account holds nothing: there is no row",
    "cancel_all/01-okx-docs": "mass-cancel is for options, which are not simulated",
    "create_order/03-okx-docs": "amending is not simulated",
    "markets/06-nautilus": "margin instruments are not simulated",
    "errors/01-nautilus": "algo orders are not simulated",
    "errors/11-nautilus-rs": "an answer of the WebSocket",
    "errors/14-nautilus-rs": "an invented code: the venue's codes have five digits",
    "errors/22-nautilus-rs": "an invented code: the venue's codes have five digits",
    "errors/24-okx-docs": "switching the account mode is not simulated",
    "errors/25-okx-docs": "switching the account mode is not simulated",
    "errors/26-okx-docs": "block trading is not simulated",
    "errors/27-okx-docs": "block trading is not simulated",
    "errors/28-okx-docs": "block trading is not simulated",
    "errors/29-okx-docs": "block trading is not simulated",
    "errors/30-okx-docs": "block trading is not simulated",
}

# What is asked of the simulated venue, by the path of the real answer or, where its source does not
# say, by the folder it lies in.
QUESTIONS = {
    "/api/v5/public/time": "time",
    "/api/v5/public/instruments": "instruments",
    "/api/v5/account/instruments": "account instruments",
    "/api/v5/market/ticker": "ticker",
    "/api/v5/market/tickers": "tickers",
    "/api/v5/market/books": "book",
    "/api/v5/market/books-full": "full book",
    "/api/v5/market/candles": "candles",
    "/api/v5/market/history-candles": "history candles",
    "/api/v5/market/trades": "trades",
    "/api/v5/account/balance": "balance",
    "/api/v5/account/trade-fee": "fees",
    "/api/v5/trade/order": "order",
    "/api/v5/trade/batch-orders": "batch",
    "/api/v5/trade/cancel-order": "cancel",
    "/api/v5/trade/cancel-batch-orders": "cancel batch",
    "/api/v5/trade/cancel-all-after": "countdown",
    "/api/v5/trade/orders-pending": "pending",
    "/api/v5/trade/orders-history": "history",
    "/api/v5/trade/orders-history-archive": "archive",
    "/api/v5/trade/fills": "fills",
}
FOLDERS = {
    "server_time": "time", "markets": "instruments", "ticker": "ticker", "order_book": "book",
    "candles": "candles", "recent_trades": "trades", "account_balances": "balance",
    "fees": "fees", "create_order": "place", "cancel_order": "cancel", "query_order": "order",
    "open_orders": "pending", "order_history": "history", "my_trades": "fills",
}  # fmt: skip
PARTICULAR = {
    "account_balances/05-nautilus": "balance detail",
    "account_balances/06-nautilus": "balance detail",
    "errors/02-ccxt-comment": "refused order",
    "errors/03-ccxt-comment": "refusal",
    "errors/04-ccxt-exceptions": "refusal",
    "errors/05-ccxt-exceptions": "refused order",
    "errors/06-ccxt-exceptions": "gateway",
    "errors/07-ccxt-exceptions": "gateway",
    "errors/08-octobot": "not authenticated",
    "errors/09-octobot": "not authenticated",
    "errors/10-nautilus-rs": "refused order",
    "errors/12-nautilus-rs": "refusal",
    "errors/13-nautilus-rs": "refusal",
    "errors/15-nautilus-rs": "refusal",
    "errors/16-nautilus-rs": "refused cancel",
    "errors/17-nautilus-rs": "refusal",
    "errors/18-nautilus-rs": "refused order",
    "errors/19-nautilus-rs": "refused order",
    "errors/20-nautilus-rs": "refusal",
    "errors/21-nautilus-rs": "refusal",
    "errors/23-okx-docs": "refusal",
    "errors/31-jkorf": "refusal without data",
}

# Fields of real answers that are missing here, and why.
RENAMED = "the venue calls it otherwise today"
NO_CHANGE = "no change of a filter is ever announced: the list is empty"
MISSING = {
    "account_balances/04-nautilus": {"data[].details[].maxSpotInUseAmt": RENAMED},
    "account_balances/05-nautilus": {
        "data[].maxSpotInUseAmt": RENAMED,
        "data[].coinUsdPrice": "in no documentation of the venue",
    },
    "account_balances/06-nautilus": {"data[].spotInUse": RENAMED, "data[].clSpotInUse": RENAMED},
    "account_balances/07-jkorf": {"data[].details[].maxSpotInUseAmt": RENAMED},
    "fees/03-nautilus": {"data[].uly": "for contracts only"},
    "markets/03-okx-docs-2026": {
        f"data[].upcChg[]{field}": NO_CHANGE for field in ("", ".param", ".newValue", ".effTime")
    },
}
# Endpoints that show the same things: a field one of them really has may be in all of them.
FAMILIES = (
    {"instruments", "account instruments"},
    {"ticker", "tickers"},
    {"order", "pending", "history", "archive"},
    {"place", "batch", "refused order"},
    {"cancel", "cancel batch", "refused cancel"},
    {"candles", "history candles"},
)


def name(row: Row) -> str:
    return label(row).removeprefix("okx/")


def question(row: Row) -> str:
    found = PARTICULAR.get(name(row)) or QUESTIONS.get(row["path"] or "")
    if found == "order" and row["http_method"] == "POST":
        return "place"
    return found or FOLDERS[row["operation"]]


def kind(value: object) -> str:
    """The JSON type of a value."""
    if isinstance(value, bool):
        return "boolean"
    names = {str: "string", int: "number", float: "number", type(None): "null"}
    return names[type(value)]


def shape(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Every field as (path, type); elements of a list share a path, positions of a row do not."""
    if isinstance(value, dict):
        yield path, "object"
        for field, inner in value.items():
            yield from shape(inner, f"{path}.{field}" if path else field)
    elif isinstance(value, list):
        yield path, "array"
        if value and not isinstance(value[0], (dict, list)) and path.endswith("[]"):
            for at, inner in enumerate(value):
                yield from shape(inner, f"{path}[{at}]")
        else:
            for inner in value:
                yield from shape(inner, f"{path}[]")
    else:
        yield path, kind(value)


def fields(value: object) -> dict[str, str]:
    return dict(shape(value))


@pytest.fixture(scope="module")
def answers(open_venue: Any) -> dict[str, Any]:
    """What the simulated venue says to every question, by its name."""
    with open_venue() as client:
        return asked(client)


def asked(okx: Any) -> dict[str, Any]:
    spot, btc = {"instType": "SPOT"}, {"instId": "BTC-USDT"}
    okx.order(ordType="market", sz="100", clOrdId="bought")
    resting = okx.order(clOrdId="resting").one["ordId"]
    item = {**btc, "tdMode": "cash", "side": "buy", "ordType": "limit", "px": "50000", "sz": "0.01"}
    unknown = {**btc, "ordId": "1"}
    found = {
        "time": okx.get("/public/time"),
        "instruments": okx.get("/public/instruments", **spot),
        "account instruments": okx.private("/account/instruments", **spot),
        "ticker": okx.get("/market/ticker", **btc),
        "tickers": okx.get("/market/tickers", **spot),
        "book": okx.get("/market/books", **btc),
        "full book": okx.get("/market/books-full", **btc),
        "candles": okx.get("/market/candles", **btc),
        "history candles": okx.get("/market/history-candles", **btc),
        "trades": okx.get("/market/trades", **btc),
        "balance": okx.private("/account/balance"),
        "fees": okx.private("/account/trade-fee", **spot),
        "place": okx.order(),
        "batch": okx.post("/trade/batch-orders", [item, item]),
        "order": okx.private("/trade/order", **btc, clOrdId="bought"),
        "pending": okx.private("/trade/orders-pending"),
        "cancel": okx.post("/trade/cancel-order", {**btc, "ordId": resting}),
        "cancel batch": okx.post("/trade/cancel-batch-orders", [unknown]),
        "countdown": okx.post("/trade/cancel-all-after", {"timeOut": "60"}),
        "history": okx.private("/trade/orders-history", **spot),
        "archive": okx.private("/trade/orders-history-archive", **spot),
        "fills": okx.private("/trade/fills"),
        "refused order": okx.order(sz="1000"),
        "refused cancel": okx.post("/trade/cancel-order", unknown),
        "refusal": okx.get("/market/ticker", instId="NOPE-USDT"),
        "gateway": okx.get("/market/nope"),
        "not authenticated": okx.send("GET", "/api/v5/account/balance"),
    }
    said = {what: reply.body for what, reply in found.items()}
    said["balance detail"] = {"data": said["balance"]["data"][0]["details"]}
    said["refusal without data"] = said["not authenticated"]
    return said


def real(row: Row) -> Any:
    """The recorded answer; where only one element was recorded, as the element of a reply."""
    found = json.loads(body(row))
    if isinstance(found, dict) and "code" in found:
        return found
    return {"data": [found]}


def compared() -> list[Row]:
    return [row for row in rows("okx") if name(row) not in LEFT_OUT]


@needs_payloads
@pytest.mark.parametrize("row", compared(), ids=label)
def test_every_field_of_the_real_answer_is_here_with_its_type(
    row: Row, answers: dict[str, Any]
) -> None:
    ours, excused = fields(answers[question(row)]), MISSING.get(name(row), {})
    wrong = {
        field: f"{expected} there, {ours.get(field, 'nothing')} here"
        for field, expected in fields(real(row)).items()
        if ours.get(field) != expected and field not in excused
    }
    assert wrong == {}


@needs_payloads
@pytest.mark.parametrize("what", sorted({question(row) for row in compared()}))
def test_no_field_is_here_that_no_real_answer_has(what: str, answers: dict[str, Any]) -> None:
    family = next((found for found in FAMILIES if what in found), {what})
    known = {"", "code", "msg", "data"}
    for row in compared():
        if question(row) in family:
            known |= set(fields(real(row)))
        if what == "balance detail" and question(row) == "balance":
            known |= {field.replace(".details[]", "") for field in fields(real(row))}
    assert set(fields(answers[what])) - known == set()


@needs_payloads
def test_what_is_left_out_or_excused_exists() -> None:
    there = {name(row) for row in rows("okx")}
    assert set(LEFT_OUT) | set(PARTICULAR) | set(MISSING) <= there
    assert not set(LEFT_OUT) & set(PARTICULAR)
    for row in compared():
        unused = set(MISSING.get(name(row), {})) - set(fields(real(row)))
        assert not unused, f"{name(row)} has no {unused}"
