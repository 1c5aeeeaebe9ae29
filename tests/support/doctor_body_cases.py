"""Requests that carry nonce, key, time, passphrase or signature in the body, and what is wrong with
them."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha512
from typing import Any

from exchangekit.adapter import Credentials, Origin, Outgoing, Request, Stamp
from support.strategies import ALL_IN_JSON, IN_A_FORM

NOW, KEY = 1_790_000_000_000, "the-key-0123456789"
SECRET, PHRASE = "the-secret-0123456789", "the-phrase+0123&456"
HELD, AT = Credentials(KEY, SECRET, PHRASE), Stamp(NOW - 100, 5000, 1_790_000_000_000_001)
ORIGIN = Origin("http://127.0.0.1:1")


def form(body: bytes = b"a=1&b=x%20y", credentials: Credentials = HELD) -> Outgoing:
    request = Request(method="POST", path="/order", body=body, signed=True)
    return IN_A_FORM.sign(request, credentials, AT, ORIGIN)


def in_json(credentials: Credentials = HELD) -> Outgoing:
    request = Request(method="POST", path="/order", body=b'{"a":"1"}', signed=True)
    return ALL_IN_JSON.sign(request, credentials, AT, ORIGIN)


def changed(made: Outgoing, **fields: Any) -> Outgoing:
    """With these in its JSON; None takes one out."""
    told = {**json.loads(made.body), **fields}
    left = {name: value for name, value in told.items() if value is not None}
    return replace(made, body=json.dumps(left).encode())


def signed_over(made: Outgoing, text: bytes) -> Outgoing:
    digest = hmac.new(SECRET.encode(), text, sha512).hexdigest()
    headers = dict(made.headers) | {"Sign": digest}
    return replace(made, headers=tuple(headers.items()))


FORM_CASES: dict[str, tuple[Callable[[], Outgoing], set[str], str]] = {
    "signed before the nonce was put in": (
        lambda: signed_over(form(), b"/ordera=1&b=x%20y"),
        {"body_signed"},
        "with the body without nonce",
    ),
    "signed in another order": (
        lambda: signed_over(form(), b"/order" + b"&".join(sorted(form().body.split(b"&")))),
        {"body_signed"},
        "with the form sorted",
    ),
    "no nonce": (
        lambda: signed_over(replace(form(), body=b"a=1"), b"/ordera=1"),
        {"nonce_missing"},
        "as it was sent",
    ),
    "a nonce that is no number": (
        lambda: signed_over(replace(form(), body=b"nonce=1.5"), b"/ordernonce=1.5"),
        {"nonce_format"},
        "as it was sent",
    ),
    "JSON": (
        lambda: signed_over(replace(form(), body=b'{"nonce":1}'), b'/order{"nonce":1}'),
        {"content_type", "nonce_missing"},
        "as it was sent",
    ),
    "declared as JSON": (
        lambda: replace(
            form(),
            headers=tuple((dict(form().headers) | {"Content-Type": "application/json"}).items()),
        ),
        {"content_type"},
        "as it was sent",
    ),
}


JSON_CASES: dict[str, tuple[dict[str, Any], set[str]]] = {
    "no key": ({"key": None}, {"key_missing", "key_other"}),
    "another key": ({"key": "another-key-01"}, {"key_other"}),
    "no passphrase": ({"phrase": None}, {"passphrase_missing"}),
    "another passphrase": ({"phrase": "another"}, {"passphrase_other"}),
    "no nonce": ({"nonce": None}, {"nonce_missing", "wrong_secret"}),
    "a nonce that is no number": ({"nonce": "soon"}, {"nonce_format", "wrong_secret"}),
    # The milliseconds that were signed cannot be told from it.
    "a time in seconds": (
        {"at": 1_790_000_000},
        {"timestamp_seconds", "timestamp_format", "wrong_secret"},
    ),
    "no signature": ({"sign": None}, {"signature_missing"}),
}
