"""What a list of orders or fills is asked for, in one value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchangekit.adapter.decode import milliseconds
from exchangekit.models.market import Market
from exchangekit.models.markets import Markets


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time, UTC-aware: ``since`` included, ``until`` excluded."""

    since: datetime
    until: datetime

    @property
    def first(self) -> int:
        """In milliseconds since 1970, included."""
        return milliseconds(self.since)

    @property
    def last(self) -> int:
        """In milliseconds since 1970, included."""
        return milliseconds(self.until) - 1


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the orders or fills of ``market``, or of all ``markets`` where it is None.

    Those inside ``window``, or else the newest ``limit``; ``cursor`` is what the page before named
    as `Page.next`, None for the first.
    """

    markets: Markets
    market: Market | None = None
    window: Window | None = None
    limit: int = 100
    cursor: str | None = None

    @property
    def where(self) -> Market | Markets:
        """Which markets its rows may be of: what `parse_rows` wants to know."""
        return self.market or self.markets

    @property
    def market_id(self) -> str | None:
        """The venue's name of the market that was asked for; None for all."""
        return None if self.market is None else self.market.id

    @property
    def one(self) -> Market:
        """The market, where `Capabilities.needs_symbol`, or where one order is asked about."""
        assert self.market is not None, "needs_symbol"
        return self.market
