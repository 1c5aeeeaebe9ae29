"""Replies, byte for byte: where they end, and what is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import h11
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from exchangekit.runtime.effects import TransportFailure
from exchangekit.runtime.transports.answers import Answer, Unreadable
from exchangekit.runtime.transports.answers_httptools import HttptoolsAnswer
from exchangekit.runtime.transports.answers_plain import PlainAnswer
from exchangekit.runtime.transports.inflate import bounded_headers

READERS = pytest.mark.parametrize("reader", [HttptoolsAnswer, PlainAnswer])

WHOLE: dict[str, tuple[bytes, bytes]] = {
    "a size": (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n1234", b"1234"),
    "nothing": (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b""),
    "no content": (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
    "chunks": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n12\r\n2;x=y\r\n34\r\n0\r\n\r\n",
        b"1234",
    ),
    "trailers": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n4\r\n1234\r\n0\r\nX: y\r\n\r\n",
        b"1234",
    ),
    "lines in chunks": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n\r\n\r\n\r\n0\r\n\r\n",
        b"\r\n\r\n",
    ),
    "interim": (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n1234",
        b"1234",
    ),
}
SURPLUS = [
    b"!",
    b"\r\r\n\r\n",
    b"\r\n",
    b"\n",
    b"\r",
    b"\r\n\r\n",
    b"HTTP/1.1 200 OK\r\n",
    b"0\r\n\r\n",
]


def fed(reader: Callable[[str], Answer], data: bytes, cuts: list[int]) -> tuple[Answer, bytes]:
    answer, body, at = reader("GET"), b"", 0
    for cut in [*sorted(cut for cut in cuts if cut < len(data)), len(data)]:
        answer.feed(data[at:cut])
        at = cut
    while answer.pieces:
        body += answer.pieces.popleft()
    return answer, body


@READERS
@pytest.mark.parametrize("name", WHOLE)
@given(cuts=st.lists(st.integers(1, 200), max_size=6))
@example(cuts=list(range(1, 200)))
@example(cuts=[])
def test_a_reply_is_the_same_however_it_is_cut(reader: Any, name: str, cuts: list[int]) -> None:
    data, body = WHOLE[name]
    answer, came = fed(reader, data, cuts)
    assert (answer.done, answer.kept, came) == (True, True, body)
    # Not a byte earlier.
    earlier, _ = fed(reader, data[:-1], cuts)
    assert not earlier.done
    with pytest.raises(Unreadable):
        earlier.ended()


@READERS
@pytest.mark.parametrize("more", SURPLUS)
@pytest.mark.parametrize("name", WHOLE)
@given(cuts=st.lists(st.integers(1, 200), max_size=6))
@example(cuts=list(range(1, 200)))
@example(cuts=[])
def test_a_byte_beyond_a_reply_ends_its_connection(
    reader: Any, name: str, more: bytes, cuts: list[int]
) -> None:
    data, body = WHOLE[name]
    answer, came = fed(reader, data + more, cuts)
    assert (answer.done, answer.kept, came) == (True, False, body)


@READERS
def test_a_reply_without_a_size_ends_with_its_connection(reader: Any) -> None:
    answer, body = fed(reader, b"HTTP/1.1 200 OK\r\n\r\n1234", [])
    assert (answer.done, body) == (False, b"1234")
    answer.ended()
    assert (answer.done, answer.kept) == (True, False)


@READERS
@pytest.mark.parametrize(
    "said", [b"HTTP/1.0 200 OK\r\n", b"HTTP/1.1 200 OK\r\nConnection: close\r\n"]
)
def test_a_connection_that_the_server_gives_up_is_not_kept(reader: Any, said: bytes) -> None:
    answer, body = fed(reader, said + b"Content-Length: 2\r\n\r\n{}", [])
    assert (answer.done, answer.kept, body) == (True, False, b"{}")


UNCLEAR = [
    b"HTTP/1.1 100 Continue\r\nContent-Length: 2\r\n\r\n"
    b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    b"SSH-2.0-OpenSSH_9.6\r\n",
    b"\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    b"HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\n{}",
    b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n{}",
    b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 30 + b"\r\n\r\n{}",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n{}",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}!!0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nNo colon\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nX Y: 1\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\n{}",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"2\r\n{}\r\n0\r\n\r\n",
    b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
]


@READERS
@pytest.mark.parametrize("said", UNCLEAR)
def test_what_does_not_say_clearly_what_it_is_is_no_reply(reader: Any, said: bytes) -> None:
    for cuts in ([], list(range(1, 400))):
        with pytest.raises(Unreadable):
            fed(reader, said, cuts)[0].ended()


@READERS
@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: " + b"y" * 140_000,
    ],
)
def test_a_head_without_an_end_is_given_up(reader: Any, said: bytes) -> None:
    with pytest.raises(TransportFailure, match="headers are too large") as caught:
        fed(reader, said, list(range(30_000, 300_000, 30_000)))
    assert (caught.value.sent, caught.value.reply) == (True, True)


@READERS
def test_interim_replies_have_an_end(reader: Any) -> None:
    with pytest.raises(TransportFailure, match="headers are too large"):
        fed(reader, b"HTTP/1.1 100 Continue\r\n\r\n" * 4000, [])


def by_h11(data: bytes) -> tuple[int, list[tuple[str, str]], bytes] | None:
    """What another reader makes of `data`: nothing, where it is no whole reply and no more."""
    reading = h11.Connection(h11.CLIENT)
    reading.send(h11.Request(method="GET", target="/", headers=[("Host", "-")]))
    reading.send(h11.EndOfMessage())
    reading.receive_data(data)
    status, headers, body = 0, list[tuple[str, str]](), b""
    try:
        while not isinstance(event := reading.next_event(), h11.EndOfMessage):
            if isinstance(event, h11.Response):
                status = event.status_code
                headers = [(n.decode("latin-1"), v.decode("latin-1")) for n, v in event.headers]
            elif isinstance(event, h11.Data):
                body += event.data
            elif not isinstance(event, h11.InformationalResponse):
                return None
    except h11.RemoteProtocolError:
        return None
    return (status, headers, body) if not reading.trailing_data[0] else None


MORE = [
    *(
        b"",
        b"\r\n",
        b"\n",
        b"\r",
        b" ",
        b"\t",
        b":",
        b"0",
        b"4",
        b"\x00",
        b"\xff",
        b";",
        b",",
        b"-",
    ),
    *(b"+", b"x", b"HTTP/1.1", b"Content-Length: 4\r\n", b"Transfer-Encoding: chunked\r\n"),
]


@READERS
@settings(max_examples=3000, deadline=None)
@given(
    name=st.sampled_from(list(WHOLE)),
    edits=st.lists(
        st.tuples(
            st.integers(0, 120),
            st.integers(0, 3),
            st.sampled_from(MORE),
        ),
        min_size=1,
        max_size=3,
    ),
)
def test_what_is_taken_for_a_whole_reply_is_one_to_another_reader_too(
    reader: Any, name: str, edits: list[tuple[int, int, bytes]]
) -> None:
    data, _ = WHOLE[name]
    for at, gone, more in edits:
        # In trailers h11 reads what everybody else ignores.
        assume(at <= data.find(b"\r\n\r\n") or not more.endswith(b"\r\n") or len(more) == 2)
        data = data[:at] + more + data[at + gone :]
    try:
        answer, body = fed(reader, data, [])
    except (Unreadable, TransportFailure):
        return
    if answer.done and answer.kept:
        found = by_h11(data)
        assert found is not None
        status, headers, their_body = found
        assert (answer.status, body) == (status, their_body)
        theirs = bounded_headers(headers)
        for framing in ("transfer-encoding", "content-length"):  # which h11 tidies up
            assert (answer.headers.pop(framing, None) is None) == (
                theirs.pop(framing, None) is None
            )
        assert answer.headers == theirs
