"""Who is asking, and may they: MEXC's checks of a signed request, from its raw bytes.

In this order: the key's header, the content type, the mandatory parameters, the key, the
signature, the time window, the caller's address, the permission. Only this module and the standard
library take part in checking a signature; no code is shared with anything that makes one.

What must have been signed is the query as it was sent, followed by the body with nothing between
them, both without ``signature``, which may stand in either; it is lower-case hexadecimal.

Since February 2024 requests that write are refused (700013) unless they declare
``Content-Type: application/json``, and users saw the same for a DELETE that declared a form but had
its parameters in the query (https://github.com/ccxt/ccxt/issues/21505). Clients that trade there
declare JSON and send a form. That a form under its own type is taken still is MEXC's documentation,
whose examples are ``curl -d``; nobody has been seen to do it since.

MEXC documents that parameters may come in any order; users report that only sorted ones are taken.
The default follows the documentation; a dialect with ``strict_order = True`` follows the reports.

Source: https://www.mexc.com/api-docs/spot-v3/general-info
"""

from __future__ import annotations

import hmac
import re
from hashlib import sha256
from typing import Final

from exchangekit.sim import ApiKey, Context, RawRequest
from exchangekit_mexc.sim.answers import missing, refusal
from exchangekit_mexc.sim.parameters import collect, has_form

FORM: Final = "application/x-www-form-urlencoded"
HEADER: Final = "X-MEXC-APIKEY"
DEFAULT_WINDOW: Final = 5000
LONGEST_WINDOW: Final = 60_000
AHEAD_MS: Final = 1000

_KEY: Final = re.compile(r"[A-Za-z0-9_\-]{1,128}")
_NUMBER: Final = re.compile(r"[0-9]{1,20}")
_HEX: Final = re.compile(r"[0-9a-f]{64}")


def authenticate(ctx: Context, *, strict_order: bool) -> ApiKey:
    """The key that signed this request. Raises `Answer` with the venue's refusal."""
    given = ctx.request.header(HEADER)
    if not given:
        raise refusal(400)
    if _KEY.fullmatch(given) is None:
        raise refusal(700001)
    _check_content_type(ctx)
    sent = collect(ctx.request)
    signature = sent.get("signature")
    if not signature:
        raise missing("signature")
    timestamp = _number(sent, "timestamp")
    if timestamp is None:
        raise missing("timestamp")
    window = _number(sent, "recvWindow")
    if window is not None and window > LONGEST_WINDOW:
        raise refusal(700005)
    key = ctx.venue.keys.find(given)
    if key is None:
        raise refusal(10072)
    payload = signed_payload(ctx.request)
    if not _signed(key.secret, payload, signature):
        raise refusal(700002)
    if strict_order and not _sorted(ctx.request):
        raise refusal(700002)
    _check_window(ctx.request.received, timestamp, DEFAULT_WINDOW if window is None else window)
    if not key.allows(ctx.request.ip):
        raise refusal(700006, f"IP [{ctx.request.ip}] not in the ip white list")
    if not key.may("read" if ctx.route.method == "GET" else "trade"):
        raise refusal(700007)
    return key


def _check_content_type(ctx: Context) -> None:
    declared = ctx.request.header("content-type")
    kind = (declared or "").split(";")[0].strip().lower()
    writes = ctx.route.method in ("POST", "PUT")
    if kind == "application/json" or (kind == FORM and has_form(ctx.request)):
        return
    if writes or (ctx.route.method == "DELETE" and declared):
        raise refusal(700013)


def signed_payload(request: RawRequest) -> bytes:
    """What must have been signed: query, then body, as sent but without the signature."""
    body = _joined(request.body) if has_form(request) else request.body
    return _joined(request.query) + body


def _joined(raw: bytes) -> bytes:
    return b"&".join(_unsigned(raw))


def _unsigned(raw: bytes) -> list[bytes]:
    return [piece for piece in raw.split(b"&") if not piece.startswith(b"signature=")]


def _signed(secret: str, payload: bytes, signature: str) -> bool:
    if _HEX.fullmatch(signature) is None:
        return False
    expected = hmac.new(secret.encode(), payload, sha256).hexdigest()
    return hmac.compare_digest(expected, signature)


def _sorted(request: RawRequest) -> bool:
    for raw in (request.query, request.body if has_form(request) else b""):
        names = [piece.partition(b"=")[0] for piece in _unsigned(raw)]
        if names != sorted(names):
            return False
    return True


def _check_window(now: int, timestamp: int, window: int) -> None:
    if timestamp >= now + AHEAD_MS or now - timestamp > window:
        raise refusal(700003)


def _number(sent: dict[str, str], name: str) -> int | None:
    value = sent.get(name)
    if not value:
        return None
    if _NUMBER.fullmatch(value) is None:
        raise refusal(
            700008,
            f"Illegal characters found in parameter '{name}'; legal range is '^[0-9]{{1,20}}$'.",
        )
    return int(value)
