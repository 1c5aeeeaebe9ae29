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
from urllib.parse import unquote

import pytest
from exchangekit_acme.adapter import AcmeAdapter
from exchangekit_acme.sim import AcmeDialect
from exchangekit_acme.sim.answers import refused
from support.defects import Signing, table_with
from support.strategies import BYBIT, GATE, KUCOIN

from exchangekit.adapter import Credentials, DeclaredPrehash, Environment
from exchangekit.errors import InvalidPassphrase
from exchangekit.sim import ApiKey, Context, SimulatedVenue
from exchangekit.testing import Subject, examine, subject_of
from exchangekit.testing.check import Check
from exchangekit.testing.checks.tour import read_everything
from exchangekit.testing.recording import record_real
from exchangekit.testing.rig import Rig
from exchangekit.testing.runs import on_cassette, on_sim

SECONDS_OF = {"bybit": 5, "gate": 60, "kucoin": 5}
GROUPS = {2, 3, 11, 13}


def _header(ctx: Context, name: str) -> str:
    return ctx.request.header(name) or ""


def _bybit(ctx: Context, key: ApiKey) -> tuple[str, int]:
    """The right signature, and the request's moment in ms."""
    when, window = _header(ctx, "X-BAPI-TIMESTAMP"), _header(ctx, "X-BAPI-RECV-WINDOW")
    text = f"{when}{key.key}{window}".encode() + ctx.request.query + ctx.request.body
    return hmac.new(key.secret.encode(), text, sha256).hexdigest(), int(when)


def _gate(ctx: Context, key: ApiKey) -> tuple[str, int]:
    request, when = ctx.request, _header(ctx, "Timestamp")
    plain = unquote(request.query.decode())
    body = sha512(request.body).hexdigest()
    text = f"{ctx.route.method}\n{request.path.decode()}\n{plain}\n{body}\n{when}".encode()
    # The request is of any moment of that second.
    return hmac.new(key.secret.encode(), text, sha512).hexdigest(), int(when) * 1000


def _kucoin(ctx: Context, key: ApiKey) -> tuple[str, int]:
    when, secret = _header(ctx, "KC-API-TIMESTAMP"), key.secret.encode()
    phrase = hmac.digest(secret, (key.passphrase or "").encode(), sha256)
    if _header(ctx, "KC-API-PASSPHRASE") != base64.b64encode(phrase).decode():
        raise refused("bad_passphrase")
    text = f"{when}{ctx.route.method}".encode() + ctx.request.target + ctx.request.body
    return base64.b64encode(hmac.digest(secret, text, sha256)).decode(), int(when)


WAYS: dict[str, tuple[DeclaredPrehash, Callable[..., tuple[str, int]], str, str]] = {
    "bybit": (BYBIT, _bybit, "X-BAPI-API-KEY", "X-BAPI-SIGN"),
    "gate": (GATE, _gate, "KEY", "SIGN"),
    "kucoin": (KUCOIN, _kucoin, "KC-API-KEY", "KC-API-SIGN"),
}


def dialect(way: str) -> type[AcmeDialect]:
    _, right, key_header, sign_header = WAYS[way]

    class Signed(AcmeDialect):
        def authenticate(self, ctx: Context) -> ApiKey:
            key = ctx.venue.keys.find(_header(ctx, key_header))
            if key is None:
                raise refused("unknown_key")
            signature, ms = right(ctx, key)
            if signature != _header(ctx, sign_header):
                raise refused("bad_signature")
            window = int(_header(ctx, "X-BAPI-RECV-WINDOW") or SECONDS_OF[way] * 1000)
            last = int(_header(ctx, "x-gate-exptime") or ctx.request.received)
            if not -1000 < ctx.request.received - ms <= window or ctx.request.received > last:
                raise refused("bad_timestamp")
            if not key.allows(ctx.request.ip):
                raise refused("foreign_address")
            if not key.may("read" if ctx.route.method == "GET" else "trade"):
                raise refused("not_permitted")
            return key

    return Signed


class Stranger(AcmeAdapter):
    errors = table_with(AcmeAdapter.errors, bad_passphrase=InvalidPassphrase)


@pytest.fixture
def about() -> Iterator[Callable[..., Subject]]:
    opened: list[Subject] = []

    def made(way: str, signer: Any) -> Subject:
        adapter = type(f"{way.title()}Signed", (Stranger,), {"signer": signer})
        opened.append(subject_of(adapter, dialect(way)))
        return opened[-1]

    yield made
    for one in opened:
        one.stop()


@pytest.mark.parametrize("way", WAYS)
def test_every_check_of_signatures_secrets_and_clocks_passes(
    way: str, about: Callable[..., Subject]
) -> None:
    found = list(examine(about(way, WAYS[way][0]), GROUPS, ways=("sim-sync",)))
    assert [one for one in found if one.result == "failed"] == []
    assert len([one for one in found if one.result == "passed"]) > 20


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("change", [{"hash": True}, {"encoding": True}, {"template": True}])
def test_a_wrong_hash_encoding_or_text_turns_them_red(
    way: str, change: dict[str, bool], about: Callable[..., Subject]
) -> None:
    """The strategy says one thing and the venue another: what the venue refuses is red."""
    right = WAYS[way][0]
    other = {
        "hash": "sha256" if right.hash == "sha512" else "sha512",
        "encoding": "hex" if right.encoding == "base64" else "base64",
        "template": right.template + "!",
    }
    wrong = replace(right, **{name: other[name] for name in change})
    found = examine(about(way, wrong), {2}, ways=("sim-sync",))
    assert any(one.result == "failed" for one in found)


@pytest.mark.parametrize("way", WAYS)
def test_a_signer_that_does_not_do_what_its_scheme_says_is_red(
    way: str, about: Callable[..., Subject]
) -> None:
    """The venue takes it, and the doctor would be told something else."""
    right = WAYS[way][0]
    wrong = Signing(right, lambda made, credentials: made)
    wrong.scheme = replace(right.scheme, hash="sha256" if right.hash == "sha512" else "sha512")
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
    own = Credentials("CANARYkey0123456789", "CANARYsecret0123456789", "CANARYphrase")
    held = (own.api_key, own.secret, own.passphrase)
    key, secret, phrase = (one.get_secret_value() for one in held if one is not None)
    with SimulatedVenue(dialect(way), key=key, secret=secret, passphrase=phrase) as venue:
        place = Environment(venue.url)
        cassette = record_real(subject, check, origin="testnet", environment=place, credentials=own)
    path = tmp_path / f"{check.id}.yaml"
    cassette.save(path)
    signed_phrase = hmac.digest(secret.encode(), phrase.encode(), sha256)
    text = path.read_text(encoding="utf-8")
    assert "CANARY" not in text
    assert base64.b64encode(signed_phrase).decode() not in text
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
