"""What several venues can all do: what a strategy may rely on wherever it goes on."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from exchangekit.adapter.base import Capabilities, Fence

_STRENGTH = ("none", "gateway", "rechecked")


def common_capabilities(each: Sequence[Capabilities]) -> Capabilities:
    """What all of `each` can do; of numbers the smaller, of proofs the weaker."""
    first = each[0]
    timeframes = {
        name: name for name in first.timeframes if all(name in one.timeframes for one in each)
    }
    return Capabilities(
        limit_orders=frozenset.intersection(*(one.limit_orders for one in each)),
        market_orders=all(one.market_orders for one in each),
        buy_with_cost=all(one.buy_with_cost for one in each),
        buy_with_amount=all(one.buy_with_amount for one in each),
        client_order_id=first.client_order_id,
        client_order_id_prefix=first.client_order_id_prefix,
        found_by_name=min(
            (one.found_by_name for one in each if one.found_by_name is not None), default=None
        ),
        timeframes=MappingProxyType(timeframes),
        candles_per_call=min(one.candles_per_call for one in each),
        book_depths=min((one.book_depths for one in each), key=max),
        trades_per_call=min(one.trades_per_call for one in each),
        my_trades_per_call=min(one.my_trades_per_call for one in each),
        orders_per_call=min(one.orders_per_call for one in each),
        cancels_per_call=min(one.cancels_per_call for one in each),
        needs_symbol=frozenset().union(*(one.needs_symbol for one in each)),
        fees_per_symbol=any(one.fees_per_symbol for one in each),
        countdown=(max(one.countdown[0] for one in each), min(one.countdown[1] for one in each)),
        fence=Fence(
            min((one.fence.kind for one in each), key=_STRENGTH.index),
            max(one.fence.margin for one in each),
        ),
    )
