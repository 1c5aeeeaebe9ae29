"""A venue on a real socket: HTTP/1.1 on loopback, able to fail at any exact point.

Built on asyncio and h11 alone, since a server framework keeps the connection to itself: here every
byte and every close is ours, so "no reply", "half a reply" and "connection refused" are exactly
that. Request target, header spelling and body reach the dialect untouched. Keep-alive, chunked
bodies and ``Expect: 100-continue`` work as clients expect.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
from collections.abc import Coroutine
from email.utils import formatdate
from http import HTTPStatus
from typing import Final

import h11

from exchangekit.sim.control import Control
from exchangekit.sim.control_http import CONTROL_PREFIX, respond
from exchangekit.sim.delivery import Delivery, deliver
from exchangekit.sim.http import RawRequest, Response
from exchangekit.sim.venue import Venue

_CHUNK: Final = 65_536
_BACKLOG: Final = 128
_MOST_HEAD: Final = 131_072
_MOST_BODY: Final = 4_000_000


class PortTaken(OSError):
    """The port asked for is in use; the message is a plain sentence."""


def run(main: Coroutine[object, object, None]) -> None:
    """Run a program that starts servers, on a loop that can watch a listening socket anywhere."""
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        runner.run(main)


class Server:
    """Serves one venue. Start and stop it inside the event loop that runs it."""

    def __init__(self, venue: Venue, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.state = venue.state
        self._venue = venue
        self.host = host
        self.port = port
        self._control = Control(venue.state)
        self._listener: socket.socket | None = None
        self._serving: dict[asyncio.Future[None], socket.socket] = {}
        self._idle: set[asyncio.StreamWriter] = set()
        self._outages: set[asyncio.Task[None]] = set()
        self._down = False
        self._outages_left = 0
        self._kept: socket.socket | None = None

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    async def start(self) -> None:
        """Listen; `port` 0 takes a free one. Raises `PortTaken`."""
        if self.port > 65_535:
            raise self._taken("ports end at 65535")
        try:
            listener = socket.create_server((self.host, self.port), backlog=_BACKLOG)
        except OSError as error:
            raise self._taken(error.strerror or str(error)) from None
        self.port = listener.getsockname()[1]
        self._listen(listener)
        loop = asyncio.get_running_loop()
        self.state.on_outage = lambda seconds: _soon(loop, self, seconds)

    def _listen(self, listener: socket.socket) -> None:
        listener.setblocking(False)
        self._listener = listener
        # Not asyncio's own server: closed at the wrong moment it loses connections it just took.
        asyncio.get_running_loop().add_reader(listener, self._accept, listener)

    async def stop(self) -> None:
        """Close the port and every connection, and wait until they are gone."""
        self.state.on_outage = None
        self.state.closing.set()
        self._close_listener()
        sockets = list(self._serving.values())
        running = [*self._serving, *self._outages]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        for taken in sockets:
            # A task canceled before it began has not closed its connection.
            taken.close()
        if self._kept is not None:
            self._kept.close()

    def abandon(self) -> None:
        """Close the port and every connection where the event loop is gone."""
        self.state.on_outage = None
        self.state.closing.set()
        for one in (self._listener, self._kept, *self._serving.values()):
            if one is not None:
                one.close()
        self._listener = self._kept = None

    def _taken(self, why: str) -> PortTaken:
        return PortTaken(
            f"port {self.port} on {self.host} is not free for the simulated venue "
            f"{self.state.name} ({why}): choose another --port, "
            "or leave it out to get a free one"
        )

    # --- outages ---
    def begin_outage(self, seconds: float) -> None:
        """Refuse connections for a while; those that are open end after their present request.
        Where several outages overlap, it is over when the last one is. One of 0 seconds ends all.
        """
        if not seconds:
            for task in list(self._outages):
                task.cancel()
            self._outages_left = 0
            self._come_back()
            return
        self._outages_left += 1
        if not self._down:
            self._down = True
            self._close_listener()
            self._kept = self._keep_the_port()
            for writer in list(self._idle):
                writer.transport.abort()
        task = asyncio.ensure_future(self._outage(seconds))
        self._outages.add(task)
        task.add_done_callback(self._outages.discard)

    def _keep_the_port(self) -> socket.socket:
        """The port, held without listening: another program's connection could take it."""
        kept = socket.socket()
        if os.name == "posix":
            kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind((self.host, self.port))
        return kept

    async def _outage(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._outages_left -= 1
        if self._outages_left == 0:
            self._come_back()

    def _come_back(self) -> None:
        if self._kept is None:
            return
        kept, self._kept = self._kept, None
        self._down = False
        kept.listen(_BACKLOG)
        self._listen(kept)

    def _close_listener(self) -> None:
        if self._listener is not None:
            asyncio.get_running_loop().remove_reader(self._listener)
            self._listener.close()
            self._listener = None

    # --- one connection ---
    def _accept(self, listener: socket.socket) -> None:
        try:
            taken, _ = listener.accept()
        except OSError:
            return
        taken.setblocking(False)
        taken.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        task = asyncio.ensure_future(self._serve(taken))
        self._serving[task] = taken
        task.add_done_callback(self._serving.pop)

    async def _serve(self, taken: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(loop=loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        transport, _ = await loop.connect_accepted_socket(lambda: protocol, taken)
        writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        try:
            await _Connection(self, reader, writer).run()
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._idle.discard(writer)
            writer.close()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    def waiting(self, writer: asyncio.StreamWriter, idle: bool) -> None:
        """Note whether a connection is between requests."""
        (self._idle.add if idle else self._idle.discard)(writer)

    @property
    def down(self) -> bool:
        return self._down

    def refused(self, method: str, target: bytes) -> bool:
        """Whether a fault refuses a request of which only the head has been read."""
        with self.state.lock:
            return self._venue.refused(method, target)

    async def respond(self, request: RawRequest) -> Delivery:
        """Answer one complete request."""
        if request.path.startswith(CONTROL_PREFIX):
            with self.state.lock:
                return deliver(respond(self._control, request))
        with self.state.lock:
            arrival = self._venue.arrive(request)
        if arrival.delay:
            await asyncio.sleep(arrival.delay)
        if self._venue.may_wait(arrival):
            return await asyncio.to_thread(self._venue.handle, arrival)
        return self._venue.handle(arrival)


def _soon(loop: asyncio.AbstractEventLoop, server: Server, seconds: float) -> None:
    loop.call_soon_threadsafe(server.begin_outage, seconds)


class _Connection:
    """One client's connection, request after request."""

    def __init__(
        self, server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_MOST_HEAD)
        self._ip = str(writer.get_extra_info("peername")[0])

    async def run(self) -> None:
        while True:
            self._server.waiting(self._writer, idle=True)
            try:
                head = await self._next()
                self._server.waiting(self._writer, idle=False)
                if not isinstance(head, h11.Request) or self._refused(head):
                    return
                body = await self._body()
            except h11.RemoteProtocolError as error:
                await self._complain(error.error_status_hint)
                return
            if body is None:
                await self._complain(413)
                return
            delivery = await self._server.respond(self._request(head, body))
            if not await self._send(delivery):
                return
            if self._http.our_state is h11.MUST_CLOSE or self._server.down:
                return
            self._http.start_next_cycle()

    async def _next(self) -> h11.Event | type[h11.PAUSED]:
        """The client's next event, reading as needed."""
        while True:
            event = self._http.next_event()
            if event is not h11.NEED_DATA:
                return event  # type: ignore[return-value]
            if self._http.they_are_waiting_for_100_continue:
                await self._write(h11.InformationalResponse(status_code=100, headers=[]))
            self._http.receive_data(await self._reader.read(_CHUNK))

    async def _body(self) -> bytes | None:
        """The whole body; None if it is larger than any venue would read."""
        parts: list[bytes] = []
        size = 0
        while True:
            event = await self._next()
            if isinstance(event, h11.EndOfMessage):
                return b"".join(parts)
            if not isinstance(event, h11.Data):
                raise ConnectionResetError("the client left in the middle of a body")
            parts.append(bytes(event.data))
            size += len(parts[-1])
            if size > _MOST_BODY:
                return None

    def _request(self, head: h11.Request, body: bytes) -> RawRequest:
        path, _, query = head.target.partition(b"?")
        return RawRequest(
            method=head.method.decode("ascii"),
            path=path,
            query=query,
            headers=tuple(head.headers.raw_items()),
            body=body,
            ip=self._ip,
            received=self._server.state.clock.now(),
        )

    def _refused(self, head: h11.Request) -> bool:
        """Close at once if a fault says so: only the head has been looked at."""
        if head.target.startswith(CONTROL_PREFIX):
            return False
        refused = self._server.refused(head.method.decode("ascii"), head.target)
        if refused:
            self._reset()
        return refused

    # --- what goes out ---
    async def _send(self, delivery: Delivery) -> bool:
        """Send as told; whether the connection can be used again."""
        if delivery.delay:
            await asyncio.sleep(delivery.delay)
        if delivery.mode == "reset":
            self._reset()
        if delivery.mode in ("reset", "close"):
            return False
        head, body = self._head(delivery), delivery.body
        if delivery.mode == "truncate":
            await self._write(head, h11.Data(data=body[: len(body) // 2]))
            return False
        if delivery.mode == "drip":
            await self._write(head)
            for at in range(0, len(body), delivery.piece):
                await asyncio.sleep(delivery.pause)
                await self._write(h11.Data(data=body[at : at + delivery.piece]))
            await self._write(h11.EndOfMessage())
        else:
            await self._write(head, h11.Data(data=body), h11.EndOfMessage())
        return True

    def _head(self, delivery: Delivery) -> h11.Response:
        now = self._server.state.clock.now() / 1000
        headers = [
            ("Date", formatdate(now, usegmt=True)),
            *delivery.headers,
            ("Content-Length", str(len(delivery.body))),
        ]
        if self._server.down:
            headers.append(("Connection", "close"))
        return h11.Response(
            status_code=delivery.status,
            headers=[(name.encode("ascii"), value.encode("latin-1")) for name, value in headers],
            reason=_reason(delivery.status),
        )

    async def _write(self, *events: h11.Event) -> None:
        """Write these as one piece, so that a reply is not cut where nobody asked for it."""
        self._writer.write(b"".join(self._http.send(event) or b"" for event in events))
        await self._writer.drain()

    async def _complain(self, status: int) -> None:
        """Tell a client that does not speak HTTP so, and leave."""
        if self._http.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            await self._send(deliver(Response({"error": _reason(status).decode()}, status)))

    def _reset(self) -> None:
        """End the connection with a reset instead of a goodbye."""
        raw = self._writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()


def _reason(status: int) -> bytes:
    try:
        return HTTPStatus(status).phrase.encode("ascii")
    except ValueError:
        return b""
