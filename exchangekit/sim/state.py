"""What a running venue holds: its clock, exchange, keys, limits, faults and log, under one lock.

Speaks no venue's language and knows no request's way; that is `venue`. Whoever reads or changes it
from another thread takes `lock` first.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from exchangekit.sim.clock import VenueClock
from exchangekit.sim.exchange import Exchange
from exchangekit.sim.faults import Faults
from exchangekit.sim.instruments import Instrument
from exchangekit.sim.keys import ApiKey, KeyRing
from exchangekit.sim.limits import Limiter, LimitRule
from exchangekit.sim.orders import VenueRules
from exchangekit.sim.requestlog import RequestLog

DEFAULT_ACCOUNT: Final = "main"
DEFAULT_FUNDS: Final[Mapping[str, Decimal]] = {
    "USDT": Decimal(1_000_000),
    "USDC": Decimal(250_000),
    "BTC": Decimal(10),
    "ETH": Decimal(100),
    "SOL": Decimal(1_000),
    "XRP": Decimal(100_000),
    "DOGE": Decimal(500_000),
    "BNB": Decimal(100),
}


class VenueState:
    """`name` is the venue's; `order_id` makes its ids from a number and the time."""

    def __init__(
        self,
        name: str,
        *,
        instruments: Sequence[Instrument],
        rules: VenueRules,
        limits: tuple[LimitRule, ...],
        order_id: Callable[[int, int], str],
        seed: int,
        clock: VenueClock,
        keys: Sequence[ApiKey],
        funds: Mapping[str, Decimal],
    ) -> None:
        self.name = name
        self.rules = rules
        self.clock = clock
        self.lock = threading.RLock()
        # Set when the venue stops for good, so that nothing waits on.
        self.closing = threading.Event()
        self.on_outage: Callable[[float], None] | None = None
        self._instruments = tuple(instruments)
        self._limits = limits
        self._order_id = order_id
        self._seed = seed
        self._first_keys = tuple(keys)
        self._funds = funds
        self.reset()

    def reset(self) -> None:
        """Everything as at the start: clock, accounts, orders, keys, faults, limits, log."""
        self.clock.reset()
        self.keys = KeyRing()
        for key in self._first_keys:
            self.keys.add(replace(key))
        self.exchange = Exchange(
            instruments=self._instruments,
            rules=self.rules,
            clock=self.clock,
            seed=self._seed,
            order_id=self._order_id,
        )
        for account in {DEFAULT_ACCOUNT, *(key.account for key in self._first_keys)}:
            self.exchange.ledger.open_account(account, self._funds)
        self.limiter = Limiter(self._limits)
        self.faults = Faults()
        self._clock_fault = False
        self.log = RequestLog()

    @property
    def instruments(self) -> Mapping[str, Instrument]:
        return self.exchange.instruments

    def clear_faults(self) -> None:
        """No more faults, and what they left behind is put right."""
        self.faults.clear()
        if self.on_outage is not None:
            self.on_outage(0.0)
        if self._clock_fault:
            self.clock.set_error()
            self._clock_fault = False
        self.exchange.release_parked()

    def disturb_clock(self, *, offset: int, drift_ppm: int) -> None:
        """Make the clock wrong, as a fault does, until the faults are cleared."""
        self.clock.set_error(offset=offset, drift_ppm=drift_ppm)
        self._clock_fault = True

    def begin_outage(self, seconds: float) -> None:
        """Stop listening for a while. Raises `ValueError` if the venue is not on a socket."""
        if self.on_outage is None:
            raise ValueError("this venue is not listening: nothing to refuse")
        self.on_outage(seconds)

    def let_others_go_on(self, seconds: float) -> None:
        """Wait with the lock given up, which the caller holds and gets back."""
        self.lock.release()
        try:
            self.closing.wait(seconds)
        finally:
            self.lock.acquire()
