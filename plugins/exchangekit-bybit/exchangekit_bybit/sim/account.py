"""Balances and fee rates of the account behind the key, and what the key may do.

Source: https://bybit-exchange.github.io/docs/v5/account/wallet-balance
"""

from __future__ import annotations

import zlib
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from exchangekit.sim import CATALOGUE, Context, Response
from exchangekit.sim.ledger import Balance
from exchangekit.sim.money import plain
from exchangekit_bybit.sim.answers import computed, listed, ok, refuse
from exchangekit_bybit.sim.parameters import Parameters
from exchangekit_bybit.sim.security import is_unified

_DAY_MS: Final = 86_400_000
_UNBOUND_DAYS: Final = 83


def balance(ctx: Context) -> Response:
    """What the account holds; coins that are asked for by name also where it holds none."""
    sent = Parameters(ctx)
    if sent.need("accountType") != "UNIFIED":
        raise refuse(ctx, "10001", said="accountType only support UNIFIED.")
    wanted = frozenset(sent.get("coin").split(",")) - {""}
    coins, total = [], Decimal(0)
    for asset, held in sorted(ctx.balances().items()):
        worth = held.total * _usd(asset)
        total += worth
        if asset in wanted or (held.total and not wanted):
            coins.append(_coin(asset, held, worth))
    names = (
        "accountIMRate", "accountIMRateByMp", "totalInitialMargin", "totalInitialMarginByMp",
        "accountMMRate", "accountMMRateByMp", "totalPerpUPL", "accountLTV",
        "totalMaintenanceMargin", "totalMaintenanceMarginByMp",
    )  # fmt: skip
    sums = ("totalEquity", "totalMarginBalance", "totalAvailableBalance", "totalWalletBalance")
    account: dict[str, object] = dict.fromkeys(names, "0")
    account |= dict.fromkeys(sums, computed(total))
    return ok(ctx, {"list": [{**account, "accountType": "UNIFIED", "coin": coins}]})


def _coin(asset: str, held: Balance, worth: Decimal) -> dict[str, object]:
    names = (
        "bonus", "accruedInterest", "totalOrderIM", "totalPositionMM", "spotHedgingQty",
        "unrealisedPnl", "borrowAmount", "totalPositionIM", "cumRealisedPnl", "spotBorrow",
    )  # fmt: skip
    return {
        **dict.fromkeys(names, "0"),
        "coin": asset,
        "availableToBorrow": "",
        "availableToWithdraw": "",
        "equity": plain(held.total),
        "walletBalance": plain(held.total),
        "locked": plain(held.locked),
        "usdValue": computed(worth),
        "collateralSwitch": True,
        "marginCollateral": True,
        "colRes": "0",
    }


def _usd(asset: str) -> Decimal:
    """What one is worth, about."""
    known = CATALOGUE.get(asset)
    return known.usd if known else Decimal(0)


def fee_rates(ctx: Context) -> Response:
    """https://bybit-exchange.github.io/docs/v5/account/fee-rate"""
    sent = Parameters(ctx)
    sent.need_spot()
    wanted = sent.symbol()
    found = [one.symbol for one in ctx.instruments if wanted in (None, one.symbol)]
    rates = [(symbol, ctx.fees(symbol)) for symbol in found]
    return listed(
        ctx,
        [
            {"symbol": name, "takerFeeRate": plain(rate.taker), "makerFeeRate": plain(rate.maker)}
            for name, rate in rates
        ],
    )


def api_key(ctx: Context) -> Response:
    """https://bybit-exchange.github.io/docs/v5/user/apikey-info: a key that is bound to no address
    ends; one whose end the control interface does not set always has 83 days left."""
    key = ctx.key
    trades = key.may("trade")
    rights: dict[str, list[str]] = {
        name: [] for name in ("ContractTrade", "Options", "Derivatives", "Exchange", "Earn", "NFT")
    }
    ends = key.expires or (0 if key.ips else ctx.now + _UNBOUND_DAYS * _DAY_MS)
    rights["Spot"] = ["SpotTrade"] if trades else []
    rights["Wallet"] = ["Withdraw"] if key.may("withdraw") else []
    told: dict[str, object] = dict.fromkeys(("secret", "rsaPublicKey", "kycRegion"), "")
    told |= dict.fromkeys(("unified", "inviterID", "affiliateID"), 0)
    told |= {
        "id": str(zlib.crc32(key.key.encode())),
        "note": key.label,
        "apiKey": key.key,
        "readOnly": 0 if trades else 1,
        "permissions": rights,
        "ips": sorted(key.ips) or ["*"],
        "type": 1,
        "deadlineDay": (ends - ctx.now) // _DAY_MS if ends else -2,
        "expiredAt": f"{datetime.fromtimestamp(ends // 1000, UTC):%Y-%m-%dT%H:%M:%SZ}",
        "createdAt": "2025-10-13T03:20:45Z",
        "uta": int(is_unified(key)),
        "userID": 100_000_000 + zlib.crc32(key.account.encode()) % 100_000_000,
        "vipLevel": "No VIP",
        "mktMakerLevel": "0",
        "isMaster": True,
        "parentUid": "0",
        "kycLevel": "LEVEL_1",
    }
    return ok(ctx, told, said="")


def account_info(ctx: Context) -> Response:
    """https://bybit-exchange.github.io/docs/v5/account/account-info"""
    told: dict[str, object] = dict.fromkeys(("dcpStatus", "spotHedgingStatus"), "OFF")
    told |= {"marginMode": "REGULAR_MARGIN", "updatedTime": "1697078946000", "timeWindow": 10}
    told |= {"smpGroup": 0, "isMasterTrader": False}
    return ok(ctx, {**told, "unifiedMarginStatus": 6 if is_unified(ctx.key) else 1})
