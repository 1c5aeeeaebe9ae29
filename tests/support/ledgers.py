"""Venues with ledgers of their own: who has an order, since when, and what was told of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from exchangekit.adapter import Outgoing, Reply
from support.toy import START_MS, lost, not_connected, query, refusal, reply

INSIDE = 4.0
"""Seconds that a venue may hold an order back inside: less than the margin that it declares."""


class Answer(StrEnum):
    """What becomes of an order at its venue, and what is told of it."""

    TAKEN = "taken"
    TAKEN_AND_LOST = "taken, the answer is lost"
    HELD_AND_LOST = "taken a while later, the answer is lost"
    DELAYED_AND_LOST = "under way for a while, the answer is lost"
    NEVER_CAME = "lost on its way there"
    AWAY_AND_TAKEN = "taken, and a gateway says 503"
    AWAY = "not taken, and a gateway says 503"
    BUSY = "the venue is overloaded and takes nothing"
    LIMITED = "too many requests"
    REFUSED = "no funds"
    NO_ACCESS = "not with this key"
    DOWN = "no connection"


LOST = (Answer.TAKEN_AND_LOST, Answer.HELD_AND_LOST, Answer.DELAYED_AND_LOST, Answer.NEVER_CAME)


class NobodyAnswers(BaseException):
    """The test asks for what its venues do not have: no flow is to make anything of it."""


@dataclass(frozen=True)
class Row:
    """An order in a ledger: its id and who has sent it."""

    id: str
    client: str
    by: int
    since: float


@dataclass
class Venue:
    """A venue with a ledger. ``answers`` are given one after another, then ``usual``."""

    key: str
    answers: list[Answer] = field(default_factory=list)
    usual: Answer = Answer.TAKEN
    blind: int = 0
    """So many questions for an order fail."""
    knows_doubles: bool = True
    """It refuses a name that an order has already."""
    ledger: list[Row] = field(default_factory=list)
    under_way: list[tuple[float, Outgoing, int]] = field(default_factory=list)
    held: list[tuple[float, Outgoing, int]] = field(default_factory=list)
    asked: int = 0

    def pass_time(self, now: float) -> None:
        """What was under way comes, and what was held back is taken."""
        for due, outgoing, by in tuple(self.under_way):
            if due <= now:
                self.under_way.remove((due, outgoing, by))
                if self._in_time(outgoing, due):
                    self._take(outgoing, by, due)
        for due, outgoing, by in tuple(self.held):
            if due <= now:
                self.held.remove((due, outgoing, by))
                self._take(outgoing, by, due)

    def answer(self, outgoing: Outgoing, by: int, now: float) -> Reply:
        if outgoing.path == "/time":
            return reply({"t": milliseconds(now)})
        if outgoing.path == "/open":
            return reply({"rows": [_shown(row) for row in self.ledger]})
        if outgoing.path == "/balance":
            return reply({})
        if outgoing.path == "/fills":
            return reply({"rows": []})
        if outgoing.path != "/order":
            raise NobodyAnswers(outgoing.path)
        if outgoing.method == "GET":
            return self._shown(query(outgoing))
        assert outgoing.method == "POST"
        return self._ordered(outgoing, by, now)

    def _shown(self, asked: dict[str, str]) -> Reply:
        if self.blind:
            self.blind -= 1
            raise lost()
        for row in self.ledger:
            if asked.get("id", row.id) == row.id and asked.get("client", row.client) == row.client:
                return reply(_shown(row))
        return refusal(-2013, "no such order")

    def _ordered(self, outgoing: Outgoing, by: int, now: float) -> Reply:
        self.asked += 1
        answer = self.answers.pop(0) if self.answers else self.usual
        match answer:
            case Answer.DOWN:
                raise not_connected()
            case Answer.NEVER_CAME:
                raise lost()
            case Answer.AWAY:
                return refusal(-1007, "away", status=503)
            case Answer.BUSY:
                return refusal(-1008, "busy", status=503)
            case Answer.LIMITED:
                return refusal(-1003, "slower", status=429)
            case Answer.DELAYED_AND_LOST:
                self.under_way.append((now + 1.0, outgoing, by))
                raise lost()
        if not self._in_time(outgoing, now):
            return refusal(-1021, "too late")
        if answer is Answer.REFUSED:
            return refusal(-2010, "no funds")
        if answer is Answer.NO_ACCESS:
            return refusal(-2015, "not you")
        if answer is Answer.HELD_AND_LOST:
            self.held.append((now + INSIDE, outgoing, by))
            raise lost()
        made = self._take(outgoing, by, now)
        if answer is Answer.TAKEN_AND_LOST:
            raise lost()
        if answer is Answer.AWAY_AND_TAKEN:
            return refusal(-1007, "away", status=503)
        return refusal(-2012, "a double") if made is None else reply(_shown(made))

    def _in_time(self, outgoing: Outgoing, now: float) -> bool:
        told = query(outgoing)
        return milliseconds(now) <= int(told["timestamp"]) + int(told["recvWindow"])

    def _take(self, outgoing: Outgoing, by: int, now: float) -> Row | None:
        name = query(outgoing)["client"]
        if self.knows_doubles and any(one.client == name for one in self.ledger):
            return None
        row = Row(str(len(self.ledger) + 1), name, by, now)
        self.ledger.append(row)
        return row

    def may_still_take(self, by: int) -> bool:
        return any(one[2] == by for one in (*self.under_way, *self.held))


def milliseconds(now: float) -> int:
    return START_MS + round(now * 1000)


def _shown(row: Row) -> dict[str, Any]:
    return {"id": row.id, "client": row.client, "at": milliseconds(row.since), "side": "buy",
            "type": "limit", "amount": "1", "price": "10"}  # fmt: skip
