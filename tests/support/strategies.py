"""How venues sign, each with the public page that it was read from: declarations, and two
strategies that are no text of parts: one with a nonce, one that signs the host."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

from exchangekit_bitget.signing import SIGNER as BITGET
from exchangekit_bybit.adapter import BybitAdapter

from exchangekit.adapter import (
    Credentials,
    DeclaredPrehash,
    Origin,
    Outgoing,
    Request,
    SigningText,
    Stamp,
    encode_query,
)
from exchangekit.adapter.body_fields import BodyFields
from exchangekit.adapter.scheme import KEY_SHOWN, Carried, Scheme, encode
from exchangekit.adapter.templates import Value


def passphrased(prefix: str, **more: str) -> DeclaredPrehash:
    """Time in ISO, method, target and body, in base64, with a passphrase; `more` headers."""
    return DeclaredPrehash(
        template="{timestamp}{method}{target}{body}",
        headers={
            f"{prefix}-KEY": "{key}",
            f"{prefix}-SIGN": "{signature}",
            f"{prefix}-TIMESTAMP": "{timestamp}",
            f"{prefix}-PASSPHRASE": "{passphrase}",
            **more,
        },
        encoding="base64",
        time="iso",
    )


# https://www.okx.com/docs-v5/en/#overview-rest-authentication
OKX = passphrased("OK-ACCESS", expTime="{deadline}")

BYBIT = BybitAdapter.signer
assert isinstance(BYBIT, DeclaredPrehash)

# https://www.gate.com/docs/developers/apiv4/en/#authentication
GATE = DeclaredPrehash(
    template="{method}\n{path}\n{plain_query}\n{body_hash}\n{timestamp}",
    headers={
        "KEY": "{key}",
        "Timestamp": "{timestamp}",
        "SIGN": "{signature}",
        "x-gate-exptime": "{deadline}",
    },
    hash="sha512",
    encoding="hex",
    time="s",
    behind_ms=60_000,
    ahead_ms=60_000,
)

# https://www.kucoin.com/docs-new/authentication
KUCOIN = DeclaredPrehash(
    template="{timestamp}{method}{target}{body}",
    headers={
        "KC-API-KEY": "{key}",
        "KC-API-SIGN": "{signature}",
        "KC-API-TIMESTAMP": "{timestamp}",
        "KC-API-PASSPHRASE": "{signed_passphrase}",
        "KC-API-KEY-VERSION": "2",
    },
    # https://www.kucoin.com/docs-new/rest/spot-trading/orders/add-order
    body={"clientTimestamp": "{timestamp}", "allowMaxTimeWindow": "{window}"},
    body_numbers=True,
    encoding="base64",
    behind_ms=5000,
    ahead_ms=5000,
)

DECLARED = {"okx": OKX, "bybit": BYBIT, "bitget": BITGET, "gate": GATE, "kucoin": KUCOIN}


NONCE_FIRST = BodyFields((Value("nonce", (("nonce", ""),)),), form=True)


class Kraken:
    """https://docs.kraken.com/api/docs/guides/spot-rest-auth: HMAC-SHA512, under what the secret is
    base64 of, over the path and the SHA-256 of nonce and form. The form begins with the nonce."""

    needs_passphrase = False
    own_params = frozenset({"nonce"})
    signs_body = True
    scheme = Scheme(
        hash="sha512",
        encoding="base64",
        time="ms",
        carried=(
            Carried("key", "header", "API-Key"),
            Carried("signature", "header", "API-Sign"),
            Carried("nonce", "body", "nonce"),
        ),
        pieces=(),
        words="the path, and the SHA-256 of nonce and form",
        behind_ms=60_000,
        ahead_ms=60_000,
        decoded=True,
        nonce=True,
        form=True,
    )

    def explain(self, request: Request, stamp: Stamp) -> SigningText:
        form = self._form(request, stamp)
        hashed = _kraken_hash(str(stamp.nonce), form).hex()
        parts = (("path", request.path), ("sha256 of nonce and form, in hex", hashed))
        return SigningText(parts, request.path + hashed, request.path, form)

    def sign(
        self, request: Request, credentials: Credentials, stamp: Stamp, origin: Origin
    ) -> Outgoing:
        form = self._form(request, stamp)
        typed = [] if request.body else [("Content-Type", "application/x-www-form-urlencoded")]
        text = request.path.encode() + _kraken_hash(str(stamp.nonce), form)
        signature = self.scheme.encoded(credentials.sign(text, "sha512", decoded=True))
        return Outgoing(
            origin,
            request.method,
            request.path,
            (
                *request.headers,
                ("API-Key", credentials.api_key.get_secret_value()),
                ("API-Sign", signature),
                *typed,
            ),
            form,
        )

    def verifies(self, outgoing: Outgoing, credentials: Credentials) -> bool:
        (nonce,) = parse_qs(outgoing.body.decode())["nonce"]
        text = outgoing.path.encode() + _kraken_hash(nonce, outgoing.body)
        signature = base64.b64decode(dict(outgoing.headers)["API-Sign"], validate=True)
        return credentials.made(signature, text, "sha512", decoded=True)

    def _form(self, request: Request, stamp: Stamp) -> bytes:
        """What goes into the form is declared; that it is hashed with the nonce in raw bytes, no
        template can say."""
        given = request.body or encode_query(request.params).encode()
        asked = replace(request, method="POST", body=given)
        return NONCE_FIRST.of(asked, {"nonce": str(stamp.nonce)}).shown


def _kraken_hash(nonce: str, form: bytes) -> bytes:
    return hashlib.sha256(nonce.encode() + form).digest()


class Coinbase:
    """https://docs.cdp.coinbase.com/get-started/authentication/jwt-authentication: a token that
    says which method, host and path it is for, signed with ES256."""

    needs_passphrase = False
    own_params = frozenset[str]()
    signs_body = True
    scheme = Scheme(
        hash="sha256",
        encoding="base64url",
        time="s",
        carried=(Carried("signature", "header", "Authorization"),),
        pieces=(),
        words="a JSON web token of method, host and path",
        behind_ms=120_000,
        ahead_ms=1000,
        kinds=("es256",),
        key_encoding="base64url",
        nonce=True,
    )

    def explain(self, request: Request, stamp: Stamp) -> SigningText:
        header, claims = self._told(request, stamp, KEY_SHOWN)
        target = _target(request)
        parts = (("header", json.dumps(header)), ("claims", json.dumps(claims)))
        return SigningText(parts, _token(header, claims), target, request.body)

    def sign(
        self, request: Request, credentials: Credentials, stamp: Stamp, origin: Origin
    ) -> Outgoing:
        credentials.require(*self.scheme.kinds)
        text = _token(*self._told(request, stamp, credentials.api_key.get_secret_value()))
        signature = self.scheme.encoded(credentials.sign(text.encode()), credentials.kind)
        return Outgoing(
            origin,
            request.method,
            _target(request),
            (*request.headers, ("Authorization", f"Bearer {text}.{signature}")),
            request.body,
        )

    def verifies(self, outgoing: Outgoing, credentials: Credentials) -> bool:
        token = dict(outgoing.headers)["Authorization"].removeprefix("Bearer ")
        text, _, signature = token.rpartition(".")
        claims = json.loads(_from_url(text.partition(".")[2]))
        where = f"{outgoing.method} {outgoing.origin.host}{outgoing.path}"
        return claims["uri"] == where and credentials.made(_from_url(signature), text.encode())

    def _told(self, request: Request, stamp: Stamp, key: str) -> tuple[dict[str, Any], ...]:
        seconds = stamp.timestamp // 1000
        return (
            {"alg": "ES256", "kid": key, "nonce": f"{stamp.nonce:032x}", "typ": "JWT"},
            {
                "sub": key,
                "iss": "cdp",
                "nbf": seconds,
                "exp": seconds + 120,
                "uri": f"{request.method} {stamp.host}{request.path}",
            },
        )


def _token(*parts: dict[str, Any]) -> str:
    texts = (json.dumps(part, separators=(",", ":")).encode() for part in parts)
    return ".".join(encode(text, "base64url") for text in texts)


def _from_url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _target(request: Request) -> str:
    query = encode_query(request.params)
    return f"{request.path}?{query}" if query else request.path


# Nobody's in particular: a nonce in a form that is signed, and everything in JSON that is not.
IN_A_FORM = DeclaredPrehash(
    template="{target}{body}",
    headers={"Key": "{key}", "Sign": "{signature}"},
    body_always={"nonce": "{nonce}"},
    form=True,
    hash="sha512",
    encoding="hex",
)

ALL_IN_JSON = DeclaredPrehash(
    template="{nonce}{path}{key}{timestamp}{window}",
    headers={},
    body_always={
        "key": "{key}",
        "nonce": "{nonce}",
        "at": "{timestamp}",
        "window": "{window}",
        "phrase": "{passphrase}",
        "sign": "v1={signature}",
    },
    body_numbers=True,
    encoding="base64",
    behind_ms=5000,
    ahead_ms=1000,
)

KRAKEN, COINBASE = Kraken(), Coinbase()
