"""Asking the venues lightly, each from a thread of its own: a venue that hangs holds up no other.

The failover hears every reply, and so knows how each venue is. What is passed over is not asked
before its time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from exchangekit.errors import ExchangeError, ExchangeKitError
from exchangekit.exchange import SyncExchange
from exchangekit.failover import Circuit, Kind, State, SyncFailover
from exchangekit.failover.vitals import vitals
from exchangekit.models.orders import Order

PUBLIC_EVERY, PRIVATE_EVERY = 2.0, 10.0
"""Seconds between two questions for the time, and between two about the account."""
ALL_SYMBOLS = "all_symbols:fetch_open_orders"


@dataclass(frozen=True, slots=True)
class Told:
    """What a venue told last: by how many ms its clock is ahead of this machine's (to within
    ``within_ms``), and its open orders (None: not told, ``no_orders`` says why)."""

    ahead_ms: float | None = None
    within_ms: float | None = None
    orders: tuple[Order, ...] | None = None
    no_orders: str | None = None


class Prober:
    """The questions to one venue."""

    def __init__(self, failover: SyncFailover, key: str) -> None:
        self.key = key
        self.told = Told()
        self._failover = failover
        self._exchange: SyncExchange = failover.exchanges[key]
        self._has_key = vitals(failover)[key].has_key
        self._lists_all = not self._exchange.requires(ALL_SYMBOLS)

    def ask(self, *, account: bool) -> None:
        """The time, and with `account` what needs a key. What fails is known to the failover."""
        if self._may_ask(Kind.PUBLIC):
            self._ask_time()
        if account:
            self._ask_account()

    def run(self, stop: threading.Event) -> None:
        """`ask` again and again until `stop`."""
        next_account = time.monotonic() + PRIVATE_EVERY
        while not stop.wait(PUBLIC_EVERY):
            account = time.monotonic() >= next_account
            if account:
                next_account = time.monotonic() + PRIVATE_EVERY
            # What is closed in the meantime is asked no more.
            with suppress(ExchangeKitError):
                self.ask(account=account)

    def _may_ask(self, kind: Kind) -> bool:
        circuit: Circuit = self._failover.health()[self.key][kind]
        if circuit.state is not State.OPEN or circuit.retry_at is None:
            return True
        return time.monotonic() >= circuit.retry_at

    def _ask_time(self) -> None:
        before, began = datetime.now(UTC), time.monotonic()
        try:
            told = self._exchange.fetch_time()
        except ExchangeError:
            self._now_told(ahead_ms=None, within_ms=None)
            return
        half = (time.monotonic() - began) * 500
        ahead = (told - before).total_seconds() * 1000 - half
        self._now_told(ahead_ms=ahead, within_ms=half)

    def _ask_account(self) -> None:
        if not self._has_key:
            self._now_told(orders=None, no_orders="no key")
        elif self._may_ask(Kind.PRIVATE):
            try:
                if self._lists_all:
                    self._now_told(orders=self._exchange.fetch_open_orders(), no_orders=None)
                else:
                    self._exchange.fetch_balance()
                    self._now_told(orders=None, no_orders="told of one symbol at a time only")
            except ExchangeError as problem:
                self._now_told(orders=None, no_orders=problem.message)

    def _now_told(self, **more: Any) -> None:
        self.told = replace(self.told, **more)


def probers(failover: SyncFailover) -> Mapping[str, Prober]:
    """One for each venue, each of which has asked once."""
    made = {key: Prober(failover, key) for key in failover.exchanges}
    asking = [
        threading.Thread(target=one.ask, kwargs={"account": True}, daemon=True)
        for one in made.values()
    ]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    return made


def keep_asking(made: Mapping[str, Prober], stop: threading.Event) -> None:
    """In the background, until `stop`."""
    for one in made.values():
        threading.Thread(target=one.run, args=(stop,), daemon=True).start()
