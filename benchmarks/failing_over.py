"""What the decision of a failover costs an order: the same order with it and without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks import answers as made
from benchmarks.answers import KEY, SECRET
from benchmarks.clients import Answers, Canned, granted
from benchmarks.measure import Row, Work
from benchmarks.scale import SMALL
from exchangekit import SyncFailover
from exchangekit.adapter import Credentials
from exchangekit.exchange import SyncExchange
from exchangekit.hookspecs import new_manager
from exchangekit.operations import Connection, Hooks, OneVenue
from exchangekit.plugins import installed
from exchangekit.runtime.drivers import SyncDriver
from exchangekit.runtime.policy import Policy, Settings

SYMBOL = "BTC/USDT"


def decision(venues: int) -> Row:
    """An order over so many venues (``ours``) and at one of them (``alone``)."""
    several = SyncFailover(
        [_account(number) for number in range(venues)], journal=None, check_balance=False
    )
    one = _account(0)
    return Row(
        f"an order over {venues} venues",
        "binance",
        None,
        {"ours": _ordering(several), "alone": _ordering(one)},
    )


def _account(number: int) -> SyncExchange:
    adapter = installed().adapter("binance")
    keys = Credentials(f"{number:064}", SECRET if KEY else "", account=f"a{number}")
    policy = Policy(adapter, adapter.environments["live"], keys, granted(), Settings())
    operations = OneVenue(Connection(policy, Hooks(new_manager()), "live"))
    answers = Answers(made.bodies("binance", SMALL))
    return SyncExchange(operations, SyncDriver(Canned(answers)))


def _ordering(exchange: Any) -> Work:
    def order() -> None:
        exchange.create_limit_order(SYMBOL, "buy", "0.001", "40000")

    return _repeat(order)


def _repeat(call: Callable[[], None]) -> Work:
    def work(times: int) -> None:
        for _ in range(times):
            call()

    return work
