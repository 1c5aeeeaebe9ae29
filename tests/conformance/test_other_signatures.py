"""The toy of the tutorial, signed in the ways of other venues and with its orders in JSON: all
checks of signatures pass, since each asks the strategy. Its simulation verifies with code of its
own."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode
from weakref import WeakKeyDictionary

import pytest
from exchangekit_acme.adapter import AcmeAdapter
from exchangekit_acme.sim import AcmeDialect
from exchangekit_acme.sim.answers import refused
from support.defects import Signing, table_with
from support.strategies import ALL_IN_JSON, BYBIT, GATE, IN_A_FORM, KRAKEN, KUCOIN

from exchangekit.adapter import Call, Credentials, DeclaredPrehash, Environment
from exchangekit.errors import (
    ConfigurationError,
    InvalidInput,
    InvalidNonce,
    InvalidPassphrase,
    Outcome,
)
from exchangekit.sim import ApiKey, Context, Route, SimulatedVenue
from exchangekit.sim.keys import KeyRing
from exchangekit.testing import Subject, examine, subject_of
from exchangekit.testing.check import Check
from exchangekit.testing.checks.tour import read_everything
from exchangekit.testing.private_keys import OTHER, public_of
from exchangekit.testing.recording import record_real
from exchangekit.testing.rig import Rig
from exchangekit.testing.runs import on_cassette, on_sim

SECONDS_OF = {"bybit": 5, "gate": 60, "kucoin": 5, "ed25519": 5}
GROUPS = {2, 3, 11, 13}

ED25519 = DeclaredPrehash(
    template="{timestamp}{method}{target}{body}",
    headers={"X-KEY": "{key}", "X-SIGN": "{signature}", "X-TIME": "{timestamp}"},
    encoding="hex",
    time="s",
    kinds=("ed25519",),
    key_encoding="base64url",
    behind_ms=5000,
    ahead_ms=5000,
)
"""Nobody's in particular: a venue that takes no HMAC at all."""


def _header(ctx: Context, name: str) -> str:
    return ctx.request.header(name) or ""


def _is(right: str, name: str, ctx: Context) -> bool:
    return right == _header(ctx, name)


def _bybit(ctx: Context, key: ApiKey) -> tuple[bool, int]:
    """Whether it is signed, and the request's moment in ms."""
    when, window = _header(ctx, "X-BAPI-TIMESTAMP"), _header(ctx, "X-BAPI-RECV-WINDOW")
    text = f"{when}{key.key}{window}".encode() + ctx.request.query + ctx.request.body
    right = hmac.new(key.secret.encode(), text, sha256).hexdigest()
    return _is(right, "X-BAPI-SIGN", ctx), int(when)


def _gate(ctx: Context, key: ApiKey) -> tuple[bool, int]:
    request, when = ctx.request, _header(ctx, "Timestamp")
    plain = unquote(request.query.decode())
    body = sha512(request.body).hexdigest()
    text = f"{ctx.route.method}\n{request.path.decode()}\n{plain}\n{body}\n{when}".encode()
    # The request is of any moment of that second.
    right = hmac.new(key.secret.encode(), text, sha512).hexdigest()
    return _is(right, "SIGN", ctx), int(when) * 1000


def _kucoin(ctx: Context, key: ApiKey) -> tuple[bool, int]:
    when, secret = _header(ctx, "KC-API-TIMESTAMP"), key.secret.encode()
    phrase = hmac.digest(secret, (key.passphrase or "").encode(), sha256)
    if _header(ctx, "KC-API-PASSPHRASE") != base64.b64encode(phrase).decode():
        raise refused("bad_passphrase")
    text = f"{when}{ctx.route.method}".encode() + ctx.request.target + ctx.request.body
    right = base64.b64encode(hmac.digest(secret, text, sha256)).decode()
    return _is(right, "KC-API-SIGN", ctx), int(when)


def _ed25519(ctx: Context, key: ApiKey) -> tuple[bool, int]:
    when = _header(ctx, "X-TIME")
    text = f"{when}{ctx.route.method}".encode() + ctx.request.target + ctx.request.body
    signature = base64.urlsafe_b64decode(_header(ctx, "X-SIGN") + "==")
    return key.kind == "ed25519" and key.verifies(signature, text), int(when) * 1000


LAST_NONCE = WeakKeyDictionary[KeyRing, int]()


def _grows(ring: KeyRing, nonce: str) -> None:
    if int(nonce) <= LAST_NONCE.get(ring, 0):
        raise refused("bad_nonce")
    LAST_NONCE[ring] = int(nonce)


def _as_asked(ctx: Context, sent: dict[str, Any]) -> None:
    """The request as the tutorial's handlers read it: what was posted to ask is a query."""
    if ctx.route.path.endswith("/ask"):
        query = urlencode(sent).encode()
        ctx.request = replace(ctx.request, method="GET", query=query, body=b"")
    else:
        ctx.request = replace(ctx.request, body=json.dumps(sent).encode())


def _in_a_form(ctx: Context, key: ApiKey) -> tuple[bool, int]:
    kind = _header(ctx, "Content-Type")
    sent = dict(parse_qsl(ctx.request.body.decode(), keep_blank_values=True))
    right = hmac.new(key.secret.encode(), ctx.request.target + ctx.request.body, sha512).hexdigest()
    if not _is(right, "Sign", ctx) or kind != "application/x-www-form-urlencoded":
        return False, 0
    _grows(ctx.venue.keys, sent.pop("nonce"))
    _as_asked(ctx, sent)
    return True, ctx.request.received


def _all_in_json(ctx: Context, key: ApiKey) -> tuple[bool, int]:
    sent = json.loads(ctx.request.body)
    nonce, when, window = (str(sent.pop(name)) for name in ("nonce", "at", "window"))
    if sent.pop("phrase") != key.passphrase:
        raise refused("bad_passphrase")
    text = nonce.encode() + ctx.request.path + f"{sent.pop('key')}{when}{window}".encode()
    right = base64.b64encode(hmac.digest(key.secret.encode(), text, sha256)).decode()
    if sent.pop("sign") != f"v1={right}" or int(window) > 60_000:
        return False, 0
    if ctx.request.received - int(when) > int(window):
        raise refused("bad_timestamp")
    _grows(ctx.venue.keys, nonce)
    _as_asked(ctx, sent)
    return True, int(when)


def _kraken(ctx: Context, key: ApiKey) -> tuple[bool, int]:
    """Also whether the nonce is above the last: a venue that is reset has forgotten it."""
    form = dict(parse_qsl(ctx.request.body.decode(), keep_blank_values=True))
    nonce, ring = form.get("nonce", ""), ctx.venue.keys
    hashed = sha256(nonce.encode() + ctx.request.body).digest()
    secret, text = base64.b64decode(key.secret), ctx.request.path + hashed
    right = base64.b64encode(hmac.digest(secret, text, sha512)).decode()
    if not _is(right, "API-Sign", ctx):
        return False, 0
    _grows(ring, nonce)
    del form["nonce"]
    asked, told = ctx.request.body.partition(b"&")[2], json.dumps(form).encode()
    ctx.request = replace(ctx.request, query=asked, body=told)
    return True, ctx.request.received


WAYS: dict[str, tuple[Any, Callable[..., tuple[bool, int]], str]] = {
    "bybit": (BYBIT, _bybit, "X-BAPI-API-KEY"),
    "gate": (GATE, _gate, "KEY"),
    "kucoin": (KUCOIN, _kucoin, "KC-API-KEY"),
    "ed25519": (ED25519, _ed25519, "X-KEY"),
    "kraken": (KRAKEN, _kraken, "API-Key"),
    "form": (IN_A_FORM, _in_a_form, "Key"),
    "json": (ALL_IN_JSON, _all_in_json, ""),
}
DECLARED = [way for way in WAYS if way != "kraken"]


def _key_in_json(ctx: Context) -> str:
    try:
        return str(json.loads(ctx.request.body).get("key"))
    except ValueError:
        raise refused("unknown_key") from None


def dialect(way: str) -> type[AcmeDialect]:
    _, signed, key_header = WAYS[way]

    class Signed(AcmeDialect):
        def routes(self) -> list[Route]:
            known = list(super().routes())
            return known + [
                replace(one, method="POST", path=f"{one.path}/ask")
                for one in known
                if one.signed and one.method == "GET"
            ]

        def authenticate(self, ctx: Context) -> ApiKey:
            named = _header(ctx, key_header) if key_header else _key_in_json(ctx)
            key = ctx.venue.keys.find(named)
            if key is None:
                raise refused("unknown_key")
            fits, ms = signed(ctx, key)
            if not fits:
                raise refused("bad_signature")
            window = int(_header(ctx, "X-BAPI-RECV-WINDOW") or SECONDS_OF.get(way, 5) * 1000)
            last = int(_header(ctx, "x-gate-exptime") or ctx.request.received)
            if not -1000 < ctx.request.received - ms <= window or ctx.request.received > last:
                raise refused("bad_timestamp")
            if not key.allows(ctx.request.ip):
                raise refused("foreign_address")
            reads = ctx.route.method == "GET" or ctx.route.path.endswith("/ask")
            if not key.may("read" if reads else "trade"):
                raise refused("not_permitted")
            return key

    return Signed


def in_a_form(call: Call[Any]) -> Call[Any]:
    """`call`, whose JSON becomes parameters: its signer makes a form of them."""
    pairs = tuple(json.loads(call.request.body).items())
    return replace(call, request=replace(call.request, params=pairs, body=b""))


class Formed(AcmeAdapter):
    def create_order(self, market: Any, order: Any) -> Any:
        return in_a_form(super().create_order(market, order))

    def cancel_order(self, market: Any, id: Any, client_order_id: Any) -> Any:
        return in_a_form(super().cancel_order(market, id, client_order_id))

    def cancel_all_orders(self, market: Any) -> Any:
        return in_a_form(super().cancel_all_orders(market))


def posted(call: Call[Any], *, form: bool) -> Call[Any]:
    """`call` as a venue is asked that wants a body with everything: what was in the query or in
    JSON goes there."""
    request = call.request
    if not request.signed:
        return call
    reads = request.method == "GET"
    told = dict(request.params) if reads else json.loads(request.body)
    asked = replace(
        request,
        method="POST",
        path=f"{request.path}/ask" if reads else request.path,
        params=(),
        body=urlencode(told).encode() if form else json.dumps(told).encode(),
        headers=(("Content-Type", "application/x-www-form-urlencoded"),) if form and told else (),
    )
    other = None if call.otherwise is None else posted(call.otherwise, form=form)
    return replace(call, request=asked, otherwise=other)


def posting(*, form: bool) -> type[AcmeAdapter]:
    def wrapped(right: Any) -> Any:
        return lambda *given, **named: posted(right(*given, **named), form=form)

    asks = ("fetch_", "create_", "cancel_")
    own = {name: one for name, one in vars(AcmeAdapter).items() if name.startswith(asks)}
    return type("Posting", (AcmeAdapter,), {name: wrapped(one) for name, one in own.items()})


ERRORS = table_with(AcmeAdapter.errors, bad_passphrase=InvalidPassphrase, bad_nonce=InvalidNonce)


@pytest.fixture
def about() -> Iterator[Callable[..., Subject]]:
    opened: list[Subject] = []

    def made(way: str, signer: Any) -> Subject:
        own = {"kraken": Formed, "form": posting(form=True), "json": posting(form=False)}
        base = own.get(way, AcmeAdapter)
        adapter = type(f"{way.title()}Signed", (base,), {"signer": signer, "errors": ERRORS})
        opened.append(subject_of(adapter, dialect(way)))
        return opened[-1]

    yield made
    for one in opened:
        one.stop()


@pytest.mark.parametrize("way", WAYS)
def test_every_check_of_signatures_secrets_and_clocks_passes(
    way: str, about: Callable[..., Subject]
) -> None:
    # A venue that reads no time has no clock to be checked.
    groups = GROUPS - {13} if way in ("kraken", "form") else GROUPS
    found = list(examine(about(way, WAYS[way][0]), groups, ways=("sim-sync",)))
    assert [one for one in found if one.result == "failed"] == []
    assert len([one for one in found if one.result == "passed"]) > 20


@pytest.mark.parametrize("way", DECLARED)
@pytest.mark.parametrize("change", ["hash", "encoding", "template", "kinds"])
def test_a_wrong_hash_encoding_text_or_kind_turns_them_red(
    way: str, change: str, about: Callable[..., Subject]
) -> None:
    """The strategy says one thing and the venue another: what the venue refuses is red."""
    right = WAYS[way][0]
    private = "hmac" not in right.kinds
    if (way, change) in (("ed25519", "hash"), ("kucoin", "kinds")):
        return  # Ed25519 has a hash of its own; a signed passphrase is an HMAC
    other: dict[str, Any] = {
        "hash": {"hash": "sha256" if right.hash == "sha512" else "sha512"},
        "encoding": {"key_encoding": "hex"}
        if private
        else {"encoding": "hex" if right.encoding == "base64" else "base64"},
        "template": {"template": right.template + "!"},
        "kinds": {"kinds": ("hmac",) if private else ("ed25519",)},
    }
    found = examine(about(way, replace(right, **other[change])), {2}, ways=("sim-sync",))
    assert any(one.result == "failed" for one in found)


@pytest.mark.parametrize("way", DECLARED)
def test_a_signer_that_does_not_do_what_its_scheme_says_is_red(
    way: str, about: Callable[..., Subject]
) -> None:
    """The venue takes it, and the doctor would be told something else."""
    right = WAYS[way][0]
    wrong = Signing(right, lambda made, credentials: made)
    other = {"hash": "sha256" if right.hash == "sha512" else "sha512"}
    wrong.scheme = replace(right.scheme, **(other if way != "ed25519" else {"key_encoding": "hex"}))
    only = "an_order_goes_out_exactly_as_it_was_explained_and_signed"
    (found,) = examine(about(way, wrong), only=only, ways=("sim-sync",))
    assert found.result == "failed"


def _session(rig: Rig) -> None:
    """Only reads: the toy's client order ids stand in a field that is taken for a person's."""
    read_everything(rig)


@pytest.mark.parametrize("way", WAYS)
def test_what_is_recorded_under_keys_of_ones_own_is_replayed_under_the_dummies(
    way: str, about: Callable[..., Subject], tmp_path: Path
) -> None:
    check = Check(99, "session", _session)
    subject = replace(about(way, WAYS[way][0]), cassettes=tmp_path)
    plain, canary = "CANARYsecret0123456789+/", "CANARY"
    if way == "ed25519":
        plain = OTHER["ed25519"]
        canary = plain.split("\n")[1][16:]
    own = Credentials("CANARYkey0123456789", plain, "CANARYphrase")
    held = (own.api_key, own.secret, own.passphrase)
    key, secret, phrase = (one.get_secret_value() for one in held if one is not None)
    public = public_of(plain) if way == "ed25519" else None
    with SimulatedVenue(
        dialect(way), key=key, secret=secret, passphrase=phrase, public_key=public
    ) as venue:
        place = Environment(venue.url)
        cassette = record_real(subject, check, origin="testnet", environment=place, credentials=own)
    path = tmp_path / f"{check.id}.yaml"
    cassette.save(path)
    signed_phrase = hmac.digest(secret.encode(), phrase.encode(), sha256)
    text = path.read_text(encoding="utf-8")
    assert "CANARY" not in text
    assert canary not in text
    assert base64.b64encode(signed_phrase).decode() not in text
    for _ in range(2):  # a replay begins as the one before, whatever numbers that used
        with on_cassette(subject, check, "sync") as rig:
            _session(rig)
        assert len(rig.sent) == len(cassette.interactions) > 10


def test_an_order_is_explained_with_every_signed_part_and_the_body_that_goes_out(
    about: Callable[..., Subject],
) -> None:
    with on_sim(about("kucoin", KUCOIN), "sync") as rig:
        told = rig.exchange.explain_order("BTC/USDT", "limit", "buy", "0.01", "50000")
    names = [name for name, _ in told.signed_parts]
    assert names == ["timestamp", "method", "target", "body"]
    assert "".join(text for _, text in told.signed_parts) == told.string_to_sign
    assert dict(told.signed_parts)["body"] == told.body
    assert json.loads(told.body)["allowMaxTimeWindow"] == 2000
    assert "  which is: timestamp, method, target, body" in str(told).split("\n")


@pytest.mark.parametrize("way", ["form", "json"])
def test_an_order_is_explained_with_what_the_signer_puts_into_its_body(
    way: str, about: Callable[..., Subject]
) -> None:
    with on_sim(about(way, WAYS[way][0]), "sync") as rig:
        order = ("BTC/USDT", "limit", "buy", "0.01", "50000")
        told = rig.exchange.explain_order(*order, client_order_id="mine1")
        again = rig.exchange.explain_order(*order, client_order_id="mine1")
        rig.exchange.create_order(*order, client_order_id="mine1")
        sent = rig.requests("create_order")[-1].outgoing.body.decode()
    assert told.body == again.body  # what is shown uses up no nonce
    assert "".join(text for _, text in told.signed_parts) == told.string_to_sign
    assert f"  body: {told.body}" in str(told).split("\n")
    if way == "form":
        assert told.body == sent
        assert dict(parse_qsl(told.body))["nonce"].isdecimal()
        return
    shown, real = json.loads(told.body), json.loads(sent)
    assert (shown["key"], shown["phrase"], shown["sign"]) == (
        "[key]",
        "[passphrase]",
        "v1=[signature]",
    )
    assert shown["nonce"] == real["nonce"]
    assert list(shown) == list(real)
    assert list(shown)[-1] == "sign"


@pytest.mark.parametrize("way", ["form", "json"])
def test_a_raw_request_is_signed_in_its_body_and_may_not_bring_what_the_signer_adds(
    way: str, about: Callable[..., Subject]
) -> None:
    with on_sim(about(way, WAYS[way][0]), "sync") as rig:
        found = rig.exchange.raw_request("POST", "/v1/wallet/ask", body={}, changes=False)
        assert found["result"]
        fees = rig.exchange.raw_request(
            "POST", "/v1/fees/ask", body={"market": rig.market.id}, changes=False
        )
        assert "maker" in fees["result"]
        with pytest.raises(InvalidInput, match="the body holds nonce, which the kit adds itself"):
            rig.exchange.raw_request("POST", "/v1/wallet/ask", body={"nonce": "1"})
        with pytest.raises(ConfigurationError, match="ask it with another method"):
            rig.exchange.raw_request("GET", "/v1/wallet")
        asked = len(rig.requests("raw_request"))
    assert asked == 2


@pytest.mark.parametrize("way", ["kraken", "form", "json"])
def test_a_nonce_that_the_venue_has_seen_is_followed_by_a_larger_one_and_one_order(
    way: str, about: Callable[..., Subject]
) -> None:
    """Somebody else has used the key meanwhile, with a number that is a little ahead."""
    with on_sim(about(way, WAYS[way][0]), "sync") as rig:
        rig.exchange.fetch_balance()
        fault = {"operation": "create_order", "action": "code", "code": "bad_nonce", "status": 400}
        rig.fault({**fault, "count": 1, "message": "nonce"})
        order = ("BTC/USDT", "limit", "buy", "0.01", "50000")
        made = rig.exchange.create_order(*order)
        assert [one.id for one in rig.exchange.fetch_open_orders("BTC/USDT")] == [made.id]
        sent = [one.outgoing.body for one in rig.requests("create_order")]
        assert len(set(sent)) == 2
        rig.fault({**fault, "count": 0, "message": "nonce"})
        with pytest.raises(InvalidNonce) as caught:
            rig.exchange.create_order(*order)
    assert caught.value.outcome is Outcome.REFUSED
