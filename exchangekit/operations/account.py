"""What the account holds, pays and may do."""

from __future__ import annotations

from collections.abc import Sequence

from exchangekit.adapter import identity
from exchangekit.errors import InvalidInput
from exchangekit.models.account import ApiKeyInfo, Balances, TradingFee
from exchangekit.operations.arguments import names
from exchangekit.operations.part import Part
from exchangekit.runtime.effects import Flow


class Account(Part):
    def fetch_balance(self) -> Flow[Balances]:
        self.connection.need("fetch_balance")
        return (yield from self.connection.call("fetch_balance", self.adapter.fetch_balance()))

    def fetch_api_key(self) -> Flow[ApiKeyInfo]:
        self.connection.need("fetch_api_key")
        return (yield from self.connection.call("fetch_api_key", self.adapter.fetch_api_key()))

    def fetch_trading_fees(
        self, symbols: Sequence[str] | None = None
    ) -> Flow[dict[str, TradingFee]]:
        self.connection.need("fetch_trading_fees")
        one_by_one = self.adapter.capabilities.fees_per_symbol
        with self.connection.checking("fetch_trading_fees"):
            symbols = names(symbols)
            if symbols is None and one_by_one:
                raise InvalidInput(
                    f"{self.adapter.title} tells fees one symbol at a time: pass symbols"
                )
        markets = yield from self.connection.load_markets()
        found: dict[str, TradingFee] = {}
        for symbol in symbols or ():
            market = yield from self.connection.market(symbol, "fetch_trading_fees")
            if one_by_one:
                call = identity.by_name(self.adapter.fetch_trading_fees(markets, market), market)
                found.update((yield from self.connection.call("fetch_trading_fees", call)))
        if not one_by_one and (symbols is None or symbols):
            call = identity.by_name(self.adapter.fetch_trading_fees(markets, None))
            found.update((yield from self.connection.call("fetch_trading_fees", call)))
        if symbols is None:
            return found
        return {symbol: found[symbol] for symbol in symbols if symbol in found}
