"""Strategies that are no text of parts: Kraken's nonce and Coinbase's token, as published."""

from __future__ import annotations

import base64
import json
from typing import Any, ClassVar

import pytest
from support.strategies import COINBASE, KRAKEN
from support.toy import ToyAdapter

from exchangekit import MalformedCredentials
from exchangekit.adapter import (
    Credentials,
    DeclaredPrehash,
    Origin,
    Request,
    Signer,
    Stamp,
    build_request,
)
from exchangekit.adapter.scheme import Ingredients
from exchangekit.doctor.case import Keys
from exchangekit.doctor.examining import examine
from exchangekit.doctor.findings import Examination
from exchangekit.errors import ConfigurationError
from exchangekit.testing.private_keys import OTHER, PRIVATE, PublicKey

KEY = "the-key-0123456789"
SIGNERS: tuple[Signer, ...] = (KRAKEN, COINBASE)

# https://docs.kraken.com/api/docs/guides/spot-rest-auth
SECRET = "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="
NONCE = 1616492376594
FORM = {"ordertype": "limit", "pair": "XBTUSD", "price": 37500, "type": "buy", "volume": "1.25"}
SIGNATURE = (
    "4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwLUQ=="
)
ADD_ORDER = build_request("POST /0/private/AddOrder", form=FORM, signed=True)
STAMP = Stamp(NONCE, 5000, NONCE)
KRAKENS = Origin("https://api.kraken.com")


def test_krakens_published_request_has_its_published_signature() -> None:
    made = KRAKEN.sign(ADD_ORDER, Credentials(KEY, SECRET), STAMP, KRAKENS)
    text = "ordertype=limit&pair=XBTUSD&price=37500&type=buy&volume=1.25"
    assert made.body == f"nonce={NONCE}&{text}".encode()
    assert [name for name, _ in made.headers].count("Content-Type") == 1
    assert dict(made.headers)["API-Sign"] == SIGNATURE
    assert KRAKEN.verifies(made, Credentials(KEY, SECRET))
    told = KRAKEN.explain(ADD_ORDER, STAMP)
    assert (told.target, told.body) == (made.target, made.body)


def test_the_nonce_the_path_and_the_secret_all_count() -> None:
    held = Credentials(KEY, SECRET)
    right = KRAKEN.sign(ADD_ORDER, held, STAMP, KRAKENS)
    for request, stamp in (
        (ADD_ORDER, Stamp(NONCE, 5000, NONCE + 1)),
        (build_request("POST /0/private/Balance", form=FORM), STAMP),
        (build_request("POST /0/private/AddOrder", form=FORM | {"volume": "1.250"}), STAMP),
    ):
        other = KRAKEN.sign(request, held, stamp, KRAKENS)
        assert dict(other.headers)["API-Sign"] != dict(right.headers)["API-Sign"]
    with pytest.raises(MalformedCredentials, match="no base64, as this venue's are"):
        KRAKEN.sign(ADD_ORDER, Credentials(KEY, "not base64!"), STAMP, KRAKENS)


# Coinbase publishes no token that could be compared with: its signatures are random. This is the
# structure of its example, signed with the key of RFC 7515.
# https://docs.cdp.coinbase.com/get-started/authentication/jwt-authentication
NAME = "organizations/an-org/apiKeys/a-key"
ACCOUNTS = Request(method="GET", path="/api/v3/brokerage/accounts", params=(("limit", "5"),))
AT = Stamp(1_790_000_000_123, 5000, 1_790_000_000_123_456, "api.coinbase.com")
COINBASES = Origin("https://api.coinbase.com")


def part(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return found


def test_coinbases_token_says_key_time_and_where_it_goes_and_is_signed() -> None:
    made = COINBASE.sign(ACCOUNTS, Credentials(NAME, PRIVATE["es256"]), AT, COINBASES)
    token = dict(made.headers)["Authorization"].removeprefix("Bearer ")
    header, claims, signature = token.split(".")
    nonce = part(header)["nonce"]
    assert part(header) == {"alg": "ES256", "kid": NAME, "nonce": nonce, "typ": "JWT"}
    assert len(nonce) == 32
    assert part(claims) == {
        "sub": NAME,
        "iss": "cdp",
        "nbf": 1_790_000_000,
        "exp": 1_790_000_120,
        "uri": "GET api.coinbase.com/api/v3/brokerage/accounts",
    }
    raw = base64.urlsafe_b64decode(signature + "==")
    assert PublicKey(PRIVATE["es256"]).verifies(raw, f"{header}.{claims}".encode(), "sha256")
    assert not PublicKey(OTHER["es256"]).verifies(raw, f"{header}.{claims}".encode(), "sha256")
    assert made.target == "/api/v3/brokerage/accounts?limit=5"
    assert COINBASE.verifies(made, Credentials(NAME, PRIVATE["es256"]))


def test_what_is_explained_of_a_token_has_the_key_as_a_placeholder() -> None:
    told = COINBASE.explain(ACCOUNTS, AT)
    parts = dict(told.parts)
    assert json.loads(parts["header"])["kid"] == "[key]"
    assert json.loads(parts["claims"])["uri"] == "GET api.coinbase.com/api/v3/brokerage/accounts"
    assert part(told.text.partition(".")[2])["sub"] == "[key]"


@pytest.mark.parametrize("secret", ["a-secret-01234", PRIVATE["ed25519"], PRIVATE["rsa"]])
def test_a_token_takes_no_other_kind(secret: str) -> None:
    with pytest.raises(MalformedCredentials, match=r"expected a private key in PEM \(ECDSA on P"):
        COINBASE.sign(ACCOUNTS, Credentials(NAME, secret), AT, COINBASES)


# Who looks from outside asks the strategy


class Krakens(ToyAdapter):
    signer: ClassVar[Any] = KRAKEN


class Coinbases(ToyAdapter):
    signer: ClassVar[Any] = COINBASE


def looked_at(adapter: ToyAdapter, made: Any, secret: str) -> Examination:
    headers = " ".join(f"-H '{name}: {value}'" for name, value in made.headers)
    body = f" -d '{made.body.decode()}'" if made.body else ""
    text = f"curl -X {made.method} '{made.origin}{made.target}' {headers}{body}"
    return examine(text, adapter, Keys(secret), now=AT.timestamp, base_url=str(made.origin))


def test_the_doctor_asks_a_strategy_without_parts_whether_a_request_is_signed() -> None:
    made = KRAKEN.sign(ADD_ORDER, Credentials(KEY, SECRET), STAMP, KRAKENS)
    token = COINBASE.sign(ACCOUNTS, Credentials(NAME, PRIVATE["es256"]), AT, COINBASES)
    other = base64.b64encode(b"another secret").decode()
    for adapter, request, right, wrong in (
        (Krakens(), made, SECRET, other),
        (Coinbases(), token, PRIVATE["es256"], OTHER["es256"]),
    ):
        fine = looked_at(adapter, request, right)
        assert "wrong_secret" not in {one.name for one in fine.faults}
        assert fine.checked
        bad = looked_at(adapter, request, wrong)
        assert "wrong_secret" in {one.name for one in bad.faults}
        for line in (right, wrong, *right.split("\n"), dict(request.headers).get("API-Sign", KEY)):
            assert len(line) < 12 or line not in repr((fine, bad)).replace("-----", "")


# Declared


def test_a_declared_strategy_may_sign_a_nonce_and_the_host() -> None:
    signer = DeclaredPrehash(
        template="{nonce}{host}{target}",
        headers={"K": "{key}", "S": "{signature}", "N": "{nonce}"},
        encoding="hex",
    )
    assert signer.scheme.nonce
    request = Request(method="GET", path="/x", params=(("a", "1"),))
    told = signer.explain(request, AT)
    assert told.text == f"{AT.nonce}api.coinbase.com/x?a=1"
    made = signer.sign(request, Credentials(KEY, "s"), AT, COINBASES)
    assert dict(made.headers)["N"] == str(AT.nonce)
    assert Ingredients("1", "GET", "/x", b"", "5").part(("host", ""), "sha256") == b""

    class Toy(ToyAdapter):
        pass

    Toy.signer = signer  # type: ignore[assignment]
    assert looked_at(Toy(), made, "s").faults == ()


def test_a_nonce_that_is_signed_and_not_sent_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"signs {nonce}, which is sent nowhere"):
        DeclaredPrehash(
            template="{nonce}{target}",
            headers={"K": "{key}", "S": "{signature}"},
            encoding="hex",
        )
