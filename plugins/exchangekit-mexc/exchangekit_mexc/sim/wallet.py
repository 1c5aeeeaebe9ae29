"""What lies outside the trading account: assets with their networks, and other products.

Nothing can be deposited or withdrawn here, and nothing but spot is listed.

The English documentation writes ``Name`` where the Chinese one and all clients have ``name``.

Source: https://mexcdevelop.github.io/apidocs/spot_v3_cn/ ("Wallet Endpoints")
"""

from __future__ import annotations

from typing import Final

from exchangekit.sim import Context, Response
from exchangekit_mexc.sim.instruments import ASSETS

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


def coins(ctx: Context) -> Response:
    """GET /api/v3/capital/config/getall: every asset with its networks; nothing can be moved."""
    return Response(
        [
            {
                "coin": asset,
                "name": asset,
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
        "name": asset,
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


def no_contracts(ctx: Context) -> Response:
    """The futures venue lists nothing."""
    return Response({"success": True, "code": 0, "data": []})
