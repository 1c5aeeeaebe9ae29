"""Bills: every change of a balance that a trade made, two for each fill.

A fill of BTC-USDT changes BTC and USDT, each in a bill of its own; the fee is in the bill of the
currency that it was charged in and is part of its change. A bill's id is not the one that a fill is
listed with, since that names both.

Inferred, for the documentation does not say: that both of a fill's currencies have a bill, the base
currency's first; and that transfers into the account are none (they came before its history).

Source: https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-bills-details-last-7-days
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from exchangekit.sim import Context, Fill, Response
from exchangekit.sim.money import WIDE, plain
from exchangekit_okx.sim.answers import ok
from exchangekit_okx.sim.history import DAY, page
from exchangekit_okx.sim.parameters import Query
from exchangekit_okx.sim.records import snowflake, sub_type

KEPT_DAYS: Final = 7
_TRADE: Final = "2"


@dataclass(frozen=True, slots=True)
class Bill:
    """One change of one balance. `fee` is what was charged in this currency."""

    number: int
    fill: Fill
    currency: str
    change: Decimal
    fee: Decimal
    balance: Decimal


def bills(ctx: Context) -> Response:
    query = Query(ctx.request)
    kind, symbol = query.inst_type(), query.get("instId")
    currency, type_, sub = query.get("ccy"), query.get("type"), query.get("subType")
    begin, end = query.integer("begin"), query.integer("end")
    oldest = ctx.now - KEPT_DAYS * DAY
    found = (
        bill
        for bill in _all(ctx)
        if bill.fill.time >= oldest
        and kind in (None, "SPOT")
        and symbol in (None, bill.fill.symbol)
        and currency in (None, bill.currency)
        and type_ in (None, _TRADE)
        and sub in (None, sub_type(bill.fill))
        and query.get("mgnMode") is None
        and (begin is None or bill.fill.time >= begin)
        and (end is None or bill.fill.time <= end)
    )
    return ok([_row(ctx, bill) for bill in page(query, found, lambda bill: bill.number)])


def _all(ctx: Context) -> Iterator[Bill]:
    """Newest first: each balance is what is held now, less what has changed since."""
    held = {asset: balance.total for asset, balance in ctx.balances().items()}
    for place, fill in reversed(list(enumerate(ctx.fills()))):
        changes = list(_changes(fill).items())
        for at, (currency, change) in reversed(list(enumerate(changes))):
            fee = fill.fee if currency == fill.fee_asset else Decimal(0)
            number = snowflake(fill.time, 3 * place + at)
            yield Bill(number, fill, currency, change, fee, held[currency])
            held[currency] = WIDE.subtract(held[currency], change)


def _changes(fill: Fill) -> Mapping[str, Decimal]:
    base, _, quote = fill.symbol.partition("-")
    sign = 1 if fill.side == "buy" else -1
    changes = {base: sign * fill.amount, quote: -sign * fill.cost}
    changes[fill.fee_asset] = WIDE.subtract(changes.get(fill.fee_asset, Decimal(0)), fill.fee)
    return changes


def _row(ctx: Context, bill: Bill) -> dict[str, object]:
    fill = bill.fill
    parent = ctx.order(venue_id=fill.venue_order_id)
    none = dict.fromkeys(
        ("fillFwdPx", "fillIdxPx", "fillMarkPx", "fillMarkVol", "fillPxUsd", "fillPxVol", "from",
         "notes", "to"),
        "",
    )  # fmt: skip
    traded = fill.amount if bill.currency == fill.symbol.partition("-")[0] else fill.cost
    return {
        **none,
        "bal": plain(bill.balance),
        "balChg": plain(bill.change),
        "billId": str(bill.number),
        "ccy": bill.currency,
        "clOrdId": fill.client_id or "",
        "execType": "M" if fill.maker else "T",
        "fee": plain(-bill.fee),
        "fillTime": str(fill.time),
        "instId": fill.symbol,
        "instType": "SPOT",
        "interest": "0",
        "mgnMode": "cash",
        "ordId": fill.venue_order_id,
        "pnl": "0",
        "posBal": "0",
        "posBalChg": "0",
        "px": plain(fill.price),
        "subType": sub_type(fill),
        "sz": plain(traded),
        "tag": parent.tag["tag"] if parent else "",
        "tradeId": str(fill.id),
        "ts": str(fill.time),
        "type": _TRADE,
    }
