"""Balances, configuration and fee rates of the account behind the key.

The account is in spot mode: fields that do not apply to it are "". Everything lies in the trading
account.

Source: https://www.okx.com/docs-v5/en/#trading-account-rest-api
"""

from __future__ import annotations

import zlib
from decimal import Decimal
from typing import Final

from exchangekit.sim import CATALOGUE, Context, Response
from exchangekit.sim.keys import Permission
from exchangekit.sim.ledger import Balance
from exchangekit.sim.money import plain
from exchangekit_okx.sim.answers import ok, ratio, refuse
from exchangekit_okx.sim.parameters import Query, currencies

_PERMISSIONS: Final[tuple[tuple[Permission, str], ...]] = (
    ("read", "read_only"),
    ("trade", "trade"),
    ("withdraw", "withdraw"),
)


def usd(ctx: Context, asset: str) -> Decimal:
    """What one unit is worth in dollars: its last price in USDT, or what it usually costs."""
    if asset in ("USDT", "USDC"):
        return Decimal(1)
    if ctx.instrument(f"{asset}-USDT") is not None:
        return ctx.last_price(f"{asset}-USDT")
    listed = CATALOGUE.get(asset)
    return listed.usd if listed else Decimal(0)


def balance(ctx: Context) -> Response:
    wanted = currencies(Query(ctx.request))
    now = str(ctx.now)
    details, total = [], Decimal(0)
    for asset, held in sorted(ctx.balances().items()):
        if not held.total:
            continue
        worth = held.total * usd(ctx, asset)
        total += worth
        if wanted is None or asset in wanted:
            details.append(_detail(asset, held, worth, now))
    return ok(
        [
            {
                "adjEq": "",
                "availEq": "",
                "borrowFroz": "",
                "delta": "",
                "deltaLever": "",
                "deltaNeutralStatus": "0",
                "details": details,
                "imr": "",
                "isoEq": "",
                "mgnRatio": "",
                "mmr": "",
                "notionalUsd": "",
                "notionalUsdForBorrow": "",
                "notionalUsdForFutures": "",
                "notionalUsdForOption": "",
                "notionalUsdForSwap": "",
                "ordFroz": "",
                "totalEq": ratio(total),
                "uTime": now,
                "upl": "",
            }
        ]
    )


def _detail(asset: str, held: Balance, worth: Decimal, now: str) -> dict[str, object]:
    total, free, locked = plain(held.total), plain(held.free), plain(held.locked)
    none = dict.fromkeys(
        (
            "availEq", "borrowFroz", "imr", "isoEq", "isoLiab", "isoUpl", "mgnRatio", "mmr",
            "notionalLever", "spotInUseAmt", "clSpotInUseAmt", "maxSpotInUse", "upl", "uplLiab",
            "openAvgPx", "accAvgPx", "spotUpl", "spotUplRatio", "totalPnl", "totalPnlRatio",
        ),
        "",
    )  # fmt: skip
    zero = dict.fromkeys(
        (
            "autoLendMtAmt", "crossLiab", "colRes", "colBorrAutoConversion", "disEq", "smtSyncEq",
            "spotCopyTradingEq", "fixedBal", "frpType", "interest", "liab", "maxLoan", "rewardBal",
            "spotIsoBal", "stgyEq", "twap",
        ),
        "0",
    )  # fmt: skip
    return {
        **none,
        **zero,
        "autoLendStatus": "off",
        "availBal": free,
        "cashBal": total,
        "ccy": asset,
        "collateralEnabled": False,
        "collateralRestrict": False,
        "eq": total,
        "eqUsd": ratio(worth),
        "frozenBal": locked,
        "ordFrozen": locked,
        "spotBal": total,
        "uTime": now,
    }


def config(ctx: Context) -> Response:
    key = ctx.key
    uid = str(_uid(key.account))
    return ok(
        [
            {
                "acctLv": "1",
                "acctStpMode": "cancel_maker",
                "autoLoan": False,
                "ctIsoMode": "automatic",
                "enableSpotBorrow": False,
                "greeksType": "PA",
                "ip": ",".join(sorted(key.ips)),
                "kycLv": "3",
                "label": key.label,
                "level": "Lv1",
                "levelTmp": "",
                "liquidationGear": "-1",
                "mainUid": uid,
                "mgnIsoMode": "automatic",
                "opAuth": "0",
                "perm": ",".join(theirs for ours, theirs in _PERMISSIONS if key.may(ours)),
                "posMode": "net_mode",
                "roleType": "0",
                "spotBorrowAutoRepay": False,
                "spotOffsetType": "",
                "spotRoleType": "0",
                "spotTraderInsts": [],
                "traderInsts": [],
                "type": "0",
                "uid": uid,
            }
        ]
    )


def _uid(account: str) -> int:
    """The same number for the same account, of the length the venue's have."""
    return 44_000_000_000_000_000 + zlib.crc32(account.encode())


def trade_fee(ctx: Context) -> Response:
    """Rates are negative: what the account pays."""
    query = Query(ctx.request)
    kind = query.need_inst_type()
    symbol = query.get("instId")
    if symbol is not None and query.get("ruleType"):
        raise refuse("50024", "instId", "ruleType")
    if kind != "SPOT":
        return ok([])
    if symbol is not None and ctx.instrument(symbol) is None:
        raise refuse("51001")
    rates = ctx.fees(symbol or ctx.instruments[0].symbol)
    maker, taker = plain(-rates.maker), plain(-rates.taker)
    group = {"elpMaker": maker, "groupId": "1", "maker": maker, "rpiMaker": maker, "taker": taker}
    return ok(
        [
            {
                "category": "1",
                "delivery": "",
                "exercise": "",
                "feeGroup": [group],
                "fiat": [],
                "instType": "SPOT",
                "level": "Lv1",
                "maker": maker,
                "makerU": "",
                "makerUSDC": maker,
                "ruleType": "normal",
                "taker": taker,
                "takerU": "",
                "takerUSDC": taker,
                "ts": str(ctx.now),
            }
        ]
    )
