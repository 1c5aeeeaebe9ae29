"""`Journal`: the journal as a user holds it, for sync and async exchanges alike."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from exchangekit.errors import ConfigurationError, InvalidInput, JournalError
from exchangekit.journal.entries import line_of
from exchangekit.models.halting import Halt
from exchangekit.runtime.journal import Asked, Entry, Recorded, Sending

if TYPE_CHECKING:
    from exchangekit.journal.writer import Writer

T = TypeVar("T")

Level = Literal["process", "power"]
LEVELS: tuple[Level, ...] = ("process", "power")
BUSY = 2.0
"""Seconds to wait for another program: an order has 3 to reach the venue, by default."""
ORDER_WAITS, CANCEL_WAITS = 10.0, 1.0
"""Seconds for a disk that does not answer. A cancel goes out without, as long as it is valid."""


class Journal:
    """What was intended and how it ended, in one file: ``connect(…, journal=Journal("a.journal"))``

    `level` is what it survives: ``"process"`` the end of the process, whatever ended it;
    ``"power"`` the end of power as well, for a sync of the disk before each order leaves. Threads,
    processes and exchanges may share a file. It is made when the first order is to be written, and
    what is read from one that is not there is empty. It may be used again after `close`.

    Methods raise JournalError where the file cannot be read or written; the message says why.
    """

    def __init__(self, path: str | Path, level: Level = "process", *, busy: float = BUSY) -> None:
        """`busy` is how long to wait for another program that holds the file, in seconds."""
        check_level(level)
        self.path = Path(path).expanduser()
        self.level: Level = level
        self._busy = busy
        self._made: Writer | None = None

    def __repr__(self) -> str:
        return f"Journal({str(self.path)!r}, level={self.level!r})"

    # Writing

    def record(self, entry: Entry) -> None:
        """Return when `entry` is on disk. Raises AlreadyIntended for an order whose client order id
        another one has that exists or may exist, and Halted for every other one while `halt` is in
        force."""
        if self._knows_nothing(entry):
            return
        future = self._writer.submit(line_of(entry))
        seconds = _patience(entry)
        try:
            future.result(seconds)
        except TimeoutError:
            if _stops(entry):
                future.cancel()
            raise self._silent(seconds) from None

    async def arecord(self, entry: Entry) -> None:
        """`record` for async code: the loop goes on meanwhile."""
        if self._knows_nothing(entry):
            return
        future: asyncio.Future[None] = asyncio.wrap_future(self._writer.submit(line_of(entry)))
        if not _stops(entry):
            # Written even where nobody waits for it any more: it has happened, or goes out.
            future = asyncio.shield(future)
        seconds = _patience(entry)
        try:
            async with asyncio.timeout(seconds):
                await future
        except TimeoutError:
            raise self._silent(seconds) from None

    def _knows_nothing(self, entry: Entry) -> bool:
        """A question to a journal that is not there makes none."""
        return isinstance(entry, Asked) and not self.path.exists()

    def _silent(self, seconds: float) -> JournalError:
        return JournalError(
            f"the journal {self.path} was not written within {seconds:g} s: look at its disk"
        )

    @property
    def _writer(self) -> Writer:
        if self._made is None:
            # Only now: sqlite3 is not needed by who never trades.
            from exchangekit.journal.writer import Writer

            self._made = Writer(self.path, self.level, self._busy)
        return self._made

    # Reading

    def open_intents(self) -> tuple[Recorded, ...]:
        """What has no end or an unknown one, in the order in which it was written."""
        from exchangekit.journal import reading

        return self._read(reading.unresolved)

    def find(self, client_order_id: str) -> Recorded | None:
        """The order of that name: the one that exists or may exist, else the last one tried."""
        from exchangekit.journal import reading

        return next(iter(self._read(reading.named, client_order_id)), None)

    def find_order(self, order_id: str) -> Recorded | None:
        """The order that the venue gave that id, as it was placed; None if it is not in here.

        Raises InvalidInput where orders of two accounts have it: name it by its client order id.
        """
        from exchangekit.journal import reading

        found = self._read(reading.placed, order_id)
        if any(not one.lies_at.same_as(found[0].lies_at) for one in found):
            raise InvalidInput(
                f"order id {order_id!r} names orders of several accounts in {self.path}: find it by"
                " its client order id"
            )
        return next(iter(found), None)

    def all(
        self, since: datetime | None = None, until: datetime | None = None
    ) -> tuple[Recorded, ...]:
        """Everything first written from `since` on and before `until`, by this machine's clock."""
        from exchangekit.journal import reading

        return self._read(reading.between, since, until)

    def history(self, uid: str) -> tuple[dict[str, Any], ...]:
        """Every entry about one intent, as it came: when, state, attempt, fence, order, error."""
        from exchangekit.journal import reading

        return self._read(reading.history, uid)

    def prune(self, older_than: timedelta) -> int:
        """Remove what ended longer ago, and say how many intents that were. What is open or unknown
        stays, however old. The client order id of what was removed may be used for a new order."""
        from exchangekit.journal import reading

        return sum(self._read(reading.prune, datetime.now(UTC) - older_than))

    def _read(self, read: Callable[..., Iterable[T]], *given: Any) -> tuple[T, ...]:
        from exchangekit.journal.files import trouble
        from exchangekit.journal.writer import steady

        with steady(), trouble(self.path, self._busy):
            return tuple(read(self.path, self._busy, *given)) if self.path.exists() else ()

    # The kill switch

    def halt(self, reason: str) -> Halt:
        """From the return on no order is recorded in this file, and so none is sent, by any program
        that writes it, until `lift`. Cancels go on. Returns what is in force: where it was halted
        before, that is the first halt; the second reason is kept beside it.

        Raises InvalidInput for an empty reason, and JournalError where it cannot be written.
        """
        from exchangekit.journal import halts

        words = halts.worded(reason)
        with self._steady("the halt could not be written"):
            return halts.halt(self.path, self._busy, words)

    def lift(self) -> Halt | None:
        """Orders go out again. Returns the halt that was in force, None if there was none."""
        from exchangekit.journal import halts

        with self._steady("the halt could not be lifted"):
            # Where nothing is halted no file is made or brought up.
            return None if self.halted() is None else halts.lift(self.path, self._busy)

    def halted(self) -> Halt | None:
        """The halt in force, None if orders go out."""
        from exchangekit.journal import reading

        return next(iter(self._read(reading.halted)), None)

    @contextmanager
    def _steady(self, what: str) -> Iterator[None]:
        """No fork happens inside, and a JournalError says `what` it leaves undone."""
        from exchangekit.journal.writer import steady

        try:
            with steady():
                yield
        except JournalError as problem:
            raise JournalError(f"{what}: {problem}") from problem

    # The end

    def close(self) -> None:
        """Close the file, when all that was given is written."""
        if self._made is not None:
            self._made.close().result()

    async def aclose(self) -> None:
        """`close` for async code."""
        if self._made is not None:
            await asyncio.wrap_future(self._made.close())


def _stops(entry: Entry) -> bool:
    """Who does not wait for it to be written sends nothing."""
    return isinstance(entry, Sending) and entry.intent.places


def _patience(entry: Entry) -> float:
    return ORDER_WAITS if entry.intent.places else CANCEL_WAITS


def check_level(level: str) -> None:
    """Raises ConfigurationError for a word that is no level."""
    if level not in LEVELS:
        raise ConfigurationError(
            f"the journal's level is {level!r}, expected {' or '.join(map(repr, LEVELS))}"
        )
