"""Binance's public endpoints: time, markets, book, trades.

Each handler reads its parameters, asks the context for the numbers and puts them in the venue's
words. Prices and quantities are strings of eight decimals, times JSON numbers of milliseconds.

Source: https://developers.binance.com/docs/binance-spot-api-docs/rest-api/market-data-endpoints
"""

from __future__ import annotations

import json
from typing import Final

from exchangekit.sim import Context, Instrument, Response
from exchangekit_binance.sim import instruments
from exchangekit_binance.sim.answers import refusal
from exchangekit_binance.sim.parameters import Parameters
from exchangekit_binance.sim.records import eight

STATUSES: Final = ("TRADING", "HALT", "BREAK")


# --- general --------------------------------------------------------------------------------------
def ping(ctx: Context) -> Response:
    Parameters(ctx)
    return Response({})


def server_time(ctx: Context) -> Response:
    Parameters(ctx)
    return Response({"serverTime": ctx.now})


def exchange_info(ctx: Context) -> Response:
    sent = Parameters(ctx, "symbol", "symbols", "permissions", "showPermissionSets", "symbolStatus")
    chosen = sent.symbols()
    if chosen is None and "symbol" in sent:
        chosen = [sent.symbol()]
    if chosen is not None and sent.sent(("permissions", "symbolStatus")):
        raise refusal(-1128)
    wanted = status_wanted(sent)
    listed = [
        instruments.listing(item.symbol, halted=ctx.halted(item.symbol))
        for item in (ctx.instruments if chosen is None else chosen)
    ]
    if "SPOT" not in _permissions(sent):
        listed = []
    for entry in listed:
        if "showPermissionSets" in sent and not sent.flag("showPermissionSets"):
            entry["permissionSets"] = []
    return Response(
        {
            "timezone": "UTC",
            "serverTime": ctx.now,
            "rateLimits": rate_limits(ctx),
            "exchangeFilters": [],
            "symbols": [item for item in listed if wanted in (None, item["status"])],
        }
    )


def rate_limits(ctx: Context) -> list[dict[str, object]]:
    """The limits in force, as `exchangeInfo` publishes them."""
    limits = ctx.venue.limiter.sizes()
    return [
        _rate_limit("REQUEST_WEIGHT", "MINUTE", 1, limits["weight"]),
        _rate_limit("ORDERS", "SECOND", 10, limits["orders-10s"]),
        _rate_limit("ORDERS", "DAY", 1, limits["orders-1d"]),
        _rate_limit("RAW_REQUESTS", "MINUTE", 5, limits["raw"]),
    ]


def _rate_limit(kind: str, interval: str, count: int, limit: int) -> dict[str, object]:
    return {"rateLimitType": kind, "interval": interval, "intervalNum": count, "limit": limit}


def _permissions(sent: Parameters) -> set[str]:
    raw = sent.text("permissions")
    if raw is None:
        return {"SPOT"}
    if not raw.startswith("["):
        return {raw}
    try:
        return {str(item) for item in json.loads(raw)}
    except ValueError:
        raise refusal(-1130, "Data sent for parameter 'permissions' is not valid.") from None


def status_wanted(sent: Parameters) -> str | None:
    wanted = sent.text("symbolStatus")
    if wanted is not None and wanted not in STATUSES:
        raise refusal(-1122)
    return wanted


def in_status(ctx: Context, item: Instrument, wanted: str | None) -> bool:
    return wanted is None or wanted == ("HALT" if ctx.halted(item.symbol) else "TRADING")


# --- book and trades ------------------------------------------------------------------------------
def depth_weight(ctx: Context) -> int:
    limit = dict(ctx.request.query_pairs()).get("limit", "100")
    levels = int(limit) if limit.isdecimal() else 100
    return next(weight for most, weight in _DEPTH_WEIGHTS if levels <= most or most == 0)


_DEPTH_WEIGHTS: Final = ((100, 5), (500, 25), (1000, 50), (0, 250))


def depth(ctx: Context) -> Response:
    sent = Parameters(ctx, "symbol", "limit", "symbolStatus")
    item = sent.symbol()
    if not in_status(ctx, item, status_wanted(sent)):
        raise refusal(-1220)
    book = ctx.book(item.symbol, sent.limit(100, 5000))
    return Response(
        {
            "lastUpdateId": book.update_id,
            "bids": [[eight(price), eight(amount)] for price, amount in book.bids],
            "asks": [[eight(price), eight(amount)] for price, amount in book.asks],
        }
    )


def recent_trades(ctx: Context) -> Response:
    sent = Parameters(ctx, "symbol", "limit")
    return _trades(ctx, sent.symbol(), sent.limit(500, 1000), None)


def historical_trades(ctx: Context) -> Response:
    sent = Parameters(ctx, "symbol", "limit", "fromId")
    return _trades(ctx, sent.symbol(), sent.limit(500, 1000), sent.integer("fromId"))


def _trades(ctx: Context, item: Instrument, limit: int, from_id: int | None) -> Response:
    return Response(
        [
            {
                "id": trade.id,
                "price": eight(trade.price),
                "qty": eight(trade.amount),
                "quoteQty": eight(trade.cost),
                "time": trade.time,
                "isBuyerMaker": trade.side == "sell",
                "isBestMatch": True,
            }
            for trade in ctx.trades(item.symbol, limit=limit, from_id=from_id)
        ]
    )


def aggregate_trades(ctx: Context) -> Response:
    """Every trade is an aggregate of its own here, so both kinds of id are the same numbers."""
    sent = Parameters(ctx, "symbol", "limit", "fromId", "startTime", "endTime")
    item = sent.symbol()
    start, end = sent.span()
    from_id = sent.integer("fromId")
    if from_id is not None and (start is not None or end is not None):
        raise refusal(-1128)
    found = ctx.trades(
        item.symbol, limit=sent.limit(500, 1000), since=start, until=end, from_id=from_id
    )
    return Response(
        [
            {
                "a": trade.id,
                "p": eight(trade.price),
                "q": eight(trade.amount),
                "f": trade.id,
                "l": trade.id,
                "T": trade.time,
                "m": trade.side == "sell",
                "M": True,
            }
            for trade in found
        ]
    )
