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
    names = (
        "chainDeposit", "chainWithdraw", "depositMin", "withdrawFee", "withdrawMin",
        "withdrawPercentageFee",
    )  # fmt: skip
    chain = dict.fromkeys(names, "0") | dict.fromkeys(("confirmation", "safeConfirmNumber"), "1")
    chain |= {"chain": f"{asset}SIM", "chainType": f"{asset} Simulated", "contractAddress": ""}
    chain["minAccuracy"] = "8"
    return {"name": asset, "coin": asset, "remainAmount": "0", "chains": [chain]}
