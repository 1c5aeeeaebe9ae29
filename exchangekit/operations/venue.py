"""`OneVenue`: the operations of one connection to one venue, a part a page."""

from __future__ import annotations

from exchangekit.adapter.base import Capabilities
from exchangekit.models.markets import Markets
from exchangekit.operations.account import Account
from exchangekit.operations.candles import Candles
from exchangekit.operations.explain import Explaining
from exchangekit.operations.history import History
from exchangekit.operations.market_data import MarketData
from exchangekit.operations.raw import Raw
from exchangekit.operations.requirements import missing
from exchangekit.operations.resolving import Resolving
from exchangekit.operations.trading import Trading


class OneVenue(MarketData, Candles, Account, Trading, Resolving, Explaining, History, Raw):
    """All operations of one venue, each from the one part that serves it."""

    @property
    def venue(self) -> str:
        return self.adapter.venue

    @property
    def account(self) -> str | None:
        return self.connection.policy.account

    @property
    def environment(self) -> str:
        return self.connection.environment

    @property
    def base_url(self) -> str:
        return self.connection.policy.environment.base_url

    @property
    def capabilities(self) -> Capabilities:
        return self.adapter.capabilities

    @property
    def markets(self) -> Markets | None:
        return self.connection.markets

    def requires(self, *needs: str) -> tuple[str, ...]:
        return missing(self.adapter, self.connection.environment, needs)
