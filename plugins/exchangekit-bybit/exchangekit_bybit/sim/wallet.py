"""What lies outside the trading account: the coins with their chains. Nothing is withdrawn here.

Source: https://bybit-exchange.github.io/docs/v5/asset/coin-info
"""

from __future__ import annotations

from exchangekit.sim import Context, Response
from exchangekit_bybit.sim.answers import ok
from exchangekit_bybit.sim.parameters import Parameters


def coins(ctx: Context) -> Response:
    wanted = Parameters(ctx).get("coin")
    listed = sorted({name for item in ctx.instruments for name in (item.base, item.quote)})
    rows = [_coin(asset) for asset in listed if wanted in ("", asset)]
    return ok(ctx, {"rows": rows}, said="")


def _coin(asset: str) -> dict[str, object]:
    chain = {
        "chain": f"{asset}SIM",
        "chainType": f"{asset} Simulated",
        "chainDeposit": "0",
        "chainWithdraw": "0",
        "confirmation": "1",
        "contractAddress": "",
        "depositMin": "0",
        "minAccuracy": "8",
        "safeConfirmNumber": "1",
        "withdrawFee": "0",
        "withdrawMin": "0",
        "withdrawPercentageFee": "0",
    }
    return {"name": asset, "coin": asset, "remainAmount": "0", "chains": [chain]}
