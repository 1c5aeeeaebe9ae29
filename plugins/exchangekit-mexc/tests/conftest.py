"""A simulated MEXC whose time stands still, and a client that puts exact bytes on the wire.

Signatures are made here from MEXC's documentation, by neither the dialect's code nor the kit's.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import socket
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest
from exchangekit_mexc.sim import MexcDialect
from support.patience import PATIENCE

from exchangekit.sim import SimulatedVenue, VenueClock

KEY, SECRET = "sim-key", "sim-secret"
NOW = 1_790_000_000_000


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        """Numbers with a point come as `Decimal`, so that none loses a digit."""
        return json.loads(self.text, parse_float=Decimal)

    @property
    def refusal(self) -> tuple[int, int, str]:
        """HTTP status, code, message."""
        return self.status, self.json["code"], self.json["msg"]


def sign(payload: bytes | str, secret: str = SECRET) -> str:
    raw = payload.encode() if isinstance(payload, str) else payload
    return hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def encoded(parameters: Mapping[str, object]) -> str:
    return "&".join(f"{quote(k, safe='')}={quote(str(v), safe='')}" for k, v in parameters.items())


class Wire:
    """Sends requests as the bytes they are given as."""

    sign = staticmethod(sign)

    def __init__(self, venue: SimulatedVenue) -> None:
        self.venue = venue
        self.control = venue.control
        host, _, port = venue.url.removeprefix("http://").partition(":")
        self._address = (host, int(port))

    @property
    def now(self) -> int:
        return self.venue.venue.clock.now()

    def raw(
        self,
        method: str,
        target: bytes | str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Reply:
        target = target.encode() if isinstance(target, str) else target
        lines = [method.encode() + b" " + target + b" HTTP/1.1", b"Host: sim"]
        lines += [f"{name}: {value}".encode() for name, value in (headers or {}).items()]
        lines += [b"Content-Length: %d" % len(body), b"Connection: close", b"", b""]
        with socket.create_connection(self._address, timeout=PATIENCE) as connection:
            connection.sendall(b"\r\n".join(lines) + body)
            received = b"".join(iter(lambda: connection.recv(65536), b""))
        head, _, content = received.partition(b"\r\n\r\n")
        first, *rest = head.decode().split("\r\n")
        found = dict(line.split(": ", 1) for line in rest)
        return Reply(
            int(first.split()[1]),
            {name.lower(): value for name, value in found.items()},
            content.decode(),
        )

    def get(self, path: str, **parameters: object) -> Reply:
        query = encoded(parameters)
        return self.raw("GET", f"/api/v3/{path}?{query}" if query else f"/api/v3/{path}")

    def signed(
        self,
        method: str,
        path: str,
        *,
        key: str = KEY,
        secret: str = SECRET,
        body: bytes = b"",
        **parameters: object,
    ) -> Reply:
        """Everything in the query, the signature last; a body, if any, is signed with it."""
        payload = encoded({**parameters, "timestamp": parameters.get("timestamp", self.now)})
        target = f"/api/v3/{path}?{payload}&signature={sign(payload.encode() + body, secret)}"
        headers = {"X-MEXC-APIKEY": key, "Content-Type": "application/json"}
        return self.raw(method, target, headers=headers, body=body)

    def order(self, **parameters: object) -> Reply:
        """A limit order to buy a little BTC far below the market, unless told otherwise."""
        usual: dict[str, object] = {
            "symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "0.01",
            "price": "60000",
        }  # fmt: skip
        given = {**usual, **parameters}
        return self.signed(
            "POST", "order", **{name: value for name, value in given.items() if value is not None}
        )

    def market(self, **parameters: object) -> Reply:
        """A market order; quantity or quoteOrderQty to be given."""
        return self.order(**{"type": "MARKET", "quantity": None, "price": None, **parameters})


@pytest.fixture
def another() -> Iterator[Callable[..., Wire]]:
    """Starts further venues: ``another(dialect, clock=...)``; without a clock, in real time."""
    with contextlib.ExitStack() as stack:

        def start(dialect: Any = MexcDialect, **options: Any) -> Wire:
            venue = SimulatedVenue(dialect, key=KEY, secret=SECRET, **options)
            return Wire(stack.enter_context(venue))

        yield start


@pytest.fixture(scope="session")
def running() -> Iterator[Wire]:
    clock = VenueClock(fixed_at=NOW)
    with SimulatedVenue(MexcDialect, key=KEY, secret=SECRET, clock=clock) as venue:
        yield Wire(venue)


@pytest.fixture
def wire(running: Wire) -> Wire:
    """The venue as new, BTCUSDT standing still at 90,000."""
    running.control.reset()
    running.control.market("BTCUSDT", price="90000", frozen=True)
    return running
