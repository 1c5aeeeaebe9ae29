"""Everything that can go wrong on the wire, on real sockets: typed, in plain words, in time.

For each trouble a read and an order, sync and async: what is raised, what it says of the order,
and how often the venue was asked.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import socket
import threading
import time
import traceback
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
import support.wire_server as wire
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from support.helpers import run
from support.ports import free_ports
from support.toy import KEY, SECRET, Script, reply
from support.wire_server import Trouble, WireServer

from exchangekit import Timeouts, connect, connect_sync
from exchangekit.adapter import Origin, Outgoing, Reply
from exchangekit.adapter.request import target
from exchangekit.errors import (
    BadReply,
    ConfigurationError,
    ConnectionFailed,
    ConnectionLost,
    ExchangeError,
    Outcome,
    OutcomeUnknown,
    RequestTimeout,
    VenueError,
)
from exchangekit.operations.raw import _PATH
from exchangekit.runtime.clock import Sample
from exchangekit.runtime.effects import TransportFailure
from exchangekit.runtime.transports import open_async, open_sync
from exchangekit.runtime.transports.library import Pace
from exchangekit.runtime.transports.over_httpx import SyncHttpx
from exchangekit.runtime.transports.wire import wanted

pytestmark = pytest.mark.usefixtures("toy_venue")

QUICK = Timeouts(connect=0.2, read=0.2, attempt=0.35, total=0.6)
HIDDEN: dict[str, Any] = {"api_key": SecretStr(KEY), "secret": SecretStr(SECRET), "env_file": None}
PATIENT = Timeouts(connect=5, read=5, attempt=10, total=15)
ALLOWED = 2.0
"""Seconds that a busy machine adds to a time limit."""


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchangekit.runtime.throttle._FIRST_BACKOFF", 0.02)


both = pytest.mark.parametrize("kind", ["sync", "async"])


def ask(kind: str, base_url: str, operation: str, *args: Any, **options: Any) -> Any:
    """One operation on a fresh connection to `base_url`."""
    given = {**HIDDEN, "base_url": base_url, "timeouts": QUICK, **options}
    if kind == "sync":
        with connect_sync("toy", **given) as exchange:
            return getattr(exchange, operation)(*args)

    async def inside() -> Any:
        async with connect("toy", **given) as exchange:
            return await getattr(exchange, operation)(*args)

    return abruptly(inside())


def failure(kind: str, base_url: str, operation: str, *args: Any, **options: Any) -> ExchangeError:
    """The error of an operation that must fail, within its time limit."""
    began = time.monotonic()
    with pytest.raises(ExchangeError) as caught:
        ask(kind, base_url, operation, *args, **options)
    limit: Timeouts = options.get("timeouts", QUICK)
    assert time.monotonic() - began < limit.total + ALLOWED
    assert str(caught.value).startswith(f"toy {operation}: ")
    return caught.value


READ = ("fetch_ticker", "BTC/USDT")
ORDER = ("create_order", "BTC/USDT", "limit", "buy", "1", "10")


# A reply that cannot be used


def patience(trouble: Trouble) -> Timeouts:
    """A large reply may take a slow machine longer than the short limits of these tests."""
    large = (wire.fifty_megabytes, wire.zipped_zeros, wire.nested)
    return PATIENT if trouble in large else QUICK


@pytest.mark.parametrize(
    ("trouble", "error", "words", "asked"),
    [
        (wire.drop, ConnectionLost, "the connection broke", 3),
        (wire.silence, RequestTimeout, "no answer in time|no complete answer within", 3),
        (wire.drip_body, RequestTimeout, "no answer in time|no complete answer within", 3),
        (wire.drip_head, RequestTimeout, "no answer in time|no complete answer within", 3),
        (wire.truncated, ConnectionLost, "the connection broke", 3),
        (wire.not_http, ConnectionLost, "the connection broke", 3),
        (wire.html, BadReply, "an HTML page: Just a moment", 1),
        (wire.empty, BadReply, r"\(empty\)", 1),
        (wire.not_utf8, BadReply, "not what the documentation says", 1),
        (wire.nested, BadReply, "not what the documentation says", 1),
        (wire.fifty_megabytes, BadReply, "larger than 32 MB", 1),
        (wire.zipped_zeros, BadReply, "larger than 32 MB", 1),
        (wire.broken_zip, BadReply, "compression is broken", 1),
        (wire.redirect, VenueError, "redirects elsewhere, which is not followed", 1),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
@both
class TestATroubleOnTheWire:
    def test_of_a_read_is_typed_in_time(
        self, kind: str, trouble: Trouble, error: type, words: str, asked: int
    ) -> None:
        with WireServer(trouble={"/ticker": trouble}) as server:
            problem = failure(kind, server.url, *READ, timeouts=patience(trouble))
        assert type(problem) is error
        assert problem.outcome is None
        assert re.search(words, str(problem))
        assert 1 <= server.asked("/ticker") <= asked
        assert server.asked("/elsewhere") == 0

    def test_of_an_order_leaves_it_unknown_and_sent_once(
        self, kind: str, trouble: Trouble, error: type, words: str, asked: int
    ) -> None:
        with WireServer(trouble={"/order": trouble}) as server:
            problem = failure(kind, server.url, *ORDER, timeouts=patience(trouble))
        assert type(problem) is OutcomeUnknown
        assert type(problem.__cause__) is error
        assert problem.outcome is Outcome.UNKNOWN
        assert problem.client_order_id is not None
        assert problem.fence is not None
        assert server.asked("/order") == 1
        assert server.asked("/elsewhere") == 0


# No connection


@pytest.fixture
def name_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Sets how the system's resolver behaves: it knows nothing, or never answers."""
    released = threading.Event()
    real = socket.getaddrinfo

    def behave(how: str) -> None:
        def resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
            if host not in ("venue.invalid", b"venue.invalid"):
                return real(host, *args, **kwargs)
            if how == "hangs":
                released.wait(3)
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", resolve)

    yield behave
    released.set()


@both
@pytest.mark.parametrize("operation", [("fetch_markets",), ORDER], ids=["read", "order"])
class TestNoConnection:
    def refused(self, problem: ExchangeError, operation: tuple[str, ...]) -> None:
        assert type(problem) is ConnectionFailed
        assert problem.outcome is (Outcome.NOT_SENT if operation is ORDER else None)
        assert ("Nothing was sent." in str(problem)) is (operation is ORDER)
        assert "no connection" in str(problem) or "the proxy refused" in str(problem)
        assert "Check the address, the network and the proxy." in str(problem)

    def test_to_a_port_where_nobody_listens(self, kind: str, operation: tuple[str, ...]) -> None:
        self.refused(failure(kind, f"http://127.0.0.1:{free_ports()}", *operation), operation)

    def test_to_a_name_that_does_not_exist(
        self, kind: str, operation: tuple[str, ...], name_server: Callable[[str], None]
    ) -> None:
        name_server("knows nothing")
        problem = failure(kind, "http://venue.invalid", *operation)
        self.refused(problem, operation)
        assert "Name or service not known" in str(problem)

    def test_with_a_name_server_that_does_not_answer(
        self, kind: str, operation: tuple[str, ...], name_server: Callable[[str], None]
    ) -> None:
        name_server("hangs")
        self.refused(failure(kind, "http://venue.invalid", *operation), operation)

    def test_through_a_proxy_where_nobody_listens(
        self, kind: str, operation: tuple[str, ...]
    ) -> None:
        with WireServer() as server:
            proxy = f"http://127.0.0.1:{free_ports()}"
            self.refused(failure(kind, server.url, *operation, proxy=proxy), operation)
        assert server.targets == []

    def test_through_a_proxy_that_refuses_the_tunnel(
        self, kind: str, operation: tuple[str, ...]
    ) -> None:
        def refuse(visit: wire.Visit) -> None:
            visit.answer(b"no", status="403 Forbidden")

        with WireServer(trouble={"venue.invalid:443": refuse}) as proxy:
            problem = failure(kind, "https://venue.invalid", *operation, proxy=proxy.url)
        self.refused(problem, operation)
        assert "the proxy refused (403 Forbidden)" in str(problem)

    def test_by_tls_to_a_port_that_speaks_none(self, kind: str, operation: tuple[str, ...]) -> None:
        with WireServer() as server:
            problem = failure(kind, server.url.replace("http:", "https:"), *operation)
        self.refused(problem, operation)
        assert "SSL" in str(problem) or "TLS" in str(problem)
        assert server.targets == []


def abruptly(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Like `run`, but the loop is left without waiting for the resolver's thread."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.close()


@both
def test_an_order_whose_connection_cannot_be_made_any_more_was_not_sent(kind: str) -> None:
    with WireServer(Script([reply({"last": "1"})])) as server:

        def before(exchange: Any) -> None:
            exchange._operations.connection.policy.clock.add(_sample())

        given = {**HIDDEN, "base_url": server.url, "timeouts": QUICK}

        def at_once() -> None:
            with connect_sync("toy", **given) as exchange:
                before(exchange)
                exchange.fetch_ticker("BTC/USDT")
                server.close()
                exchange.create_order(*ORDER[1:])

        async def inside() -> None:
            async with connect("toy", **given) as exchange:
                before(exchange)
                await exchange.fetch_ticker("BTC/USDT")
                server.close()
                await exchange.create_order(*ORDER[1:])

        with pytest.raises(ConnectionFailed) as caught:
            at_once() if kind == "sync" else run(inside())
    assert caught.value.outcome is Outcome.NOT_SENT
    assert caught.value.operation == "create_order"
    assert server.asked("/order") == 0


def _sample() -> Sample:
    now = time.monotonic()
    return Sample(now, now, 1_700_000_000_000)


@both
def test_a_connection_that_is_too_slow_to_be_made_was_not_used(
    kind: str, name_server: Callable[[str], None]
) -> None:
    name_server("hangs")
    out = Outgoing(Origin("http://venue.invalid"), "POST", "/order", ())
    slow = Timeouts(connect=5, attempt=0.2)

    def send() -> None:
        if kind == "sync":
            open_sync("httpx", slow).send(out, 0.2)
        else:
            transport = open_async("httpx", slow)
            abruptly(transport.send(out, 0.2))

    with pytest.raises(TransportFailure) as caught:
        send()
    assert caught.value.sent is False


# Signed = sent


class Wire:
    """A transport of one kind to a server that answers everything; `targets` is what arrived."""

    def __init__(self, kind: str, server: WireServer) -> None:
        self.kind = kind
        self.server = server
        self.origin = Origin(server.url)
        self._runner = asyncio.Runner()
        if kind == "sync":
            self._sync = open_sync("httpx", Timeouts())
        else:
            self._async = open_async("httpx", Timeouts())

    def send(self, outgoing: Outgoing) -> Reply:
        if self.kind == "sync":
            return self._sync.send(outgoing, 5.0)
        return self._runner.run(self._async.send(outgoing, 5.0))

    def close(self) -> None:
        if self.kind == "sync":
            self._sync.close()
        else:
            self._runner.run(self._async.aclose())
        self._runner.close()


class Anything(Script):
    def answer(self, outgoing: Outgoing) -> Reply:
        return reply({})


@pytest.fixture(params=["sync", "async"])
def on_wire(request: pytest.FixtureRequest) -> Iterator[Wire]:
    with WireServer(Anything()) as server:
        made = Wire(request.param, server)
        yield made
        made.close()


NASTY = [
    ("symbols", '["BTC","ETH"]'),
    ("a", "(1,2)"),
    ("b", "x y\tz"),
    ("c", "50%2F100%"),
    ("d", "ümläut 你好 🚀"),
    ("e", "a+b&c=d#e?f/g"),
    ("f", "'\"\\^`{|}~"),
    ("[g]", ""),
    ("h", "\r\n\x00\x7f"),
]


@pytest.mark.parametrize("pair", NASTY, ids=[name for name, _ in NASTY])
def test_what_arrives_is_what_was_encoded(on_wire: Wire, pair: tuple[str, str]) -> None:
    outgoing = Outgoing(on_wire.origin, "GET", target("/api/v3/x", [pair]), ())
    on_wire.send(outgoing)
    assert on_wire.server.targets == [outgoing.target]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=30)), max_size=6))
def test_any_parameters_arrive_as_they_were_encoded(
    on_wire: Wire, pairs: list[tuple[str, str]]
) -> None:
    pairs = [pair for pair in pairs if all(_encodable(part) for part in pair)]
    outgoing = Outgoing(on_wire.origin, "GET", target("/x", pairs), ())
    on_wire.send(outgoing)
    assert on_wire.server.targets[-1] == outgoing.target


def _encodable(text: str) -> bool:
    return not any(0xD800 <= ord(letter) <= 0xDFFF for letter in text)


@both
def test_the_signature_fits_the_bytes_that_arrive(kind: str) -> None:
    with WireServer(Script(standing={"/x": reply({})})) as server:
        ask(kind, server.url, "raw_request", "GET", "/x", dict(NASTY))
    (arrived,) = [one for one in server.targets if one.startswith("/x?")]
    query, _, signature = arrived.partition("?")[2].rpartition("&signature=")
    expected = hmac.new(SECRET.encode(), query.encode(), hashlib.sha256).hexdigest()
    assert signature == expected
    keys = [pair.partition("=")[0] for pair in query.split("&")]
    assert keys == sorted(keys)


@pytest.mark.parametrize(
    "rewritten", ['/x?a=["BTC"]', "/a/../b", "/x y", "/ü", "/x?a=b#c", "/x?" + "a" * 70_000]
)
def test_a_target_that_the_library_would_rewrite_is_not_sent(on_wire: Wire, rewritten: str) -> None:
    with pytest.raises(TransportFailure) as caught:
        on_wire.send(Outgoing(on_wire.origin, "GET", rewritten, ()))
    assert caught.value.sent is False
    assert caught.value.unfit is True
    assert on_wire.server.targets == []


@settings(max_examples=200, deadline=None)
@given(st.from_regex(_PATH, fullmatch=True).filter(lambda path: "/." not in path))
def test_any_path_that_raw_request_takes_is_sent_as_it_is(path: str) -> None:
    wire = wanted(Outgoing(Origin("http://toy.invalid"), "GET", path, ()))
    assert SyncHttpx().prepare(wire, Pace(1, 1, 1)).wire.url == f"http://toy.invalid{path}"


@both
def test_a_base_address_with_a_path_keeps_it(kind: str) -> None:
    script = Script(standing={"/toy/v1/time": reply({"t": 1})})
    with WireServer(script) as server:
        ask(kind, server.url + "/toy/v1/", "fetch_time")
    assert server.targets == ["/toy/v1/time"]


def test_a_body_arrives_as_it_is(on_wire: Wire) -> None:
    on_wire.server.trouble["/post"] = lambda visit: visit.answer(b"{}")
    on_wire.send(
        Outgoing(
            on_wire.origin, "POST", "/post", (("Content-Type", "application/json"),), b'{"a":1}'
        )
    )
    (head,) = on_wire.server.heads
    assert head.startswith(b"POST /post HTTP/1.1\r\n")
    assert b"Content-Length: 7" in head
    assert b"User-Agent: exchangekit" in head


def test_a_connection_is_kept_for_the_next_request(on_wire: Wire) -> None:
    for _ in range(3):
        on_wire.send(Outgoing(on_wire.origin, "GET", "/x", ()))
    assert on_wire.server.connections == 1


def test_header_names_of_a_reply_are_in_lower_case(on_wire: Wire) -> None:
    on_wire.server.trouble["/x"] = lambda visit: visit.answer(b"{}", more="Retry-AFTER: 3\r\n")
    assert on_wire.send(Outgoing(on_wire.origin, "GET", "/x", ())).headers["retry-after"] == "3"


# Addresses


@pytest.mark.parametrize(
    "proxy", ["nonsense", "ftp://u:hunter2pass@h", "http://u:hunter2pass@h:port", "http://", 7]
)
@both
def test_a_proxy_address_that_cannot_be_used_is_said_at_once(kind: str, proxy: Any) -> None:
    make = connect_sync if kind == "sync" else connect
    with pytest.raises(ConfigurationError, match="proxy") as caught:
        make("toy", env_file=None, proxy=proxy)
    assert "hunter2pass" not in str(caught.value)


def test_a_socks_proxy_says_what_is_missing() -> None:
    pytest.importorskip("httpx")
    try:
        import socksio  # type: ignore[import-not-found] # noqa: F401
    except ImportError:
        with pytest.raises(ConfigurationError, match="socksio"):
            connect_sync("toy", env_file=None, proxy="socks5://127.0.0.1:1")
    else:
        connect_sync("toy", env_file=None, proxy="socks5://127.0.0.1:1").close()


@both
@pytest.mark.parametrize("trouble", [wire.drop, wire.html, wire.broken_zip, wire.silence])
def test_no_key_is_shown_even_by_a_traceback_with_its_variables(
    kind: str, trouble: Trouble
) -> None:
    with WireServer(trouble={"/order": trouble}) as server:
        problem = failure(kind, server.url, *ORDER)
    told = traceback.TracebackException.from_exception(problem, capture_locals=True)
    shown = "".join(told.format())
    assert "<POST /order>" in shown or trouble is wire.html
    assert SECRET not in shown
    assert KEY not in shown
