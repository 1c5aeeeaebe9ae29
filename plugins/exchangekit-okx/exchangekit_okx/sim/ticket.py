"""One order as the client wrote it, read, checked against the venue's rules, and made a request.

Raises `Refusal` with the venue's ``sCode``; changes nothing.

Source: https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-place-order
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final, Literal

from exchangekit.sim import Context, Instrument, Order, OrderRequest
from exchangekit.sim.money import plain
from exchangekit.sim.orders import SelfTrade, TimeInForce
from exchangekit_okx.sim import instruments
from exchangekit_okx.sim.account import usd
from exchangekit_okx.sim.answers import Refusal
from exchangekit_okx.sim.parameters import number, word
from exchangekit_okx.sim.records import ORDER_TYPES

REQUIRED: Final = ("instId", "tdMode", "side", "ordType", "sz")
PENDING_PER_INSTRUMENT: Final = 500
PENDING_IN_ALL: Final = 4000

_CLIENT_ID: Final = re.compile(r"[A-Za-z0-9]{1,32}", re.ASCII)
_TAG: Final = re.compile(r"[A-Za-z0-9]{1,16}", re.ASCII)
_LIVES: Final[dict[str, TimeInForce]] = {"ioc": "IOC", "fok": "FOK"}
_SELF_TRADE: Final[dict[str, SelfTrade]] = {
    "cancel_maker": "expire_maker",
    "cancel_taker": "expire_taker",
    "cancel_both": "expire_both",
}
_FILTERS: Final = {"tick": "51150", "min_amount": "51020", "max_amount": "51203", "step": "51121"}


@dataclass(frozen=True, slots=True)
class Ticket:
    """`may_shrink`: the venue makes this market order as small as the funds allow."""

    request: OrderRequest
    instrument: Instrument
    may_shrink: bool


def missing(item: Mapping[str, object]) -> str | None:
    """The first required parameter that is not there."""
    return next((name for name in REQUIRED if item.get(name) in (None, "")), None)


def read(ctx: Context, item: Mapping[str, object]) -> Ticket:
    absent = missing(item)
    if absent is not None:
        raise Refusal("50014", absent)
    instrument = ctx.instrument(word(item, "instId"))
    if instrument is None:
        raise Refusal("51001")
    kind = word(item, "ordType")
    _words(item, instrument, kind)
    size = number(word(item, "sz"))
    if size is None:
        raise Refusal("51000", "sz")
    side: Literal["buy", "sell"] = "buy" if word(item, "side") == "buy" else "sell"
    if kind == "market":
        return _market(ctx, item, instrument, side, size)
    price = _price(ctx, item, instrument, side)
    _filters(instrument, size, price)
    if size * price * usd(ctx, instrument.quote) > instruments.MAX_LIMIT_USD:
        raise Refusal("51005")
    _pending(ctx, instrument)
    request = OrderRequest(
        symbol=instrument.symbol,
        side=side,
        kind="limit",
        amount=size,
        price=price,
        time_in_force=_LIVES.get(kind, "GTC"),
        post_only=kind == "post_only",
        client_id=word(item, "clOrdId") or None,
        self_trade=_self_trade(item),
        tag=_kept(item, kind, plain(size), ""),
    )
    return Ticket(request, instrument, may_shrink=False)


def amended(ctx: Context, item: Mapping[str, object], order: Order) -> tuple[Decimal, Decimal]:
    """The size and price an order is to have, what is not given as it was. Raises `Refusal`."""
    if item.get("attachAlgoOrds"):
        raise Refusal("50046")
    instrument = ctx.instrument(order.symbol)
    assert instrument is not None
    assert order.amount is not None
    assert order.price is not None
    amount, price = order.amount, order.price
    given = word(item, "newSz")
    if not given and not word(item, "newPx"):
        raise Refusal("51000", "newSz")
    if given:
        size = number(given)
        if size is None:
            raise Refusal("51000", "newSz")
        amount = size
    if word(item, "newPx"):
        price = _price(ctx, {**item, "px": word(item, "newPx")}, instrument, order.side)
    _filters(instrument, amount, price)
    return amount, price


def _words(item: Mapping[str, object], instrument: Instrument, kind: str) -> None:
    """Everything about an order that is not a number."""
    mode = word(item, "tdMode")
    if mode in ("cross", "isolated", "spot_isolated"):
        raise Refusal("51010")
    allowed = {
        "tdMode": ("cash",),
        "side": ("buy", "sell"),
        "ordType": tuple(ORDER_TYPES),
        "posSide": ("", "net"),
        "tgtCcy": ("", "base_ccy", "quote_ccy"),
        "stpMode": ("", *_SELF_TRADE),
        "reduceOnly": ("", "true", "false"),
        "banAmend": ("", "true", "false"),
        "pxAmendType": ("", "0", "1"),
        "tradeQuoteCcy": ("", instrument.quote),
    }
    for name, values in allowed.items():
        if word(item, name) not in values:
            raise Refusal("51000", name)
    for name, shape in (("clOrdId", _CLIENT_ID), ("tag", _TAG)):
        value = word(item, name)
        if value and not shape.fullmatch(value):
            raise Refusal("51000", name)
    if word(item, "reduceOnly") == "true":
        raise Refusal("51139")
    if kind == "fok" and word(item, "stpMode") == "cancel_both":
        raise Refusal("54036")
    if item.get("attachAlgoOrds"):
        # Take-profit and stop-loss are not simulated: refused, never dropped.
        raise Refusal("50046")


def _self_trade(item: Mapping[str, object]) -> SelfTrade:
    return _SELF_TRADE[word(item, "stpMode") or "cancel_maker"]


def _kept(item: Mapping[str, object], kind: str, size: str, target: str) -> Mapping[str, str]:
    """The venue's own words about an order, kept with it to be shown again."""
    return MappingProxyType(
        {
            "ordType": kind,
            "sz": size,
            "tgtCcy": target,
            "tag": word(item, "tag"),
            "stpMode": word(item, "stpMode") or "cancel_maker",
        }
    )


def _price(ctx: Context, item: Mapping[str, object], instrument: Instrument, side: str) -> Decimal:
    given = word(item, "px")
    if not given:
        raise Refusal("51204")
    price = number(given)
    if price is None:
        raise Refusal("51000", "px")
    highest, lowest = instruments.price_band(instrument, ctx.last_price(instrument.symbol))
    amend = word(item, "pxAmendType") == "1"
    if side == "buy" and price > highest:
        if not amend:
            raise Refusal("51137", plain(highest))
        return highest
    if side == "sell" and price < lowest:
        if not amend:
            raise Refusal("51138", plain(lowest))
        return lowest
    return price


def _filters(instrument: Instrument, size: Decimal, price: Decimal | None = None) -> None:
    broken = instrument.violations(price=price, amount=size)
    if broken:
        raise Refusal(_FILTERS[broken[0].filter], plain(broken[0].limit))


def _pending(ctx: Context, instrument: Instrument) -> None:
    waiting = ctx.orders(open_only=True)
    here = sum(order.symbol == instrument.symbol for order in waiting)
    for count, most in ((here, PENDING_PER_INSTRUMENT), (len(waiting), PENDING_IN_ALL)):
        if count >= most:
            raise Refusal("51174", instrument.symbol, str(most))


def _market(
    ctx: Context,
    item: Mapping[str, object],
    instrument: Instrument,
    side: Literal["buy", "sell"],
    size: Decimal,
) -> Ticket:
    """`tgtCcy` says what `sz` counts; for a buy that does not say, it is the quote currency."""
    target = word(item, "tgtCcy") or ("quote_ccy" if side == "buy" else "base_ccy")
    last = ctx.last_price(instrument.symbol)
    by_cost = target == "quote_ccy"
    if by_cost:
        if size < instrument.min_amount * last:
            raise Refusal("51020")
    else:
        _filters(instrument, size)
    cost = size if by_cost else size * last
    if cost * usd(ctx, instrument.quote) > instruments.MAX_MARKET_USD:
        raise Refusal("51201", f"{plain(instruments.MAX_MARKET_USD)} USD")
    request = OrderRequest(
        symbol=instrument.symbol,
        side=side,
        kind="market",
        amount=None if by_cost else size,
        cost=size if by_cost else None,
        client_id=word(item, "clOrdId") or None,
        self_trade=_self_trade(item),
        tag=_kept(item, "market", plain(size), target),
    )
    crosswise = by_cost == (side == "sell")
    return Ticket(request, instrument, may_shrink=crosswise and word(item, "banAmend") != "true")
