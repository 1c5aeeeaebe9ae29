"""What Binance tells an account about itself: balances, fees, limits, filters.

Source: https://developers.binance.com/docs/binance-spot-api-docs/rest-api/account-endpoints
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from exchangekit.sim import Context, Response, text
from exchangekit_binance.sim.instruments import ASSETS, filters
from exchangekit_binance.sim.market_data import rate_limits
from exchangekit_binance.sim.parameters import Parameters

ORDER_LIMITS: Final = ("orders-10s", "orders-1d")
UID: Final = 354_000_001


def _zero() -> str:
    return text(Decimal(0), 8)


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
            "discount": discount(ctx),
        }
    )


def discount(ctx: Context) -> dict[str, object]:
    """What paying fees in BNB saves, and whether this account does."""
    rules = ctx.venue.rules
    return {
        "enabledForAccount": ctx.venue.exchange.engine.account(ctx.account).pays_with_fee_asset,
        "enabledForSymbol": True,
        "discountAsset": rules.fee_asset or "BNB",
        "discount": text(1 - rules.fee_asset_discount, 8),
    }


def order_count(ctx: Context) -> Response:
    """GET /api/v3/rateLimit/order"""
    Parameters(ctx)
    counts = [ctx.used(rule) for rule in ORDER_LIMITS]
    rules = [rule for rule in rate_limits(ctx) if rule["rateLimitType"] == "ORDERS"]
    return Response([{**rule, "count": count} for rule, count in zip(rules, counts, strict=True)])


def my_filters(ctx: Context) -> Response:
    """GET /api/v3/myFilters"""
    symbol = Parameters(ctx, "symbol").symbol().symbol
    return Response({"exchangeFilters": [], "symbolFilters": filters(symbol), "assetFilters": []})
