"""What arrives is what was signed, or nothing is sent."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support.on_wire import Line, ask, each_kind
from support.toy import SECRET, Script, reply
from support.wire_server import WireServer

from exchangekit.adapter import Origin, Outgoing
from exchangekit.adapter.request import target
from exchangekit.operations.raw import _PATH
from exchangekit.runtime.effects import TransportFailure
from exchangekit.runtime.transports.library import Pace
from exchangekit.runtime.transports.over_httpx import SyncHttpx
from exchangekit.runtime.transports.wire import wanted

pytestmark = pytest.mark.usefixtures("toy_venue")

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
def test_what_arrives_is_what_was_encoded(line: Line, pair: tuple[str, str]) -> None:
    encoded = target("/api/v3/x", [pair])
    line.get(encoded)
    assert line.server.targets == [encoded]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=30)), max_size=6))
def test_any_parameters_arrive_as_they_were_encoded(
    line: Line, pairs: list[tuple[str, str]]
) -> None:
    pairs = [pair for pair in pairs if all(_encodable(part) for part in pair)]
    encoded = target("/x", pairs)
    line.get(encoded)
    assert line.server.targets[-1] == encoded


def _encodable(text: str) -> bool:
    return not any(0xD800 <= ord(letter) <= 0xDFFF for letter in text)


@each_kind
def test_the_signature_fits_the_bytes_that_arrive(kind: str) -> None:
    with WireServer(Script(standing={"/x": reply({})})) as server:
        ask(kind, server.url, "raw_request", "GET", "/x", dict(NASTY))
    (arrived,) = [one for one in server.targets if one.startswith("/x?")]
    query, _, signature = arrived.partition("?")[2].rpartition("&signature=")
    expected = hmac.new(SECRET.encode(), query.encode(), hashlib.sha256).hexdigest()
    assert signature == expected
    keys = [pair.partition("=")[0] for pair in query.split("&")]
    assert keys == sorted(keys)


@pytest.mark.parametrize("odd", ["/x y", "/ü", "/x?a=b#c", "/x\r\nX-Key: 1", "", "x", "*"])
def test_a_target_that_http_cannot_carry_is_not_sent(line: Line, odd: str) -> None:
    problem = line.refused(Outgoing(line.origin, "GET", odd, ()))
    assert (problem.sent, problem.unfit) == (False, True)
    assert line.server.heads == []


@pytest.mark.parametrize(
    "odd", ['/x?a=["BTC"]', "/a/../b", "/a/./b", "/x?", "/x?a=%zz", "//x", "/x?" + "a" * 70_000]
)
def test_a_target_that_a_library_may_rewrite_arrives_as_it_is_or_not_at_all(
    line: Line, odd: str
) -> None:
    refusal: TransportFailure | None = None
    try:
        line.get(odd)
    except TransportFailure as problem:
        refusal = problem
    if refusal is None:
        assert line.server.targets == [odd]
    else:
        assert (refusal.sent, refusal.unfit) == (False, True)
        assert line.server.heads == []


@pytest.mark.parametrize("line", ["httpx sync", "httpx async"], indirect=True)
@pytest.mark.parametrize("rewritten", ['/x?a=["BTC"]', "/a/../b", "/x?" + "a" * 70_000])
def test_what_httpx_would_rewrite_is_not_sent(line: Line, rewritten: str) -> None:
    problem = line.refused(Outgoing(line.origin, "GET", rewritten, ()))
    assert (problem.sent, problem.unfit) == (False, True)
    assert line.server.heads == []


@settings(max_examples=200, deadline=None)
@given(st.from_regex(_PATH, fullmatch=True).filter(lambda path: "/." not in path))
def test_any_path_that_raw_request_takes_is_sent_as_it_is(path: str) -> None:
    wire = wanted(Outgoing(Origin("http://toy.invalid"), "GET", path, ()))
    assert SyncHttpx().prepare(wire, Pace(1, 1, 1)).wire.url == f"http://toy.invalid{path}"


@each_kind
def test_a_base_address_with_a_path_keeps_it(kind: str) -> None:
    script = Script(standing={"/toy/v1/time": reply({"t": 1_700_000_000_000})})
    with WireServer(script) as server:
        ask(kind, server.url + "/toy/v1/", "fetch_time")
    assert server.targets == ["/toy/v1/time"]


def test_a_body_and_its_headers_arrive_as_they_are(line: Line) -> None:
    headers = (("Content-Type", "application/json"), ("X-Key", "abc"))
    line.send(Outgoing(line.origin, "POST", "/post", headers, b'{"a":1}'))
    assert line.server.bodies == [b'{"a":1}']
    (head,) = line.server.heads
    assert head.startswith(b"POST /post HTTP/1.1\r\n")
    assert fields(head) == {
        b"host": line.server.url.removeprefix("http://").encode(),
        b"user-agent": b"exchangekit",
        b"accept": b"application/json",
        b"accept-encoding": b"gzip, deflate",
        b"content-type": b"application/json",
        b"x-key": b"abc",
        b"content-length": b"7",
    }


def fields(head: bytes) -> dict[bytes, bytes]:
    """The headers that came, each once; Connection is between two ends of a wire."""
    pairs = [line.partition(b": ") for line in head.split(b"\r\n")[1:]]
    found = {name.lower(): value for name, _, value in pairs}
    assert len(found) == len(pairs)
    found.pop(b"connection", None)
    return found


def test_a_venue_may_ask_for_other_replies_and_name_itself(line: Line) -> None:
    line.get("/x", ("User-Agent", "toy"), ("accept", "text/plain"))
    (head,) = line.server.heads
    assert fields(head)[b"user-agent"] == b"toy"
    assert fields(head)[b"accept"] == b"text/plain"


@pytest.mark.parametrize(
    "header",
    [
        ("X-Key", "a\r\nX-Other: b"),
        ("X-Key", "ü"),
        ("X-Key", " a"),
        ("X Key", "a"),
        ("", "a"),
        ("Host", "elsewhere.invalid"),
        ("content-length", "5"),
        ("Transfer-Encoding", "chunked"),
        ("Accept-Encoding", "br"),
        ("Connection", "close"),
    ],
)
def test_a_header_that_no_request_may_bring_is_not_sent_and_its_value_not_told(
    line: Line, header: tuple[str, str]
) -> None:
    problem = line.refused(Outgoing(line.origin, "GET", "/x", (header,)))
    assert (problem.sent, problem.unfit) == (False, True)
    assert "header" in str(problem)
    assert header[1] not in str(problem).replace(header[0], "").split()
    assert line.server.heads == []


@pytest.mark.parametrize(
    ("base_url", "url", "host"),
    [
        ("https://api.example.com", "https://api.example.com/x", "api.example.com"),
        ("https://API.example.com:443/", "https://api.example.com/x", "api.example.com"),
        ("HTTPS://api.example.com", "https://api.example.com/x", "api.example.com"),
        ("http://10.0.0.1:80/v1", "http://10.0.0.1/v1/x", "10.0.0.1"),
        ("http://10.0.0.1:443", "http://10.0.0.1:443/x", "10.0.0.1:443"),
        ("http://[::1]:8801", "http://[::1]:8801/x", "[::1]:8801"),
    ],
)
def test_the_address_and_the_host_header_come_from_the_origin(
    base_url: str, url: str, host: str
) -> None:
    wire = wanted(Outgoing(Origin(base_url), "GET", "/x", ()))
    assert wire.url == url
    assert wire.headers[0] == ("Host", host)
    made = SyncHttpx().prepare(wire, Pace(1, 1, 1)).wire
    assert replace(made, headers=()) == replace(wire, headers=())
    assert ("Host", host) in made.headers


_ANY = st.text(st.characters(max_codepoint=0x200), max_size=6)


@settings(max_examples=1500, deadline=None)
@given(target=_ANY, value=_ANY)
@example(target="/", value="")
@example(target="/a b", value="a b")
@example(target="/a\x7f", value="\x7f")
@example(target="/a\u00ad", value="\u00ad")
@example(target="/\xa0", value="\xa0")
@example(target="/a\t", value="a\t")
def test_what_goes_onto_the_wire_is_what_the_grammar_of_http_allows(
    target: str, value: str
) -> None:
    allowed = re.fullmatch(r"/[!-\"$-~]*", target) and re.fullmatch(
        r"([!-~]([ -~]*[!-~])?)?", value
    )
    out = Outgoing(Origin("https://toy.invalid"), "GET", target, (("X-Key", value),))
    if allowed:
        assert wanted(out).url == f"https://toy.invalid{target}"
    else:
        with pytest.raises(TransportFailure) as caught:
            wanted(out)
        assert (caught.value.sent, caught.value.unfit) == (False, True)
