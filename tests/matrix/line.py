"""The line between the kit and a simulated venue, in memory and in a `World`'s time.

Everything above the sockets is the kit's own: httpx over httpcore over h11, the guard, the turns of
a connection. Below it, this: bytes go straight into the venue, and a `Wire` says what becomes of
them. Nobody waits: who would wait for an answer that does not come lets the world's time pass, and
what is due meanwhile (a request that is late) reaches the venue at its moment.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from fnmatch import fnmatchcase
from http import HTTPStatus

import h11
from matrix.wire import Event, Piece, Wire

from exchangekit.sim.control import Control
from exchangekit.sim.delivery import Delivery
from exchangekit.sim.http import RawRequest
from exchangekit.sim.venue import Venue
from exchangekit.testing.world import World

HOST = "venue.test"
URL = f"https://{HOST}"


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Strike:
    """A `wire` for the next request of an operation (a pattern), or for all from then on; not
    before `after` has struck."""

    wire: Wire
    operation: str
    lasting: bool = False
    after: Strike | None = None
    begun: bool = False

    def hits(self, operation: str) -> bool:
        if self.begun:
            return self.lasting
        if self.after is not None and not self.after.begun:
            return False
        self.begun = fnmatchcase(operation, self.operation)
        return self.begun

    def stops(self, where: str) -> bool:
        """Whether it is by this that no connection comes about."""
        if self.wire.connects != where or (self.begun and not self.lasting):
            return False
        self.begun = True
        return True


class Line:
    """One venue, all connections to it, and what is wrong with them."""

    def __init__(self, venue: Venue, world: World) -> None:
        self.venue = venue
        self.world = world
        self.strikes: list[Strike] = []
        self.meanwhile: Callable[[], None] | None = None
        """What happens at the venue just before it gets the next request that is struck."""
        self.interrupt: Callable[[], None] = _nobody
        self.die: Callable[[], None] = _nobody
        self.replies: dict[str, bytes] = {}
        """The last whole reply to each operation."""
        self.talks: list[Talk] = []
        self.interrupted = False
        self._due: list[tuple[int, Callable[[], None]]] = []
        self._venue_ms = world.ms
        venue.state.let_others_go_on = self._held  # type: ignore[method-assign]
        self._holding: list[_Held] = []

    # Time

    def moved(self, milliseconds: int) -> None:
        """The world's time has moved on: the venue's does, stopping where something is due."""
        until = self._venue_ms + milliseconds
        while self._due and min(self._due, key=_moment)[0] <= until:
            first = min(self._due, key=_moment)
            self._due.remove(first)
            self._move(max(0, first[0] - self._venue_ms))
            first[1]()
        self._move(max(0, until - self._venue_ms))

    def _move(self, milliseconds: int) -> None:
        if milliseconds:
            self._venue_ms += milliseconds
            self.venue.state.clock.advance(milliseconds)

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        self._due.append((self._venue_ms + int(seconds * 1000), action))

    @property
    def is_quiet(self) -> bool:
        return not self._due and not self._holding

    # Connections

    def resolve(self) -> None:
        """Raises gaierror where the name server does not know the host."""
        if self._stopped("dns"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    def connect(self) -> Talk:
        if self._stopped("refused"):
            raise ConnectionRefusedError("Connection refused")
        talk = Talk(self)
        self.talks.append(talk)
        return talk

    def shake_hands(self) -> None:
        if self._stopped("tls"):
            raise ssl.SSLCertVerificationError("certificate verify failed: certificate has expired")

    def _stopped(self, where: str) -> bool:
        return any(strike.stops(where) for strike in self.strikes)

    def hang_up(self) -> None:
        """Close what is idle, as venues do."""
        for talk in self.talks:
            talk.pieces.append(Event.END)
        self.talks.clear()

    # Requests

    def operation(self, request: RawRequest) -> str:
        route, _ = self.venue._router.find(request)
        return route.operation if route is not None else ""

    def struck(self, operation: str) -> Wire | None:
        hits = [one for one in self.strikes if not one.wire.connects and one.hits(operation)]
        return hits[0].wire if hits else None

    def asked(self, request: RawRequest, operation: str, wire: Wire | None) -> list[Piece]:
        """What comes back for a request that has been written."""
        if wire is None:
            reply = self.hand_over(request)
            if isinstance(reply[0], bytes):
                self.replies[operation] = reply[0]
            return reply
        if self.meanwhile is not None:
            happens, self.meanwhile = self.meanwhile, None
            happens()
        said: list[bytes] = []
        if wire.carry in ("now", "twice"):
            for _ in range(2 if wire.carry == "twice" else 1):
                said += [one for one in self.hand_over(request) if isinstance(one, bytes)]
        elif wire.carry == "late":
            self.later(wire.seconds, lambda: _ignore(self.hand_over(request)))
        elif wire.carry == "held":
            self._hold(request, wire.seconds)
        if wire.of_another:
            return [self.replies[operation]]
        return wire.back(said[-1] if said else b"", said)

    def hand_over(self, request: RawRequest) -> list[Piece]:
        """Let the venue carry it out: what it sends, its own faults included."""
        now = self.venue.state.clock.now()
        arrived = RawRequest(
            request.method, request.path, request.query, request.headers, request.body,
            request.ip, now,
        )  # fmt: skip
        return self._sent(self.venue.handle(self.venue.arrive(arrived)))

    def _sent(self, delivery: Delivery) -> list[Piece]:
        head = f"HTTP/1.1 {delivery.status} {_reason(delivery.status)}\r\n"
        date = formatdate(self.venue.state.clock.now() / 1000, usegmt=True)
        length = str(len(delivery.body))
        for name, value in (("Date", date), *delivery.headers, ("Content-Length", length)):
            head += f"{name}: {value}\r\n"
        start = head.encode("latin-1") + b"\r\n"
        if delivery.mode == "reset":
            return [Event.RESET]
        if delivery.mode == "close":
            return [Event.END]
        if delivery.mode == "truncate":
            return [start + delivery.body[: len(delivery.body) // 2], Event.END]
        return [start + delivery.body]

    # What the venue holds up inside

    def _hold(self, request: RawRequest, seconds: float) -> None:
        operation = self.operation(request)
        rule = {"action": "delay", "at": "acceptance", "operation": operation, "seconds": seconds}
        Control(self.venue.state).add_faults([rule])
        held = _Held(lambda: _ignore(self.hand_over(request)))
        self._holding.append(held)
        held.start()
        if held.has_ended:  # it was refused on arrival
            self._holding.remove(held)

    def _held(self, seconds: float) -> None:
        """In the thread of a held request, with the venue's lock: give it up until it is time."""
        held = next(one for one in self._holding if one.is_mine)
        self.later(seconds, lambda: self._release(held))
        lock = self.venue.state.lock
        lock.release()
        try:
            held.wait()
        finally:
            lock.acquire()

    def _release(self, held: _Held) -> None:
        held.finish()
        self._holding.remove(held)


class _Held:
    """A request that is carried out in a thread of its own, which stands still where told."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._stands = threading.Event()
        self._go_on = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self.has_ended = False

    @property
    def is_mine(self) -> bool:
        return threading.current_thread() is self._thread

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        finally:
            self.has_ended = True
            self._stands.set()

    def start(self) -> None:
        self._thread.start()
        self._stands.wait()

    def wait(self) -> None:
        self._stands.set()
        self._go_on.wait()

    def finish(self) -> None:
        self._go_on.set()
        self._thread.join()


class Talk:
    """One connection, as its client sees it."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.pieces: list[Piece] = []
        self._http = h11.Connection(h11.SERVER)
        self._head: h11.Request | None = None
        self._body = b""
        self._closed = False

    def write(self, data: bytes) -> None:
        if self._closed:
            raise BrokenPipeError("the connection is closed")
        if not data:
            return
        self._http.receive_data(data)
        while True:
            event = self._http.next_event()
            if isinstance(event, h11.Request):
                self._head, self._body = event, b""
            elif isinstance(event, h11.Data):
                self._body += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                self._complete()
            else:
                return

    def _complete(self) -> None:
        assert self._head is not None
        path, _, query = self._head.target.partition(b"?")
        headers = tuple(self._head.headers.raw_items())
        method = self._head.method.decode("ascii")
        request = RawRequest(method, path, query, headers, self._body, "127.0.0.1", 0)
        self._http = h11.Connection(h11.SERVER)
        operation = self.line.operation(request)
        wire = self.line.struck(operation)
        if wire is not None and wire.breaks_sending:
            self._closed = True
            raise BrokenPipeError("the connection broke while the request was written")
        self.pieces += self.line.asked(request, operation, wire)

    def waiting(self, size: int) -> bytes | None:
        """What can be read at once: None for nothing, empty at the end."""
        if not self.pieces:
            return None
        return self._take(size) if isinstance(self.pieces[0], bytes) else b""

    def next(self, size: int) -> bytes | Event:
        """Bytes, empty at the end, or what is to be done instead."""
        first = self.pieces[0] if self.pieces else Event.SILENCE
        self.line.interrupted |= first in (Event.INTERRUPT, Event.DEATH)
        if isinstance(first, bytes):
            return self._take(size)
        if first is Event.END:
            return b""
        if first is Event.RESET:
            raise ConnectionResetError("Connection reset by peer")
        return first

    def _take(self, size: int) -> bytes:
        first = self.pieces.pop(0)
        assert isinstance(first, bytes)
        if len(first) > size:
            self.pieces.insert(0, first[size:])
        return first[:size] or b""

    def close(self) -> None:
        self._closed = True


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _moment(due: tuple[int, Callable[[], None]]) -> int:
    return due[0]


def _ignore(pieces: list[Piece]) -> None:
    """Nobody is there any more who would read it."""


def _nobody() -> None:
    raise AssertionError("nobody can be interrupted here")
