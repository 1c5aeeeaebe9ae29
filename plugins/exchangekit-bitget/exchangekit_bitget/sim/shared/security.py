"""Who is calling, checked from the raw bytes of the request. Knows nothing of any signer.

The string signed is timestamp + METHOD + path with query + body, exactly as it came off the wire;
HMAC-SHA256 with the secret, or RSA (PKCS1v15, SHA-256) by the key whose public half the customer
has uploaded, both in base64. Refusals come in the order the gateway finds them: headers,
time, key, environment, passphrase, signature, address, permission, mode of the account.

Sources: https://www.bitget.com/api-doc/common/signature
https://www.bitget.com/api-doc/common/signature-samaple/rsa
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import Final

from exchangekit.sim import ApiKey, Context
from exchangekit.sim.keys import Permission
from exchangekit_bitget.sim.shared.answers import refuse

WINDOW_MS: Final = 30_000
# Keys that begin like this belong to the demo environment, all others to the live one.
DEMO_KEYS: Final = "demo"
# Accounts whose name begins like this are in the mode that the classic API, or the unified one,
# does not serve, and the code which says so.
UNIFIED: Final = ("unified", "40085")
CLASSIC: Final = ("classic", "40084")

_HEADERS: Final = (
    ("ACCESS-KEY", "40001"),
    ("ACCESS-SIGN", "40003"),
    ("ACCESS-TIMESTAMP", "40005"),
    ("ACCESS-PASSPHRASE", "40011"),
)
_TIMESTAMP: Final = re.compile(r"\d{13}", re.ASCII)
_KEY_SHAPE: Final = re.compile(r"bg_[0-9a-f]{32}", re.ASCII)


def authenticate(ctx: Context, permission: Permission | None, elsewhere: tuple[str, str]) -> ApiKey:
    """The key that signed this request and may do what the endpoint does, of an account that is
    not one of those `elsewhere`. Raises `Answer`."""
    request = ctx.request
    given: dict[str, str] = {}
    for name, missing in _HEADERS:
        value = request.header(name)
        if not value:
            raise refuse(ctx, missing)
        given[name] = value
    if not _TIMESTAMP.fullmatch(given["ACCESS-TIMESTAMP"]):
        raise refuse(ctx, "40005")
    if abs(request.received - int(given["ACCESS-TIMESTAMP"])) > WINDOW_MS:
        raise refuse(ctx, "40008")

    key = ctx.venue.keys.find(given["ACCESS-KEY"])
    if key is None:
        # A key that could be one is looked up and not found; anything else is not even that.
        raise refuse(ctx, "40037" if _KEY_SHAPE.fullmatch(given["ACCESS-KEY"]) else "40006")
    if (request.header("paptrading") == "1") != key.key.startswith(DEMO_KEYS):
        raise refuse(ctx, "40099")
    if not _same(given["ACCESS-PASSPHRASE"], key.passphrase or ""):
        raise refuse(ctx, "40012")

    signed = (
        given["ACCESS-TIMESTAMP"].encode("ascii")
        + request.method.encode("ascii")
        + request.target
        + request.body
    )
    if not _signed(key, signed, given["ACCESS-SIGN"]):
        raise refuse(ctx, "40009")
    if not key.allows(request.ip):
        raise refuse(ctx, "40018")
    if permission is not None and not key.may(permission):
        raise refuse(ctx, "40014")
    others, code = elsewhere
    if key.account.startswith(others):
        raise refuse(ctx, code)
    return key


def _signed(key: ApiKey, text: bytes, signature: str) -> bool:
    if key.public_key is not None:
        return key.has_signed(signature, text, ("rsa",))
    digest = hmac.new(key.secret.encode(), text, hashlib.sha256).digest()
    return _same(signature, base64.b64encode(digest).decode())


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("latin-1", "replace"), expected.encode())
