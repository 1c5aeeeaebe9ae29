"""The kill switch over several accounts: as much is stopped as can be, and what is not is said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exchangekit.errors import ConfigurationError, ExchangeKitError
from exchangekit.exchange.halting import Halting, halting_in
from exchangekit.failover.several import Several
from exchangekit.models.halting import Halt


def halt_all(several: Several, reason: str) -> Halt:
    """Stop new orders at every account. Raises ConfigurationError, with all others halted, where
    that is not written down for one."""
    done, undone = _each(several, lambda journal: journal.halt(reason))
    halt: Halt | None = next(iter(done.values()), None)
    several.halt = halt
    if halt is None or undone:
        halted = f"halted: {', '.join(done)}" if done else "nothing is halted"
        raise ConfigurationError(
            f"the halt is not written down for {_listed(undone)} ({halted})"
        ) from next(iter(undone.values()))
    return halt


def lift_all(several: Several) -> Halt | None:
    """Let orders go again everywhere. Raises as `halt_all`."""
    done, undone = _each(several, lambda journal: journal.lift())
    several.halt = None
    several.look_for_halts()
    if undone:
        raise ConfigurationError(f"the halt could not be lifted for {_listed(undone)}") from next(
            iter(undone.values())
        )
    return next((one for one in done.values() if one is not None), None)


def _each(
    several: Several, act: Callable[[Halting], Any]
) -> tuple[dict[str, Any], dict[str, ExchangeKitError]]:
    done: dict[str, Any] = {}
    undone: dict[str, ExchangeKitError] = {}
    for member in several.members:
        try:
            done[member.key] = act(halting_in(member.journal))
        except ValueError:
            raise  # a bad reason is bad everywhere
        except ExchangeKitError as problem:
            undone[member.key] = problem
    return done, undone


def _listed(undone: dict[str, ExchangeKitError]) -> str:
    return "; ".join(f"{key}: {why}" for key, why in undone.items())
