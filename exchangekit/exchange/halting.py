"""The kill switch of an exchange: it stands in the journal, which every program of the account asks
before an order leaves."""

from __future__ import annotations

from inspect import iscoroutinefunction
from typing import Any, Protocol

from exchangekit.errors import ConfigurationError
from exchangekit.models.halting import Halt


class Halting(Protocol):
    """What a journal needs beside ``record`` to stop orders: ordinary methods, for both kinds of
    exchange; its ``record`` raises `exchangekit.runtime.journal.Halted` meanwhile."""

    def halt(self, reason: str) -> Halt: ...

    def lift(self) -> Halt | None: ...

    def halted(self) -> Halt | None: ...


def halting_in(journal: Any) -> Halting:
    """`journal`, where it can stop orders. Raises ConfigurationError for one that cannot."""
    journal = getattr(journal, "journal", journal)
    for name in ("halt", "lift", "halted"):
        method = getattr(journal, name, None)
        if callable(method) and not iscoroutinefunction(method):
            continue
        lacks = f"a journal without {name}()" if method is None else f"a journal whose {name} waits"
        held = "no journal" if journal is None else lacks
        raise ConfigurationError(
            f"a halt has to stand where every program sees it, and this exchange has {held}: see"
            " connect(journal=…). Nothing was halted or lifted"
        )
    found: Halting = journal
    return found
