"""One order as the client wrote it, read, checked against the venue's rules, and made a request.

Raises `Answer` with the venue's code; changes nothing.

Source: https://bybit-exchange.github.io/docs/v5/order/create-order
"""

from __future__ import annotations

import re
from decimal import Decimal
from types import MappingProxyType
from typing import Final, Literal

from exchangekit.sim import Context, Instrument, OrderRequest
from exchangekit.sim.money import is_multiple, plain
from exchangekit.sim.orders import SelfTrade, TimeInForce
from exchangekit_bybit.sim import instruments
from exchangekit_bybit.sim.answers import refuse
from exchangekit_bybit.sim.parameters import Parameters, number

MOST_OPEN: Final = 500

_LINK_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,36}", re.ASCII)
_LIVES: Final[dict[str, TimeInForce]] = {
    "GTC": "GTC",
    "IOC": "IOC",
    "FOK": "FOK",
    "PostOnly": "GTC",
}
_SELF_TRADE: Final[dict[str, SelfTrade]] = {
    "": "none", "None": "none", "CancelMaker": "expire_maker", "CancelTaker": "expire_taker",
    "CancelBoth": "expire_both",
}  # fmt: skip
_FILTERS: Final = {
    "tick": "170134", "step": "170137", "max_amount": "170124", "min_notional": "170140",
}  # fmt: skip
# Conditional orders and all that is attached to an order are not simulated: refused, not dropped.
_NOT_HERE: Final = (
    "triggerPrice", "takeProfit", "stopLoss", "slippageToleranceType", "slippageTolerance",
    "bboSideType", "orderIv",
)  # fmt: skip


def read(ctx: Context) -> OrderRequest:
    sent = Parameters(ctx)
    instrument = sent.instrument()
    side: Literal["buy", "sell"] = (
        "buy" if sent.one_of("side", ("Buy", "Sell"), "170117") == "Buy" else "sell"
    )
    kind = sent.one_of("orderType", ("Limit", "Market"), "170116")
    _words(ctx, sent)
    if not sent.get("qty"):
        raise refuse(ctx, "170105", "qty")
    quantity = number(sent.get("qty"))
    if quantity is None:
        raise refuse(ctx, "170130", "qty")
    if len(ctx.orders(open_only=True)) >= MOST_OPEN:
        raise refuse(ctx, "170810")
    if kind == "Market":
        return _market(ctx, sent, instrument, side, quantity)
    life = sent.get("timeInForce") or "GTC"
    price = _price(ctx, sent, instrument, side)
    post_only = life == "PostOnly"
    _filters(ctx, instrument, amount=quantity, tick=price, larger=post_only)
    _check_value(ctx, instrument, quantity * price)
    return OrderRequest(
        symbol=instrument.symbol,
        side=side,
        kind="limit",
        amount=quantity,
        price=price,
        time_in_force=_LIVES[life],
        post_only=post_only,
        client_id=sent.get("orderLinkId") or None,
        self_trade=_SELF_TRADE[sent.get("smpType")],
        tag=_kept(ctx, sent, instrument, kind, life, ""),
    )


def _words(ctx: Context, sent: Parameters) -> None:
    """Everything about an order that is neither a number nor what kind it is."""
    sent.one_of("timeInForce", ("", *_LIVES), "170115")
    sent.one_of("orderFilter", ("", "Order"), "170227")
    sent.one_of("isLeverage", ("", "0"), "170344")
    sent.one_of("marketUnit", ("", "baseCoin", "quoteCoin"), "170130")
    sent.one_of("smpType", tuple(_SELF_TRADE), "170130")
    if any(sent.get(name) not in ("", "0") for name in _NOT_HERE):
        raise refuse(ctx, "170227")
    if sent.get("orderLinkId") and not _LINK_ID.fullmatch(sent.get("orderLinkId")):
        raise refuse(ctx, "170130", "orderLinkId")


def _price(ctx: Context, sent: Parameters, instrument: Instrument, side: str) -> Decimal:
    if not sent.get("price"):
        raise refuse(ctx, "170105", "price")
    price = number(sent.get("price"))
    if price is None:
        raise refuse(ctx, "170130", "price")
    highest, lowest = instruments.price_band(ctx, instrument)
    if side == "buy" and price > highest:
        raise refuse(ctx, "170193", plain(highest) + instrument.quote)
    if side == "sell" and price < lowest:
        raise refuse(ctx, "170194", plain(lowest) + instrument.quote)
    return price


def _filters(
    ctx: Context,
    instrument: Instrument,
    *,
    amount: Decimal | None = None,
    tick: Decimal | None = None,
    market: bool = False,
    larger: bool = False,
) -> None:
    """`larger`: post-only orders may be five times as large."""
    for broken in instrument.violations(price=tick, amount=amount, market=market):
        if larger and broken.filter == "max_amount" and broken.actual <= broken.limit * 5:
            continue
        if broken.filter in _FILTERS:
            raise refuse(ctx, _FILTERS[broken.filter])


def _check_value(ctx: Context, instrument: Instrument, value: Decimal) -> None:
    if value < instrument.min_notional:
        raise refuse(ctx, "170140")


def _market(
    ctx: Context,
    sent: Parameters,
    instrument: Instrument,
    side: Literal["buy", "sell"],
    quantity: Decimal,
) -> OrderRequest:
    """`marketUnit` says what `qty` counts; of a buy that does not say, the quote currency."""
    unit = sent.get("marketUnit") or ("quoteCoin" if side == "buy" else "baseCoin")
    by_cost, last = unit == "quoteCoin", ctx.last_price(instrument.symbol)
    if by_cost:
        if not is_multiple(quantity, instruments.QUOTE_PRECISION):
            raise refuse(ctx, "170148")
    else:
        _filters(ctx, instrument, amount=quantity, market=True)
    _check_value(ctx, instrument, quantity if by_cost else quantity * last)
    return OrderRequest(
        symbol=instrument.symbol,
        side=side,
        kind="market",
        amount=None if by_cost else quantity,
        cost=quantity if by_cost else None,
        client_id=sent.get("orderLinkId") or None,
        self_trade=_SELF_TRADE[sent.get("smpType")],
        tag=_kept(ctx, sent, instrument, "Market", "IOC", unit),
    )


def _kept(
    ctx: Context, sent: Parameters, instrument: Instrument, kind: str, life: str, unit: str
) -> MappingProxyType[str, str]:
    """The venue's own words about an order, kept with it to be shown again."""
    return MappingProxyType(
        {
            "orderType": kind,
            "timeInForce": life,
            "marketUnit": unit,
            "qty": sent.get("qty"),
            "smpType": sent.get("smpType") or "None",
            "basePrice": plain(ctx.last_price(instrument.symbol)),
        }
    )
