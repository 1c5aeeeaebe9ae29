"""What Acme tells one account about itself: https://docs.acme.example/v1#account"""

from exchangekit.sim import Context, Handler, Response, Route
from exchangekit.sim.money import plain
from exchangekit_acme.sim.answers import result
from exchangekit_acme.sim.parameters import Asked


def sealed(method: str, path: str, handler: Handler, operation: str) -> Route:
    return Route(method, f"/v1/{path}", handler, operation, signed=True, counts=("account",))


def routes() -> list[Route]:
    return [
        sealed("GET", "wallet", wallet, "fetch_balance"),
        sealed("GET", "fees", fees, "fetch_trading_fees"),
    ]


def wallet(ctx: Context) -> Response:
    rows = [
        {"asset": asset, "owned": plain(one.free + one.locked), "held": plain(one.locked)}
        for asset, one in ctx.balances().items()
    ]
    return result(rows)


def fees(ctx: Context) -> Response:
    rates = ctx.fees(Asked(ctx).market().symbol)
    return result({"maker": plain(rates.maker), "taker": plain(rates.taker)})
