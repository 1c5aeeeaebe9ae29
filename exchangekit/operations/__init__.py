"""Every operation, written once as flows over the policy. `Exchange` and `SyncExchange` carry
them out."""

from __future__ import annotations

from exchangekit.operations.account import Account
from exchangekit.operations.candles import Candles
from exchangekit.operations.explain import Explaining
from exchangekit.operations.hooks import Hooks
from exchangekit.operations.market_data import MarketData
from exchangekit.operations.raw import Raw
from exchangekit.operations.requirements import missing
from exchangekit.operations.trading import Trading


class Operations(MarketData, Candles, Account, Trading, Explaining, Raw):
    """All operations of one connection."""


__all__ = ["Hooks", "Operations", "missing"]
