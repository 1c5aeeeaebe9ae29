"""Who is asking, and may they: Binance's checks of a signed request, from its raw bytes.

In this order: the key's header, the mandatory parameters, the key, the signature, the time window,
the caller's address, the permission. No code is shared with anything that makes a signature.

The payload that must have been signed is the query joined to the body with nothing between them,
without the ``signature`` parameter, exactly as it was sent. Since 2026-01-15 it must have been
percent-encoded first: characters that may not stand raw in a query are refused. HMAC signatures
are hexadecimal in either case; those of Ed25519 and RSA keys, whose public half the customer has
uploaded, are base64, and their case matters.

Source: https://developers.binance.com/docs/binance-spot-api-docs/rest-api/request-security
"""

from __future__ import annotations

import hmac
import re
from decimal import Decimal
from hashlib import sha256
from typing import Final

from exchangekit.sim import ApiKey, Context
from exchangekit_binance.sim.answers import refusal
from exchangekit_binance.sim.parameters import collect, milliseconds

HEADER: Final = "X-MBX-APIKEY"
DEFAULT_WINDOW: Final = Decimal(5000)
LONGEST_WINDOW: Final = Decimal(60_000)
AHEAD_MS: Final = 1000

# Everything RFC 3986 lets stand in a query, and whole percent escapes.
_ENCODED: Final = re.compile(rb"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*")
_UPLOADED: Final = ("ed25519", "rsa")
_KEY: Final = re.compile(r"[A-Za-z0-9_\-]{1,128}")


def authenticate(ctx: Context) -> ApiKey:
    """The key that signed this request. Raises `Answer` with the venue's refusal."""
    given = ctx.request.header(HEADER)
    if given is None or _KEY.fullmatch(given) is None:
        raise refusal(-2014)
    sent = collect(ctx)
    timestamp, window = _timing(sent)
    signature = _mandatory(sent, "signature")
    key = ctx.venue.keys.find(given)
    if key is None:
        raise refusal(-2015)
    payload = signed_payload(ctx.request.query, ctx.request.body)
    if _ENCODED.fullmatch(payload) is None or not _signed(key, payload, signature):
        raise refusal(-1022)
    in_window(ctx.request.received, timestamp, window)
    if not key.allows(ctx.request.ip) or not key.may("read"):
        raise refusal(-2015)
    if trades(ctx) and not key.may("trade"):
        raise refusal(-2015)
    return key


def trades(ctx: Context) -> bool:
    """Whether the endpoint is one of those marked TRADE."""
    return ctx.route.path.startswith("/api/v3/") and ctx.route.method != "GET"


def signed_payload(query: bytes, body: bytes) -> bytes:
    """What must have been signed: query and body as sent, without the signature."""
    return _without_signature(query) + _without_signature(body)


def _without_signature(raw: bytes) -> bytes:
    return b"&".join(piece for piece in raw.split(b"&") if not piece.startswith(b"signature="))


def _signed(key: ApiKey, payload: bytes, signature: str) -> bool:
    if key.public_key is not None:
        return key.has_signed(signature, payload, _UPLOADED)
    expected = hmac.new(key.secret.encode(), payload, sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.lower().encode())


def window_of(ctx: Context) -> tuple[int, Decimal]:
    """The request's timestamp (ms) and its window, once it has been authenticated."""
    return _timing(collect(ctx))


def in_window(now: int, timestamp: int, window: Decimal) -> None:
    """Refuses a request from the future or one too old."""
    if timestamp >= now + AHEAD_MS:
        raise refusal(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")
    if now - timestamp > window:
        raise refusal(-1021)


def _timing(sent: dict[str, str]) -> tuple[int, Decimal]:
    raw = _mandatory(sent, "timestamp")
    if re.fullmatch(r"[0-9]{1,20}", raw) is None:
        raise refusal(
            -1100,
            "Illegal characters found in parameter 'timestamp'; legal range is '^[0-9]{1,20}$'.",
        )
    window = sent.get("recvWindow")
    if window is None:
        return milliseconds(int(raw)), DEFAULT_WINDOW
    if re.fullmatch(r"[0-9]{1,5}(\.[0-9]{1,3})?", window) is None:
        if re.fullmatch(r"[0-9]+(\.[0-9]{1,3})?", window) is not None:
            raise refusal(-1131)
        raise refusal(
            -1100,
            "Illegal characters found in parameter 'recvWindow'; "
            "legal range is '^[0-9]{1,5}(\\.[0-9]{1,3})?$'.",
        )
    if Decimal(window) > LONGEST_WINDOW:
        raise refusal(-1131)
    return milliseconds(int(raw)), Decimal(window)


def _mandatory(sent: dict[str, str], name: str) -> str:
    value = sent.get(name)
    if not value:
        raise refusal(
            -1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."
        )
    return value
