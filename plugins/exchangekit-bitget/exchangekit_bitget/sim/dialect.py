"""The dialect itself: endpoints with their limits.

Source: https://www.bitget.com/api-doc/spot/intro
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar, Final

from exchangekit.sim import Fees, LimitRule, Rejection, VenueRules
from exchangekit_bitget.sim import account, history, market_data, trading
from exchangekit_bitget.sim.shared.dialect import Endpoints, GatewayDialect, limits_of
from exchangekit_bitget.sim.shared.market_data import coins, nothing, time
from exchangekit_bitget.sim.shared.security import UNIFIED

_PUBLIC: Final[Endpoints] = (
    ("GET", "/v2/public/time", time, "fetch_time", 20),
    ("GET", "/v2/spot/public/coins", coins, "fetch_currencies", 3),
    ("GET", "/v2/spot/public/symbols", market_data.symbols, "fetch_markets", 20),
    ("GET", "/v2/spot/market/tickers", market_data.tickers, "fetch_ticker", 20),
    ("GET", "/v2/spot/market/orderbook", market_data.orderbook, "fetch_order_book", 20),
    ("GET", "/v2/spot/market/candles", market_data.candles, "fetch_candles", 20),
    (
        "GET",
        "/v2/spot/market/history-candles",
        market_data.history_candles,
        "fetch_history_candles",
        20,
    ),
    ("GET", "/v2/spot/market/fills", market_data.recent_trades, "fetch_trades", 10),
    (
        "GET",
        "/v2/spot/market/fills-history",
        market_data.old_trades,
        "fetch_history_trades",
        10,
    ),
    ("GET", "/v2/mix/market/contracts", nothing, "fetch_contracts", 20),
    ("GET", "/v2/margin/currencies", nothing, "fetch_margin_currencies", 10),
)
_PRIVATE: Final[Endpoints] = (
    ("GET", "/v2/spot/account/assets", account.assets, "fetch_balance", 10),
    ("GET", "/v2/spot/account/info", account.info, "fetch_api_key", 1),
    ("GET", "/v2/common/trade-rate", account.trade_rate, "fetch_trading_fees", 10),
    ("POST", "/v2/spot/trade/place-order", trading.place, "create_order", 10),
    ("POST", "/v2/spot/trade/batch-orders", trading.place_batch, "create_orders", 5),
    ("POST", "/v2/spot/trade/cancel-order", trading.cancel, "cancel_order", 10),
    ("POST", "/v2/spot/trade/batch-cancel-order", trading.cancel_batch, "cancel_orders", 10),
    (
        "POST",
        "/v2/spot/trade/cancel-symbol-order",
        trading.cancel_symbol,
        "cancel_all_orders",
        5,
    ),
    ("GET", "/v2/spot/trade/orderInfo", history.order, "fetch_order", 20),
    ("GET", "/v2/spot/trade/unfilled-orders", history.unfilled, "fetch_open_orders", 20),
    ("GET", "/v2/spot/trade/history-orders", history.history, "fetch_closed_orders", 20),
    ("GET", "/v2/spot/trade/fills", history.my_fills, "fetch_my_trades", 10),
)


class BitgetDialect(GatewayDialect):
    """Bitget's classic spot API, for a regular user."""

    venue: ClassVar[str] = "bitget"
    rules: ClassVar[VenueRules] = VenueRules(
        fees=Fees(maker=Decimal("0.001"), taker=Decimal("0.001")),
        fee_currency="received",
        fee_digits=16,
        self_trade="none",
        client_ids="open",
        client_ids_ms=6 * 3_600_000,
        post_only="cancel",
    )
    limits: ClassVar[tuple[LimitRule, ...]] = limits_of(_PUBLIC, _PRIVATE)
    public: ClassVar[Endpoints] = _PUBLIC
    private: ClassVar[Endpoints] = _PRIVATE
    elsewhere: ClassVar[tuple[str, str]] = UNIFIED
    rejections: ClassVar[Mapping[type[Rejection], str]] = trading.REJECTED
