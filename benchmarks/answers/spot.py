"""What Binance and MEXC tell in the same words."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.scale import NOW_MS, Figures, Scale, bases

MINE = {"clientOrderId": "mine", "origQty": "0.00100000", "side": "BUY"}
"""What a new order is told of itself."""


def as_json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def exchange_info(timezone: str, symbols: list[dict[str, Any]]) -> bytes:
    said = {"timezone": timezone, "serverTime": NOW_MS, "rateLimits": [], "exchangeFilters": []}
    return as_json(said | {"symbols": symbols})


def account(
    scale: Scale, figures: Figures, *, commission: int | None, updated: int | None
) -> bytes:
    return as_json(
        {
            "makerCommission": commission,
            "takerCommission": commission,
            "canTrade": True,
            "canWithdraw": True,
            "canDeposit": True,
            "updateTime": updated,
            "accountType": "SPOT",
            "balances": [
                {"asset": base, "free": figures.amount(), "locked": figures.amount()}
                for base in bases(scale.assets)
            ],
            "permissions": ["SPOT"],
        }
    )


def day(name: str, figures: Figures, **more: Any) -> dict[str, Any]:
    middle = figures.price()
    return {
        "symbol": name,
        "priceChange": "-94.99999800",
        "priceChangePercent": "-0.0095",
        "weightedAvgPrice": middle,
        "lastPrice": middle,
        "bidPrice": middle,
        "bidQty": figures.amount(),
        "askPrice": middle,
        "askQty": figures.amount(),
        "openPrice": figures.price(),
        "highPrice": figures.price(),
        "lowPrice": "0.00010000",
        "volume": figures.amount(),
        "quoteVolume": figures.amount(),
        "openTime": NOW_MS - 86_400_000,
        "closeTime": NOW_MS,
    } | more


def bars(count: int, figures: Figures) -> list[list[Any]]:
    begins = NOW_MS // 60_000 * 60_000 - count * 60_000
    return [
        [begins + at * 60_000, "100.10000000", "109.99000000", "99.01000000", "101.50000000",
         figures.amount(), begins + at * 60_000 + 59_999, figures.amount(), 308,
         figures.amount(), figures.amount()]
        for at in range(count)
    ]  # fmt: skip


def spot_order(at: int, figures: Figures) -> dict[str, Any]:
    return {
        "symbol": "BTCUSDT",
        "orderId": 28_457_000_000 + at,
        "clientOrderId": f"xk7Zq0mJYbW1RtN5pL{at:04}",
        "price": "40000.00000000",
        "origQty": figures.amount(),
        "executedQty": "0.00000000",
        "cummulativeQuoteQty": "0.00000000",
        "status": "NEW",
        "type": "LIMIT",
        "side": "BUY" if figures.side() else "SELL",
        "stopPrice": "0.00000000",
        "time": NOW_MS,
        "updateTime": NOW_MS,
        "isWorking": True,
        "origQuoteOrderQty": "0.00000000",
    }


def spot_fill(at: int, figures: Figures, **more: Any) -> dict[str, Any]:
    return {
        "symbol": "BTCUSDT",
        "id": 1_000_000 + at,
        "orderId": 28_457_000_000 + at,
        "price": "40000.00000000",
        "qty": figures.amount(),
        "quoteQty": figures.amount(),
        "commission": figures.amount(),
        "commissionAsset": "USDT",
        "time": NOW_MS - at,
        "isBuyer": figures.side(),
        "isMaker": figures.side(),
        "isBestMatch": True,
    } | more
