"""Signing strategies: published vectors, order, what is signed is what is sent, secrets."""

from __future__ import annotations

import base64
import copy
import hmac
import json
import pickle
import re
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.payloads import folder, needs_payloads
from support.strategies import DECLARED
from support.vectors import NO_VECTORS, RIGHT, SAME_AS, WRONG, Vector

from exchangekit.adapter import (
    Credentials,
    Origin,
    Outgoing,
    Request,
    Signer,
    SortedQueryHmac,
    Stamp,
)
from exchangekit.adapter.scheme import HASHES, Hash, iso_milliseconds

KEY, SECRET, PASSPHRASE = "the-key-0123456789", "the-secret-0123456789", "the-passphrase-0123"
CREDENTIALS = Credentials(KEY, SECRET, PASSPHRASE, account="main")
ORIGIN = Origin("http://toy.invalid")
STAMP = Stamp(timestamp=1607418537715, window=5000)
SORTED = SortedQueryHmac("X-KEY")
PREHASH = DECLARED["okx"]
SIGNERS: tuple[Signer, ...] = (SORTED, PREHASH)

# Keys that a sort by "key=value" or without regard to case would put elsewhere, and characters
# that must be encoded.
HARD = ("a", "a1", "a=", "a ", "A", "B", "b", "Z", "_", "a!", "a~", "recvWindow", "símbolo", "符")
names = st.sampled_from(HARD) | st.text(min_size=1, max_size=8)
values = st.sampled_from(("", "BTCUSDT", "Arbitrum One(ARB)", "a,b", "a+b&c=d", "%41", "１２", "é"))
pairs = st.tuples(names, values | st.text(max_size=12))
unique = st.lists(pairs, max_size=8, unique_by=lambda pair: pair[0])


def asked(params: Any, **changes: Any) -> Request:
    return Request(method="GET", path="/api/v3/order", params=tuple(params), signed=True, **changes)


def digest(secret: str, text: bytes, hash: str = "sha256") -> bytes:
    """What the standard library says of it: independent of the code under test."""
    return hmac.digest(secret.encode(), text, hash)


def header(outgoing: Outgoing, name: str) -> str:
    (found,) = (value for key, value in outgoing.headers if key == name)
    return found


# Published vectors


def signature_of(vector: Vector) -> str:
    name: Hash = "sha512" if len(vector.signature) == 128 else "sha256"
    made = Credentials("key", vector.secret).hmac_of(vector.text.encode(), name)
    if vector.signature.endswith("="):
        return base64.b64encode(made.digest()).decode()
    return made.hexdigest()


@pytest.mark.parametrize("vector", RIGHT, ids=lambda vector: vector.name)
def test_a_published_text_has_its_published_signature(vector: Vector) -> None:
    assert signature_of(vector) == vector.signature


@pytest.mark.parametrize("vector", WRONG, ids=lambda vector: vector.name)
def test_a_wrong_example_is_wrong(vector: Vector) -> None:
    assert signature_of(vector) != vector.signature
    assert vector.why


def test_the_prehash_strategy_signs_the_published_request() -> None:
    (vector,) = (vector for vector in RIGHT if vector.name == "okx-peer-nautilus")
    request = Request(method="GET", path="/api/v5/account/balance", signed=True)
    assert PREHASH.explain(request, STAMP).text == vector.text
    made = PREHASH.sign(request, Credentials("key", vector.secret, "phrase"), STAMP, ORIGIN)
    assert header(made, "OK-ACCESS-SIGN") == vector.signature
    assert header(made, "OK-ACCESS-TIMESTAMP") == "2020-12-08T09:08:57.715Z"


def test_the_published_body_is_signed_as_it_is_sent() -> None:
    (vector,) = (vector for vector in RIGHT if vector.name == "okx-peer-jkorf")
    body = vector.text[vector.text.index("{") :].encode()
    request = Request(method="POST", path="/api/v5/account/balance", body=body, signed=True)
    made = PREHASH.sign(request, Credentials("key", vector.secret, "phrase"), STAMP, ORIGIN)
    # The published time is not one that can be: 57.57Z. The rest of the text is the same.
    assert PREHASH.explain(request, STAMP).text.partition("Z")[2] == vector.text.partition("Z")[2]
    text = f"2020-12-08T09:08:57.715Z{vector.text.partition('Z')[2]}".encode()
    assert header(made, "OK-ACCESS-SIGN") == base64.b64encode(digest(vector.secret, text)).decode()


@pytest.mark.parametrize(
    "name", ["mexc-example-2", "binance-rest-hmac-1", "binance-rest-hmac-2", "binance-wsapi-hmac-1"]
)
def test_the_parameters_of_a_published_request_are_sent_in_order_and_signed(name: str) -> None:
    """The published order is another one: what is signed is compared apart from it."""
    (vector,) = (vector for vector in RIGHT if vector.name == name)
    there = dict(parse_qsl(vector.text, strict_parsing=True))
    stamp = Stamp(int(there.pop("timestamp")), int(there.pop("recvWindow")))
    made = SORTED.sign(asked(there.items()), Credentials("key", vector.secret), stamp, ORIGIN)
    query, _, signature = made.target.partition("?")[2].rpartition("&signature=")
    assert sorted(query.split("&")) == sorted(vector.text.split("&"))
    assert [pair.partition("=")[0] for pair in query.split("&")] == sorted(
        pair.partition("=")[0] for pair in vector.text.split("&")
    )
    assert signature == digest(vector.secret, query.encode()).hex()


@needs_payloads
def test_every_published_example_is_a_vector_here_or_says_why_not() -> None:
    where = folder()
    assert where is not None
    published = json.loads((where / "signing.json").read_text(encoding="utf-8"))
    told = {vector.name: vector for vector in (*RIGHT, *WRONG)}
    for example in published:
        name = re.sub(r"-spot_v3_(en|cn)", "", example["id"])
        vector = told.get(SAME_AS.get(name, name))
        if vector is None:
            assert name in NO_VECTORS
            continue
        assert (vector.secret, vector.text) == (example["secret"], example["string_to_sign"])
        assert vector.signature in (
            example["published_signature"],
            example["published_signature"].lower(),
        )
        assert (vector in RIGHT) is (example["verdict"] == "match")
    assert len(published) == 40


# The sorted query


@given(unique, st.randoms(use_true_random=False))
def test_parameters_in_any_order_have_the_same_signature(params: Any, chance: Any) -> None:
    assume(not {name for name, _ in params} & {"recvWindow", "timestamp"})
    shuffled = params.copy()
    chance.shuffle(shuffled)
    assert SORTED.sign(asked(shuffled), CREDENTIALS, STAMP, ORIGIN) == SORTED.sign(
        asked(params), CREDENTIALS, STAMP, ORIGIN
    )


@given(st.lists(pairs, max_size=8))
def test_parameters_are_sorted_strictly_by_their_keys(params: Any) -> None:
    query = SORTED.query(asked(params), STAMP)
    sent = parse_qsl(query, keep_blank_values=True, strict_parsing=True)
    keys = [name for name, _ in sent]
    assert keys == sorted(keys)
    told = [*params, ("recvWindow", "5000"), ("timestamp", "1607418537715")]
    assert sorted(sent) == sorted(told)


def test_sorting_keys_is_not_sorting_pairs() -> None:
    # "a1=x" is before "a=x" as text, since 1 is before =.
    query = SORTED.query(asked([("a1", "x"), ("a", "x"), ("B", "x")]), STAMP)
    assert query == "B=x&a=x&a1=x&recvWindow=5000&timestamp=1607418537715"


@given(st.lists(pairs, max_size=8))
def test_keys_that_are_given_twice_keep_their_order(params: Any) -> None:
    sent = parse_qsl(SORTED.query(asked(params), STAMP), keep_blank_values=True)
    for name in {name for name, _ in params} - {"recvWindow", "timestamp"}:
        assert [one for one in sent if one[0] == name] == [one for one in params if one[0] == name]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("Arbitrum One(ARB)", "Arbitrum%20One%28ARB%29"),
        ("1,2", "1%2C2"),
        ('["BTCUSDT"]', "%5B%22BTCUSDT%22%5D"),
        ("１", "%EF%BC%91"),
        ("a+b/c=d&e", "a%2Bb%2Fc%3Dd%26e"),
        ("%41", "%2541"),
        ("-._~", "-._~"),
        ("", ""),
    ],
)
def test_what_is_signed_is_percent_encoded(value: str, written: str) -> None:
    made = SORTED.sign(asked([("network", value)]), CREDENTIALS, STAMP, ORIGIN)
    assert f"?network={written}&recvWindow=" in made.target
    assert SORTED.explain(asked([("network", value)]), STAMP).parts[0] == (
        "network",
        f"network={written}",
    )


@given(st.lists(pairs, max_size=8))
def test_the_signature_is_last_in_lower_case_and_of_the_text_before_it(params: Any) -> None:
    request = asked(params)
    made = SORTED.sign(request, CREDENTIALS, STAMP, ORIGIN)
    path, _, query = made.target.partition("?")
    signed, _, signature = query.rpartition("&")
    assert path == request.path
    assert signed == SORTED.explain(request, STAMP).text
    assert signature == f"signature={digest(SECRET, signed.encode()).hex()}"
    assert made.body == b""


def test_the_key_goes_into_the_venues_own_header() -> None:
    made = SORTED.sign(asked([], headers=(("X-Other", "1"),)), CREDENTIALS, STAMP, ORIGIN)
    assert made.headers == (("X-Other", "1"), ("X-KEY", KEY))


# The prehash


bodies = st.sampled_from([b"", b"{}", b'{"instId":"BTC-USDT","sz":"0.1"}', '{"a":"é"}'.encode()])


@given(st.lists(pairs, max_size=8), bodies, st.sampled_from(["GET", "POST"]))
def test_the_prehash_is_time_method_target_and_body_as_they_are_sent(
    params: Any, body: bytes, method: str
) -> None:
    request = Request(method=method, path="/api/v5/x", params=tuple(params), body=body, signed=True)
    made = PREHASH.sign(request, CREDENTIALS, STAMP, ORIGIN)
    text = f"2020-12-08T09:08:57.715Z{method}{made.target}".encode() + made.body
    assert header(made, "OK-ACCESS-SIGN") == base64.b64encode(digest(SECRET, text)).decode()
    explained = PREHASH.explain(request, STAMP)
    assert explained.text.encode() == text
    assert "".join(part for _, part in explained.parts) == explained.text
    assert (made.method, made.body) == (method, body)
    assert parse_qsl(made.target.partition("?")[2], keep_blank_values=True) == list(params)


def test_the_prehash_keeps_the_order_of_the_parameters() -> None:
    request = asked([("z", "1"), ("a", "2")])
    assert PREHASH.sign(request, CREDENTIALS, STAMP, ORIGIN).target == "/api/v3/order?z=1&a=2"


def test_the_prehash_headers_carry_key_time_and_passphrase() -> None:
    request = Request(method="POST", path="/x", body=b"{}", signed=True, has_deadline=True)
    made = dict(PREHASH.sign(request, CREDENTIALS, STAMP, ORIGIN).headers)
    signature = made.pop("OK-ACCESS-SIGN")
    assert len(base64.b64decode(signature, validate=True)) == 32
    assert made == {
        "OK-ACCESS-KEY": KEY,
        "OK-ACCESS-TIMESTAMP": "2020-12-08T09:08:57.715Z",
        "OK-ACCESS-PASSPHRASE": PASSPHRASE,
        "expTime": str(STAMP.timestamp + STAMP.window),
        "Content-Type": "application/json",
    }


@given(st.integers(0, 4102444800000))
def test_a_time_is_written_with_exactly_its_milliseconds(milliseconds: int) -> None:
    written = iso_milliseconds(milliseconds)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", written)
    moment = datetime.fromisoformat(written)
    assert moment.tzinfo == UTC
    whole = (moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000
    assert round(whole) == milliseconds


# Both


@pytest.mark.parametrize("signer", SIGNERS, ids=["sorted", "prehash"])
@given(params=st.lists(pairs, max_size=8))
def test_the_explained_target_is_sent_as_it_was_explained(signer: Signer, params: Any) -> None:
    request = asked(params)
    explained = signer.explain(request, STAMP)
    made = signer.sign(request, CREDENTIALS, STAMP, ORIGIN)
    rest = made.target.removeprefix(explained.target)
    assert re.fullmatch("(&signature=[0-9a-f]{64})?", rest)
    assert made.target.isascii()
    assert " " not in made.target


@pytest.mark.parametrize("signer", SIGNERS, ids=["sorted", "prehash"])
def test_another_time_is_another_signature_and_the_same_time_the_same(signer: Signer) -> None:
    request, later = asked([("symbol", "BTCUSDT")]), Stamp(STAMP.timestamp + 1, STAMP.window)
    first, again = (signer.sign(request, CREDENTIALS, STAMP, ORIGIN) for _ in range(2))
    assert first == again
    assert signer.sign(request, CREDENTIALS, later, ORIGIN) != first


@pytest.mark.parametrize("signer", SIGNERS, ids=["sorted", "prehash"])
@given(params=st.lists(pairs, max_size=4))
def test_no_secret_is_in_what_is_explained_or_shown(signer: Signer, params: Any) -> None:
    request = asked(params)
    made = signer.sign(request, CREDENTIALS, STAMP, ORIGIN)
    shown = repr(made) + repr(signer) + repr(request) + repr(signer.explain(request, STAMP))
    for secret in (KEY, SECRET, PASSPHRASE):
        assert secret not in shown
    signatures = {value for _, value in made.headers} | {made.target.rpartition("=")[2]}
    assert not any(len(value) > 40 and value in repr(made) for value in signatures)


def test_a_secret_is_in_no_byte_that_goes_out() -> None:
    for signer in SIGNERS:
        made = signer.sign(asked([("a", "b")], body=b"{}"), CREDENTIALS, STAMP, ORIGIN)
        sent = f"{made.method} {made.target} {made.headers} {made.body!r}"
        assert SECRET not in sent
        assert quote(SECRET) not in sent


# Credentials


def test_credentials_show_their_account_and_nothing_else() -> None:
    for shown in (repr(CREDENTIALS), str(CREDENTIALS), f"{CREDENTIALS}", repr([CREDENTIALS])):
        assert "main" in shown
        for secret in (KEY, SECRET, PASSPHRASE):
            assert secret not in shown
    for held in (CREDENTIALS.api_key, CREDENTIALS.secret, CREDENTIALS.passphrase):
        assert "0123456789" not in f"{held!r} {held}"
    assert not hasattr(CREDENTIALS, "__dict__")


@pytest.mark.parametrize(
    "take",
    [
        *(partial(pickle.dumps, protocol=number) for number in range(6)),
        copy.copy,
        copy.deepcopy,
    ],
)
def test_credentials_are_neither_pickled_nor_copied(take: Any) -> None:
    with pytest.raises(TypeError) as refused:
        take(CREDENTIALS)
    assert "0123456789" not in str(refused.value)


def test_credentials_are_equal_when_all_of_them_is() -> None:
    same = Credentials(KEY, SECRET, PASSPHRASE, account="main")
    assert same == CREDENTIALS
    assert hash(same) == hash(CREDENTIALS)
    for other in (
        Credentials("other", SECRET, PASSPHRASE, account="main"),
        Credentials(KEY, "other", PASSPHRASE, account="main"),
        Credentials(KEY, SECRET, None, account="main"),
        Credentials(KEY, SECRET, PASSPHRASE),
    ):
        assert other != CREDENTIALS


@given(st.text(min_size=1, max_size=80), st.binary(max_size=200))
def test_the_digest_is_an_hmac_and_one_does_not_spoil_the_next(secret: str, message: bytes) -> None:
    credentials = Credentials("key", secret)
    for name in (*HASHES, *HASHES):
        made = credentials.hmac_of(message, name).digest()
        assert made == digest(secret, message, name)


# What a strategy says of itself


def test_parameters_in_the_query_are_all_that_is_signed_and_three_are_the_signers_own() -> None:
    assert SORTED.signs_body is False
    assert SORTED.needs_passphrase is False
    assert SORTED.own_params == {"recvWindow", "timestamp", "signature"}


def test_a_prehash_signs_the_body_needs_a_passphrase_and_adds_no_parameter() -> None:
    assert PREHASH.signs_body is True
    assert PREHASH.needs_passphrase is True
    assert PREHASH.own_params == frozenset()


@pytest.mark.parametrize("signer", SIGNERS)
def test_a_signer_names_the_parameters_that_it_adds(signer: Signer) -> None:
    made = signer.sign(asked([("a", "1")]), CREDENTIALS, STAMP, ORIGIN)
    sent = made.target.partition("?")[2]
    assert {name for name, _ in parse_qsl(sent)} - {"a"} == signer.own_params


@pytest.mark.parametrize("signer", SIGNERS)
def test_a_signer_that_says_it_signs_bodies_signs_another_one_differently(signer: Signer) -> None:
    def sign(body: bytes) -> tuple[str, tuple[tuple[str, str], ...]]:
        outgoing = signer.sign(asked([], body=body), CREDENTIALS, STAMP, ORIGIN)
        return outgoing.target, outgoing.headers

    assert (sign(b'{"a":1}') != sign(b'{"a":2}')) is signer.signs_body
