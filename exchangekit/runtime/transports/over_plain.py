"""The transport ``plain``: our own HTTP/1.1 in Python alone. It needs no extra."""

from __future__ import annotations

from exchangekit.runtime.transports.answers_plain import PlainAnswer
from exchangekit.runtime.transports.fast_async import AsyncFast
from exchangekit.runtime.transports.fast_sync import SyncFast


def async_library() -> AsyncFast:
    return AsyncFast("plain", PlainAnswer)


def sync_library() -> SyncFast:
    return SyncFast("plain", PlainAnswer)
