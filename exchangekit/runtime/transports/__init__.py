"""What moves bytes: the interface that drivers use, and the transports behind it."""

from exchangekit.runtime.transports.public import (
    MAX_REPLY_BYTES,
    AsyncTransport,
    SyncTransport,
    Timeouts,
)

__all__ = ["MAX_REPLY_BYTES", "AsyncTransport", "SyncTransport", "Timeouts"]
