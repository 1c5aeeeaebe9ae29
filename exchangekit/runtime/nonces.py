"""Numbers that only grow, for venues that want one above the last in each signed request.

They are microseconds of this machine's clock, so that processes which sign with one key, now or
one after another, go on where the others were. Within a process a key's numbers grow whatever the
clock does. Nothing is kept on disk.

A number from a wrong clock does harm that lasts: one from the future makes the venue refuse all
right ones for as long, one from the past is refused itself. So the first number of a key is made
only where this clock and the venue's agree; after that a clock that is set changes nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable
from datetime import datetime

from exchangekit.adapter.credentials import AccountId
from exchangekit.adapter.decode import utc
from exchangekit.errors import InvalidNonce, Outcome
from exchangekit.runtime.effects import Flow, Today
from exchangekit.runtime.processes import of_one_process

APART_MS = 60_000
"""How far this machine's clock may be from the venue's."""


class Nonces:
    """The last number of each key."""

    def __init__(self) -> None:
        self._last: dict[Hashable, int] = {}
        self._lock = threading.Lock()
        of_one_process(self)

    def after_fork(self) -> None:
        self._lock = threading.Lock()

    def of(self, account: AccountId, venue_ms: int, *, shown: bool = False) -> Flow[int]:
        """The next number of the account's key at its venue. One that is only `shown` is the next
        one's again."""
        here: datetime = yield Today()
        key = account.venue, account.base_url, account.key_digest
        return self.next(key, here, venue_ms, shown=shown)

    def next(self, key: Hashable, here: datetime, venue_ms: int, *, shown: bool = False) -> int:
        """A number above all before it. Raises InvalidNonce, before anything is signed, where this
        machine's clock (`here`) would make one that went back, or one out of the future."""
        micros = round(here.timestamp() * 1_000_000)
        ahead_ms = micros // 1000 - venue_ms
        with self._lock:
            last = self._last.get(key)
            if abs(ahead_ms) <= APART_MS:
                made = micros if last is None else max(micros, last + 1)
            elif last is not None:
                made = last + 1
            else:
                raise _wrong_clock(here, venue_ms, ahead_ms)
            if not shown:
                self._last[key] = made
        return made


def _wrong_clock(here: datetime, venue_ms: int, ahead_ms: int) -> InvalidNonce:
    if ahead_ms < 0:
        why = "it would go back behind those that this key has used, and be refused"
    else:
        why = "it would be out of the future, and every right one after it refused"
    return InvalidNonce(
        f"this machine's clock says {here:%Y-%m-%d %H:%M:%S} UTC and the venue's"
        f" {utc(venue_ms):%Y-%m-%d %H:%M:%S}. The venue wants a number in each request that only"
        f" grows, made of the time: {why}",
        outcome=Outcome.NOT_SENT,
        hint="Set this machine's clock (NTP), and start again.",
    )


OF_THIS_PROCESS = Nonces()
"""For all connections."""
