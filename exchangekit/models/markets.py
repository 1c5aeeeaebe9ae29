"""All markets of a venue, found by their unified symbol and by the venue's own name."""

from __future__ import annotations

import re
from typing import ClassVar, NamedTuple

from exchangekit.models.base import Told
from exchangekit.models.market import Market, make_market

_ID = re.compile(r"[^\s/]{2,40}")
_SEPARATORS = str.maketrans("", "", "-_/ ")


class SkippedMarket(NamedTuple):
    """A market of the venue that could not be read, and why. The others are not affected."""

    id: str
    reason: str


class Markets(Told):
    """All markets of a venue by unified symbol; ``skipped`` are those that could not be read."""

    inner: ClassVar[tuple[str, ...]] = ("by_symbol",)

    by_symbol: dict[str, Market]
    by_id: dict[str, Market]
    skipped: tuple[SkippedMarket, ...] = ()

    def __contains__(self, symbol: object) -> bool:
        return symbol in self.by_symbol

    def __getitem__(self, symbol: str) -> Market:
        return self.by_symbol[symbol]

    def __len__(self) -> int:
        return len(self.by_symbol)

    def get(self, symbol: str) -> Market | None:
        """The market of a unified symbol, None if there is none."""
        return self.by_symbol.get(symbol)

    def symbols(self) -> tuple[str, ...]:
        """All unified symbols."""
        return tuple(self.by_symbol)

    def spelling(self, name: str) -> str | None:
        """The symbol that differs from `name` in case and separators alone, None if there is
        none: BTC/USDT for ``btc-usdt`` and for the venue's id ``BTCUSDT``."""
        folded = _folded(name)
        return next((one for one in self.by_symbol if _folded(one) == folded), None)

    def symbol_of(self, venue_id: str) -> str:
        """The unified symbol of the venue's id; the id itself where the venue lists no such
        market (delisted), since a model of it must not be lost."""
        market = self.by_id.get(venue_id)
        return venue_id if market is None else market.symbol

    def of_id(self, venue_id: str) -> Market | None:
        """The market of the venue's id; where the venue lists no such market (delisted), one that
        is inactive and has that id as its symbol, as `symbol_of` tells it. None for what no venue
        could mean: empty, too long, with a slash or white space in it, or a listed symbol that is
        spelt otherwise."""
        market = self.by_id.get(venue_id)
        if market is None and _ID.fullmatch(venue_id) and self.spelling(venue_id) is None:
            return make_market(symbol=venue_id, id=venue_id, base="", quote="", active=False)
        return market


def _folded(name: str) -> str:
    return name.translate(_SEPARATORS).upper()


def index(markets: tuple[Market, ...], skipped: tuple[SkippedMarket, ...] = ()) -> Markets:
    return Markets(
        by_symbol={market.symbol: market for market in markets},
        by_id={market.id: market for market in markets},
        skipped=skipped,
    )
