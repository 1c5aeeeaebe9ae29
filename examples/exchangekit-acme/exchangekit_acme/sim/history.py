"""An account's orders and fills, and how Acme lists them: https://docs.acme.example/v1#orders"""

from typing import Any

from exchangekit.sim import Context, Fill, Order, Response, Route
from exchangekit.sim.money import plain
from exchangekit_acme.sim.account import sealed
from exchangekit_acme.sim.answers import refused
from exchangekit_acme.sim.market_data import present
from exchangekit_acme.sim.parameters import Asked

STATES = {"open": "open", "filled": "filled", "canceled": "withdrawn", "expired": "lapsed"}


def routes() -> list[Route]:
    return [
        sealed("GET", "order", lambda ctx: Response(shown(find(ctx))), "fetch_order"),
        sealed("GET", "orders", orders, "fetch_orders"),
        sealed("GET", "fills", fills, "fetch_my_trades"),
    ]


def find(ctx: Context) -> Order:
    asked = Asked(ctx)
    market, number, label = asked.market(), asked.sent.get("id"), asked.sent.get("label")
    found = ctx.order(venue_id=number) if number else ctx.order(client_id=label)
    if found is None or found.symbol != market.symbol:
        raise refused("no_such_order")
    return found


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


def orders(ctx: Context) -> Response:
    asked = Asked(ctx)
    wanted = asked.one_of("open", "true", "false") == "true"
    found = [one for one in ctx.orders(asked.market().symbol) if one.is_open is wanted]
    return _page(asked, [shown(one) for one in found])


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
        "fee": plain(fill.fee),
        "fee_asset": fill.fee_asset,
    }


def _page(asked: Asked, rows: list[dict[str, Any]]) -> Response:
    """Newest first; the cursor is the last row's id."""
    count, last = min(asked.whole("count", 50), 50), asked.whole("cursor", 10**18)
    since, until = asked.whole("since", 0), asked.whole("until", 10**18)
    found = [row for row in rows if int(row["id"]) < last and since <= row["at"] < until]
    shown = found[::-1][:count]
    return Response({"rows": shown, "older": shown[-1]["id"] if len(found) > count else None})
