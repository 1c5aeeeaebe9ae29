"""Replies read by h11, which the kit needs anyway; slower than `answers_httptools`."""

from __future__ import annotations

import h11

from exchangekit.runtime.transports.answers import LARGEST_HEAD, Answer, Unreadable
from exchangekit.runtime.transports.inflate import bounded_headers, unusable


class H11Answer(Answer):
    """The reply to a request of `method`."""

    __slots__ = ("_reading",)

    def __init__(self, method: str) -> None:
        super().__init__()
        self._reading = h11.Connection(h11.CLIENT, LARGEST_HEAD)
        # Of the request only the method matters: by it h11 knows where the reply ends.
        self._reading.send(h11.Request(method=method, target=b"/", headers=[(b"Host", b"-")]))
        self._reading.send(h11.EndOfMessage())

    def feed(self, data: bytes) -> None:
        if self.done:
            self.kept = self.kept and not data
        elif data:
            # To h11 nothing is the end.
            self._take(data)

    def _take(self, data: bytes) -> None:
        try:
            self._reading.receive_data(data)
            self._read()
        except h11.RemoteProtocolError as problem:
            if problem.error_status_hint == 431:
                raise unusable("the reply's headers are too large") from None
            raise Unreadable(str(problem)) from None

    def ended(self) -> None:
        if not self.done:
            self._take(b"")
        if not self.done:
            raise Unreadable("the connection was closed before the whole reply had come")
        self.kept = False

    def _read(self) -> None:
        reading = self._reading
        while (event := reading.next_event()) is not h11.NEED_DATA:
            if isinstance(event, h11.Data):
                self.pieces.append(bytes(event.data))
            elif isinstance(event, h11.Response):
                pairs = [
                    (name.decode("latin-1"), said.decode("latin-1")) for name, said in event.headers
                ]
                self.headers = bounded_headers(pairs)
                self.status = event.status_code
            elif isinstance(event, h11.EndOfMessage):
                self.done = True
                surplus, _ = reading.trailing_data
                self.kept = reading.their_state is h11.DONE and not surplus
                return
            elif not isinstance(event, h11.InformationalResponse):
                raise Unreadable("the server speaks another protocol from here on")
