"""The demo with less to wait for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from exchangekit.cli.demo import failover_run, trading
from exchangekit.cli.demo import signal_strategy as strategy
from exchangekit.plugins import installed


def quick(patch: pytest.MonkeyPatch) -> None:
    """Less to wait for; the proofs are the same, their margins are not."""
    patch.setattr(strategy, "POLL", 0.05)
    patch.setattr(trading, "PATIENCE", 0.1)
    patch.setattr(failover_run, "PATIENCE", 0.1)
    patch.setattr(failover_run, "WINDOW", 300)
    patch.setattr(
        failover_run,
        "HEALTH",
        replace(failover_run.HEALTH, first_pause=0.1, longest_pause=0.2),
    )
    for venue in installed().simulated():
        adapter = installed().adapter(venue)
        capabilities: Any = adapter.capabilities
        fence = replace(capabilities.fence, margin=timedelta(seconds=0.3))
        patch.setattr(type(adapter), "capabilities", replace(capabilities, fence=fence))
