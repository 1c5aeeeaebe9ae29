"""Who is calling, checked from the raw bytes of the request. Knows nothing of any signer.

The string signed is timestamp + key + recv_window + what follows the question mark, or the body of
a POST, exactly as it came off the wire; HMAC-SHA256 with the secret, in lower-case hex, or RSA
(SHA-256, PKCS1v15 as in the venue's own samples) by the key whose public half the customer has
uploaded, in base64. In which order the venue looks is not documented: headers, key, time,
signature, address, permission here.

Sources: https://bybit-exchange.github.io/docs/v5/guide
https://github.com/bybit-exchange/api-usage-examples (the samples for RSA)
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from exchangekit.sim import ApiKey, Context
from exchangekit.sim.keys import Permission
from exchangekit_bybit.sim.answers import refuse

AHEAD_MS: Final = 1000
WINDOW_MS: Final = 5000
# Keys that begin like this belong to an account that was never made a unified one.
CLASSIC_KEYS: Final = "classic"


def is_unified(key: ApiKey) -> bool:
    return not key.key.startswith(CLASSIC_KEYS)


def authenticate(ctx: Context, permission: Permission, *, unified: bool) -> ApiKey:
    """The key that signed this request and may do what the endpoint does. Raises `Answer`."""
    request = ctx.request
    given = request.header("X-BAPI-API-KEY") or ""
    stamp = request.header("X-BAPI-TIMESTAMP") or ""
    signature = request.header("X-BAPI-SIGN") or ""
    if not (given and stamp and signature):
        said = "empty value: apiTimestamp[] apiKey[] apiSignature[]: openapi sign params error!"
        raise refuse(ctx, "10001", said=said)
    key = ctx.venue.keys.find(given)
    if key is None:
        raise refuse(ctx, "10003")
    if key.has_ended(ctx.now):
        raise refuse(ctx, "33004")

    window = request.header("X-BAPI-RECV-WINDOW") or ""
    span = _whole(window) if window else WINDOW_MS
    sent = _whole(stamp)
    if (
        sent is None
        or not span
        or not (request.received - span <= sent < request.received + AHEAD_MS)
    ):
        said = (
            "invalid request, please check your server timestamp or recv_window param."
            f" req_timestamp[{stamp}],server_timestamp[{request.received}],recv_window[{span}]"
        )
        raise refuse(ctx, "10002", said=said)

    signed = f"{stamp}{given}{window}".encode("latin-1")
    signed += request.query if request.method == "GET" else request.body
    if not _signed(key, signed, signature):
        raise refuse(ctx, "10004")
    if not key.allows(request.ip):
        raise refuse(ctx, "10010")
    if not key.may(permission):
        raise refuse(ctx, "10005")
    if unified and not is_unified(key):
        raise refuse(ctx, "10028")
    return key


def _signed(key: ApiKey, text: bytes, signature: str) -> bool:
    if key.public_key is not None:
        return key.has_signed(signature, text, ("rsa",))
    right = hmac.new(key.secret.encode(), text, hashlib.sha256).hexdigest()
    return hmac.compare_digest(signature.encode("latin-1", "replace"), right.encode())


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 16 else None
