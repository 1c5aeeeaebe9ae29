"""Who is calling, checked from the raw bytes of the request. Knows nothing of any signer.

The string signed is timestamp + METHOD + path with query + body, exactly as it came off the wire;
HMAC-SHA256 with the secret, base64. Refusals come in the order the gateway finds them: headers,
time, key, environment, passphrase, signature, address, permission.

Source: https://www.okx.com/docs-v5/en/#overview-rest-authentication
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import UTC, datetime
from typing import Final

from exchangekit.sim import ApiKey, Context
from exchangekit.sim.keys import Permission
from exchangekit_okx.sim.answers import refuse

WINDOW_MS: Final = 30_000
# Keys that begin like this belong to the demo environment, all others to the live one.
DEMO_KEYS: Final = "demo"

_HEADERS: Final = (
    ("OK-ACCESS-KEY", "50103"),
    ("OK-ACCESS-SIGN", "50106"),
    ("OK-ACCESS-TIMESTAMP", "50107"),
    ("OK-ACCESS-PASSPHRASE", "50104"),
)
_TIMESTAMP: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z", re.ASCII
)
_KEY_SHAPE: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


def authenticate(ctx: Context, permission: Permission) -> ApiKey:
    """The key that signed this request and may do what the endpoint does. Raises `Answer`."""
    request = ctx.request
    given: dict[str, str] = {}
    for name, missing in _HEADERS:
        value = request.header(name)
        if not value:
            raise refuse(missing)
        given[name] = value

    sent = _milliseconds(given["OK-ACCESS-TIMESTAMP"])
    if sent is None:
        raise refuse("50112")
    if abs(request.received - sent) > WINDOW_MS:
        raise refuse("50102")

    key = ctx.venue.keys.find(given["OK-ACCESS-KEY"])
    if key is None:
        # A key that could be one is looked up and not found; anything else is not even that.
        raise refuse("50119" if _KEY_SHAPE.fullmatch(given["OK-ACCESS-KEY"]) else "50111")
    if (request.header("x-simulated-trading") == "1") != key.key.startswith(DEMO_KEYS):
        raise refuse("50101")
    if not _same(given["OK-ACCESS-PASSPHRASE"], key.passphrase or ""):
        raise refuse("50105")

    signed = (
        given["OK-ACCESS-TIMESTAMP"].encode("latin-1")
        + request.method.encode("ascii")
        + request.target
        + request.body
    )
    digest = hmac.new(key.secret.encode(), signed, hashlib.sha256).digest()
    if not _same(given["OK-ACCESS-SIGN"], base64.b64encode(digest).decode()):
        raise refuse("50113")
    if not key.allows(request.ip):
        raise refuse("50110", request.ip, key.key)
    if not key.may(permission):
        raise refuse("50120")
    return key


def _milliseconds(stamp: str) -> int | None:
    found = _TIMESTAMP.fullmatch(stamp)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    fraction = (found[7] or "0").ljust(3, "0")[:3]
    return int(moment.timestamp()) * 1000 + int(fraction)


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("latin-1", "replace"), expected.encode())
