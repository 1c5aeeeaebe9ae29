"""Signing as data: most venues sign a text of parts with an HMAC, and differ in which.

A venue's page on authentication is written down as one `DeclaredPrehash`; the doctor, the checks
and the documentation read from its scheme what they need.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from exchangekit.adapter.body_fields import FORM, JSON, Body, BodyFields, numeric_parts, written
from exchangekit.adapter.credentials import Credentials, Digest
from exchangekit.adapter.request import Outgoing, Request, percent_encode, target
from exchangekit.adapter.scheme import (
    ENCODINGS,
    HASHES,
    KEY_KINDS,
    TIME_UNITS,
    Carried,
    Encoding,
    Hash,
    Ingredients,
    KeyKind,
    Piece,
    Scheme,
    TimeUnit,
)
from exchangekit.adapter.signing import SigningText, Stamp
from exchangekit.adapter.templates import (
    IN_BODY,
    IN_EVERY_BODY,
    IN_HEADERS,
    IN_QUERY,
    SIGNED_PARTS,
    Value,
    carried,
    check_bodies,
    check_numbers,
    check_sent,
    pieces_of,
    values_of,
)
from exchangekit.errors import ConfigurationError

if TYPE_CHECKING:
    import hmac

    from exchangekit.adapter.request import Origin


_Run = tuple[Piece, ...] | None
_BODY: tuple[Piece, ...] = (("body", ""),)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredPrehash:
    """A signature over a text of parts, declared.

    ``template`` is what is signed, as in ``"{timestamp}{method}{target}{body}"``: ``timestamp`` in
    the unit ``time``, ``method``, ``path``, ``query`` as it is sent and ``plain_query`` before it
    was encoded (both without the question mark), ``target`` (path and query), ``body``,
    ``body_hash`` (its ``hash`` in hex), ``key``, ``window`` (ms), ``nonce`` (a number above the
    last one of the key), ``host``. All other text is signed as it stands, line breaks too.

    ``headers`` and ``query`` say what is sent where: names with ``{key}``, ``{signature}``,
    ``{timestamp}``, ``{window}``, ``{deadline}`` (the last moment at which the venue may take an
    order, ms), ``{nonce}``, ``{passphrase}``, ``{signed_passphrase}`` (its HMAC), or a text that
    never changes. Parameters of ``query`` come after the request's own and are signed with them; a
    signature among them comes last. A header, parameter or field with ``{deadline}`` is sent with
    requests that have one; so are all fields of ``body``, behind the request's own.

    ``body_always`` are fields of the body of every signed request, with the parts that headers may
    have: before the request's own, but for a signature, which comes last. A request without a body
    gets one; a GET cannot. Bodies are JSON objects, whose times, windows and nonces are texts or
    (``body_numbers``) numbers, or with ``form`` forms. They are signed as they are sent.

    ``kinds`` are the secrets that the venue takes: a text for an HMAC (under what it is base64 of,
    where ``decoded``), or private keys, whose signatures are in ``key_encoding``.

    ``behind_ms`` and ``ahead_ms`` are how far a timestamp may be from the venue's clock.
    ``backdates`` is for venues that take no deadline and refuse what was signed ``behind_ms`` ago:
    a request that has one is signed with so old a time that it is refused from its deadline on.

    Raises ConfigurationError for what cannot work.
    """

    template: str
    headers: Mapping[str, str] = field(hash=False)
    query: Mapping[str, str] = field(default_factory=dict, hash=False)
    body: Mapping[str, str] = field(default_factory=dict, hash=False)
    body_always: Mapping[str, str] = field(default_factory=dict, hash=False)
    body_numbers: bool = False
    form: bool = False
    hash: Hash = "sha256"
    encoding: Encoding
    time: TimeUnit = "ms"
    behind_ms: int = 30_000
    ahead_ms: int = 30_000
    backdates: bool = False
    kinds: tuple[KeyKind, ...] = ("hmac",)
    key_encoding: Encoding = "base64"
    decoded: bool = False
    scheme: Scheme = field(init=False, repr=False, compare=False)
    _query: tuple[Value, ...] = field(init=False, repr=False, compare=False)
    _fields: BodyFields = field(init=False, repr=False, compare=False)
    _runs: tuple[_Run, ...] = field(init=False, repr=False, compare=False)
    _runs_apart: tuple[_Run, ...] = field(init=False, repr=False, compare=False)
    _dated: tuple[tuple[Value, str], ...] = field(init=False, repr=False, compare=False)
    _undated: tuple[tuple[Value, str], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _one_of("hash", self.hash, HASHES)
        _one_of("encoding", self.encoding, ENCODINGS)
        _one_of("key_encoding", self.key_encoding, ENCODINGS)
        _one_of("time", self.time, TIME_UNITS)
        _key_kinds(self.kinds)
        for name in ("behind_ms", "ahead_ms"):
            _milliseconds(name, getattr(self, name))
        signed = pieces_of(self.template, SIGNED_PARTS, "template")
        headers = values_of(self.headers, IN_HEADERS, "headers")
        query = values_of(self.query, IN_QUERY, "query")
        body = values_of(self.body, IN_BODY, "body")
        always = values_of(self.body_always, IN_EVERY_BODY, "body_always")
        _bodies_agree(self, [one.name for one in (*body, *always)])
        if self.body_numbers:
            check_numbers(body, iso=self.time == "iso")
        check_bodies(signed, always)
        check_sent(signed, carried(headers, query, always))
        sent = carried(headers, query, (*always, *body))
        _hmac_for_passphrase(self.kinds, sent)
        query = tuple(sorted(query, key=lambda value: value.has("signature")))
        words = ", ".join(name.replace("_", " ") for name, text in signed if not text)
        scheme = Scheme(
            hash=self.hash,
            encoding=self.encoding,
            time=self.time,
            carried=sent,
            pieces=signed,
            words=f"a text of {words}",
            behind_ms=self.behind_ms,
            ahead_ms=self.ahead_ms,
            kinds=self.kinds,
            key_encoding=self.key_encoding,
            decoded=self.decoded,
            nonce=any(part == "nonce" for part, _ in signed) or _sends(sent, "nonce"),
            form=self.form,
        )
        made = {
            "headers": MappingProxyType(dict(self.headers)),
            "query": MappingProxyType(dict(self.query)),
            "body": MappingProxyType(dict(self.body)),
            "body_always": MappingProxyType(dict(self.body_always)),
            "scheme": scheme,
            "_query": query,
            "_runs": _runs_of(signed, apart=False),
            "_runs_apart": _runs_of(signed, apart=True),
            "_dated": tuple(map(_alone, headers)),
            "_undated": tuple(_alone(one) for one in headers if not one.has("deadline")),
            "_fields": BodyFields(
                always, body, self.form, numeric_parts(self.time) if self.body_numbers else _NONE
            ),
        }
        for name, value in made.items():
            object.__setattr__(self, name, value)

    @property
    def needs_passphrase(self) -> bool:
        return self.scheme.place("passphrase", "signed_passphrase") is not None

    @property
    def own_params(self) -> frozenset[str]:
        return frozenset((*self.query, *self.body_always))

    @property
    def signs_body(self) -> bool:
        return bool(self.body_always) or self.scheme.signs("body", "body_hash")

    def explain(self, request: Request, stamp: Stamp) -> SigningText:
        made, _, _ = self._ingredients(request, stamp)
        parts = tuple(
            (piece[0], made.part(piece, self.hash).decode()) for piece in self.scheme.pieces or ()
        )
        text = "".join(part for _, part in parts)
        return SigningText(parts, text, made.target, made.body)

    def sign(
        self, request: Request, credentials: Credentials, stamp: Stamp, origin: Origin
    ) -> Outgoing:
        made, body, known = self._ingredients(request, stamp)
        if credentials.kind not in self.kinds:
            credentials.require(*self.kinds)
        digest = credentials.signing(self.hash, decoded=self.decoded)
        for run in self._runs if body.is_bare else self._runs_apart:
            # Fed run by run: no variable holds the key as plain text.
            if run is None:
                digest.update(credentials.api_key.get_secret_value().encode())
            elif run is _BODY:
                _feed(digest, body, credentials, self.scheme)
            else:
                digest.update(made.texts(run, self.hash))
        known["signature"] = signature = self.scheme.encoded(digest.digest(), credentials.kind)
        untyped = made.body and not _has_type(request)
        typed = (("Content-Type", FORM if self.form else JSON),) if untyped else ()
        # Put together in the call, for the same reason.
        return Outgoing(
            origin,
            request.method,
            _with_signature(made.target, self._query, signature) if self._query else made.target,
            (
                *request.headers,
                *[
                    (
                        value.name,
                        known[part]
                        if part in known
                        else _personal(part, credentials, self.scheme)
                        if part
                        else _filled(value, known, credentials, self.scheme),
                    )
                    for value, part in (self._dated if request.has_deadline else self._undated)
                ],
                *typed,
            ),
            body.filled(lambda part: known.get(part) or _personal(part, credentials, self.scheme)),
        )

    def _ingredients(
        self, request: Request, stamp: Stamp
    ) -> tuple[Ingredients, Body, dict[str, str]]:
        signed = stamp.timestamp
        if self.backdates and request.has_deadline:
            signed = min(signed, stamp.deadline - self.behind_ms)
        when, window = self.scheme.time_of(signed), str(stamp.window)
        nonce = str(stamp.nonce)
        known = {
            "timestamp": when,
            "window": window,
            "deadline": str(stamp.deadline),
            "nonce": nonce,
        }
        pairs = (*request.params,)
        if self._query:
            pairs += tuple(
                (value.name, "".join(text or known[part] for part, text in value.pieces))
                for value in self._query
                if not value.has("signature")
                and (request.has_deadline or not value.has("deadline"))
            )
        body = self._fields.of(request, known)
        made = Ingredients(
            when, request.method, target(request.path, pairs), body.shown, window, nonce, stamp.host
        )
        return made, body, known


def _runs_of(pieces: tuple[Piece, ...], *, apart: bool) -> tuple[_Run, ...]:
    """The pieces of a text in runs that are signed at once: None where the key stands; `_BODY`,
    ``apart``, where the body does, which may hold it."""
    made: list[_Run] = []
    for piece in pieces:
        if piece == ("key", ""):
            made.append(None)
        elif apart and piece == ("body", ""):
            made.append(_BODY)
        elif made and made[-1] is not None and made[-1] is not _BODY:
            made[-1] = (*made[-1], piece)
        else:
            made.append((piece,))
    return tuple(made)


def _alone(value: Value) -> tuple[Value, str]:
    """A header with the one part that it is, "" where it is put together."""
    return value, value.pieces[0][0] if [text for _, text in value.pieces] == [""] else ""


_NONE: frozenset[str] = frozenset()


def _has_type(request: Request) -> bool:
    return bool(request.headers) and any(
        name.lower() == "content-type" for name, _ in request.headers
    )


def _with_signature(made: str, query: tuple[Value, ...], signature: str) -> str:
    for value in query:
        if value.has("signature"):
            text = "".join(text or signature for _, text in value.pieces)
            mark = "&" if "?" in made else "?"
            return f"{made}{mark}{percent_encode(value.name)}={percent_encode(text)}"
    return made


def _filled(
    value: Value, known: Mapping[str, str], credentials: Credentials, scheme: Scheme
) -> str:
    return "".join(
        text or known.get(part) or _personal(part, credentials, scheme)
        for part, text in value.pieces
    )


def _personal(part: str, credentials: Credentials, scheme: Scheme) -> str:
    if part == "key":
        return credentials.api_key.get_secret_value()
    if credentials.passphrase is None:
        return ""
    if part == "passphrase":
        return credentials.passphrase.get_secret_value()
    digest: hmac.HMAC = credentials.hmac_of(b"", scheme.hash, decoded=scheme.decoded)
    digest.update(credentials.passphrase.get_secret_value().encode())
    return scheme.encoded(digest.digest())


def _feed(digest: Digest, body: Body, credentials: Credentials, scheme: Scheme) -> None:
    for one in body.segments:
        if isinstance(one, str):
            digest.update(written(_personal(one, credentials, scheme), body.form))
        else:
            digest.update(one)


def _bodies_agree(declared: DeclaredPrehash, names: list[str]) -> None:
    for name in ("body_numbers", "form"):
        if not isinstance(getattr(declared, name), bool):
            raise ConfigurationError(
                f"{name} is {getattr(declared, name)!r}, expected True or False: write what the"
                " venue's bodies are"
            )
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ConfigurationError(
            f"{twice} stands in body and in body_always, expected one place: name it once"
        )
    if declared.form and declared.body_numbers:
        raise ConfigurationError(
            "body_numbers is True and bodies are forms, in which all is text: leave one of them out"
        )


def _one_of(name: str, given: Any, known: tuple[str, ...]) -> None:
    if given not in known:
        raise ConfigurationError(
            f"{name} is {given!r}, expected {' or '.join(map(repr, known))}: for another one write"
            " a strategy with the methods of exchangekit.adapter.Signer"
        )


def _key_kinds(given: Any) -> None:
    if not isinstance(given, tuple) or not given or any(one not in KEY_KINDS for one in given):
        raise ConfigurationError(
            f"kinds is {given!r}, expected a tuple of some of {', '.join(map(repr, KEY_KINDS))}:"
            ' name the secrets that the venue takes, such as ("hmac", "ed25519")'
        )


def _sends(sent: tuple[Carried, ...], part: str) -> bool:
    return any(one.part == part for one in sent)


def _hmac_for_passphrase(kinds: tuple[KeyKind, ...], sent: tuple[Carried, ...]) -> None:
    if _sends(sent, "signed_passphrase") and kinds != ("hmac",):
        raise ConfigurationError(
            f"{{signed_passphrase}} is an HMAC and kinds is {kinds!r}, expected ('hmac',): send the"
            " {passphrase} itself, or leave the other kinds out"
        )


def _milliseconds(name: str, given: Any) -> None:
    if isinstance(given, bool) or not isinstance(given, int) or given < 1:
        raise ConfigurationError(
            f"{name} is {given!r}, expected a whole number of milliseconds above 0: write what the"
            " venue's documentation says of its clock"
        )
