"""What MEXC tells an account about itself: balances, fees, and what its key may do.

Source: https://www.mexc.com/api-docs/spot-v3/spot-account-trade
"""

from __future__ import annotations

from decimal import Decimal

from exchangekit.sim import Context, Response
from exchangekit.sim.money import plain
from exchangekit_mexc.sim.answers import refusal
from exchangekit_mexc.sim.parameters import Parameters


def account(ctx: Context) -> Response:
    """GET /api/v3/account: what is held, and what this key may do."""
    return Response(
        {
            "canTrade": ctx.key.may("trade"),
            "canWithdraw": ctx.key.may("withdraw"),
            "canDeposit": True,
            "updateTime": None,
            "accountType": "SPOT",
            "balances": [
                {"asset": asset, "free": plain(held.free), "locked": plain(held.locked)}
                for asset, held in ctx.balances().items()
                if held.total
            ],
            "permissions": ["SPOT"],
        }
    )


def trade_fee(ctx: Context) -> Response:
    """GET /api/v3/tradeFee: rates as JSON numbers of 18 decimals."""
    rates = ctx.fees(Parameters(ctx).symbol().symbol)
    unit = Decimal(1).scaleb(-18)
    data = {
        "makerCommission": rates.maker.quantize(unit),
        "takerCommission": rates.taker.quantize(unit),
    }
    return Response({"data": data, "code": 0, "msg": "success", "timestamp": ctx.now})


def mx_deduct(ctx: Context) -> Response:
    """GET /api/v3/mxDeduct/enable: whether fees are paid in MX."""
    state = ctx.venue.exchange.engine.account(ctx.account)
    return _deduct(ctx, enabled=state.pays_with_fee_asset)


def set_mx_deduct(ctx: Context) -> Response:
    """POST /api/v3/mxDeduct/enable"""
    wanted = Parameters(ctx).need("mxDeductEnable")
    if wanted not in ("true", "false"):
        raise refusal(730002)
    state = ctx.venue.exchange.engine.account(ctx.account)
    state.pays_with_fee_asset = wanted == "true"
    return _deduct(ctx, enabled=state.pays_with_fee_asset)


def _deduct(ctx: Context, *, enabled: bool) -> Response:
    return Response(
        {
            "data": {"mxDeductEnable": enabled},
            "code": 0,
            "msg": "success",
            "timestamp": ctx.now,
        }
    )


def self_symbols(ctx: Context) -> Response:
    """GET /api/v3/selfSymbols: what this key may trade."""
    return Response({"code": 200, "data": [item.symbol for item in ctx.instruments], "msg": None})


def kyc_status(ctx: Context) -> Response:
    """GET /api/v3/kyc/status: advanced."""
    return Response({"status": "3"})
