"""An order in a word that no table knows is told, and is not taken for another order."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from exchangekit.adapter import Call, Reply, Request, identity
from exchangekit.errors import BadReply
from exchangekit.models import LimitOrder, Order, OrderType, Side
from exchangekit.orders.looking import differences

ASKED = LimitOrder(
    symbol="BTC/USDT", side=Side.BUY, amount=Decimal(1), price=Decimal(10), client_order_id="mine1"
)


def told(**said: Any) -> Order:
    return Order(**{"symbol": "BTC/USDT", "id": "7", "client_order_id": "mine1", **said})


def read(order: Order) -> Order:
    call = Call(Request(method="POST", path="/order"), lambda reply: order)
    return identity.new_order(call, ASKED).parse(Reply(200, {}, b"{}"))


def test_a_new_order_of_an_unknown_type_is_the_order_that_was_asked_for() -> None:
    assert read(told(type=OrderType.UNKNOWN)).id == "7"
    with pytest.raises(BadReply, match="asked for type 'limit', the reply is about 'market'"):
        read(told(type=OrderType.MARKET))


def test_a_look_that_finds_an_unknown_type_finds_no_other_order() -> None:
    assert differences(told(type=OrderType.UNKNOWN), ASKED) == ()
    assert differences(told(type=OrderType.MARKET), ASKED) == ("type is market, not limit",)
