"""The dialect itself: endpoints with their limits.

Two public endpoints of the classic API are here, too, which the unified one has no others for.

Source: https://www.bitget.com/api-doc/uta/intro
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar, Final

from exchangekit.sim import Fees, LimitRule, Rejection, VenueRules
from exchangekit_bitget.sim.shared.dialect import Endpoints, GatewayDialect, limits_of
from exchangekit_bitget.sim.shared.market_data import coins, time
from exchangekit_bitget.sim.shared.security import CLASSIC
from exchangekit_bitget.unified.sim import account, history, market_data, trading

_PUBLIC: Final[Endpoints] = (
    ("GET", "/v2/public/time", time, "fetch_time", 20),
    ("GET", "/v2/spot/public/coins", coins, "fetch_currencies", 3),
    ("GET", "/v3/market/instruments", market_data.list_instruments, "fetch_markets", 20),
    ("GET", "/v3/market/tickers", market_data.tickers, "fetch_ticker", 20),
    ("GET", "/v3/market/orderbook", market_data.orderbook, "fetch_order_book", 20),
    ("GET", "/v3/market/candles", market_data.candles, "fetch_candles", 20),
    ("GET", "/v3/market/history-candles", market_data.history_candles, "fetch_history_candles", 20),
    ("GET", "/v3/market/fills", market_data.fills, "fetch_trades", 20),
)
_PRIVATE: Final[Endpoints] = (
    ("GET", "/v3/account/assets", account.assets, "fetch_balance", 20),
    ("GET", "/v3/account/fee-rate", account.fee_rate, "fetch_trading_fees", 3),
    ("GET", "/v3/account/settings", account.settings, "fetch_account_settings", 20),
    ("GET", "/v3/account/info", account.info, "fetch_api_key", 5),
    ("POST", "/v3/trade/place-order", trading.place, "create_order", 10),
    ("POST", "/v3/trade/cancel-order", trading.cancel, "cancel_order", 10),
    ("POST", "/v3/trade/cancel-batch", trading.cancel_batch, "cancel_orders", 5),
    ("POST", "/v3/trade/cancel-symbol-order", trading.cancel_symbol, "cancel_all_orders", 5),
    ("POST", "/v3/trade/countdown-cancel-all", trading.countdown, "cancel_all_after", 1),
    ("GET", "/v3/trade/order-info", history.order, "fetch_order", 20),
    ("GET", "/v3/trade/unfilled-orders", history.unfilled, "fetch_open_orders", 20),
    ("GET", "/v3/trade/history-orders", history.history, "fetch_closed_orders", 20),
    ("GET", "/v3/trade/fills", history.my_fills, "fetch_my_trades", 20),
)


class BitgetUnifiedDialect(GatewayDialect):
    """Spot of Bitget's unified account API, for a regular user."""

    venue: ClassVar[str] = "bitgetuta"
    rules: ClassVar[VenueRules] = VenueRules(
        fees=Fees(maker=Decimal("0.001"), taker=Decimal("0.001")),
        fee_currency="received",
        fee_digits=16,
        self_trade="none",
        client_ids="open",
        post_only="cancel",
    )
    limits: ClassVar[tuple[LimitRule, ...]] = limits_of(_PUBLIC, _PRIVATE)
    public: ClassVar[Endpoints] = _PUBLIC
    private: ClassVar[Endpoints] = _PRIVATE
    elsewhere: ClassVar[tuple[str, str]] = CLASSIC
    rejections: ClassVar[Mapping[type[Rejection], str]] = trading.REJECTED
    open_to_all: ClassVar[frozenset[str]] = frozenset({"fetch_api_key"})
