"""The bytes of one connection, plain or encrypted, without waiting for any.

Whoever uses a channel waits by himself, on a loop or in a thread. A channel knows what has left: as
long as `send` raises, nothing has.
"""

from __future__ import annotations

import contextlib
import socket
import ssl

PIECE = 65536


class Channel:
    """Over a connected socket that does not block."""

    def __init__(self, plain: socket.socket) -> None:
        self.plain = plain
        self._unsent = b""

    @property
    def more(self) -> bool:
        """Whether there is something to read that the socket does not show."""
        return False

    def read(self) -> bytes | None:
        """What has come in: None for nothing, empty at the end. Raises OSError."""
        try:
            return self.plain.recv(PIECE)
        except (BlockingIOError, InterruptedError):
            return None

    def send(self, data: bytes) -> bool:
        """Hand `data` over; whether all of it has left, or else `flush` goes on. Raises OSError,
        and then not one byte of it has left."""
        return self._hand_over(data)

    def flush(self) -> bool:
        """Send more of what has not left; whether all of it has. Raises OSError."""
        return self._hand_over(b"")

    def _hand_over(self, data: bytes) -> bool:
        if self._unsent:
            data, self._unsent = self._unsent + data, b""
        try:
            size = self.plain.send(data)
        except (BlockingIOError, InterruptedError):
            size = 0
        if size == len(data):
            return True
        self._unsent = data[size:]
        return False

    def shut(self) -> None:
        """End it for both sides, so that whoever waits for it is woken."""
        with contextlib.suppress(OSError):
            self.plain.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of it. In a child process that ends nothing for the parent."""
        self.plain.close()


class TlsChannel(Channel):
    """TLS over a socket. Nothing may be sent or read before `shake_hands` has said True."""

    def __init__(self, plain: socket.socket, context: ssl.SSLContext, host: str) -> None:
        super().__init__(plain)
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)

    @property
    def more(self) -> bool:
        return self._incoming.pending > 0 or self._tls.pending() > 0

    def shake_hands(self) -> bool:
        """Whether it is done; or else to be asked again when more has come in. Raises OSError."""
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._out()
                if not self._take():
                    return False
            except ssl.SSLError:
                # The other side is told why.
                with contextlib.suppress(OSError):
                    self._out()
                raise
            else:
                self._out()
                return True

    def read(self) -> bytes | None:
        while True:
            if not self.more and not self._take():
                return None
            try:
                return self._tls.read(PIECE)
            except ssl.SSLWantReadError:
                # Half a record, or one that holds nothing for us.
                if self._outgoing.pending:
                    self._out()
                if self._incoming.eof:
                    return b""
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""

    def send(self, data: bytes) -> bool:
        self._tls.write(data)
        return self._out()

    def _out(self) -> bool:
        """Send what TLS has to say."""
        return self._hand_over(self._outgoing.read())

    def _take(self) -> bool:
        """Hand over to TLS what has come in; whether anything has, be it the end."""
        data = super().read()
        if data is None:
            return False
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()
        return True
