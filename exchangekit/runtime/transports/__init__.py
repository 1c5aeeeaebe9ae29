"""One guard, many transports: what sends finished requests and brings their replies.

A driver sees a *transport*: ``name``, ``send(outgoing, timeout)`` and ``close`` or ``aclose``
(`public`). The kit's own are an HTTP library (`library`) behind the one guard (`guard`), which
holds what must hold for all of them: signed = sent, bounds, deadline, sent or not sent.

To bring another library, write its `SyncLibrary` or `AsyncLibrary` and hand it over behind the
guard: ``connect_sync(…, transport=SyncGuard(MyLibrary()))``. An object that is a transport by
itself works as well, and holds all of it by itself.
"""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from exchangekit.errors import ConfigurationError
from exchangekit.runtime.transports.public import AsyncTransport, SyncTransport, Timeouts

__all__ = ["AUTO", "AsyncTransport", "SyncTransport", "Timeouts", "open_async", "open_sync"]

_KNOWN = {
    "fast": "exchangekit.runtime.transports.over_fast",
    "plain": "exchangekit.runtime.transports.over_plain",
    "httpx": "exchangekit.runtime.transports.over_httpx",
}
AUTO = "auto"
"""``fast`` where its extra is installed, or else ``plain``; ``httpx`` through a proxy."""


def open_async(name: str, timeouts: Timeouts, proxy: str | None = None) -> AsyncTransport:
    """The kit's own transport of that name; where there is a proxy, ``httpx``, the only one that
    has a way through it. Raises ConfigurationError."""
    if name == AUTO and sys.platform == "win32":
        # Its usual loop cannot watch sockets.
        name = "httpx"
    module = _module(name, proxy)
    from exchangekit.runtime.transports.guard import AsyncGuard

    made = module.async_library() if proxy is None else module.async_library(proxy)
    return AsyncGuard(made, timeouts)


def open_sync(name: str, timeouts: Timeouts, proxy: str | None = None) -> SyncTransport:
    """As `open_async`."""
    module = _module(name, proxy)
    from exchangekit.runtime.transports.guard import SyncGuard

    made = module.sync_library() if proxy is None else module.sync_library(proxy)
    return SyncGuard(made, timeouts)


def _module(name: str, proxy: str | None) -> Any:
    if name == AUTO:
        name = "fast" if _has_httptools() else "plain"
    if name not in _KNOWN:
        raise ConfigurationError(
            f"there is no transport {name!r} (there is: {', '.join(_KNOWN)}); an object with name,"
            " send and close works as well"
        )
    if name == "fast" and not _has_httptools():
        raise ConfigurationError(
            "the transport 'fast' needs the package httptools (pip install 'exchangekit[fast]')"
        )
    # Only now: httpx is a third of the import, and loads the command line's packages.
    return import_module(_KNOWN[name if proxy is None else "httpx"])


@cache
def _has_httptools() -> bool:
    return find_spec("httptools") is not None
