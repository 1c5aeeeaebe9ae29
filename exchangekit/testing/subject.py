"""The venue under test: its adapter, its simulation, its cassettes, and the simulation running."""

from __future__ import annotations

import atexit
from base64 import b64encode
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from exchangekit.adapter.base import Adapter
from exchangekit.adapter.credentials import Credentials
from exchangekit.adapter.scheme import KeyKind, scheme_of
from exchangekit.credentials import kinds_of
from exchangekit.plugins import installed
from exchangekit.testing.cassette import SIMULATED, load
from exchangekit.testing.private_keys import OTHER, PRIVATE, public_of
from exchangekit.testing.sanitise import DUMMY_KEY, DUMMY_PASSPHRASE, DUMMY_SECRET
from exchangekit.testing.world import START_MS

PAIRS = (("BTC", "USDT"), ("ETH", "USDT"), ("SHIB", "USDT"))
"""The pairs a simulation lists for the checks: enough for all of them, and cassettes stay small."""

FUNDS = {
    "USDT": Decimal(1_000_000),
    "BTC": Decimal(10),
    "ETH": Decimal(100),
    "SHIB": Decimal(1_000_000_000),
    "BNB": Decimal(100),
}


def dummy_credentials(adapter: Adapter, kind: KeyKind | None = None) -> Credentials:
    """The keys of every simulated venue here, and of every recorded request: with a secret of
    `kind`, or of the one that the venue's signer names first."""
    secret = _secret(adapter, PRIVATE.get(kind or kinds_of(adapter)[0]), DUMMY_SECRET)
    return Credentials(DUMMY_KEY, secret, DUMMY_PASSPHRASE)


def wrong_secret(adapter: Adapter, kind: KeyKind) -> str:
    """A secret of that kind which belongs to no key."""
    return _secret(adapter, OTHER.get(kind), "not-the-right-secret-at-all-0001")


def _secret(adapter: Adapter, private: str | None, plain: str) -> str:
    scheme = scheme_of(adapter.signer)
    if private is not None or scheme is None or not scheme.decoded:
        return private or plain
    return b64encode(plain.encode()).decode()


@dataclass(slots=True)
class Subject:
    """``sim`` is the dialect or None; ``cassettes`` a folder or None; ``kind`` that of the secret
    which requests are signed with, by default the one that the venue's signer names first."""

    venue: str
    adapter: Adapter
    sim: Any = None
    cassettes: Path | None = None
    kind: KeyKind | None = None
    _running: Any = field(default=None, repr=False)
    _simulated: bool | None = field(default=None, repr=False)

    def simulation(self) -> Any:
        """The simulated venue, running, as at its start."""
        if self._running is None:
            from exchangekit.sim import SimulatedVenue, VenueClock

            own = self.credentials()
            private = own.kind != "hmac"
            secret = own.secret.get_secret_value()
            listed = {(one.base, one.quote) for one in self.sim().instruments()}
            self._running = SimulatedVenue(
                self.sim,
                key=DUMMY_KEY,
                secret=secret,
                passphrase=DUMMY_PASSPHRASE,
                public_key=public_of(secret) if private else None,
                clock=VenueClock(fixed_at=START_MS),
                funds=FUNDS,
                pairs=listed.intersection(PAIRS) or None,
            ).start()
            atexit.register(self.stop)
        self._running.control.reset()
        return self._running

    def credentials(self) -> Credentials:
        """The dummy keys, with a secret of a kind that the venue takes."""
        return dummy_credentials(self.adapter, self.kind)

    def stop(self) -> None:
        """Stop the simulated venue, if it runs."""
        running, self._running = self._running, None
        if running is not None:
            atexit.unregister(self.stop)
            running.stop()

    def cassette(self, check: str) -> Path | None:
        """Where the cassette of a check is, or should be."""
        return None if self.cassettes is None else self.cassettes / f"{check}.yaml"

    def expects(self, check: str) -> bool:
        """Whether there should be a cassette of that check: of a simulated venue each one has
        one, of a real venue there is what could be recorded there."""
        path = self.cassette(check)
        if path is None:
            return False
        return path.exists() or self._of_a_simulation()

    def _of_a_simulation(self) -> bool:
        if self._simulated is None:
            assert self.cassettes is not None
            first = next(iter(sorted(self.cassettes.glob("*.yaml"))), None)
            self._simulated = first is None or load(first).origin == SIMULATED
        return self._simulated


def subject_of(
    venue: str | type[Adapter],
    sim: Any = None,
    cassettes: str | Path | None = None,
    kind: KeyKind | None = None,
) -> Subject:
    """`venue` by name, as installed, or an Adapter class; its simulation is found by itself. `kind`
    is that of the secret to sign with, where the venue takes several.

    Raises UnknownVenue or PluginError for a venue that is not installed.
    """
    adapter = installed().adapter(venue) if isinstance(venue, str) else venue()
    if sim is None:
        sim = installed().simulated().get(adapter.venue)
    folder = None if cassettes is None else Path(cassettes)
    return Subject(adapter.venue, adapter, sim, folder, kind)
