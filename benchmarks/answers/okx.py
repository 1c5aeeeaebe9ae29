"""OKX: https://www.okx.com/docs-v5/en/"""

from __future__ import annotations

from typing import Any

from benchmarks.answers.spot import as_json, bars
from benchmarks.scale import NOW_MS, Bodies, Figures, Scale, bases


def in_envelope(rows: Any) -> bytes:
    return as_json({"code": "0", "msg": "", "data": rows})


def bodies(scale: Scale, figures: Figures) -> Bodies:
    names = [f"{base}-USDT" for base in bases(scale.symbols)]
    verdict = {"clOrdId": "mine", "ordId": "312269865356374016", "tag": "", "ts": str(NOW_MS),
               "sCode": "0", "sMsg": ""}  # fmt: skip
    fills = in_envelope([_fill(at, figures) for at in range(scale.trades)])
    return {
        ("GET", "/api/v5/public/time"): in_envelope([{"ts": str(NOW_MS)}]),
        ("GET", "/api/v5/public/instruments"): in_envelope(
            [_symbol(base) for base in bases(scale.symbols)]
        ),
        ("GET", "/api/v5/market/tickers"): in_envelope([_ticker(name, figures) for name in names]),
        ("GET", "/api/v5/market/ticker"): in_envelope([_ticker("BTC-USDT", figures)]),
        ("GET", "/api/v5/market/candles"): in_envelope(
            [
                [str(bar[0]), *bar[1:6], bar[5], bar[7], "1"]
                for bar in reversed(bars(scale.candles, figures))
            ]
        ),
        ("GET", "/api/v5/trade/orders-pending"): in_envelope(
            [_order(at, figures) for at in range(scale.orders)]
        ),
        ("GET", "/api/v5/trade/fills"): fills,
        ("GET", "/api/v5/trade/fills-history"): fills,
        ("GET", "/api/v5/account/balance"): in_envelope(
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
                    "details": [_asset(base, figures) for base in bases(scale.assets)],
                }
            ]
        ),
        ("POST", "/api/v5/trade/order"): in_envelope([verdict]),
        ("POST", "/api/v5/trade/batch-orders"): in_envelope([verdict]),
        ("POST", "/api/v5/trade/cancel-order"): in_envelope([verdict]),
    }


def _symbol(base: str) -> dict[str, Any]:
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


def _ticker(name: str, figures: Figures) -> dict[str, Any]:
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


def _order(at: int, figures: Figures) -> dict[str, Any]:
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


def _fill(at: int, figures: Figures) -> dict[str, Any]:
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


def _asset(base: str, figures: Figures) -> dict[str, Any]:
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
