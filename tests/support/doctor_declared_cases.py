"""Requests to venues that sign with a key and a window (Bybit) or as text in front of a body
(Bitget), each wrong in exactly one way (or right). What was signed is put together by code of the
tests' own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from support.captures import NOW, base64_of, hex_of
from support.traders import KEYS

AGO = str(NOW - 200)
Sign = Callable[[str, str], str]


@dataclass(frozen=True)
class Dialect:
    """How a venue wants to be asked, as its page says it."""

    venue: str
    host: str
    headers: tuple[str, str, str]
    """Of the key, the signature and the time."""
    sign: Sign
    other_form: Sign
    path: str
    query: str
    other_query: str
    place: str
    order: dict[str, str]
    signs_target: bool
    window: str | None = None
    passphrase: str | None = None

    def text(self, sent: Sent) -> str:
        if self.signs_target:
            asked = f"?{sent.query}" if sent.query else ""
            return f"{sent.stamp}{sent.method}{sent.path}{asked}{sent.body}"
        told = sent.query if sent.method == "GET" else sent.body
        return f"{sent.stamp}{sent.key}{sent.window or ''}{told}"


BYBIT = Dialect(
    "bybit",
    "api.bybit.com",
    ("X-BAPI-API-KEY", "X-BAPI-SIGN", "X-BAPI-TIMESTAMP"),
    hex_of,
    base64_of,
    "/v5/account/wallet-balance",
    "accountType=UNIFIED&coin=USDT",
    "coin=USDT&accountType=UNIFIED",
    "/v5/order/create",
    {"category": "spot", "symbol": "BTCUSDT", "side": "Buy", "orderType": "Limit", "price": "9"},
    signs_target=False,
    window="5000",
)
BITGET = Dialect(
    "bitget",
    "api.bitget.com",
    ("ACCESS-KEY", "ACCESS-SIGN", "ACCESS-TIMESTAMP"),
    base64_of,
    hex_of,
    "/api/v2/spot/account/assets",
    "assetType=hold_only&coin=USDT",
    "coin=USDT&assetType=hold_only",
    "/api/v2/spot/trade/place-order",
    {"symbol": "BTCUSDT", "side": "buy", "orderType": "limit", "price": "9", "size": "1"},
    signs_target=True,
    passphrase=KEYS["bitget"]["passphrase"],
)
DIALECTS = {one.venue: one for one in (BYBIT, BITGET)}


@dataclass(frozen=True)
class Sent:
    """A request as it left."""

    dialect: Dialect
    method: str = "GET"
    path: str = ""
    query: str = ""
    body: str = ""
    stamp: str = AGO
    key: str = ""
    window: str | None = None
    passphrase: str | None = None
    signature: str = ""
    kind: str = "application/json"

    @property
    def curl(self) -> str:
        key, sign, time = self.dialect.headers
        headers = {key: self.key, sign: self.signature, time: self.stamp}
        if self.window is not None:
            headers["X-BAPI-RECV-WINDOW"] = self.window
        if self.passphrase is not None:
            headers["ACCESS-PASSPHRASE"] = self.passphrase
        if self.body:
            headers["Content-Type"] = self.kind
        target = self.path + (f"?{self.query}" if self.query else "")
        words = [f"curl -X {self.method} 'https://{self.dialect.host}{target}'"]
        words += [f"-H '{name}: {value}'" for name, value in headers.items()]
        return " ".join(words + ([f"--data-raw '{self.body}'"] if self.body else []))


def get(dialect: Dialect, signed: dict[str, str] | None = None, **more: str | None) -> Sent:
    """A reading request; `signed` are the parts that were signed otherwise than they were sent."""
    usual = {"path": dialect.path, "query": dialect.query}
    return _signed(dialect, usual, signed or {}, more)


def post(dialect: Dialect, signed: dict[str, str] | None = None, **more: str | None) -> Sent:
    body = json.dumps(dialect.order, separators=(",", ":"))
    usual = {"method": "POST", "path": dialect.place, "body": body}
    return _signed(dialect, usual, signed or {}, more)


def _signed(
    dialect: Dialect, usual: dict[str, str], signed: dict[str, str], more: dict[str, str | None]
) -> Sent:
    keys = KEYS[dialect.venue]
    parts: dict[str, str | None] = {"key": keys["api_key"], "window": dialect.window}
    parts |= {"passphrase": dialect.passphrase} | usual
    secret, sign = keys["secret"], dialect.sign
    if (form := more.pop("form", None)) is not None:
        sign = dialect.other_form if form == "other" else lambda text, secret: form
    secret = more.pop("secret", None) or secret
    text = more.pop("text", None)
    parts |= more
    made = Sent(dialect, **(parts | signed))  # type: ignore[arg-type]
    signature = sign(dialect.text(made) if text is None else text, secret)
    return Sent(dialect, **parts, signature=signature)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Case:
    """A request with exactly these faults."""

    title: str
    faults: tuple[str, ...]
    sent: Sent


def cases(venue: str) -> Iterator[Case]:
    """Those of every venue, and its own."""
    one = DIALECTS[venue]
    mine = KEYS[venue]
    spaced = json.dumps(one.order)
    yield Case("a GET as it should be", (), get(one))
    yield Case("a GET of another order", (), get(one, query=one.other_query))
    yield Case("a POST as it should be", (), post(one))
    yield Case("a POST with spaces in its body", (), post(one, body=spaced))
    yield Case("the query not signed", ("query_signed",), get(one, {"query": ""}))
    yield Case(
        "the query signed in another order", ("query_signed",), get(one, {"query": one.other_query})
    )
    yield Case("the body not signed", ("body_signed",), post(one, {"body": ""}))
    yield Case("a body with other spaces signed", ("body_signed",), post(one, {"body": spaced}))
    yield Case("a body with sorted keys signed", ("body_signed",), _sorted(one))
    yield Case("an old time", ("timestamp_stale",), get(one, stamp=str(NOW - 60_000)))
    yield Case("a time to come", ("timestamp_ahead",), get(one, stamp=str(NOW + 60_000)))
    seconds = ("timestamp_format", "timestamp_seconds")
    yield Case("a time in seconds", seconds, get(one, stamp=str(NOW // 1000)))
    yield Case("a time that is none", ("timestamp_format",), get(one, stamp="today"))
    yield Case("no time", ("timestamp_missing",), get(one, stamp=""))
    yield Case("another secret", ("wrong_secret",), get(one, secret="0" * len(mine["secret"])))
    yield Case(
        "the secret with a line end", ("white_space",), get(one, secret=mine["secret"] + "\n")
    )
    yield Case("another key", ("key_other",), get(one, key=mine["api_key"][:-1] + "0"))
    yield Case("a digest in the other form", ("signature_form",), get(one, form="other"))
    yield Case("a signature that is none", ("signature_form",), get(one, form="abc="))
    yield Case("no signature", ("signature_missing",), get(one, form=""))
    if one.signs_target:
        yield from _of_target(one)
    else:
        yield from _of_key_and_window(one)


def _sorted(one: Dialect) -> Sent:
    return post(one, {"body": json.dumps(one.order, separators=(",", ":"), sort_keys=True)})


def _of_target(one: Dialect) -> Iterator[Case]:
    yield Case("another method signed", ("method_signed",), post(one, {"method": "GET"}))
    yield Case("the method in lower case", ("method_signed",), get(one, {"method": "get"}))
    yield Case("another path signed", ("path_signed",), get(one, {"path": one.place}))
    yield Case("no passphrase", ("passphrase_missing",), get(one, passphrase=None))
    yield Case("another passphrase", ("passphrase_other",), get(one, passphrase="Another-1"))


def _of_key_and_window(one: Dialect) -> Iterator[Case]:
    query = one.query
    key = KEYS[one.venue]["api_key"]
    yield Case("a longer window", (), get(one, window="20000"))
    yield Case("the key not signed", ("signed_not_sent",), get(one, text=f"{AGO}5000{query}"))
    yield Case("the window not signed", ("signed_not_sent",), get(one, text=f"{AGO}{key}{query}"))
    # Nothing in the request says which window that was.
    yield Case("another window signed", ("wrong_secret",), get(one, {"window": "6000"}))
