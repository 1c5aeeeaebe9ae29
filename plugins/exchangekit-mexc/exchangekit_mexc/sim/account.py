"""What MEXC tells an account about itself: orders, trades, balances, fees, assets.

Lists of the past come newest first. Without a start they reach back one day (orders) or as far as
MEXC keeps them (trades, a month).

Source: https://www.mexc.com/api-docs/spot-v3/spot-account-trade
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Final

from exchangekit.sim import Context, Response
from exchangekit.sim.money import plain
from exchangekit_mexc.sim import records, trading
from exchangekit_mexc.sim.answers import refusal
from exchangekit_mexc.sim.instruments import ASSETS
from exchangekit_mexc.sim.parameters import Parameters

DAY_MS: Final = 24 * 60 * 60 * 1000
# Names of networks as MEXC writes them, parentheses and all.
NETWORKS: Final = {
    "BTC": ("Bitcoin(BTC)",),
    "ETH": ("Ethereum(ERC20)", "Arbitrum One(ARB)"),
    "USDT": ("Ethereum(ERC20)", "Tron(TRC20)", "BNB Smart Chain(BEP20)"),
    "USDC": ("Ethereum(ERC20)", "Solana(SOL)"),
    "SOL": ("Solana(SOL)",),
    "XRP": ("Ripple(XRP)",),
    "TRX": ("Tron(TRC20)",),
}


# --- orders and trades ----------------------------------------------------------------------------
def order(ctx: Context) -> Response:
    """GET /api/v3/order: the symbol may be left out."""
    sent = Parameters(ctx)
    symbol = None if sent.text("symbol") is None else sent.symbol().symbol
    found = trading.find(ctx, sent, symbol)
    if found is None:
        raise refusal(-2013)
    return Response(records.queried(found))


def open_orders(ctx: Context) -> Response:
    """GET /api/v3/openOrders: of up to five symbols, which must be named."""
    items = Parameters(ctx).symbols(most=trading.MOST_SYMBOLS)
    return Response(
        [
            records.queried(one, open_list=True)
            for item in items
            for one in ctx.orders(item.symbol, open_only=True)
        ]
    )


def all_orders(ctx: Context) -> Response:
    """GET /api/v3/allOrders"""
    sent = Parameters(ctx)
    symbol, limit = sent.symbol().symbol, sent.limit(500, 1000)
    start, end = _reach(ctx, sent, default_days=1, most_days=7)
    found = [one for one in ctx.orders(symbol) if start <= one.created <= end]
    return Response([records.queried(one) for one in found[::-1][:limit]])


def my_trades(ctx: Context) -> Response:
    """GET /api/v3/myTrades"""
    sent = Parameters(ctx)
    symbol, limit = sent.symbol().symbol, sent.limit(100, 100)
    order_id = sent.text("orderId")
    start, end = _reach(ctx, sent, default_days=30, most_days=30)
    fills = ctx.fills(symbol)
    sides = Counter(fill.id for fill in fills)
    found = [
        fill
        for fill in fills
        if start <= fill.time <= end and order_id in (None, fill.venue_order_id)
    ]
    return Response(
        [records.execution(fill, self_trade=sides[fill.id] > 1) for fill in found[::-1][:limit]]
    )


def _reach(ctx: Context, sent: Parameters, *, default_days: int, most_days: int) -> tuple[int, int]:
    """From when to when: what lies further back than MEXC keeps is left out."""
    start, end = sent.span()
    now = ctx.now
    if start is not None and start < now - 90 * DAY_MS:
        raise refusal(400, "The start time cannot be earlier than 90 days")
    last = now + DAY_MS if end is None else end
    first = min(last, now) - default_days * DAY_MS if start is None else start
    return max(first, now - most_days * DAY_MS), last


# --- account --------------------------------------------------------------------------------------
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


def coins(ctx: Context) -> Response:
    """GET /api/v3/capital/config/getall: every asset with its networks; nothing can be moved."""
    return Response(
        [
            {
                "coin": asset,
                "Name": asset,
                "networkList": [
                    _network(asset, name) for name in NETWORKS.get(asset, (f"{asset}({asset})",))
                ],
            }
            for asset in ASSETS
        ]
    )


def _network(asset: str, name: str) -> dict[str, object]:
    return {
        "coin": asset,
        "depositDesc": None,
        "depositEnable": False,
        "minConfirm": 0,
        "Name": asset,
        "network": name,
        "withdrawEnable": False,
        "withdrawFee": "0.000100000000000000",
        "withdrawIntegerMultiple": None,
        "withdrawMax": "10000.000000000000000000",
        "withdrawMin": "0.001000000000000000",
        "sameAddress": False,
        "contract": "",
        "withdrawTips": None,
        "depositTips": None,
        "netWork": name.partition("(")[2].rstrip(")"),
    }


# --- other products -------------------------------------------------------------------------------
def no_contracts(ctx: Context) -> Response:
    """The futures venue lists nothing."""
    return Response({"success": True, "code": 0, "data": []})
