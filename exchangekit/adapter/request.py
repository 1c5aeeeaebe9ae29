"""Requests and replies as values, and the only encoder of queries and bodies.

An adapter describes a request; a signer turns it into `Outgoing`, whose target is made once: the
bytes that are signed are the bytes that are sent. Nothing here opens a socket or reads a clock.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_address
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlsplit

import msgspec

from exchangekit.errors import ConfigurationError
from exchangekit.models.numbers import plain

T_co = TypeVar("T_co", covariant=True)

Params = tuple[tuple[str, str], ...]

_FORM: Params = (("Content-Type", "application/x-www-form-urlencoded"),)
_JSON: Params = (("Content-Type", "application/json"),)

_is_safe_query = re.compile(r"[A-Za-z0-9\-._~=&]*").fullmatch
_is_endpoint = re.compile(r"(GET|POST|PUT|PATCH|DELETE) /[^ ?#]*").fullmatch
_is_safe = re.compile(r"[A-Za-z0-9\-._~]*").fullmatch


class LimitScope(StrEnum):
    """Whom the venue counts: the address the request comes from, or the account."""

    IP = "ip"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a request weighs in one of the venue's counters: at most ``limit`` in ``seconds``."""

    counter: str
    weight: int
    limit: int
    seconds: float
    scope: LimitScope = LimitScope.IP

    def __post_init__(self) -> None:
        counted = type(self.weight) is int and self.weight >= 0 and self.limit > 0
        if not (counted and self.counter and self.seconds > 0):
            raise TypeError(
                f"a cost of {self.weight} in {self.counter!r}, which takes {self.limit} in"
                f" {self.seconds} s, cannot be counted: expected one such as"
                ' kit.Cost("requests", 1, 600, 5)'
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is to be asked of a venue, before it is stamped and signed.

    ``changes`` marks what must never be sent twice on doubt. ``has_deadline`` marks requests that
    carry the venue's own deadline, so that "not found" can become proof later (the fence).
    ``many`` marks batches, whose items succeed or fail one by one: their parser reads the items.
    """

    method: str
    path: str
    params: Params = ()
    body: bytes = b""
    headers: Params = ()
    signed: bool = False
    changes: bool = False
    has_deadline: bool = False
    many: bool = False
    costs: tuple[Cost, ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where requests go: an address such as ``https://api.mexc.com`` or ``http://127.0.0.1:8801``.

    Scheme, host, port and a path before every target, nothing else. Raises ConfigurationError for
    what is no such address.
    """

    base_url: str

    def __post_init__(self) -> None:
        if not _is_address(self.base_url):
            raise ConfigurationError(
                "base_url is not an address such as http://127.0.0.1:8801: scheme, host, port and"
                " path belong into it, and nothing else"
            )
        object.__setattr__(self, "base_url", self.base_url.rstrip("/"))

    def __str__(self) -> str:
        return self.base_url

    @property
    def host(self) -> str:
        """Without scheme and path; with the port, where that is named."""
        return urlsplit(self.base_url).netloc

    @property
    def encrypted(self) -> bool:
        return urlsplit(self.base_url).scheme == "https"

    @property
    def on_this_machine(self) -> bool:
        """Whether requests to it stay on this machine, as to a simulated venue."""
        host = urlsplit(self.base_url).hostname or ""
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"


def _is_address(url: Any) -> bool:
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except (TypeError, ValueError, AttributeError):
        return False
    rest = parts.query or parts.fragment or parts.username or parts.password
    return bool(fits and not rest and url.isascii() and url.isprintable() and " " not in url)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A finished request. ``target`` is path and query exactly as they go onto the wire.

    It carries its ``origin``, and whoever sends it has no other address: what was signed for one
    venue cannot be handed to another.
    """

    origin: Origin
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    def __repr__(self) -> str:
        # The rest of the target and the headers hold the signature and the key.
        return f"<{self.method} {self.path}>"


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class VenueCode:
    """An error as the venue wrote it.

    ``refused``: the reply's shape says by itself that nothing was done (a row for a new order with
    a code and no order id), whatever the table knows of the code. ``id`` and ``client_order_id``
    are those of the order that it says this of, where it names one.
    """

    code: str
    message: str
    refused: bool = False
    id: str | None = None
    client_order_id: str | None = None


@dataclass(frozen=True, slots=True)
class Call(Generic[T_co]):
    """A request together with the parser of its reply.

    ``doubt`` raises `BadReply` for an error that is about another order than this request.
    ``otherwise`` is asked where this ends in `OrderNotFound`: of an order that one endpoint forgets
    while another still has it, only the last "not found" is told. Raises TypeError for a request
    that changes something, which no other may follow by itself.
    """

    request: Request
    parse: Callable[[Reply], T_co]
    doubt: Callable[[VenueCode], None] | None = None
    otherwise: Call[T_co] | None = None

    def __post_init__(self) -> None:
        second = self.otherwise
        if second is not None and (self.request.changes or second.request.changes):
            raise TypeError(
                f"{self.request.method} {self.request.path} changes something, or what would follow"
                " it does: only what reads may be asked otherwise"
            )


@dataclass(frozen=True, slots=True)
class Page(Generic[T_co]):
    """Some items of a longer list. ``next`` is what to pass as cursor for more; None at the end."""

    items: tuple[T_co, ...]
    next: str | None = None


def text(value: Any) -> str:
    """A parameter as venues write it. Floats are refused: they are not exact."""
    if type(value) is str:
        return value
    if type(value) is Decimal and value.is_finite():
        return plain(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal) and value.is_finite():
        return plain(value)
    if isinstance(value, Decimal):
        raise TypeError(f"a parameter must be a finite number, not {value}")
    raise TypeError(f"a parameter must be str, int, bool or Decimal, not {type(value).__name__}")


def params(**values: Any) -> Params:
    """Parameters in the order given; those that are None are left out."""
    return _written(values)


def _written(values: Mapping[str, Any]) -> Params:
    return tuple(
        [
            (name, value if type(value) is str else text(value))
            for name, value in values.items()
            if value is not None
        ]
    )


def build_request(
    endpoint: str,
    *costs: Cost,
    signed: bool = False,
    changes: bool = False,
    has_deadline: bool = False,
    many: bool = False,
    body: bytes = b"",
    json: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    form: Mapping[str, Any] | None = None,
    **values: Any,
) -> Request:
    """What an endpoint ("GET /api/time") is asked: `values` are its parameters, in that order;
    those that are None are left out.

    `json` becomes the body, or `form` (``a=1&b=2``, percent-encoded), or `body` as it is; there can
    be parameters beside it. Raises TypeError for more than one of them.
    """
    method, path = _method_and_path(endpoint)
    for cost in costs:
        if type(cost) is not Cost:
            raise TypeError(f'{endpoint}: expected costs such as kit.Cost("requests", 1, 600, 5)')
    headers: Params = ()
    if json is not None or form is not None:
        if body or (json is not None and form is not None):
            raise TypeError(f"{endpoint} has more than one body: pass one of json, form and body")
        if form is not None:
            body, headers = encode_query(_written(form)).encode(), _FORM
        elif json is not None:
            body = encode_json(json)
            headers = () if signed else _JSON  # a signer says what its body is
    return Request(
        method=method,
        path=path,
        params=_written(values) if values else (),
        body=body,
        headers=headers,
        signed=signed,
        changes=changes,
        has_deadline=has_deadline,
        many=many,
        costs=costs,
    )


@lru_cache(maxsize=1024)
def _method_and_path(endpoint: str) -> list[str]:
    if not _is_endpoint(endpoint):
        raise TypeError(
            f'{endpoint!r} is no endpoint: expected a method and a path, such as "GET /api/time";'
            " parameters are passed by name"
        )
    return endpoint.split(" ")


def percent_encode(value: str) -> str:
    """RFC 3986: everything but unreserved characters, as UTF-8, with upper-case hex."""
    return value if _is_safe(value) else quote(value, safe="-._~")


def encode_query(pairs: Iterable[tuple[str, str]]) -> str:
    """``a=1&b=2`` in the order given, percent-encoded."""
    if not isinstance(pairs, (list, tuple)):
        pairs = list(pairs)
    plainly = [f"{name}={value}" for name, value in pairs]
    query = "&".join(plainly)
    # Almost always there is nothing to encode, which one look at the whole tells: no letter that is
    # not safe, and no mark that stands in a name or in a value.
    count = len(plainly)
    if (
        _is_safe_query(query)
        and query.count("=") == count
        and query.count("&") == max(count, 1) - 1
    ):
        return query
    return "&".join([f"{percent_encode(name)}={percent_encode(value)}" for name, value in pairs])


def encode_json(value: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> bytes:
    """A JSON body. Decimals become strings, never with an exponent; entries that are None are left
    out of objects; floats are refused."""
    return msgspec.json.encode(_exact(value))


def _exact(value: Any) -> Any:
    kind = type(value)
    if kind is Decimal:
        return text(value)
    if kind is dict or isinstance(value, Mapping):
        return {
            name: entry if type(entry) is str else _exact(entry)
            for name, entry in value.items()
            if entry is not None
        }
    if isinstance(value, (list, tuple)):
        return [_exact(entry) for entry in value]
    return text(value) if isinstance(value, (Decimal, float)) else value


def target(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    if not pairs:
        return path
    query = encode_query(pairs)
    return f"{path}?{query}" if query else path
