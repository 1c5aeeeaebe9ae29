"""An API key and its secrets, held so that they cannot leak by accident.

They do not appear in repr or str, cannot be pickled, copied or serialised, and are read in one
place each: the header that carries the key and the digest that uses the secret.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any, NoReturn

from pydantic import SecretStr

from exchangekit.adapter.scheme import HASHES, Hash
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


class Credentials:
    """One API key of one account."""

    __slots__ = ("_keyed", "account", "api_key", "passphrase", "secret", "source")

    def __init__(
        self,
        api_key: SecretStr | str,
        secret: SecretStr | str,
        passphrase: SecretStr | str | None = None,
        account: str | None = None,
        *,
        source: str = "arguments",
    ) -> None:
        """`source` says in words where they come from."""
        # Wrapped at once: no variable of a frame that an error may pass holds one as plain text.
        api_key, secret = _wrap(api_key), _wrap(secret)
        passphrase = None if passphrase is None else _wrap(passphrase)
        self.api_key = api_key
        self.secret = secret
        self.passphrase = passphrase
        self.account = account
        self.source = source
        for held in (api_key, secret, passphrase):
            if held is not None and not _is_text(held):
                raise MalformedCredentials("a key holds what is no text: copy it again")
        self._keyed = {
            name: hmac.new(secret.get_secret_value().encode(), b"", name) for name in HASHES
        }

    @property
    def key_digest(self) -> str:
        """Tells this API key from others without showing it: its SHA-256 in hex."""
        return hashlib.sha256(self.api_key.get_secret_value().encode()).hexdigest()

    def hmac_of(self, message: bytes, hash: Hash = "sha256") -> hmac.HMAC:
        """The HMAC of `message` under the secret; more can be fed to it."""
        digest = self._keyed[hash].copy()
        digest.update(message)
        return digest

    def mask(self, text: str) -> str:
        """`text` without any of these secrets, however they are written, for errors that quote what
        a venue wrote."""
        for held in (self.api_key, self.secret, self.passphrase):
            if held is not None and len(held) >= _MASKED_FROM:
                for written in sorted(writings(held.get_secret_value()), key=len, reverse=True):
                    text = text.replace(written, "[…]")
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


def _is_text(held: SecretStr) -> bool:
    """An encoder's own error would quote the secret."""
    return not any("\ud800" <= letter <= "\udfff" for letter in held.get_secret_value())


def _wrap(value: SecretStr | str) -> SecretStr:
    return value if isinstance(value, SecretStr) else SecretStr(value)
