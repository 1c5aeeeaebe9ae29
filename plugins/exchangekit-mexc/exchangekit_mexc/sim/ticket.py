"""From an order's parameters to what the engine is asked, or to MEXC's refusal. Places nothing.

Source: https://www.mexc.com/api-docs/spot-v3/spot-account-trade and refusals seen on the wire
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final, Literal

from exchangekit.sim import Context, Instrument, OrderRequest
from exchangekit.sim.money import floor_to, plain
from exchangekit_mexc.sim import instruments
from exchangekit_mexc.sim.answers import missing, refusal, scale_refusal
from exchangekit_mexc.sim.parameters import Parameters

TimeInForce = Literal["GTC", "IOC", "FOK"]

# MEXC puts the time in force into the type.
TYPES: Final[Mapping[str, TimeInForce]] = MappingProxyType(
    {
        "LIMIT": "GTC",
        "LIMIT_MAKER": "GTC",
        "IMMEDIATE_OR_CANCEL": "IOC",
        "FILL_OR_KILL": "FOK",
        "MARKET": "GTC",
    }
)
# How far from the last price a market order is willing to go, shown as its price.
_SLIPPAGE: Final = {"buy": Decimal("1.05"), "sell": Decimal("0.95")}


def read(ctx: Context, sent: Parameters) -> OrderRequest:
    """Check an order's parameters and rules. Raises `Answer` with the venue's refusal."""
    item = sent.symbol()
    side = sent.need("side")
    if side not in ("BUY", "SELL"):
        raise refusal(33333)
    kind = sent.need("type")
    if kind not in TYPES:
        raise refusal(30041)
    buys = side == "BUY"
    amount, cost, price = _numbers(sent, kind, buys=buys)
    client_id = sent.client_id("newClientOrderId")
    if ctx.halted(item.symbol):
        raise refusal(30016)
    _check_scales(item, amount, cost, price)
    last = ctx.last_price(item.symbol)
    _check_size(item, amount, cost, last if price is None else price, market=kind == "MARKET")
    if price is not None:
        _check_band(item, price, last, buys=buys)
    if len(ctx.orders(open_only=True)) >= instruments.MAX_OPEN_ORDERS:
        raise refusal(30029)
    return OrderRequest(
        symbol=item.symbol,
        side="buy" if buys else "sell",
        kind="market" if kind == "MARKET" else "limit",
        amount=amount,
        price=price,
        cost=cost,
        time_in_force=TYPES[kind],
        post_only=kind == "LIMIT_MAKER",
        client_id=client_id,
        tag=_tag(item, kind, cost, last, buys=buys),
    )


def _numbers(
    sent: Parameters, kind: str, *, buys: bool
) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """Amount, cost and price. Only a market buy may be by cost; a market order has no price."""
    amount, cost = sent.decimal("quantity"), sent.decimal("quoteOrderQty")
    price = sent.decimal("price")
    if kind == "MARKET":
        if buys and cost is not None:
            return None, cost, None
        if amount is None:
            raise missing("quoteOrderQty" if buys else "quantity")
        return amount, None, None
    if amount is None:
        raise missing("quantity")
    if price is None:
        raise missing("price")
    if not price:
        raise refusal(30010)
    return amount, None, price


def _check_scales(
    item: Instrument, amount: Decimal | None, cost: Decimal | None, price: Decimal | None
) -> None:
    for number, unit, what in (
        (price, item.tick, "price"),
        (amount, item.step, "quantity"),
        (cost, item.tick, "amount"),
    ):
        if number is not None and number % unit:
            raise scale_refusal(what)


def _check_size(
    item: Instrument,
    amount: Decimal | None,
    cost: Decimal | None,
    price: Decimal,
    *,
    market: bool,
) -> None:
    worth = cost if cost is not None else (amount or Decimal(0)) * price
    most = Decimal(instruments.MOST_COST_AT_MARKET[item.quote]) if market else item.max_notional
    if worth < item.min_notional:
        raise _too_small(plain(item.min_notional) + item.quote)
    if amount is not None and amount < item.min_amount:
        raise _too_small(plain(item.min_amount) + item.base)
    if worth > most:
        raise refusal(
            30003,
            f"The maximum transaction volume cannot be greater than:{plain(most)}{item.quote}",
        )


def _too_small(least: str) -> Exception:
    return refusal(30002, f"The minimum transaction volume cannot be less than:{least}")


def _check_band(item: Instrument, price: Decimal, last: Decimal, *, buys: bool) -> None:
    if not instruments.BY_SYMBOL[item.symbol].band:
        return
    too_high = buys and price > last * instruments.HIGHEST_BUY
    too_low = not buys and price < last * instruments.LOWEST_SELL
    if too_high or too_low:
        raise refusal(30087)


def _tag(
    item: Instrument, kind: str, cost: Decimal | None, last: Decimal, *, buys: bool
) -> dict[str, str]:
    tag = {"type": kind}
    if kind == "MARKET":
        worst = floor_to(last * _SLIPPAGE["buy" if buys else "sell"], item.tick)
        tag["price"] = format(worst, "f")
        if cost is not None:
            tag["amount"] = format(floor_to(cost / worst, item.step), "f")
    return tag
