"""The transport ``fast``: our own HTTP/1.1, whose replies httptools reads."""

from __future__ import annotations

from exchangekit.runtime.transports.answers_httptools import HttptoolsAnswer
from exchangekit.runtime.transports.fast_async import AsyncFast
from exchangekit.runtime.transports.fast_sync import SyncFast


def async_library() -> AsyncFast:
    return AsyncFast("fast", HttptoolsAnswer)


def sync_library() -> SyncFast:
    return SyncFast("fast", HttptoolsAnswer)
