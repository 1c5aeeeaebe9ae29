"""17 Identity: an answer about another market, order, client order id or side is never believed.

Once each operation is handed the venue's own answer to another question; once a single name is
changed in the right answer. Where an answer names nothing, nothing can be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal
from typing import Any, NamedTuple

from exchangekit.adapter.operations import BY_NAME
from exchangekit.adapter.request import Page, Reply
from exchangekit.errors import BadReply, InsufficientFunds, OrderNotFound, OutcomeUnknown
from exchangekit.testing.check import check
from exchangekit.testing.checks.tour import read_everything, timeframe, trade_everything
from exchangekit.testing.drivers import Strike
from exchangekit.testing.rig import Rig, Sent
from exchangekit.testing.surgery import Place, decoded, spelt, with_value

_RESTING, _CROSSING = Decimal("0.8"), Decimal("1.01")
_NOBODY = "somebodyelse1"
_LISTS = ("fetch_open_orders", "fetch_closed_orders", "fetch_my_trades")
_OTHER_SIDE = {"buy": "sell", "sell": "buy", "BUY": "SELL", "SELL": "BUY"}


def _buy(rig: Rig, symbol: str, factor: Decimal, **how: Any) -> Any:
    """A limit order, as the venue holds it."""
    market, last = rig.exchange.load_markets()[symbol], rig.exchange.fetch_ticker(symbol).last
    price = market.round_price(last * factor, "buy")
    amount = market.round_amount(Decimal(200) / price)
    made = rig.exchange.create_limit_order(symbol, "buy", amount, price, **how)
    return rig.exchange.fetch_order(None, symbol, client_order_id=made.client_order_id)


# The answer to another question


class Two(NamedTuple):
    """A question, another one of the same operation, and the names of what the other is about."""

    mine: Callable[[], Any]
    other: Callable[[], Any]
    names: tuple[str, ...]


def _markets(rig: Rig, ask: Callable[[str], Any]) -> Two:
    mine, other = rig.symbol, rig.other
    names = (rig.exchange.load_markets()[other].id, other)
    return Two(lambda: ask(mine), lambda: ask(other), names)


def _traded(rig: Rig, ask: Callable[[str], Any]) -> Two:
    """Both markets have an order that rests and one that was filled."""
    for symbol in (rig.symbol, rig.other):
        for factor in (_RESTING, _CROSSING):
            _buy(rig, symbol, factor)
    return _markets(rig, ask)


def _by_id(rig: Rig, ask: Callable[[str, str], Any], factor: Decimal = _RESTING) -> Two:
    mine, other = (_buy(rig, rig.symbol, factor).id for _ in range(2))
    return Two(lambda: ask(mine, rig.symbol), lambda: ask(other, rig.symbol), (other,))


def _by_client_order_id(rig: Rig, ask: Callable[..., Any]) -> Two:
    def asked(name: str) -> Callable[[], Any]:
        _buy(rig, rig.symbol, _RESTING, client_order_id=name)
        return lambda: ask(None, rig.symbol, client_order_id=name)

    return Two(asked("mine0001"), asked(_NOBODY), (_NOBODY,))


def _orders(rig: Rig) -> Two:
    amount, last = rig.amount("200"), rig.exchange.fetch_ticker(rig.symbol).last
    low = rig.market.round_price(last * _RESTING, "buy")
    ask, other = rig.exchange.create_limit_order, _markets(rig, str)
    return Two(
        lambda: ask(rig.symbol, "buy", amount, low, client_order_id="mine0001"),
        lambda: _buy(rig, rig.other, _CROSSING, client_order_id=_NOBODY),
        (*other.names, _NOBODY),
    )


def _refused_orders(rig: Rig) -> Two:
    """The other one sells more than the account holds."""
    ask, price = rig.exchange.create_limit_order, rig.price("1.2", "sell")
    held = rig.exchange.fetch_balance().free(rig.market.base)
    amount = rig.market.round_amount(held * Decimal("1.5"))

    def too_much() -> None:
        with suppress(InsufficientFunds):
            ask(rig.symbol, "sell", amount, price, client_order_id=_NOBODY)

    return Two(_orders(rig).mine, too_much, (_NOBODY,))


def _refused_cancels(rig: Rig) -> Two:
    """The other one is of an order that never was."""
    ask, two = rig.exchange.cancel_order, _by_client_order_id(rig, rig.exchange.cancel_order)

    def never_was() -> None:
        with suppress(OrderNotFound):
            ask(None, rig.symbol, client_order_id="neverwas1")

    return Two(two.mine, never_was, ("neverwas1",))


def _all_canceled(rig: Rig) -> Two:
    two = _traded(rig, rig.exchange.cancel_all_orders)
    ids = tuple(order.id for order in rig.exchange.fetch_open_orders(rig.other))
    return two._replace(names=(*two.names, *ids))


def _fees(rig: Rig) -> Two:
    if not rig.capabilities.fees_per_symbol:
        rig.declared(f"{rig.adapter.title} tells all fees at once")
    return _markets(rig, lambda symbol: rig.exchange.fetch_trading_fees([symbol]))


QUESTIONS: list[tuple[str, str, Callable[[Rig], Two]]] = [
    ("ticker", "fetch_ticker", lambda rig: _markets(rig, rig.exchange.fetch_ticker)),
    (
        "order_book",
        "fetch_order_book",
        lambda rig: _markets(rig, lambda symbol: rig.exchange.fetch_order_book(symbol, 5)),
    ),
    (
        "trades",
        "fetch_trades",
        lambda rig: _markets(rig, lambda symbol: rig.exchange.fetch_trades(symbol, 5)),
    ),
    (
        "candles",
        "fetch_ohlcv",
        lambda rig: _markets(
            rig, lambda symbol: rig.exchange.fetch_ohlcv(symbol, timeframe(rig), None, 5)
        ),
    ),
    ("fees", "fetch_trading_fees", _fees),
    ("new_order", "create_order", _orders),
    ("order_by_id", "fetch_order", lambda rig: _by_id(rig, rig.exchange.fetch_order)),
    (
        "order_by_client_order_id",
        "fetch_order",
        lambda rig: _by_client_order_id(rig, rig.exchange.fetch_order),
    ),
    ("cancel_by_id", "cancel_order", lambda rig: _by_id(rig, rig.exchange.cancel_order)),
    (
        "cancel_by_client_order_id",
        "cancel_order",
        lambda rig: _by_client_order_id(rig, rig.exchange.cancel_order),
    ),
    ("refusal_of_an_order", "create_order", _refused_orders),
    ("refusal_of_a_cancel", "cancel_order", _refused_cancels),
    ("cancel_of_all", "cancel_all_orders", _all_canceled),
    (
        "open_orders",
        "fetch_open_orders",
        lambda rig: _traded(rig, rig.exchange.fetch_open_orders),
    ),
    (
        "closed_orders",
        "fetch_closed_orders",
        lambda rig: _traded(rig, rig.exchange.fetch_closed_orders),
    ),
    ("my_trades", "fetch_my_trades", lambda rig: _traded(rig, rig.exchange.fetch_my_trades)),
    (
        "fills_of_an_order",
        "fetch_order_trades",
        lambda rig: _by_id(rig, rig.exchange.fetch_order_trades, _CROSSING),
    ),
]


@check(17, "sim", cases=QUESTIONS)
def the_answer_to_another_question_is_not_believed(
    rig: Rig, operation: str, ask: Callable[[Rig], Two]
) -> None:
    rig.needs(operation)
    mine, other, names = ask(rig)
    before = len(rig.requests(operation))
    other()
    sent = rig.requests(operation)[before]
    if not any(spelt(decoded(sent.reply), name) for name in names):
        return
    rig.strike(operation, Strike(reply=sent.reply))
    if operation in _LISTS and not sent.names(*names):
        _left_out(mine(), names)
        return
    if BY_NAME[operation].changes:
        error = rig.refused(mine, OutcomeUnknown)
        assert isinstance(error.__cause__, BadReply), "it was read, and what it says was refused"
    else:
        rig.refused(mine, BadReply)


def _left_out(made: Any, names: tuple[str, ...]) -> None:
    """Where a request cannot say which market it is about, rows of others are no mistake."""
    items = made.items if isinstance(made, Page) else made
    assert not any(one.symbol in names for one in items), "a row of another market was believed"


# One name changed in the right answer


def _places(sent: Sent, *names: str | None) -> Iterator[tuple[Place, Any]]:
    for name in filter(None, names):
        yield from spelt(decoded(sent.reply), name)


def _refuses(sent: Sent, place: Place, value: Any) -> None:
    assert sent.call is not None
    changed: Reply = with_value(sent.reply, place, value)
    try:
        made = sent.call.parse(changed)
    except BadReply:
        return
    raise AssertionError(f"{sent.operation}: {value!r} at {place} was believed: {made!r}")


def _answered(rig: Rig, *operations: str) -> list[Sent]:
    return [one for name in operations for one in rig.requests(name) if one.call is not None]


_OF_ONE_MARKET = (
    "fetch_ticker",
    "fetch_order_book",
    "fetch_trades",
    "fetch_ohlcv",
    "create_order",
    "cancel_order",
    "cancel_all_orders",
    "fetch_order",
    "fetch_open_orders",
    "fetch_closed_orders",
    "fetch_my_trades",
    "fetch_order_trades",
)


@check(17, "sim")
def no_row_of_another_market_is_believed(rig: Rig) -> None:
    read_everything(rig)
    trade_everything(rig)
    _buy(rig, rig.symbol, _RESTING)
    rig.exchange.cancel_all_orders(rig.symbol)
    other = rig.exchange.load_markets()[rig.other].id
    fees = ("fetch_trading_fees",) if rig.capabilities.fees_per_symbol else ()
    tried = 0
    for sent in _answered(rig, *_OF_ONE_MARKET, *fees):
        of_all = sent.operation in _LISTS and not sent.names(rig.market.id, rig.symbol)
        for place, _ in _places(sent, rig.market.id, rig.symbol):
            if of_all and sent.call is not None:
                changed = with_value(sent.reply, place, other)
                _left_out(sent.call.parse(changed), (rig.other,))
            else:
                _refuses(sent, place, other)
            tried += 1
    assert tried, "no answer names its market"


@check(17, "sim")
def a_new_order_under_another_client_order_id_or_on_the_other_side_is_not_believed(
    rig: Rig,
) -> None:
    amount, price = rig.amount("200"), rig.price("0.8", "buy")
    rig.exchange.create_limit_order(rig.symbol, "buy", amount, price, client_order_id="mine0001")
    rig.exchange.create_limit_order(
        rig.symbol, "sell", amount, rig.price("1.25", "sell"), client_order_id="mine0002"
    )
    for sent in _answered(rig, "create_order"):
        for place, _ in _places(sent, "mine0001", "mine0002"):
            _refuses(sent, place, _NOBODY)
        for place, side in _places(sent, "buy", "sell"):
            _refuses(sent, place, _OTHER_SIDE.get(side, side[::-1]))


@check(17, "sim")
def an_order_under_another_id_than_was_asked_for_is_not_believed(rig: Rig) -> None:
    filled = _buy(rig, rig.symbol, _CROSSING)
    resting = _buy(rig, rig.symbol, _RESTING)
    rig.exchange.fetch_order(filled.id, rig.symbol)
    rig.exchange.fetch_order_trades(filled.id, rig.symbol)
    by_id = [rig.answer(name) for name in ("fetch_order", "fetch_order_trades")]
    tried = 0
    for sent in by_id:
        for place, value in _places(sent, filled.id):
            _refuses(sent, place, 987654321 if isinstance(value, int) else "987654321")
            tried += 1
    rig.exchange.cancel_order(None, rig.symbol, client_order_id=resting.client_order_id)
    for sent in (rig.requests("fetch_order")[0], rig.requests("cancel_order")[-1]):
        asked = filled if sent.operation == "fetch_order" else resting
        for place, _ in _places(sent, asked.client_order_id):
            _refuses(sent, place, _NOBODY)
            tried += 1
    assert tried, "no answer names its order"
