"""Two venues over one driver and one transport: each gets only its own requests and its own key."""

from __future__ import annotations

import asyncio
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType
from typing import Any

import pytest
from support.helpers import run
from support.patience import PATIENCE
from support.toy import (
    AsyncToy,
    Script,
    SyncToy,
    ToyAdapter,
    not_connected,
    plugins_with,
    query,
    reply,
)

from exchangekit import Exchange, SyncExchange, connect, connect_sync
from exchangekit.adapter import Environment, Outgoing, Reply, SortedQueryHmac
from exchangekit.errors import ConnectionFailed

both = pytest.mark.parametrize("kind", ["sync", "async"])

FIRST, SECOND = "https://first.invalid", "https://second.invalid"
ORDER = ("limit", "buy", "1", "10")


class First(ToyAdapter):
    venue = "first"
    title = "First"
    environments = MappingProxyType({"live": Environment(FIRST)})
    signer = SortedQueryHmac("X-FIRST-KEY")


class Second(ToyAdapter):
    venue = "second"
    title = "Second"
    environments = MappingProxyType(
        {"live": Environment(SECOND), "testnet": Environment(SECOND, (("X-TEST", "1"),))}
    )
    signer = SortedQueryHmac("X-SECOND-KEY")


class Network:
    """What answers at each address: the two venues list different markets."""

    def __init__(self) -> None:
        self.seen: list[Outgoing] = []
        self.venues = {
            FIRST: Script(
                markets=[{"symbol": "AAA/USDT"}],
                standing={"/order": reply({"id": "first"}), "/ticker": reply({"last": "1"})},
            ),
            SECOND: Script(
                markets=[{"symbol": "BBB/USDT"}],
                standing={"/order": reply({"id": "second"}), "/ticker": reply({"last": "2"})},
            ),
        }

    def answer(self, outgoing: Outgoing) -> Reply:
        self.seen.append(outgoing)
        return self.venues[outgoing.origin.base_url].answer(outgoing)


class Meeting(SyncToy):
    """Answers questions for markets when both venues are asked at once, and not before."""

    def __init__(self, script: Any) -> None:
        super().__init__(script)
        self.both = threading.Barrier(2, timeout=PATIENCE)

    def send(self, outgoing: Outgoing, timeout: float) -> Reply:
        if outgoing.path == "/markets":
            self.both.wait()
        return super().send(outgoing, timeout)


class SlowAsync(AsyncToy):
    """Lets every other flow go first, so that two of them are under way at once."""

    async def send(self, outgoing: Outgoing, timeout: float) -> Reply:
        await asyncio.sleep(0)
        return await super().send(outgoing, timeout)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    found = plugins_with(First, Second)
    monkeypatch.setattr(sys.modules["exchangekit.connect"], "installed", lambda: found)
    return Network()


def keys(name: str) -> dict[str, Any]:
    return {
        "api_key": f"{name}-key-0123456789",
        "secret": f"{name}-secret-012345",
        "env_file": None,
    }


def sync_pair(network: Network, **second: Any) -> tuple[SyncExchange, SyncExchange]:
    transport: Any = Meeting(network)
    one = connect_sync("first", transport=transport, **keys("first"))
    other = connect_sync("second", transport=transport, **keys("second"), **second)
    other._driver = one._driver
    return one, other


def async_pair(network: Network, **second: Any) -> tuple[Exchange, Exchange]:
    transport: Any = SlowAsync(network)
    one = connect("first", transport=transport, **keys("first"))
    other = connect("second", transport=transport, **keys("second"), **second)
    other._driver = one._driver
    return one, other


def trade(kind: str, network: Network) -> list[Any]:
    """A ticker and an order of each venue, at the same time."""
    if kind == "sync":
        pair = sync_pair(network)

        def all_of(exchange: SyncExchange, symbol: str) -> list[Any]:
            return [exchange.fetch_ticker(symbol), exchange.create_order(symbol, *ORDER)]

        with ThreadPoolExecutor() as pool:
            found = list(pool.map(all_of, pair, ("AAA/USDT", "BBB/USDT")))
        pair[0].close()
        return [*found[0], *found[1]]

    async def inside() -> list[Any]:
        one, other = async_pair(network)
        async with one:
            return await asyncio.gather(
                one.fetch_ticker("AAA/USDT"),
                one.create_order("AAA/USDT", *ORDER),
                other.fetch_ticker("BBB/USDT"),
                other.create_order("BBB/USDT", *ORDER),
            )

    return run(inside())


@both
def test_each_venue_gets_only_its_own_requests_and_keys(kind: str, network: Network) -> None:
    first_ticker, first_order, second_ticker, second_order = trade(kind, network)
    assert (first_ticker.symbol, first_ticker.last) == ("AAA/USDT", 1)
    assert (second_ticker.symbol, second_ticker.last) == ("BBB/USDT", 2)
    assert (first_order.id, second_order.id) == ("first", "second")
    for address, own, foreign in ((FIRST, "first", "second"), (SECOND, "second", "first")):
        sent = [one for one in network.seen if one.origin.base_url == address]
        assert {"/time", "/markets", "/ticker", "/order"} == {one.path for one in sent}
        for one in sent:
            assert f"{foreign}-key" not in str(one.headers)
            asked = query(one)
            assert asked.get("s", "AAAUSDT" if own == "first" else "BBBUSDT") == (
                "AAAUSDT" if own == "first" else "BBBUSDT"
            )
        signed = [one for one in sent if one.path == "/order"]
        assert all(
            dict(one.headers)[f"X-{own.upper()}-KEY"] == f"{own}-key-0123456789" for one in signed
        )


@both
def test_what_is_shared_is_shared_by_one_account_of_one_venue_only(
    kind: str, network: Network
) -> None:
    """Both load their markets and ask for the time at once: neither gets the other's answer."""
    if kind == "sync":
        pair = sync_pair(network)
        with ThreadPoolExecutor() as pool:
            found = list(pool.map(lambda exchange: exchange.load_markets(), pair))
        pair[0].close()
    else:

        async def inside() -> Any:
            one, other = async_pair(network)
            async with one:
                return await asyncio.gather(one.load_markets(), other.load_markets())

        found = run(inside())
    assert [markets.symbols() for markets in found] == [("AAA/USDT",), ("BBB/USDT",)]


def test_a_venue_whose_clock_cannot_be_asked_stops_no_order_of_another(network: Network) -> None:
    network.venues[FIRST].standing["/time"] = not_connected()

    async def inside() -> list[Any]:
        one, other = async_pair(network)
        async with one:
            await asyncio.gather(one.load_markets(), other.load_markets())
            return await asyncio.gather(
                one.create_order("AAA/USDT", *ORDER),
                other.create_order("BBB/USDT", *ORDER),
                return_exceptions=True,
            )

    failure, order = run(inside())
    assert isinstance(failure, ConnectionFailed)
    assert failure.venue == "first"
    assert order.id == "second"


def test_accounts_environments_and_addresses_of_one_venue_are_told_apart(network: Network) -> None:
    transport: Any = SyncToy(network)
    made = [
        connect_sync("second", transport=transport, **keys("second")),
        connect_sync("second", transport=transport, **keys("other")),
        connect_sync("second", transport=transport, **keys("second"), account="two"),
        connect_sync("second", transport=transport, **keys("second"), environment="testnet"),
        connect_sync("second", transport=transport, **keys("second"), base_url=FIRST),
        connect_sync("second", transport=transport, env_file=None),
        connect_sync("first", transport=transport, env_file=None),
    ]
    ids = [exchange._operations.connection.policy.account_id for exchange in made]
    assert len(set(ids)) == len(ids)
    again = connect_sync("second", transport=transport, **keys("second"))
    assert again._operations.connection.policy.account_id == ids[0]
    assert "second-key" not in repr(ids)
    assert "second-secret" not in repr(ids)
