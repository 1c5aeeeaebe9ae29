"""Acme with something wrong with it that shows after a restart."""

from __future__ import annotations

import os
from typing import Any

from exchangekit_acme.adapter import AcmeAdapter

from exchangekit import models
from exchangekit.adapter import Call, Page
from support.defects import (
    TakesCanceledForClosed,
    TakesOpenForClosed,
    TellsFilledOrdersAsOpen,
    asking,
    listed,
    telling,
    then,
)


class TellsOfOrdersThatNeverWere(AcmeAdapter):
    def fetch_order(self, market, id, client_order_id):
        told = models.Order(symbol=market.symbol, id="1", status=models.OrderStatus.OPEN)
        return Call(super().fetch_time().request, lambda reply: told)


class FindsNoOrderByItsName(AcmeAdapter):
    def fetch_order(self, market, id, client_order_id):
        if client_order_id is not None:
            client_order_id = "nobody"
        call = super().fetch_order(market, id, client_order_id)
        return then(call, lambda made: made.model_copy(update={"client_order_id": None}))

    def fetch_open_orders(self, asked):
        return listed(super().fetch_open_orders(asked), lambda order: False)


class FindsNoOrderByItsId(AcmeAdapter):
    def fetch_order(self, market, id, client_order_id):
        return super().fetch_order(market, "0" if id else None, client_order_id)


class TellsNoFillsOfAnOrder(AcmeAdapter):
    def fetch_order_trades(self, id, asked):
        return then(super().fetch_order_trades(id, asked), lambda page: Page(()))


class ListsClosedOrdersAsOpen(AcmeAdapter):
    def fetch_open_orders(self, asked):
        return asking(super().fetch_open_orders(asked), path="/v1/orders/past")


class IsCalledOtherwiseInEachProcess(AcmeAdapter):
    """So that no journal has heard of its account."""

    @property
    def venue(self) -> Any:
        return f"acme{os.getpid()}"


class HandsOutWhatCannotBeWritten(AcmeAdapter):
    def create_order(self, market, order):
        call = super().create_order(market, order)
        return then(call, lambda made: made.model_copy(update={"filled": object()}))


class CancelsWithoutTheMarket(AcmeAdapter):
    """The venue refuses it; the first program, which died, could not tell."""

    def cancel_order(self, market, id, client_order_id):
        call = super().cancel_order(market, id, client_order_id)
        return telling(call, lambda said: said | {"market": None})


_TAKEN = (
    "an_order_that_the_venue_took_is_found_and_is_not_placed_again",
    "an_order_that_was_filled_is_found_with_its_fills",
    "an_order_that_is_placed_again_at_once_is_not_placed_twice",
)

RED: tuple[tuple[type[AcmeAdapter], tuple[str, ...]], ...] = (
    (
        TellsOfOrdersThatNeverWere,
        (
            "an_order_that_never_left_is_told_as_never_placed",
            "an_order_that_never_left_is_not_placed_by_the_way",
            "the_name_of_an_order_that_is_proven_absent_may_be_used_again",
        ),
    ),
    (FindsNoOrderByItsName, _TAKEN),
    (TellsNoFillsOfAnOrder, ("an_order_that_was_filled_is_found_with_its_fills",)),
    (
        FindsNoOrderByItsId,
        (
            "a_cancel_is_told_with_its_order_as_it_stands*",
            "each_change_that_was_left_open_is_told_in_its_order",
        ),
    ),
    (
        TakesCanceledForClosed,
        ("a_cancel_is_told_with_its_order_as_it_stands_after_the_venue_took_it",),
    ),
    (
        CancelsWithoutTheMarket,
        ("a_cancel_is_told_with_its_order_as_it_stands_after_the_venue_took_it",),
    ),
    (TellsFilledOrdersAsOpen, ("a_fill_that_came_before_a_cancel_is_told",)),
    (
        TakesOpenForClosed,
        ("a_cancel_of_all_is_told_with_what_is_open_still_before_anything_left",),
    ),
    (
        ListsClosedOrdersAsOpen,
        ("a_cancel_of_all_is_told_with_what_is_open_still_after_the_venue_took_it",),
    ),
    (
        IsCalledOtherwiseInEachProcess,
        (
            "another_order_under_a_used_name_is_refused_here*",
            "an_order_that_is_placed_again_at_once_is_not_placed_twice",
            "an_order_that_never_left_is_not_placed_by_the_way",
        ),
    ),
    (HandsOutWhatCannotBeWritten, ("a_journal_that_left_nothing_open_asks_for_nothing",)),
)
"""Each defect with the checks of a fresh process that it must turn red."""
