"""ccxt, unchanged but for its addresses, pointed at a simulated venue.

The measure of a simulated venue is that a client nobody here wrote trades on it. So nothing of a
ccxt class is touched except ``urls["api"]``, where the scheme and host of each address is replaced
and its path kept; ccxt keeps its own signing, parsing, precision and pacing.

A test module::

    from support.ccxt_client import client, exact, needs_ccxt

    @needs_ccxt
    def test_it_buys(venue):
        with client("okx", venue.url, key=…, secret=…, password=…) as exchange: ...

What ccxt reports is compared with the venue's control interface, which shows the true ledger.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest

_HOST = re.compile(r"^https?://[^/]+")


def _installed() -> bool:
    """Whether the real ccxt is there: this folder's own name must not be mistaken for it."""
    try:
        found = importlib.util.find_spec("ccxt.base.exchange")
    except ModuleNotFoundError:
        return False
    return found is not None


def needs_ccxt(test: Any) -> Any:
    """Marks a test: selected by ``-m ccxt``, skipped plainly where ccxt is not installed."""
    skip = pytest.mark.skipif(
        not _installed(), reason="ccxt is not installed (dependency group `ccxt`)"
    )
    return pytest.mark.ccxt(skip(test))


def readdressed(addresses: Any, url: str) -> Any:
    """The same tree of addresses with every scheme and host replaced by `url`."""
    if isinstance(addresses, dict):
        return {name: readdressed(value, url) for name, value in addresses.items()}
    return _HOST.sub(url.rstrip("/"), addresses) if isinstance(addresses, str) else addresses


@contextmanager
def client(
    name: str, url: str, *, key: str = "", secret: str = "", password: str = ""
) -> Iterator[Any]:
    """A ccxt exchange whose every address leads to `url`; closed at the end."""
    ccxt = importlib.import_module("ccxt")
    exchange = getattr(ccxt, name)({"apiKey": key, "secret": secret, "password": password})
    exchange.urls["api"] = readdressed(exchange.urls["api"], url)
    try:
        yield exchange
    finally:
        exchange.session.close()


def exact(number: Any) -> Decimal:
    """ccxt's float or string as the decimal it was printed from."""
    return Decimal(str(number))
