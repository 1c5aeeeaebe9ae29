"""Signing strategies: pure functions of (request, credentials, stamp).

Each also explains itself: `explain` returns the exact text that is signed, part by part, and
never sees a secret. Sources disagree on whether MEXC needs sorted parameters and encoded
parentheses; strict sorting by key and one RFC 3986 encoder satisfy all of them, and since
2026-01 Binance refuses payloads that are not percent-encoded before they are signed.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Protocol

from exchangekit.adapter.credentials import Credentials
from exchangekit.adapter.request import Origin, Outgoing, Request, encode_query, target

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_by_key = itemgetter(0)


@dataclass(frozen=True, slots=True)
class Stamp:
    """When a request is signed, on the venue's clock, and how long it may live, in ms."""

    timestamp: int
    window: int

    @property
    def deadline(self) -> int:
        return self.timestamp + self.window


@dataclass(frozen=True, slots=True)
class SigningText:
    """What is signed: the parts by name, in order, and the whole text. ``target`` is path and
    query as they go out, without the signature."""

    parts: tuple[tuple[str, str], ...]
    text: str
    target: str


class Signer(Protocol):
    """Turns a request into the bytes that go out."""

    @property
    def needs_passphrase(self) -> bool:
        """Whether a key comes with a passphrase."""
        ...

    @property
    def own_params(self) -> frozenset[str]:
        """Parameters that the signer adds itself; callers must not."""
        ...

    @property
    def signs_body(self) -> bool:
        """Whether a signed request may have a body."""
        ...

    def explain(self, request: Request, stamp: Stamp) -> SigningText:
        """The exact text that `sign` would sign, part by part. Sees no secret."""
        ...

    def sign(
        self, request: Request, credentials: Credentials, stamp: Stamp, origin: Origin
    ) -> Outgoing:
        """The finished request for `origin`: the bytes that are signed are those that are sent."""
        ...


@dataclass(frozen=True, slots=True)
class SortedQueryHmac:
    """All parameters in the query, sorted strictly by the ASCII order of their keys, HMAC-SHA256
    in lower-case hex, ``signature`` last and never part of what is signed.

    MEXC: https://mexcdevelop.github.io/apidocs/spot_v3_en/#signed
    Binance: https://developers.binance.com/docs/binance-spot-api-docs/rest-api/request-security
    """

    key_header: str
    needs_passphrase: bool = False
    own_params: frozenset[str] = frozenset({"recvWindow", "timestamp", "signature"})
    signs_body: bool = False

    def query(self, request: Request, stamp: Stamp) -> str:
        pairs = [
            *request.params,
            ("recvWindow", str(stamp.window)),
            ("timestamp", str(stamp.timestamp)),
        ]
        pairs.sort(key=_by_key)
        return encode_query(pairs)

    def explain(self, request: Request, stamp: Stamp) -> SigningText:
        query = self.query(request, stamp)
        parts = tuple((pair.partition("=")[0], pair) for pair in query.split("&"))
        return SigningText(parts, query, f"{request.path}?{query}")

    def sign(
        self, request: Request, credentials: Credentials, stamp: Stamp, origin: Origin
    ) -> Outgoing:
        query = self.query(request, stamp)
        signature = credentials.hmac_sha256(query.encode("ascii")).hexdigest()
        return Outgoing(
            origin,
            request.method,
            f"{request.path}?{query}&signature={signature}",
            (*request.headers, (self.key_header, credentials.api_key.get_secret_value())),
            request.body,
        )


@dataclass(frozen=True, slots=True)
class PassphrasePrehash:
    """Base64 of HMAC-SHA256 over timestamp + METHOD + path-with-query + body; key, signature,
    timestamp and passphrase in headers named ``prefix``-KEY and so on.

    ``deadline_header`` carries the last moment (ms) at which the venue may take an order.
    OKX: https://www.okx.com/docs-v5/en/#overview-rest-authentication
    """

    prefix: str
    deadline_header: str | None = None
    needs_passphrase: bool = True
    own_params: frozenset[str] = frozenset()
    signs_body: bool = True

    def explain(self, request: Request, stamp: Stamp) -> SigningText:
        made = target(request.path, request.params)
        parts = (
            ("timestamp", iso_milliseconds(stamp.timestamp)),
            ("method", request.method),
            ("target", made),
            ("body", request.body.decode()),
        )
        return SigningText(parts, "".join(value for _, value in parts), made)

    def sign(
        self, request: Request, credentials: Credentials, stamp: Stamp, origin: Origin
    ) -> Outgoing:
        when = iso_milliseconds(stamp.timestamp)
        made = target(request.path, request.params)
        message = f"{when}{request.method}{made}".encode() + request.body
        signature = base64.b64encode(credentials.hmac_sha256(message).digest()).decode()
        passphrase = credentials.passphrase
        more: list[tuple[str, str]] = []
        if self.deadline_header and request.has_deadline:
            more.append((self.deadline_header, str(stamp.deadline)))
        if request.body:
            more.append(("Content-Type", "application/json"))
        # Put together in the call: no variable holds key and passphrase as plain text.
        return Outgoing(
            origin,
            request.method,
            made,
            (
                *request.headers,
                (f"{self.prefix}-KEY", credentials.api_key.get_secret_value()),
                (f"{self.prefix}-SIGN", signature),
                (f"{self.prefix}-TIMESTAMP", when),
                (f"{self.prefix}-PASSPHRASE", passphrase.get_secret_value() if passphrase else ""),
                *more,
            ),
            request.body,
        )


def iso_milliseconds(timestamp: int) -> str:
    """``2020-12-08T09:08:57.715Z``"""
    moment = _EPOCH + timedelta(milliseconds=timestamp)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{timestamp % 1000:03d}Z"
