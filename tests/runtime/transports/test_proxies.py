"""By way of a proxy, and addresses of proxies that cannot be used."""

from __future__ import annotations

import asyncio
from importlib.util import find_spec
from typing import Any

import pytest
import support.wire_server as wire
from support.on_wire import ORDER, Anything, ask, each_kind, failure
from support.toy import Script, reply
from support.wire_server import WireServer

from exchangekit import connect, connect_sync
from exchangekit.errors import ConfigurationError, Outcome, OutcomeUnknown

pytestmark = pytest.mark.usefixtures("toy_venue")


@each_kind
def test_a_proxy_is_asked_for_the_whole_address(kind: str) -> None:
    asked = "http://venue.invalid/time"
    with WireServer(Script(standing={asked: reply({"t": 1_700_000_000_000})})) as proxy:
        ask(kind, "http://venue.invalid", "fetch_time", proxy=proxy.url)
    assert proxy.targets == [asked]
    assert b"Host: venue.invalid\r\n" in proxy.heads[0]


@each_kind
def test_an_order_that_a_proxy_may_have_passed_on_is_unknown(kind: str) -> None:
    script = Script(standing={"http://venue.invalid/time": reply({"t": 1_700_000_000_000})})
    script.standing["http://venue.invalid/markets"] = reply(script.markets)
    trouble = {"http://venue.invalid/order": wire.drop}
    with WireServer(script, trouble) as proxy:
        problem = failure(kind, "http://venue.invalid", *ORDER, proxy=proxy.url)
    assert type(problem) is OutcomeUnknown
    assert problem.outcome is Outcome.UNKNOWN
    assert proxy.asked("http://venue.invalid/order") == 1


@pytest.mark.parametrize("make", [connect, connect_sync])
def test_a_proxy_for_the_transport_by_name_is_used(make: Any) -> None:
    with WireServer(Anything()) as proxy:
        given = {"env_file": None, "base_url": "http://venue.invalid", "proxy": proxy.url}
        if make is connect_sync:
            with connect_sync("toy", **given) as exchange:
                exchange.raw_request("GET", "/x", signed=False)
        else:

            async def inside() -> None:
                async with connect("toy", **given) as exchange:
                    await exchange.raw_request("GET", "/x", signed=False)

            asyncio.run(inside())
    assert proxy.targets == ["http://venue.invalid/x"]


@pytest.mark.parametrize(
    "proxy", ["nonsense", "ftp://u:hunter2pass@h", "http://u:hunter2pass@h:port", "http://", 7]
)
@pytest.mark.parametrize("make", [connect, connect_sync])
def test_a_proxy_address_that_cannot_be_used_is_said_at_once(make: Any, proxy: Any) -> None:
    with pytest.raises(ConfigurationError, match="proxy") as caught:
        make("toy", env_file=None, proxy=proxy)
    assert "hunter2pass" not in str(caught.value)


def test_a_socks_proxy_says_what_is_missing() -> None:
    if find_spec("socksio") is None:
        with pytest.raises(ConfigurationError, match="socksio"):
            connect_sync("toy", env_file=None, proxy="socks5://127.0.0.1:1")
    else:
        connect_sync("toy", env_file=None, proxy="socks5://127.0.0.1:1").close()
