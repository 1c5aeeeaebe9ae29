"""Taking a user's secrets out of what is recorded from a real venue, before it is written.

Requests need no mending: the recorder signs each one a second time with the kit's dummy keys and
writes down that one, so that neither key, signature nor passphrase ever reaches the cassette and a
replay still proves every byte of a signature. Replies are searched for the secrets themselves and
for fields that name the account.
"""

from __future__ import annotations

import re

from exchangekit.adapter.credentials import Credentials

DUMMY_KEY = "dummykey0000000000000001"
DUMMY_SECRET = "dummysecret0000000000000000000002"  # noqa: S105 - opens nothing
DUMMY_PASSPHRASE = "dummypassphrase03"  # noqa: S105 - opens nothing

_PERSONAL = (
    "uid",
    "userid",
    "user_id",
    "mainuid",
    "mainuserid",
    "subuid",
    "accountid",
    "account_id",
    "accountno",
    "email",
    "phone",
    "mobile",
    "nickname",
    "username",
    "apikey",
    "api_key",
    "label",
    "ip",
    "iplist",
    "ips",
    "domainid",
    "kyclv",
)
_FIELD = re.compile(
    rb'("(?:' + "|".join(_PERSONAL).encode() + rb')"\s*:\s*)("(?:[^"\\]|\\.)*"|-?\d+|\[[^\]]*\])',
    re.IGNORECASE,
)


class Sanitiser:
    """Replaces the secrets of `credentials` and what names the account."""

    def __init__(self, credentials: Credentials | None) -> None:
        self._secrets: dict[bytes, bytes] = {}
        if credentials is not None:
            held = (
                (credentials.api_key, DUMMY_KEY),
                (credentials.secret, DUMMY_SECRET),
                (credentials.passphrase, DUMMY_PASSPHRASE),
            )
            for secret, dummy in held:
                if secret is not None and secret.get_secret_value():
                    self._secrets[secret.get_secret_value().encode()] = dummy.encode()

    def body(self, body: bytes) -> bytes:
        """`body` without them; everything else keeps its bytes."""
        for secret, dummy in self._secrets.items():
            body = body.replace(secret, dummy)
        return _FIELD.sub(lambda found: found[1] + _blank(found[2]), body)


def _blank(value: bytes) -> bytes:
    """A value of the same type that says nothing."""
    if value.startswith(b"["):
        return b"[]"
    if not value.startswith(b'"'):
        return b"0"
    inside = value[1:-1]
    if not inside:
        return value
    return b'"0"' if inside.isdigit() else b'"removed"'
