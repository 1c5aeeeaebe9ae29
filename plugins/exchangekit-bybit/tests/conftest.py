"""A client for the simulated venue's tests that shares nothing with the kit.

It signs as the venue documents, with code written here, and sends exactly the bytes it is
told to, so that a test can change one byte after signing.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from exchangekit_bybit.sim import BybitDialect
from support.patience import PATIENCE

from exchangekit.sim import SimulatedVenue
from exchangekit.sim.clock import VenueClock

NOW = int(datetime(2026, 3, 10, 12, 34, 56, 500_000, UTC).timestamp() * 1000)
KEY, SECRET = "raw-key", "raw-secret"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: Any

    @property
    def code(self) -> int:
        return self.body["retCode"]

    @property
    def message(self) -> str:
        return self.body["retMsg"]

    @property
    def result(self) -> Any:
        return self.body["result"]

    @property
    def rows(self) -> Any:
        return self.body["result"]["list"]

    @property
    def one(self) -> Any:
        """The only element of the list."""
        (found,) = self.rows
        return found


class RawClient:
    """Requests to one simulated venue. `at` is the moment signed requests claim to be sent."""

    def __init__(self, sim: SimulatedVenue) -> None:
        self.sim = sim
        self.key, self.secret = KEY, SECRET
        self._http = http.client.HTTPConnection(sim.url.removeprefix("http://"), timeout=PATIENCE)

    def send(
        self, method: str, target: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Reply:
        self._http.request(method, target, body or None, headers or {})
        answer = self._http.getresponse()
        raw = answer.read()
        told = json.loads(raw) if raw.startswith(b"{") else raw.decode()
        return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, told)

    def get(self, path: str, **query: object) -> Reply:
        """A public request."""
        return self.send("GET", target(path, query))

    def headers(
        self, signed: str, *, at: int | None = None, window: str | None = "5000"
    ) -> dict[str, str]:
        """hex(HMAC-SHA256(secret, timestamp + key + window + query or body)) and its company."""
        moment = self.sim.control.clock()["now"] if at is None else at
        prehash = f"{moment}{self.key}{window or ''}{signed}"
        digest = hmac.new(self.secret.encode(), prehash.encode(), hashlib.sha256).hexdigest()
        made = {
            "X-BAPI-API-KEY": self.key,
            "X-BAPI-TIMESTAMP": str(moment),
            "X-BAPI-SIGN": digest,
            "Content-Type": "application/json",
        }
        return made if window is None else {**made, "X-BAPI-RECV-WINDOW": window}

    def private(self, path: str, **query: object) -> Reply:
        """A signed GET."""
        where = target(path, query)
        return self.send("GET", where, b"", self.headers(where.partition("?")[2]))

    def post(self, path: str, body: object) -> Reply:
        """A signed POST."""
        raw = json.dumps(body)
        return self.send("POST", target(path, {}), raw.encode(), self.headers(raw))

    def close(self) -> None:
        self._http.close()

    # --- the orders most tests need ---
    def order(self, **fields: object) -> Reply:
        """Place one order; what is not given is a small limit buy below the market."""
        return self.post("/order/create", ticket(**fields))

    def see(self, order_id: str, where: str = "realtime") -> Any:
        """The order as the venue shows it."""
        return self.private(f"/order/{where}", category="spot", orderId=order_id).one

    def truth(self, order_id: str) -> Any:
        """The order as the ledger holds it."""
        (found,) = [order for order in self.sim.control.orders() if order["id"] == order_id]
        return found


def ticket(**fields: object) -> dict[str, object]:
    usual: dict[str, object] = {
        "category": "spot", "symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit",
        "price": "50000", "qty": "0.01",
    }  # fmt: skip
    merged = usual | fields
    if merged["orderType"] == "Market" and "price" not in fields:
        del merged["price"]
    return merged


def target(path: str, query: dict[str, object]) -> str:
    pairs = "&".join(f"{name}={value}" for name, value in query.items())
    return "/v5" + path + ("?" + pairs if pairs else "")


@contextmanager
def opened(dialect: type[BybitDialect] = BybitDialect, key: str = KEY) -> Iterator[RawClient]:
    """A client of a venue where time stands still and nothing is limited until told otherwise."""
    clock = VenueClock(fixed_at=NOW)
    with SimulatedVenue(dialect, key=key, secret=SECRET, clock=clock) as venue:
        venue.control.limits(enabled=False)
        client = RawClient(venue)
        client.key = key
        try:
            yield client
        finally:
            client.close()


@pytest.fixture
def bybit() -> Iterator[RawClient]:
    with opened() as client:
        yield client


@pytest.fixture(scope="session")
def open_venue() -> Callable[..., AbstractContextManager[RawClient]]:
    """For tests that need a venue of another scope or dialect."""
    return opened
