"""URLs, curl commands and HTTP requests as people paste them, and what is none of them."""

from __future__ import annotations

import pytest

from exchangekit.doctor.captured import Captured, Unreadable
from exchangekit.doctor.reading import LONGEST, read

URL = "https://api.mexc.com/api/v3/order?a=1&b=2"

SAME = {
    "a URL": URL,
    "a URL in quotation marks": f"  '{URL}'\n",
    "a URL between angle brackets": f"<{URL}>",
    "a URL without its scheme": "api.mexc.com/api/v3/order?a=1&b=2",
    "a URL in capitals": "HTTPS://API.MEXC.COM/api/v3/order?a=1&b=2",
    "a URL broken over two lines": "https://api.mexc.com/api/v3/order\n  ?a=1&b=2",
    "curl": f"curl '{URL}'",
    "curl.exe": f'curl.exe "{URL}"',
    "curl after a prompt": f"$ curl '{URL}'",
    "curl with --url": f"curl -s --url '{URL}' --max-time 5",
    "curl with options stuck together": f"curl -sSLk '{URL}' -o out.json",
    "curl with continued lines": f"curl \\\n  -s \\\r\n  '{URL}'",
    "curl with $'…'": "curl $'https://api.mexc.com/api/v3/order?a=\\x31&b=\\u0032'",
    "curl for the Windows prompt": 'curl ^"https://api.mexc.com/api/v3/order?a=1^&b=2^" ^\n  -s',
    "curl -G with --data-urlencode": (
        "curl -G https://api.mexc.com/api/v3/order -d a=1 --data-urlencode b=2"
    ),
    "curl -G after a query": "curl --get 'https://api.mexc.com/api/v3/order?a=1' --data-raw 'b=2'",
    "curl with an escaped &": "curl https://api.mexc.com/api/v3/order?a=1\\&b=2",
    "an HTTP request": "GET /api/v3/order?a=1&b=2 HTTP/1.1\r\nHost: api.mexc.com\r\n\r\n",
    "an HTTP request with the whole address": f"GET {URL} HTTP/2\nAccept: */*",
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_the_same_request_is_read_from_every_form(text: str) -> None:
    found = read(text)
    assert (found.method, found.host) == ("GET", "api.mexc.com")
    assert (found.path, found.query, found.body) == ("/api/v3/order", "a=1&b=2", "")


BODIES = {
    "-d": ("-d 'a=1&b=2'", "a=1&b=2", "application/x-www-form-urlencoded"),
    "-d twice": ("-d a=1 --data b=2", "a=1&b=2", "application/x-www-form-urlencoded"),
    "stuck to -d": ("-d'a=1'", "a=1", "application/x-www-form-urlencoded"),
    "--data-urlencode": (
        "--data-urlencode 'network=Arbitrum One(ARB)'",
        "network=Arbitrum+One%28ARB%29",
        "application/x-www-form-urlencoded",
    ),
    "--data-raw with an @": ("--data-raw '@x'", "@x", "application/x-www-form-urlencoded"),
    "--data-binary, declared": (
        "-H 'Content-Type: application/json' --data-binary $'{\"a\":\"\\u00e9\\n\"}'",
        '{"a":"é\n"}',
        " application/json",
    ),
    "--json": ("--json '{\"a\": 1}'", '{"a": 1}', "application/json"),
    "an escaped quotation mark": (
        '-d "{\\"a\\":1}"',
        '{"a":1}',
        "application/x-www-form-urlencoded",
    ),
    "a surrogate pair": (
        "--data-raw $'\\ud83d\\ude00'",
        "😀",
        "application/x-www-form-urlencoded",
    ),
}


@pytest.mark.parametrize(("words", "body", "kind"), BODIES.values(), ids=BODIES)
def test_a_body_is_what_curl_would_send(words: str, body: str, kind: str) -> None:
    found = read(f"curl https://api.mexc.com/api/v3/order {words}")
    assert (found.method, found.body) == ("POST", body)
    assert found.header("content-type") == kind


def test_methods_and_headers_are_kept_as_they_are_written() -> None:
    found = read("curl -XDELETE -H 'X-Key:  a ' -HB:c -I https://api.mexc.com/x")
    assert found.method == "DELETE"
    assert (found.header("x-key"), found.header("b")) == ("  a ", "c")
    assert read("curl -I https://api.mexc.com/x").method == "HEAD"
    raw = read("POST /x HTTP/1.1\nHost: api.mexc.com\nX-Key:  a \n\n{}\n")
    assert (raw.method, raw.header("x-key"), raw.body) == ("POST", "  a ", "{}")


def test_a_url_alone_shows_no_headers_and_a_curl_command_shows_that_there_are_none() -> None:
    assert read(URL).headers is None
    assert read(f"curl {URL}").headers == ()


def test_an_address_that_a_shell_would_cut_is_noticed() -> None:
    assert read(f"curl {URL}").unquoted
    assert not read(f"curl '{URL}'").unquoted


def test_what_stands_after_a_raw_hash_is_kept_apart() -> None:
    found = read("https://api.mexc.com/x?a=1#2&b=3")
    assert (found.query, found.fragment) == ("a=1", "2&b=3")


NO_REQUEST = {
    "nothing": ("", "nothing was given"),
    "white space": (" \n\t", "nothing was given"),
    "a word": ("hello", "that is no request"),
    "a secret": ("0123456789abcdef0123456789abcdef", "that is no request"),
    "binary": ("\x89PNG\r\n\x1a\n\x00\x00", "that is not text"),
    "bytes that are no UTF-8": ("https://x/\udcff\udcfe", "that is not text"),
    "half a command": ("curl 'https://api.mexc.com/x", "never closed"),
    "half a command in double quotes": ('curl "https://api.mexc.com/x', "never closed"),
    "half a command in $'": ("curl $'https://api.mexc.com/x", "never closed"),
    "curl without an address": ("curl -s", "has no address"),
    "curl that ends after -H": ("curl https://api.mexc.com/x -H", "ends after --header"),
    "curl with two addresses": ("curl https://a.b/x https://a.b/y", "several addresses"),
    "a body from a file": ("curl https://api.mexc.com/x -d @order.json", "from a file"),
    "a form of parts": ("curl https://api.mexc.com/x -F a=1", "form of parts"),
    "another protocol": ("curl ftp://api.mexc.com/x", "no request over HTTP"),
    "a host that is none": ("https://<host>/x?a=1", "no host that could be one"),
    "far too much": ("https://api.mexc.com/?" + "a" * LONGEST, "too long"),
}


@pytest.mark.parametrize(("text", "words"), NO_REQUEST.values(), ids=NO_REQUEST)
def test_what_is_no_request_is_refused_in_words_that_repeat_nothing_of_it(
    text: str, words: str
) -> None:
    with pytest.raises(Unreadable) as refused:
        read(text)
    said = str(refused.value)
    assert words in said
    assert len(text) < 10 or text not in said
    assert "0123456789abcdef" not in said


def test_a_captured_request_does_not_show_itself() -> None:
    found = read(f"curl '{URL}&signature=5ec4e7' -H 'X-Key: 5ec4e7'")
    assert isinstance(found, Captured)
    assert repr(found) == "<captured curl command: GET>"
