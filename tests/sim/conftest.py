"""The toy venue for every test of the simulation, without and with a socket."""

import asyncio
import hashlib
import hmac
import json
import threading

import httpx
import pytest
from support.patience import PATIENCE
from support.sim_toy import KEY, PASSPHRASE, SECRET, START, ToyVenue

from exchangekit.sim import SimulatedVenue, VenueClock
from exchangekit.sim.exchange import Exchange


class Client:
    """Speaks the toy venue's language."""

    def __init__(self, url):
        self.http = httpx.Client(base_url=url, timeout=PATIENCE)

    def signed(self, method, path, body=None, *, key=KEY, secret=SECRET, client=None):
        data = json.dumps(body).encode() if body is not None else b""
        signature = hmac.new(secret.encode(), path.encode() + data, hashlib.sha256).hexdigest()
        headers = {"X-Toy-Key": key, "X-Toy-Signature": signature}
        return (client or self.http).request(method, path, content=data, headers=headers)

    def order(self, **changes):
        body = {"symbol": "BTC-USDT", "side": "buy", "kind": "limit", "price": "1000"}
        body = body | {"amount": "0.5"} | changes
        return self.signed("POST", "/order", {k: v for k, v in body.items() if v is not None})

    def put(self, name, body):
        answer = self.http.put(f"/_sim/{name}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def get(self, name):
        return self.http.get(f"/_sim/{name}").json()


@pytest.fixture
def clock():
    return VenueClock(fixed_at=START)


@pytest.fixture
def exchange(clock):
    toy = ToyVenue()
    made = Exchange(
        instruments=toy.instruments(), rules=toy.rules, clock=clock, seed=7, order_id=toy.order_id
    )
    for account in ("main", "other"):
        made.ledger.open_account(account, {"USDT": 1_000_000, "BTC": 10})
    return made


@pytest.fixture
def venue(clock):
    with SimulatedVenue(
        ToyVenue, key=KEY, secret=SECRET, passphrase=PASSPHRASE, clock=clock
    ) as running:
        yield running


@pytest.fixture
def client(venue):
    made = Client(venue.url)
    yield made
    made.http.close()


class Held:
    """Stands in for a venue's waiting: whatever a fault holds up stays so until it is let go.

    `seconds` are the waits that faults have asked for, in order.
    """

    def __init__(self):
        self.seconds = []
        self.reached, self.released = threading.Event(), threading.Event()

    def let_go(self):
        self.released.set()

    async def sleep(self, seconds):
        self._note(seconds)
        while not self.released.is_set():
            await self._turn(0.001)

    def wait(self, seconds):
        self._note(seconds)
        self.released.wait(PATIENCE)

    def _note(self, seconds):
        self.seconds.append(seconds)
        self.reached.set()

    _turn = staticmethod(asyncio.sleep)


@pytest.fixture
def held(venue, monkeypatch):
    made = Held()
    monkeypatch.setattr(asyncio, "sleep", made.sleep)
    monkeypatch.setattr(venue.venue.closing, "wait", made.wait)
    yield made
    made.let_go()
