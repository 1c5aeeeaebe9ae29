"""The operations of the matrix: what is there beforehand, and what is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matrix.stage import Stage

ANOTHER = "another001"
"""The client order id of an order that no case is about."""


@dataclass(frozen=True, slots=True)
class Operation:
    """``routes`` is what the simulated venues call its request (a pattern), ``prepare`` makes what
    has to be there, ``act`` is what is asked for, ``about_another`` asks the same about something
    else, so that its reply can be mixed up with the one to ``act``."""

    name: str
    routes: str
    prepare: Callable[[Stage], None]
    act: Callable[[Stage], Any]
    about_another: Callable[[Stage], Any]

    def __str__(self) -> str:
        return self.name


def place(stage: Stage, name: str, *, side: str = "buy", symbol: str | None = None) -> Any:
    """An order that rests; one that takes half of it at once where the stage says so."""
    symbol = symbol or stage.symbol
    return stage.exchange.create_limit_order(
        symbol, side, stage.amount(symbol), stage.price(symbol, side), client_order_id=name
    )


def _rest(orders: int) -> Callable[[Stage], None]:
    """So many orders rest beforehand."""

    def prepare(stage: Stage) -> None:
        for name in (stage.name, f"{stage.name}b")[:orders]:
            stage.remember(place(stage, name))
        stage.world.advance(3000)  # an order placed in the very second may be a newer one

    return prepare


def _cancel_another(stage: Stage) -> Any:
    made = place(stage, ANOTHER, side="sell")
    return stage.exchange.cancel_order(made.id, stage.symbol)


def _cancel_all_of_another(stage: Stage) -> Any:
    place(stage, ANOTHER, symbol=stage.other)
    return stage.exchange.cancel_all_orders(stage.other)


def _query_another(stage: Stage) -> Any:
    place(stage, ANOTHER, side="sell")
    return stage.exchange.fetch_order(None, stage.symbol, client_order_id=ANOTHER)


OPERATIONS = (
    Operation(
        "create",
        "create_order",
        lambda stage: stage.exchange.fetch_open_orders(stage.symbol),
        lambda stage: place(stage, stage.name),
        lambda stage: place(stage, ANOTHER, side="sell"),
    ),
    Operation(
        "cancel",
        "cancel_order",
        _rest(1),
        lambda stage: stage.exchange.cancel_order(stage.ids[0], stage.symbol),
        _cancel_another,
    ),
    Operation(
        "cancel all",
        "cancel_*orders",
        _rest(2),
        lambda stage: stage.exchange.cancel_all_orders(stage.symbol),
        _cancel_all_of_another,
    ),
    Operation(
        "query",
        "fetch_order",
        _rest(1),
        lambda stage: stage.exchange.fetch_order(None, stage.symbol, client_order_id=stage.name),
        _query_another,
    ),
)
COST = Decimal(200)
