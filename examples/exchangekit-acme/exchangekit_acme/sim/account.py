"""What Acme tells one account, and its orders: https://docs.acme.example/v1#account"""

from typing import Any

from exchangekit.sim import Context, Fill, Handler, Order, OrderRequest, Response, Route
from exchangekit.sim.money import plain
from exchangekit_acme.sim.market_data import present
from exchangekit_acme.sim.parameters import Asked, refused


def _sealed(method: str, path: str, handler: Handler, operation: str) -> Route:
    return Route(method, f"/v1/{path}", handler, operation, signed=True, counts=("account",))


def routes() -> list[Route]:
    return [
        _sealed("GET", "wallet", wallet, "fetch_balance"),
        _sealed("GET", "fees", fees, "fetch_trading_fees"),
        _sealed("POST", "order", place, "create_order"),
        _sealed("GET", "order", lambda ctx: Response(shown(find(ctx))), "fetch_order"),
        _sealed("DELETE", "order", withdraw, "cancel_order"),
        _sealed("GET", "orders", orders, "fetch_orders"),
        _sealed("DELETE", "orders", withdraw_all, "cancel_all_orders"),
        _sealed("GET", "fills", fills, "fetch_my_trades"),
    ]


def wallet(ctx: Context) -> Response:
    rows = [
        {"asset": asset, "free": plain(held.free), "held": plain(held.locked)}
        for asset, held in ctx.balances().items()
    ]
    return Response({"assets": rows})


def fees(ctx: Context) -> Response:
    rates = ctx.fees(Asked(ctx).market().symbol)
    return Response({"maker": plain(rates.maker), "taker": plain(rates.taker)})


def place(ctx: Context) -> Response:
    asked = Asked(ctx)
    market, side = asked.market(), asked.one_of("side", "buy", "sell")
    limit = asked.one_of("kind", "limit", "market") == "limit"
    rule = asked.one_of("rule", "gtc", "maker", "ioc", "fok") if limit else ""
    price = asked.number("price") if limit else None
    size, worth = asked.number("size"), None if limit else asked.number("worth")
    if (size is None) == (worth is None) or (limit and price is None):
        raise refused("bad_parameter", "send size and price, size, or worth")
    broken = market.violations(
        price=price,
        amount=size,
        cost=worth,
        reference=ctx.last_price(market.symbol),
        market=not limit,
    )
    if broken:
        raise refused("refused", f"{broken[0].filter}: {plain(broken[0].limit)}")
    order = OrderRequest(
        symbol=market.symbol,
        side="buy" if side == "buy" else "sell",
        kind="limit" if limit else "market",
        amount=size,
        price=price,
        cost=worth,
        time_in_force="IOC" if rule == "ioc" else "FOK" if rule == "fok" else "GTC",
        post_only=rule == "maker",
        client_id=asked.sent.get("label"),
        tag={"rule": rule},
    )
    return Response(shown(ctx.place(order)))


def find(ctx: Context) -> Order:
    asked = Asked(ctx)
    market, number, label = asked.market(), asked.sent.get("id"), asked.sent.get("label")
    found = ctx.order(venue_id=number) if number else ctx.order(client_id=label)
    if found is None or found.symbol != market.symbol:
        raise refused("no_such_order")
    return found


def withdraw(ctx: Context) -> Response:
    order = find(ctx)
    if not order.is_open or ctx.cancel(order).status != "canceled":
        raise refused("order_is_over")
    return Response(shown(order))


def withdraw_all(ctx: Context) -> Response:
    found = ctx.orders(Asked(ctx).market().symbol, open_only=True)
    done = ctx.cancel_many(found) if found else []
    return Response([shown(order) for order in done if order.status == "canceled"])


STATES = {"open": "open", "filled": "filled", "canceled": "withdrawn", "expired": "lapsed"}


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
