"""Which venue an order goes to: balances, ticks and steps, the ranking."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from support.failovers import (
    KINDS,
    Desk,
    Over,
    toys,  # noqa: F401 - a fixture
)
from support.toy import BTC, refusal

from exchangekit.errors import (
    InsufficientFunds,
    InvalidOrder,
    Outcome,
)
from exchangekit.failover import (
    NoVenue,
    OrderAdapted,
    best_depth,
    best_price,
)
from exchangekit.models import OrderRequest

pytestmark = [pytest.mark.usefixtures("toys"), pytest.mark.parametrize("kind", KINDS)]

FUNDS = refusal(-2010, "no funds")
ACCESS = refusal(-2015, "not you")
PAUSE = refusal(-1016, "a pause")


def two(kind: str, a: Desk | None = None, b: Desk | None = None, **options: Any) -> Over:
    return Over(kind, {"a": a or Desk(), "b": b or Desk()}, **options)


# Balances


@pytest.mark.parametrize(
    ("a", "b", "goes"),
    [
        ("10.02", "100", "a:1"),  # 10 and the fee of 0.2 %
        ("10.01", "100", "b:1"),  # with the fee only at b
        ("10.01", "5", "a:1"),  # the fee may be taken from what is bought
        ("9.99", "10", "b:1"),
    ],
)
def test_the_balance_decides_who_is_tried(kind: str, a: str, b: str, goes: str) -> None:
    over = two(kind, Desk(balance={"USDT": (a, "0")}), Desk(balance={"USDT": (b, "0")}))
    assert over.buy().id == goes
    assert over.desks["a" if goes[0] == "b" else "b"].tried == 0


def test_no_balance_covers_it(kind: str) -> None:
    over = two(kind, Desk(balance={}), Desk(balance={"USDT": ("9", "5")}))
    with pytest.raises(InsufficientFunds) as caught:
        over.buy()
    assert caught.value.outcome is Outcome.NOT_SENT
    assert "a: 0 USDT is free, the order takes 10" in str(caught.value)
    assert "b: 9 USDT is free" in str(caught.value)
    assert [desk.tried for desk in over.desks.values()] == [0, 0]


def test_the_balance_is_not_asked_where_that_is_not_wanted(kind: str) -> None:
    over = two(kind, Desk(balance={}), check_balance=False)
    assert over.buy().id == "a:1"
    assert over.desks["a"].asked("/balance") == []


def test_a_sell_takes_base_and_a_market_buy_its_cost(kind: str) -> None:
    over = two(kind, Desk(balance={"USDT": ("50", "0"), "BTC": ("0.5", "0")}))
    sold = over.call("create_limit_order", "BTC/USDT", "sell", "1", "10")
    bought = over.call("create_market_buy_with_cost", "BTC/USDT", "50")
    dear = over.call("create_market_buy_with_cost", "BTC/USDT", "51")
    assert (sold.id, bought.id, dear.id) == ("b:1", "b:2", "b:3")
    cheap = over.call("create_market_buy_with_cost", "BTC/USDT", "49")
    assert cheap.id == "a:1"


# Ticks and steps

COARSE = [{**BTC, "price_step": "0.5", "amount_step": "0.1"}]


def test_an_order_is_sent_as_it_is_or_not_at_all(kind: str) -> None:
    over = two(kind, Desk(markets=COARSE))
    assert over.buy("1.25", "10.30").id == "b:1"
    assert over.told(OrderAdapted) == []
    over = two(kind, Desk(markets=COARSE), Desk(markets=COARSE))
    with pytest.raises(
        InvalidOrder, match=r"a: price 10.3 is not .*; b: price 10.3 is not"
    ) as caught:
        over.buy("1.25", "10.30")
    assert caught.value.outcome is Outcome.NOT_SENT
    assert caught.value.venue == "failover"


@pytest.mark.parametrize(("side", "price"), [("buy", "10.0"), ("sell", "10.5")])
def test_a_rounded_order_is_smaller_and_never_dearer(kind: str, side: str, price: str) -> None:
    over = two(kind, Desk(markets=COARSE), rounding="round_down")
    order = over.call("create_limit_order", "BTC/USDT", side, "1.25", "10.30")
    assert order.id == "a:1"
    ((amount, sent),) = over.desks["a"].amounts
    assert (Decimal(amount or ""), Decimal(sent or "")) == (Decimal("1.2"), Decimal(price))
    (event,) = [one for one in over.events if isinstance(one, OrderAdapted)]
    assert (event.key, event.sent.amount, event.asked.amount) == (
        "a",
        Decimal("1.2"),
        Decimal("1.25"),
    )
    assert event.difference.startswith("amount 1.25 became 1.2, price 10.3")


def test_what_is_rounded_for_one_venue_is_whole_at_the_next(kind: str) -> None:
    over = two(kind, Desk(markets=COARSE, next=[FUNDS]), rounding="round_down")
    assert over.buy("1.25", "10.30").id == "b:1"
    ((amount, price),) = over.desks["b"].amounts
    assert (Decimal(amount or ""), Decimal(price or "")) == (Decimal("1.25"), Decimal("10.30"))


# Ranking


# For 3 BTC. a: (1×100 + 2×110)/3 = 106.67, +0.2 % = 106.88. b: 106.80, +0.05 % = 106.85.
A_BOOK = {"asks": [("100", "1"), ("110", "5")], "bids": [("90", "1"), ("80", "5")]}
B_BOOK = {"asks": [("106.80", "3")], "bids": [("83.40", "3")]}
CHEAP = [{**BTC, "taker": "0.0005"}]


@pytest.mark.parametrize(
    ("side", "amount", "goes"),
    [
        ("buy", "3", "b"),
        ("buy", "2", "a"),  # a: 105 × 1.002 = 105.21, b: 106.8534
        ("buy", "4", "a"),  # b is too thin
        ("sell", "3", "b"),  # a: 83.33 × 0.998 = 83.17, b: 83.40 × 0.9995 = 83.36
        ("sell", "1", "a"),  # a: 89.82
    ],
)
def test_the_best_price_is_of_the_whole_size_after_fees(
    kind: str, side: str, amount: str, goes: str
) -> None:
    over = two(kind, Desk(book=A_BOOK), Desk(book=B_BOOK, markets=CHEAP), rank=best_price)
    assert over.call("create_market_order", "BTC/USDT", side, amount).id == f"{goes}:1"


def test_the_fee_alone_can_decide(kind: str) -> None:
    book = {"asks": [("100", "9")], "bids": []}
    over = two(kind, Desk(book=book), Desk(book=book, markets=CHEAP), rank=best_price)
    assert over.call("create_market_buy_with_cost", "BTC/USDT", "300").id == "b:1"
    over = two(kind, Desk(book=book), Desk(book=book), rank=best_price)
    assert over.call("create_market_buy_with_cost", "BTC/USDT", "300").id == "a:1"


def test_a_limit_counts_for_what_a_book_leaves_over(kind: str) -> None:
    # Up to 105. a: (1×100 + 2×105)/3 = 103.33, +0.2 % = 103.54. b: 3×104/3, +0.05 % = 104.05.
    b = {"asks": [("104", "3")], "bids": []}
    over = two(kind, Desk(book=A_BOOK), Desk(book=b, markets=CHEAP), rank=best_price)
    assert over.buy("3", "105").id == "a:1"
    b["asks"] = [("103", "3")]  # 103.05
    assert over.buy("3", "105").id == "b:1"


def test_a_venue_without_a_book_comes_last(kind: str) -> None:
    over = two(kind, rank=best_price)
    over.desks["a"].standing["/book"] = refusal(-1121, "no such symbol")
    assert over.buy().id == "b:1"
    over.desks["b"].next = [FUNDS]
    assert over.buy().id == "a:1"


def test_the_best_depth_is_within_the_limit(kind: str) -> None:
    # Up to 105: a has 1, b has 3. Within 1 % of the best price: a has 1, b 3.
    over = two(kind, Desk(book=A_BOOK), Desk(book={"asks": [("104", "3")], "bids": []}),
               rank=best_depth)  # fmt: skip
    assert over.buy("1", "105").id == "b:1"
    assert over.buy("1", "110").id == "a:1"  # 6 against 3
    assert over.call("create_market_order", "BTC/USDT", "buy", "1").id == "b:2"


def test_a_function_of_ones_own_ranks_and_leaves_out(kind: str) -> None:
    seen: list[tuple[str, Any]] = []

    def rank(order: OrderRequest, candidates: Any) -> Any:
        seen.extend((one.key, one.book) for one in candidates)
        return [one for one in reversed(candidates) if one.key != "b"]

    over = Over(kind, {"a": Desk(), "b": Desk(), "c": Desk(next=[FUNDS, FUNDS])}, rank=rank)
    assert over.buy().id == "a:1"
    assert seen == [("a", None), ("b", None), ("c", None)]
    over.desks["a"].next = [FUNDS]
    with pytest.raises(InsufficientFunds):
        over.buy()
    assert over.desks["b"].tried == 0


def test_a_ranking_that_leaves_all_out_is_no_crash(kind: str) -> None:
    over = two(kind, rank=lambda order, candidates: [])
    with pytest.raises(NoVenue) as caught:
        over.buy()
    assert caught.value.outcome is Outcome.NOT_SENT
