"""Public keys that a customer has uploaded, and whether a signature is theirs.

Shares nothing with what signs. `cryptography` is imported when the first key is registered; it
comes with the extra ``exchangekit[keys]``.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

Kind = Literal["ed25519", "rsa", "es256"]

_LENGTH_OF_ES256 = 64


class PublicKey:
    """One public key. An RSA signature is PKCS1v15 over SHA-256, that of ES256 r and s."""

    __slots__ = ("_key", "kind")

    def __init__(self, key: Any, kind: Kind) -> None:
        self._key = key
        self.kind = kind

    def verifies(self, signature: bytes, message: bytes) -> bool:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
        from cryptography.hazmat.primitives.hashes import SHA256

        try:
            match self.kind:
                case "ed25519":
                    self._key.verify(signature, message)
                case "rsa":
                    self._key.verify(signature, message, PKCS1v15(), SHA256())
                case "es256":
                    if len(signature) != _LENGTH_OF_ES256:
                        return False
                    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
                    self._key.verify(encode_dss_signature(r, s), message, ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True


@cache
def read_public_key(pem: str) -> PublicKey:
    """A key from its PEM (``-----BEGIN PUBLIC KEY-----``). Raises ValueError in words."""
    try:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
        from cryptography.hazmat.primitives.serialization import load_pem_public_key
    except ImportError:
        raise ValueError(
            'a public key takes one more package to verify with: pip install "exchangekit[keys]"'
        ) from None
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError(
            "public_key is no public key in PEM: expected -----BEGIN PUBLIC KEY----- and its lines"
        ) from None
    if isinstance(key, ed25519.Ed25519PublicKey):
        return PublicKey(key, "ed25519")
    if isinstance(key, rsa.RSAPublicKey):
        return PublicKey(key, "rsa")
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return PublicKey(key, "es256")
    raise ValueError("public_key is of another kind than Ed25519, RSA and P-256")
