"""The stop of all new orders of an account."""

from __future__ import annotations

from datetime import datetime

from exchangekit.models.base import Model


class Halt(Model):
    """Why no new order is sent, and since when (this machine's time, UTC)."""

    reason: str
    since: datetime

    def __str__(self) -> str:
        return f"halted since {self.since:%Y-%m-%d %H:%M:%S} UTC: {self.reason}"
