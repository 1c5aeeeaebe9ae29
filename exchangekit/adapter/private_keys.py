"""Private keys in PEM: told apart, read once, signed with.

They are read by `cryptography`, which comes with the extra ``exchangekit[keys]`` and is imported
when the first one is read: most venues take a text for an HMAC. Nothing here raises where a
variable holds the text of a key: what is wrong comes back in words.
"""

from __future__ import annotations

import re
from textwrap import wrap
from typing import TYPE_CHECKING, Any, NoReturn

from pydantic import SecretStr

from exchangekit.adapter.scheme import KEY_KINDS, Hash, KeyKind

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

LONGEST = 20_000
"""Letters; an RSA key of 16,384 bits has 13,000."""

_MARK = re.compile(r"-----(?:BEGIN|END)")
_WHOLE = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)
_LABEL = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----")
_BODY = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_PRIVATE = ("PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY")
_SHORTEST_RSA = 2048
_HALF = 32  # of an ES256 signature

INSTALL = 'pip install "exchangekit[keys]"'


class PrivateKey:
    """A key that was read. Shows nothing of itself, and is never pickled or copied."""

    __slots__ = ("_key", "kind")

    def __init__(self, key: Any, kind: KeyKind) -> None:
        self._key = key
        self.kind: KeyKind = kind

    def sign(self, message: bytes, hash: Hash = "sha256") -> bytes:
        """The signature of `message`, the same each time. `hash` is RSA's (PKCS1v15); the others
        have one of their own. That of ES256 is r and s, 32 bytes each."""
        if self.kind == "ed25519":
            ed25519: Ed25519PrivateKey = self._key
            return ed25519.sign(message)
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding, utils

        if self.kind == "rsa":
            rsa: RSAPrivateKey = self._key
            with_hash = hashes.SHA256() if hash == "sha256" else hashes.SHA512()
            return rsa.sign(message, padding.PKCS1v15(), with_hash)
        curve: EllipticCurvePrivateKey = self._key
        r, s = utils.decode_dss_signature(curve.sign(message, _ecdsa()))
        return r.to_bytes(_HALF) + s.to_bytes(_HALF)

    def made(self, signature: bytes, message: bytes, hash: Hash = "sha256") -> bool:
        """Whether `signature` is one of this key over `message`."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec, padding, utils

        public = self._key.public_key()
        try:
            if self.kind == "ed25519":
                public.verify(signature, message)
            elif self.kind == "rsa":
                with_hash = hashes.SHA256() if hash == "sha256" else hashes.SHA512()
                public.verify(signature, message, padding.PKCS1v15(), with_hash)
            else:
                halves = signature[:_HALF], signature[_HALF:]
                if [len(half) for half in halves] != [_HALF, _HALF]:
                    return False
                numbers = map(int.from_bytes, halves)
                both = utils.encode_dss_signature(*numbers)
                public.verify(both, message, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True

    def __repr__(self) -> str:
        return f"<private key: {KEY_KINDS[self.kind]}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("private keys are never pickled or copied")

    def __getstate__(self) -> NoReturn:
        raise TypeError("private keys are never pickled or copied")

    def __copy__(self) -> NoReturn:
        raise TypeError("private keys are never pickled or copied")

    def __deepcopy__(self, memo: Any) -> NoReturn:
        raise TypeError("private keys are never pickled or copied")


def _ecdsa() -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        return ECDSA(SHA256(), deterministic_signing=True)
    except UnsupportedAlgorithm:  # OpenSSL before 3.2 can only draw a random number
        return ECDSA(SHA256())


def is_pem(secret: SecretStr) -> bool:
    """Whether it is meant as a PEM: an HMAC's secret never looks like one."""
    return _MARK.search(str(secret.get_secret_value())) is not None


def in_lines(pem: SecretStr) -> SecretStr:
    """The same PEM in its usual lines: environment variables hold it with ``\\n`` written out, or
    on one line. What is none stays as it is."""
    found = _WHOLE.search(_plain(pem.get_secret_value()))
    if found is None or _BODY.fullmatch("".join(found[2].split())) is None:
        return pem
    lines = wrap("".join(found[2].split()), 64)
    made = [f"-----BEGIN {found[1]}-----", *lines, f"-----END {found[1]}-----", ""]
    return SecretStr("\n".join(made))


def lines_of(pem: SecretStr) -> list[str]:
    """What must not be shown of a PEM beside the whole: its lines, and the lines in one."""
    lines = in_lines(pem).get_secret_value().split("\n")
    body = [line for line in lines if line and not line.startswith("-----")]
    return ["".join(body), *body]


def read(pem: SecretStr) -> PrivateKey | str:
    """The key, or what is wrong with it, to be said after "the secret"."""
    text = _plain(pem.get_secret_value())
    if len(text) > LONGEST:
        return f"is a PEM of {len(text)} characters; no key has more than {LONGEST}"
    label = _LABEL.search(text)
    name = label[1] if label else ""
    if "ENCRYPTED" in text[:200]:
        return (
            "is a private key under a password, which cannot be asked for here: take the password"
            " off (openssl pkey -in key.pem -out plain.pem) and guard the file"
        )
    if name.endswith("PUBLIC KEY"):
        return (
            "is a public key: that one goes to the venue; here belongs the private key that was"
            " made with it"
        )
    if name.startswith("CERTIFICATE"):
        return "is a certificate, expected a private key (-----BEGIN PRIVATE KEY-----)"
    if name == "OPENSSH PRIVATE KEY":
        return (
            "is a private key in OpenSSH's own form: write it as PKCS#8"
            " (ssh-keygen -p -m PKCS8 -f a-copy-of-the-key)"
        )
    if name and name not in _PRIVATE:
        return f"is a PEM of {name}, expected a private key (-----BEGIN PRIVATE KEY-----)"
    if not _WHOLE.search(text):
        return (
            "is a PEM that is not whole: copy all of it, from -----BEGIN to the end of the line"
            " with -----END"
        )
    return _loaded(in_lines(pem))


def _plain(text: str) -> str:
    return text.replace("\\r", "").replace("\\n", "\n").replace("\r", "")


def _loaded(pem: SecretStr) -> PrivateKey | str:
    try:
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError:
        return f"is a private key, which takes one more package to sign with: {INSTALL}"
    try:
        key = load_pem_private_key(pem.get_secret_value().encode(), None)
    except Exception:
        # Whatever a library raises here may quote what it read.
        return "is a PEM that holds no private key that can be read: copy it again, all of it"
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return PrivateKey(key, "ed25519")
    if isinstance(key, rsa.RSAPrivateKey):
        if key.key_size < _SHORTEST_RSA:
            return f"is an RSA key of {key.key_size} bits; expected {_SHORTEST_RSA} or more"
        return PrivateKey(key, "rsa")
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return PrivateKey(key, "es256")
    return "is a private key of a kind that no venue takes: expected Ed25519, RSA or P-256"
