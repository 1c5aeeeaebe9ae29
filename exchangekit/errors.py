"""The error tree: everything exchangekit raises on purpose.

::

    ExchangeKitError
    ├── ConfigurationError            set-up; nothing was sent
    │   ├── UnknownVenue
    │   ├── UnknownEnvironment
    │   ├── UnknownOption         (also TypeError) `connect` has no such option
    │   ├── MalformedCredentials
    │   ├── JournalError          the journal's file cannot be read or written
    │   └── PluginError
    └── ExchangeError                 one operation on one venue
        ├── InvalidInput              (also ValueError) an argument is wrong; raised locally
        ├── MissingCredentials        raised locally
        ├── NotRecorded               the journal cannot be written; raised locally
        ├── TradingHalted             `halt` stopped all new orders; raised locally
        ├── Unsupported               the venue cannot do this; raised locally
        ├── AccessRefused             key, IP rule or permission: the venue does not say which
        │   ├── AuthenticationError   who are you?
        │   │   ├── InvalidApiKey
        │   │   ├── InvalidSignature
        │   │   ├── InvalidPassphrase
        │   │   ├── ClockSkew
        │   │   └── InvalidNonce      a number that should only grow went back
        │   └── AuthorizationError    what may you do?
        │       ├── PermissionDenied
        │       ├── IpNotAllowed
        │       └── AccountRestricted
        ├── GatewayRefused            a firewall, proxy or cache refused it, not the venue
        │   └── RegionBlocked         not from where this machine is
        ├── RateLimited               retry_after
        │   ├── Banned                until
        │   └── FirewallBlocked       a firewall before the venue blocks this address
        ├── VenueUnavailable          try later
        │   ├── OnMaintenance
        │   ├── ConnectionFailed      no connection: DNS, refused, TLS, proxy
        │   ├── ConnectionLost        a connection broke under way
        │   └── RequestTimeout
        ├── InvalidOrder              filter, nearest
        │   ├── InsufficientFunds
        │   ├── DuplicateClientOrderId
        │   ├── OrderExpired          its own deadline passed before it was taken
        │   ├── MarketClosed          this symbol does not trade now
        │   └── OrderVetoed           a risk gate of yours said no; raised locally
        ├── OrderNotFound
        │   └── OrderNotOpen          filled, canceled or never there: the venue does not say which
        ├── UnknownSymbol
        ├── BadRequest                the venue could not read the request: a defect, please report
        ├── BadReply                  the venue's answer is not what its documentation says
        ├── VenueError                an error of the venue that no table knows
        ├── NeverPlaced               the answer was lost, and it is proven that there is no order
        ├── WaitTimeout               `wait` was given no more time: the order lives on
        └── OutcomeUnknown            a request that changes something may or may not have happened

Two questions matter: *who is at fault and what to do* (the class and ``hint``), and *did it happen*
(``outcome``, set on every error of a request that changes something).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from exchangekit.outcomes import SENTENCE, Outcome

__all__ = [
    "AccessRefused", "AccountRestricted", "AuthenticationError", "AuthorizationError",
    "BadReply", "BadRequest", "Banned", "ClockSkew", "ConfigurationError", "ConnectionFailed",
    "ConnectionLost", "DuplicateClientOrderId", "ExchangeError", "ExchangeKitError",
    "FirewallBlocked", "GatewayRefused", "InsufficientFunds", "InvalidApiKey", "InvalidInput",
    "InvalidNonce", "InvalidOrder", "InvalidPassphrase", "InvalidSignature", "IpNotAllowed",
    "JournalError", "MalformedCredentials", "MarketClosed", "MissingCredentials", "NeverPlaced",
    "NotRecorded", "OnMaintenance", "OrderExpired", "OrderNotFound", "OrderNotOpen", "OrderVetoed",
    "Outcome", "OutcomeUnknown", "PermissionDenied", "PluginError", "RateLimited", "RegionBlocked",
    "RequestTimeout", "TradingHalted", "UnknownEnvironment", "UnknownOption", "UnknownSymbol",
    "UnknownVenue", "Unsupported", "VenueError", "VenueUnavailable", "WaitTimeout",
]  # fmt: skip


class ExchangeKitError(Exception):
    """The root of everything exchangekit raises on purpose."""


class ConfigurationError(ExchangeKitError):
    """The set-up is wrong; nothing was sent."""


class UnknownVenue(ConfigurationError):
    """No installed plugin offers this venue."""


class UnknownEnvironment(ConfigurationError):
    """The venue has no such environment (live, testnet, demo, a region)."""


class UnknownOption(ConfigurationError, TypeError):
    """`connect` has no option of that name; the message says which one was meant."""


class MalformedCredentials(ConfigurationError):
    """A key, secret or passphrase cannot be right as it is written. One that was found, not passed
    to `connect`, stops no public data: the first private operation says so, before it sends."""


class JournalError(ConfigurationError):
    """A journal's file cannot be read or written: full, forbidden, damaged, held by another program
    or none. The message says which and what to do. A new order raises NotRecorded."""


class PluginError(ConfigurationError):
    """A plugin could not be loaded or used. Other plugins are not affected."""


class _Details(TypedDict, total=False):
    """What every `ExchangeError` may be made with beside its message."""

    venue: str | None
    operation: str | None
    status: int | None
    code: str | None
    venue_message: str | None
    hint: str | None
    outcome: Outcome | None
    client_order_id: str | None


class ExchangeError(ExchangeKitError):
    """One operation on one venue failed.

    Attributes: ``venue``, ``operation`` (``"create_order"``), ``status`` (HTTP), ``code`` and
    ``venue_message`` (the venue's own), ``hint`` (what to do), ``outcome`` (see `Outcome`; None
    for a request that changes nothing), ``client_order_id`` (for errors of order requests).
    """

    default_hint: str | None = None

    def __init__(
        self,
        message: str,
        *,
        venue: str | None = None,
        operation: str | None = None,
        status: int | None = None,
        code: str | None = None,
        venue_message: str | None = None,
        hint: str | None = None,
        outcome: Outcome | None = None,
        client_order_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.venue = venue
        self.operation = operation
        self.status = status
        self.code = code
        self.venue_message = venue_message
        self.hint = hint or self.default_hint
        self.outcome = outcome
        self.client_order_id = client_order_id

    def reword(self, message: str) -> None:
        """Say it in other words; everything else stays."""
        self.message = message
        self.args = (message,)

    def __str__(self) -> str:
        where = " ".join(part for part in (self.venue, self.operation) if part)
        text = f"{where}: {self.message}" if where else self.message
        if not text.endswith((".", "!", "?", "…")):
            text += "."
        became = None if self.outcome is None else SENTENCE[self.outcome]
        return " ".join(part for part in (text, became, self.hint) if part)


class InvalidInput(ExchangeError, ValueError):
    """An argument is wrong. Raised locally, before anything is sent."""


class MissingCredentials(ExchangeError):
    """A private operation was called without an API key. Raised locally."""


class NotRecorded(ExchangeError):
    """The journal could not be written, so nothing was sent. Raised locally."""

    default_hint = "See that the journal's disk has space and can be written, then try again."


class TradingHalted(ExchangeError):
    """`halt` stopped all new orders of the account, for that ``reason``, on this machine ``since``
    then (UTC). The order was not sent, nor sent again. Raised locally."""

    default_hint = "Look why. `lift()`, or `exchangekit lift` with the venue, lets orders go again."
    reason: str = ""
    since: datetime | None = None


class Unsupported(ExchangeError):
    """The venue cannot do this. Raised locally; ask beforehand with ``requires(...)``."""


class AccessRefused(ExchangeError):
    """The venue refused the key, its IP address or its permissions and does not say which."""

    default_hint = "Check the key, its IP rule and its permissions on the venue's API page."


class AuthenticationError(AccessRefused):
    """The venue does not accept who you are."""


class InvalidApiKey(AuthenticationError):
    """The venue does not know the API key."""

    default_hint = "Check the API key, and that it belongs to this environment (live, testnet)."


class InvalidSignature(AuthenticationError):
    """The signature does not match."""

    default_hint = "Check the API secret: the kit signs exactly the bytes it sends."


class InvalidPassphrase(AuthenticationError):
    """The passphrase does not match the API key."""

    default_hint = "Use the passphrase chosen when this API key was made (not the login password)."


class ClockSkew(AuthenticationError):
    """The request's timestamp is outside the window that the venue accepts."""

    default_hint = "The kit measured the venue's clock again and it still refused: see the clock."


class InvalidNonce(AuthenticationError):
    """A number that should only grow went back: the venue refused it, or it was not even made."""

    default_hint = "Give each program a key of its own: clocks differ, and requests overtake."


class AuthorizationError(AccessRefused):
    """The venue knows you and does not allow this."""


class PermissionDenied(AuthorizationError):
    """The API key lacks the permission for this."""

    default_hint = "Enable the permission for this API key on the venue's API page."


class IpNotAllowed(AuthorizationError):
    """The API key may not be used from this IP address."""

    default_hint = "Add this machine's address to the IP rule of the API key."


class AccountRestricted(AuthorizationError):
    """The venue restricts the account itself."""

    default_hint = "Only the venue's support can lift this."


class GatewayRefused(ExchangeError):
    """Something between here and the venue refused it: the venue's own words are missing."""

    default_hint = "It is not about the key: look at the address, the proxy and the network."


class RegionBlocked(GatewayRefused):
    """The venue is not served to where this machine's address is."""

    default_hint = "It is not about the key: use the venue's address for your region, if any."


class RateLimited(ExchangeError):
    """Too many requests. ``retry_after`` is in seconds, None where the venue does not say."""

    def __init__(
        self, message: str, *, retry_after: float | None = None, **details: Unpack[_Details]
    ) -> None:
        super().__init__(message, **details)
        self.retry_after = retry_after


class Banned(RateLimited):
    """The venue bans this address or account. ``until`` is UTC, None where it does not say."""

    until: datetime | None = None


class FirewallBlocked(RateLimited):
    """A firewall before the venue blocks this address, or this request."""

    default_hint = "It is not about the key: all requests of this address pause. Ask less often."


class VenueUnavailable(ExchangeError):
    """The venue cannot serve requests now."""

    default_hint = "Try again later."


class OnMaintenance(VenueUnavailable):
    """The venue says that it is under maintenance."""

    default_hint = "Wait until it is over; fetch_status tells where the venue has it."


class ConnectionFailed(VenueUnavailable):
    """No connection could be made: name not found, refused, TLS or proxy. Nothing was sent."""

    default_hint = "Check the address, the network and the proxy."


class ConnectionLost(VenueUnavailable):
    """The connection broke after the request was (partly) sent."""


class RequestTimeout(VenueUnavailable):
    """The venue did not answer in time."""


class InvalidOrder(ExchangeError):
    """An order the venue does not accept.

    ``filter`` names the rule that it breaks (``"price_step"``, ``"min_cost"`` …) and ``nearest``
    is the nearest legal value, both None where the venue does not say.
    """

    filter: str | None = None
    nearest: Decimal | None = None


class InsufficientFunds(InvalidOrder):
    """The account does not hold enough."""


class DuplicateClientOrderId(InvalidOrder):
    """Another order, ``order_id``, has this client order id: the message says what differs."""

    default_hint = "Give this order a client order id of its own."
    order_id: str | None = None


class OrderExpired(InvalidOrder):
    """The order's own deadline had passed when it reached the venue: it was not taken."""


class MarketClosed(InvalidOrder):
    """The symbol does not trade now."""


class OrderVetoed(InvalidOrder):
    """A ``before_order`` hook refused the order. Raised locally."""


class OrderNotFound(ExchangeError):
    """The venue knows no such order. Right after a create this proves nothing: replicas lag."""


class OrderNotOpen(OrderNotFound):
    """The order cannot be canceled: it is filled, was ended by the venue or was never there."""


class UnknownSymbol(ExchangeError):
    """The venue has no such market."""

    default_hint = "See load_markets(); orders in a market that is gone take the venue's own id."


class BadRequest(ExchangeError):
    """The venue could not make sense of the request."""


class BadReply(ExchangeError):
    """The venue's answer is not what its documentation says: nothing was guessed from it.

    ``rows`` are those of a list that could be read, as they came: it is not whole without the rest.
    """

    rows: tuple[object, ...] = ()


class VenueError(ExchangeError):
    """The venue reported an error that no table knows: see ``code`` and ``venue_message``."""


class NeverPlaced(ExchangeError):
    """The answer to a new order was lost, and it is proven that there is no such order: looked for
    after its last moment, it is not there. ``proof`` is what that rests on (`Proof`)."""

    proof: str = "none"


class WaitTimeout(ExchangeError):
    """`wait` was given no more time, and the order is not what was waited for yet.

    ``order`` is the newest `Order` that the venue has told of it, or what was passed to `wait`;
    ``__cause__`` is why the last question failed, where it did.
    """

    default_hint = "The order lives on: wait again, or cancel it."
    order: Any = None


class OutcomeUnknown(ExchangeError):
    """A request that changes something may or may not have happened. It is not sent again.

    ``handle`` is for `Exchange.resolve`, now or after a restart. ``client_order_id`` finds the
    order, ``__cause__`` says what went wrong. ``fence`` is when the venue, by its clock, stops
    taking the request (None: it never says): "not found" later than ``fence + margin`` is as good
    as the venue's check of it (``requires("fence:rechecked")``).
    """

    fence: datetime | None = None
    margin: timedelta | None = None
    handle: Any = None
