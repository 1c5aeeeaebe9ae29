"""One guard, many transports: what sends finished requests and brings their replies.

A driver sees a *transport*: ``name``, ``send(outgoing, timeout)`` and ``close`` or ``aclose``
(`public`). The kit's own are an HTTP library (`library`) behind the one guard (`guard`), which
holds what must hold for all of them: signed = sent, bounds, deadline, sent or not sent.

To bring another library, write its `SyncLibrary` or `AsyncLibrary` and hand it over behind the
guard: ``connect_sync(…, transport=SyncGuard(MyLibrary()))``. An object that is a transport by
itself works as well, and holds all of it by itself.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from exchangekit.errors import ConfigurationError
from exchangekit.runtime.transports.public import AsyncTransport, SyncTransport, Timeouts

__all__ = ["AsyncTransport", "SyncTransport", "Timeouts", "open_async", "open_sync"]

_KNOWN = {"httpx": "exchangekit.runtime.transports.over_httpx"}


def open_async(name: str, timeouts: Timeouts, proxy: str | None = None) -> AsyncTransport:
    """The kit's own transport of that name. Raises ConfigurationError."""
    module = _module(name)
    from exchangekit.runtime.transports.guard import AsyncGuard

    return AsyncGuard(module.async_library(proxy), timeouts)


def open_sync(name: str, timeouts: Timeouts, proxy: str | None = None) -> SyncTransport:
    """The kit's own transport of that name. Raises ConfigurationError."""
    module = _module(name)
    from exchangekit.runtime.transports.guard import SyncGuard

    return SyncGuard(module.sync_library(proxy), timeouts)


def _module(name: str) -> Any:
    if name not in _KNOWN:
        raise ConfigurationError(
            f"there is no transport {name!r} (there is: {', '.join(_KNOWN)}); an object with name,"
            " send and close works as well"
        )
    # Only now: httpx is a third of the import, and loads the command line's packages.
    return import_module(_KNOWN[name])
