"""The doctor on declared strategies that no installed venue has: the key and the window signed, a
hash of the body, line breaks, seconds, a signed passphrase. It asks the scheme for all of it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

import pytest
from support.captures import NOW
from support.strategies import BYBIT, GATE, KUCOIN
from support.toy import ToyAdapter

from exchangekit.adapter import DeclaredPrehash, Environment
from exchangekit.doctor.case import Keys
from exchangekit.doctor.examining import examine, secrets_of
from exchangekit.doctor.findings import Examination
from exchangekit.doctor.reading import read

KEY, SECRET, PHRASE = "key-of-acme-00000001", "secret-of-acme-000000000002", "Phrase-of-acme-3"
KEYS = Keys(SECRET, KEY, PHRASE)
ORDER = {"market": "BTC_USDT", "side": "buy", "price": "25000"}
JSON = json.dumps(ORDER, separators=(",", ":"))
AGO = NOW - 200


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


@dataclass
class Sent:
    """A request as it is captured; ``text`` is what was signed where that is not what was sent."""

    headers: dict[str, str]
    method: str = "GET"
    query: str = ""
    body: str = ""
    text: str = ""
    secret: str = SECRET
    hash: str = "sha256"
    encode: Callable[[bytes], str] = bytes.hex
    sign_header: str = "SIGN"
    more: dict[str, str | None] = field(default_factory=dict)

    @property
    def written(self) -> str:
        raw = hmac.digest(self.secret.encode(), self.text.encode(), self.hash)
        made: dict[str, str | None] = {self.sign_header: self.encode(raw), **self.headers}
        if self.body:
            made["Content-Type"] = "application/json"
        target = "/v1/order" + (f"?{self.query}" if self.query else "")
        lines = [f"{self.method} {target} HTTP/1.1", "Host: api.acme.example"]
        kept = {name: value for name, value in (made | self.more).items() if value is not None}
        lines += [f"{name}: {value}" for name, value in kept.items()]
        return "\n".join(lines) + f"\n\n{self.body}"


def bybit(
    *, text: str | None = None, ms: str | None = None, window: str = "5000", **more: Any
) -> Sent:
    sent_body, query = more.get("body", ""), more.get("query", "")
    when = ms or str(AGO)
    right = f"{when}{KEY}{window}{query}{sent_body}"
    headers = {
        "X-BAPI-API-KEY": KEY,
        "X-BAPI-TIMESTAMP": when,
        "X-BAPI-RECV-WINDOW": window,
    }
    return Sent(headers, text=right if text is None else text, sign_header="X-BAPI-SIGN", **more)


def gate(*, text: str | None = None, when: str | None = None, **more: Any) -> Sent:
    when = when or str(AGO // 1000)
    made = Sent({"KEY": KEY, "Timestamp": when}, **({"hash": "sha512"} | more))
    body = hashlib.sha512(made.body.encode()).hexdigest()
    right = f"{made.method}\n/v1/order\n{unquote(made.query)}\n{body}\n{when}"
    made.text = right if text is None else text
    return made


def kucoin(*, phrase: str | None = None, **more: Any) -> Sent:
    signed = hmac.digest(SECRET.encode(), PHRASE.encode(), "sha256")
    headers = {
        "KC-API-KEY": KEY,
        "KC-API-TIMESTAMP": str(AGO),
        "KC-API-PASSPHRASE": phrase or b64(signed),
        "KC-API-KEY-VERSION": "2",
    }
    return Sent(
        headers,
        text=f"{AGO}GET/v1/order",
        sign_header="KC-API-SIGN",
        **({"encode": b64} | more),
    )


POST: dict[str, Any] = {"method": "POST", "body": JSON}
HASHED = hashlib.sha512(JSON.encode()).hexdigest()
SECONDS = AGO // 1000
CASES: dict[str, tuple[DeclaredPrehash, Sent, set[str], str]] = {
    "bybit, a GET": (BYBIT, bybit(query="category=spot"), set(), "as it was sent"),
    "bybit, a POST": (BYBIT, bybit(**POST), set(), "as it was sent"),
    "bybit, without the key": (
        BYBIT,
        bybit(query="a=1", text=f"{AGO}5000a=1"),
        {"signed_not_sent"},
        "without the key",
    ),
    "bybit, without the window": (
        BYBIT,
        bybit(query="a=1", text=f"{AGO}{KEY}a=1"),
        {"signed_not_sent"},
        "without the window",
    ),
    "bybit, a window that is none": (
        BYBIT,
        bybit(window="5s"),
        {"recv_window_format"},
        "as it was sent",
    ),
    "bybit, a question mark": (
        BYBIT,
        bybit(query="a=1", text=f"{AGO}{KEY}5000?a=1"),
        {"query_signed"},
        "with a question mark before the query",
    ),
    "bybit, method and path as others sign them": (
        BYBIT,
        bybit(query="a=1", text=f"{AGO}GET/v1/order?a=1"),
        {"wrong_secret"},
        "",
    ),
    "bybit, the body with spaces": (
        BYBIT,
        bybit(**POST, text=f"{AGO}{KEY}5000{json.dumps(ORDER)}"),
        {"body_signed"},
        "with the body with spaces",
    ),
    "bybit, seconds": (
        BYBIT,
        bybit(ms=str(SECONDS)),
        {"timestamp_seconds", "timestamp_format"},
        "as it was sent",
    ),
    "bybit, older than its window": (
        BYBIT,
        bybit(ms=str(NOW - 6000)),
        {"timestamp_stale"},
        "as it was sent",
    ),
    "bybit, a window that is longer": (
        BYBIT,
        bybit(ms=str(NOW - 6000), window="10000"),
        set(),
        "as it was sent",
    ),
    "bybit, base64": (BYBIT, bybit(encode=b64), {"signature_form"}, "as it was sent"),
    "bybit, SHA-512": (BYBIT, bybit(hash="sha512"), {"signature_form"}, "as it was sent"),
    "bybit, upper case": (
        BYBIT,
        bybit(encode=lambda raw: raw.hex().upper()),
        {"upper_signature"},
        "as it was sent",
    ),
    "bybit, no signature": (
        BYBIT,
        bybit(more={"X-BAPI-SIGN": None}),
        {"signature_missing"},
        "",
    ),
    "bybit, no key": (
        BYBIT,
        bybit(more={"X-BAPI-API-KEY": None}),
        {"key_missing", "key_other"},
        "",
    ),
    "gate, a GET": (GATE, gate(query="list=a%2Cb"), set(), "as it was sent"),
    "gate, a POST": (GATE, gate(**POST), set(), "as it was sent"),
    "gate, the query as it is sent": (
        GATE,
        gate(
            query="list=a%2Cb",
            text=f"GET\n/v1/order\nlist=a%2Cb\n{hashlib.sha512().hexdigest()}\n{SECONDS}",
        ),
        {"query_signed"},
        "with the query percent-encoded",
    ),
    "gate, the body itself": (
        GATE,
        gate(**POST, text=f"POST\n/v1/order\n\n{JSON}\n{SECONDS}"),
        {"body_signed"},
        "with the body itself in place of its hash",
    ),
    "gate, the body's SHA-256": (
        GATE,
        gate(
            **POST,
            text=f"POST\n/v1/order\n\n{hashlib.sha256(JSON.encode()).hexdigest()}\n{SECONDS}",
        ),
        {"body_signed"},
        "with the body's SHA-256",
    ),
    "gate, no hash of no body": (
        GATE,
        gate(text=f"GET\n/v1/order\n\n\n{SECONDS}"),
        {"body_signed"},
        "body",
    ),
    "gate, line breaks written out": (
        GATE,
        gate(**POST, text=f"POST\\n/v1/order\\n\\n{HASHED}\\n{SECONDS}"),
        {"signed_not_sent"},
        "written out",
    ),
    "gate, a line break at the end": (
        GATE,
        gate(**POST, text=f"POST\n/v1/order\n\n{HASHED}\n{SECONDS}\n"),
        {"signed_not_sent"},
        "with a line break at the end",
    ),
    "gate, milliseconds": (
        GATE,
        gate(when=str(AGO)),
        {"timestamp_format"},
        "as it was sent",
    ),
    "gate, SHA-256": (GATE, gate(hash="sha256"), {"signature_form"}, "as it was sent"),
    "gate, the path without its version": (
        GATE,
        gate(**POST, text=f"POST\n/order\n\n{HASHED}\n{SECONDS}"),
        {"path_signed"},
        "without /v1",
    ),
    "kucoin": (KUCOIN, kucoin(), set(), "as it was sent"),
    "kucoin, the passphrase as it is": (
        KUCOIN,
        kucoin(phrase=PHRASE),
        {"passphrase_other"},
        "as it was sent",
    ),
    "kucoin, another passphrase": (
        KUCOIN,
        kucoin(phrase=b64(b"x" * 32)),
        {"passphrase_other"},
        "as it was sent",
    ),
    "kucoin, hex": (KUCOIN, kucoin(encode=bytes.hex), {"signature_form"}, "as it was sent"),
}


def examined(signer: DeclaredPrehash, sent: Sent, keys: Keys = KEYS, now: int = NOW) -> Examination:
    places = MappingProxyType({"live": Environment("https://api.acme.example")})
    adapter = type("Declared", (ToyAdapter,), {"signer": signer, "environments": places})
    return examine(sent.written, adapter(), keys, now=now)


@pytest.mark.parametrize(("signer", "sent", "faults", "signed"), CASES.values(), ids=CASES)
def test_exactly_the_faults_are_named_and_no_secret_is_shown(
    signer: DeclaredPrehash, sent: Sent, faults: set[str], signed: str
) -> None:
    found = examined(signer, sent)
    assert {one.name for one in found.faults} == faults
    assert signed in (found.signed or "")
    shown = repr(found)
    signature = sent.encode(hmac.digest(SECRET.encode(), sent.text.encode(), sent.hash))
    for secret in (KEY, SECRET, PHRASE, signature, sent.headers.get("KC-API-PASSPHRASE", SECRET)):
        assert secret not in shown


def test_the_text_to_sign_has_a_placeholder_for_the_key() -> None:
    found = examined(BYBIT, bybit(query="a=1", text=f"{AGO}5000a=1"))
    assert found.should_sign == f"{AGO}[key]5000a=1"
    (only,) = found.differences
    assert (only.what, only.given) == ("signed", f"{AGO}5000a=1")


def test_line_breaks_are_shown_as_what_they_are() -> None:
    body = hashlib.sha512().hexdigest()
    found = examined(GATE, gate(text=f"GET\\n/v1/order\\n\\n{body}\\n{SECONDS}"))
    assert found.should_sign == f"GET\\n/v1/order\\n\\n{body}\\n{SECONDS}"
    assert found.signed_text == f"GET\\\\n/v1/order\\\\n\\\\n{body}\\\\n{SECONDS}"
    assert [one.at for one in found.differences] == [4]
    assert found.notes == (r"In the texts a line break is shown as \n, and a backslash as \\.",)
    assert examined(BYBIT, bybit()).notes == ()


def test_what_is_advised_is_what_the_venue_wants() -> None:
    (form,) = examined(GATE, gate(hash="sha256")).faults
    assert form.advice == "Send the HMAC-SHA512 in lower-case hex (128 characters)."
    (unit,) = examined(GATE, gate(when=str(AGO))).faults
    assert unit.advice.startswith("Send the seconds since 1970 (10 digits), and sign the same")
    (phrase,) = examined(KUCOIN, kucoin(phrase=PHRASE)).faults
    assert phrase.advice == "Send its HMAC-SHA256 under the secret, in base64."


QUERIED = DeclaredPrehash(
    template="{timestamp}{method}{target}",
    headers={"X-KEY": "{key}"},
    query={"at": "{timestamp}", "seal": "{signature}"},
    encoding="hex",
)


@pytest.mark.parametrize(("sent", "faults"), [("", set()), ("&b=2", {"query_signed"})])
def test_a_signature_among_the_parameters_is_found_and_not_shown(
    sent: str, faults: set[str]
) -> None:
    query = f"a=1&at={AGO}"
    seal = hmac.digest(SECRET.encode(), f"{AGO}GET/v1/order?{query}".encode(), "sha256").hex()
    made = Sent({"X-KEY": KEY}, query=f"{query}{sent}&seal={seal}", more={"SIGN": None})
    found = examined(QUERIED, made)
    assert {one.name for one in found.faults} == faults
    assert seal not in repr(found)
    assert found.checked
    if not faults:
        assert found.signed == "the request as it was sent"


def test_without_a_secret_what_can_be_seen_is_named_all_the_same() -> None:
    found = examined(GATE, gate(when=str(AGO)), Keys())
    assert [one.name for one in found.faults] == ["timestamp_format"]
    assert not found.checked


@pytest.mark.parametrize(("seconds", "late"), [(60, False), (62, True)])
def test_a_timestamp_in_seconds_may_be_of_the_end_of_its_second(seconds: int, late: bool) -> None:
    found = examined(GATE, gate(when=str(NOW // 1000 - seconds)), now=NOW // 1000 * 1000 + 900)
    assert ("timestamp_stale" in {one.name for one in found.faults}) is late


def test_whatever_the_scheme_says_is_a_secret_is_kept_back() -> None:
    captured = read(f"GET /v1/order?seal=abc%2Bdef HTTP/1.1\nX-KEY: {KEY}\n\n")
    held = secrets_of(captured, QUERIED, Keys())
    assert {("signature", "abc+def"), ("signature", "abc%2Bdef"), ("key", KEY)} <= set(held)


@pytest.mark.parametrize(("window", "late"), [("2000", True), ("5000", False), ("9000", False)])
def test_a_window_in_the_body_is_read_there(window: str, late: bool) -> None:
    body = f'{{"clientTimestamp":{AGO - 3000},"allowMaxTimeWindow":{window}}}'
    sent = kucoin(body=body, method="POST", more={"KC-API-TIMESTAMP": str(AGO - 3000)})
    sent.text = f"{AGO - 3000}POST/v1/order{body}"
    found = examined(KUCOIN, sent)
    assert {one.name for one in found.faults} == ({"timestamp_stale"} if late else set())
    assert found.signed == "the request as it was sent"
