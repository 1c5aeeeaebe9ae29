"""A venue that exists nowhere: the smallest dialect that exercises the whole simulation."""

from __future__ import annotations

import hashlib
import hmac
import json
from decimal import Decimal

from exchangekit.sim import (
    CATALOGUE,
    Answer,
    ApiKey,
    Context,
    Dialect,
    Fees,
    Instrument,
    LimitRule,
    OrderRequest,
    Rejection,
    Response,
    Route,
    VenueRules,
    text,
)
from exchangekit.sim.instruments import catalogue_pairs

START = 1_790_000_000_000  # 2026-09-21T14:13:20Z
KEY, SECRET, PASSPHRASE = "toy-key", "toy-secret-never-shown", "toy-passphrase-never-shown"


def instrument(base="BTC", quote="USDT", tick=None, step=None, **extra):
    price = CATALOGUE[base].usd / CATALOGUE[quote].usd
    fine = price.adjusted() - 5
    return Instrument(
        f"{base}-{quote}",
        base,
        quote,
        tick=Decimal(tick) if tick else Decimal(1).scaleb(fine),
        step=Decimal(step) if step else Decimal(1).scaleb(-min(8, max(0, price.adjusted() + 1))),
        min_notional=Decimal(1),
        **extra,
    )


class ToyVenue(Dialect):
    venue = "toy"
    rules = VenueRules(fees=Fees(maker=Decimal("0.0008"), taker=Decimal("0.001")))
    limits = (
        LimitRule("ip", limit=200, window_ms=60_000, scope="ip", ban_after=2, ban_ms=120_000),
        LimitRule("orders", limit=50, window_ms=10_000, scope="account"),
    )

    def instruments(self):
        return [instrument(base, quote) for base, quote in catalogue_pairs()]

    def routes(self):
        return [
            Route("GET", "/time", lambda ctx: Response({"now": ctx.now}), "fetch_time"),
            Route("GET", "/book/{symbol}", self.book, "fetch_order_book", counts=("ip",), weight=5),
            Route("GET", "/tickers", self.tickers, "fetch_tickers"),
            Route("POST", "/order", self.create, "create_order", signed=True, counts=("orders",)),
            Route("GET", "/order", self.fetch, "fetch_order", signed=True),
            Route("DELETE", "/order", self.cancel, "cancel_order", signed=True),
            Route("POST", "/echo", self.echo, "echo"),
            Route("GET", "/crash", self.crash, "crash"),
        ]

    def authenticate(self, ctx: Context) -> ApiKey:
        key = ctx.venue.keys.find(ctx.request.header("X-Toy-Key") or "")
        if key is None:
            raise Answer(self.error("bad-key", None, 401))
        signed = ctx.request.target + ctx.request.body
        expected = hmac.new(key.secret.encode(), signed, hashlib.sha256).hexdigest()
        if ctx.request.header("X-Toy-Signature") != expected:
            raise Answer(self.error("bad-signature", None, 401))
        if not key.allows(ctx.request.ip):
            raise Answer(self.error("bad-ip", None, 403))
        if ctx.route.operation == "create_order" and not key.may("trade"):
            raise Answer(self.error("no-permission", None, 403))
        stamp = dict(ctx.request.query_pairs()).get("timestamp")
        if stamp is not None and abs(int(stamp) - ctx.now) > 5000:
            raise Answer(self.error("bad-timestamp", None, 400))
        return key

    def book(self, ctx: Context) -> Response:
        symbol = ctx.path_params["symbol"]
        if ctx.instrument(symbol) is None:
            return self.error("no-symbol", None, 404)
        view = ctx.book(symbol, 5)
        return Response({"bids": [[text(p), text(a)] for p, a in view.bids], "id": view.update_id})

    def tickers(self, ctx: Context) -> Response:
        return Response(
            [{"s": i.symbol, "last": ctx.ticker(i.symbol).last} for i in ctx.instruments]
        )

    def create(self, ctx: Context) -> Response:
        body = json.loads(ctx.request.body, parse_float=Decimal)
        for name in ("price", "amount", "cost"):
            if body.get(name) is not None:
                body[name] = Decimal(body[name])
        return Response(self.show(ctx.place(OrderRequest(**body))))

    def fetch(self, ctx: Context) -> Response:
        query = dict(ctx.request.query_pairs())
        order = ctx.order(venue_id=query.get("id"), client_id=query.get("client_id"))
        return self.error("no-order", None, 404) if order is None else Response(self.show(order))

    def cancel(self, ctx: Context) -> Response:
        order = ctx.order(venue_id=dict(ctx.request.query_pairs())["id"])
        if order is None or not order.is_open:
            return self.error("no-order", None, 404)
        return Response(self.show(ctx.cancel(order)))

    def echo(self, ctx: Context) -> Response:
        request = ctx.request
        return Response(
            {
                "path": request.path.decode("latin-1"),
                "query": request.query.decode("latin-1"),
                "body": request.body.decode("latin-1"),
                "headers": [[n.decode(), v.decode("latin-1")] for n, v in request.headers],
            }
        )

    def crash(self, ctx: Context) -> Response:
        raise RuntimeError("a dialect's bug")

    def show(self, order):
        return {"id": order.venue_id, "status": order.status, "filled": order.filled}

    def rejected(self, ctx, rejection: Rejection) -> Response:
        return self.error(type(rejection).__name__, str(rejection), 400)

    def limited(self, ctx, breach) -> Response:
        wait = -(-breach.retry_after_ms // 1000)
        return Response(
            {"code": "slow-down"}, 418 if breach.banned else 429, [("Retry-After", str(wait))]
        )

    def trouble(self, ctx, kind, status) -> Response:
        return Response({"code": f"trouble-{kind}"}, status)

    def error(self, code, message, status) -> Response:
        return Response({"code": code, "message": message or "refused"}, status or 400)

    def unknown_path(self, request, allowed) -> Response:
        return self.error("no-path" if not allowed else "no-method", ",".join(allowed), 404)

    def decorate(self, ctx, response) -> None:
        response.headers = [*response.headers, ("X-Used", str(ctx.used("ip")))]
