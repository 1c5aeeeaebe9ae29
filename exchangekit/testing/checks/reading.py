"""What is read: a reply that is odd, but says what happened, loses nothing and makes up nothing.

Replies of the simulated venue are changed in one place and told once more in place of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

from exchangekit.adapter.request import Reply
from exchangekit.testing.check import check
from exchangekit.testing.drivers import Strike
from exchangekit.testing.rig import Rig
from exchangekit.testing.surgery import Place, at, decoded, scalars, written


def row_of(body: Any, id: str) -> Place:
    """Where in `body` the innermost row stands that names `id`."""
    named = [place for place, value in scalars(body) if str(value) == id]
    assert named, f"no row names {id}"
    return max(named, key=len)[:-1]


def with_body(reply: Reply, change: Callable[[Any], None]) -> Reply:
    """`reply` after `change` of its decoded body."""
    body = decoded(reply)
    change(body)
    return replace(reply, body=written(body).encode())


def another(name: Any) -> Any:
    """Another id, of the same kind and as long."""
    text = str(name)
    text = ("2" if text[0] == "1" else "1") + text[1:]
    return text if isinstance(name, str) else int(text)


@check(6, "sim")
def both_fills_of_a_trade_with_oneself_are_told(rig: Rig) -> None:
    """They share the trade's id, and differ in their order."""
    rig.exchange.load_markets()
    amount, price = rig.amount("100"), rig.price("1.01", "buy")
    rig.exchange.create_limit_order(rig.symbol, "buy", amount, price)
    mine = rig.exchange.fetch_my_trades(rig.symbol)
    order_id = mine[0].order_id

    def double(body: Any) -> None:
        place = row_of(body, order_id)
        twin = deepcopy(at(body, place))
        twin |= {name: another(value) for name, value in twin.items() if str(value) == order_id}
        at(body, place[:-1]).insert(place[-1], twin)

    doubled = with_body(rig.requests("fetch_my_trades")[-1].reply, double)
    rig.strike("fetch_my_trades", Strike(reply=doubled, before=True))
    found = rig.exchange.fetch_my_trades(rig.symbol)
    assert len(found) == len(mine) + 1, "a fill is missing, or came twice"
    assert len({fill.identity for fill in found}) == len(found)
