"""One order as the client wrote it, read, checked against the venue's rules, and made a request.

Raises `Refusal` with one of the venue's codes; changes nothing.

Source: https://www.bitget.com/api-doc/spot/trade/Place-Order
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from exchangekit.sim import Context, Instrument, OrderRequest
from exchangekit.sim.money import plain
from exchangekit_bitget.sim.market_data import QUOTE_DIGITS
from exchangekit_bitget.sim.shared import instruments
from exchangekit_bitget.sim.shared.answers import Refusal
from exchangekit_bitget.sim.shared.parameters import needed, number, word
from exchangekit_bitget.sim.shared.ticket import FORCES, SELF_TRADE, order_request, places

_CLIENT_ID: Final = re.compile(r"[\x21-\x7e]{1,50}", re.ASCII)


def read(ctx: Context, item: Mapping[str, object]) -> OrderRequest:
    instrument = _market(ctx, item)
    kind, side = needed(item, "orderType"), needed(item, "side")
    for name, value, known in (("orderType", kind, ("limit", "market")),
                               ("side", side, ("buy", "sell")),
                               ("stpMode", word(item, "stpMode"), tuple(SELF_TRADE)),
                               ("tpslType", word(item, "tpslType"), ("", "normal"))):  # fmt: skip
        if value not in known:
            raise Refusal("40020", name)
    client_id = word(item, "clientOid")
    if client_id and not _CLIENT_ID.fullmatch(client_id):
        raise Refusal("40305")
    here = [order for order in ctx.orders(open_only=True) if order.symbol == instrument.symbol]
    if len(here) >= instruments.MOST_OPEN:
        raise Refusal("43005", str(instruments.MOST_OPEN))
    by_cost = kind == "market" and side == "buy"
    digits = QUOTE_DIGITS if by_cost else instruments.digits(instrument, "amount")
    size = _scaled(item, "size", digits)
    price = None
    force = word(item, "force").lower()
    if kind == "limit":
        if force not in FORCES:
            raise Refusal("40020" if force else "40019", "force")
        price = _scaled(item, "price", instruments.digits(instrument, "price"))
        _banded(ctx, instrument, side, price)
    _least_and_most(ctx, instrument, size, price, by_cost=by_cost)
    return order_request(
        instrument,
        side=side,
        size=size,
        price=price,
        by_cost=by_cost,
        force=force,
        client_id=client_id,
        self_trade=word(item, "stpMode"),
    )


def _market(ctx: Context, item: Mapping[str, object]) -> Instrument:
    name = needed(item, "symbol")
    found = ctx.instrument(name)
    if found is None:
        raise Refusal("40034", name)
    return found


def _scaled(item: Mapping[str, object], name: str, digits: int) -> Decimal:
    """A positive number of so many decimals at most; zeros at its end count for nothing."""
    given = needed(item, name)
    found = number(given)
    if found is None:
        raise Refusal("40017", name)
    if places(found) > digits:
        raise Refusal("40808", name, given, str(digits))
    return found


def _banded(ctx: Context, instrument: Instrument, side: str, price: Decimal) -> None:
    highest, lowest = instruments.price_band(instrument, ctx.last_price(instrument.symbol))
    if side == "buy" and price > highest:
        raise Refusal("40815", plain(highest))
    if side == "sell" and price < lowest:
        raise Refusal("40816", plain(lowest))


def _least_and_most(
    ctx: Context, instrument: Instrument, size: Decimal, price: Decimal | None, *, by_cost: bool
) -> None:
    value = size if by_cost else size * (price or ctx.last_price(instrument.symbol))
    if value * instruments.usdt(ctx, instrument.quote) < instruments.MIN_USDT:
        raise Refusal("45110", plain(instruments.MIN_USDT))
    if not by_cost and size > instrument.max_amount:
        raise Refusal("45112", plain(instrument.max_amount))
