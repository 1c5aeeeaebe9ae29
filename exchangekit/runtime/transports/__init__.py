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
    "httpx": "exchangekit.runtime.transports.over_httpx",
}
AUTO = "auto"
"""``fast`` where its extra is installed, or else ``httpx``."""


def open_async(name: str, timeouts: Timeouts, proxy: str | None = None) -> AsyncTransport:
    """The kit's own transport of that name; one that has no way through a proxy hands over to
    httpx. Raises ConfigurationError."""
    module = _module(name, loops=True)
    from exchangekit.runtime.transports.guard import AsyncGuard

    return AsyncGuard(module.async_library(proxy), timeouts)


def open_sync(name: str, timeouts: Timeouts, proxy: str | None = None) -> SyncTransport:
    """As `open_async`."""
    module = _module(name)
    from exchangekit.runtime.transports.guard import SyncGuard

    return SyncGuard(module.sync_library(proxy), timeouts)


def _module(name: str, *, loops: bool = False) -> Any:
    if name == AUTO:
        # Windows' usual loop cannot watch sockets.
        name = "fast" if _has_httptools() and not (loops and sys.platform == "win32") else "httpx"
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
    return import_module(_KNOWN[name])


@cache
def _has_httptools() -> bool:
    return find_spec("httptools") is not None
