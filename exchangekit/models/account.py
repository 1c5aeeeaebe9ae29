"""What an account holds, pays and may do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from exchangekit.models.base import Model, Told, trusted


class Balance(Model):
    """One asset: ``free`` to trade, ``used`` (locked in orders), ``total`` in all.

    ``total`` is what the venue says it is, None where it does not say. It is free + used only where
    the account cannot borrow: an account that may can have more in its orders than it owns.
    """

    asset: str
    free: Decimal
    used: Decimal
    total: Decimal | None = None


class Balances(Told):
    """A snapshot of the spot account. ``balances["BTC"].free``, ``"BTC" in balances``.

    Venues list only what is held, so an asset that is not listed is held at zero: `free` and
    `total` say 0 for it, while ``balances["XYZ"]`` raises KeyError, since it may be a typing error.
    """

    assets: Mapping[str, Balance]
    timestamp: datetime | None = None

    def __getitem__(self, asset: str) -> Balance:
        return self.assets[asset]

    def __contains__(self, asset: object) -> bool:
        return asset in self.assets

    def __len__(self) -> int:
        return len(self.assets)

    def names(self) -> Iterator[str]:
        """The assets that the venue lists."""
        return iter(self.assets)

    def get(self, asset: str) -> Balance | None:
        """The balance of an asset, None if the venue does not list it."""
        return self.assets.get(asset)

    def free(self, asset: str) -> Decimal:
        """What can be traded of an asset, 0 if the venue does not list it."""
        held = self.assets.get(asset)
        return held.free if held else Decimal(0)

    def total(self, asset: str) -> Decimal | None:
        """What is held of an asset, free and locked, 0 if the venue does not list it; None where it
        lists it and does not say."""
        held = self.assets.get(asset)
        return held.total if held else Decimal(0)


class TradingFee(Told):
    """The account's rates for one symbol: 0.001 is 0.1 %; a negative rate is a rebate."""

    symbol: str
    maker: Decimal
    taker: Decimal


class ApiKeyInfo(Told):
    """What an API key may do. None means that the venue does not say.

    ``ip_restricted`` is whether the key works from listed addresses only; ``ips`` lists them.
    ``expires`` (UTC) is when the key ends, or may trade no more; None also for a key without end.
    """

    can_read: bool | None = None
    can_trade: bool | None = None
    can_withdraw: bool | None = None
    ip_restricted: bool | None = None
    ips: tuple[str, ...] | None = None
    account_id: str | None = None
    label: str | None = None
    expires: datetime | None = None


make_balance = trusted(Balance)
make_balances = trusted(Balances)
make_trading_fee = trusted(TradingFee)
make_api_key_info = trusted(ApiKeyInfo)
