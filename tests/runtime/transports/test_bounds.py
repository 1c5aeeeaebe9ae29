"""How much of a reply is taken, and what it is unpacked to."""

from __future__ import annotations

import gzip
import json
import tracemalloc
import zlib
from collections import deque
from collections.abc import Iterator

import pytest
from support.on_wire import OURS, Line
from support.wire_server import Trouble, Visit

from exchangekit.adapter import Outgoing
from exchangekit.runtime.effects import TransportFailure
from exchangekit.runtime.transports.inflate import MAX_REPLY_BYTES, Body

DATA = json.dumps({"prices": list(range(5000))}).encode()


def bare(data: bytes) -> bytes:
    """Deflate without zlib's frame, as some servers send it."""
    made = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return made.compress(data) + made.flush()


PACKED = {
    "gzip": ("gzip", gzip.compress(DATA)),
    "x-gzip": ("X-GZIP", gzip.compress(DATA)),
    "zlib": ("deflate", zlib.compress(DATA)),
    "bare": ("deflate", bare(DATA)),
    "identity": ("identity", DATA),
    "": ("", DATA),
}


@pytest.mark.parametrize(("coding", "packed"), PACKED.values(), ids=list(PACKED))
def test_a_reply_is_unpacked_once(line: Line, coding: str, packed: bytes) -> None:
    line.server.trouble["/x"] = lambda visit: visit.answer(packed, more=_said(coding))
    assert line.get("/x").body == DATA


@pytest.mark.parametrize(("coding", "packed"), PACKED.values(), ids=list(PACKED))
def test_a_reply_in_single_bytes_is_the_same(coding: str, packed: bytes) -> None:
    body = Body({"content-encoding": coding})
    for at in range(len(packed)):
        body.add(packed[at : at + 1])
    assert body.end() == DATA


def test_a_reply_without_a_body_need_not_be_packed() -> None:
    assert Body({"content-encoding": "gzip"}).end() == b""


def test_header_names_of_a_reply_are_in_lower_case_and_values_joined(line: Line) -> None:
    more = "Retry-AFTER: 3\r\nX-Warn: a\r\nx-warn: b\r\n"
    line.server.trouble["/x"] = lambda visit: visit.answer(b"{}", more=more)
    headers = line.get("/x").headers
    assert headers["retry-after"] == "3"
    assert headers["x-warn"] == "a, b"
    assert all(name == name.lower() for name in headers)


def test_a_reply_of_exactly_the_bound_is_taken(line: Line) -> None:
    line.server.trouble["/x"] = lambda visit: visit.answer(b" " * MAX_REPLY_BYTES)
    assert len(line.get("/x").body) == MAX_REPLY_BYTES


def _said(coding: str) -> str:
    return f"Content-Encoding: {coding}\r\n" if coding else ""


def announced(visit: Visit) -> None:
    """Says that it is large, and waits to be read."""
    visit.answer(b"", length=MAX_REPLY_BYTES + 1)
    visit.wait(30)


def chunked(visit: Visit) -> None:
    """Larger than it may be, without saying so before."""
    visit.say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(40):
        visit.say(b"100000\r\n" + bytes(2**20) + b"\r\n")
    visit.wait(30)


def many_headers(visit: Visit) -> None:
    # Some libraries have a smaller bound of their own: this is just above the kit's.
    visit.answer(b"{}", more="".join(f"X-{number}: 1\r\n" for number in range(201)))


def packed(data: bytes, coding: str) -> Trouble:
    return lambda visit: visit.answer(data, more=_said(coding))


TWICE = gzip.compress(gzip.compress(bytes(20_000_000)))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (announced, "larger than 32 MB"),
        (chunked, "larger than 32 MB"),
        (packed(gzip.compress(bytes(40_000_000), 1), "gzip"), "larger than 32 MB"),
        (packed(zlib.compress(bytes(40_000_000), 1), "deflate"), "larger than 32 MB"),
        (packed(TWICE, "gzip, gzip"), "not asked for"),
        (packed(TWICE, "gzip\r\nContent-Encoding: gzip"), "not asked for"),
        (packed(DATA, "br"), "not asked for"),
        (packed(DATA, "gzip"), "compression is broken"),
        (packed(DATA, "deflate"), "compression is broken"),
        (packed(gzip.compress(DATA)[:-9], "gzip"), "it ends too early"),
        (packed(b"\x1f", "gzip"), "it ends too early"),
        (packed(gzip.compress(DATA) + b"more", "gzip"), "it goes on after its end"),
    ],
)
def test_the_request_of_a_reply_that_cannot_be_used_was_sent(
    line: Line, answer: Trouble, words: str
) -> None:
    line.server.trouble["/x"] = answer
    problem = line.refused(Outgoing(line.origin, "GET", "/x", ()))
    assert words in str(problem)
    assert (problem.sent, problem.reply, problem.timeout) == (True, True, False)


@pytest.mark.parametrize("line", OURS, indirect=True)
def test_more_headers_than_any_venue_sends_cannot_be_used(line: Line) -> None:
    line.server.trouble["/x"] = many_headers
    problem = line.refused(Outgoing(line.origin, "GET", "/x", ()))
    assert "headers are too large" in str(problem)
    assert (problem.sent, problem.reply) == (True, True)


def six_gigabytes() -> Iterator[bytes]:
    """Six megabytes that hold a thousand times as much, in pieces as they come."""
    made = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    block = made.compress(bytes(2**20)) + made.flush(zlib.Z_FULL_FLUSH)
    for _ in range(6):
        yield block * 1000


def test_a_bomb_is_never_unpacked_beyond_the_bound() -> None:
    body = Body({"content-encoding": "deflate"})
    tracemalloc.start()
    try:
        with pytest.raises(TransportFailure, match="larger than 32 MB"):
            deque(map(body.add, six_gigabytes()), maxlen=0)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 3 * MAX_REPLY_BYTES
