"""An order's words that both APIs share, made a request to the engine.

Sources: https://www.bitget.com/api-doc/spot/trade/Place-Order and
https://www.bitget.com/api-doc/uta/trade/Place-Order
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from exchangekit.sim import Instrument, OrderRequest
from exchangekit.sim.orders import SelfTrade, TimeInForce

FORCES: Final = ("gtc", "post_only", "fok", "ioc")
_LIVES: Final[dict[str, TimeInForce]] = {"ioc": "IOC", "fok": "FOK"}
SELF_TRADE: Final[dict[str, SelfTrade]] = {
    "": "none",
    "none": "none",
    "cancel_taker": "expire_taker",
    "cancel_maker": "expire_maker",
    "cancel_both": "expire_both",
}


def places(value: Decimal) -> int:
    """Its decimals; zeros at its end count for nothing."""
    exponent = value.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    return max(-exponent, 0)


def order_request(
    instrument: Instrument,
    *,
    side: str,
    size: Decimal,
    price: Decimal | None,
    by_cost: bool,
    force: str,
    client_id: str,
    self_trade: str,
) -> OrderRequest:
    """The order as the engine takes it; without a `price` a market order, of which `force` says
    nothing."""
    return OrderRequest(
        symbol=instrument.symbol,
        side="buy" if side == "buy" else "sell",
        kind="limit" if price is not None else "market",
        amount=None if by_cost else size,
        cost=size if by_cost else None,
        price=price,
        time_in_force=_LIVES.get(force, "GTC") if price is not None else "GTC",
        post_only=price is not None and force == "post_only",
        client_id=client_id or None,
        self_trade=SELF_TRADE[self_trade],
    )
