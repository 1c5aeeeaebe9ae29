"""The dead man's switch around a strategy, on the venues that have one."""

from __future__ import annotations

from typing import Any

import pytest
from support.traders import Trader

from exchangekit import DeadMansSwitch, SyncDeadMansSwitch, Unsupported

SYMBOL = "BTC/USDT"


def lived(trader: Trader, failure: BaseException | None = None) -> Any:
    """An order of a strategy that lives inside a switch of 30 seconds, and may fail."""
    price, amount = trader.price("0.8", "buy"), trader.amount("200")
    opened = trader.open(order_window=5000)  # its clock is as the venue's is now
    if trader.mode == "sync":
        with SyncDeadMansSwitch(opened, 30):
            made = opened.create_limit_order(SYMBOL, "buy", amount, price)
            if failure is not None:
                raise failure
        return made

    async def inside() -> Any:
        exchange = opened.exchange
        async with DeadMansSwitch(exchange, 30):
            made = await exchange.create_limit_order(SYMBOL, "buy", amount, price)
            if failure is not None:
                raise failure
        return made

    return opened.runner.run(inside())


def statuses(trader: Trader) -> list[str]:
    trader.control.clock(advance_ms=60_000)
    return [one["status"] for one in trader.control.orders()]


def test_orders_of_a_strategy_that_ends_stay_and_those_of_one_that_dies_go(trader: Trader) -> None:
    if trader.exchange.requires("cancel_all_after"):
        with pytest.raises(Unsupported):
            lived(trader)
        assert trader.control.orders() == []
        return
    lived(trader)
    assert statuses(trader) == ["open"]
    with pytest.raises(ZeroDivisionError):
        lived(trader, ZeroDivisionError())
    assert statuses(trader) == ["canceled", "canceled"]
