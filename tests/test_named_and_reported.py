"""Orders that are looked for by name in a list, and what became of orders canceled together."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from exchangekit import BadReply, Order, OrderNotFound, Side
from exchangekit.adapter import Reply, parse
from exchangekit.adapter.rows import OrderRow, named
from exchangekit.models import Market

BTC = Market(symbol="BTC/USDT", id="BTCUSDT", base="BTC", quote="USDT")


@named("symbol", "id", client_order_id="name")
class Row(OrderRow):
    """An order."""


def _order(row: Row, symbol: str, source: Any) -> Order:
    return Order(symbol=symbol, id=str(row.id), side=Side.BUY, client_order_id=row.client_order_id)


def _find(name: str, *told: tuple[str, str | None]) -> Order:
    listed = [{"symbol": "BTCUSDT", "id": number, "name": called} for number, called in told]
    body = msgspec.json.encode({"list": listed})
    return parse.parse_named(Row, _order, BTC, name, "list")(Reply(200, {}, body))


def test_the_newest_of_a_name_is_found() -> None:
    told = ("9", None), ("8", "other"), ("7", "mine"), ("6", "mine")
    assert _find("mine", *told).id == "7"


@pytest.mark.parametrize("told", [(), (("9", None), ("8", "mine2"))])
def test_a_name_that_is_not_among_the_newest_is_not_found(told: Any) -> None:
    with pytest.raises(OrderNotFound, match=rf"newest {len(told)} orders has this name"):
        _find("mine", *told)


def test_an_id_is_looked_for_among_the_newest_as_a_name_is() -> None:
    rows = [{"symbol": "BTCUSDT", "id": number, "name": "mine"} for number in ("9", "8")]
    told = Reply(200, {}, msgspec.json.encode({"list": rows}))
    assert parse.parse_named(Row, _order, BTC, None, "list", id="8")(told).id == "8"
    with pytest.raises(OrderNotFound, match="none of the newest 2 orders has this id"):
        parse.parse_named(Row, _order, BTC, None, "list", id="7")(told)


def test_orders_of_another_market_are_not_believed() -> None:
    body = b'{"list": [{"symbol": "ETHUSDT", "id": "7", "name": "mine"}]}'
    with pytest.raises(BadReply):
        parse.parse_named(Row, _order, BTC, "mine", "list")(Reply(200, {}, body))


def _done(id: str) -> Order:
    return Order(symbol="BTC/USDT", id=id, side=Side.BUY)


def test_each_order_canceled_together_ends_in_its_own_way() -> None:
    report = parse.cancel_report(("1", "2", "3"), [_done("1")], [(2, None, 7), ("3", "gone", "8")])
    assert [one.id for one in report.canceled] == ["1"]
    assert [(one.order_id, one.reason) for one in report.failed] == [
        ("2", "it says no reason (code 7)"),
        ("3", "gone (code 8)"),
    ]


@pytest.mark.parametrize("ids", [("1",), ("1", "2", "3")])
def test_a_report_about_more_or_fewer_orders_is_not_believed(ids: tuple[str, ...]) -> None:
    with pytest.raises(BadReply, match=rf"{len(ids)} orders were to be canceled.* about 2"):
        parse.cancel_report(ids, [_done("1")], [("2", "gone", "8")])
