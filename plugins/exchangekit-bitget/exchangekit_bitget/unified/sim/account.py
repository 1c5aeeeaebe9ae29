"""Balances, fee rates and settings of the account, and what its key may do.

Source: https://www.bitget.com/api-doc/uta/account/Get-Account and the pages beside it
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from exchangekit.sim import Context, Response
from exchangekit.sim.ledger import Balance
from exchangekit.sim.money import floor_to, plain
from exchangekit_bitget.sim.shared.answers import ok
from exchangekit_bitget.sim.shared.instruments import usdt
from exchangekit_bitget.sim.shared.records import user_id
from exchangekit_bitget.unified.sim.parameters import Query

_CENTS: Final = Decimal("0.00000001")


def assets(ctx: Context) -> Response:
    """What is not zero, and what all of it is worth."""
    held = {coin: one for coin, one in sorted(ctx.balances().items()) if one.total}
    values = {coin: one.total * usdt(ctx, coin) for coin, one in held.items()}
    worth = sum(values.values(), Decimal(0))
    total, bitcoins = _value(worth), _value(worth / usdt(ctx, "BTC"))
    return ok(
        ctx,
        {
            "accountEquity": total,
            "usdtEquity": total,
            "btcEquity": bitcoins,
            "unrealisedPnl": "0",
            "usdtUnrealisedPnl": "0",
            "btcUnrealizedPnl": "0",
            "effEquity": total,
            "mmr": "0",
            "imr": "0",
            "mgnRatio": "0",
            "positionMgnRatio": "0",
            "assets": [_asset(coin, one, values[coin]) for coin, one in held.items()],
        },
    )


def _asset(coin: str, held: Balance, value: Decimal) -> dict[str, str]:
    return {
        "coin": coin,
        "equity": plain(held.total),
        "usdValue": _value(value),
        "balance": plain(held.total),
        "available": plain(held.free),
        "debt": "0",
        "locked": plain(held.locked),
    }


def _value(worth: Decimal) -> str:
    return plain(floor_to(worth, _CENTS))


def fee_rate(ctx: Context) -> Response:
    rates = ctx.fees(Query(ctx).spot_market().symbol)
    return ok(ctx, {"makerFeeRate": plain(rates.maker), "takerFeeRate": plain(rates.taker)})


def settings(ctx: Context) -> Response:
    """Nothing of a key: that is in `info`."""
    return ok(
        ctx,
        {
            "uid": user_id(ctx.account),
            "accountMode": "unified",
            "assetMode": "multi_assets",
            "accountLevel": "basic",
            "holdMode": "one_way_mode",
            "stpMode": "none",
            "symbolConfigList": [],
            "coinConfigList": [],
        },
    )


def info(ctx: Context) -> Response:
    """Whether the key reads only or changes things, too, and what it is for."""
    key = ctx.key
    rights = [("read", "uta_mgt"), ("read", "uta_trade"), ("withdraw", "withdraw")]
    return ok(
        ctx,
        {
            "userId": user_id(key.account),
            "inviterId": "",
            "parentId": "",
            "channelCode": "",
            "channel": "",
            "ips": ",".join(sorted(key.ips)),
            "permType": "read-and-write" if key.may("trade") else "read-only",
            "permissions": [theirs for ours, theirs in rights if ours in key.permissions],
            "regisTime": "1674201600000",
        },
    )
