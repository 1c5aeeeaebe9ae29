"""7 Exact numbers: every digit arrives, nothing becomes 0 that was not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from exchangekit.errors import BadReply
from exchangekit.models.base import Model, Source
from exchangekit.models.enums import Side
from exchangekit.models.orders import LimitOrder, MarketBuyWithCost, MarketOrder
from exchangekit.testing.check import check
from exchangekit.testing.checks.tour import read_everything, trade_everything
from exchangekit.testing.rig import Rig, Sent
from exchangekit.testing.surgery import decoded, number, same_kind, scalars, with_value

LONG = "0.12345678901234567890123456789"
"""More digits than a float or a 28-digit context can hold."""


def walk(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every value inside a model, a tuple or a mapping, and where it is."""
    if isinstance(value, Model):
        for field in type(value).model_fields:
            yield from walk(getattr(value, field), f"{name}.{field}")
    elif isinstance(value, (tuple, list, frozenset)):
        for at, item in enumerate(value):
            yield from walk(item, f"{name}[{at}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from walk(item, f"{name}[{key}]")
    elif not isinstance(value, Source):
        yield name, value


def _no_floats(seen: dict[str, Any]) -> None:
    for operation, result in seen.items():
        for name, value in walk(result, operation):
            assert not isinstance(value, float), f"{name} is the float {value!r}"
            fits = isinstance(value, (Decimal, str, int, datetime, Enum, type(None)))
            assert fits, f"{name} is a {type(value).__name__}"
            if isinstance(value, Decimal):
                assert value.is_finite(), name
            if isinstance(value, datetime):
                assert value.utcoffset() is not None, f"{name} has no time zone"


@check(7, live="reads")
def no_model_holds_a_float_or_a_time_without_a_zone(rig: Rig) -> None:
    _no_floats(read_everything(rig))


@check(7)
def no_model_of_an_order_holds_a_float(rig: Rig) -> None:
    _no_floats(trade_everything(rig))


@check(7)
def numbers_go_out_with_the_digits_that_were_given_and_never_with_an_exponent(rig: Rig) -> None:
    symbol, market = rig.symbol, rig.market
    tiny, precise = Decimal("1E-8"), Decimal("123456789.123456789012345678901234567890")
    orders = [
        LimitOrder(symbol=symbol, side=Side.BUY, amount=tiny, price=precise, client_order_id="a1"),
        LimitOrder(symbol=symbol, side=Side.SELL, amount=precise, price=tiny, client_order_id="a1"),
    ]
    wanted = ["0.00000001", "123456789.123456789012345678901234567890"]
    for order in orders:
        text = _text(rig, order)
        assert all(one in text for one in wanted), text
    if rig.capabilities.market_orders:
        sell = MarketOrder(symbol=symbol, side=Side.SELL, amount=tiny, client_order_id="a1")
        assert wanted[0] in _text(rig, sell)
    if rig.capabilities.buy_with_cost:
        spend = MarketBuyWithCost(symbol=market.symbol, cost=Decimal("1E+2"), client_order_id="a1")
        assert "100" in _text(rig, spend)


def _text(rig: Rig, order: Any) -> str:
    request = rig.describe("create_order", rig.market, order).request
    text = " ".join(value for _, value in request.params) + request.body.decode()
    for exponent in ("E-", "e-", "E+", "e+"):
        assert exponent not in text, text
    return text


@check(7)
def an_order_comes_back_with_the_numbers_it_was_sent_with(rig: Rig) -> None:
    market = rig.market
    price = rig.price("0.8", "buy")
    step = market.amount_step or Decimal(1)
    amount = rig.amount("200") + step
    made = rig.exchange.create_limit_order(rig.symbol, "buy", amount, price)
    found = rig.order(made)
    assert (found.price, found.amount, found.filled) == (price, amount, 0)
    assert found.average is None, "nothing was filled, so there is no average"


Found = list[tuple[str, Sent, Callable[[Any], Any]]]


def _exact_places(rig: Rig) -> Found:
    """One number of each kind of reply, and how to find it in what was read."""
    symbol = rig.symbol
    read_everything(rig)
    trade_everything(rig)
    asset = rig.market.quote
    picks: dict[str, Callable[[Any], Any]] = {
        "fetch_ticker": lambda made: made.last,
        "fetch_tickers": lambda made: made[symbol].last,
        "fetch_order_book": lambda made: made.bids[0].price,
        "fetch_trades": lambda made: made[0].price,
        "fetch_ohlcv": lambda made: made[0].close,
        "fetch_balance": lambda made: made[asset].free,
        "fetch_order": lambda made: made.amount,
        "fetch_my_trades": lambda made: made.items[0].price,
        "fetch_order_trades": lambda made: made.items[0].amount,
    }
    found: Found = []
    for operation, pick in picks.items():
        if rig.requests(operation) and (sent := rig.answer(operation)).call is not None:
            found.append((operation, sent, pick))
    return found


@check(7)
def every_digit_of_a_reply_arrives(rig: Rig) -> None:
    """A number of 29 digits, put where a known one stands, must come out whole."""
    places = _exact_places(rig)
    assert len(places) >= 6
    for operation, sent, pick in places:
        assert sent.call is not None
        known = pick(sent.call.parse(sent.reply))
        held = [row for row in scalars(decoded(sent.reply)) if number(row[1]) == known]
        came = []
        for place, value in held:
            changed = with_value(sent.reply, place, same_kind(value, LONG))
            try:
                came.append(pick(sent.call.parse(changed)))
            except (BadReply, IndexError, KeyError):
                continue
        assert Decimal(LONG) in came, f"{operation}: {LONG} came out as {came}"


@check(7, "sim")
def a_number_that_no_market_could_mean_is_a_bad_reply(rig: Rig) -> None:
    """Written out, it would fill the disk; it comes out of no reply."""
    for operation, sent, pick in _exact_places(rig):
        assert sent.call is not None
        known, refused = pick(sent.call.parse(sent.reply)), 0
        held = [row for row in scalars(decoded(sent.reply)) if number(row[1]) == known]
        for odd in ("1e999999999", "1e-999999999", "-1" + "0" * 40):
            for place, value in held:
                try:
                    sent.call.parse(with_value(sent.reply, place, same_kind(value, odd)))
                except BadReply:
                    refused += 1
        assert refused >= 3, f"{operation}: each is to be refused where {known} stands"


@check(7)
def what_is_blank_or_null_is_none_and_never_zero(rig: Rig) -> None:
    """Each number of a reply is blanked in turn: it may be missed, it may not become 0."""
    for operation, sent, _ in _exact_places(rig):
        assert sent.call is not None
        before = dict(walk(sent.call.parse(sent.reply)))
        body = decoded(sent.reply)
        numbers = [place for place, value in scalars(body) if number(value) is not None]
        for place in numbers[:40]:
            for blank in ("", None):
                try:
                    read = sent.call.parse(with_value(sent.reply, place, blank))
                except BadReply:
                    continue
                for name, value in walk(read):
                    zero = isinstance(value, Decimal) and value == 0
                    was = before.get(name)
                    made_up = zero and isinstance(was, Decimal) and was != 0
                    assert not made_up, f"{operation}: {blank!r} at {place} made {name} 0"
