"""MEXC: https://mexcdevelop.github.io/apidocs/spot_v3_en/"""

from __future__ import annotations

from typing import Any

from benchmarks.answers.spot import (
    MINE,
    account,
    as_json,
    bars,
    day,
    exchange_info,
    spot_fill,
    spot_order,
)
from benchmarks.scale import NOW_MS, Bodies, Figures, Scale, bases


def bodies(scale: Scale, figures: Figures) -> Bodies:
    names = [f"{base}USDT" for base in bases(scale.symbols)]
    return {
        ("GET", "/api/v3/time"): as_json({"serverTime": NOW_MS}),
        ("GET", "/api/v3/exchangeInfo"): exchange_info(
            "CST", [_symbol(base) for base in bases(scale.symbols)]
        ),
        ("GET", "/api/v3/ticker/24hr"): as_json(
            [day(name, figures, prevClosePrice="0.1", count=None) for name in names]
        ),
        ("GET", "/api/v3/klines"): as_json([bar[:8] for bar in bars(scale.candles, figures)]),
        ("GET", "/api/v3/openOrders"): as_json([_order(at, figures) for at in range(scale.orders)]),
        ("GET", "/api/v3/myTrades"): as_json(
            [
                spot_fill(at, figures, isSelfTrade=False, clientOrderId=None, orderListId=-1)
                for at in range(scale.trades)
            ]
        ),
        ("GET", "/api/v3/account"): account(scale, figures, commission=None, updated=None),
        ("POST", "/api/v3/order"): as_json(
            {
                "symbol": "BTCUSDT",
                "orderId": "C02__443776347957968896",
                "orderListId": -1,
                "price": "40000",
                "origQty": "0.001",
                "type": "LIMIT",
                "side": "BUY",
                "transactTime": NOW_MS,
            }
        ),
        ("DELETE", "/api/v3/order"): as_json(
            _order(1, figures) | MINE | {"origClientOrderId": "mine", "status": "CANCELED"}
        ),
    }


def _symbol(base: str) -> dict[str, Any]:
    return {
        "symbol": f"{base}USDT",
        "status": "1",
        "baseAsset": base,
        "baseAssetPrecision": 6,
        "quoteAsset": "USDT",
        "quotePrecision": 2,
        "quoteAssetPrecision": 2,
        "baseCommissionPrecision": 6,
        "quoteCommissionPrecision": 2,
        "orderTypes": ["LIMIT", "MARKET", "LIMIT_MAKER"],
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": False,
        "quoteAmountPrecision": "1.000000000000000000",
        "baseSizePrecision": "0.000001",
        "permissions": ["SPOT"],
        "filters": [],
        "maxQuoteAmount": "2000000.000000000000000000",
        "makerCommission": "0",
        "takerCommission": "0.0005",
        "quoteAmountPrecisionMarket": "1.000000000000000000",
        "maxQuoteAmountMarket": "100000.000000000000000000",
        "fullName": f"{base} Network",
        "tradeSideType": 1,
    }


def _order(at: int, figures: Figures) -> dict[str, Any]:
    return spot_order(at, figures) | {
        "orderId": f"C02__{443776347957968895 + at}",
        "timeInForce": "",
        "orderListId": -1,
        "icebergQty": None,
    }
