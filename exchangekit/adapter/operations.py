"""The one list of operations: what a strategy can ask for, and what of an adapter serves it.

Whatever goes through all operations (the exchanges, `requires`, the table in the README, the
command line, the checks) takes them from here, in this order. A new operation starts with a line
in `EVERY`; tests compare the list with `Adapter`, `Operations`, `Exchange` and `SyncExchange`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation.

    ``rests_on`` is the operation of the adapter that serves it, mostly of the same name;
    ``instead`` are those that serve it together where that one is missing. ``changes`` says that it
    changes something, or asks about a change: its errors say whether anything happened; ``cancels``
    that nothing else may use up what it needs of the venue's limits. ``private`` says that it is
    about the account, so that it needs a key.
    ``shorthand`` says that it is another way of asking for what it rests on; ``declared`` names
    the flags of `Capabilities` that it needs as well; ``everywhere`` says that no venue lacks it;
    ``inner`` that a strategy does not see it.
    """

    name: str
    rests_on: str
    instead: tuple[str, ...] = ()
    changes: bool = False
    cancels: bool = False
    private: bool = False
    shorthand: bool = False
    declared: tuple[str, ...] = ()
    everywhere: bool = False
    inner: bool = False


def _public(
    name: str,
    rests_on: str | None = None,
    *,
    instead: tuple[str, ...] = (),
    shorthand: bool = False,
) -> Operation:
    return Operation(name=name, rests_on=rests_on or name, instead=instead, shorthand=shorthand)


def _private(name: str, rests_on: str | None = None, *, shorthand: bool = False) -> Operation:
    return Operation(name=name, rests_on=rests_on or name, private=True, shorthand=shorthand)


def _changing(
    name: str,
    rests_on: str | None = None,
    *,
    instead: tuple[str, ...] = (),
    cancels: bool = False,
    private: bool = True,
    shorthand: bool = False,
    declared: tuple[str, ...] = (),
    inner: bool = False,
) -> Operation:
    return Operation(
        name=name,
        rests_on=rests_on or name,
        instead=instead,
        changes=True,
        cancels=cancels,
        private=private,
        shorthand=shorthand,
        declared=declared,
        inner=inner,
    )


EVERY = (
    _public("fetch_time"),
    _public("fetch_status", instead=("fetch_time",)),
    _public("load_markets", "fetch_markets", shorthand=True),
    _public("fetch_markets"),
    _public("fetch_ticker"),
    _public("fetch_tickers"),
    _public("fetch_order_book"),
    _public("fetch_trades"),
    _public("fetch_ohlcv"),
    _public("iter_ohlcv", "fetch_ohlcv", shorthand=True),
    _private("fetch_balance"),
    _private("fetch_trading_fees"),
    _private("fetch_api_key"),
    _changing("create_order"),
    _changing("create_limit_order", "create_order", shorthand=True),
    _changing("create_market_order", "create_order", shorthand=True, declared=("market_orders",)),
    _changing(
        "create_market_buy_with_cost",
        "create_order",
        shorthand=True,
        declared=("market_orders", "buy_with_cost"),
    ),
    _changing("test_order"),
    _changing("explain_order", "create_order", private=False),
    _changing("cancel_order", cancels=True),
    _changing("cancel_all_orders", instead=("cancel_orders", "fetch_open_orders"), cancels=True),
    _changing("cancel_all_after", cancels=True),
    _changing("cancel_orders", cancels=True, inner=True),
    _private("fetch_order"),
    _private("wait", "fetch_order", shorthand=True),
    _private("fetch_open_orders"),
    _private("fetch_closed_orders"),
    _private("fetch_my_trades"),
    _private("fetch_order_trades"),
    _private("resolve", "fetch_order"),
    Operation(
        name="raw_request", rests_on="raw_request", changes=True, private=True, everywhere=True
    ),
)

BY_NAME: Mapping[str, Operation] = MappingProxyType({one.name: one for one in EVERY})

EXCHANGE_OPERATIONS = tuple(one.name for one in EVERY if not one.inner)
"""What a strategy can ask an exchange for."""

OPERATIONS = tuple(one.name for one in EVERY if one.rests_on == one.name and not one.everywhere)
"""What a venue author can write, each a method of `Adapter`."""
