"""What is read: a reply that is odd, but says what happened, loses nothing and makes up nothing.

Replies of the simulated venue are changed in one place and told once more in place of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

from exchangekit.adapter.request import Reply
from exchangekit.errors import BadReply
from exchangekit.testing.check import check
from exchangekit.testing.checks.tour import has
from exchangekit.testing.drivers import Strike
from exchangekit.testing.rig import Rig
from exchangekit.testing.surgery import Place, at, decoded, scalars, spelt, written


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


@check(6, "sim")
def a_row_that_is_kept_keeps_no_more_than_its_own_json(rig: Rig) -> None:
    """A strategy that keeps one ticker of each list must not keep the lists."""
    exchange, symbol = rig.exchange, rig.symbol
    for factor in ("0.8", "0.7"):
        exchange.create_limit_order(symbol, "buy", rig.amount("200"), rig.price(factor, "buy"))
    lists = {
        "fetch_markets": exchange.load_markets().by_symbol.values(),
        "fetch_trades": exchange.fetch_trades(symbol, 20),
        "fetch_open_orders": exchange.fetch_open_orders(symbol),
        "fetch_balance": exchange.fetch_balance().assets.values(),
    }
    if has(rig, "fetch_tickers"):
        lists["fetch_tickers"] = exchange.fetch_tickers().values()
    for operation, rows in lists.items():
        assert len(rows) > 1, operation
        whole = sum(len(sent.reply.body) for sent in rig.requests(operation))
        kept = [len(row.source.body) for row in rows if row.source is not None]
        assert sum(kept) <= whole, f"{operation}: {len(rows)} rows keep {sum(kept)} bytes"
        assert all(row.raw for row in rows if row.source is not None), operation


@check(6, "sim")
def a_ticker_that_cannot_be_read_hides_no_other(rig: Rig) -> None:
    rig.needs("fetch_tickers")
    before = rig.exchange.fetch_tickers()
    name = rig.exchange.load_markets()[rig.other].id

    def spoil(body: Any) -> None:
        place = spelt(body, name)[0][0][:-1]
        row, last = at(body, place), str(before[rig.other].last)
        row |= {field: "so so" for field, value in row.items() if str(value) == last}

    odd = with_body(rig.requests("fetch_tickers")[-1].reply, spoil)
    rig.strike("fetch_tickers", Strike(reply=odd, before=True))
    error = rig.refused(rig.exchange.fetch_tickers, BadReply)
    assert isinstance(error, BadReply)
    assert list(error.rows) == [one for symbol, one in before.items() if symbol != rig.other]
