"""Signing strategies: pure functions of (request, credentials, stamp).

Each also explains itself: `explain` returns the exact text that is signed, part by part, and
never sees a secret. Sources disagree on whether MEXC needs sorted parameters and encoded
parentheses; strict sorting by key and one RFC 3986 encoder satisfy all of them, and since
2026-01 Binance refuses payloads that are not percent-encoded before they are signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import Protocol

from exchangekit.adapter.credentials import Credentials
from exchangekit.adapter.request import Origin, Outgoing, Request, encode_query, percent_encode
from exchangekit.adapter.scheme import Carried, KeyKind, Scheme
from exchangekit.errors import Outcome, Unsupported

_by_key = itemgetter(0)


@dataclass(frozen=True, slots=True)
class Stamp:
    """When a request is signed, on the venue's clock, and how long it may live, in ms.

    For strategies that need them: ``nonce`` is a number above all before it that were signed with
    this key (0 where the scheme asks for none), ``host`` where the request goes, with its port if
    that is named.
    """

    timestamp: int
    window: int
    nonce: int = 0
    host: str = ""

    @property
    def deadline(self) -> int:
        return self.timestamp + self.window


@dataclass(frozen=True, slots=True)
class SigningText:
    """What is signed: the parts by name, in order, and the whole text, with ``[key]`` in the place
    of the API key. ``target`` is path and query as they go out, without the signature; ``body``
    what goes out after the headers, with ``[key]``, ``[passphrase]`` and ``[signature]`` where they
    go into it."""

    parts: tuple[tuple[str, str], ...]
    text: str
    target: str
    body: bytes = b""


class Signer(Protocol):
    """Turns a request into the bytes that go out.

    One whose scheme has no pieces (it signs no text of parts) may have another method,
    ``verifies(outgoing, credentials)``: whether a request is signed with that secret.
    """

    @property
    def scheme(self) -> Scheme:
        """What is signed, how, and what goes where, for everyone who looks from outside."""
        ...

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
    in lower-case hex, ``signature`` last and never part of what is signed. Where the venue takes
    private keys as well (``kinds``), what those sign is in base64.

    MEXC: https://mexcdevelop.github.io/apidocs/spot_v3_en/#signed
    Binance: https://developers.binance.com/docs/binance-spot-api-docs/rest-api/request-security
    """

    key_header: str
    needs_passphrase: bool = False
    own_params: frozenset[str] = frozenset({"recvWindow", "timestamp", "signature"})
    signs_body: bool = False
    kinds: tuple[KeyKind, ...] = ("hmac",)

    @property
    def scheme(self) -> Scheme:
        return Scheme(
            hash="sha256",
            encoding="hex",
            time="ms",
            carried=(
                Carried("key", "header", self.key_header),
                Carried("timestamp", "query", "timestamp"),
                Carried("window", "query", "recvWindow"),
                Carried("signature", "query", "signature"),
            ),
            pieces=None,
            words="the query, sorted by key",
            behind_ms=5000,
            ahead_ms=1000,
            kinds=self.kinds,
        )

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
        return SigningText(parts, query, f"{request.path}?{query}", request.body)

    def sign(
        self, request: Request, credentials: Credentials, stamp: Stamp, origin: Origin
    ) -> Outgoing:
        query = self.query(request, stamp)
        if credentials.kind == "hmac":
            signature = credentials.hmac_of(query.encode()).hexdigest()
        else:
            credentials.require(*self.kinds)
            made = credentials.sign(query.encode("ascii"))
            signature = percent_encode(self.scheme.encoded(made, credentials.kind))
        return Outgoing(
            origin,
            request.method,
            f"{request.path}?{query}&signature={signature}",
            (*request.headers, (self.key_header, credentials.api_key.get_secret_value())),
            request.body,
        )


@dataclass(frozen=True, slots=True)
class NoSigner:
    """Stands where a venue's page on authentication is not written down yet: whatever is to be
    signed is refused, and nothing is sent. The public data of a venue need no more."""

    needs_passphrase: bool = False
    own_params: frozenset[str] = frozenset()
    signs_body: bool = True

    @property
    def scheme(self) -> Scheme:
        return Scheme("sha256", "hex", "ms", (), (), "nothing yet", behind_ms=1, ahead_ms=1)

    def explain(self, request: Request, stamp: Stamp) -> SigningText:
        """Raises Unsupported, as `sign` does."""
        raise self._missing()

    def sign(
        self, request: Request, credentials: Credentials, stamp: Stamp, origin: Origin
    ) -> Outgoing:
        raise self._missing()

    def verifies(self, outgoing: Outgoing, credentials: Credentials) -> bool:
        return False

    def _missing(self) -> Unsupported:
        return Unsupported(
            "nothing can be signed: the adapter has no signer yet",
            hint="Write the venue's page on authentication down as a DeclaredPrehash.",
            outcome=Outcome.NOT_SENT,
        )
