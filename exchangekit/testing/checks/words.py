"""9 Unknown words: what nobody knows is told as unknown, never guessed, and hides no other row."""

from __future__ import annotations

from functools import partial
from typing import Any

from exchangekit.errors import BadReply
from exchangekit.models.enums import Liquidity, OrderStatus, OrderType, TimeInForce
from exchangekit.testing.check import check
from exchangekit.testing.rig import Rig, Sent
from exchangekit.testing.surgery import decoded, number, scalars, with_value, with_values

_STRANGE = "SOMETHING_NEW_2031"
_MEANT = ("status", "side", "type", "time_in_force", "symbol")
_UNKNOWN = {
    "status": OrderStatus.UNKNOWN,
    "type": OrderType.UNKNOWN,
    "time_in_force": TimeInForce.UNKNOWN,
}


def _words(sent: Sent) -> list[tuple[Any, Any]]:
    """Each word of the reply with what comes of another one there: a model, or a BadReply."""
    assert sent.call is not None
    found = []
    for place, value in scalars(decoded(sent.reply)):
        if isinstance(value, str) and value and number(value) is None:
            try:
                read = sent.call.parse(with_value(sent.reply, place, _STRANGE))
            except BadReply as problem:
                read = problem
            found.append((place, read))
    return found


def _same(before: Any, after: Any, place: Any) -> None:
    for name in _MEANT:
        was, now = getattr(before, name, None), getattr(after, name, None)
        fair = now == was or now == _UNKNOWN.get(name, was)
        assert fair, f"{_STRANGE!r} at {place} turned {name} from {was} into {now}"


def _unknown(before: Any, after: Any, place: Any) -> set[str]:
    """Which fields are unknown of the order `after`, which is `before` with one strange word."""
    _same(before, after, place)
    unknown = {name for name, value in _UNKNOWN.items() if getattr(after, name) is value}
    if unknown:
        assert _STRANGE in str(after.raw), "the venue's own word is out of reach"
        assert not after.is_done or after.status is before.status
    return unknown


def _resting(rig: Rig) -> Any:
    made = rig.exchange.create_limit_order(
        rig.symbol, "buy", rig.amount("300"), rig.price("0.8", "buy")
    )
    return rig.order(made)


@check(9)
def an_unknown_status_side_or_type_of_an_order_is_a_bad_reply(rig: Rig) -> None:
    """An unknown side is; a status or type is told as unknown. (The name is its cassettes'.)"""
    before = _resting(rig)
    refused, unknown = 0, set[str]()
    for place, read in _words(rig.requests("fetch_order")[-1]):
        if isinstance(read, BadReply):
            refused += _STRANGE in str(read)
        else:
            unknown |= _unknown(before, read, place)
    assert refused >= 1, "a side must be refused by its name"
    assert {"status", "type"} <= unknown, "status and type: each must be told as unknown"


@check(9)
def an_unknown_word_in_a_list_of_orders_is_a_bad_reply(rig: Rig) -> None:
    """Or is told as unknown; it hides no other order. (The name is its cassettes'.)"""
    _resting(rig)
    rig.exchange.fetch_open_orders(rig.symbol)
    sent = rig.answer("fetch_open_orders")
    assert sent.call is not None
    before = sent.call.parse(sent.reply).items
    refused, unknown = 0, set[str]()
    for place, read in _words(sent):
        if isinstance(read, BadReply):
            refused += 1
            assert len(read.rows) == len(before) - 1, "the others must be told all the same"
            assert all(one in before for one in read.rows)
            continue
        for was, now in zip(before, read.items, strict=True):
            if now.symbol != _STRANGE:
                unknown |= _unknown(was, now, place)
    assert refused >= len(before), "the side of each"
    assert {"status", "type"} <= unknown


@check(9, "sim")
def an_order_without_a_name_is_an_error_that_carries_the_others(rig: Rig) -> None:
    first, second = _resting(rig), _resting(rig)
    rig.exchange.fetch_open_orders(rig.symbol)
    sent = rig.answer("fetch_open_orders")
    assert sent.call is not None
    names = (first.id, first.client_order_id)
    places = [place for place, value in scalars(decoded(sent.reply)) if str(value) in names]
    expected = [one for one in sent.call.parse(sent.reply).items if one.id == second.id]
    for blank in ("", None):
        nameless = with_values(sent.reply, dict.fromkeys(places, blank))
        error = rig.refused(partial(sent.call.parse, nameless), BadReply)
        assert isinstance(error, BadReply)
        assert list(error.rows) == expected, f"{blank!r} as an id"


@check(9)
def an_unknown_description_of_a_fill_is_unknown_and_loses_no_fill(rig: Rig) -> None:
    made = rig.exchange.create_limit_order(
        rig.symbol, "buy", rig.amount("300"), rig.price("1.01", "buy")
    )
    rig.exchange.fetch_order_trades(rig.order(made).id, rig.symbol)
    sent = rig.answer("fetch_order_trades")
    assert sent.call is not None
    before = sent.call.parse(sent.reply).items
    for place, read in _words(sent):
        if isinstance(read, BadReply):
            continue
        assert len(read.items) == len(before), place
        for was, now in zip(before, read.items, strict=True):
            assert (was.side, was.price, was.amount) == (now.side, now.price, now.amount), place
            assert now.liquidity in (was.liquidity, Liquidity.UNKNOWN), place


@check(9)
def a_new_order_is_never_told_as_something_it_is_not(rig: Rig) -> None:
    _resting(rig)
    sent = rig.requests("create_order")[-1]
    assert sent.call is not None
    before = sent.call.parse(sent.reply)
    for place, read in _words(sent):
        if not isinstance(read, BadReply):
            _same(before, read, place)
