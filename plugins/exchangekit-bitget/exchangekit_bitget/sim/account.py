"""Balances, rights and fee rates of the account behind the key.

Source: https://www.bitget.com/api-doc/spot/account/Get-Account-Info and the pages beside it
"""

from __future__ import annotations

from typing import Final

from exchangekit.sim import Context, Response
from exchangekit.sim.keys import Permission
from exchangekit.sim.money import plain
from exchangekit_bitget.sim.shared.answers import ok, refuse
from exchangekit_bitget.sim.shared.parameters import Query
from exchangekit_bitget.sim.shared.records import user_id

_AUTHORITIES: Final[tuple[tuple[Permission, str], ...]] = (
    ("read", "stor"),
    ("trade", "stow"),
    ("withdraw", "wwow"),
)


def assets(ctx: Context) -> Response:
    query = Query(ctx)
    wanted, kind = query.get("coin"), query.get("assetType") or "hold_only"
    if kind not in ("hold_only", "all"):
        raise refuse(ctx, "40020", "assetType")
    now = str(ctx.now)
    rows = [
        {
            "coin": coin,
            "available": plain(held.free),
            "limitAvailable": "0",
            "frozen": plain(held.locked),
            "locked": "0",
            "uTime": now,
        }
        for coin, held in sorted(ctx.balances().items())
        if (kind == "all" or held.total) and wanted in (None, coin)
    ]
    return ok(ctx, rows)


def info(ctx: Context) -> Response:
    key = ctx.key
    number = user_id(key.account)
    return ok(
        ctx,
        {
            "userId": number,
            "inviterId": "",
            "channelCode": "",
            "channel": "",
            "ips": ",".join(sorted(key.ips)),
            "authorities": [theirs for ours, theirs in _AUTHORITIES if key.may(ours)],
            "parentId": int(number),
            "traderType": "not_trader",
            "regisTime": "1674201600000",
        },
    )


def trade_rate(ctx: Context) -> Response:
    query = Query(ctx)
    symbol = query.market().symbol
    if query.need("businessType") != "spot":
        raise refuse(ctx, "40020", "businessType")
    rates = ctx.fees(symbol)
    return ok(ctx, {"makerFeeRate": plain(rates.maker), "takerFeeRate": plain(rates.taker)})
