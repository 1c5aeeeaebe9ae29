"""From an order's parameters to what the engine is asked, or to Binance's refusal.

Everything Binance checks before its matching engine is checked here, in its order: which
parameters go together, how they are written, then the filters. Nothing is placed here.

Source: https://developers.binance.com/docs/binance-spot-api-docs/rest-api/trading-endpoints
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, cast

from exchangekit.sim import Context, Instrument, OrderRequest
from exchangekit_binance.sim.answers import filter_failure, refusal
from exchangekit_binance.sim.candles import average
from exchangekit_binance.sim.instruments import (
    BY_SYMBOL,
    MAX_OPEN_ORDERS,
    STP_MODES,
    price_band,
)
from exchangekit_binance.sim.parameters import Parameters
from exchangekit_binance.sim.records import made_up_id

NAMES: Final = (
    "symbol", "side", "type", "timeInForce", "quantity", "quoteOrderQty", "price",
    "newClientOrderId", "strategyId", "strategyType", "stopPrice", "trailingDelta", "icebergQty",
    "newOrderRespType", "selfTradePreventionMode", "pegPriceType", "pegOffsetValue",
    "pegOffsetType",
)  # fmt: skip

# Order types the venue has and its markets here do not offer, with the venue's words for it.
NOT_OFFERED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "STOP_LOSS": "Stop loss orders are not supported for this symbol.",
        "STOP_LOSS_LIMIT": "Stop loss limit orders are not supported for this symbol.",
        "TAKE_PROFIT": "Take profit orders are not supported for this symbol.",
        "TAKE_PROFIT_LIMIT": "Take profit limit orders are not supported for this symbol.",
    }
)
_NEEDED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "LIMIT": ("timeInForce", "quantity", "price"),
        "LIMIT_MAKER": ("quantity", "price"),
        "MARKET": (),
    }
)
_NOT_ALLOWED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "LIMIT": ("quoteOrderQty", "stopPrice", "trailingDelta"),
        "LIMIT_MAKER": ("timeInForce", "quoteOrderQty", "stopPrice", "trailingDelta"),
        "MARKET": ("timeInForce", "price", "icebergQty", "stopPrice", "trailingDelta"),
    }
)
_FILTERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "min_price": "PRICE_FILTER",
        "max_price": "PRICE_FILTER",
        "tick": "PRICE_FILTER",
        "min_amount": "LOT_SIZE",
        "max_amount": "LOT_SIZE",
        "step": "LOT_SIZE",
        "min_notional": "NOTIONAL",
        "max_notional": "NOTIONAL",
    }
)

Reply = Literal["ACK", "RESULT", "FULL"]


@dataclass(frozen=True, slots=True)
class Ticket:
    """An order that passed every check before the matching engine."""

    request: OrderRequest
    reply: Reply


def read(ctx: Context, sent: Parameters) -> Ticket:
    """Check an order's parameters and filters. Raises `Answer` with the venue's refusal."""
    item = sent.symbol()
    side = sent.need("side")
    if side not in ("BUY", "SELL"):
        raise refusal(-1117)
    kind = _kind(sent)
    reply = _reply(sent, kind)
    amount = sent.decimal("quantity", places=BY_SYMBOL[item.symbol].precision)
    price, cost = sent.decimal("price"), sent.decimal("quoteOrderQty")
    for name, number in (("quantity", amount), ("price", price), ("quoteOrderQty", cost)):
        if number is not None and not number:
            raise refusal(-1013, f"Invalid {name}.")
    request = OrderRequest(
        symbol=item.symbol,
        side="buy" if side == "BUY" else "sell",
        kind="market" if kind == "MARKET" else "limit",
        amount=amount,
        price=price,
        cost=cost,
        time_in_force=_time_in_force(sent),
        post_only=kind == "LIMIT_MAKER",
        client_id=sent.client_id("newClientOrderId")
        or made_up_id(ctx.account, len(ctx.orders()), ctx.now),
        self_trade=_self_trade(sent),
        tag=_tag(sent, kind),
    )
    if ctx.halted(item.symbol):
        raise refusal(-1013, "Market is closed.")
    check_filters(ctx, item, request)
    return Ticket(request, reply)


def _kind(sent: Parameters) -> str:
    kind = sent.need("type")
    if kind in NOT_OFFERED:
        raise refusal(-2010, NOT_OFFERED[kind])
    if kind not in _NEEDED:
        raise refusal(-1116)
    for name in _NEEDED[kind]:
        sent.need(name)
    for name in _NOT_ALLOWED[kind]:
        if name in sent:
            raise refusal(-1106, f"Parameter '{name}' sent when not required.")
    if "icebergQty" in sent:
        raise refusal(-2010, "Iceberg orders are not supported for this symbol.")
    if sent.sent(("pegPriceType", "pegOffsetValue", "pegOffsetType")):
        raise refusal(-2010, "Pegged orders are not supported for this symbol.")
    if kind == "MARKET":
        given = sent.sent(("quantity", "quoteOrderQty"))
        if not given:
            raise refusal(
                -1102,
                "Param 'quantity' or 'quoteOrderQty' must be sent, but both were empty/null!",
            )
        if len(given) == 2:
            raise refusal(-1128)
    return kind


def _reply(sent: Parameters, kind: str) -> Reply:
    wanted = sent.text("newOrderRespType") or ("ACK" if kind == "LIMIT_MAKER" else "FULL")
    if wanted not in ("ACK", "RESULT", "FULL"):
        raise refusal(-1136)
    return cast("Reply", wanted)


def _time_in_force(sent: Parameters) -> Literal["GTC", "IOC", "FOK"]:
    wanted = sent.text("timeInForce") or "GTC"
    if wanted not in ("GTC", "IOC", "FOK"):
        raise refusal(-1115)
    return cast("Literal['GTC', 'IOC', 'FOK']", wanted)


def _self_trade(
    sent: Parameters,
) -> Literal["expire_taker", "expire_maker", "expire_both"] | None:
    wanted = sent.text("selfTradePreventionMode")
    if wanted is None:
        return None
    if wanted not in STP_MODES:
        raise refusal(-1013, "This symbol does not allow the specified self-trade prevention mode.")
    return cast("Literal['expire_taker', 'expire_maker', 'expire_both']", wanted.lower())


def _tag(sent: Parameters, kind: str) -> dict[str, str]:
    tag = {"type": kind}
    for name in ("strategyId", "strategyType"):
        number = sent.integer(name)
        if number is not None:
            tag[name] = str(number)
    if int(tag.get("strategyType", "1000000")) < 1_000_000:
        raise refusal(-1134)
    return tag


def check_filters(ctx: Context, item: Instrument, request: OrderRequest) -> None:
    """Refuse an order that breaks a filter, naming the first in the venue's order."""
    market = request.kind == "market"
    usual = average(ctx, item.symbol)
    # Only the smallest notional applies to market orders; the largest does not.
    found = item.violations(
        price=request.price,
        amount=request.amount,
        cost=request.cost,
        reference=usual,
        market=market,
    )
    broken = [one for one in found if not (market and one.filter == "max_notional")]
    names = [_FILTERS[one.filter] for one in broken]
    if "PRICE_FILTER" in names:
        raise filter_failure("PRICE_FILTER")
    if request.price is not None:
        lowest, highest = price_band(item.symbol)
        if not usual * lowest <= request.price <= usual * highest:
            raise filter_failure("PERCENT_PRICE_BY_SIDE")
    if market and any(one.filter == "max_amount" for one in broken):
        over_all = request.amount is not None and request.amount > item.max_amount
        raise filter_failure("LOT_SIZE" if over_all else "MARKET_LOT_SIZE")
    if names:
        raise filter_failure(names[0])
    if len(ctx.orders(item.symbol, open_only=True)) >= MAX_OPEN_ORDERS:
        raise filter_failure("MAX_NUM_ORDERS", -2010)
