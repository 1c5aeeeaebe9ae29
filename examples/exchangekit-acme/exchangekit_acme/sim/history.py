"""An account's orders and fills, and how Acme lists them: https://docs.acme.example/v1#orders"""

from typing import Any

from exchangekit.sim import Context, Fill, Order, Response, Route
from exchangekit.sim.money import plain
from exchangekit_acme.sim.account import sealed
from exchangekit_acme.sim.answers import refused, result
from exchangekit_acme.sim.market_data import present
from exchangekit_acme.sim.parameters import Asked

STATES = {"open": "open", "filled": "filled", "canceled": "withdrawn", "expired": "lapsed"}
REMEMBERED, DAY = 600_000, 86_400_000


def routes() -> list[Route]:
    return [
        sealed("GET", "orders", orders, "fetch_open_orders"),
        sealed("GET", "orders/past", past, "fetch_closed_orders"),
        sealed("GET", "fills", fills, "fetch_my_trades"),
    ]


def find(asked: Asked) -> list[Order]:
    """The orders of a market, or the one that is asked for by one of its names, or none."""
    market, number, label = asked.market(), asked.sent.get("id"), asked.sent.get("label")
    if number is None and label is None:
        return asked.ctx.orders(market.symbol)
    found = asked.ctx.order(venue_id=number) if number else asked.ctx.order(client_id=label)
    return [found] if found is not None and found.symbol == market.symbol else []


def orders(ctx: Context) -> Response:
    """What is open and, asked for by name, what has been over for less than ten minutes."""
    asked = Asked(ctx)
    named = not asked.sent.keys().isdisjoint(("id", "label"))
    fresh = ctx.now - REMEMBERED if named else ctx.now + DAY
    found = [one for one in find(asked) if one.is_open or one.updated > fresh]
    return _page(asked, [shown(one) for one in found])


def past(ctx: Context) -> Response:
    asked = Asked(ctx)
    return _page(asked, [shown(one) for one in find(asked) if not one.is_open])


def shown(order: Order) -> dict[str, Any]:
    return {
        "id": order.venue_id,
        "market": order.symbol,
        "label": order.client_id,
        "side": order.side,
        "kind": order.kind,
        "rule": order.tag["rule"] or None,
        "state": STATES[order.status],
        "price": present(order.price),
        "size": present(order.amount),
        "worth": present(order.cost),
        "filled": plain(order.filled),
        "spent": plain(order.spent),
        "at": order.created,
        "changed": order.updated,
    }


def fills(ctx: Context) -> Response:
    asked = Asked(ctx)
    number = asked.sent.get("order")
    found = ctx.fills(asked.market().symbol)
    return _page(asked, [_fill(one) for one in found if number in (None, one.venue_order_id)])


def _fill(fill: Fill) -> dict[str, Any]:
    return {
        "id": str(fill.id),
        "order": fill.venue_order_id,
        "label": fill.client_id,
        "at": fill.time,
        "price": plain(fill.price),
        "size": plain(fill.amount),
        "bought": fill.side == "buy",
        "maker": fill.maker,
        "fee": plain(-fill.fee),
        "fee_asset": fill.fee_asset,
    }


def _page(asked: Asked, rows: list[dict[str, Any]]) -> Response:
    """Newest first; the cursor is the last row's id."""
    count, last = min(asked.whole("count", 50), 50), asked.whole("cursor", 10**18)
    since, until = asked.whole("since", 0), asked.whole("until", 10**18)
    if "since" in asked.sent and until - since >= DAY:
        raise refused("span_too_long")
    found = [row for row in rows if int(row["id"]) < last and since <= row["at"] <= until]
    shown = found[::-1][:count]
    return result({"rows": shown, "older": shown[-1]["id"] if len(found) > count else ""})
