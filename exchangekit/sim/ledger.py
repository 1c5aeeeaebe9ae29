"""Who owns what. Every change is a transfer between two accounts, so nothing is made or lost.

The sum of an asset over all accounts is always exactly zero: what customers own came from the
account `OUTSIDE` (deposits), what they paid in fees is in `FEES`, and the background market trades
from `HOUSE`. These three may go below zero; a customer's free and locked funds never do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from exchangekit.sim.money import WIDE, ZERO
from exchangekit.sim.orders import InsufficientFunds

OUTSIDE: Final = "(outside)"
FEES: Final = "(fees)"
HOUSE: Final = "(house)"
SYSTEM_ACCOUNTS: Final = frozenset({OUTSIDE, FEES, HOUSE})


@dataclass(slots=True)
class Balance:
    free: Decimal = ZERO
    locked: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return WIDE.add(self.free, self.locked)


class Ledger:
    """Balances by account and asset."""

    def __init__(self) -> None:
        self._accounts: dict[str, dict[str, Balance]] = {name: {} for name in SYSTEM_ACCOUNTS}

    def open_account(self, name: str, funds: Mapping[str, Decimal]) -> None:
        """Make a customer's account and deposit `funds`. An account that exists is kept."""
        self._accounts.setdefault(name, {})
        for asset, amount in funds.items():
            self.deposit(name, asset, amount)

    def accounts(self) -> list[str]:
        """Customers' accounts."""
        return [name for name in self._accounts if name not in SYSTEM_ACCOUNTS]

    def balances(self, account: str) -> Mapping[str, Balance]:
        """Every asset the account ever held, by name. Raises `KeyError` for no such account."""
        return self._accounts[account]

    def balance(self, account: str, asset: str) -> Balance:
        held = self._accounts[account]
        found = held.get(asset)
        if found is None:
            found = held[asset] = Balance()
        return found

    def deposit(self, account: str, asset: str, amount: Decimal) -> None:
        """Bring funds in from outside."""
        self.transfer(OUTSIDE, account, asset, amount)

    def set_free(self, account: str, asset: str, amount: Decimal) -> None:
        """Deposit or withdraw until exactly `amount` is free; locked funds stay as they are."""
        change = WIDE.subtract(amount, self.balance(account, asset).free)
        if change >= 0:
            self.transfer(OUTSIDE, account, asset, change)
        else:
            self.transfer(account, OUTSIDE, asset, WIDE.minus(change))

    def lock(self, account: str, asset: str, amount: Decimal) -> None:
        """Move free funds to locked. Raises `InsufficientFunds`, changing nothing."""
        balance = self.balance(account, asset)
        if balance.free < amount:
            raise InsufficientFunds(asset, amount, balance.free)
        balance.free = WIDE.subtract(balance.free, amount)
        balance.locked = WIDE.add(balance.locked, amount)

    def unlock(self, account: str, asset: str, amount: Decimal) -> None:
        balance = self.balance(account, asset)
        if balance.locked < amount:
            raise RuntimeError(f"{account} has only {balance.locked:f} {asset} locked")
        balance.locked = WIDE.subtract(balance.locked, amount)
        balance.free = WIDE.add(balance.free, amount)

    def transfer(self, source: str, target: str, asset: str, amount: Decimal) -> None:
        """Move free funds. Raises `InsufficientFunds` if a customer has too little."""
        if amount < 0:
            raise ValueError(f"a transfer of {amount:f} {asset} is no transfer")
        giver = self.balance(source, asset)
        if giver.free < amount and source not in SYSTEM_ACCOUNTS:
            raise InsufficientFunds(asset, amount, giver.free)
        taker = self.balance(target, asset)
        giver.free = WIDE.subtract(giver.free, amount)
        taker.free = WIDE.add(taker.free, amount)

    def sums(self) -> dict[str, Decimal]:
        """Per asset, the sum over all accounts: zero everywhere, or the ledger is broken."""
        totals: dict[str, Decimal] = {}
        for asset, balance in self._everything():
            totals[asset] = WIDE.add(totals.get(asset, ZERO), balance.total)
        return totals

    def _everything(self) -> Iterable[tuple[str, Balance]]:
        for held in self._accounts.values():
            yield from held.items()
