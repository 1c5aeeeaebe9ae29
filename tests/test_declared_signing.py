"""The declared strategy: published vectors of five venues, what is sent where, what is refused.

The key, secrets and texts are published examples; each has its address beside it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.strategies import BITGET, BYBIT, DECLARED, GATE, KUCOIN, OKX
from support.vectors import RIGHT

from exchangekit.adapter import Credentials, DeclaredPrehash, Origin, Outgoing, Request, Stamp
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
        r"body\['key'\] has the unknown part \{key\}, expected some of \{timestamp\}",
    ),
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
