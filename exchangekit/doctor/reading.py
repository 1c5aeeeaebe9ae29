"""From whatever was pasted to a captured request, or one sentence why it is none.

Never repeats what was pasted: it may be a secret that landed in the wrong place.
"""

from __future__ import annotations

import re
import unicodedata

from exchangekit.doctor.captured import Captured, Unreadable, address
from exchangekit.doctor.curl import read_curl

LONGEST = 50_000
_REQUEST_LINE = re.compile(r"([A-Za-z]{3,7}) (\S.*)")
_METHODS = frozenset({"GET", "POST", "PUT", "DELETE", "HEAD", "PATCH"})
_WRAPPED = (("'", "'"), ('"', '"'), ("`", "`"), ("<", ">"))
_NAMED = re.compile(r"[A-Za-z0-9.-]+(:[0-9]+)?/")
_EXPECTED = "a URL, a curl command or an HTTP request"


def read(text: str) -> Captured:
    """The request in `text`. Raises Unreadable."""
    if len(text) > LONGEST:
        raise Unreadable(f"that is {len(text)} characters long, too long for {_EXPECTED}")
    if any(
        unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\t\r\n" for letter in text
    ):
        raise Unreadable(f"that is not text: expected {_EXPECTED}; copy the request again")
    text = text.strip()
    if not text:
        raise Unreadable(f"nothing was given: expected {_EXPECTED}")
    if text.startswith("$ "):
        text = text[2:].lstrip()
    if re.match(r"curl(\.exe)?\s", text):
        return _checked(read_curl(text))
    first, _, rest = text.partition("\n")
    line = _REQUEST_LINE.fullmatch(first.rstrip())
    if line is not None and line[1].upper() in _METHODS:
        return _checked(_http(line[1], line[2], rest))
    return _checked(_url(text))


def _url(text: str) -> Captured:
    for first, last in _WRAPPED:
        if len(text) > 1 and text[0] == first and text[-1] == last:
            text = text[1:-1].strip()
    text = re.sub(r"[ \t]*\r?\n[ \t]*", "", text)
    if not re.match(r"(?i)https?://|/", text) and not _NAMED.match(text):
        raise Unreadable(f"that is no request: expected {_EXPECTED}")
    found = address(text)
    return Captured(
        form="URL",
        method="GET",
        scheme=found.scheme,
        host=found.host,
        path=found.path,
        query=found.query,
        headers=None,
        fragment=found.fragment,
    )


def _http(method: str, where: str, rest: str) -> Captured:
    head, _, body = rest.replace("\r\n", "\n").partition("\n\n")
    if rest.startswith("\n"):
        head, body = "", rest
    before, version, after = where.rpartition(" HTTP/")
    if version and after.replace(".", "").isdigit():
        where = before
    headers = []
    for row in head.split("\n"):
        name, colon, value = row.partition(":")
        if colon:
            headers.append((name, value))
    found = address(where.strip())
    host = found.host
    if host is None:
        named = [value for name, value in headers if name.strip().lower() == "host"]
        host = named[0].strip().lower() if named else None
    return Captured(
        form="HTTP request",
        method=method,
        scheme=found.scheme,
        host=host,
        path=found.path,
        query=found.query,
        headers=tuple(headers),
        body=body.strip("\r\n"),
        fragment=found.fragment,
    )


def _checked(found: Captured) -> Captured:
    if found.scheme not in (None, "http", "https"):
        raise Unreadable(f"that is no request over HTTP: expected {_EXPECTED}")
    if found.host is not None and not re.fullmatch(r"[\w.:\[\]-]+", found.host):
        raise Unreadable("the request's address has no host that could be one: copy it again")
    return found
