"""Excerpts of what a venue said that are safe to show: short, and no key in them."""

from __future__ import annotations

import re

_LONG_TOKEN = re.compile(r"[A-Za-z0-9+/=_-]{24,}")
_PAGE = re.compile(r"\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_MARKUP = re.compile(r"<(script|style)\b.*?(?:</\1>|\Z)|<[^>]*(?:>|\Z)", re.IGNORECASE | re.DOTALL)


def excerpt(body: bytes | str, limit: int = 160) -> str:
    """A piece of a reply that is safe to show: long tokens masked, of a page only its words."""
    start = body[: limit * 16]
    text = start.decode("utf-8", "backslashreplace") if isinstance(start, bytes) else start
    page = _PAGE.match(text) is not None
    if page:
        text = _MARKUP.sub(" ", text)
    short = " ".join(_LONG_TOKEN.sub("[…]", text)[: limit * 4].split())
    # What is cut ends before a word: half a key would be masked by nobody any more.
    short = short if len(short) <= limit else re.sub(r"[\w+/=-]+\Z", "", short[:limit]) + "…"
    words = f"an HTML page: {short}" if short else "an HTML page"
    return words if page else short
