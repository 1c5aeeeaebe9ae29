"""Clients of simulated venues that share nothing with the kit, for venues that sign in headers.

A venue's tests say how it signs, with code written there, and where its paths begin. What is sent
are exactly the bytes that a test gives, so that it can change one after signing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, TypeVar

from exchangekit.sim import SimulatedVenue
from exchangekit.sim.clock import VenueClock
from support.patience import PATIENCE

NOW = int(datetime(2026, 3, 10, 12, 34, 56, 500_000, UTC).timestamp() * 1000)
KEY, SECRET, PASSPHRASE = "raw-key", "raw-secret", "raw pass phrase"

C = TypeVar("C", bound="RawClient")


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: Any


@dataclass(frozen=True)
class DataReply(Reply):
    """Of a venue whose envelope is ``code``, ``msg``, ``data``."""

    @property
    def code(self) -> str:
        return self.body["code"]

    @property
    def data(self) -> Any:
        return self.body["data"]

    @property
    def one(self) -> Any:
        """The only element of ``data``."""
        (found,) = self.body["data"]
        return found


class RawClient:
    """Requests to one simulated venue."""

    api: ClassVar[str]
    """What every path begins with."""
    answers: ClassVar[type[Reply]] = Reply

    def __init__(self, sim: SimulatedVenue) -> None:
        self.sim = sim
        self.key, self.secret, self.passphrase = KEY, SECRET, PASSPHRASE
        self._http = http.client.HTTPConnection(sim.url.removeprefix("http://"), timeout=PATIENCE)

    def target(self, path: str, query: dict[str, object]) -> str:
        pairs = "&".join(f"{name}={value}" for name, value in query.items())
        return self.api + path + ("?" + pairs if pairs else "")

    def send(
        self, method: str, target: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Any:
        self._http.request(method, target, body or None, headers or {})
        answer = self._http.getresponse()
        raw = answer.read()
        told = json.loads(raw) if raw.startswith(b"{") else raw.decode()
        return self.answers(answer.status, {k.lower(): v for k, v in answer.getheaders()}, told)

    def moment(self, at: int | None = None) -> int:
        """The venue's time, or the one that a request claims to be sent at."""
        now: int = self.sim.control.clock()["now"]
        return now if at is None else at

    def signed(self, method: str, target: str, body: bytes) -> dict[str, str]:
        """The headers of a signed request."""
        raise NotImplementedError

    def get(self, path: str, **query: object) -> Any:
        """A public request."""
        return self.send("GET", self.target(path, query))

    def private(self, path: str, **query: object) -> Any:
        """A signed GET."""
        where = self.target(path, query)
        return self.send("GET", where, b"", self.signed("GET", where, b""))

    def post(self, path: str, body: object, **extra: str) -> Any:
        """A signed POST; `extra` are further headers."""
        where, raw = self.target(path, {}), json.dumps(body).encode()
        return self.send("POST", where, raw, self.signed("POST", where, raw) | extra)

    def truth(self, order_id: str) -> Any:
        """The order as the ledger holds it."""
        (found,) = [order for order in self.sim.control.orders() if order["id"] == order_id]
        return found

    def close(self) -> None:
        self._http.close()


class PassphraseClient(RawClient):
    """base64(HMAC-SHA256(secret, timestamp + METHOD + path?query + body)) and its company."""

    prefix: ClassVar[str]
    """What the names of its headers begin with."""
    answers = DataReply

    def stamp(self, moment: int) -> str:
        return str(moment)

    def headers(
        self,
        method: str,
        signed_target: str,
        body: bytes = b"",
        *,
        at: int | None = None,
        stamp: str | None = None,
    ) -> dict[str, str]:
        stamp = self.stamp(self.moment(at)) if stamp is None else stamp
        prehash = stamp.encode() + method.encode() + signed_target.encode() + body
        digest = hmac.new(self.secret.encode(), prehash, hashlib.sha256).digest()
        return {
            f"{self.prefix}-KEY": self.key,
            f"{self.prefix}-SIGN": base64.b64encode(digest).decode(),
            f"{self.prefix}-TIMESTAMP": stamp,
            f"{self.prefix}-PASSPHRASE": self.passphrase,
            "Content-Type": "application/json",
        }

    def signed(self, method: str, target: str, body: bytes) -> dict[str, str]:
        return self.headers(method, target, body)


@contextmanager
def opened(
    client: type[C], dialect: Any, key: str = KEY, passphrase: str = PASSPHRASE
) -> Iterator[C]:
    """A client of a venue where time stands still and nothing is limited until told otherwise."""
    clock = VenueClock(fixed_at=NOW)
    with SimulatedVenue(
        dialect, key=key, secret=SECRET, passphrase=passphrase, clock=clock
    ) as venue:
        venue.control.limits(enabled=False)
        made = client(venue)
        made.key = key
        try:
            yield made
        finally:
            made.close()
