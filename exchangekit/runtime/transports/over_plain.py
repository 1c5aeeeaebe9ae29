"""The transport ``plain``: our own HTTP/1.1, whose replies h11 reads. It needs no extra."""

from __future__ import annotations

from exchangekit.runtime.transports.answers_h11 import H11Answer
from exchangekit.runtime.transports.fast_async import AsyncFast
from exchangekit.runtime.transports.fast_sync import SyncFast


def async_library() -> AsyncFast:
    return AsyncFast("plain", H11Answer)


def sync_library() -> SyncFast:
    return SyncFast("plain", H11Answer)
