"""What both kinds of exchange have beside their operations: who serves them and how they run.

The operations are in `asynchronous.py` and `synchronous.py`, which are made from
`exchangekit.operations.interface` (``make facade``).
"""

from __future__ import annotations

import asyncio
from typing import NoReturn, TypeVar

from exchangekit.adapter.request import Outgoing, Reply
from exchangekit.exchange.halting import halting_in
from exchangekit.exchange.recovery import open_in, reconciliation
from exchangekit.models.halting import Halt
from exchangekit.models.recovery import Reconciled
from exchangekit.operations.interface import Operations
from exchangekit.runtime.drivers import AsyncDriver, SyncDriver
from exchangekit.runtime.effects import TransportFailure

# Not Self: where it is inherited, jedi takes it for the base class, and editors show nothing.
A = TypeVar("A", bound="AsyncFacade")
S = TypeVar("S", bound="SyncFacade")


class Facade:
    """What an exchange is, whoever serves it."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations

    def __repr__(self) -> str:
        served = self._operations
        at = f" at {served.base_url}" if served.base_url else ""
        account = f", account={served.account!r}" if served.account else ""
        return f"<{type(self).__name__} {served.venue} {served.environment}{at}{account}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("an exchange holds a connection and keys: it is not pickled or copied")


class AsyncFacade(Facade):
    """Carries out the flows of `operations` on asyncio, by default without a way to send."""

    def __init__(self, operations: Operations, driver: AsyncDriver | None = None) -> None:
        super().__init__(operations)
        self._driver = driver or AsyncDriver(_AsyncNowhere())

    async def __aenter__(self: A) -> A:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections. Open orders stay open."""
        await self._driver.aclose()

    async def reconcile(self) -> tuple[Reconciled, ...]:
        """Find out what became of every change that has no end in the journal: for the start of a
        program, before its first order. Nothing is sent that changes anything.

        Raises ConfigurationError without a journal, and JournalError for one that cannot be read.
        """
        recorded = await asyncio.to_thread(open_in, self._driver.journal)
        return await self._driver.run(reconciliation(self._operations, recorded))

    async def halt(self, reason: str) -> Halt:
        """The kill switch: from the return on no new order of this account leaves, from any program
        that writes the same journal, until `lift`; also after a restart. Cancels and reads go on.
        What was on its way stays there: see `cancel_all_orders`.

        Returns what is in force: where it was halted before, that is the first halt. Raises
        InvalidInput for an empty reason, MissingCredentials without a key, ConfigurationError
        without a journal, and JournalError for one that cannot be written: nothing is halted then.
        """
        return await asyncio.to_thread(halting_in(self._driver.journal).halt, reason)

    async def lift(self) -> Halt | None:
        """Let orders go again. Returns the halt that was in force, None if there was none. Raises
        as `halt`."""
        return await asyncio.to_thread(halting_in(self._driver.journal).lift)

    async def halted(self) -> Halt | None:
        """The halt in force, None if orders go out. Raises as `halt`."""
        return await asyncio.to_thread(halting_in(self._driver.journal).halted)

    @property
    def transport(self) -> str:
        """The name of the transport in use."""
        return self._driver.transport.name


class SyncFacade(Facade):
    """Carries out the flows of `operations` on the calling thread, by default without a way to
    send."""

    def __init__(self, operations: Operations, driver: SyncDriver | None = None) -> None:
        super().__init__(operations)
        self._driver = driver or SyncDriver(_SyncNowhere())

    def __enter__(self: S) -> S:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections. Open orders stay open."""
        self._driver.close()

    def reconcile(self) -> tuple[Reconciled, ...]:
        """Find out what became of every change that has no end in the journal: for the start of a
        program, before its first order. Nothing is sent that changes anything.

        Raises ConfigurationError without a journal, and JournalError for one that cannot be read.
        """
        recorded = open_in(self._driver.journal)
        return self._driver.run(reconciliation(self._operations, recorded))

    def halt(self, reason: str) -> Halt:
        """The kill switch: from the return on no new order of this account leaves, from any program
        that writes the same journal, until `lift`; also after a restart. Cancels and reads go on.
        What was on its way stays there: see `cancel_all_orders`.

        Returns what is in force: where it was halted before, that is the first halt. Raises
        InvalidInput for an empty reason, MissingCredentials without a key, ConfigurationError
        without a journal, and JournalError for one that cannot be written: nothing is halted then.
        """
        return halting_in(self._driver.journal).halt(reason)

    def lift(self) -> Halt | None:
        """Let orders go again. Returns the halt that was in force, None if there was none. Raises
        as `halt`."""
        return halting_in(self._driver.journal).lift()

    def halted(self) -> Halt | None:
        """The halt in force, None if orders go out. Raises as `halt`."""
        return halting_in(self._driver.journal).halted()

    @property
    def transport(self) -> str:
        """The name of the transport in use."""
        return self._driver.transport.name


class _AsyncNowhere:
    """The transport of an exchange that was given none: nothing leaves."""

    name = "none"

    async def send(self, outgoing: Outgoing, timeout: float) -> Reply:
        raise _no_transport()

    async def aclose(self) -> None:
        """There is nothing to close."""


class _SyncNowhere:
    """The transport of an exchange that was given none: nothing leaves."""

    name = "none"

    def send(self, outgoing: Outgoing, timeout: float) -> Reply:
        raise _no_transport()

    def close(self) -> None:
        """There is nothing to close."""


def _no_transport() -> TransportFailure:
    return TransportFailure("this exchange was made without a transport", sent=False)
