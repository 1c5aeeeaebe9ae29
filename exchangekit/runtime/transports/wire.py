"""Signed = sent: what is wanted on the wire, and whether a library is about to send just that."""

from __future__ import annotations

import re
from functools import cache, lru_cache
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


def wanted(outgoing: Outgoing) -> Wire:
    """`outgoing` with everything that belongs on the wire. Raises TransportFailure for what HTTP
    cannot carry as it is."""
    method, target, theirs = outgoing.method, outgoing.target, outgoing.headers
    before, ours = _frame(outgoing.origin, method, tuple([name for name, _ in theirs]))
    if target[:1] != "/" or " " in target or "#" in target or not _is_plain(target):
        raise _unfit("its target has characters that must be encoded")
    for name, value in theirs:
        if not _is_plain(value) or value != value.strip(" "):
            raise _unfit(f"its header {name!r} has characters that no header may have")
    return Wire(method, before + target, (*ours, *theirs), outgoing.body)


def _is_plain(text: str) -> bool:
    """Whether there is nothing in it but what stands between a space and a tilde."""
    return text.isascii() and text.isprintable()


@lru_cache(maxsize=1024)
def _frame(
    origin: Origin, method: str, names: tuple[str, ...]
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The address before every target, and the headers before those of `names`: the same for each
    request of a kind. Raises TransportFailure for what no request may bring."""
    host, before = _place(origin)
    if not _TOKEN.fullmatch(method):
        raise _unfit("its method is no word")
    theirs = set()
    for name in names:
        theirs.add(name.lower())
        if not _TOKEN.fullmatch(name):
            raise _unfit(f"its header {name!r} has characters that no header may have")
    if theirs & _NOT_THEIRS:
        raise _unfit(f"its header {min(theirs & _NOT_THEIRS)!r} is the transport's own")
    ours = tuple(one for one in _OURS if one[0].lower() not in theirs)
    return before, (("Host", host), *ours)


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
    method, url, body = wire.method, wire.url, wire.body
    lines = "".join([f"{name}: {value}\r\n" for name, value in wire.headers])
    size = f"Content-Length: {len(body)}\r\n" if body or method != "GET" else ""
    target = url[url.index("/", 8) :]
    return f"{method} {target} HTTP/1.1\r\n{lines}{size}\r\n".encode("ascii") + body


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
