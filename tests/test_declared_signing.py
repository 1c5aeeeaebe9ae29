"""The declared strategy: published vectors of five venues, what is sent where, what is refused.

The key, secrets and texts are published examples; each has its address beside it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.strategies import (
    ALL_IN_JSON,
    BITGET,
    BYBIT,
    DECLARED,
    GATE,
    IN_A_FORM,
    KUCOIN,
    OKX,
)  # fmt: skip
from support.vectors import RIGHT

from exchangekit.adapter import (
    Credentials,
    DeclaredPrehash,
    Origin,
    Outgoing,
    Request,
    Stamp,
    encode_json,
    encode_query,
)
from exchangekit.adapter.body_fields import FORM
from exchangekit.adapter.scheme import KEY_SHOWN
from exchangekit.errors import ConfigurationError

ORIGIN = Origin("http://toy.invalid")
KEY, SECRET, PASSPHRASE = "the-key-0123456789", "the-secret-0123456789", "the-passphrase-0123"
CREDENTIALS = Credentials(KEY, SECRET, PASSPHRASE)
STAMP = Stamp(1_607_418_537_715, 5000)
NAUTILUS = "https://github.com/nautechsystems/nautilus_trader/blob/a95c8042b001/crates/adapters"
XCHANGE = "https://github.com/knowm/XChange/blob/beb5ddf4fd64"


class Published(NamedTuple):
    """A published example as a request; ``vector`` has its secret, text and signature."""

    strategy: DeclaredPrehash
    source: str
    vector: str
    key: str
    ms: int
    method: str
    path: str
    params: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


_BYBIT = f"{NAUTILUS}/bybit/src/common/credential.rs"
PUBLISHED = (
    Published(
        BYBIT,
        _BYBIT,
        "bybit-peer-nautilus-get",
        "test_api_key",
        1_700_000_000_000,
        "GET",
        "/v5/position/list",
        (("category", "linear"), ("symbol", "BTCUSDT")),
    ),
    Published(
        BYBIT,
        _BYBIT,
        "bybit-peer-nautilus-post",
        "test_api_key",
        1_700_000_000_000,
        "POST",
        "/v5/order/create",
        (),
        b'{"category": "linear", "symbol": "BTCUSDT", "orderLinkId": "test-order-1"}',
    ),
    Published(
        BYBIT,
        "https://github.com/JKorf/Bybit.Net/blob/d84528f2394b/Bybit.UnitTests",
        "bybit-peer-jkorf-1",
        "XXXXXXXXXX",
        1_658_384_313_791,
        "GET",
        "/v5/order/realtime",
        (("category", "option"), ("symbol", "BTC-29JUL22-25000-C")),
    ),
    Published(
        BYBIT,
        "https://github.com/JKorf/Bybit.Net/blob/d84528f2394b/Bybit.UnitTests",
        "bybit-peer-jkorf-2",
        "XXXXXXXXXX",
        1_658_385_578_423,
        "POST",
        "/v5/order/create",
        (),
        b'{"category":"option"}',
    ),
    Published(
        BITGET,
        f"{XCHANGE}/xchange-bitget/src/test/java/org/knowm/xchange/bitget/service",
        "bitget-peer-xchange-rest",
        "a-key",
        1_725_040_472_073,
        "GET",
        "/api/v2/spot/account/assets",
    ),
    Published(
        GATE,
        "https://www.gate.com/docs/developers/apiv4/en",
        "gate-docs-1",
        "key",
        1_541_993_715_999,
        "GET",
        "/api/v4/futures/orders",
        (("contract", "BTC_USD"), ("status", "finished"), ("limit", "50")),
    ),
    Published(
        KUCOIN,
        "https://github.com/Kucoin/kucoin-api-docs/blob/7f01bbefeebb/source/localizable",
        "kucoin-docs",
        "5c2db93503aa674c74a31734",
        1_547_015_186_532,
        "POST",
        "/api/v1/deposit-addresses",
        (),
        b'{"currency":"BTC"}',
    ),
    Published(
        OKX,
        f"{NAUTILUS}/okx/src/common/credential.rs",
        "okx-peer-nautilus",
        "985d5b66-57ce-40fb-b714-afc0b9787083",
        1_607_418_537_715,
        "GET",
        "/api/v5/account/balance",
    ),
)

names = st.text("abcXYZ09_", min_size=1, max_size=6)
params = st.lists(st.tuples(names, st.text(max_size=12)), max_size=6)
bodies = st.sampled_from([b"", b"{}", b'{"a":"1"}', '{"a":"é"}'.encode()])
methods = st.sampled_from(["GET", "POST", "DELETE"])


def carried(strategy: DeclaredPrehash, made: Outgoing, part: str) -> str:
    place = strategy.scheme.place(part)
    assert place is not None
    assert place.where == "header"
    (found,) = (value for name, value in made.headers if name == place.name)
    return found


def by_hand(strategy: DeclaredPrehash, text: bytes, secret: str = SECRET) -> str:
    """The signature of a text, made by the standard library alone."""
    raw = hmac.digest(secret.encode(), text, strategy.hash)
    return raw.hex() if strategy.encoding == "hex" else base64.b64encode(raw).decode()


@pytest.mark.parametrize("example", PUBLISHED, ids=lambda example: example.vector)
def test_a_published_request_has_its_published_text_and_signature(example: Published) -> None:
    (vector,) = (one for one in RIGHT if one.name == example.vector)
    method, path, given, body = example.method, example.path, example.params, example.body
    request = Request(method=method, path=path, params=given, body=body, signed=True)
    stamp = Stamp(example.ms, 5000)
    explained = example.strategy.explain(request, stamp)
    assert explained.text.replace(KEY_SHOWN, example.key, 1) == vector.text
    assert explained.body == body
    keys = Credentials(example.key, vector.secret, "phrase")
    made = example.strategy.sign(request, keys, stamp, ORIGIN)
    assert carried(example.strategy, made, "signature") == vector.signature
    assert carried(example.strategy, made, "key") == example.key
    assert (made.target, made.body) == (explained.target, body)


def test_the_hash_of_a_body_stands_in_the_text_as_it_was_published() -> None:
    """The second example of https://www.gate.com/docs/developers/apiv4/en prints no body; that of
    an empty one is in its first."""
    (vector,) = (one for one in RIGHT if one.name == "gate-docs-1")
    request = Request(method="GET", path="/x", signed=True)
    explained = GATE.explain(request, STAMP)
    assert dict(explained.parts)["body_hash"] == vector.text.split("\n")[3]
    body = b'{"text":"t-1"}'
    explained = GATE.explain(replace(request, body=body), STAMP)
    assert dict(explained.parts)["body_hash"] == hashlib.sha512(body).hexdigest()


def test_the_signed_passphrase_is_the_one_that_follows_from_the_published_keys() -> None:
    """https://github.com/Kucoin/kucoin-api-docs: its own example sends plain base64, which versions
    2 and 3 of its keys refuse; computed by hand."""
    (vector,) = (one for one in RIGHT if one.name == "kucoin-docs")
    keys = Credentials("5c2db93503aa674c74a31734", vector.secret, "Ab12345678)(*&^%$#@")
    request = Request(method="GET", path="/x", signed=True)
    made = KUCOIN.sign(request, keys, STAMP, ORIGIN)
    wanted = "F2p2bNS1bBehHvC/Z4YkB7l1Wd0Pq2iV/oLHM/DyE+I="
    assert carried(KUCOIN, made, "signed_passphrase") == wanted
    assert ("KC-API-KEY-VERSION", "2") in made.headers


@given(params, bodies, methods)
@pytest.mark.parametrize("venue", DECLARED)
def test_what_is_signed_is_what_is_sent(venue: str, given: Any, body: bytes, method: str) -> None:
    """The text made here by hand from the finished request, for each venue as its page says."""
    strategy = DECLARED[venue]
    request = Request(method=method, path="/api/v4/x", params=tuple(given), body=body, signed=True)
    made = strategy.sign(request, CREDENTIALS, STAMP, ORIGIN)
    path, _, query = made.target.partition("?")
    when = {"okx": "2020-12-08T09:08:57.715Z", "gate": "1607418537"}.get(venue, "1607418537715")
    if venue == "bybit":
        text = f"{when}{KEY}5000{query}".encode() + body
    elif venue == "gate":
        hashed = hashlib.sha512(body).hexdigest()
        text = f"{method}\n{path}\n{unquote(query)}\n{hashed}\n{when}".encode()
    else:
        text = f"{when}{method}{made.target}".encode() + body
    assert carried(strategy, made, "signature") == by_hand(strategy, text)
    assert carried(strategy, made, "timestamp") == when
    assert (made.method, made.body) == (method, body)
    assert parse_qsl(query, keep_blank_values=True) == given
    explained = strategy.explain(request, STAMP)
    assert "".join(part for _, part in explained.parts) == explained.text
    key = KEY_SHOWN if venue == "bybit" else KEY
    assert explained.text.encode() == text.replace(KEY.encode(), key.encode(), 1)
    assert all(name for name, _ in explained.parts)


def test_every_part_is_explained_by_its_name_and_the_key_is_a_placeholder() -> None:
    request = Request(method="POST", path="/v5/x", params=(("a", "b,c"),), body=b"{}", signed=True)
    assert BYBIT.explain(request, STAMP).parts == (
        ("timestamp", "1607418537715"),
        ("key", "[key]"),
        ("window", "5000"),
        ("query", "a=b%2Cc"),
        ("body", "{}"),
    )
    parts = GATE.explain(request, STAMP).parts
    assert [name for name, _ in parts] == [
        "method", "newline", "path", "newline", "plain_query", "newline", "body_hash", "newline",
        "timestamp",
    ]  # fmt: skip
    assert dict(parts)["plain_query"] == "a=b,c"


@pytest.mark.parametrize("venue", DECLARED)
def test_a_deadline_goes_out_in_milliseconds_and_only_where_the_request_has_one(venue: str) -> None:
    strategy = DECLARED[venue]
    place = strategy.scheme.place("deadline")
    for has in (False, True):
        request = Request(method="POST", path="/x", body=b"{}", signed=True, has_deadline=has)
        headers = dict(strategy.sign(request, CREDENTIALS, STAMP, ORIGIN).headers)
        assert headers["Content-Type"] == "application/json"
        if place is not None:
            assert headers.get(place.name) == ("1607418542715" if has else None)


@pytest.mark.parametrize(
    ("strategy", "body", "sent"),
    [
        (BITGET, b"{}", b'{"requestTime":"1607418537715","receiveWindow":"5000"}'),
        (BITGET, b'{"a":"1"}', b'{"a":"1","requestTime":"1607418537715","receiveWindow":"5000"}'),
        (KUCOIN, b'{"a":1}', b'{"a":1,"clientTimestamp":1607418537715,"allowMaxTimeWindow":5000}'),
    ],
)
def test_fields_of_the_strategy_go_into_a_body_with_a_deadline_and_are_signed(
    strategy: DeclaredPrehash, body: bytes, sent: bytes
) -> None:
    request = Request(method="POST", path="/x", body=body, signed=True, has_deadline=True)
    made = strategy.sign(request, CREDENTIALS, STAMP, ORIGIN)
    assert made.body == sent == strategy.explain(request, STAMP).body
    text = b"1607418537715POST/x" + sent
    assert carried(strategy, made, "signature") == by_hand(strategy, text)
    plain = replace(request, has_deadline=False)
    assert strategy.sign(plain, CREDENTIALS, STAMP, ORIGIN).body == body


@pytest.mark.parametrize("body", [b"", b"[]", b"a=1"])
def test_a_deadline_that_would_not_be_sent_is_refused(body: bytes) -> None:
    request = Request(method="POST", path="/x", body=body, signed=True, has_deadline=True)
    with pytest.raises(ConfigurationError, match="a request has a deadline, for which requestTime"):
        BITGET.sign(request, CREDENTIALS, STAMP, ORIGIN)


@pytest.mark.parametrize(("window", "signed"), [(5000, -25_000), (30_000, 0), (40_000, 0)])
def test_a_deadline_that_a_venue_does_not_take_is_the_end_of_what_was_signed(
    window: int, signed: int
) -> None:
    """It refuses what was signed 30 seconds ago: an order is signed with so old a time."""
    strategy = replace(BITGET, body={}, backdates=True)
    stamp = replace(STAMP, window=window)
    request = Request(method="POST", path="/x", body=b"{}", signed=True, has_deadline=True)
    made = strategy.sign(request, CREDENTIALS, stamp, ORIGIN)
    when = str(stamp.timestamp + signed)
    assert (carried(strategy, made, "timestamp"), made.body) == (when, b"{}")
    assert carried(strategy, made, "signature") == by_hand(strategy, f"{when}POST/x{{}}".encode())
    assert strategy.explain(request, stamp).text == f"{when}POST/x{{}}"
    plain = strategy.sign(replace(request, has_deadline=False), CREDENTIALS, stamp, ORIGIN)
    assert carried(strategy, plain, "timestamp") == str(stamp.timestamp)


# What goes into the body of each signed request

ORDER = b'{"a":"1"}'


def test_a_nonce_in_a_form_comes_first_is_signed_and_is_explained() -> None:
    """The form is typed as one, whoever described the request."""
    stamp = Stamp(1_607_418_537_715, 5000, 42)
    for body, headers in ((b"a=1&b=x%20y", ()), (b"a=1", (("Content-Type", FORM),)), (b"", ())):
        request = Request(
            method="POST", path="/x", body=body, headers=headers, signed=True, params=(("q", "2"),)
        )
        made = IN_A_FORM.sign(request, CREDENTIALS, stamp, ORIGIN)
        assert made.body == b"nonce=42" + (b"&" + body if body else b"")
        text = b"/x?q=2" + made.body
        assert dict(made.headers) == {
            "Key": KEY, "Sign": by_hand(IN_A_FORM, text), "Content-Type": FORM,
        }  # fmt: skip
        told = IN_A_FORM.explain(request, stamp)
        assert (told.text.encode(), told.body) == (text, made.body)
        assert told.parts == (("target", "/x?q=2"), ("body", made.body.decode()))


def test_key_signature_time_window_nonce_and_passphrase_may_all_go_into_json() -> None:
    stamp = Stamp(1_607_418_537_715, 5000, 42)
    request = Request(method="POST", path="/x", body=ORDER, signed=True)
    made = ALL_IN_JSON.sign(request, CREDENTIALS, stamp, ORIGIN)
    signature = by_hand(ALL_IN_JSON, f"42/x{KEY}16074185377155000".encode())
    assert json.loads(made.body) == {
        "key": KEY, "nonce": 42, "at": 1_607_418_537_715, "window": 5000, "phrase": PASSPHRASE,
        "a": "1", "sign": f"v1={signature}",
    }  # fmt: skip
    assert made.body.endswith(f',"a":"1","sign":"v1={signature}"}}'.encode())
    assert made.headers == (("Content-Type", "application/json"),)
    told = ALL_IN_JSON.explain(request, stamp)
    assert told.body == (
        b'{"key":"[key]","nonce":42,"at":1607418537715,"window":5000,"phrase":"[passphrase]",'
        b'"a":"1","sign":"v1=[signature]"}'
    )
    assert told.text == "42/x[key]16074185377155000"
    assert ALL_IN_JSON.signs_body
    assert ALL_IN_JSON.needs_passphrase
    assert {"nonce", "key", "sign"} <= ALL_IN_JSON.own_params


def test_a_body_that_is_signed_may_hold_the_key() -> None:
    """Odd letters are written as JSON and forms have them, signed and sent alike."""
    held = Credentials('a"key&ü', SECRET, PASSPHRASE)
    for form, sent in ((False, b'{"k":"a\\"key&\xc3\xbc"}'), (True, b"k=a%22key%26%C3%BC")):
        strategy = DeclaredPrehash(
            template="{timestamp}{body}",
            headers={"S": "{signature}", "T": "{timestamp}"},
            body_always={"k": "{key}"},
            form=form,
            encoding="hex",
        )
        request = Request(method="DELETE", path="/x", signed=True)
        made = strategy.sign(request, held, STAMP, ORIGIN)
        assert made.body == sent
        assert carried(strategy, made, "signature") == by_hand(strategy, b"1607418537715" + sent)
        told = strategy.explain(request, STAMP)
        assert told.body == (b"k=[key]" if form else b'{"k":"[key]"}')
        assert told.text.encode() == b"1607418537715" + told.body


def test_a_field_with_a_deadline_goes_out_with_requests_that_have_one() -> None:
    strategy = replace(IN_A_FORM, body_always={"nonce": "{nonce}", "until": "{deadline}"})
    for has, sent in ((False, b"nonce=0&a=1"), (True, b"nonce=0&until=1607418542715&a=1")):
        request = Request(method="POST", path="/x", body=b"a=1", signed=True, has_deadline=has)
        assert strategy.sign(request, CREDENTIALS, STAMP, ORIGIN).body == sent


@pytest.mark.parametrize(
    ("strategy", "request_", "said"),
    [
        (IN_A_FORM, Request(method="GET", path="/x"), "GET /x is signed and has no body, into wh"),
        (ALL_IN_JSON, Request(method="GET", path="/x", body=ORDER), "ask it with another method"),
        (IN_A_FORM, Request(method="POST", path="/x", body=ORDER), "that is no form, into which n"),
        (
            IN_A_FORM,
            Request(
                method="POST", path="/x", body=b"a=1", headers=(("content-type", "text/plain"),)
            ),
            "describe it with form=",
        ),
        (ALL_IN_JSON, Request(method="POST", path="/x", body=b"a=1"), "no JSON object, .* json=, "),
        (ALL_IN_JSON, Request(method="POST", path="/x", body=b"[{}]"), "is no JSON object"),
    ],
)
def test_a_request_that_can_carry_no_such_body_is_refused_in_words(
    strategy: DeclaredPrehash, request_: Request, said: str
) -> None:
    for make in (
        lambda: strategy.explain(request_, STAMP),
        lambda: strategy.sign(request_, CREDENTIALS, STAMP, ORIGIN),
    ):
        with pytest.raises(ConfigurationError, match=said):
            make()


values = st.text(st.characters(codec="utf-8"), max_size=12)
keys = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=12)


@given(
    st.dictionaries(names.filter(lambda name: len(name) < 4), values, max_size=5),
    keys,
    st.integers(0, 2**63),
    st.booleans(),
    st.sampled_from(["POST", "PUT", "DELETE"]),
)
def test_whatever_goes_into_a_body_is_there_once_beside_the_requests_own_and_signed_as_sent(
    own: dict[str, str], key: str, nonce: int, form: bool, method: str
) -> None:
    """Read back with the standard library, as a venue would."""
    signed = DeclaredPrehash(
        template="{method}{path}{body}",
        headers={"S": "{signature}"},
        body_always={"nonce": "{nonce}", "mykey": "k {key}", "window": "{window}"},
        form=form,
        encoding="hex",
    )
    inside = replace(
        signed,
        template="{nonce}{key}",
        headers={},
        body_always={"sign": "{signature}", **signed.body_always},
        encoding="base64",
    )
    body = encode_query(own.items()).encode() if form else encode_json(own)
    request = Request(method=method, path="/x", body=body if own else b"", signed=True)
    stamp, held = Stamp(1, 5000, nonce), Credentials(key, SECRET)
    wanted = {"nonce": str(nonce), "mykey": f"k {key}", "window": "5000", **own}
    for strategy in (signed, inside):
        made = strategy.sign(request, held, stamp, ORIGIN)
        pairs = (
            parse_qsl(made.body.decode(), keep_blank_values=True)
            if form
            else json.loads(made.body, object_pairs_hook=list)
        )
        text = f"{method}/x".encode() + made.body
        if strategy is inside:
            assert pairs[-1] == ("sign", by_hand(strategy, f"{nonce}{key}".encode()))
            pairs = pairs[:-1]
        else:
            assert carried(strategy, made, "signature") == by_hand(strategy, text)
        assert pairs == list(wanted.items())
        told = strategy.explain(request, stamp)
        assert [name for name, _ in told.parts] == [name for name, _ in strategy.scheme.pieces]
        assert "".join(part for _, part in told.parts) == told.text
        assert b"[key]" in told.body


QUERIED = DeclaredPrehash(
    template="{method}{target}{body}",
    headers={"X-KEY": "{key}", "Authorization": "Signed {signature} of {key}"},
    query={"at": "{timestamp}", "until": "{deadline}"},
    encoding="hex",
)


def test_parameters_of_the_strategy_are_signed_after_the_requests_own() -> None:
    request = Request(method="GET", path="/x", params=(("a", "1"),), signed=True, has_deadline=True)
    made = QUERIED.sign(request, CREDENTIALS, STAMP, ORIGIN)
    assert made.target == "/x?a=1&at=1607418537715&until=1607418542715"
    signature = by_hand(QUERIED, f"GET{made.target}".encode())
    assert ("Authorization", f"Signed {signature} of {KEY}") in made.headers
    assert QUERIED.own_params == {"at", "until"}


@pytest.mark.parametrize(("given", "mark"), [((), "?"), ((("a", "1"),), "&")])
def test_a_signature_in_the_query_is_last_encoded_and_not_signed(given: Any, mark: str) -> None:
    strategy = DeclaredPrehash(
        template="{timestamp}{target}",
        headers={"X-KEY": "{key}", "X-AT": "{timestamp}"},
        query={"sign": "{signature}"},
        encoding="base64",
    )
    request = Request(method="GET", path="/x", params=given, signed=True)
    explained = strategy.explain(request, STAMP)
    made = strategy.sign(request, CREDENTIALS, STAMP, ORIGIN)
    head, _, signature = made.target.partition(f"{mark}sign=")
    assert head == explained.target
    assert unquote(signature) == by_hand(strategy, f"1607418537715{head}".encode())
    assert "=" not in signature
    assert "sign" not in explained.target


@pytest.mark.parametrize("venue", DECLARED)
def test_no_strategy_shows_or_sends_a_secret(venue: str) -> None:
    strategy = DECLARED[venue]
    request = Request(method="POST", path="/x", params=(("a", "1"),), body=b"{}", signed=True)
    made = strategy.sign(request, CREDENTIALS, STAMP, ORIGIN)
    explained = strategy.explain(request, STAMP)
    shown = f"{strategy!r} {made!r} {explained!r} {strategy.scheme!r}"
    for secret in (KEY, SECRET, PASSPHRASE):
        assert secret not in shown
    sent = f"{made.target} {made.headers} {made.body!r}"
    assert SECRET not in sent
    assert (PASSPHRASE in sent) is (strategy.scheme.place("passphrase") is not None)


def test_what_a_strategy_says_of_itself() -> None:
    assert {venue: one.needs_passphrase for venue, one in DECLARED.items()} == {
        "okx": True, "bybit": False, "bitget": True, "gate": False, "kucoin": True,
    }  # fmt: skip
    for one in DECLARED.values():
        assert one.signs_body
        assert one.own_params == frozenset()
        assert one == one
        assert hash(one) == hash(one)
    assert GATE.scheme.words == "a text of method, path, plain query, body hash, timestamp"
    without = DeclaredPrehash(
        template="{timestamp}{target}",
        headers={"K": "{key}", "S": "{signature}", "T": "{timestamp}"},
        encoding="hex",
    )
    assert not without.signs_body


GOOD: dict[str, Any] = {
    "template": "{timestamp}{method}{target}{body}",
    "headers": {"K": "{key}", "S": "{signature}", "T": "{timestamp}"},
    "encoding": "hex",
}
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown part": (
        {"template": "{timestamp}{methd}"},
        r"template has the unknown part \{methd\}, expected some of \{timestamp\} .*: correct its",
    ),
    "an empty part": ({"template": "{timestamp}{}"}, r"unknown part \{\}"),
    "its own signature": (
        {"template": "{timestamp}{signature}"},
        "a signature cannot be part of what it signs",
    ),
    "a format": ({"template": "{timestamp:d}"}, "a format of its own, expected the part alone"),
    "a conversion": ({"template": "{timestamp!r}"}, "a format of its own"),
    "an open brace": ({"template": "{timestamp}{"}, "braces are not in order .*: write each part"),
    "no text": ({"template": 5}, "template is 5, expected a text with parts"),
    "nothing of the request": ({"template": "GET/realtime"}, "no part of the request, expected"),
    "a hash": ({"hash": "md5"}, "hash is 'md5', expected 'sha256' or 'sha512'.*write a strategy"),
    "an encoding": ({"encoding": "base32"}, "encoding is 'base32', expected 'hex' or 'base64'"),
    "a time": ({"time": "us"}, "time is 'us', expected 'ms' or 's' or 'iso'"),
    "no key": (
        {"headers": {"S": "{signature}", "T": "{timestamp}"}},
        r"no header carries \{key\}, expected one: .*to headers",
    ),
    "no signature": (
        {"headers": {"K": "{key}", "T": "{timestamp}"}},
        r"carries \{signature\}.*to headers or query",
    ),
    "two signatures": (
        {"query": {"sign": "{signature}"}},
        "the signature is sent twice, expected one place",
    ),
    "a time that is not sent": (
        {"headers": {"K": "{key}", "S": "{signature}"}},
        r"signs \{timestamp\}, which is sent nowhere, expected it in headers or query",
    ),
    "a window that is not sent": (
        {"template": "{timestamp}{window}"},
        r"signs \{window\}, which is sent nowhere",
    ),
    "an unknown part in a header": (
        {"headers": GOOD["headers"] | {"X": "{secret}"}},
        r"headers\['X'\] has the unknown part \{secret\}, expected some of \{key\}",
    ),
    "a key in an address": (
        {"query": {"key": "{key}"}},
        r"query\['key'\] has the unknown part \{key\}.*into a header, since addresses are logged",
    ),
    "headers that are none": ({"headers": "K"}, "headers is 'K', expected a mapping"),
    "a header's name": ({"headers": GOOD["headers"] | {"X Y": "1"}}, "the name 'X Y', expected"),
    "a header twice": ({"headers": GOOD["headers"] | {"k": "1"}}, "headers has k twice"),
    "a content type": (
        {"headers": GOOD["headers"] | {"Content-Type": "x"}},
        "Content-Type is added with every body",
    ),
    "a line break in a header": (
        {"headers": GOOD["headers"] | {"X": "a\nb"}},
        "expected printable ASCII",
    ),
    "a secret part in a body": (
        {"body": {"key": "{key}"}},
        r"body\['key'\] has the unknown part \{key\}, expected some of \{timestamp\}.*: it goes"
        " into body_always",
    ),
    "a body that is signed with its own signature in it": (
        {"headers": {"K": "{key}", "T": "{timestamp}"}, "body_always": {"sign": "{signature}"}},
        r"body_always\['sign'\] puts the \{signature\} into it: a signature cannot be part of",
    ),
    "a hash of a body with its own signature in it": (
        {
            "template": "{timestamp}{body_hash}",
            "headers": {"K": "{key}", "T": "{timestamp}"},
            "body_always": {"sign": "{signature}"},
        },
        "a signature cannot be part of what it signs",
    ),
    "a hash of a body with the key in it": (
        {"template": "{timestamp}{body_hash}", "body_always": {"k": "{key}"}},
        "nobody could be shown that hash",
    ),
    "a signature in a header and in the body": (
        {"template": "{timestamp}{target}", "body_always": {"sign": "{signature}"}},
        "the signature is sent twice",
    ),
    "an unknown part in each body": (
        {"body_always": {"x": "{body}"}},
        r"body_always\['x'\] has the unknown part \{body\}",
    ),
    "a field in both bodies": (
        {"body": {"at": "{timestamp}"}, "body_always": {"at": "{timestamp}"}},
        "at stands in body and in body_always",
    ),
    "numbers in a form": (
        {"body_always": {"at": "{timestamp}"}, "form": True, "body_numbers": True},
        "bodies are forms, in which all is text",
    ),
    "a form that is no word": ({"form": "form"}, "form is 'form', expected True or False"),
    "a number that is none": (
        {"body": {"at": "t{timestamp}"}, "body_numbers": True},
        r"body\['at'\] cannot be a number, expected one part alone",
    ),
    "a number in ISO": (
        {"body": {"at": "{timestamp}"}, "body_numbers": True, "time": "iso"},
        r"body\['at'\] cannot be a number",
    ),
    "a time in the body alone": (
        {
            "headers": {"K": "{key}", "S": "{signature}"},
            "body": {"at": "{timestamp}"},
        },
        "sent nowhere, expected it in headers or query",
    ),
    "a clock that is never right": ({"behind_ms": 0}, "behind_ms is 0, expected a whole number"),
    "a clock that is no number": ({"ahead_ms": True}, "ahead_ms is True, expected"),
}


@pytest.mark.parametrize(("change", "said"), REFUSED.values(), ids=REFUSED)
def test_a_declaration_that_cannot_work_is_refused_in_words(
    change: dict[str, Any], said: str
) -> None:
    assert DeclaredPrehash(**GOOD).scheme.place("key") is not None
    with pytest.raises(ConfigurationError, match=said):
        DeclaredPrehash(**(GOOD | change))


def test_braces_and_texts_of_a_template_are_signed_as_they_stand() -> None:
    strategy = DeclaredPrehash(**(GOOD | {"template": "a{{{method}}}\n b"}))
    request = Request(method="GET", path="/x", signed=True)
    explained = strategy.explain(request, STAMP)
    assert explained.text == "a{GET}\n b"
    assert ("newline", "\n") in explained.parts
