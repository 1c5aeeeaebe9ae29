"""Looking at a venue, a key and this machine's way to it, check by check.

Asks for the time, the status and what the key may do; places no order and changes nothing. Lines
come as they are found out, so that whoever watches sees where it stops.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib import metadata
from typing import TypeVar

from exchangekit.adapter.base import Adapter, Environment
from exchangekit.adapter.credentials import Credentials
from exchangekit.adapter.decode import milliseconds
from exchangekit.adapter.request import Outgoing, Reply
from exchangekit.adapter.scheme import scheme_of
from exchangekit.connect import connect_sync, refuse_unencrypted
from exchangekit.credentials import has_shape, key_variables, load_credentials
from exchangekit.doctor import rights
from exchangekit.doctor.drift import Reading, judge
from exchangekit.doctor.endpoints import known_requests
from exchangekit.doctor.findings import Line, Verdict
from exchangekit.doctor.reach import reach
from exchangekit.doctor.secrecy import Redactor
from exchangekit.errors import ConfigurationError, ExchangeError, RateLimited
from exchangekit.hookspecs import new_manager
from exchangekit.models.account import ApiKeyInfo
from exchangekit.models.enums import VenueState
from exchangekit.operations import Connection, Hooks, OneVenue, missing
from exchangekit.plugins import installed
from exchangekit.runtime.drivers import SyncDriver
from exchangekit.runtime.effects import Flow
from exchangekit.runtime.limits import LocalLimits, ScopeLimits
from exchangekit.runtime.policy import Policy, Settings
from exchangekit.runtime.transports import AUTO, SyncTransport, Timeouts, open_sync

SAMPLES = 5
_NEARLY = 0.9
_TIMEOUTS = Timeouts(connect=5.0, read=5.0, attempt=8.0, total=10.0)
_NOT_REACHED = "Not looked at: the venue was not reached."
_AFTER = ("status", "clock", *rights.CHECKS, "limits")


T = TypeVar("T")


class _Watched:
    """A transport that keeps the headers of the last reply, for what they tell of limits."""

    def __init__(self, inner: SyncTransport) -> None:
        self.inner = inner
        self.headers: dict[str, str] = {}

    @property
    def name(self) -> str:
        return self.inner.name

    def send(self, outgoing: Outgoing, timeout: float) -> Reply:
        reply = self.inner.send(outgoing, timeout)
        self.headers.update(reply.headers)
        return reply

    def close(self) -> None:
        self.inner.close()


@dataclass(slots=True)
class _Visit:
    """One venue in one environment, with the credentials there are."""

    adapter: Adapter
    place: Environment
    environment: str
    transport: _Watched
    credentials: Credentials | None = None
    policy: Policy = field(init=False)

    def __post_init__(self) -> None:
        limits = LocalLimits(ScopeLimits(), ScopeLimits())
        settings = Settings(timeouts=_TIMEOUTS, max_wait=5.0, retries=0)
        self.policy = Policy(self.adapter, self.place, self.credentials, limits, settings)

    def has(self, operation: str) -> bool:
        return not missing(self.adapter, self.environment, (operation,))

    def run(self, flow: Flow[T]) -> T:
        return SyncDriver(self.transport).run(flow)


def visit(
    venue: str,
    *,
    environment: str = "live",
    base_url: str | None = None,
    account: str | None = None,
    insecure_http: bool = False,
) -> Iterator[Line]:
    """A line for each check. `insecure_http` lets the key go over plain http to another machine.
    Raises ConfigurationError where the set-up names something that is not there (venue,
    environment, account)."""
    connect_sync(
        venue,
        environment=environment,
        base_url=base_url,
        account=account,
        insecure_http=insecure_http,
    ).close()
    plugins = installed()
    adapter = plugins.adapter(venue)
    place = adapter.environments[environment]
    if base_url is not None:
        place = replace(place, base_url=base_url.rstrip("/"))
    kit = f"exchangekit {metadata.version('exchangekit')}, Python {platform.python_version()}"
    yield Line("plugin", Verdict.PASS, f"{plugins.origin(venue)}; {kit}.")
    transport = _Watched(open_sync(AUTO, _TIMEOUTS))
    made = _named(transport.name)
    yield Line("transport", Verdict.PASS, f"{made} to {place.base_url} ({environment}).")
    credentials, line = _credentials(adapter, base_url, account)
    if credentials is not None and not insecure_http:
        try:
            refuse_unencrypted(place.origin)
        except ConfigurationError as problem:
            advice = "Give an https:// address, or --insecure-http where the whole way is yours."
            credentials, line = None, Line("key", Verdict.FAIL, f"{problem}.", advice)
    yield line
    shown = Redactor(_held(credentials))
    try:
        for line in _there(_Visit(adapter, place, environment, transport, credentials)):
            yield replace(line, said=shown.clean(line.said))
    finally:
        transport.close()


def _named(transport: str) -> str:
    """A transport, and what it stands on."""
    if transport == "plain":
        return "plain"
    if transport == "fast":
        return f"fast (httptools {metadata.version('httptools')})"
    return f"{transport} {metadata.version(transport)}"


def _held(credentials: Credentials | None) -> list[tuple[str, str]]:
    if credentials is None:
        return []
    passphrase = credentials.passphrase
    return [
        ("key", credentials.api_key.get_secret_value()),
        ("secret", credentials.secret.get_secret_value()),
        ("passphrase", passphrase.get_secret_value() if passphrase else ""),
    ]


def _credentials(
    adapter: Adapter, base_url: str | None, account: str | None
) -> tuple[Credentials | None, Line]:
    names = ", ".join(key_variables(adapter))
    try:
        found = load_credentials(adapter, account=account, own_address=base_url is not None)
    except ConfigurationError as problem:
        advice = f"Mend it where it is set ({names}, .env or the keyring)."
        return None, Line("key", Verdict.FAIL, f"{problem}.", advice)
    if found is None:
        said = "No key was found: only public data can be read."
        advice = f"Set {names} in the environment, in .env or in the keyring."
        return None, Line("key", Verdict.WARN, said, advice)
    size, source, shape = len(found.api_key), found.source, adapter.key_shape
    scheme = scheme_of(adapter.signer)
    signs = "" if scheme is None else f" Its secret signs with {scheme.method_of(found.kind)}."
    if shape is None or has_shape(adapter, found.api_key):
        said = f"Present, {size} characters, of the right shape (from {source}).{signs}"
        return found, Line("key", Verdict.PASS, said)
    said = (
        f"Present, but it does not look like one of {adapter.title} ({shape.description}; from"
        f" {source}).{signs}"
    )
    advice = "That is fine for a simulated venue; the venue itself will not know it."
    return found, Line("key", Verdict.WARN, said, advice)


def _there(seen: _Visit) -> Iterator[Line]:
    for line in reach(seen.place.base_url):
        yield line
        if line.verdict is Verdict.FAIL:
            yield from (Line(name, Verdict.SKIP, _NOT_REACHED) for name in _AFTER)
            return
    status = _status(seen)
    yield status
    yield _clock(seen)
    if seen.credentials is None:
        said = "Not looked at: there is no key that can be used."
        yield from (Line(name, Verdict.SKIP, said) for name in rights.CHECKS)
    else:
        yield from _signed(seen)
    yield _limits(seen)


def _status(seen: _Visit) -> Line:
    if not seen.has("fetch_status"):
        return Line("status", Verdict.SKIP, "The venue has no status to ask for here.")
    try:
        connection = Connection(seen.policy, Hooks(new_manager()), seen.environment)
        found = seen.run(OneVenue(connection).fetch_status())
    except RateLimited as error:
        return Line("status", Verdict.WARN, f"Not told: {error.message}.", error.hint)
    except ExchangeError as error:
        return Line("status", Verdict.FAIL, f"{error.message}.", error.hint or "Try again later.")
    told = f" ({found.message})" if found.message else ""
    if found.state is VenueState.OK:
        return Line("status", Verdict.PASS, f"The venue works{told}.")
    if found.state is VenueState.UNKNOWN:
        return Line("status", Verdict.FAIL, f"{found.message}.", "Try again later.")
    said = f"The venue says that it does not work: {found.state}{told}."
    return Line("status", Verdict.FAIL, said, "Try again later.")


def _clock(seen: _Visit) -> Line:
    readings: list[Reading] = []
    for _ in range(SAMPLES):
        before = time.time() * 1000
        try:
            call = seen.adapter.fetch_time()
            venue = seen.run(seen.policy.call("fetch_time", call))
        except ExchangeError as error:
            if readings:
                break
            said = f"The venue's time could not be asked: {error.message}."
            return Line("clock", Verdict.FAIL, said, error.hint or "Try again later.")
        readings.append(Reading(before, time.time() * 1000, milliseconds(venue)))
    return judge(readings)


def _signed(seen: _Visit) -> Iterator[Line]:
    info: ApiKeyInfo | None = None
    try:
        if seen.has("fetch_api_key"):
            asked = seen.adapter.fetch_api_key()
            info = seen.run(seen.policy.call("fetch_api_key", asked))
            request = asked.request
        else:
            call = seen.adapter.fetch_balance()
            seen.run(seen.policy.call("fetch_balance", call))
            request = call.request
    except ExchangeError as error:
        yield from rights.refused(error)
        return
    yield from rights.accepted(f"{request.method} {request.path}", info, datetime.now(UTC))


def _limits(seen: _Visit) -> Line:
    """What is left, where the venue's replies tell it."""
    costs = {cost.counter: cost for one in known_requests(seen.adapter) for cost in one.costs}
    told, tight = [], False
    for header, counter in seen.adapter.used_weight_headers.items():
        used, cost = seen.transport.headers.get(header, ""), costs.get(counter)
        if cost is not None and used.isdecimal() and len(used) < 10:
            told.append(f"{counter}: {int(used)} of {cost.limit} used in {cost.seconds:g} s")
            tight = tight or int(used) > cost.limit * _NEARLY
    remaining = seen.adapter.remaining_headers
    left = remaining.left(seen.transport.headers) if remaining is not None else None
    if left is not None:
        told.append(f"{left} more of the last kind of request may be asked at once")
        tight = tight or left == 0
    if not told:
        return Line("limits", Verdict.SKIP, "The venue's answers do not tell what is left.")
    said = "; ".join(told) + "."
    if tight:
        advice = "Something on this address asks a lot: wait, or look for other programs."
        return Line("limits", Verdict.WARN, said, advice)
    return Line("limits", Verdict.PASS, said)
