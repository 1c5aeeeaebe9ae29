"""What the venues of the benchmark answer: bodies of realistic size, made here.

The shapes are those of the venues' documentation; every number is made up. Both clients are given
the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from benchmarks.scale import NOW_MS, Figures, Scale, bases

KEY, SECRET, PASSPHRASE = "k" * 64, "s" * 64, "p" * 8
Bodies = dict[tuple[str, str], bytes]
"""By method and path."""


def bodies(venue: str, scale: Scale) -> Bodies:
    """All that `venue` answers."""
    return _OF[venue](scale, Figures())


def book(venue: str, levels: int) -> bytes:
    """A book of so many levels a side."""
    asks = [[f"{60000 + at * 0.01:.2f}", f"{1 + at / 1000:.8f}"] for at in range(levels)]
    bids = [[f"{59999.99 - at * 0.01:.2f}", f"{1 + at / 1000:.8f}"] for at in range(levels)]
    if venue == "okx":
        sides = {name: [[*one, "0", "3"] for one in side] for name, side in
                 (("asks", asks), ("bids", bids))}  # fmt: skip
        return _okx([sides | {"ts": str(NOW_MS), "seqId": 3235851742}])
    return _json({"lastUpdateId": 1027024, "bids": bids, "asks": asks, "timestamp": NOW_MS})


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _okx(rows: Any) -> bytes:
    return _json({"code": "0", "msg": "", "data": rows})


_MINE = {"clientOrderId": "mine", "origQty": "0.00100000", "side": "BUY"}


# Binance: https://developers.binance.com/docs/binance-spot-api-docs/rest-api


def _binance(scale: Scale, figures: Figures) -> Bodies:
    names = [f"{base}USDT" for base in bases(scale.symbols)]
    return {
        ("GET", "/api/v3/time"): _json({"serverTime": NOW_MS}),
        ("GET", "/api/v3/exchangeInfo"): _json(
            {
                "timezone": "UTC",
                "serverTime": NOW_MS,
                "rateLimits": [],
                "exchangeFilters": [],
                "symbols": [_binance_symbol(base) for base in bases(scale.symbols)],
            }
        ),
        ("GET", "/api/v3/ticker/24hr"): _json(
            [
                _day(
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
        ("GET", "/api/v3/klines"): _json([[*bar, "0"] for bar in _bars(scale.candles, figures)]),
        ("GET", "/api/v3/openOrders"): _json(
            [_binance_order(at, figures) for at in range(scale.orders)]
        ),
        ("GET", "/api/v3/myTrades"): _json(
            [_spot_fill(at, figures, orderListId=-1) for at in range(scale.trades)]
        ),
        ("GET", "/api/v3/account"): _json(
            {
                "makerCommission": 10,
                "takerCommission": 10,
                "canTrade": True,
                "canWithdraw": True,
                "canDeposit": True,
                "updateTime": NOW_MS,
                "accountType": "SPOT",
                "balances": [
                    {"asset": base, "free": figures.amount(), "locked": figures.amount()}
                    for base in bases(scale.assets)
                ],
                "permissions": ["SPOT"],
            }
        ),
        ("POST", "/api/v3/order"): _json(
            _binance_order(1, figures) | _MINE | {"transactTime": NOW_MS, "fills": []}
        ),
        ("DELETE", "/api/v3/order"): _json(
            _binance_order(1, figures)
            | _MINE
            | {"origClientOrderId": "mine", "transactTime": NOW_MS, "status": "CANCELED"}
        ),
    }


def _binance_symbol(base: str) -> dict[str, Any]:
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


def _binance_order(at: int, figures: Figures) -> dict[str, Any]:
    return _spot_order(at, figures) | {
        "timeInForce": "GTC",
        "orderListId": -1,
        "icebergQty": "0.00000000",
        "workingTime": NOW_MS,
        "selfTradePreventionMode": "EXPIRE_MAKER",
    }


# MEXC: https://mexcdevelop.github.io/apidocs/spot_v3_en/


def _mexc(scale: Scale, figures: Figures) -> Bodies:
    names = [f"{base}USDT" for base in bases(scale.symbols)]
    return {
        ("GET", "/api/v3/time"): _json({"serverTime": NOW_MS}),
        ("GET", "/api/v3/exchangeInfo"): _json(
            {
                "timezone": "CST",
                "serverTime": NOW_MS,
                "rateLimits": [],
                "exchangeFilters": [],
                "symbols": [_mexc_symbol(base) for base in bases(scale.symbols)],
            }
        ),
        ("GET", "/api/v3/ticker/24hr"): _json(
            [_day(name, figures, prevClosePrice="0.1", count=None) for name in names]
        ),
        ("GET", "/api/v3/klines"): _json([bar[:8] for bar in _bars(scale.candles, figures)]),
        ("GET", "/api/v3/openOrders"): _json(
            [_mexc_order(at, figures) for at in range(scale.orders)]
        ),
        ("GET", "/api/v3/myTrades"): _json(
            [
                _spot_fill(at, figures, isSelfTrade=False, clientOrderId=None, orderListId=-1)
                for at in range(scale.trades)
            ]
        ),
        ("GET", "/api/v3/account"): _json(
            {
                "makerCommission": None,
                "takerCommission": None,
                "canTrade": True,
                "canWithdraw": True,
                "canDeposit": True,
                "updateTime": None,
                "accountType": "SPOT",
                "balances": [
                    {"asset": base, "free": figures.amount(), "locked": figures.amount()}
                    for base in bases(scale.assets)
                ],
                "permissions": ["SPOT"],
            }
        ),
        ("POST", "/api/v3/order"): _json(
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
        ("DELETE", "/api/v3/order"): _json(
            _mexc_order(1, figures) | _MINE | {"origClientOrderId": "mine", "status": "CANCELED"}
        ),
    }


def _mexc_symbol(base: str) -> dict[str, Any]:
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


def _mexc_order(at: int, figures: Figures) -> dict[str, Any]:
    return _spot_order(at, figures) | {
        "orderId": f"C02__{443776347957968895 + at}",
        "timeInForce": "",
        "orderListId": -1,
        "icebergQty": None,
    }


# What both tell in the same words


def _day(name: str, figures: Figures, **more: Any) -> dict[str, Any]:
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


def _bars(count: int, figures: Figures) -> list[list[Any]]:
    begins = NOW_MS // 60_000 * 60_000 - count * 60_000
    return [
        [begins + at * 60_000, "100.10000000", "109.99000000", "99.01000000", "101.50000000",
         figures.amount(), begins + at * 60_000 + 59_999, figures.amount(), 308,
         figures.amount(), figures.amount()]
        for at in range(count)
    ]  # fmt: skip


def _spot_order(at: int, figures: Figures) -> dict[str, Any]:
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


def _spot_fill(at: int, figures: Figures, **more: Any) -> dict[str, Any]:
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


# OKX: https://www.okx.com/docs-v5/en/


def _okx_bodies(scale: Scale, figures: Figures) -> Bodies:
    names = [f"{base}-USDT" for base in bases(scale.symbols)]
    verdict = {"clOrdId": "mine", "ordId": "312269865356374016", "tag": "", "ts": str(NOW_MS),
               "sCode": "0", "sMsg": ""}  # fmt: skip
    fills = _okx([_okx_fill(at, figures) for at in range(scale.trades)])
    return {
        ("GET", "/api/v5/public/time"): _okx([{"ts": str(NOW_MS)}]),
        ("GET", "/api/v5/public/instruments"): _okx(
            [_okx_symbol(base) for base in bases(scale.symbols)]
        ),
        ("GET", "/api/v5/market/tickers"): _okx([_okx_ticker(name, figures) for name in names]),
        ("GET", "/api/v5/market/ticker"): _okx([_okx_ticker("BTC-USDT", figures)]),
        ("GET", "/api/v5/market/candles"): _okx(
            [
                [str(bar[0]), *bar[1:6], bar[5], bar[7], "1"]
                for bar in reversed(_bars(scale.candles, figures))
            ]
        ),
        ("GET", "/api/v5/trade/orders-pending"): _okx(
            [_okx_order(at, figures) for at in range(scale.orders)]
        ),
        ("GET", "/api/v5/trade/fills"): fills,
        ("GET", "/api/v5/trade/fills-history"): fills,
        ("GET", "/api/v5/account/balance"): _okx(
            [
                {
                    "uTime": str(NOW_MS),
                    "totalEq": "55415.624719833286",
                    "adjEq": "",
                    "borrowFroz": "",
                    "imr": "",
                    "isoEq": "0",
                    "mgnRatio": "",
                    "mmr": "",
                    "notionalUsd": "",
                    "ordFroz": "",
                    "upl": "",
                    "details": [_okx_asset(base, figures) for base in bases(scale.assets)],
                }
            ]
        ),
        ("POST", "/api/v5/trade/order"): _okx([verdict]),
        ("POST", "/api/v5/trade/batch-orders"): _okx([verdict]),
        ("POST", "/api/v5/trade/cancel-order"): _okx([verdict]),
    }


def _okx_symbol(base: str) -> dict[str, Any]:
    empty = ("alias", "ctMult", "ctType", "ctVal", "ctValCcy", "expTime", "instFamily", "lever",
             "optType", "settleCcy", "stk", "uly", "auctionEndTime")  # fmt: skip
    return dict.fromkeys(empty, "") | {
        "baseCcy": base,
        "category": "1",
        "instId": f"{base}-USDT",
        "instType": "SPOT",
        "listTime": "1606468572000",
        "lotSz": "0.00000001",
        "maxIcebergSz": "9999999999.0000000000000000",
        "maxLmtAmt": "20000000",
        "maxLmtSz": "9999999999",
        "maxMktAmt": "1000000",
        "maxMktSz": "1000000",
        "maxStopSz": "1000000",
        "maxTriggerSz": "9999999999.0000000000000000",
        "maxTwapSz": "9999999999.0000000000000000",
        "minSz": "0.00001",
        "quoteCcy": "USDT",
        "ruleType": "normal",
        "state": "live",
        "tickSz": "0.1",
        "openType": "call_auction",
    }


def _okx_ticker(name: str, figures: Figures) -> dict[str, Any]:
    return {
        "instType": "SPOT",
        "instId": name,
        "last": figures.price(4),
        "lastSz": figures.amount(4),
        "askPx": figures.price(4),
        "askSz": figures.amount(4),
        "bidPx": figures.price(4),
        "bidSz": figures.amount(4),
        "open24h": figures.price(4),
        "high24h": figures.price(4),
        "low24h": "0.0001",
        "volCcy24h": figures.amount(4),
        "vol24h": figures.amount(4),
        "ts": str(NOW_MS),
        "sodUtc0": figures.price(4),
        "sodUtc8": figures.price(4),
    }


def _okx_order(at: int, figures: Figures) -> dict[str, Any]:
    empty = ("algoClOrdId", "algoId", "attachAlgoClOrdId", "cancelSource", "cancelSourceReason",
             "category", "ccy", "fillPx", "fillTime", "lever", "pnl", "posSide", "quickMgnType",
             "reduceOnly", "slOrdPx", "slTriggerPx", "source", "tag", "tpOrdPx", "tpTriggerPx",
             "tradeId", "pxType", "pxUsd", "pxVol", "stpId", "stpMode", "isTpLimit")  # fmt: skip
    return dict.fromkeys(empty, "") | {
        "accFillSz": "0",
        "avgPx": "",
        "cTime": str(NOW_MS),
        "clOrdId": f"xk7Zq0mJYbW1RtN5pL{at:04}",
        "fee": "0",
        "feeCcy": "BTC",
        "fillSz": "0",
        "instId": "BTC-USDT",
        "instType": "SPOT",
        "ordId": str(312269865356374016 + at),
        "ordType": "limit",
        "px": "40000",
        "rebate": "0",
        "rebateCcy": "USDT",
        "side": "buy" if figures.side() else "sell",
        "state": "live",
        "sz": figures.amount(4),
        "tdMode": "cash",
        "tgtCcy": "",
        "uTime": str(NOW_MS),
        "attachAlgoOrds": [],
        "linkedAlgoOrd": {"algoId": ""},
    }


def _okx_fill(at: int, figures: Figures) -> dict[str, Any]:
    return {
        "instType": "SPOT",
        "instId": "BTC-USDT",
        "tradeId": str(744876980 + at),
        "ordId": str(312269865356374016 + at),
        "clOrdId": "",
        "billId": str(696760468 + at),
        "subType": "1",
        "tag": "",
        "fillPx": "40000.1",
        "fillSz": figures.amount(4),
        "fillIdxPx": "",
        "fillPnl": "0",
        "fillPxVol": "",
        "fillPxUsd": "",
        "fillMarkVol": "",
        "fillFwdPx": "",
        "fillMarkPx": "",
        "side": "buy" if figures.side() else "sell",
        "posSide": "net",
        "execType": "M" if figures.side() else "T",
        "feeCcy": "USDT",
        "fee": "-0.02",
        "ts": str(NOW_MS - at),
        "fillTime": str(NOW_MS - at),
        "feeRate": "-0.0005",
    }


def _okx_asset(base: str, figures: Figures) -> dict[str, Any]:
    empty = ("borrowFroz", "crossLiab", "imr", "interest", "isoLiab", "isoUpl", "liab", "maxLoan",
             "mgnRatio", "mmr", "stgyEq", "twap", "uplLiab", "spotInUseAmt", "clSpotInUseAmt",
             "maxSpotInUse", "spotIsoBal", "smtSyncEq")  # fmt: skip
    free, held = figures.amount(4), figures.amount(4)
    return dict.fromkeys(empty, "") | {
        "ccy": base,
        "availBal": free,
        "availEq": free,
        "cashBal": f"{float(free) + float(held):.4f}",
        "eq": f"{float(free) + float(held):.4f}",
        "eqUsd": figures.price(4),
        "disEq": figures.price(4),
        "frozenBal": held,
        "fixedBal": "0",
        "isoEq": "0",
        "notionalLever": "0",
        "ordFrozen": held,
        "upl": "0",
        "uTime": str(NOW_MS),
        "rewardBal": "0",
        "spotBal": "",
        "accAvgPx": "",
        "openAvgPx": "",
        "spotUpl": "",
        "spotUplRatio": "",
        "totalPnl": "",
        "totalPnlRatio": "",
    }


_OF: dict[str, Callable[[Scale, Figures], Bodies]] = {
    "mexc": _mexc,
    "binance": _binance,
    "okx": _okx_bodies,
}
VENUES = tuple(_OF)
