"""An API key and its secrets, held so that they cannot leak by accident.

They do not appear in repr or str, cannot be pickled, copied or serialised, and are read in one
place each: the header that carries the key and the digest that uses the secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

from pydantic import SecretBytes, SecretStr

from exchangekit.adapter import private_keys
from exchangekit.adapter.private_keys import PrivateKey
from exchangekit.adapter.scheme import HASHES, KEY_KINDS, Hash, KeyKind
from exchangekit.adapter.secrecy import writings
from exchangekit.errors import MalformedCredentials

# Shorter ones are words that occur by chance; no venue gives out keys like that.
_MASKED_FROM = 6


@dataclass(frozen=True, slots=True)
class AccountId:
    """Whose requests these are, without anything secret: venue, environment, address, the name
    given to the account, and a digest that tells keys apart ("" without a key)."""

    venue: str
    environment: str
    base_url: str
    account: str | None = None
    key_digest: str = ""

    def __str__(self) -> str:
        name = "the default account" if self.account is None else f"account {self.account}"
        key = f"key {self.key_digest[:8]}…" if self.key_digest else "no key"
        return f"{self.venue} {self.environment} at {self.base_url}, {name} ({key})"

    def same_as(self, other: AccountId) -> bool:
        """Whether it is the same account at the venue, whatever name it was given here."""
        return self._at_the_venue == other._at_the_venue

    @property
    def _at_the_venue(self) -> tuple[str, ...]:
        return self.venue, self.environment, self.base_url, self.key_digest


class Digest(Protocol):
    """A text that is signed piece by piece, so that no variable holds it as a whole."""

    def update(self, piece: bytes, /) -> None: ...

    def digest(self) -> bytes: ...


class Credentials:
    """One API key of one account.

    ``kind`` is what its secret is: a private key in PEM signs as such, anything else is for an
    HMAC.
    """

    __slots__ = (
        "_decoded", "_keyed", "_private", "account", "api_key", "kind", "passphrase", "secret",
        "source",
    )  # fmt: skip

    def __init__(
        self,
        api_key: SecretStr | str,
        secret: SecretStr | str,
        passphrase: SecretStr | str | None = None,
        account: str | None = None,
        *,
        source: str = "arguments",
    ) -> None:
        """`source` says in words where they come from. Raises MalformedCredentials for a private
        key that cannot be used."""
        # Wrapped at once: no variable of a frame that an error may pass holds one as plain text.
        api_key, secret = _wrap(api_key), _wrap(secret)
        passphrase = None if passphrase is None else _wrap(passphrase)
        private: PrivateKey | None = None
        if private_keys.is_pem(secret):
            secret = private_keys.in_lines(secret)
            private = _read(secret)
        self.api_key = api_key
        self.secret = secret
        self.passphrase = passphrase
        self.account = account
        self.source = source
        for held in (api_key, secret, passphrase):
            if held is not None and not _is_text(held):
                raise MalformedCredentials("a key holds what is no text: copy it again")
        self._private = private
        self.kind: KeyKind = "hmac" if private is None else private.kind
        self._keyed = {} if private else _keyed_with(secret)
        self._decoded: dict[Hash, hmac.HMAC] | None = None

    @property
    def key_digest(self) -> str:
        """Tells this API key from others without showing it: its SHA-256 in hex."""
        return hashlib.sha256(self.api_key.get_secret_value().encode()).hexdigest()

    def hmac_of(self, message: bytes, hash: Hash = "sha256", *, decoded: bool = False) -> hmac.HMAC:
        """The HMAC of `message` under the secret, or (`decoded`) under what the secret is base64
        of; more can be fed to it. Raises MalformedCredentials for another kind of secret."""
        if decoded:
            keyed = self._from_base64()
        elif self._keyed:
            keyed = self._keyed
        else:
            raise MalformedCredentials(self._not("hmac"))
        digest = keyed[hash].copy()
        digest.update(message)
        return digest

    def sign(self, message: bytes, hash: Hash = "sha256", *, decoded: bool = False) -> bytes:
        """The signature of `message`, as the kind of the secret makes it."""
        if self._private is not None:
            return self._private.sign(message, hash)
        return self.hmac_of(message, hash, decoded=decoded).digest()

    def signing(self, hash: Hash = "sha256", *, decoded: bool = False) -> Digest:
        """The same for a text that is fed piece by piece."""
        if self._keyed and not decoded:
            return self._keyed[hash].copy()
        if self._private is not None:
            return _Pieces(self._private, hash)
        return self.hmac_of(b"", hash, decoded=decoded)

    def made(
        self, signature: bytes, message: bytes, hash: Hash = "sha256", *, decoded: bool = False
    ) -> bool:
        """Whether `signature` is one of this secret over `message`."""
        if self._private is not None:
            return self._private.made(signature, message, hash)
        return hmac.compare_digest(self.sign(message, hash, decoded=decoded), signature)

    def require(self, *kinds: KeyKind) -> None:
        """Raises MalformedCredentials for a secret of another kind than a venue takes."""
        if self.kind not in kinds:
            raise MalformedCredentials(self._not(*kinds))

    def _not(self, *kinds: KeyKind) -> str:
        return f"the api_secret is {secret_named(self.kind)}; expected {secret_named(*kinds)}"

    def _from_base64(self) -> dict[Hash, hmac.HMAC]:
        self.require("hmac")
        if self._decoded is None:
            raw = from_base64(self.secret)
            if raw is None:
                raise MalformedCredentials(f"the api_secret {NO_BASE64}")
            self._decoded = _keyed_with(raw)
        return self._decoded

    def mask(self, text: str) -> str:
        """`text` without any of these secrets, however they are written, for errors that quote what
        a venue wrote."""
        for held in (self.api_key, self.secret, self.passphrase):
            if held is not None and len(held) >= _MASKED_FROM:
                for written in sorted(writings(held.get_secret_value()), key=len, reverse=True):
                    text = text.replace(written, "[…]")
        if self._private is not None:
            for line in private_keys.lines_of(self.secret):
                if len(line) >= _MASKED_FROM:
                    text = text.replace(line, "[…]")
        return text

    def __repr__(self) -> str:
        return f"Credentials(account={self.account!r}, api_key='**********')"

    def __reduce__(self) -> NoReturn:
        raise TypeError("credentials are never pickled or copied: pass them anew")

    def __getstate__(self) -> NoReturn:
        raise TypeError("credentials are never pickled or copied: pass them anew")

    def __eq__(self, other: Any) -> bool:
        if not isinstance(other, Credentials):
            return NotImplemented
        return (self.api_key, self.secret, self.passphrase, self.account) == (
            other.api_key,
            other.secret,
            other.passphrase,
            other.account,
        )

    def __hash__(self) -> int:
        return hash((self.api_key, self.account))


def _read(secret: SecretStr) -> PrivateKey:
    found = private_keys.read(secret)
    if isinstance(found, str):
        raise MalformedCredentials(f"the api_secret {found}")
    return found


class _Pieces:
    """A text for a private key, which signs it as a whole."""

    __slots__ = ("_hash", "_key", "_pieces")

    def __init__(self, key: PrivateKey, hash: Hash) -> None:
        self._key = key
        self._hash: Hash = hash
        self._pieces = bytearray()

    def update(self, piece: bytes, /) -> None:
        self._pieces += piece

    def digest(self) -> bytes:
        return self._key.sign(bytes(self._pieces), self._hash)


NO_BASE64 = "is no base64, as this venue's are: copy all of it again"


def secret_named(*kinds: KeyKind) -> str:
    """Secrets of these kinds in words."""
    private = [KEY_KINDS[kind] for kind in kinds if kind != "hmac"]
    words = ["a secret for an HMAC, as a venue shows it beside the key"] if "hmac" in kinds else []
    if private:
        words.append(f"a private key in PEM ({', '.join(private)})")
    return " or ".join(words)


def from_base64(secret: SecretStr) -> SecretBytes | None:
    """What a secret is base64 of; None for what is none."""
    try:
        return SecretBytes(base64.b64decode(secret.get_secret_value(), validate=True))
    except ValueError:
        return None


def _keyed_with(secret: SecretStr | SecretBytes) -> dict[Hash, hmac.HMAC]:
    return {name: hmac.new(_raw(secret), b"", name) for name in HASHES}


def _raw(secret: SecretStr | SecretBytes) -> bytes:
    value = secret.get_secret_value()
    return value.encode() if isinstance(value, str) else value


def _is_text(held: SecretStr) -> bool:
    """An encoder's own error would quote the secret."""
    return not any("\ud800" <= letter <= "\udfff" for letter in held.get_secret_value())


def _wrap(value: SecretStr | str) -> SecretStr:
    return value if isinstance(value, SecretStr) else SecretStr(value)
