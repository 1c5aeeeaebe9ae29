"""The guard with a library that does as it is told: what it compares, how failures are told, what
becomes of connections. Everything holds for both shells."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from exchangekit import Timeouts
from exchangekit.adapter import Origin, Outgoing, Reply
from exchangekit.errors import ConfigurationError
from exchangekit.runtime.effects import TransportFailure
from exchangekit.runtime.transports import open_async, open_sync
from exchangekit.runtime.transports.guard import AsyncGuard, SyncGuard
from exchangekit.runtime.transports.inflate import MAX_REPLY_BYTES
from exchangekit.runtime.transports.library import Head, Pace, Trouble, Wire

OUT = Outgoing(
    Origin("https://api.example.com"), "POST", "/order?a=1&signature=5e", (("X-Key", "k"),), b"{}"
)
OK = Head(200, (("Content-Type", "application/json"),))


class Mine(Exception):
    """The library's own exception."""


class Told:
    """A library and its only trip. `answers` are what `open` and each `read` come to; `sending` is
    what it makes of the wire that is wanted, by default that and the length."""

    name = "told"

    def __init__(self, *answers: Any, sending: Callable[[Wire], Wire] | None = None) -> None:
        self.answers = list(answers)
        self.sending = sending or sized
        self.means: Trouble | None = None
        self.sent = False
        self.opened = 0
        self.kept: list[bool] = []
        self.end_fails: BaseException | None = None
        self.pace = Pace(0, 0, 0)

    def prepare(self, wanted: Wire, pace: Pace) -> Any:
        self.wire = self.sending(wanted)
        self.pace = pace
        return self

    def trouble(self, problem: Exception) -> Trouble | None:
        return self.means if isinstance(problem, Mine) else None

    def step(self) -> Any:
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer() if callable(answer) else answer

    def open(self) -> Any:
        self.opened += 1
        return self.step()

    def read(self) -> Any:
        return self.step()

    def end(self, *, keep: bool) -> Any:
        self.kept.append(keep)
        if self.end_fails is not None:
            raise self.end_fails


class ToldAsync(Told):
    async def step(self) -> Any:
        answer = super().step()
        return await answer if asyncio.iscoroutine(answer) else answer

    async def end(self, *, keep: bool) -> None:
        super().end(keep=keep)


def sized(wire: Wire) -> Wire:
    size = str(len(wire.body))
    return replace(wire, headers=(*wire.headers, ("Content-Length", size)))


both = pytest.mark.parametrize("kind", [Told, ToldAsync], ids=["sync", "async"])


def send(library: Told, outgoing: Outgoing = OUT, timeout: float = 30.0) -> Reply:
    if not isinstance(library, ToldAsync):
        return SyncGuard(library).send(outgoing, timeout)
    told: Any = library
    return asyncio.run(AsyncGuard(told).send(outgoing, timeout))


def refused(library: Told, **given: Any) -> TransportFailure:
    with pytest.raises(TransportFailure) as caught:
        send(library, **given)
    return caught.value


@both
def test_a_reply_is_read_to_its_end_and_its_connection_kept(kind: type[Told]) -> None:
    library = kind(OK, b'{"a"', b":1}", None)
    assert send(library) == Reply(200, {"content-type": "application/json"}, b'{"a":1}')
    assert library.kept == [True]


@both
@pytest.mark.parametrize("coding", ["", "gzip"])
def test_a_body_that_came_along_with_its_head_is_held_to_the_same_bounds(
    kind: type[Told], coding: str
) -> None:
    headers = (("Content-Encoding", coding),) if coding else ()

    def whole(body: bytes) -> Head:
        return Head(200, headers, gzip.compress(body, 1) if coding else body)

    library = kind(whole(b"{}"))
    assert send(library).body == b"{}"
    assert library.kept == [True]
    library = kind(whole(bytes(MAX_REPLY_BYTES + 1)))
    problem = refused(library)
    assert (problem.sent, problem.reply) == (True, True)
    assert library.kept == [False]


# Signed = sent


def _with(header: tuple[str, str]) -> Callable[[Wire], Wire]:
    return lambda wire: replace(sized(wire), headers=(*sized(wire).headers, header))


def _instead(name: str, *headers: tuple[str, str]) -> Callable[[Wire], Wire]:
    def change(wire: Wire) -> Wire:
        kept = tuple(one for one in sized(wire).headers if one[0] != name)
        return replace(wire, headers=(*kept, *headers))

    return change


CHANGES: dict[str, tuple[str, Callable[[Wire], Wire]]] = {
    "method": ("method", lambda wire: replace(sized(wire), method="PUT")),
    "scheme": ("address", lambda wire: replace(sized(wire), url="http" + wire.url[5:])),
    "host": ("address", lambda wire: replace(sized(wire), url=wire.url.replace("api", "abi"))),
    "port": ("address", lambda wire: replace(sized(wire), url=wire.url.replace(".com", ".com:8"))),
    "path": ("address", lambda wire: replace(sized(wire), url=wire.url.replace("/o", "/O"))),
    "query": ("address", lambda wire: replace(sized(wire), url=wire.url.replace("a=1&", "&a=1"))),
    "body": ("body", lambda wire: replace(sized(wire), body=b"[]")),
    "no body": ("body", lambda wire: replace(sized(wire), body=b"")),
    "Host elsewhere": ("'Host'", _instead("Host", ("Host", "other.example.com"))),
    "no Host": ("'host'", _instead("Host")),
    "another key": ("'X-Key'", _instead("X-Key", ("X-Key", "K"))),
    "no key": ("'x-key'", _instead("X-Key")),
    "the key twice": ("'X-Key'", _with(("X-Key", "k"))),
    "a header more": ("'X-Other'", _with(("X-Other", "1"))),
    "a second Host": ("'host'", _with(("host", "other.example.com"))),
    "chunks": ("'Transfer-Encoding'", _with(("Transfer-Encoding", "chunked"))),
    "other codings": ("'Accept-Encoding'", _instead("Accept-Encoding", ("Accept-Encoding", "br"))),
    "another length": ("length", _instead("Content-Length", ("Content-Length", "3"))),
    "two lengths": ("length", _with(("Content-Length", "2"))),
    "no length": ("length", _instead("Content-Length")),
}


@both
@pytest.mark.parametrize(("changed", "sending"), CHANGES.values(), ids=list(CHANGES))
def test_what_is_not_what_was_signed_is_not_sent(
    kind: type[Told], changed: str, sending: Callable[[Wire], Wire]
) -> None:
    library = kind(OK, None, sending=sending)
    problem = refused(library)
    assert (problem.sent, problem.unfit) == (False, True)
    assert f"'/order' as it was signed (it changes the {changed}" in str(problem).replace(
        "the header ", "the "
    )
    assert "5e" not in str(problem)
    assert library.opened == 0


@both
def test_the_order_of_headers_and_the_case_of_their_names_may_change(kind: type[Told]) -> None:
    def shuffled(wire: Wire) -> Wire:
        headers = tuple((name.upper(), value) for name, value in reversed(sized(wire).headers))
        return replace(wire, headers=(("Connection", "keep-alive"), *headers))

    assert send(kind(OK, None, sending=shuffled)).status == 200


@both
def test_what_a_library_cannot_prepare_is_not_sent_and_not_shown(kind: type[Told]) -> None:
    def fails(wire: Wire) -> Wire:
        raise ValueError(wire.url)

    problem = refused(kind(sending=fails))
    assert (problem.sent, problem.unfit) == (False, True)
    assert str(problem) == "the request cannot be sent (ValueError)"
    assert problem.__cause__ is None


# Sent or not sent


@both
@pytest.mark.parametrize(
    ("means", "sent", "words", "timeout"),
    [
        (Trouble.BROKEN, False, "no connection (why)", False),
        (Trouble.BROKEN, True, "the connection broke (why)", False),
        (Trouble.TIMEOUT, False, "no connection in time (why)", False),
        (Trouble.TIMEOUT, True, "no answer in time", True),
        (Trouble.CROWDED, False, "no free connection in time (why)", False),
        (Trouble.CROWDED, True, "no free connection in time (why)", False),
        (Trouble.PROXY, False, "the proxy refused (why)", False),
        (Trouble.PROXY, True, "the proxy refused (why)", False),
    ],
)
def test_a_failure_is_not_sent_only_where_nothing_left(
    kind: type[Told], means: Trouble, sent: bool, words: str, timeout: bool
) -> None:
    library = kind(Mine("why"))
    library.means, library.sent = means, sent
    problem = refused(library)
    assert str(problem) == words
    assert (problem.sent, problem.timeout) == (sent, timeout)
    assert (problem.reply, problem.unfit) == (False, False)
    assert library.kept == [False]


@both
@pytest.mark.parametrize("answers", [(Mine("?"),), (OK, Mine("?")), (OK, b"{", Mine("?"))])
def test_what_nobody_knows_is_told_as_it_is_and_counts_as_sent(
    kind: type[Told], answers: tuple[Any, ...]
) -> None:
    # No TransportFailure: whoever gets it has no word that nothing was sent.
    library = kind(*answers)
    with pytest.raises(Mine) as caught:
        send(library)
    assert library.kept == [False]
    assert "in step" in caught.value.__notes__[0]


@both
@pytest.mark.parametrize("answers", [(OK, b"{}", None)])
def test_a_whole_reply_is_not_lost_to_a_connection_that_cannot_be_put_away(
    kind: type[Told], answers: tuple[Any, ...]
) -> None:
    library = kind(*answers)
    library.end_fails = OSError("cannot be put away")
    assert send(library).body == b"{}"


@both
def test_a_connection_that_cannot_be_closed_hides_no_failure(kind: type[Told]) -> None:
    library = kind(Mine("why"))
    library.means, library.sent = Trouble.BROKEN, True
    library.end_fails = OSError("cannot be closed")
    assert str(refused(library)) == "the connection broke (why)"


# In time


@both
def test_a_library_is_told_its_pace(kind: type[Told]) -> None:
    library = kind(OK, None)
    before = time.monotonic()
    send(library, timeout=7.0)
    assert (library.pace.connect, library.pace.read) == (Timeouts().connect, 7.0)
    assert before + 7.0 <= library.pace.end <= time.monotonic() + 7.0


def test_a_step_has_what_is_left_of_the_whole_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 100.0)
    assert Pace(connect=1, read=5, end=109.0).step() == 5
    assert Pace(connect=1, read=5, end=103.0).step() == 3
    with pytest.raises(TimeoutError):
        Pace(connect=1, read=5, end=100.0).step()


@both
@pytest.mark.parametrize("at", ["open", "read"])
@pytest.mark.parametrize("sent", [True, False])
def test_what_comes_after_the_deadline_is_too_late(
    kind: type[Told], at: str, sent: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = time.monotonic

    def late(answer: Any) -> Callable[[], Any]:
        def step() -> Any:
            monkeypatch.setattr(time, "monotonic", lambda: real() + 31)
            return answer

        return step

    library = kind(*([late(OK)] if at == "open" else [OK, late(b"{}")]), None)
    library.sent = sent
    problem = refused(library)
    words = "no complete answer within 30 s" if sent else "no connection in time"
    assert str(problem) == words
    assert (problem.sent, problem.timeout) == (sent, sent)
    assert library.kept == [False]


@pytest.mark.parametrize("sent", [True, False])
@pytest.mark.parametrize("before", [(), (OK,), (OK, b"{")])
def test_an_async_step_that_never_ends_is_broken_off(before: tuple[Any, ...], sent: bool) -> None:
    library = ToldAsync(*before, lambda: asyncio.sleep(60))
    library.sent = sent
    problem = refused(library, timeout=0.02)
    assert (problem.sent, problem.timeout) == (sent, sent)
    assert library.kept == [False]


def test_a_cancelled_request_closes_its_connection_and_stays_cancelled() -> None:
    reading = asyncio.Event()

    async def endless() -> None:
        reading.set()
        await asyncio.sleep(60)

    library = ToldAsync(OK, endless)
    library.sent = True

    async def inside() -> None:
        told: Any = library
        sending = asyncio.create_task(AsyncGuard(told).send(OUT, 30.0))
        await reading.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending

    asyncio.run(inside())
    assert library.kept == [False]


def test_a_ctrl_c_closes_the_connection_and_goes_on() -> None:
    library = Told(OK, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        send(library)
    assert library.kept == [False]


# By name


@pytest.mark.parametrize("make", [open_async, open_sync])
def test_a_transport_that_is_not_there_is_said_with_those_that_are(make: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"no transport .*: fast, plain, httpx\)"):
        make("requests", Timeouts())
