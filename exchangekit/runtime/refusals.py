"""What is refused on this machine, before a byte leaves, as the error that its caller gets."""

from __future__ import annotations

import logging

from exchangekit.adapter.base import Adapter
from exchangekit.errors import (
    ExchangeError,
    JournalError,
    MissingCredentials,
    NotRecorded,
    Outcome,
    TradingHalted,
)
from exchangekit.excerpts import excerpt
from exchangekit.runtime.attempt import Attempt
from exchangekit.runtime.journal import Halted

log = logging.getLogger("exchangekit.orders")


def missing_credentials(adapter: Adapter, operation: str, *, changes: bool) -> MissingCredentials:
    """For a signed request without a key."""
    start = f"EXCHANGEKIT_{adapter.venue.upper()}_"
    names, variables = "api_key and secret", f"{start}API_KEY and {start}API_SECRET"
    if adapter.signer.needs_passphrase:
        names = "api_key, secret and passphrase"
        variables = f"{start}API_KEY, {start}API_SECRET and {start}PASSPHRASE"
    return MissingCredentials(
        "this needs an API key",
        venue=adapter.venue,
        operation=operation,
        outcome=Outcome.NOT_SENT if changes else None,
        hint=f"Pass {names} to connect(...), or set {variables}.",
    )


def refuse_unwritten(attempt: Attempt, problem: Exception) -> None:
    """What the journal's `problem` means for an attempt: raises for an order, a cancel goes out."""
    if attempt.cancels:
        # An order that cannot be canceled is worse than a cancel that is not recorded.
        log.error("the journal could not be told of %s", attempt.operation, exc_info=problem)
        return
    raise attempt.complete(not_written(problem, attempt.proven)) from problem


def not_written(problem: Exception, proven: Outcome) -> ExchangeError:
    """For an order that the journal did not take, with what is `proven` of its earlier attempts."""
    if isinstance(problem, Halted):
        made = TradingHalted(f"trading is {problem.halt}", outcome=proven)
        made.reason, made.since = problem.halt.reason, problem.halt.since
        return made
    words = f"the journal could not be written ({excerpt(str(problem) or repr(problem))})"
    if isinstance(problem, JournalError):
        words = str(problem)  # the kit's own words, which name the file
    return NotRecorded(words, outcome=proven)
