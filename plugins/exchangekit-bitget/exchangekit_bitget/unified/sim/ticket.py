"""One order as the client wrote it, read, checked against the venue's rules, and made a request.

Raises `Refusal` with one of the venue's codes; changes nothing. What is for derivatives only
(``posSide``, ``reduceOnly``, ``marginMode``) is not looked at.

Source: https://www.bitget.com/api-doc/uta/trade/Place-Order
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from exchangekit.sim import Context, Instrument, OrderRequest
from exchangekit.sim.money import plain
from exchangekit_bitget.sim.shared import instruments
from exchangekit_bitget.sim.shared.answers import Refusal
from exchangekit_bitget.sim.shared.parameters import number
from exchangekit_bitget.sim.shared.ticket import FORCES, SELF_TRADE, order_request, places
from exchangekit_bitget.unified.sim.market_data import least_value, quote_digits
from exchangekit_bitget.unified.sim.parameters import WRONG, in_spot, needed, pair, word

_CLIENT_ID: Final = re.compile(r"[.A-Z:/a-z0-9_-]{1,32}", re.ASCII)
_PRESETS: Final = ("takeProfit", "stopLoss")


def read(ctx: Context, item: Mapping[str, object]) -> OrderRequest:
    in_spot(item)
    instrument = pair(ctx, needed(item, "symbol"))
    kind, side = needed(item, "orderType"), needed(item, "side")
    self_trade = word(item, "stpMode")
    force = (word(item, "timeInForce") or "gtc") if kind == "limit" else "gtc"
    for name, value, known in (("orderType", kind, ("limit", "market")),
                               ("side", side, ("buy", "sell")),
                               ("timeInForce", force, FORCES),
                               ("stpMode", self_trade, tuple(SELF_TRADE))):  # fmt: skip
        if value not in known:
            raise Refusal(WRONG, name)
    client_id = word(item, "clientOid")
    if client_id and not _CLIENT_ID.fullmatch(client_id):
        raise Refusal(WRONG, "clientOid")
    if any(word(item, name) for name in _PRESETS):
        raise Refusal("25593")
    if len(ctx.orders(open_only=True)) >= instruments.MOST_OPEN:
        raise Refusal("25211", str(instruments.MOST_OPEN))
    by_cost = kind == "market" and side == "buy"
    size, price = _positive(item, "qty"), None
    if places(size) > (
        quote_digits(instrument) if by_cost else instruments.digits(instrument, "amount")
    ):
        raise Refusal("25610")
    if kind == "limit":
        price = _price(ctx, instrument, side, item)
    worth = size if by_cost else size * (price or ctx.last_price(instrument.symbol))
    if worth < least_value(instrument):
        raise Refusal("25611")
    return order_request(
        instrument,
        side=side,
        size=size,
        price=price,
        by_cost=by_cost,
        force=force,
        client_id=client_id,
        self_trade=self_trade,
    )


def _positive(item: Mapping[str, object], name: str) -> Decimal:
    found = number(needed(item, name))
    if found is None:
        raise Refusal(WRONG, name)
    return found


def _price(ctx: Context, instrument: Instrument, side: str, item: Mapping[str, object]) -> Decimal:
    price = _positive(item, "price")
    if places(price) > instruments.digits(instrument, "price"):
        raise Refusal("25244", plain(instrument.tick))
    highest, lowest = instruments.price_band(instrument, ctx.last_price(instrument.symbol))
    percent = plain(instruments.PRICE_RATIO * 100)
    if side == "buy" and price > highest:
        raise Refusal("25206", instrument.symbol, percent)
    if side == "sell" and price < lowest:
        raise Refusal("25205", instrument.symbol, percent)
    return price
