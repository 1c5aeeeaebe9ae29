"""9 Unknown words: a status, side or type that nobody knows is an error, never a guess."""

from __future__ import annotations

from typing import Any

from exchangekit.errors import BadReply
from exchangekit.models.enums import Liquidity
from exchangekit.testing.check import check
from exchangekit.testing.rig import Rig, Sent
from exchangekit.testing.surgery import decoded, number, scalars, with_value

_STRANGE = "SOMETHING_NEW_2031"
_MEANT = ("status", "side", "type", "time_in_force", "symbol")


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
        assert was == now, f"{_STRANGE!r} at {place} turned {name} from {was} into {now}"


def _resting(rig: Rig) -> Any:
    made = rig.exchange.create_limit_order(
        rig.symbol, "buy", rig.amount("300"), rig.price("0.8", "buy")
    )
    return rig.order(made)


@check(9)
def an_unknown_status_side_or_type_of_an_order_is_a_bad_reply(rig: Rig) -> None:
    before = _resting(rig)
    refused = 0
    for place, read in _words(rig.requests("fetch_order")[-1]):
        if isinstance(read, BadReply):
            refused += _STRANGE in str(read)
        else:
            _same(before, read, place)
    assert refused >= 3, "status, side and type: each must be refused by its name"


@check(9)
def an_unknown_word_in_a_list_of_orders_is_a_bad_reply(rig: Rig) -> None:
    _resting(rig)
    rig.exchange.fetch_open_orders(rig.symbol)
    sent = rig.requests("fetch_open_orders")[-1]
    assert sent.call is not None
    before = sent.call.parse(sent.reply).items
    refused = 0
    for place, read in _words(sent):
        if isinstance(read, BadReply):
            refused += 1
        else:
            for was, now in zip(before, read.items, strict=True):
                if now.symbol != _STRANGE:
                    _same(was, now, place)
    assert refused >= 3


@check(9)
def an_unknown_description_of_a_fill_is_unknown_and_loses_no_fill(rig: Rig) -> None:
    made = rig.exchange.create_limit_order(
        rig.symbol, "buy", rig.amount("300"), rig.price("1.01", "buy")
    )
    rig.exchange.fetch_order_trades(rig.order(made).id, rig.symbol)
    sent = rig.requests("fetch_order_trades")[-1]
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
