"""What a trade costs: rates, the currency of a fee, and taking it from the account.

A fee is cut (never rounded up) to the venue's decimals, so it cannot exceed what was locked for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from exchangekit.sim.accounts import AccountState
from exchangekit.sim.instruments import Fees, Instrument
from exchangekit.sim.ledger import FEES, Ledger
from exchangekit.sim.money import ONE, WIDE, ZERO, round_digits
from exchangekit.sim.orders import Order, VenueRules

# The price of an asset in another, None if there is no market to tell.
PriceOf = Callable[[str, str], Decimal | None]


class FeeDesk:
    """Charges fees by one venue's rules."""

    def __init__(
        self,
        ledger: Ledger,
        rules: VenueRules,
        instruments: Mapping[str, Instrument],
        account: Callable[[str], AccountState],
        price_of: PriceOf,
    ) -> None:
        self._ledger = ledger
        self._rules = rules
        self._instruments = instruments
        self._account = account
        self._price_of = price_of

    def rates(self, account: str, symbol: str) -> Fees:
        """The account's own rates, else the instrument's, else the venue's."""
        return self._account(account).fees or self._instruments[symbol].fees or self._rules.fees

    def with_fee(self, account: str, symbol: str, cost: Decimal) -> Decimal:
        """`cost` and the fee that may come on top of it, at the higher of the two rates: whether an
        order makes or takes is not known when its funds are locked."""
        if self._rules.fee_currency != "quote":
            return cost
        rates = self.rates(account, symbol)
        return WIDE.multiply(cost, ONE + max(rates.maker, rates.taker, ZERO))

    def charge(
        self, order: Order, amount: Decimal, cost: Decimal, *, maker: bool
    ) -> tuple[Decimal, str]:
        """Take the fee (or pay the rebate); how much, and in which asset."""
        rates, instrument = self.rates(order.account, order.symbol), self._instruments[order.symbol]
        rate = rates.maker if maker else rates.taker
        third = self._in_third(order, rate, cost, instrument)
        if third is not None:
            fee, asset = third
        elif self._rules.fee_currency == "received" and order.side == "buy":
            fee, asset = self._rounded(WIDE.multiply(amount, rate)), instrument.base
        else:
            fee, asset = self._rounded(WIDE.multiply(cost, rate)), instrument.quote
        if fee >= 0:
            self._ledger.transfer(order.account, FEES, asset, fee)
        else:
            self._ledger.transfer(FEES, order.account, asset, WIDE.minus(fee))
        return fee, asset

    def _in_third(
        self, order: Order, rate: Decimal, cost: Decimal, instrument: Instrument
    ) -> tuple[Decimal, str] | None:
        """The fee in the venue's own coin, if the account wants that and holds enough."""
        asset = self._rules.fee_asset
        if asset is None or rate <= 0 or not self._account(order.account).pays_with_fee_asset:
            return None
        price = self._price_of(asset, instrument.quote)
        if not price:
            return None
        value = WIDE.multiply(WIDE.multiply(cost, rate), self._rules.fee_asset_discount)
        fee = self._rounded(WIDE.divide(value, price))
        return (fee, asset) if self._ledger.balance(order.account, asset).free >= fee else None

    def _rounded(self, fee: Decimal) -> Decimal:
        return round_digits(fee, self._rules.fee_digits)
