"""The fast transport by its name: our own (`fast`), or httpx where a proxy is asked for."""

from __future__ import annotations

from exchangekit.runtime.transports.library import AsyncLibrary, SyncLibrary


def async_library(proxy: str | None) -> AsyncLibrary:
    if proxy is not None:
        from exchangekit.runtime.transports import over_httpx

        return over_httpx.async_library(proxy)
    from exchangekit.runtime.transports.fast_async import AsyncFast

    return AsyncFast()


def sync_library(proxy: str | None) -> SyncLibrary:
    if proxy is not None:
        from exchangekit.runtime.transports import over_httpx

        return over_httpx.sync_library(proxy)
    from exchangekit.runtime.transports.fast_sync import SyncFast

    return SyncFast()
