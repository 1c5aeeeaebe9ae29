"""The public entry: puts the floors together."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from inspect import iscoroutinefunction
from typing import Unpack, cast

from exchangekit.adapter.base import Adapter, Environment
from exchangekit.adapter.credentials import Credentials
from exchangekit.adapter.request import Origin
from exchangekit.credentials import load_credentials, log
from exchangekit.errors import ConfigurationError, MalformedCredentials, UnknownEnvironment
from exchangekit.exchange import Exchange, SyncExchange
from exchangekit.journal import AsyncSide, Homeless, Journal, Keyless, Lease, Level, borrow, path_of
from exchangekit.models.enums import Proof
from exchangekit.operations import Connection, Hooks, OneVenue, missing
from exchangekit.options import Chosen, Options, SyncOptions, hide_secrets, refuse_unknown
from exchangekit.plugins import installed, manager_with
from exchangekit.runtime.drivers import AsyncDriver, SyncDriver
from exchangekit.runtime.journal import AsyncJournal, SyncJournal
from exchangekit.runtime.limits import LocalLimits, shared_limits
from exchangekit.runtime.policy import Policy, Settings
from exchangekit.runtime.transports import (
    AsyncTransport,
    SyncTransport,
    Timeouts,
    open_async,
    open_sync,
)


def connect(venue: str, **options: Unpack[Options]) -> Exchange:
    """One venue, async: ``async with connect("mexc") as exchange: …``

    Nothing is sent until the first operation, and public data needs no keys. Where two installed
    packages offer a venue, say whose: ``connect("exchangekit-mexc:mexc")``. The options:

    - `api_key`: The API key; without it from the environment, `env_file`, `secrets_dir` or the
      keyring.
    - `secret`: The secret of the key, from the same places.
    - `passphrase`: The passphrase of the key, where the venue has one, from the same places.
    - `account`: Which of several accounts: its keys are in ``EXCHANGEKIT_MEXC_BOT2_API_KEY`` for
      ``bot2``.
    - `environment`: ``live`` (the default), ``testnet`` or ``demo``, where the venue has it.
    - `base_url`: Sends everything to another address, for example a simulated venue.
    - `insecure_http`: Lets a key go over plain ``http://`` to another machine, where all on the way
      can read it.
    - `timeouts`: How long to wait for the network, as `Timeouts`.
    - `proxy`: The address of a proxy, for the kit's own transport.
    - `recv_window`: How long a signed request may be under way, in ms; 5000 by default.
    - `order_window`: How long an order may be under way, in ms; 2000 by default.
    - `max_wait`: How long a call may wait for the venue's limits, in seconds; 20 by default.
    - `env_file`: The file with keys, ``.env`` by default; None for none.
    - `secrets_dir`: A directory with a file for each key.
    - `hooks`: Objects with ``@exchangekit.hookimpl`` methods, for this connection only.
    - `resolve`: Finds out what became of an order or a cancel whose answer was lost; True by
      default.
    - `proof`: The weakest proof that an order never existed: ``gateway`` (the default),
      ``rechecked``.
    - `transport`: ``"fast"``, ``"plain"``, ``"httpx"``, or your own with ``name``, ``send`` and
      ``aclose``. By default ``"fast"`` where ``exchangekit[fast]`` is installed, or else
      ``"plain"``; ``"httpx"`` through a proxy.
    - `journal`: Where orders are written before they leave: a `Journal` or its level; None for
      nowhere. By default the account's file in the user's state folder, at level ``"process"``; an
      object of your own has ``record``.

    Raises UnknownVenue, UnknownEnvironment, UnknownOption, MalformedCredentials, PluginError, and
    ConfigurationError for any other argument that cannot be used. A malformed key that was not
    passed but found stops no public data: the first operation that needs it raises
    MalformedCredentials, before anything private is sent.
    """
    hide_secrets(options)
    refuse_unknown("connect", options)
    chosen: Chosen[AsyncTransport] = Chosen(**options)
    operations, timing, policy = _operations(venue, chosen)
    transport, proxy = chosen.transport, chosen.proxy
    if isinstance(transport, str):
        transport = open_async(transport, timing, proxy)
    elif proxy is not None:
        raise _proxy_with_own_transport()
    journal, lease = _journal(policy, chosen.journal)
    if isinstance(journal, Journal):
        journal = AsyncSide(journal)
    written = cast("AsyncJournal | None", journal)
    release = None if lease is None else lease.aclose
    return Exchange(operations, AsyncDriver(transport, written, release))


def connect_sync(venue: str, **options: Unpack[SyncOptions]) -> SyncExchange:
    """One venue, sync: ``with connect_sync("mexc") as exchange: …``

    Options and errors as for `connect`: `api_key`, `secret`, `passphrase`, `account`,
    `environment`, `base_url`, `insecure_http`, `timeouts`, `proxy`, `recv_window`,
    `order_window`, `max_wait`, `env_file`, `secrets_dir`, `hooks`, `resolve`, `proof`, a
    `journal` whose ``record`` is no coroutine, and a `transport` that has ``close`` instead of
    ``aclose``.
    """
    hide_secrets(options)
    refuse_unknown("connect_sync", options)
    chosen: Chosen[SyncTransport] = Chosen(**options)
    operations, timing, policy = _operations(venue, chosen)
    transport, proxy = chosen.transport, chosen.proxy
    if isinstance(transport, str):
        transport = open_sync(transport, timing, proxy)
    elif proxy is not None:
        raise _proxy_with_own_transport()
    journal, lease = _journal(policy, chosen.journal)
    if iscoroutinefunction(getattr(journal, "record", None)):
        # Called and not awaited it would write nothing, and the order would leave.
        raise ConfigurationError("the journal's record is a coroutine: it goes with connect")
    written = cast("SyncJournal | None", journal)
    release = None if lease is None else lease.close
    return SyncExchange(operations, SyncDriver(transport, written, release))


def requires(venue: str, *needs: str, environment: str = "live") -> tuple[str, ...]:
    """Which of `needs` the venue lacks, without connecting; see `Exchange.requires`."""
    adapter = installed().adapter(venue)
    _environment(adapter, environment, None)
    return missing(adapter, environment, needs)


def _operations(
    venue: str, chosen: Chosen[AsyncTransport] | Chosen[SyncTransport]
) -> tuple[OneVenue, Timeouts, Policy]:
    plugins = installed()
    adapter = plugins.adapter(venue)
    place = _environment(adapter, chosen.environment, chosen.base_url)
    credentials, withheld = _credentials(adapter, place, chosen)
    who = credentials.key_digest if credentials else ""
    limits = LocalLimits(
        shared_limits(adapter.venue, place.base_url, "ip", chosen.proxy or ""),
        shared_limits(adapter.venue, place.base_url, "account", who),
    )
    timing = chosen.timeouts or Timeouts()
    settings = Settings(
        recv_window=chosen.recv_window,
        order_window=chosen.order_window,
        timeouts=timing,
        max_wait=chosen.max_wait,
        resolve=chosen.resolve,
        proof=Proof(chosen.proof),
    )
    caller = Hooks(manager_with(plugins, chosen.hooks))
    policy = Policy(
        adapter,
        place,
        credentials,
        limits,
        settings,
        caller.on_request,
        caller.on_reply,
        caller.on_wait,
        environment_name=chosen.environment,
        withheld=withheld,
    )
    return OneVenue(Connection(policy, caller, chosen.environment)), timing, policy


def _journal(
    policy: Policy, chosen: Level | Journal | AsyncJournal | SyncJournal | None
) -> tuple[Journal | AsyncJournal | SyncJournal | None, Lease | None]:
    """Where this account's changes are written, and what is to be given back at the end: the kit's
    own file. A journal that was passed is its owner's to close."""
    if not isinstance(chosen, str):
        return chosen, None
    try:
        path = path_of(policy.account_id)
    except RuntimeError:
        return Homeless(), None
    if policy.credentials is None:
        return Keyless(path, partial(policy.without_a_key, "halt")), None
    lease = borrow(path, chosen)
    return lease.journal, lease


def _credentials(
    adapter: Adapter, place: Environment, chosen: Chosen[AsyncTransport] | Chosen[SyncTransport]
) -> tuple[Credentials | None, ConfigurationError | None]:
    """The keys, or why those that were found are not used: that stops no public data. Keys that
    were passed are meant, so what is wrong with them is said at once."""
    try:
        found = load_credentials(
            adapter,
            account=chosen.account,
            api_key=chosen.api_key,
            secret=chosen.secret,
            passphrase=chosen.passphrase,
            env_file=chosen.env_file,
            secrets_dir=chosen.secrets_dir,
            own_address=chosen.base_url is not None,
        )
        if found is not None and not chosen.insecure_http:
            refuse_unencrypted(place.origin)
    except ConfigurationError as problem:
        passed = chosen.api_key, chosen.secret, chosen.passphrase
        named = chosen.account, chosen.secrets_dir
        found_by_itself = all(one is None for one in passed) and (
            isinstance(problem, MalformedCredentials)
            or (all(one is None for one in named) and chosen.env_file in (None, ".env"))
        )
        if not found_by_itself:
            raise
        log.warning("%s; only public data can be asked for", problem)
        return None, problem.with_traceback(None)
    if found is not None:
        log.info("%s: the key comes from %s", adapter.title, found.source)
    return found, None


def refuse_unencrypted(origin: Origin) -> None:
    """Raises ConfigurationError for a place where no key may go: another machine, in plain text."""
    if not origin.encrypted and not origin.on_this_machine:
        raise ConfigurationError(
            f"a key would go to {origin} unencrypted, where all on the way can read it and what it"
            " signs: use https://, or say insecure_http=True to connect (a command:"
            " --insecure-http)"
        )


def _environment(adapter: Adapter, name: str, base_url: str | None) -> Environment:
    place = adapter.environments.get(name)
    if place is None:
        known = ", ".join(adapter.environments)
        raise UnknownEnvironment(f"{adapter.title} has no environment {name!r} (it has: {known})")
    if base_url is None:
        return place
    return replace(place, base_url=Origin(base_url).base_url)


def _proxy_with_own_transport() -> ConfigurationError:
    return ConfigurationError(
        "proxy goes with the kit's own transport: tell your transport object yourself"
    )
