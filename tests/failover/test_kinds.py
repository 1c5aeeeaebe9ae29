"""Which operations are market data, the account's and trading: one list, and what venues sign."""

from __future__ import annotations

import inspect
from decimal import Decimal
from typing import Any

import pytest
from exchangekit_binance.adapter import BinanceAdapter
from exchangekit_bitget.adapter import BitgetAdapter
from exchangekit_bitget.unified.adapter import BitgetUnifiedAdapter
from exchangekit_bybit.adapter import BybitAdapter
from exchangekit_mexc.adapter import MexcAdapter
from exchangekit_okx.adapter import OkxAdapter
from support.toy import ToyAdapter

from exchangekit.adapter import OPERATIONS, Adapter, Listing
from exchangekit.adapter.operations import BY_NAME
from exchangekit.failover.health import (
    Kind,
    kind_of,
)
from exchangekit.models import LimitOrder, Market, Side
from exchangekit.models.markets import index

BTC = Market(symbol="BTC/USDT", id="BTCUSDT", base="BTC", quote="USDT")


def test_the_kinds_of_operations() -> None:
    kinds = {name: kind_of(name) for name in BY_NAME}
    assert kinds["fetch_ticker"] is kinds["load_markets"] is Kind.PUBLIC
    assert kinds["fetch_balance"] is kinds["fetch_order"] is kinds["resolve"] is Kind.PRIVATE
    assert kinds["create_limit_order"] is kinds["cancel_all_orders"] is Kind.TRADING
    assert kinds["raw_request"] is kinds["test_order"] is Kind.TRADING
    # It needs no key: its answers show nothing of trading.
    assert kinds["explain_order"] is Kind.PUBLIC


ORDER = LimitOrder(
    symbol="BTC/USDT",
    side=Side.BUY,
    amount=Decimal(1),
    price=Decimal(1),
    client_order_id="mine1",
)
ASKED: dict[str, Any] = {
    "market": BTC,
    "markets": index((BTC,)),
    "asked": Listing(index((BTC,)), BTC),
    "order": ORDER,
    "depth": 5,
    "limit": 5,
    "timeframe": "1m",
    "window": None,
    "cursor": None,
    "id": "7",
    "ids": ("7",),
    "client_order_id": None,
    "seconds": 60,
}


@pytest.mark.parametrize(
    "adapter",
    [
        ToyAdapter,
        MexcAdapter,
        BinanceAdapter,
        BitgetAdapter,
        BitgetUnifiedAdapter,
        BybitAdapter,
        OkxAdapter,
    ],
)
def test_what_is_said_to_be_private_is_what_venues_have_signed(adapter: type[Adapter]) -> None:
    made = adapter()
    signed = {}
    for name in OPERATIONS:
        if name in made.operations():
            describe = getattr(made, name)
            asked = {one: ASKED[one] for one in inspect.signature(describe).parameters}
            signed[name] = describe(**asked).request.signed
    assert len(signed) > 15
    assert signed == {name: BY_NAME[name].private for name in signed}
    for operation in BY_NAME.values():
        if operation.shorthand:
            assert operation.private is BY_NAME[operation.rests_on].private
