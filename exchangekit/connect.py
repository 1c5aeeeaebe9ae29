"""The public entry: puts the floors together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import Any

from exchangekit.adapter.base import Adapter, Environment
from exchangekit.adapter.request import Origin
from exchangekit.credentials import Secret, load_credentials
from exchangekit.errors import ConfigurationError, UnknownEnvironment
from exchangekit.exchange import Exchange, SyncExchange
from exchangekit.operations import Hooks, Operations, missing
from exchangekit.plugins import installed, manager_with
from exchangekit.runtime.drivers import AsyncDriver, SyncDriver
from exchangekit.runtime.limits import LocalLimits, shared_limits
from exchangekit.runtime.policy import Policy, Settings
from exchangekit.runtime.transport import AsyncTransport, SyncTransport, Timeouts

MAX_RECV_WINDOW = 60_000


def connect(
    venue: str,
    *,
    api_key: Secret | None = None,
    secret: Secret | None = None,
    passphrase: Secret | None = None,
    account: str | None = None,
    environment: str = "live",
    base_url: str | None = None,
    transport: str | AsyncTransport = "httpx",
    timeouts: Timeouts | None = None,
    proxy: str | None = None,
    recv_window: int = 5000,
    order_window: int = 3000,
    max_wait: float = 20.0,
    env_file: str | Path | None = ".env",
    secrets_dir: str | Path | None = None,
    hooks: Iterable[Any] = (),
) -> Exchange:
    """One venue, async: ``async with connect("mexc") as exchange: …``

    Nothing is sent until the first operation, and public data needs no keys. Keys come from the
    arguments, the environment, `env_file`, `secrets_dir` or the keyring (see
    `exchangekit.credentials`); `account` names one of several accounts. `environment` is
    ``live``, ``testnet`` or ``demo``; `base_url` sends everything to another address, for example
    a simulated venue. `recv_window` and `order_window` (ms) are how long a signed request and an
    order may be under way; `max_wait` (s) how long a call may wait for the venue's limits.
    `transport` may be an object of your own with ``name``, ``send`` and ``aclose`` (``close`` for
    `connect_sync`). `hooks` are objects with ``@exchangekit.hookimpl`` methods, for this
    connection only.

    Raises UnknownVenue, UnknownEnvironment, MalformedCredentials, PluginError, and
    ConfigurationError for any other argument that cannot be used.
    """
    operations, timing = _operations(
        venue,
        api_key=api_key,
        secret=secret,
        passphrase=passphrase,
        account=account,
        environment=environment,
        base_url=base_url,
        timeouts=timeouts,
        proxy=proxy,
        recv_window=recv_window,
        order_window=order_window,
        max_wait=max_wait,
        env_file=env_file,
        secrets_dir=secrets_dir,
        hooks=hooks,
    )
    if isinstance(transport, str):
        _known_transport(transport)
        # Only now: httpx is a third of the import, and loads the command line's packages.
        from exchangekit.runtime.httpx_transport import HttpxAsyncTransport

        transport = HttpxAsyncTransport(timing, proxy)
    elif proxy is not None:
        raise _proxy_with_own_transport()
    return Exchange(operations, AsyncDriver(transport))


def connect_sync(
    venue: str,
    *,
    api_key: Secret | None = None,
    secret: Secret | None = None,
    passphrase: Secret | None = None,
    account: str | None = None,
    environment: str = "live",
    base_url: str | None = None,
    transport: str | SyncTransport = "httpx",
    timeouts: Timeouts | None = None,
    proxy: str | None = None,
    recv_window: int = 5000,
    order_window: int = 3000,
    max_wait: float = 20.0,
    env_file: str | Path | None = ".env",
    secrets_dir: str | Path | None = None,
    hooks: Iterable[Any] = (),
) -> SyncExchange:
    """One venue, sync: ``with connect_sync("mexc") as exchange: …``

    Arguments and errors as for `connect`.
    """
    operations, timing = _operations(
        venue,
        api_key=api_key,
        secret=secret,
        passphrase=passphrase,
        account=account,
        environment=environment,
        base_url=base_url,
        timeouts=timeouts,
        proxy=proxy,
        recv_window=recv_window,
        order_window=order_window,
        max_wait=max_wait,
        env_file=env_file,
        secrets_dir=secrets_dir,
        hooks=hooks,
    )
    if isinstance(transport, str):
        _known_transport(transport)
        # Only now: httpx is a third of the import, and loads the command line's packages.
        from exchangekit.runtime.httpx_transport import HttpxSyncTransport

        transport = HttpxSyncTransport(timing, proxy)
    elif proxy is not None:
        raise _proxy_with_own_transport()
    return SyncExchange(operations, SyncDriver(transport))


def requires(venue: str, *needs: str, environment: str = "live") -> tuple[str, ...]:
    """Which of `needs` the venue lacks, without connecting; see `Exchange.requires`."""
    adapter = installed().adapter(venue)
    _environment(adapter, environment, None)
    return missing(adapter, environment, needs)


def _operations(
    venue: str,
    *,
    api_key: Secret | None,
    secret: Secret | None,
    passphrase: Secret | None,
    account: str | None,
    environment: str,
    base_url: str | None,
    timeouts: Timeouts | None,
    proxy: str | None,
    recv_window: int,
    order_window: int,
    max_wait: float,
    env_file: str | Path | None,
    secrets_dir: str | Path | None,
    hooks: Iterable[Any],
) -> tuple[Operations, Timeouts]:
    plugins = installed()
    adapter = plugins.adapter(venue)
    place = _environment(adapter, environment, base_url)
    for name, window in (("recv_window", recv_window), ("order_window", order_window)):
        whole = isinstance(window, int) and not isinstance(window, bool)
        if not whole or not 1 <= window <= MAX_RECV_WINDOW:
            raise ConfigurationError(
                f"{name} is {window!r}, expected milliseconds from 1 to {MAX_RECV_WINDOW}"
            )
    if not isinstance(max_wait, (int, float)) or not isfinite(max_wait) or max_wait < 0:
        raise ConfigurationError(f"max_wait is {max_wait!r}, expected seconds, 0 or more")
    credentials = load_credentials(
        adapter,
        account=account,
        api_key=api_key,
        secret=secret,
        passphrase=passphrase,
        env_file=env_file,
        secrets_dir=secrets_dir,
        own_address=base_url is not None,
    )
    who = credentials.key_digest if credentials else ""
    limits = LocalLimits(
        shared_limits(venue, place.base_url, "ip", proxy or ""),
        shared_limits(venue, place.base_url, "account", who),
    )
    timing = timeouts or Timeouts()
    settings = Settings(
        recv_window=recv_window,
        order_window=order_window,
        timeouts=timing,
        max_wait=max_wait,
    )
    caller = Hooks(manager_with(plugins, hooks))
    policy = Policy(
        adapter,
        place,
        credentials,
        limits,
        settings,
        caller.on_request,
        caller.on_reply,
        caller.on_wait,
        environment_name=environment,
    )
    return Operations(policy, caller, environment), timing


def _environment(adapter: Adapter, name: str, base_url: str | None) -> Environment:
    place = adapter.environments.get(name)
    if place is None:
        known = ", ".join(adapter.environments)
        raise UnknownEnvironment(f"{adapter.title} has no environment {name!r} (it has: {known})")
    if base_url is None:
        return place
    return replace(place, base_url=Origin(base_url).base_url)


def _known_transport(name: str) -> None:
    if name != "httpx":
        raise ConfigurationError(
            f"there is no transport {name!r} (there is: httpx); an object with name, send and close"
            " works as well"
        )


def _proxy_with_own_transport() -> ConfigurationError:
    return ConfigurationError(
        "proxy goes with the kit's own transport: tell your transport object yourself"
    )
