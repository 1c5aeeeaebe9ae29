"""Captured requests for the doctor, signed by code of the tests' own: rightly, or wrongly in
exactly one way. Nothing here is shared with the kit's signers.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote, quote_plus

from support.traders import KEYS

NOW = 1_790_000_000_000
HEADERS = {"mexc": "X-MEXC-APIKEY", "binance": "X-MBX-APIKEY"}
HOSTS = {
    "mexc": "api.mexc.com",
    "binance": "api.binance.com",
    "bybit": "api.bybit.com",
    "okx": "www.okx.com",
}
ORDER = {
    "newClientOrderId": "a1b2c3",
    "price": "25000",
    "quantity": "0.00001",
    "recvWindow": "5000",
    "side": "BUY",
    "symbol": "BTCUSDT",
    "timestamp": str(NOW - 200),
    "type": "LIMIT",
}
NETWORK = {
    "coin": "USDT",
    "memo": "café, 1",
    "network": "Arbitrum One(ARB)",
    "timestamp": str(NOW - 200),
}


def hex_of(text: str, secret: str) -> str:
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def base64_of(text: str, secret: str) -> str:
    return base64.b64encode(
        hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    ).decode()


def encoded(value: str) -> str:
    return quote(value, safe="")


def raw(value: str) -> str:
    return value


def lower(value: str) -> str:
    pieces = encoded(value).split("%")
    return pieces[0] + "".join("%" + piece[:2].lower() + piece[2:] for piece in pieces[1:])


def plus(value: str) -> str:
    return quote_plus(value, safe="")


def joined(values: dict[str, str], encode: Callable[[str], str] = encoded) -> str:
    return "&".join(f"{name}={encode(value)}" for name, value in values.items())


def shuffled(values: dict[str, str], *first: str) -> dict[str, str]:
    """The same with some of them in front."""
    return {name: values[name] for name in (*first, *(n for n in values if n not in first))}


def changed(values: dict[str, str], **new: str | None) -> dict[str, str]:
    """The same with other values; those that are None are gone. Stays in order."""
    made = {name: new.get(name, value) for name, value in values.items()} | new
    return {name: value for name, value in sorted(made.items()) if value is not None}


@dataclass
class Sent:
    """A request as a user would capture it: a curl command."""

    venue: str
    query: str
    signature: str | None = None
    method: str = "POST"
    path: str = "/api/v3/order"
    key: str | None = None
    key_header: str | None = None
    body: str = ""
    more: dict[str, str] = field(default_factory=dict)
    after: str = ""

    @property
    def url(self) -> str:
        signed = (
            self.query if self.signature is None else f"{self.query}&signature={self.signature}"
        )
        return f"https://{HOSTS[self.venue]}{self.path}?{signed}{self.after}"

    @property
    def curl(self) -> str:
        key = KEYS[self.venue]["api_key"] if self.key is None else self.key
        headers = {self.key_header or HEADERS[self.venue]: key, "Content-Type": "application/json"}
        words = [f"curl -X {self.method} '{self.url}'"]
        words += [f"-H '{name}: {value}'" for name, value in (headers | self.more).items()]
        if self.body:
            words.append(f"--data-raw '{self.body}'")
        return " \\\n  ".join(words)


def signed(
    venue: str, text: str, *, sent: str | None = None, secret: str | None = None, **more: object
) -> Sent:
    """`sent` (or `text`) with the signature of `text`."""
    made = hex_of(text, KEYS[venue]["secret"] if secret is None else secret)
    return Sent(venue, text if sent is None else sent, made, **more)  # type: ignore[arg-type]


def iso(ms: int = NOW - 200) -> str:
    moment = datetime.fromtimestamp(ms // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{ms % 1000:03d}Z"


@dataclass
class Header:
    """A request signed in headers (OKX): what was signed, and what was sent."""

    stamp: str = field(default_factory=iso)
    method: str = "GET"
    path: str = "/api/v5/account/balance"
    query: str = "ccy=BTC,ETH"
    body: str = ""
    sent: dict[str, str] = field(default_factory=dict)
    secret: str = KEYS["okx"]["secret"]
    passphrase: str | None = KEYS["okx"]["passphrase"]
    key: str = KEYS["okx"]["api_key"]
    sign: Callable[[str, str], str] = base64_of
    kind: str = "application/json"
    more: dict[str, str] = field(default_factory=dict)
    text: str | None = None

    @property
    def curl(self) -> str:
        target = self.path + (f"?{self.query}" if self.query else "")
        text = self.stamp + self.method + target + self.body if self.text is None else self.text
        path, query = self.sent.get("path", self.path), self.sent.get("query", self.query)
        body = self.sent.get("body", self.body)
        headers = {
            "OK-ACCESS-KEY": self.key,
            "OK-ACCESS-SIGN": self.sign(text, self.secret),
            "OK-ACCESS-TIMESTAMP": self.sent.get("stamp", self.stamp),
        }
        if self.passphrase is not None:
            headers["OK-ACCESS-PASSPHRASE"] = self.passphrase
        if body:
            headers["Content-Type"] = self.kind
        words = [f"curl -X {self.sent.get('method', self.method)}"]
        words.append(f"'https://{HOSTS['okx']}{path}" + (f"?{query}'" if query else "'"))
        words += [f"-H '{name}: {value}'" for name, value in (headers | self.more).items()]
        if body:
            words.append(f"--data-raw '{body}'")
        return " ".join(words)


OKX_ORDER = {
    "instId": "BTC-USDT",
    "tdMode": "cash",
    "side": "buy",
    "ordType": "limit",
    "px": "25000",
    "sz": "0.1",
}


def okx_order(**more: object) -> Header:
    usual = {"method": "POST", "path": "/api/v5/trade/order", "query": ""}
    body = json.dumps(OKX_ORDER, separators=(",", ":"))
    return Header(**({**usual, "body": body} | more))  # type: ignore[arg-type]
