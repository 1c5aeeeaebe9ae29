"""Signed = sent: what is wanted on the wire, and whether a library is about to send just that."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import urlsplit

from exchangekit.adapter.request import Origin, Outgoing
from exchangekit.runtime.effects import TransportFailure
from exchangekit.runtime.transports.library import Wire

_OURS = (
    ("User-Agent", "exchangekit"),
    ("Accept", "application/json"),
    ("Accept-Encoding", "gzip, deflate"),
)
# What decides where a request goes, where it ends and how its reply is packed is never a venue's.
_NOT_THEIRS = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer"}
    | {"expect", "accept-encoding", "proxy-authorization", "proxy-connection", "keep-alive"}
)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_TARGET = re.compile(r"/[!-\"$-~]*")
_VALUE = re.compile(r"([!-~]([ -~]*[!-~])?)?")


def wanted(outgoing: Outgoing) -> Wire:
    """`outgoing` with everything that belongs on the wire. Raises TransportFailure for what HTTP
    cannot carry as it is."""
    host, before = _place(outgoing.origin)
    if not _TOKEN.fullmatch(outgoing.method):
        raise _unfit("its method is no word")
    if not _TARGET.fullmatch(outgoing.target):
        raise _unfit("its target has characters that must be encoded")
    theirs = set()
    for name, value in outgoing.headers:
        theirs.add(name.lower())
        if not _TOKEN.fullmatch(name) or not _VALUE.fullmatch(value):
            raise _unfit(f"its header {name!r} has characters that no header may have")
    if theirs & _NOT_THEIRS:
        raise _unfit(f"its header {min(theirs & _NOT_THEIRS)!r} is the transport's own")
    ours = [one for one in _OURS if one[0].lower() not in theirs]
    headers = (("Host", host), *ours, *outgoing.headers)
    return Wire(outgoing.method, before + outgoing.target, headers, outgoing.body)


@cache
def _place(origin: Origin) -> tuple[str, str]:
    """What goes into the Host header, and the address before every target."""
    parts = urlsplit(origin.base_url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    if parts.port is not None and parts.port != _DEFAULT_PORTS[parts.scheme]:
        host = f"{host}:{parts.port}"
    return host, f"{parts.scheme}://{host}{parts.path}"


def rendered(wire: Wire) -> bytes:
    """The bytes of a request, as HTTP/1.1 writes them."""
    url, size = wire.url, len(wire.body)
    lines = [f"{wire.method} {url[url.index('/', 8) :]} HTTP/1.1\r\n"]
    lines += [f"{name}: {value}\r\n" for name, value in wire.headers]
    if size or wire.method != "GET":
        lines.append(f"Content-Length: {size}\r\n")
    lines.append("\r\n")
    return "".join(lines).encode("ascii") + wire.body


def compare(wanted: Wire, made: Wire) -> None:
    """Raises TransportFailure if `made`, what a library is about to send, is not `wanted`."""
    changed = _changed(wanted, made)
    if changed is not None:
        path = urlsplit(wanted.url).path
        raise TransportFailure(
            f"the HTTP library would not send {path!r} as it was signed (it changes {changed})",
            sent=False,
            unfit=True,
        )


def _changed(wanted: Wire, made: Wire) -> str | None:
    if made is wanted:
        return None
    if made.method != wanted.method:
        return "the method"
    if made.url != wanted.url:
        return "the address"
    if made.body != wanted.body:
        return "the body"
    left = [(name.lower(), value) for name, value in wanted.headers]
    sizes = []
    for name, value in made.headers:
        header = (name.lower(), value)
        if header in left:
            left.remove(header)
        elif header[0] == "content-length":
            sizes.append(value)
        elif header != ("connection", "keep-alive"):
            return f"the header {name!r}"
    if left:
        return f"the header {left[0][0]!r}"
    size = str(len(wanted.body))
    fits = sizes == [size] or (not wanted.body and not sizes)
    return None if fits else "the length"


def _unfit(why: str) -> TransportFailure:
    return TransportFailure(f"the request cannot be sent ({why})", sent=False, unfit=True)
