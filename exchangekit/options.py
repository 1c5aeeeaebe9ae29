"""The options of `connect` and `connect_sync`: one list, with types, documentation and defaults.

`Options` and `SyncOptions` are for type checkers and editors, `Chosen` holds what a caller chose.
They differ in the transport and the journal alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any, Generic, TypedDict, TypeVar, cast

from pydantic import SecretStr

from exchangekit.credentials import Secret
from exchangekit.errors import ConfigurationError, UnknownOption
from exchangekit.journal.public import Journal, Level, check_level
from exchangekit.models.enums import Proof, ProofWord
from exchangekit.runtime.journal import AsyncJournal, SyncJournal
from exchangekit.runtime.transports import AUTO, AsyncTransport, SyncTransport, Timeouts

MAX_RECV_WINDOW = 60_000


class CommonOptions(TypedDict, total=False):
    """What both kinds of connection can be told."""

    api_key: Secret | None
    """The API key; without it from the environment, `env_file`, `secrets_dir` or the keyring."""
    secret: Secret | None
    """The secret of the key, from the same places."""
    passphrase: Secret | None
    """The passphrase of the key, where the venue has one, from the same places."""
    account: str | None
    """Which of several accounts: its keys are in ``EXCHANGEKIT_MEXC_BOT2_API_KEY`` for ``bot2``."""
    environment: str
    """``live`` (the default), ``testnet`` or ``demo``, where the venue has it."""
    base_url: str | None
    """Sends everything to another address, for example a simulated venue."""
    insecure_http: bool
    """Lets a key go over plain ``http://`` to another machine, where all on the way can read it."""
    timeouts: Timeouts | None
    """How long to wait for the network, as `Timeouts`."""
    proxy: str | None
    """The address of a proxy, for the kit's own transport."""
    recv_window: int
    """How long a signed request may be under way, in ms; 5000 by default."""
    order_window: int
    """How long an order may be under way, in ms; 2000 by default."""
    max_wait: float
    """How long a call may wait for the venue's limits, in seconds; 20 by default."""
    env_file: str | Path | None
    """The file with keys, ``.env`` by default; None for none."""
    secrets_dir: str | Path | None
    """A directory with a file for each key."""
    hooks: Iterable[Any]
    """Objects with ``@exchangekit.hookimpl`` methods, for this connection only."""
    resolve: bool
    """Finds out what became of an order or a cancel whose answer was lost; True by default."""
    proof: ProofWord
    """The weakest proof that an order never existed: ``gateway`` (the default), ``rechecked``."""


class Options(CommonOptions, total=False):
    """The options of `connect`."""

    transport: str | AsyncTransport
    """``"fast"``, ``"plain"``, ``"httpx"``, or your own with ``name``, ``send`` and ``aclose``."""
    journal: Level | Journal | AsyncJournal | None
    """Where orders are written before they leave: a `Journal` or its level; None for nowhere."""


class SyncOptions(CommonOptions, total=False):
    """The options of `connect_sync`."""

    transport: str | SyncTransport
    """``"fast"``, ``"plain"``, ``"httpx"``, or your own with ``name``, ``send`` and ``close``."""
    journal: Level | Journal | SyncJournal | None
    """Where orders are written before they leave: a `Journal` or its level; None for nowhere."""


T = TypeVar("T", AsyncTransport, SyncTransport)


# Without a repr: it would show keys.
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Chosen(Generic[T]):
    """The options of one connection, with their defaults. Raises ConfigurationError for a number
    that cannot be used."""

    api_key: Secret | None = None
    secret: Secret | None = None
    passphrase: Secret | None = None
    account: str | None = None
    environment: str = "live"
    base_url: str | None = None
    insecure_http: bool = False
    transport: str | T = AUTO
    timeouts: Timeouts | None = None
    proxy: str | None = None
    recv_window: int = 5000
    order_window: int = 2000
    max_wait: float = 20.0
    env_file: str | Path | None = ".env"
    secrets_dir: str | Path | None = None
    hooks: Iterable[Any] = ()
    resolve: bool = True
    proof: ProofWord = Proof.GATEWAY
    journal: Level | Journal | AsyncJournal | SyncJournal | None = "process"

    def __post_init__(self) -> None:
        for name, window in (
            ("recv_window", self.recv_window),
            ("order_window", self.order_window),
        ):
            whole = isinstance(window, int) and not isinstance(window, bool)
            if not whole or not 1 <= window <= MAX_RECV_WINDOW:
                raise ConfigurationError(
                    f"{name} is {window!r}, expected milliseconds from 1 to {MAX_RECV_WINDOW}"
                )
        for name, flag in (("insecure_http", self.insecure_http), ("resolve", self.resolve)):
            if not isinstance(flag, bool):
                raise ConfigurationError(f"{name} is {flag!r}, expected True or False")
        if self.proof not in (Proof.GATEWAY, Proof.RECHECKED):
            raise ConfigurationError(f"proof is {self.proof!r}, expected gateway or rechecked")
        if isinstance(self.journal, str):
            check_level(self.journal)
        elif self.journal is not None and not callable(getattr(self.journal, "record", None)):
            raise ConfigurationError(
                f"journal is a {type(self.journal).__name__}, expected 'process', 'power', None, a"
                " Journal, or an object with record(entry)"
            )
        seconds = self.max_wait
        if not isinstance(seconds, (int, float)) or not isfinite(seconds) or seconds < 0:
            raise ConfigurationError(f"max_wait is {seconds!r}, expected seconds, 0 or more")


def hide_secrets(options: Options | SyncOptions) -> None:
    """Wraps keys where they stand, so that the variables of a frame, which error collectors show,
    hold none as plain text. A mistyped name may hold one too."""
    held = cast("dict[str, Any]", options)
    known = Options.__annotations__.keys() - {"api_key", "secret", "passphrase"}
    for name in held.keys() - known:
        if held[name] is not None and not isinstance(held[name], SecretStr):
            held[name] = SecretStr(held[name])


def refuse_unknown(function: str, options: Mapping[str, Any]) -> None:
    """Raises UnknownOption for a name that is none, saying which was meant. Shows no value."""
    known = Options.__annotations__.keys()
    for name in options:
        if name in known:
            continue
        # Only now: difflib is not needed to trade.
        from difflib import get_close_matches

        near = get_close_matches(name.lower(), known, n=1, cutoff=0.5)
        said = f"did you mean {near[0]}?" if near else f"it has: {', '.join(known)}"
        raise UnknownOption(f"{function} has no option {name!r} ({said})")
