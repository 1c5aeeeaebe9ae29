"""Bodies that a signer writes into: read, and made of what was explained, by other code."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, quote

from exchangekit.adapter.credentials import Credentials
from exchangekit.adapter.scheme import Scheme


def fields(scheme: Scheme, body: bytes) -> list[tuple[str, str]]:
    """What a body holds by name. Raises AssertionError for what is none."""
    if scheme.form:
        return parse_qsl(body.decode(), keep_blank_values=True)
    try:
        found = json.loads(body or b"{}", parse_float=str, parse_int=str)
        return [(name, value) for name, value in found.items() if isinstance(value, str)]
    except (ValueError, AttributeError):
        raise AssertionError("the body is no JSON object, as the scheme promises") from None


def fits(scheme: Scheme, explained: str, sent: bytes, credentials: Credentials) -> bool:
    """Whether a body is what was explained, whatever signature stands in the place of
    ``[signature]``."""
    text, body = as_sent(scheme, explained, credentials), sent.decode()
    if not _puts(scheme, "signature"):
        return text == body
    before, mark, after = text.partition("[signature]")
    return bool(mark) and body.startswith(before) and body.endswith(after) and mark not in body


def as_sent(scheme: Scheme, text: str, credentials: Credentials) -> str:
    """A text with a body as it was explained, with what the scheme puts into it in the place of
    ``[key]`` and ``[passphrase]``."""
    phrase = credentials.passphrase
    for part, value in (
        ("key", credentials.api_key.get_secret_value()),
        ("passphrase", "" if phrase is None else phrase.get_secret_value()),
    ):
        if _puts(scheme, part):
            put = quote(value, safe="-._~") if scheme.form else json.dumps(value)[1:-1]
            text = text.replace(f"[{part}]", put, 1)
    return text


def _puts(scheme: Scheme, part: str) -> bool:
    return any(one.where == "body" and one.part == part for one in scheme.carried)
