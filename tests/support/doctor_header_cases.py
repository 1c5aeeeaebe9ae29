"""Requests signed in headers, each wrong in exactly one way (or right, or wrong in many)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from support.captures import NOW, OKX_ORDER, Header, hex_of, iso, okx_order
from support.traders import KEYS

OKX = KEYS["okx"]
SPACED = json.dumps(OKX_ORDER)
BALANCE = "/api/v5/account/balance"


@dataclass(frozen=True)
class Case:
    """A request with exactly these faults, and words that tell what was signed."""

    title: str
    faults: tuple[str, ...]
    make: Callable[[], Header]
    signed: str | None = None


def _signed_text(text: str) -> Header:
    return Header(text=text)


CASES = [
    Case("a GET as it should be", (), Header, "as it was sent"),
    Case("a POST as it should be", (), okx_order, "as it was sent"),
    Case("no query", (), lambda: Header(query="")),
    Case(
        "another method signed",
        ("method_signed",),
        lambda: okx_order(sent={"method": "GET", "body": ""}, body=""),
        "with the method POST",
    ),
    Case(
        "the method signed in lower case",
        ("method_signed",),
        lambda: Header(method="get", sent={"method": "GET"}),
        "with the method get",
    ),
    Case(
        "another path signed",
        ("path_signed",),
        lambda: Header(query="", path="/api/v5/account/config", sent={"path": BALANCE}),
        "with the path /api/v5/account/config",
    ),
    Case(
        "the path signed without /api/v5",
        ("path_signed",),
        lambda: Header(path="/account/balance", sent={"path": BALANCE}),
        "without /api/v5 at the beginning of the path",
    ),
    Case(
        "the path signed with a slash at the end",
        ("path_signed",),
        lambda: Header(path=BALANCE + "/", query="", sent={"path": BALANCE}),
    ),
    Case(
        "the whole address signed",
        ("path_signed",),
        lambda: _signed_text(f"{iso()}GEThttps://www.okx.com{BALANCE}?ccy=BTC,ETH"),
    ),
    Case(
        "the query not signed",
        ("query_signed",),
        lambda: Header(query="", sent={"query": "ccy=BTC"}),
        "without the query",
    ),
    Case(
        "the query signed encoded, sent raw",
        ("query_signed",),
        lambda: Header(query="ccy=BTC%2CETH", sent={"query": "ccy=BTC,ETH"}),
        "with the query percent-encoded",
    ),
    Case(
        "the query signed in another order",
        ("query_signed",),
        lambda: Header(query="b=2&a=1", sent={"query": "a=1&b=2"}),
    ),
    Case(
        "a body with other spaces signed",
        ("body_signed",),
        lambda: okx_order(body=SPACED, sent={"body": okx_order().body}),
        "with the body with spaces",
    ),
    Case(
        "the body not signed",
        ("body_signed",),
        lambda: okx_order(body="", sent={"body": SPACED}),
        "without the body",
    ),
    Case(
        "a body with sorted keys signed",
        ("body_signed",),
        lambda: okx_order(
            body=json.dumps(OKX_ORDER, sort_keys=True), sent={"body": okx_order().body}
        ),
        "keys sorted",
    ),
    Case(
        "a body with numbers signed, with strings sent",
        ("body_signed",),
        lambda: okx_order(
            body='{"instId":"BTC-USDT","sz":0.1}', sent={"body": '{"instId":"BTC-USDT","sz":"0.1"}'}
        ),
        "numbers as numbers",
    ),
    Case(
        "the parameters of a GET signed as a body",
        ("body_signed", "query_signed"),
        lambda: _signed_text(f'{iso()}GET{BALANCE}{{"ccy": "BTC,ETH"}}'),
    ),
    Case(
        "timestamp in seconds",
        ("timestamp_format", "timestamp_seconds"),
        lambda: Header(stamp=str(NOW // 1000)),
    ),
    Case("timestamp in milliseconds", ("timestamp_format",), lambda: Header(stamp=str(NOW))),
    Case(
        "timestamp without milliseconds",
        ("timestamp_format",),
        lambda: Header(stamp=iso()[:-5] + "Z"),
    ),
    Case(
        "timestamp with +00:00", ("timestamp_format",), lambda: Header(stamp=iso()[:-1] + "+00:00")
    ),
    Case("timestamp that is none", ("timestamp_format",), lambda: Header(stamp="today")),
    Case(
        "another form of the timestamp signed",
        ("timestamp_signed",),
        lambda: Header(stamp=iso()[:-5] + "Z", sent={"stamp": iso()}),
        "ISO 8601 without milliseconds",
    ),
    Case("timestamp stale", ("timestamp_stale",), lambda: Header(stamp=iso(NOW - 60_000))),
    Case("timestamp ahead", ("timestamp_ahead",), lambda: Header(stamp=iso(NOW + 60_000))),
    Case("timestamp missing", ("timestamp_missing",), lambda: Header(stamp="")),
    Case("passphrase missing", ("passphrase_missing",), lambda: Header(passphrase=None)),
    Case("passphrase empty", ("passphrase_missing",), lambda: Header(passphrase="")),
    Case("another passphrase", ("passphrase_other",), lambda: Header(passphrase="Wrong-Horse-8")),
    Case(
        "white space around the passphrase",
        ("white_space",),
        lambda: Header(passphrase=OKX["passphrase"] + " "),
    ),
    Case("white space around the key", ("white_space",), lambda: Header(key=OKX["api_key"] + "  ")),
    Case(
        "the secret used with a line end",
        ("white_space",),
        lambda: Header(secret=OKX["secret"] + "\n"),
    ),
    Case("another secret", ("wrong_secret",), lambda: Header(secret="F00D" * 8)),
    Case("another key", ("key_other",), lambda: Header(key=OKX["api_key"].replace("0", "1"))),
    Case("signature in hex", ("signature_form",), lambda: Header(sign=hex_of)),
    Case("signature that is none", ("signature_form",), lambda: Header(sign=lambda t, s: "abc=")),
    Case("signature missing", ("signature_missing",), lambda: Header(sign=lambda t, s: "")),
    Case("a number with an exponent", ("exponent",), lambda: okx_order(body='{"sz":"1e-7"}')),
    Case("a JSON number with an exponent", ("exponent",), lambda: okx_order(body='{"sz":1e-7}')),
    Case(
        "the parameters of a GET in its body",
        ("query_expected",),
        lambda: Header(query="", body='{"ccy":"BTC"}'),
    ),
    Case(
        "the parameters of a POST in its query",
        ("body_expected",),
        lambda: okx_order(body="", query="instId=BTC-USDT"),
    ),
    Case(
        "a body declared as a form",
        ("content_type",),
        lambda: okx_order(kind="application/x-www-form-urlencoded"),
    ),
    Case("an unencoded letter", ("unencoded",), lambda: Header(query="ccy=é")),
    Case(
        "a deadline that has passed",
        ("deadline_passed",),
        lambda: okx_order(more={"expTime": str(NOW - 1)}),
    ),
    Case("a deadline to come", (), lambda: okx_order(more={"expTime": str(NOW + 5000)})),
    Case(
        "many at once",
        ("passphrase_missing", "timestamp_format", "method_signed", "exponent", "white_space"),
        lambda: okx_order(
            method="post",
            sent={"method": "POST"},
            body='{"sz":"1E-7"}',
            stamp=str(NOW),
            passphrase=None,
            key=OKX["api_key"] + " ",
        ),
    ),
]
