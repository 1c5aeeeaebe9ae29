"""Requests signed in their query, each wrong in exactly one way (or right, or wrong in many)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass

from exchangekit.doctor.endpoints import known_requests
from exchangekit.plugins import installed
from support.captures import (
    HOSTS,
    NETWORK,
    NOW,
    ORDER,
    Sent,
    changed,
    encoded,
    hex_of,
    joined,
    lower,
    plus,
    raw,
    shuffled,
    signed,
)
from support.traders import KEYS

QUERY_VENUES = ("mexc", "binance")


@dataclass(frozen=True)
class Case:
    """A request with exactly these faults; `given` is the secret that the user names."""

    title: str
    faults: tuple[str, ...]
    make: Callable[[str], Sent]
    given: Callable[[str], str] = str
    signed: str | None = None


def in_order(venue: str) -> Sent:
    return signed(venue, joined(ORDER))


def out_of_order(venue: str) -> Sent:
    return signed(venue, joined(shuffled(ORDER, "symbol", "side", "type")))


def _sorted_but_sent_otherwise(venue: str) -> Sent:
    return signed(venue, joined(ORDER), sent=joined(shuffled(ORDER, "symbol", "side")))


def _signed_otherwise_but_sent_sorted(venue: str) -> Sent:
    few = {name: ORDER[name] for name in ("side", "symbol", "timestamp", "type")}
    return signed(venue, joined(shuffled(few, "type", "symbol")), sent=joined(few))


def _upper_before_lower(venue: str) -> Sent:
    """Sorted without regard to case: Zone comes after asset, although Z < a in ASCII."""
    values = {"asset": "A", "timestamp": ORDER["timestamp"], "Zone": "Z"}
    return signed(venue, joined(values))


def _signature_in_the_middle(venue: str) -> Sent:
    before = {name: ORDER[name] for name in list(ORDER)[:4]}
    after = {name: ORDER[name] for name in list(ORDER)[4:]}
    made = hex_of(joined(ORDER), KEYS[venue]["secret"])
    return Sent(venue, joined(before), made, after="&" + joined(after))


def _empty_signature_signed(venue: str) -> Sent:
    return signed(venue, joined(ORDER) + "&signature=", sent=joined(ORDER))


def _empty_signature_sorted_in(venue: str) -> Sent:
    return signed(venue, joined(changed(ORDER, signature="")), sent=joined(ORDER))


def _signed_twice(venue: str) -> Sent:
    first = hex_of(joined(ORDER), KEYS[venue]["secret"])
    return signed(venue, f"{joined(ORDER)}&signature={first}", sent=joined(ORDER))


def _signed_twice_sorted(venue: str) -> Sent:
    first = hex_of(joined(ORDER), KEYS[venue]["secret"])
    return signed(venue, joined(changed(ORDER, signature=first)), sent=joined(ORDER))


def _none_signed(venue: str) -> Sent:
    return signed(venue, joined(ORDER) + "&signature=None", sent=joined(ORDER))


def _written(encode: Callable[[str], str]) -> Callable[[str], Sent]:
    return lambda venue: signed(
        venue, joined(NETWORK, encode), method="GET", path="/api/v3/account"
    )


def _signed_as_but_sent_encoded(encode: Callable[[str], str]) -> Callable[[str], Sent]:
    return lambda venue: signed(venue, joined(NETWORK, encode), sent=joined(NETWORK))


def _only(letter: str) -> Callable[[str], Sent]:
    values = changed(NETWORK, network=f"a{letter}b", memo=None)
    return lambda venue: signed(venue, joined(values, raw))


def _with(**new: str | None) -> Callable[[str], Sent]:
    return lambda venue: signed(venue, joined(changed(ORDER, **new)))


def _seconds_signed_ms_sent(venue: str) -> Sent:
    seconds = changed(ORDER, timestamp=str(NOW // 1000 - 1))
    ms = changed(ORDER, timestamp=str((NOW // 1000 - 1) * 1000 + 123))
    return signed(venue, joined(seconds), sent=joined(ms))


def _json(venue: str, text: str | None = None) -> Sent:
    """Everything but stamp and signature in a JSON body; signed is `text`."""
    rest = {name: ORDER[name] for name in ("recvWindow", "timestamp")}
    body = json.dumps({name: value for name, value in ORDER.items() if name not in rest})
    made = {
        "query": joined(rest),
        "body": body,
        "both": joined(rest) + body,
        "sorted": joined(ORDER),
    }
    return signed(venue, made[text or "query"], sent=joined(rest), body=body)


def _everything_in_json(venue: str) -> Sent:
    made = hex_of(joined(ORDER), KEYS[venue]["secret"])
    return Sent(venue, "", body=json.dumps({**ORDER, "signature": made}))


def _eight_in_any_order(venue: str) -> Sent:
    values = shuffled(ORDER, "timestamp", "symbol", "side", "quantity", "type", "price")
    return signed(venue, joined(values), sent=joined(ORDER))


def _nine_in_order_of_the_documentation(venue: str) -> Sent:
    """Too many to try every order of them."""
    names = {"mexc": ("symbol", "side", "type"), "binance": ("symbol", "side", "type")}[venue]
    adapter = installed().adapter(venue)
    create = next(one for one in known_requests(adapter) if one.changes and one.method == "POST")
    listed = [name for name, _ in create.params]
    assert tuple(listed[:3]) == names
    values = ORDER | {name: "GTC" for name in listed if name not in ORDER} | {"z": "1"}
    first = [*listed, "recvWindow", "timestamp"]
    return signed(venue, joined(shuffled(values, *first)), sent=joined(changed(values)))


def _other_secret(venue: str) -> Sent:
    return signed(venue, joined(ORDER), secret="f00d" * 16)


def _spaced_secret(venue: str) -> Sent:
    return signed(venue, joined(ORDER), secret=KEYS[venue]["secret"] + "\n")


def _quoted_secret(venue: str) -> Sent:
    return signed(venue, joined(ORDER), secret=f'"{KEYS[venue]["secret"]}"')


def _key(change: Callable[[str], str]) -> Callable[[str], Sent]:
    return lambda venue: signed(venue, joined(ORDER), key=change(KEYS[venue]["api_key"]))


def _upper(venue: str) -> Sent:
    made = in_order(venue)
    made.signature = (made.signature or "").upper()
    return made


def _base64(venue: str) -> Sent:
    text = joined(ORDER)
    digest = hmac.new(KEYS[venue]["secret"].encode(), text.encode(), hashlib.sha256).digest()
    return Sent(venue, text, encoded(base64.b64encode(digest).decode()))


def _sha512(venue: str) -> Sent:
    text = joined(ORDER)
    return Sent(
        venue, text, hmac.new(KEYS[venue]["secret"].encode(), text.encode(), "sha512").hexdigest()
    )


def _unsigned_window(venue: str) -> Sent:
    return signed(venue, joined(changed(ORDER, recvWindow=None)), sent=joined(ORDER))


def _prehash(venue: str) -> Sent:
    text = joined(ORDER)
    return signed(venue, f"POST/api/v3/order?{text}", sent=text)


def _question_mark(venue: str) -> Sent:
    return signed(venue, "?" + joined(ORDER), sent=joined(ORDER))


def _secret_sent(venue: str) -> Sent:
    return signed(venue, joined(changed(ORDER, secretKey=KEYS[venue]["secret"])))


def _several(venue: str) -> Sent:
    values = shuffled(NETWORK, "timestamp") | {"amount": "1e-7", "recvWindow": "70000"}
    values["timestamp"] = str(NOW // 1000)
    made = signed(venue, joined(values, plus), key=KEYS[venue]["api_key"] + " ")
    made.signature = (made.signature or "").upper()
    return made


CASES = [
    Case("a request as it should be", (), in_order, signed="as they were sent"),
    Case("an encoded request as it should be", (), _written(encoded)),
    Case("no recvWindow, which may be left out", (), _with(recvWindow=None)),
    Case("an id that looks like a number with an exponent", (), _with(newClientOrderId="12e5")),
    Case("parameters not in ASCII order", ("order",), out_of_order, signed="as they were sent"),
    Case(
        "signed in order, sent otherwise",
        ("order",),
        _sorted_but_sent_otherwise,
        signed="sorted by name",
    ),
    Case(
        "sent in order, signed otherwise",
        ("order",),
        _signed_otherwise_but_sent_sorted,
        signed="in the order type, symbol, side, timestamp",
    ),
    Case(
        "eight sent in order, signed in another one",
        ("order",),
        _eight_in_any_order,
        signed="in the order timestamp, symbol, side, quantity, type, price, ",
    ),
    Case(
        "sent in order, signed as documentation lists them",
        ("order",),
        _nine_in_order_of_the_documentation,
        signed="in the order symbol, side, type, ",
    ),
    Case("upper case sorted after lower case", ("order",), _upper_before_lower),
    Case("signature not last", ("signature_not_last",), _signature_in_the_middle),
    Case(
        "an empty signature was signed",
        ("signature_signed",),
        _empty_signature_signed,
        signed="signature= at the end",
    ),
    Case("an empty signature was sorted in", ("signature_signed",), _empty_signature_sorted_in),
    Case("signature=None was signed", ("signature_signed",), _none_signed),
    Case("signed twice", ("signature_signed",), _signed_twice, signed="with a first signature"),
    Case("signed twice, the first one sorted in", ("signature_signed",), _signed_twice_sorted),
    Case("lower-case hex", ("lower_hex",), _written(lower)),
    Case(
        "lower-case hex signed, upper-case sent", ("lower_hex",), _signed_as_but_sent_encoded(lower)
    ),
    Case("+ for a space", ("plus_for_space",), _written(plus)),
    Case("+ signed, %20 sent", ("plus_for_space",), _signed_as_but_sent_encoded(plus)),
    Case("unencoded text", ("unencoded",), _written(raw)),
    Case(
        "unencoded text signed, encoded sent",
        ("unencoded",),
        _signed_as_but_sent_encoded(raw),
        signed="unencoded",
    ),
    Case("a raw parenthesis", ("unencoded",), _only("(")),
    Case("a raw comma", ("unencoded",), _only(",")),
    Case("a raw letter that is not ASCII", ("unencoded",), _only("é")),
    Case("upper-case signature", ("upper_signature",), _upper),
    Case("timestamp in seconds", ("timestamp_seconds",), _with(timestamp=str(NOW // 1000))),
    Case("seconds signed, milliseconds sent", ("timestamp_seconds",), _seconds_signed_ms_sent),
    Case("timestamp missing", ("timestamp_missing",), _with(timestamp=None)),
    Case("timestamp stale", ("timestamp_stale",), _with(timestamp=str(NOW - 60_000))),
    Case("timestamp ahead", ("timestamp_ahead",), _with(timestamp=str(NOW + 60_000))),
    Case("timestamp in ISO 8601", ("timestamp_format",), _with(timestamp="2026-09-21T14:13:20Z")),
    Case("timestamp in microseconds", ("timestamp_format",), _with(timestamp=f"{NOW}000")),
    Case("recvWindow too large", ("recv_window_large",), _with(recvWindow="60001")),
    Case("recvWindow no number", ("recv_window_format",), _with(recvWindow="5s")),
    Case("a number with an exponent", ("exponent",), _with(quantity="1E-5")),
    Case("a JSON body, the query signed", ("json_body",), _json),
    Case("a JSON body, the body signed", ("json_body",), lambda venue: _json(venue, "body")),
    Case("a JSON body, both signed", ("json_body",), lambda venue: _json(venue, "both")),
    Case(
        "a JSON body, all parameters signed", ("json_body",), lambda venue: _json(venue, "sorted")
    ),
    Case("everything in a JSON body", ("json_body",), _everything_in_json),
    Case("another secret", ("wrong_secret",), _other_secret),
    Case(
        "the key used as the secret",
        ("wrong_secret",),
        lambda venue: signed(venue, joined(ORDER), secret=KEYS[venue]["api_key"]),
        signed="the API key in place of the secret",
    ),
    Case("white space around the key", ("white_space",), _key(lambda key: key + " ")),
    Case("a tab before the key", ("white_space",), _key(lambda key: "\t" + key)),
    Case(
        "the secret used with a line end",
        ("white_space",),
        _spaced_secret,
        signed="white space around it",
    ),
    Case(
        "the given secret has white space",
        ("white_space",),
        in_order,
        lambda secret: secret + "\n",
    ),
    Case("the secret used in quotation marks", ("quoted",), _quoted_secret),
    Case("the key in quotation marks", ("quoted",), _key(lambda key: f'"{key}"')),
    Case("no signature", ("signature_missing",), lambda venue: Sent(venue, joined(ORDER))),
    Case("signature in base64", ("signature_form",), _base64),
    Case("signature of SHA-512", ("signature_form",), _sha512, signed="as they were sent"),
    Case("no key", ("key_missing",), _key(lambda key: "")),
    Case(
        "the key in another header",
        ("key_header",),
        lambda venue: signed(venue, joined(ORDER), key_header="X-API-KEY"),
    ),
    Case(
        "a parameter twice",
        ("duplicate",),
        lambda venue: signed(venue, joined(ORDER) + "&type=LIMIT"),
    ),
    Case("a broken escape", ("bad_escape",), lambda venue: signed(venue, joined(ORDER) + "&x=%G1")),
    Case(
        "needless escapes",
        ("odd_writing",),
        lambda venue: signed(venue, joined(ORDER).replace("BUY", "%42UY")),
    ),
    Case(
        "recvWindow not signed", ("signed_not_sent",), _unsigned_window, signed="without recvWindow"
    ),
    Case("method and path signed", ("signed_not_sent",), _prehash, signed="after method and path"),
    Case("the question mark signed", ("signed_not_sent",), _question_mark),
    Case("the secret sent", ("secret_sent",), _secret_sent),
    Case(
        "a raw # inside",
        ("fragment", "signature_missing", "timestamp_missing"),
        lambda venue: signed(venue, joined(ORDER).replace("a1b2c3", "a#b")),
    ),
    Case(
        "many at once",
        (
            "order",
            "plus_for_space",
            "exponent",
            "recv_window_large",
            "timestamp_seconds",
            "upper_signature",
            "white_space",
        ),
        _several,
    ),
]


def _unquoted() -> str:
    sent = in_order("mexc")
    return sent.curl.replace(f"'{sent.url}'", sent.url)


def _form(venue: str, header: str, *more: str) -> str:
    """Both venues document parameters in a form body, and in query and body together."""
    text, keys = joined(ORDER), KEYS[venue]
    made = hex_of(text, keys["secret"])
    where = f"https://{HOSTS[venue]}/api/v3/order"
    headers = " ".join(f"-H '{one}'" for one in (f"{header}: {keys['api_key']}", *more))
    return f"curl {headers} {where} -d '{text}&signature={made}'"


WARNED: dict[str, tuple[str, str, str]] = {
    "a key that is not of this venue": (
        "mexc",
        "key_shape",
        signed("mexc", joined(ORDER), key="760bca17a87a96dd7287431892404607").curl,
    ),
    "no Content-Type where every request should have it": (
        "mexc",
        "header_missing",
        in_order("mexc").curl.replace("Content-Type", "X-Type"),
    ),
    "an address without quotation marks": ("mexc", "unquoted_command", _unquoted()),
    "plain HTTP to the venue": (
        "mexc",
        "plain_http",
        in_order("mexc").curl.replace("https:", "http:"),
    ),
    "parameters in a form body": ("binance", "form_body", _form("binance", "X-MBX-APIKEY")),
    "parameters in a form body that is declared as JSON": (
        "mexc",
        "form_body",
        _form("mexc", "X-MEXC-APIKEY", "Content-Type: application/json"),
    ),
}
"""Requests that may be accepted, with something worth a look: venue, fault, text."""
