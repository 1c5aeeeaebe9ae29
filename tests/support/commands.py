"""The command line as tests see it: a function, and what a user would see of it."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from support.traders import KEYS


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


@contextmanager
def as_at_a_terminal() -> Iterator[None]:
    """Programs that are started in this block hear Ctrl-C.

    Shells without job control start their background jobs deaf to it (``sh -c 'pytest &'``), and so
    are the programs that those start.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
