"""One operation may be two requests: an order that one endpoint forgets may be at another, and only
the last "not found" is told."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from support.stepper import Stepper, policy
from support.toy import KEY, SECRET, Script, ToyAdapter, reply

from exchangekit import BadReply, Order, OrderNotFound, Side, VenueUnavailable
from exchangekit.adapter import (
    Call,
    Credentials,
    DeclaredPrehash,
    Origin,
    Reply,
    Request,
    Stamp,
    build_request,
    parse_first,
)
from exchangekit.adapter.identity import one_order
from exchangekit.adapter.rows import OrderRow, named
from exchangekit.models import Market

CREDENTIALS = Credentials(KEY, SECRET)
BTC = Market(symbol="BTC/USDT", id="BTCUSDT", base="BTC", quote="USDT")


@named("symbol", "id")
class Row(OrderRow):
    """An order."""


def _order(row: Row, symbol: str, source: Any) -> Order:
    return Order(symbol=symbol, id=str(row.id), side=Side.BUY)


def _get(path: str) -> Request:
    return build_request(f"GET {path}")


def _call() -> Call[Order]:
    read = parse_first(Row, _order, BTC, "list")
    return Call(_get("/now"), read, otherwise=Call(_get("/before"), read))


NONE = Reply(200, {}, b'{"list": []}')
ONE = Reply(200, {}, b'{"list": [{"symbol": "BTCUSDT", "id": "7"}]}')
TWO = Reply(
    200, {}, b'{"list": [{"symbol": "BTCUSDT", "id": "7"}, {"symbol": "BTCUSDT", "id": "7"}]}'
)
OTHER = Reply(200, {}, b'{"list": [{"symbol": "BTCUSDT", "id": "8"}]}')
REFUSED = reply({"code": -2013, "msg": "Order does not exist."}, 400)
DOWN = Reply(503, {}, b"")


def _asked(call: Call[Order], *answers: Any) -> tuple[Any, list[str]]:
    steps = Stepper(script=Script(list(answers)))
    found: Any
    try:
        found = steps.run(policy(ToyAdapter(), retries=0).call("fetch_order", call))
    except Exception as problem:
        found = problem
    return found, [sent.path for sent in steps.sent]


@pytest.mark.parametrize("nothing", [NONE, REFUSED])
def test_what_the_first_forgets_the_second_may_know(nothing: Reply) -> None:
    found, paths = _asked(_call(), nothing, ONE)
    assert found.id == "7"
    assert paths == ["/now", "/before"]


def test_the_second_is_not_asked_where_the_first_knows() -> None:
    found, paths = _asked(_call(), ONE)
    assert (found.id, paths) == ("7", ["/now"])


@pytest.mark.parametrize("nothing", [NONE, REFUSED])
def test_only_where_the_last_does_not_know_either_it_is_not_found(nothing: Reply) -> None:
    found, paths = _asked(_call(), NONE, nothing)
    assert type(found) is OrderNotFound
    assert found.operation == "fetch_order"
    assert paths == ["/now", "/before"]


@pytest.mark.parametrize("broken", [DOWN, Reply(200, {}, b"<html>"), TWO])
def test_not_found_in_the_first_is_no_proof_where_the_second_cannot_be_read(broken: Reply) -> None:
    found, paths = _asked(_call(), NONE, broken)
    assert isinstance(found, (VenueUnavailable, BadReply))
    assert paths == ["/now", "/before"]


def test_another_error_of_the_first_is_told_and_the_second_is_not_asked() -> None:
    found, paths = _asked(_call(), DOWN)
    assert isinstance(found, VenueUnavailable)
    assert paths == ["/now"]


def test_an_answer_about_something_else_is_believed_of_neither() -> None:
    call = one_order(_call(), BTC, "7", None)
    for answers in ([OTHER], [NONE, OTHER]):
        found, paths = _asked(call, *answers)
        assert isinstance(found, BadReply)
        assert paths == ["/now", "/before"][: len(answers)]


def test_what_looks_for_an_order_on_behalf_of_a_change_asks_both() -> None:
    steps = Stepper(script=Script([NONE, ONE]))
    made = policy(ToyAdapter(), CREDENTIALS)
    change = steps.run(made.begin("create_order", _get("/order"), "x"))
    assert steps.run(made.once("fetch_order", _call(), change)).id == "7"
    assert [sent.path for sent in steps.sent] == ["/now", "/before"]


def test_a_change_is_never_followed_by_another_request_by_itself() -> None:
    change, read = build_request("POST /order", changes=True), _get("/order")
    for first, second in ((change, read), (read, change)):
        with pytest.raises(TypeError, match="changes something"):
            Call(first, lambda reply: None, otherwise=Call(second, lambda reply: None))


# Bodies


def test_a_body_is_json_or_a_form_and_parameters_stand_beside_it() -> None:
    made = build_request("POST /order", json={"a": Decimal("1E-8"), "b": None}, category="spot")
    assert made.body == b'{"a":"0.00000001"}'
    assert made.params == (("category", "spot"),)
    assert made.headers == (("Content-Type", "application/json"),)
    made = build_request("POST /order", form={"pair": "X/Y", "n": 1, "none": None})
    assert made.body == b"pair=X%2FY&n=1"
    assert made.headers == (("Content-Type", "application/x-www-form-urlencoded"),)
    assert build_request("POST /order", json=[{"a": 1}]).body == b'[{"a":1}]'
    with pytest.raises(TypeError, match="more than one body"):
        build_request("POST /order", json={}, form={})


def test_a_signed_body_has_one_content_type() -> None:
    signer = DeclaredPrehash(
        template="{timestamp}{method}{path}{body}",
        headers={"X-KEY": "{key}", "X-SIGN": "{signature}", "X-TIME": "{timestamp}"},
        encoding="hex",
    )
    for told in ({"json": {"a": 1}}, {"form": {"a": 1}}):
        request = build_request("POST /order", signed=True, **told)  # type: ignore[arg-type]
        out = signer.sign(request, CREDENTIALS, Stamp(1, 1), Origin("https://x.example"))
        types = [value for name, value in out.headers if name == "Content-Type"]
        assert len(types) == 1
        assert types[0].endswith("json" if "json" in told else "urlencoded")
