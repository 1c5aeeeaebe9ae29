"""An answer about something else is refused, whatever the adapter made of it.

The toy's adapter believes what it reads; here every operation is told of another market, another
order, another client order id, another side or another type than it asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from support.helpers import Either
from support.toy import START_MS, Script, ToyAdapter, reply

from exchangekit.adapter import Call, Page, Reply, Request, identity
from exchangekit.errors import BadReply, ExchangeError, Outcome, OutcomeUnknown
from exchangekit.models import (
    CancelFailure,
    CancelReport,
    Market,
    MyTrade,
    Order,
    OrderBook,
    Side,
    Ticker,
    Trade,
    TradingFee,
)

both = pytest.mark.parametrize("kind", ["sync", "async"])
BTC, ETH = "BTC/USDT", "ETH/USDT"


def a_trade(symbol: str, **more: Any) -> dict[str, Any]:
    moment = "2023-11-14T22:13:20Z"
    return {"symbol": symbol, "timestamp": moment, "price": 1, "amount": 1, "cost": 1, **more}


def a_fill(symbol: str, order: str) -> MyTrade:
    return MyTrade(**a_trade(symbol, id="1", order_id=order, side="buy"))


# What each of the adapter's operations may be told instead of what was asked for.
LISTED: dict[str, list[Any]] = {
    "fetch_ticker": [Ticker(symbol=ETH)],
    "fetch_order_book": [OrderBook(symbol=ETH, bids=(), asks=())],
    "fetch_trades": [(Trade(**a_trade(BTC)), Trade(**a_trade(ETH)))],
    "fetch_tickers": [{BTC: Ticker(symbol=ETH)}],
    "fetch_open_orders": [Page((Order(symbol=BTC, id="1"), Order(symbol=ETH, id="2")))],
    "fetch_closed_orders": [Page((Order(symbol=ETH, id="2"),))],
    "fetch_my_trades": [Page((a_fill(BTC, "7"), a_fill(ETH, "7")))],
    "fetch_order_trades": [
        Page((a_fill(ETH, "7"),)),
        Page((a_fill(BTC, "7"), a_fill(BTC, "8"))),
    ],
    "fetch_trading_fees": [{BTC: TradingFee(symbol=ETH, maker=1, taker=1)}],
}
ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "fetch_order_trades": ("7", BTC),
    "fetch_tickers": (),
    "fetch_trading_fees": (None,),
}
TOLD = [(operation, told) for operation, all_told in LISTED.items() for told in all_told]


def lying(monkeypatch: pytest.MonkeyPatch, operation: str, told: Any) -> None:
    def lie(self: ToyAdapter, *args: Any) -> Call[Any]:
        changes = operation.startswith("cancel")
        request = Request(method="GET", path="/lie", signed=True, changes=changes)
        return Call(request, lambda reply: told)

    monkeypatch.setattr(ToyAdapter, operation, lie)


@both
@pytest.mark.parametrize(("operation", "told"), TOLD, ids=[name for name, _ in TOLD])
def test_a_read_gives_nothing_of_an_answer_about_something_else(
    toy_venue: None, monkeypatch: pytest.MonkeyPatch, kind: str, operation: str, told: Any
) -> None:
    lying(monkeypatch, operation, told)
    either = Either(kind, Script([reply({})]))
    with pytest.raises(BadReply, match=r"asked for .*, the reply is about"):
        either.call(operation, *ARGUMENTS.get(operation, (BTC,)))


@both
@pytest.mark.parametrize("told", [{ETH: ETH}, {BTC: BTC, ETH: ETH}, {BTC: ETH}])
def test_fees_that_are_asked_by_symbol_are_of_no_other(
    toy_venue: None, monkeypatch: pytest.MonkeyPatch, kind: str, told: dict[str, str]
) -> None:
    by_symbol = replace(ToyAdapter.capabilities, fees_per_symbol=True)
    monkeypatch.setattr(ToyAdapter, "capabilities", by_symbol)
    fees = {name: TradingFee(symbol=of, maker=1, taker=1) for name, of in told.items()}
    lying(monkeypatch, "fetch_trading_fees", fees)
    with pytest.raises(BadReply):
        Either(kind, Script([reply({})])).call("fetch_trading_fees", [BTC])


RIGHT = {"id": "7", "client": "mine", "symbol": BTC, "side": "buy", "type": "limit"}
OTHERS = [
    {"symbol": ETH},
    {"client": "somebodyelse"},
    {"side": "sell"},
    {"type": "market"},
    {"symbol": ETH, "side": "sell", "client": "somebodyelse", "status": "closed", "filled": "3"},
]


def create(either: Either) -> Order:
    made: Order = either.call("create_limit_order", BTC, "buy", "1", "10", client_order_id="mine")
    return made


def refused(either: Either, action: Callable[[Either], Any], changes: bool) -> ExchangeError:
    with pytest.raises(OutcomeUnknown if changes else BadReply) as caught:
        action(either)
    if changes:
        assert isinstance(caught.value.__cause__, BadReply)
        assert caught.value.outcome is Outcome.UNKNOWN
    assert len(either.script.private) == 1, "nothing is sent twice"
    return caught.value


@both
@pytest.mark.parametrize("other", OTHERS, ids=lambda other: "-".join(other))
def test_a_new_order_told_as_something_else_is_unknown(
    toy_venue: None, kind: str, other: dict[str, Any]
) -> None:
    assert create(Either(kind, Script([reply(RIGHT)]))).side is Side.BUY
    error = refused(Either(kind, Script([reply(RIGHT | other)])), create, changes=True)
    assert error.client_order_id == "mine"


@both
@pytest.mark.parametrize("named", ["id", "client_order_id"])
@pytest.mark.parametrize("operation", ["fetch_order", "cancel_order"])
def test_one_order_told_as_another_is_not_believed(
    toy_venue: None, kind: str, operation: str, named: str
) -> None:
    def ask(either: Either) -> Any:
        if named == "id":
            return either.call(operation, "7", BTC)
        return either.call(operation, None, BTC, client_order_id="mine")

    assert ask(Either(kind, Script([reply(RIGHT)]))).id == "7"
    wrong = {"id": "8"} if named == "id" else {"client": "somebodyelse"}
    for other in (wrong, {"symbol": ETH}):
        script = Script([reply(RIGHT | other)])
        refused(Either(kind, script), ask, changes=operation == "cancel_order")
    # What was not asked for cannot disagree, and what is not told neither.
    right = {"client": "whoever"} if named == "id" else {"id": "8"}
    ask(Either(kind, Script([reply(RIGHT | right)])))
    ask(Either(kind, Script([reply({"id": "7" if named == "id" else ""})])))


def report(*done: Order, failed: str = "") -> CancelReport:
    more = (CancelFailure(order_id=failed, reason="gone"),) if failed else ()
    return CancelReport(canceled=done, failed=more)


ONE, TWO, THREE = (Order(symbol=BTC, id=str(number)) for number in (1, 2, 3))
ELSEWHERE = Order(symbol=ETH, id="2")


@both
def test_an_order_of_another_market_is_not_canceled_by_a_cancel_of_all(
    toy_venue: None, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    also = ToyAdapter.operations() | {"cancel_all_orders"}
    monkeypatch.setattr(ToyAdapter, "operations", classmethod(lambda cls: also))
    lying(monkeypatch, "cancel_all_orders", report(ONE, ELSEWHERE))
    ask: Callable[[Either], Any] = lambda either: either.call("cancel_all_orders", BTC)  # noqa: E731
    refused(Either(kind, Script([reply({})])), ask, changes=True)


@both
@pytest.mark.parametrize(
    "told",
    [
        report(ONE, ELSEWHERE),
        report(ONE, THREE),
        report(ONE, failed="3"),
        report(ONE, ONE),
        report(ONE),
        report(ONE, TWO, THREE),
    ],
)
def test_a_report_on_canceled_orders_is_on_each_that_was_asked_and_on_no_other(
    toy_venue: None, monkeypatch: pytest.MonkeyPatch, kind: str, told: CancelReport
) -> None:
    lying(monkeypatch, "cancel_orders", told)
    opened = reply({"rows": [{"id": "1", "at": START_MS}, {"id": "2", "at": START_MS}]})
    with pytest.raises(OutcomeUnknown):
        Either(kind, Script(standing={"/open": opened, "/lie": reply({})})).call(
            "cancel_all_orders", BTC
        )


@pytest.mark.parametrize(
    "told", [report(ONE, TWO), report(TWO, failed="1"), report(Order(symbol=BTC), TWO)]
)
def test_a_report_on_what_was_asked_is_believed(told: CancelReport) -> None:
    market = Market(symbol=BTC, id="BTCUSDT", base="BTC", quote="USDT")
    request = Request(method="GET", path="/")
    call = identity.canceled(Call(request, lambda reply: told), market, ("1", "2"))
    assert call.parse(Reply(200, {}, b"")) is told


def test_orders_of_all_markets_are_of_any() -> None:
    page = Page((ONE, ELSEWHERE))
    call = identity.page_of(Call(Request(method="GET", path="/"), lambda reply: page), None)
    assert call.parse(Reply(200, {}, b"")) is page
