"""Both clients on the same bytes: ours behind a transport that answers at once, ccxt with its
``fetch`` answered at once. Neither waits for a venue's limits."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

from benchmarks.answers import KEY, PASSPHRASE, SECRET
from benchmarks.scale import Bodies
from exchangekit.adapter import Adapter, Cost, Credentials, Environment, Outgoing, Reply
from exchangekit.exchange import Exchange, SyncExchange
from exchangekit.hookspecs import new_manager
from exchangekit.journal import AsyncSide, Journal
from exchangekit.operations import Connection, Hooks, OneVenue
from exchangekit.plugins import installed
from exchangekit.runtime.drivers import AsyncDriver, SyncDriver
from exchangekit.runtime.limits import LocalLimits, ScopeLimits
from exchangekit.runtime.limits.base import Kind
from exchangekit.runtime.limits.local import Limiter
from exchangekit.runtime.policy import Policy, Settings
from exchangekit.runtime.transports import AsyncTransport, SyncTransport

_NAME = re.compile(r"(?:newClientOrderId|clOrdId|clientOid)\"?[=:]\"?([A-Za-z0-9_-]+)")
_ITS_NAME = re.compile(rb"(\"(?:clientOrderId|clOrdId|origClientOrderId)\":\")mine")
_HOST = re.compile(r"^https?://[^/]+")


class Answers:
    """What a request is answered with."""

    def __init__(self, bodies: Bodies) -> None:
        self.bodies = bodies

    def to(self, method: str, target: str, body: str = "") -> bytes:
        """The body for a request; an order is told the name that it was given."""
        path, _, query = target.partition("?")
        answer = self.bodies[method, path]
        if method == "GET":
            return answer
        named = _NAME.search(body or query)
        return _ITS_NAME.sub(rb"\g<1>" + named[1].encode(), answer) if named else answer


class Canned:
    """A transport that answers at once."""

    name = "canned"

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    def send(self, outgoing: Outgoing, timeout: float) -> Reply:
        body = outgoing.body.decode()
        return Reply(200, {}, self._answers.to(outgoing.method, outgoing.target, body))

    def close(self) -> None:
        """There is nothing to close."""


class _Granting(Limiter):
    """Counts as always, and begins anew instead of letting anybody wait."""

    def __init__(self) -> None:
        super().__init__(ScopeLimits(), ScopeLimits())

    def reserve(self, costs: tuple[Cost, ...], now: float, kind: Kind) -> float:
        if super().reserve(costs, now, kind) > 0:
            vars(self).update(vars(_Granting()))
            super().reserve(costs, now, kind)
        return 0.0


def granted() -> LocalLimits:
    """Limits that nobody waits for."""
    made = LocalLimits(ScopeLimits(), ScopeLimits())
    made.counted = _Granting()
    return made


def operations(venue: str | Adapter, url: str | None = None) -> OneVenue:
    """The venue as a strategy has it, but for its limits."""
    adapter = installed().adapter(venue) if isinstance(venue, str) else venue
    place = adapter.environments["live"]
    if url is not None:
        place = Environment(url, place.headers)
    phrase = PASSPHRASE if adapter.signer.needs_passphrase else None
    keys = Credentials(KEY, SECRET, phrase)
    policy = Policy(adapter, place, keys, granted(), Settings())
    return OneVenue(Connection(policy, Hooks(new_manager()), "live"))


def ours(
    venue: str, transport: SyncTransport, *, url: str | None = None, journal: Journal | None = None
) -> SyncExchange:
    return SyncExchange(operations(venue, url), SyncDriver(transport, journal))


def ours_async(
    venue: str, transport: AsyncTransport, *, url: str | None = None, journal: Journal | None = None
) -> Exchange:
    written = None if journal is None else AsyncSide(journal)
    return Exchange(operations(venue, url), AsyncDriver(transport, written))


def theirs(venue: str, answers: Answers | None = None, *, url: str = "") -> Any:
    """ccxt's venue, answered at once, or at `url`."""
    made = _of_ccxt("ccxt", venue, url)
    if answers is not None:

        def fetch(
            address: str, method: str = "GET", headers: Any = None, body: str | None = None
        ) -> Any:
            return made.parse_json(answers.to(method, _HOST.sub("", address), body or "").decode())

        made.fetch = fetch
    return made


def theirs_async(venue: str, url: str) -> Any:
    return _of_ccxt("ccxt.async_support", venue, url)


def _of_ccxt(module: str, venue: str, url: str) -> Any:
    made = getattr(import_module(module), venue)(
        {
            "apiKey": KEY,
            "secret": SECRET,
            "password": PASSPHRASE,
            "enableRateLimit": False,
            "options": {
                "defaultType": "spot",
                "fetchMarkets": {"types": ["spot"]},
                "fetchCurrencies": False,
                "fetchMargins": False,
            },
        }
    )
    made.has["fetchCurrencies"] = False
    if venue == "mexc":
        made.fetch_swap_markets = _no_markets(module)
    if url:
        made.urls["api"] = _readdressed(made.urls["api"], url)
    return made


def _no_markets(module: str) -> Any:
    """Derivatives are not asked for: no option of ccxt's MEXC leaves them out."""

    def none(params: Any = None) -> list[Any]:
        return []

    async def none_awaited(params: Any = None) -> list[Any]:
        return []

    return none_awaited if "async" in module else none


def _readdressed(addresses: Any, url: str) -> Any:
    if isinstance(addresses, dict):
        return {name: _readdressed(value, url) for name, value in addresses.items()}
    return _HOST.sub(url, addresses) if isinstance(addresses, str) else addresses
