"""2 Signing: the bytes that are signed are the bytes that are sent."""

from __future__ import annotations

import base64
import hmac
import re
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from exchangekit.adapter.credentials import Credentials
from exchangekit.adapter.request import Outgoing, Reply, Request, params
from exchangekit.adapter.scheme import KEY_SHOWN, Encoding, Scheme
from exchangekit.adapter.signing import Stamp
from exchangekit.errors import AccessRefused, AuthenticationError, ExchangeError
from exchangekit.testing.check import check
from exchangekit.testing.checks.bodies import as_sent, fields, fits
from exchangekit.testing.checks.tour import described
from exchangekit.testing.drivers import Strike
from exchangekit.testing.private_keys import PublicKey
from exchangekit.testing.rig import Rig, Sent
from exchangekit.testing.subject import wrong_secret

_UNRESERVED = re.compile(r"(?:[A-Za-z0-9\-._~/?&=]|%[0-9A-F]{2})*")
_SHORT = 12
_STAMP = Stamp(1_790_000_000_123, 4321)

ODD = (
    ("spaces", (("note", "two words "),)),
    ("commas", (("list", "a,b,,c"),)),
    ("parentheses", (("note", "(1)"),)),
    ("brackets_and_quotes", (("note", '["BTC"]'),)),
    ("non_ascii", (("note", "Größe ключ 価格"),)),
    ("reserved", (("note", "a+b&c=d%20/?#"),)),
    ("duplicate_keys", (("note", "1"), ("note", "2"))),
    ("upper_and_lower_case", (("b", "1"), ("B", "2"), ("a", "3"), ("A1", "4"))),
    ("empty", (("note", ""),)),
)


def carried(scheme: Scheme, outgoing: Outgoing, part: str) -> str:
    """What the request carries where its strategy says that `part` goes. Raises AssertionError
    where it says nothing of it, or where nothing is there."""
    place = scheme.place(part)
    assert place is not None, f"the signer's scheme does not say where the {part} goes"
    pairs = list(outgoing.headers)
    if place.where == "query":
        split = [one.partition("=") for one in outgoing.target.partition("?")[2].split("&")]
        pairs = [(unquote(name), unquote(value)) for name, _, value in split]
    elif place.where == "body":
        pairs = fields(scheme, outgoing.body)
    found = [value for name, value in pairs if name == place.name]
    assert found, f"there is no {place.where} {place.name}, which the signer's scheme promises"
    return found[-1]


def _told(rig: Rig, sent: Sent, text: str) -> bool:
    """Whether the request carries the signature of `text` with the key in its place, in the hash
    and the encoding that the strategy says for that kind of secret: an HMAC is made by the standard
    library alone, others are verified with the public key."""
    scheme, credentials = rig.scheme, rig.credentials
    if scheme.pieces == ():
        # No text is signed: the venue has taken the request, and the strategy must say the same.
        signer: Any = rig.adapter.signer
        other = Credentials(credentials.api_key, wrong_secret(rig.adapter, credentials.kind))
        return not signer.verifies(sent.outgoing, other) and bool(
            signer.verifies(sent.outgoing, credentials)
        )
    if scheme.signs("key"):
        text = text.replace(KEY_SHOWN, credentials.api_key.get_secret_value(), 1)
    if scheme.signs("body"):
        text = as_sent(scheme, text, credentials)
    found, encoding = (
        carried(scheme, sent.outgoing, "signature"),
        scheme.encoding_of(credentials.kind),
    )
    secret = credentials.secret.get_secret_value()
    if credentials.kind != "hmac":
        return PublicKey(secret).verifies(_decoded(found, encoding), text.encode(), scheme.hash)
    key = base64.b64decode(secret) if scheme.decoded else secret.encode()
    raw = hmac.digest(key, text.encode(), scheme.hash)
    return {"hex": raw.hex(), "base64": base64.b64encode(raw).decode()}.get(
        encoding, base64.urlsafe_b64encode(raw).decode().rstrip("=")
    ) in found


def _pairs(scheme: Scheme, target: str, body: bytes) -> list[tuple[str, str]]:
    """The parameters as they go out: those of the query, and of a form, where the strategy puts
    something of its own into one."""
    texts = [target.partition("?")[2]]
    if any(one.where == "body" for one in scheme.carried) and not body.startswith(b"{"):
        texts.append(body.decode())
    split = [pair.partition("=") for text in texts if text for pair in text.split("&")]
    return [(unquote(name), unquote(value)) for name, _, value in split]


def _decoded(written: str, encoding: Encoding) -> bytes:
    """The bytes of a signature. Raises AssertionError where they are not written that way."""
    try:
        if encoding == "hex":
            return bytes.fromhex(written)
        if encoding == "base64":
            return base64.b64decode(written, validate=True)
        # A token carries it as its last part.
        last = written.rpartition(".")[2]
        return base64.urlsafe_b64decode(last + "=" * (-len(last) % 4))
    except ValueError:
        raise AssertionError(f"the signature is not in {encoding}, as the scheme says") from None


@check(2)
def an_order_goes_out_exactly_as_it_was_explained_and_signed(rig: Rig) -> None:
    """`explain_order` shows the text; its HMAC, made here by other code, is in the request."""
    exchange, amount, price = rig.exchange, rig.amount("200"), rig.price("0.8", "buy")
    order = ("limit", "buy", amount, price)
    exchange.fetch_balance()
    before = rig.world.ms
    explained = exchange.explain_order(rig.symbol, *order, client_order_id="explained1")
    assert rig.world.ms == before, "explaining sends nothing"
    exchange.create_order(rig.symbol, *order, client_order_id="explained1")
    sent = rig.requests("create_order")[-1]
    assert sent.outgoing.method == explained.method
    assert sent.outgoing.target.startswith(explained.target)
    assert fits(rig.scheme, explained.body, sent.outgoing.body, rig.credentials)
    assert _told(rig, sent, explained.string_to_sign)


@check(2, cases=ODD)
def odd_values_are_signed_as_they_are_sent(rig: Rig, odd: tuple[tuple[str, str], ...]) -> None:
    """The venue may refuse the parameter, but never the signature."""
    call = rig.describe("fetch_balance")
    request = replace(call.request, params=(*call.request.params, *odd))
    try:
        rig.run(lambda kit: kit.call("fetch_balance", replace(call, request=request)))
    except AccessRefused as refused:
        raise AssertionError(f"the signature was refused: {refused}") from refused
    except ExchangeError:
        pass
    sent = rig.requests("fetch_balance")[-1].outgoing
    assert _UNRESERVED.fullmatch(sent.target), f"not percent-encoded: {sent.target}"
    decoded = _pairs(rig.scheme, sent.target, sent.body)
    for pair in odd:
        assert decoded.count(pair) == odd.count(pair), f"{pair} did not go out as it was given"


@check(2)
def every_signed_request_is_percent_encoded_in_one_way(rig: Rig) -> None:
    puts = any(one.where == "body" for one in rig.scheme.carried)
    for name, call in described(rig):
        if puts and not call.request.signed:
            continue  # what asks for public data need not have a body
        signed = _signed(rig, call.request)
        assert _UNRESERVED.fullmatch(signed.target), f"{name}: {signed.target}"


@check(2)
def any_parameters_are_signed_as_they_are_sent(rig: Rig) -> None:
    text = st.text(st.characters(codec="utf-8"), max_size=12)
    pairs = st.lists(st.tuples(st.text("abcXYZ09_", min_size=1, max_size=6), text), max_size=6)

    @settings(
        derandomize=True,
        max_examples=60,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(pairs)
    @example([("a", "one two"), ("X0", "1+1=2&%/?")])  # whatever the others happen to be
    def holds(given: list[tuple[str, str]]) -> None:
        request = replace(rig.describe("fetch_balance").request, params=tuple(given))
        explained = rig.adapter.signer.explain(request, _STAMP)
        signed = _signed(rig, request)
        assert signed.target.startswith(explained.target)
        assert signed == _signed(rig, request)
        decoded = _pairs(rig.scheme, explained.target, explained.body)
        for pair in given:
            assert decoded.count(pair) == given.count(pair)

    holds()


@check(2)
def a_request_without_parameters_has_no_question_mark_of_its_own(rig: Rig) -> None:
    request = replace(rig.describe("fetch_balance").request, params=params())
    signed = _signed(rig, request)
    assert not signed.target.endswith(("?", "&"))
    assert "?&" not in signed.target


@check(2)
def a_retry_is_stamped_and_signed_anew(rig: Rig) -> None:
    rig.exchange.fetch_balance()
    # Two requests of the same second are the same where the venue's unit is that.
    late = 1000 if rig.scheme.time == "s" else 0
    bad = Strike(reply=Reply(502, {}, b"<html>Bad Gateway</html>"), late_ms=late)
    rig.strike("fetch_balance", bad)
    rig.exchange.fetch_balance()
    first, second = rig.requests("fetch_balance")[-2:]
    assert first.outgoing != second.outgoing


@check(2)
def a_wrong_secret_is_refused_as_a_wrong_signature(rig: Rig) -> None:
    error = rig.refused(rig.open_with_a_wrong_secret().fetch_balance, AuthenticationError)
    wrong = wrong_secret(rig.adapter, rig.credentials.kind)
    assert not any(line in str(error) for line in wrong.split("\n") if len(line) > _SHORT)


@check(2)
def public_requests_are_not_signed(rig: Rig) -> None:
    public = rig.open(keys=False)
    public.fetch_ticker(rig.symbol)
    for sent in rig.requests("fetch_ticker"):
        assert not sent.request.signed


def _signed(rig: Rig, request: Request) -> Outgoing:
    return rig.adapter.signer.sign(request, rig.credentials, _STAMP, rig.place.origin)
