"""A client for the simulated venue's tests that shares nothing with the kit.

It signs as the venue documents, with code written here, and sends exactly the bytes it is
told to, so that a test can change one byte after signing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from exchangekit_bitget.sim import BitgetDialect
from support.patience import PATIENCE

from exchangekit.sim import SimulatedVenue
from exchangekit.sim.clock import VenueClock

NOW = 1_773_146_096_500  # 2026-03-10 12:34:56.500, in the tests as well
KEY, SECRET, PASSPHRASE = "raw-key", "raw-secret", "raw pass phrase"


@dataclass(frozen=True)
class Reply:
    status: int
    body: Any

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
    """Requests to one simulated venue. `at` is the moment signed requests claim to be sent."""

    def __init__(self, sim: SimulatedVenue) -> None:
        self.sim = sim
        self.ticket, self.target = ticket, target
        self.key, self.secret, self.passphrase = KEY, SECRET, PASSPHRASE
        self._http = http.client.HTTPConnection(sim.url.removeprefix("http://"), timeout=PATIENCE)

    def send(
        self, method: str, target: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Reply:
        self._http.request(method, target, body or None, headers or {})
        answer = self._http.getresponse()
        return Reply(answer.status, json.loads(answer.read()))

    def get(self, path: str, **query: object) -> Reply:
        """A public request."""
        return self.send("GET", target(path, query))

    def headers(
        self,
        method: str,
        signed_target: str,
        body: bytes = b"",
        *,
        at: int | None = None,
        stamp: str | None = None,
    ) -> dict[str, str]:
        """base64(HMAC-SHA256(secret, timestamp + METHOD + path?query + body)) and its company."""
        if stamp is None:
            stamp = str(self.sim.control.clock()["now"] if at is None else at)
        prehash = stamp.encode() + method.encode() + signed_target.encode() + body
        digest = hmac.new(self.secret.encode(), prehash, hashlib.sha256).digest()
        return {
            "ACCESS-KEY": self.key,
            "ACCESS-SIGN": base64.b64encode(digest).decode(),
            "ACCESS-TIMESTAMP": stamp,
            "ACCESS-PASSPHRASE": self.passphrase,
            "Content-Type": "application/json",
        }

    def private(self, path: str, **query: object) -> Reply:
        """A signed GET."""
        where = target(path, query)
        return self.send("GET", where, b"", self.headers("GET", where))

    def post(self, path: str, body: object, **extra: str) -> Reply:
        """A signed POST; `extra` are further headers."""
        where = target(path, {})
        raw = json.dumps(body).encode()
        return self.send("POST", where, raw, {**self.headers("POST", where, raw), **extra})

    def close(self) -> None:
        self._http.close()

    # --- the orders most tests need ---
    def order(self, **fields: str) -> Reply:
        """Place one order; what is not given is a small limit buy far below the market."""
        return self.post("/spot/trade/place-order", ticket(**fields))

    def see(self, order_id: str) -> Any:
        """The order as the venue shows it."""
        return self.private("/spot/trade/orderInfo", orderId=order_id).one

    def truth(self, order_id: str) -> Any:
        """The order as the ledger holds it."""
        (found,) = [order for order in self.sim.control.orders() if order["id"] == order_id]
        return found


def ticket(**fields: str) -> dict[str, str]:
    usual = {
        "symbol": "BTCUSDT", "side": "buy", "orderType": "limit", "force": "gtc",
        "price": "50000", "size": "0.01",
    }  # fmt: skip
    merged = usual | fields
    if merged["orderType"] == "market" and "price" not in fields:
        del merged["price"]
    return {name: value for name, value in merged.items() if value != "-"}


def target(path: str, query: dict[str, object]) -> str:
    pairs = "&".join(f"{name}={value}" for name, value in query.items())
    return "/api/v2" + path + ("?" + pairs if pairs else "")


@contextmanager
def opened(dialect: type[BitgetDialect] = BitgetDialect) -> Iterator[RawClient]:
    """A client of a venue where time stands still and nothing is limited until told otherwise."""
    clock = VenueClock(fixed_at=NOW)
    with SimulatedVenue(
        dialect, key=KEY, secret=SECRET, passphrase=PASSPHRASE, clock=clock
    ) as venue:
        venue.control.limits(enabled=False)
        client = RawClient(venue)
        try:
            yield client
        finally:
            client.close()


@pytest.fixture
def bitget() -> Iterator[RawClient]:
    with opened() as client:
        yield client


@pytest.fixture(scope="session")
def open_venue() -> Callable[..., AbstractContextManager[RawClient]]:
    """For tests that need a venue of another scope or dialect."""
    return opened
