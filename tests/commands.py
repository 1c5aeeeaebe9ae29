"""The command line as tests see it: a function, and what a user would see of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from traders import KEYS


@dataclass(frozen=True)
class Seen:
    """What a user sees of one command."""

    code: int
    out: str
    err: str


Command = Callable[..., Seen]


def key_variables(venue: str) -> dict[str, str]:
    """The environment variables of a venue's keys."""
    words = {"api_key": "API_KEY", "secret": "API_SECRET", "passphrase": "PASSPHRASE"}
    prefix = f"EXCHANGEKIT_{venue.upper()}_"
    return {prefix + words[name]: value for name, value in KEYS[venue].items()}
