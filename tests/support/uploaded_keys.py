"""Signatures of private keys, made with `cryptography` alone: for tests of simulated venues."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from exchangekit.testing.private_keys import OTHER, PRIVATE, public_of


def rsa_of(text: str, pem: str, padding: Any = None, hash: Any = None) -> bytes:
    """PKCS1v15 over SHA-256, unless another padding or hash is given."""
    key: Any = load_pem_private_key(pem.encode(), None)
    made: bytes = key.sign(text.encode(), padding or PKCS1v15(), hash or SHA256())
    return made


def ed25519_of(text: str, pem: str) -> bytes:
    key: Any = load_pem_private_key(pem.encode(), None)
    made: bytes = key.sign(text.encode())
    return made


def wrong_signatures(text: str) -> Iterator[str]:
    """What a venue that wants RSA (PKCS1v15, SHA-256) of `text` in base64 must refuse, its key
    being the first of the checks'."""
    own, right = PRIVATE["rsa"], rsa_of(text, PRIVATE["rsa"])
    for raw in (
        rsa_of(text, OTHER["rsa"]),
        rsa_of(text + " ", own),
        rsa_of(text, own, hash=SHA512()),
        rsa_of(text, own, PSS(MGF1(SHA256()), PSS.MAX_LENGTH)),
        right[:-3],
        hmac.digest(b"", text.encode(), sha256),
        hmac.digest(public_of(own).encode(), text.encode(), sha256),
    ):
        yield base64.b64encode(raw).decode()
    yield base64.b64encode(right).decode().lower()
    yield right.hex()
    yield hmac.new(b"", text.encode(), sha256).hexdigest()
    yield "no base64 at all"
