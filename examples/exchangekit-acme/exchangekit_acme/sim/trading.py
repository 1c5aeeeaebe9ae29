"""Placing and withdrawing orders on Acme: https://docs.acme.example/v1#orders"""

from exchangekit.sim import Context, OrderRequest, Response, Route
from exchangekit.sim.money import plain
from exchangekit_acme.sim.account import sealed
from exchangekit_acme.sim.answers import refused, result
from exchangekit_acme.sim.history import find, shown
from exchangekit_acme.sim.parameters import Asked


def routes() -> list[Route]:
    return [
        sealed("POST", "order", place, "create_order"),
        sealed("POST", "withdraw", withdraw, "cancel_order"),
        sealed("POST", "withdraw-all", withdraw_all, "cancel_all_orders"),
    ]


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
    return result(shown(ctx.place(order)))


def withdraw(ctx: Context) -> Response:
    asked = Asked(ctx)
    if asked.sent.keys().isdisjoint(("id", "label")):
        raise refused("bad_parameter", "send id or label")
    found = find(asked)
    if not found:
        raise refused("no_such_order")
    [order] = found
    if not order.is_open or ctx.cancel(order).status != "canceled":
        raise refused("order_is_over")
    return result(shown(order))


def withdraw_all(ctx: Context) -> Response:
    found = ctx.orders(Asked(ctx).market().symbol, open_only=True)
    done = ctx.cancel_many(found) if found else []
    return result([shown(order) for order in done if order.status == "canceled"])
