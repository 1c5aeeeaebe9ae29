"""Running simulated venues: in a thread beside a test, or as a program of its own.

`SimulatedVenue` is one venue as a context manager, `run_venues` several, `serve` the blocking
runner behind ``exchangekit sim``. How dialects are found is not this module's business.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import signal
import sys
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from types import TracebackType
from typing import Final, Self

from exchangekit.sim.clock import VenueClock
from exchangekit.sim.control import Control
from exchangekit.sim.dialect import DialectFactory
from exchangekit.sim.keys import ApiKey
from exchangekit.sim.server import PortTaken, Server, run
from exchangekit.sim.state import DEFAULT_ACCOUNT
from exchangekit.sim.venue import Venue

DEFAULT_KEY: Final = "simulated-key"
DEFAULT_SECRET: Final = "simulated-secret"  # noqa: S105 - opens nothing but a simulation
DEFAULT_PASSPHRASE: Final = "simulated-passphrase"  # noqa: S105 - as above
_HOST: Final = "127.0.0.1"
_log: Final = logging.getLogger("exchangekit.sim")


def make_venue(
    dialect: DialectFactory,
    *,
    key: str = DEFAULT_KEY,
    secret: str = DEFAULT_SECRET,
    passphrase: str | None = DEFAULT_PASSPHRASE,
    public_key: str | None = None,
    ips: Sequence[str] = (),
    seed: int = 7,
    clock: VenueClock | None = None,
    funds: Mapping[str, Decimal] | None = None,
    pairs: Collection[tuple[str, str]] | None = None,
) -> Venue:
    """A venue without a socket: one account, ``main``, richly funded, with one key.

    With `pairs` of base and quote it lists only those of its markets. With a `public_key` (PEM) the
    key has that one and no secret.
    """
    clock = clock or VenueClock()
    first = ApiKey(
        key,
        secret if public_key is None else "",
        DEFAULT_ACCOUNT,
        passphrase,
        ips=frozenset(ips),
        created=clock.now(),
        public_key=public_key,
    )
    return Venue(dialect(), seed=seed, clock=clock, keys=[first], funds=funds, pairs=pairs)


class SimulatedVenue:
    """One simulated venue in a thread of its own, from `with` to the end of the block.

    `url` is its address, `control` what it really holds and the levers on it, `venue` the inside,
    all that it holds.
    With ``clock=VenueClock(fixed_at=...)`` time stands still until told otherwise, with `pairs` of
    base and quote it lists only those of its markets. With a `public_key` (PEM) its key has that
    one, and requests are signed with the private half.
    """

    def __init__(
        self,
        dialect: DialectFactory,
        *,
        key: str = DEFAULT_KEY,
        secret: str = DEFAULT_SECRET,
        passphrase: str | None = DEFAULT_PASSPHRASE,
        public_key: str | None = None,
        ips: Sequence[str] = (),
        seed: int = 7,
        port: int = 0,
        clock: VenueClock | None = None,
        funds: Mapping[str, Decimal] | None = None,
        pairs: Collection[tuple[str, str]] | None = None,
    ) -> None:
        venue = make_venue(
            dialect,
            key=key,
            secret=secret,
            passphrase=passphrase,
            public_key=public_key,
            ips=ips,
            seed=seed,
            clock=clock,
            funds=funds,
            pairs=pairs,
        )
        self.venue = venue.state
        self.control = Control(self.venue)
        self._server = Server(venue, host=_HOST, port=port)
        self._thread = threading.Thread(target=self._run, name=f"sim-{dialect.venue}", daemon=True)
        self._started = threading.Event()
        self._failure: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None

    @property
    def url(self) -> str:
        return self._server.url

    def start(self) -> Self:
        """Listen. Raises `PortTaken`."""
        self._thread.start()
        self._started.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure
        return self

    def stop(self) -> None:
        """Close the port and every connection. Raises what ended the venue before it was told to
        stop."""
        if self._loop is not None and self._end is not None and self._thread.is_alive():
            # It may end by itself at this very moment.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join()
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _run(self) -> None:
        try:
            run(self._serve())
        except BaseException as error:
            self._failure = error
            if self._started.is_set():
                _log.critical("the simulated %s died", self.venue.name, exc_info=True)
            # A port that is held and served by nobody would let every client wait.
            self._server.abandon()
        finally:
            self._started.set()

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        await self._server.start()
        self._started.set()
        await self._end.wait()
        await self._server.stop()


@contextlib.contextmanager
def run_venues(
    dialects: Sequence[DialectFactory],
    *,
    key: str = DEFAULT_KEY,
    secret: str = DEFAULT_SECRET,
    passphrase: str | None = DEFAULT_PASSPHRASE,
    seed: int = 7,
    clock: VenueClock | None = None,
) -> Iterator[dict[str, SimulatedVenue]]:
    """Several venues for the length of a block, by name, with the same key and clock."""
    with contextlib.ExitStack() as stack:
        yield {
            dialect.venue: stack.enter_context(
                SimulatedVenue(
                    dialect, key=key, secret=secret, passphrase=passphrase, seed=seed, clock=clock
                )
            )
            for dialect in dialects
        }


def serve(
    dialects: Sequence[DialectFactory],
    *,
    key: str = DEFAULT_KEY,
    secret: str = DEFAULT_SECRET,
    passphrase: str | None = DEFAULT_PASSPHRASE,
    public_key: str | None = None,
    seed: int = 7,
    port: int = 0,
    ips: Sequence[str] = (),
    listening: Callable[[str, str], None] | None = None,
) -> int:
    """Run venues until Ctrl-C or SIGTERM; `listening` is told each one's name and address when all
    are there (None: one JSON line each on standard output).

    With a `public_key` (PEM) their key has that one and no secret. With `port` the venues take that
    one and those after it. Returns the exit code: 0, or 2 after
    one plain sentence on standard error if a port is not free.
    """
    servers = [
        Server(
            make_venue(
                dialect,
                key=key,
                secret=secret,
                passphrase=passphrase,
                public_key=public_key,
                seed=seed,
                ips=ips,
            ),
            host=_HOST,
            port=port + at if port else 0,
        )
        for at, dialect in enumerate(dialects)
    ]
    try:
        run(_serve_until_told(servers, listening or _print_address))
    except PortTaken as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        return 0
    return 0


def _print_address(venue: str, url: str) -> None:
    sys.stdout.write(json.dumps({"venue": venue, "url": url}) + "\n")
    sys.stdout.flush()


async def _serve_until_told(
    servers: Sequence[Server], listening: Callable[[str, str], None]
) -> None:
    end = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        # Where the platform has no such handlers, Ctrl-C still ends the program.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(name, end.set)
    try:
        for server in servers:
            await server.start()
        for server in servers:
            listening(server.state.name, server.url)
        await end.wait()
    finally:
        for server in servers:
            await server.stop()
