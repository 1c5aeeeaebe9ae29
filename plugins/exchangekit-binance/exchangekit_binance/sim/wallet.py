"""Binance's wallet endpoints under /sapi, and the other products that general clients ask about.

Nothing can be deposited or withdrawn here, and nothing but spot is listed.

Source: https://developers.binance.com/docs/wallet
"""

from __future__ import annotations

from exchangekit.sim import Context, Response, text
from exchangekit_binance.sim.instruments import ASSETS
from exchangekit_binance.sim.parameters import Parameters


def api_restrictions(ctx: Context) -> Response:
    """GET /sapi/v1/account/apiRestrictions: what the key may do."""
    Parameters(ctx)
    key = ctx.key
    ends = {"tradingAuthorityExpirationTime": key.expires} if key.expires else {}
    return Response(
        {
            **ends,
            "ipRestrict": bool(key.ips),
            "createTime": key.created,
            "enableReading": key.may("read"),
            "enableSpotAndMarginTrading": key.may("trade"),
            "enableWithdrawals": key.may("withdraw"),
            "enableInternalTransfer": False,
            "enableMargin": False,
            "enableFutures": False,
            "permitsUniversalTransfer": False,
            "enableVanillaOptions": False,
            "enableFixApiTrade": False,
            "enableFixReadOnly": True,
            "enablePortfolioMarginTrading": False,
        }
    )


def account_status(ctx: Context) -> Response:
    """GET /sapi/v1/account/status"""
    Parameters(ctx)
    return Response({"data": "Normal"})


def trade_fee(ctx: Context) -> Response:
    """GET /sapi/v1/asset/tradeFee"""
    sent = Parameters(ctx, "symbol")
    items = [sent.symbol()] if "symbol" in sent else ctx.instruments
    return Response(
        [
            {
                "symbol": item.symbol,
                "makerCommission": format(ctx.fees(item.symbol).maker.normalize(), "f"),
                "takerCommission": format(ctx.fees(item.symbol).taker.normalize(), "f"),
            }
            for item in items
        ]
    )


def user_assets(ctx: Context) -> Response:
    """POST /sapi/v3/asset/getUserAsset: only what is held."""
    sent = Parameters(ctx, "asset", "needBtcValuation")
    only = sent.text("asset")
    return Response(
        [
            {
                "asset": asset,
                "free": text(balance.free, 8),
                "locked": text(balance.locked, 8),
                "freeze": "0",
                "withdrawing": "0",
                "ipoable": "0",
                "btcValuation": "0",
            }
            for asset, balance in ctx.balances().items()
            if balance.total and only in (None, asset)
        ]
    )


def coins(ctx: Context) -> Response:
    """GET /sapi/v1/capital/config/getall: every asset with one network, nothing to withdraw."""
    Parameters(ctx)
    held = ctx.balances()
    return Response(
        [_coin(asset, text(held[asset].free) if asset in held else "0") for asset in ASSETS]
    )


def _coin(asset: str, free: str) -> dict[str, object]:
    network: dict[str, object] = {
        "network": asset,
        "coin": asset,
        "withdrawIntegerMultiple": "0.00000001",
        "isDefault": True,
        "depositEnable": False,
        "withdrawEnable": False,
        "depositDesc": "Simulated venue, Deposit Suspended",
        "withdrawDesc": "Simulated venue, Withdrawal Suspended",
        "specialTips": "",
        "name": asset,
        "resetAddressStatus": False,
        "addressRegex": "",
        "memoRegex": "",
        "withdrawFee": "0",
        "withdrawMin": "0",
        "withdrawMax": "0",
        "minConfirm": 1,
        "unLockConfirm": 0,
        "sameAddress": False,
        "estimatedArrivalTime": 0,
        "busy": False,
    }
    return {
        "coin": asset,
        "depositAllEnable": False,
        "withdrawAllEnable": False,
        "name": asset,
        "free": free,
        "locked": "0",
        "freeze": "0",
        "withdrawing": "0",
        "ipoing": "0",
        "ipoable": "0",
        "storage": "0",
        "isLegalMoney": False,
        "trading": True,
        "networkList": [network],
    }


def system_status(ctx: Context) -> Response:
    """GET /sapi/v1/system/status"""
    Parameters(ctx)
    return Response({"status": 0, "msg": "normal"})


# --- other products -------------------------------------------------------------------------------
def no_pairs(ctx: Context) -> Response:
    """Margin pairs: this venue has none."""
    return Response([])


def no_contracts(ctx: Context) -> Response:
    """exchangeInfo of the futures and options venues: nothing is listed."""
    return Response(
        {
            "timezone": "UTC",
            "serverTime": ctx.now,
            "rateLimits": [],
            "exchangeFilters": [],
            "assets": [],
            "symbols": [],
            "optionSymbols": [],
        }
    )
