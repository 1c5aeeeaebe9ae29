"""Binance: https://developers.binance.com/docs/binance-spot-api-docs/rest-api"""

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
            "UTC", [_symbol(base) for base in bases(scale.symbols)]
        ),
        ("GET", "/api/v3/ticker/24hr"): as_json(
            [
                day(
                    name,
                    figures,
                    lastId=at + 900,
                    firstId=at,
                    count=901,
                    prevClosePrice="0.1",
                    lastQty="0.5",
                )
                for at, name in enumerate(names)
            ]
        ),
        ("GET", "/api/v3/klines"): as_json([[*bar, "0"] for bar in bars(scale.candles, figures)]),
        ("GET", "/api/v3/openOrders"): as_json([_order(at, figures) for at in range(scale.orders)]),
        ("GET", "/api/v3/myTrades"): as_json(
            [spot_fill(at, figures, orderListId=-1) for at in range(scale.trades)]
        ),
        ("GET", "/api/v3/account"): account(scale, figures, commission=10, updated=NOW_MS),
        ("POST", "/api/v3/order"): as_json(
            _order(1, figures) | MINE | {"transactTime": NOW_MS, "fills": []}
        ),
        ("DELETE", "/api/v3/order"): as_json(
            _order(1, figures)
            | MINE
            | {"origClientOrderId": "mine", "transactTime": NOW_MS, "status": "CANCELED"}
        ),
    }


def _symbol(base: str) -> dict[str, Any]:
    return {
        "symbol": f"{base}USDT",
        "status": "TRADING",
        "baseAsset": base,
        "baseAssetPrecision": 8,
        "quoteAsset": "USDT",
        "quotePrecision": 8,
        "quoteAssetPrecision": 8,
        "baseCommissionPrecision": 8,
        "quoteCommissionPrecision": 8,
        "orderTypes": ["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT",
                       "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"],
        "icebergAllowed": True,
        "ocoAllowed": True,
        "otoAllowed": True,
        "quoteOrderQtyMarketAllowed": True,
        "allowTrailingStop": True,
        "cancelReplaceAllowed": True,
        "amendAllowed": True,
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": True,
        "filters": [
            {"filterType": "PRICE_FILTER", "minPrice": "0.01000000",
             "maxPrice": "1000000.00000000", "tickSize": "0.01000000"},
            {"filterType": "LOT_SIZE", "minQty": "0.00001000", "maxQty": "9000.00000000",
             "stepSize": "0.00001000"},
            {"filterType": "ICEBERG_PARTS", "limit": 100},
            {"filterType": "MARKET_LOT_SIZE", "minQty": "0.00000000", "maxQty": "109.63010375",
             "stepSize": "0.00000000"},
            {"filterType": "TRAILING_DELTA", "minTrailingAboveDelta": 10,
             "maxTrailingAboveDelta": 2000, "minTrailingBelowDelta": 10,
             "maxTrailingBelowDelta": 2000},
            {"filterType": "PERCENT_PRICE_BY_SIDE", "bidMultiplierUp": "5",
             "bidMultiplierDown": "0.2", "askMultiplierUp": "5", "askMultiplierDown": "0.2",
             "avgPriceMins": 5},
            {"filterType": "NOTIONAL", "minNotional": "5.00000000", "applyMinToMarket": True,
             "maxNotional": "9000000.00000000", "applyMaxToMarket": False, "avgPriceMins": 5},
            {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": 200},
            {"filterType": "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": 5},
        ],
        "permissions": [],
        "permissionSets": [["SPOT", "MARGIN"]],
        "defaultSelfTradePreventionMode": "EXPIRE_MAKER",
        "allowedSelfTradePreventionModes": ["EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH"],
    }  # fmt: skip


def _order(at: int, figures: Figures) -> dict[str, Any]:
    return spot_order(at, figures) | {
        "timeInForce": "GTC",
        "orderListId": -1,
        "icebergQty": "0.00000000",
        "workingTime": NOW_MS,
        "selfTradePreventionMode": "EXPIRE_MAKER",
    }
