"""What a dialect author writes: one venue's way of speaking.

A dialect knows one venue's paths, names, types, codes and signature rules, and nothing about
matching or money.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import ClassVar, Literal, Protocol

from exchangekit.sim.context import Answer, Context, Route
from exchangekit.sim.http import RawRequest, Response
from exchangekit.sim.instruments import Instrument
from exchangekit.sim.keys import ApiKey
from exchangekit.sim.limits import Breach, LimitRule
from exchangekit.sim.orders import Rejection, VenueRules

# What the dialect is asked to phrase when the control interface makes the venue fail.
Trouble = Literal["error", "unavailable", "maintenance", "limited", "banned"]


class Dialect(ABC):
    """One venue's way of speaking. Instances are made once per running venue and hold no state."""

    venue: ClassVar[str]
    rules: ClassVar[VenueRules]
    limits: ClassVar[tuple[LimitRule, ...]] = ()
    # Assets an account holds at the start unless the caller says otherwise; None: the default.
    funds: ClassVar[Mapping[str, Decimal] | None] = None

    @abstractmethod
    def instruments(self) -> Sequence[Instrument]:
        """The venue's markets with its true filters; bases and quotes from the catalogue."""

    @abstractmethod
    def routes(self) -> Sequence[Route]:
        """Every endpoint of the venue that is simulated."""

    def authenticate(self, ctx: Context) -> ApiKey:
        """Verify key, signature, time window, passphrase, address and permissions from raw bytes.

        Find the key with ``ctx.venue.keys.find(public_part)``. Raises `Answer` to refuse. While it
        is not written nobody is let in.
        """
        raise Answer(self.error("unverified", "signatures are not verified yet", 401))

    @abstractmethod
    def rejected(self, ctx: Context, rejection: Rejection) -> Response:
        """How the venue refuses an order, for a `Rejection` no handler caught."""

    @abstractmethod
    def limited(self, ctx: Context, breach: Breach) -> Response:
        """429 or 418 (``breach.banned``) with the venue's headers and body."""

    @abstractmethod
    def trouble(self, ctx: Context | None, kind: Trouble, status: int) -> Response:
        """How the venue's own servers fail: an internal error, an overload, maintenance, limits.

        `status` is the HTTP status to use. `ctx` is None when no route was matched yet.
        """

    @abstractmethod
    def error(self, code: str, message: str | None, status: int | None) -> Response:
        """The venue's envelope for one of its error codes (``"-1021"``, ``"51008"``).

        With its usual message and HTTP status unless given. Used by fault ``code``.
        """

    @abstractmethod
    def unknown_path(self, request: RawRequest, allowed: Sequence[str]) -> Response:
        """No such path (`allowed` empty), or the path exists for other methods."""

    def order_id(self, number: int, now: int) -> str:
        """The id shown for the engine's order `number` (1, 2, ...). Must be unique."""
        return str(10_000_000 + number)

    def decorate(self, ctx: Context, response: Response) -> None:
        """Add headers every reply carries (used weight, trace ids). Runs last."""
        return


class DialectFactory(Protocol):
    """A dialect class: called without arguments."""

    @property
    def venue(self) -> str: ...

    def __call__(self) -> Dialect: ...
