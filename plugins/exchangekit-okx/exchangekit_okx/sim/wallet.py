"""What lies outside the trading account: the currencies with their chains, the funding account.

Nothing is deposited or withdrawn in a simulated venue, and the funding account is empty.

Source: https://www.okx.com/docs-v5/en/#funding-account-rest-api
"""

from __future__ import annotations

from exchangekit.sim import Context, Response
from exchangekit_okx.sim import parameters
from exchangekit_okx.sim.answers import ok


def currencies(ctx: Context) -> Response:
    """Every listed asset on one chain. Nothing is deposited or withdrawn in a simulated venue."""
    wanted = parameters.currencies(parameters.Query(ctx.request), most=None)
    listed = sorted({name for item in ctx.instruments for name in (item.base, item.quote)})
    return ok([_currency(asset) for asset in listed if wanted is None or asset in wanted])


def _currency(asset: str) -> dict[str, object]:
    empty = dict.fromkeys(
        (
            "burningFeeRate", "ctAddr", "depEstOpenTime", "depQuotaFixed", "depQuoteDailyLayer2",
            "logoLink", "maxFeeForCtAddr", "minFeeForCtAddr", "usedDepQuotaFixed", "wdEstOpenTime",
        ),
        "",
    )  # fmt: skip
    return {
        **empty,
        "canDep": False,
        "canInternal": False,
        "canWd": False,
        "ccy": asset,
        "chain": f"{asset}-Simulated",
        "fee": "0",
        "mainNet": True,
        "maxFee": "0",
        "maxWd": "0",
        "minDep": "0",
        "minDepArrivalConfirm": "1",
        "minFee": "0",
        "minInternal": "0",
        "minWd": "0",
        "minWdUnlockConfirm": "1",
        "name": asset,
        "needTag": False,
        "usedWdQuota": "0",
        "wdQuota": "0",
        "wdTickSz": "8",
    }


def funding(ctx: Context) -> Response:
    """The funding account's balances: it holds nothing."""
    parameters.currencies(parameters.Query(ctx.request))
    return ok([])
