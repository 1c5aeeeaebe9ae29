"""What goes wrong, as one plain sentence and an exit code that a script can act on.

======  =============================================================================
0       it worked
1       the venue or the network said no; what was asked for did not happen
2       the command or the set-up is wrong; nothing was sent
3       an order (or a cancel) may or may not have happened: look before doing it again
130     stopped by Ctrl-C
======  =============================================================================
"""

from __future__ import annotations

import unicodedata

from exchangekit.errors import (
    ConfigurationError,
    ExchangeError,
    ExchangeKitError,
    InvalidInput,
    MissingCredentials,
    Outcome,
    UnknownSymbol,
    Unsupported,
)

OK, REFUSED, USAGE, UNKNOWN, STOPPED = 0, 1, 2, 3, 130

_YOURS = (ConfigurationError, InvalidInput, MissingCredentials, UnknownSymbol, Unsupported)


class Failure(Exception):
    """A failure of the command line itself, with its exit code."""

    def __init__(self, message: str, code: int = USAGE) -> None:
        super().__init__(message)
        self.code = code


def exit_code(error: ExchangeKitError) -> int:
    if isinstance(error, ExchangeError) and error.outcome is Outcome.UNKNOWN:
        return UNKNOWN
    return USAGE if isinstance(error, _YOURS) else REFUSED


def printable(text: str) -> str:
    """`text` on one line and without control characters: a venue's words must not move the
    cursor or recolour the terminal."""
    kept = (" " if letter.isspace() else letter for letter in text)
    return " ".join("".join(c for c in kept if unicodedata.category(c)[0] != "C").split())
