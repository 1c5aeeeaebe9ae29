"""What every venue is translated into: the ground floor. Imports nothing above it."""

from exchangekit.models.account import ApiKeyInfo, Balance, Balances, TradingFee
from exchangekit.models.base import Model, Source
from exchangekit.models.enums import (
    Liquidity,
    OrderStatus,
    OrderType,
    OrderTypeWord,
    Proof,
    Side,
    SideWord,
    TimeInForce,
    TimeInForceWord,
    VenueState,
)
from exchangekit.models.explanation import OrderExplanation
from exchangekit.models.halting import Halt
from exchangekit.models.market import Market, Problem
from exchangekit.models.market_data import BookLevel, Candle, OrderBook, Status, Ticker, Trade
from exchangekit.models.markets import Markets, SkippedMarket
from exchangekit.models.numbers import Number
from exchangekit.models.orders import (
    CancelAllRequest,
    CancelFailure,
    CancelReport,
    CancelRequest,
    Countdown,
    Fee,
    LimitOrder,
    MarketBuyWithCost,
    MarketOrder,
    MyTrade,
    Order,
    OrderRequest,
    Resolution,
    Until,
)
from exchangekit.models.recovery import Reconciled

__all__ = [
    "ApiKeyInfo",
    "Balance",
    "Balances",
    "BookLevel",
    "CancelAllRequest",
    "CancelFailure",
    "CancelReport",
    "CancelRequest",
    "Candle",
    "Countdown",
    "Fee",
    "Halt",
    "LimitOrder",
    "Liquidity",
    "Market",
    "MarketBuyWithCost",
    "MarketOrder",
    "Markets",
    "Model",
    "MyTrade",
    "Number",
    "Order",
    "OrderBook",
    "OrderExplanation",
    "OrderRequest",
    "OrderStatus",
    "OrderType",
    "OrderTypeWord",
    "Problem",
    "Proof",
    "Reconciled",
    "Resolution",
    "Side",
    "SideWord",
    "SkippedMarket",
    "Source",
    "Status",
    "Ticker",
    "TimeInForce",
    "TimeInForceWord",
    "Trade",
    "TradingFee",
    "Until",
    "VenueState",
]
