"""What Binance tells an account about itself: orders, trades, balances, fees, limits.

Source: https://developers.binance.com/docs/binance-spot-api-docs/rest-api/account-endpoints
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from exchangekit.sim import Context, Fill, Order, Response, text
from exchangekit_binance.sim import records, trading
from exchangekit_binance.sim.answers import refusal
from exchangekit_binance.sim.instruments import ASSETS, filters
from exchangekit_binance.sim.market_data import rate_limits
from exchangekit_binance.sim.parameters import Parameters

DAY_MS: Final = 24 * 60 * 60 * 1000
UID: Final = 354_000_001
_TRADE_COMBINATIONS: Final[tuple[set[str], ...]] = (
    set(), {"orderId"}, {"startTime"}, {"endTime"}, {"fromId"}, {"startTime", "endTime"},
    {"orderId", "fromId"},
)  # fmt: skip


def _zero() -> str:
    return text(Decimal(0), 8)


# --- orders and trades ----------------------------------------------------------------------------
def order(ctx: Context) -> Response:
    """GET /api/v3/order"""
    sent = Parameters(ctx, "symbol", "orderId", "origClientOrderId")
    item = sent.symbol()
    found = trading.find(
        ctx, item.symbol, *trading.identified(sent, "orderId", "origClientOrderId")
    )
    if found is None:
        raise refusal(-2013)
    return Response(records.queried(found))


def open_orders_weight(ctx: Context) -> int:
    return 6 if "symbol" in dict(ctx.request.query_pairs()) else 80


def open_orders(ctx: Context) -> Response:
    """GET /api/v3/openOrders"""
    sent = Parameters(ctx, "symbol")
    symbol = sent.symbol().symbol if "symbol" in sent else None
    return Response([records.queried(one) for one in ctx.orders(symbol, open_only=True)])


def all_orders(ctx: Context) -> Response:
    """GET /api/v3/allOrders"""
    sent = Parameters(ctx, "symbol", "orderId", "startTime", "endTime", "limit")
    found: Sequence[Order] = ctx.orders(sent.symbol().symbol)
    start, end = _within_a_day(sent)
    first, limit = sent.integer("orderId"), sent.limit(500, 1000)
    found = [
        one
        for one in found
        if (first is None or int(one.venue_id) >= first)
        and (start is None or one.created >= start)
        and (end is None or one.created <= end)
    ]
    from_the_start = first is not None or start is not None
    chosen = found[:limit] if from_the_start else found[-limit:]
    return Response([records.queried(one) for one in chosen])


def trades_weight(ctx: Context) -> int:
    return 5 if "orderId" in dict(ctx.request.query_pairs()) else 20


def my_trades(ctx: Context) -> Response:
    """GET /api/v3/myTrades"""
    sent = Parameters(ctx, "symbol", "orderId", "startTime", "endTime", "fromId", "limit")
    symbol = sent.symbol().symbol
    if sent.sent(("orderId", "startTime", "endTime", "fromId")) not in _TRADE_COMBINATIONS:
        raise refusal(-1128)
    start, end = _within_a_day(sent)
    order_id, from_id = sent.integer("orderId"), sent.integer("fromId")
    limit = sent.limit(500, 1000)
    found: Sequence[Fill] = [
        fill
        for fill in ctx.fills(symbol)
        if (order_id is None or fill.venue_order_id == str(order_id))
        and (from_id is None or fill.id >= from_id)
        and (start is None or fill.time >= start)
        and (end is None or fill.time <= end)
    ]
    from_the_start = from_id is not None or start is not None
    chosen = found[:limit] if from_the_start else found[-limit:]
    return Response([records.execution(fill) for fill in chosen])


def _within_a_day(sent: Parameters) -> tuple[int | None, int | None]:
    start, end = sent.span()
    if start is not None and end is not None and end - start > DAY_MS:
        raise refusal(-1127)
    return start, end


# --- account --------------------------------------------------------------------------------------
def account(ctx: Context) -> Response:
    """GET /api/v3/account: every asset of the venue, unless zero balances are left out."""
    skip_zero = Parameters(ctx, "omitZeroBalances").flag("omitZeroBalances")
    held = ctx.balances()
    rates = ctx.fees(ctx.instruments[0].symbol)
    updates = [one.updated for one in ctx.orders()]
    return Response(
        {
            "makerCommission": int(rates.maker * 10_000),
            "takerCommission": int(rates.taker * 10_000),
            "buyerCommission": 0,
            "sellerCommission": 0,
            "commissionRates": {
                "maker": text(rates.maker, 8),
                "taker": text(rates.taker, 8),
                "buyer": _zero(),
                "seller": _zero(),
            },
            "canTrade": True,
            "canWithdraw": True,
            "canDeposit": True,
            "brokered": False,
            "requireSelfTradePrevention": False,
            "preventSor": False,
            "updateTime": max(updates, default=ctx.key.created),
            "accountType": "SPOT",
            "balances": [
                {
                    "asset": asset,
                    "free": text(held[asset].free, 8) if asset in held else _zero(),
                    "locked": text(held[asset].locked, 8) if asset in held else _zero(),
                }
                for asset in dict.fromkeys((*ASSETS, *held))
                if not skip_zero or (asset in held and held[asset].total)
            ],
            "permissions": ["SPOT"],
            "uid": UID,
        }
    )


def commission(ctx: Context) -> Response:
    """GET /api/v3/account/commission"""
    symbol = Parameters(ctx, "symbol").symbol().symbol
    rates = ctx.fees(symbol)
    none = {"maker": _zero(), "taker": _zero(), "buyer": _zero(), "seller": _zero()}
    return Response(
        {
            "symbol": symbol,
            "standardCommission": {
                **none,
                "maker": text(rates.maker, 8),
                "taker": text(rates.taker, 8),
            },
            "specialCommission": dict(none),
            "taxCommission": dict(none),
            "discount": trading.discount(ctx),
        }
    )


def order_count(ctx: Context) -> Response:
    """GET /api/v3/rateLimit/order"""
    Parameters(ctx)
    counts = [ctx.used(rule) for rule in trading.ORDER_LIMITS]
    rules = [rule for rule in rate_limits(ctx) if rule["rateLimitType"] == "ORDERS"]
    return Response([{**rule, "count": count} for rule, count in zip(rules, counts, strict=True)])


def my_filters(ctx: Context) -> Response:
    """GET /api/v3/myFilters"""
    symbol = Parameters(ctx, "symbol").symbol().symbol
    return Response({"exchangeFilters": [], "symbolFilters": filters(symbol), "assetFilters": []})
