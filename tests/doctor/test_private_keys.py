"""The doctor examines requests that a private key signed: what is right, and each way to get it
wrong."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import pytest
from exchangekit_binance.sim import BinanceDialect
from support.toy import ToyAdapter

from exchangekit import connect_sync
from exchangekit.adapter import Credentials, DeclaredPrehash, Origin, Request, Stamp
from exchangekit.doctor.case import Keys
from exchangekit.doctor.examining import examine
from exchangekit.doctor.findings import Examination, Verdict
from exchangekit.doctor.visit import visit
from exchangekit.plugins import installed
from exchangekit.sim import SimulatedVenue
from exchangekit.testing.private_keys import OTHER, PRIVATE, public_of

NOW = 1_790_000_000_000
KEY = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
QUERY = f"price=25000&quantity=0.00001&side=BUY&symbol=BTCUSDT&timestamp={NOW - 200}&type=LIMIT"
KINDS = ("ed25519", "rsa")


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def sent(signature: str, query: str = QUERY) -> str:
    address = f"https://api.binance.com/api/v3/order?{query}&signature={signature}"
    return f'curl -X POST "{address}" -H "X-MBX-APIKEY: {KEY}"'


def examined(request: str, secret: str | None, venue: str = "binance") -> Examination:
    adapter = installed().adapter(venue)
    return examine(request, adapter, Keys(secret), now=NOW, others=installed().venues)


def names(found: Examination) -> set[str]:
    return {one.name for one in found.faults}


def signed(kind: Any, text: str = QUERY) -> bytes:
    return Credentials(KEY, PRIVATE[kind]).sign(text.encode())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "given", [str, lambda pem: pem.replace("\n", "\\n"), lambda pem: f"\n {pem} "]
)
def test_a_right_request_is_said_to_be_one(kind: Any, given: Callable[[str], str]) -> None:
    found = examined(sent(quote(b64(signed(kind)), safe="")), given(PRIVATE[kind]))
    assert found.faults == ()
    assert (found.checked, found.as_sent, found.tried) == (True, True, 1)


@pytest.mark.parametrize("kind", KINDS)
def test_a_right_request_is_one_without_a_secret_too(kind: Any) -> None:
    assert examined(sent(quote(b64(signed(kind)), safe="")), None).faults == ()


Wrong = Callable[[Any], tuple[str, str]]
CASES: dict[str, tuple[Wrong, set[str], str]] = {
    "raw base64": (
        lambda kind: (sent(b64(signed(kind))), PRIVATE[kind]),
        {"unencoded", "plus_for_space"},
        "as they were sent",
    ),
    "in hex": (
        lambda kind: (sent(signed(kind).hex()), PRIVATE[kind]),
        {"signature_form"},
        "as they were sent",
    ),
    "url-safe base64": (
        lambda kind: (
            sent(base64.urlsafe_b64encode(signed(kind)).decode().rstrip("=")),
            PRIVATE[kind],
        ),
        {"signature_form"},
        "as they were sent",
    ),
    "another key": (
        lambda kind: (sent(quote(b64(signed(kind)), safe="")), OTHER[kind]),
        {"wrong_secret"},
        "",
    ),
    "with the question mark": (
        lambda kind: (sent(quote(b64(signed(kind, "?" + QUERY)), safe="")), PRIVATE[kind]),
        {"signed_not_sent"},
        "after a question mark",
    ),
    "without the timestamp": (
        lambda kind: (
            sent(quote(b64(signed(kind, QUERY.replace(f"&timestamp={NOW - 200}", ""))), safe="")),
            PRIVATE[kind],
        ),
        {"signed_not_sent"},
        "without timestamp",
    ),
    "the PEM as the secret of an HMAC": (
        lambda kind: (
            sent(hmac.new(PRIVATE[kind].encode(), QUERY.encode(), sha256).hexdigest()),
            PRIVATE[kind],
        ),
        {"wrong_secret", "signature_form"},
        "with an HMAC under the text of the private key",
    ),
    "the public key given to compare": (
        lambda kind: (sent(quote(b64(signed(kind)), safe="")), public_of(PRIVATE[kind])),
        {"wrong_secret"},
        "",
    ),
    "a key of a kind that is not taken": (
        lambda kind: (sent(quote(b64(signed(kind)), safe="")), PRIVATE["es256"]),
        {"wrong_secret"},
        "",
    ),
    "no signature at all": (
        lambda kind: (sent("bm9uZQ%3D%3D"), PRIVATE[kind]),
        {"signature_form", "wrong_secret"},
        "",
    ),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("title", CASES)
def test_exactly_the_faults_of_a_request_are_named_and_no_secret_is_shown(
    title: str, kind: Any
) -> None:
    make, faults, words = CASES[title]
    request, secret = make(kind)
    if title == "raw base64":  # which letters need it is chance
        raw = b64(signed(kind))
        faults = {"unencoded"} | ({"plus_for_space"} if "+" in raw else set())
    if title == "no signature at all":
        faults = {"signature_form"}  # nothing can be compared with it
    found = examined(request, secret)
    assert names(found) == faults
    assert words in (found.signed or "")
    for line in (*PRIVATE[kind].split("\n"), b64(signed(kind)), signed(kind).hex(), KEY):
        assert len(line) < 12 or line not in repr(found).replace("-----", "")


def test_a_private_key_for_a_venue_that_takes_none_is_named() -> None:
    request = sent("0" * 64).replace("binance", "mexc").replace("X-MBX", "X-MEXC")
    found = examined(request, PRIVATE["ed25519"], "mexc")
    (fault,) = [one for one in found.faults if one.name == "wrong_secret"]
    assert fault.said.startswith("The secret that was given to compare is a private key in PEM")
    assert fault.advice.startswith("MEXC takes a secret for an HMAC")


@pytest.mark.parametrize("kind", KINDS)
def test_a_private_key_that_is_sent_itself_is_told_and_not_shown(kind: Any) -> None:
    line = PRIVATE[kind].split("\n")[1]
    query = f"note={quote(line, safe='')}&timestamp={NOW - 200}"
    request = sent(quote(b64(signed(kind, query)), safe=""), query) + f" -H 'X-NOTE: {line}'"
    found = examined(request, PRIVATE[kind].replace("\n", "\\n"))
    assert "secret_sent" in names(found)
    assert line not in repr(found)
    assert quote(line, safe="") not in repr(found)


def test_what_to_send_names_the_kind_and_the_encoding() -> None:
    def advice(secret: str | None) -> str:
        found = examined(sent("zzz"), secret)
        (fault,) = [one for one in found.faults if one.name == "signature_form"]
        return fault.advice

    assert advice(PRIVATE["ed25519"]) == "Send the Ed25519 in base64 (88 characters)."
    assert advice(PRIVATE["rsa"]).startswith("Send the RSA (PKCS1v15, SHA-256) in base64 (344 or ")
    assert advice("a-secret-01234") == "Send the HMAC-SHA256 in lower-case hex (64 characters)."
    assert advice(None).startswith("Send, as the secret is, the HMAC-SHA256 in lower-case hex (64")


@pytest.mark.parametrize("kind", [None, *KINDS])
def test_a_visit_and_an_explanation_say_kind_and_encoding(
    kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    method = {
        None: "HMAC-SHA256 in lower-case hex",
        "ed25519": "Ed25519 in base64",
        "rsa": "RSA (PKCS1v15, SHA-256) in base64",
    }[kind]
    secret = "a-secret-01234" if kind is None else PRIVATE[kind]
    public = None if kind is None else public_of(PRIVATE[kind])
    held = {"key": KEY, "secret": secret if kind is None else "", "public_key": public}
    with SimulatedVenue(BinanceDialect, **held) as venue:
        monkeypatch.setenv("EXCHANGEKIT_BINANCE_API_KEY", KEY)
        monkeypatch.setenv("EXCHANGEKIT_BINANCE_API_SECRET", secret.replace("\n", "\\n"))
        lines = {line.check: line for line in visit("binance", base_url=venue.url)}
        with connect_sync("binance", base_url=venue.url) as binance:
            told = binance.explain_order("BTC/USDT", "limit", "buy", "0.01", "50000")
    assert lines["key"].said.endswith(f" Its secret signs with {method}.")
    assert lines["signature"].verdict is Verdict.PASS
    assert told.signed_with == method
    assert f"  signed with: {method}" in str(told).split("\n")


class Declared(ToyAdapter):
    signer = DeclaredPrehash(
        template="{timestamp}{method}{target}{body}{key}",
        headers={"X-KEY": "{key}", "X-SIGN": "{signature}", "X-TIME": "{timestamp}"},
        encoding="hex",
        kinds=("ed25519", "es256"),
        key_encoding="base64url",
    )


@pytest.mark.parametrize("kind", ["ed25519", "es256"])
def test_a_declared_signature_is_examined_piece_by_piece(kind: Any) -> None:
    held = Credentials(KEY, PRIVATE[kind])
    asked = Request(method="GET", path="/balance", params=(("a", "1"),), signed=True)
    made = Declared.signer.sign(asked, held, Stamp(NOW - 100, 5000), Origin("http://toy.invalid"))
    parts = "".join(f'-H "{name}: {value}" ' for name, value in made.headers)

    def look(target: str) -> Examination:
        request = f'curl "http://127.0.0.1:1{target}" {parts}'
        return examine(request, Declared(), Keys(PRIVATE[kind]), now=NOW)

    assert look(made.target).faults == ()
    assert names(look(made.target.replace("a=1", "a=1&b=2"))) == {"query_signed"}
