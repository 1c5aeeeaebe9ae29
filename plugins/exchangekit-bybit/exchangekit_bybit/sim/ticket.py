"""One order as the client wrote it, read, checked against the venue's rules, and made a request.

Raises `Answer` with the venue's code; changes nothing.

Source: https://bybit-exchange.github.io/docs/v5/order/create-order
"""

from __future__ import annotations

import re
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from exchangekit.sim import Context, Instrument, OrderRequest
from exchangekit.sim.money import is_multiple, plain
from exchangekit.sim.orders import SelfTrade, TimeInForce
from exchangekit_bybit.sim import instruments
from exchangekit_bybit.sim.answers import refuse
from exchangekit_bybit.sim.parameters import Parameters

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
_FILTERS: Final = {"tick": "170134", "step": "170137", "max_amount": "170124"}
# Conditional orders and all that is attached to an order are not simulated: refused, not dropped.
_NOT_HERE: Final = (
    "triggerPrice", "takeProfit", "stopLoss", "slippageToleranceType", "slippageTolerance",
    "bboSideType", "orderIv",
)  # fmt: skip


def read(ctx: Context) -> OrderRequest:
    sent = Parameters(ctx)
    instrument = sent.instrument()
    buys = sent.one_of("side", ("Buy", "Sell"), "170117") == "Buy"
    kind = sent.one_of("orderType", ("Limit", "Market"), "170116")
    _words(ctx, sent)
    quantity = sent.positive("qty")
    if len(ctx.orders(open_only=True)) >= MOST_OPEN:
        raise refuse(ctx, "170810")
    if kind == "Market":
        # `marketUnit` says what `qty` counts; of a buy that does not say, the quote currency.
        unit = sent.get("marketUnit") or ("quoteCoin" if buys else "baseCoin")
        life, price = "IOC", None
    else:
        unit, life = "", sent.get("timeInForce") or "GTC"
        price = _price(ctx, sent, instrument, buys=buys)
    by_cost, last = unit == "quoteCoin", ctx.last_price(instrument.symbol)
    if not by_cost:
        _check(ctx, instrument, quantity, price, larger=life == "PostOnly")
    elif not is_multiple(quantity, instruments.QUOTE_PRECISION):
        raise refuse(ctx, "170148")
    if (quantity if by_cost else quantity * (price or last)) < instrument.min_notional:
        raise refuse(ctx, "170140")
    words = {"orderType": kind, "timeInForce": life, "marketUnit": unit, "qty": sent.get("qty")}
    words |= {"smpType": sent.get("smpType") or "None", "basePrice": plain(last)}
    return OrderRequest(
        symbol=instrument.symbol,
        side="buy" if buys else "sell",
        kind="limit" if price else "market",
        amount=None if by_cost else quantity,
        price=price,
        cost=quantity if by_cost else None,
        time_in_force=_LIVES[life] if price else "GTC",
        post_only=life == "PostOnly",
        client_id=sent.get("orderLinkId") or None,
        self_trade=_SELF_TRADE[sent.get("smpType")],
        tag=MappingProxyType(words),
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


def _price(ctx: Context, sent: Parameters, instrument: Instrument, *, buys: bool) -> Decimal:
    price, (highest, lowest) = sent.positive("price"), instruments.price_band(ctx, instrument)
    if buys and price > highest:
        raise refuse(ctx, "170193", plain(highest) + instrument.quote)
    if not buys and price < lowest:
        raise refuse(ctx, "170194", plain(lowest) + instrument.quote)
    return price


def _check(
    ctx: Context, instrument: Instrument, amount: Decimal, price: Decimal | None, *, larger: bool
) -> None:
    """`larger`: post-only orders may be five times as large."""
    for broken in instrument.violations(price=price, amount=amount, market=price is None):
        if larger and broken.filter == "max_amount" and broken.actual <= broken.limit * 5:
            continue
        if broken.filter in _FILTERS:
            raise refuse(ctx, _FILTERS[broken.filter])
