"""What a connection does to one request and its reply.

A `Wire` is data: whether, when and how often the request reaches the venue (`carry`), and what of
the reply comes back (`back`), as a list of what a reader of the connection meets in turn: bytes,
or an `Event`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Literal


class Event(Enum):
    """What a connection does instead of bringing bytes."""

    END = auto()
    """It is closed in good order."""
    RESET = auto()
    SILENCE = auto()
    """Nothing comes, until the reader's patience is over."""
    INTERRUPT = auto()
    """Whoever waits for it is interrupted: a Ctrl-C, a canceled task."""
    DEATH = auto()
    """The process that waits for it is killed: nothing that it would have done happens."""


Piece = bytes | Event
Carry = Literal["now", "never", "late", "twice", "held"]
"""late: handed over later. twice: handed over two times. held: it arrives now, and is carried out
inside the venue later."""
Back = Callable[[bytes, list[bytes]], list[Piece]]
"""From what the venue replied (empty where it did not), and all replies, to what comes back."""

HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Wire:
    back: Back
    carry: Carry = "now"
    seconds: float = 0.0
    """How much later, where it is late or held."""
    connects: Literal["", "refused", "dns", "tls"] = ""
    """Why no connection comes about; then nothing else matters."""
    of_another: bool = False
    """What comes back is the last reply to the same operation, which was about something else."""
    breaks_sending: bool = False
    """The connection breaks while the request is written: half of it has left."""


def whole(reply: bytes, replies: list[bytes]) -> list[Piece]:
    return [reply]


def then(event: Event) -> Back:
    """The whole reply, and then that."""
    return lambda reply, replies: [reply, event]


def only(event: Event) -> Back:
    """That, in the place of a reply."""
    return lambda reply, replies: [event]


def after_the_head(event: Event) -> Back:
    def back(reply: bytes, replies: list[bytes]) -> list[Piece]:
        head, end, _ = reply.partition(HEAD_END)
        return [head + end, event]

    return back


def in_the_body(event: Event) -> Back:
    def back(reply: bytes, replies: list[bytes]) -> list[Piece]:
        head, end, body = reply.partition(HEAD_END)
        return [head + end + body[: len(body) // 2], event]

    return back


def cut(at: int, event: Event = Event.END) -> Back:
    """The first `at` bytes."""
    return lambda reply, replies: [reply[:at], event]


def with_surplus(reply: bytes, replies: list[bytes]) -> list[Piece]:
    """The reply, and in the same piece the beginning of another one."""
    return [reply + b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"]


def said_twice(reply: bytes, replies: list[bytes]) -> list[Piece]:
    return [reply + reply]


def the_first(reply: bytes, replies: list[bytes]) -> list[Piece]:
    return [replies[0]]


def first_and_second(reply: bytes, replies: list[bytes]) -> list[Piece]:
    return [b"".join(replies)]


def dripping(reply: bytes, replies: list[bytes]) -> list[Piece]:
    """In small pieces, which is no trouble as such."""
    return [reply[at : at + 7] for at in range(0, len(reply), 7)]
