"""Placing an order at one of several venues: never at two, and never nowhere without saying so.

One intent in the failover's journal spans the venues that the order is tried at. Before it is
handed to one, that is written there (a claim), so that of several processes with the same order all
follow one sequence. Before it moves on, its name is closed in the journal of the venue that it
leaves: whoever still wants to place it there, under the same intent, cannot any more. What is
unknown does not move.
"""

from __future__ import annotations

from typing import cast

from exchangekit.errors import (
    DuplicateClientOrderId,
    ExchangeError,
    InsufficientFunds,
    InvalidOrder,
    MissingCredentials,
    NotRecorded,
    Outcome,
    OutcomeUnknown,
    UnknownSymbol,
    Unsupported,
)
from exchangekit.failover.candidates import Candidates, Covers
from exchangekit.failover.closing import OPERATION, close_name, may_end
from exchangekit.failover.errors import NoVenue, with_reasons
from exchangekit.failover.events import OrderAdapted, OrderMoved
from exchangekit.failover.fitting import changed
from exchangekit.failover.ids import blamed, owned, split
from exchangekit.failover.members import Member
from exchangekit.failover.moving import PROVEN, moves_on
from exchangekit.failover.overhearing import Overheard
from exchangekit.failover.ranking import Candidate
from exchangekit.failover.several import NAME, Several
from exchangekit.models.orders import Order, OrderRequest
from exchangekit.orders.again import unlike_before
from exchangekit.orders.looking import differences
from exchangekit.orders.placing import end
from exchangekit.orders.reading import as_arguments
from exchangekit.runtime.effects import Flow, Now, Record, Today
from exchangekit.runtime.journal import (
    AlreadyIntended,
    Asked,
    Ended,
    Entry,
    Halted,
    Intent,
    NameClosed,
    Recorded,
    Sending,
)
from exchangekit.runtime.refusals import not_written

_SHARED = (InsufficientFunds, InvalidOrder, UnknownSymbol, Unsupported, MissingCredentials)


class Placement:
    """One order on its way, from venue to venue."""

    def __init__(self, several: Several, order: OrderRequest, *, named: bool = True) -> None:
        self.several = several
        self.order = order
        self.named = named
        """Whether its client order id is the user's: it may have been used before."""
        self.among = tuple(one.account for one in several.members)
        self.intent = Intent(several.account, OPERATION, order)
        self.candidates = Candidates(several, order)
        self.claims = 0
        """To how many venues it was handed, by this process or another."""
        self.reasons: dict[str, ExchangeError] = {}
        """Why each of those that did not take it did not."""
        self.closed: set[str] = set()
        """Where its name is closed: nobody places it there any more, for this intent."""
        self.only_looks = False
        """Another call has placed it: what this one meets is not how it ends."""
        self.at: Member | None = None
        """Where it was handed to last, by this process or another."""
        self.heard: Overheard | None = None
        self._started = 0.0

    def run(self) -> Flow[Order]:
        """The order, from the venue that took it. Every end is written down."""
        self._started = yield Now()
        try:
            made = yield from self._there_or_placed()
        except GeneratorExit:
            raise
        except BaseException as problem:
            yield from self._end(*self._known(problem), problem)
            raise
        yield from self._end(None, made, None)
        return made

    def _there_or_placed(self) -> Flow[Order]:
        """The order that exists under the name, whatever holds a new one up; else a new one."""
        try:
            if self.named:
                yield from self._written(Asked(self.intent, self.among))
        except AlreadyIntended as known:
            try:
                return (yield from self._follow(known.earlier))
            except ExchangeError as failure:
                if not moves_on(failure) or self.at is None:
                    raise
                self.reasons[self.at.key] = failure
        halt = self.several.halted()
        if halt is not None:
            raise self._complete(not_written(Halted(halt), Outcome.NOT_SENT))
        return (yield from self._tried())

    def _tried(self) -> Flow[Order]:
        left = yield from self.candidates.ranked(self.reasons)
        tight: list[Candidate] = []
        before = self.at
        while left or tight:
            last_resort = not left
            candidate = (left or tight).pop(0)
            member = self.several.by_key[candidate.key]
            problem = self.candidates.ill(member)
            if problem is None:
                covers = yield from self.candidates.covers(candidate)
                if covers is Covers.WITHOUT_FEES and not last_resort:
                    tight.append(candidate)
                    continue
                problem = self.candidates.ill(member)
                if covers is Covers.NOT:
                    problem = self.candidates.unaffordable(candidate)
            if problem is not None:
                self.reasons[member.key] = problem
                continue
            try:
                made = yield from self._one(member, candidate.order, before)
            except ExchangeError as failure:
                if not moves_on(failure):
                    raise
                before = self.at or member
                self.reasons[before.key] = failure
                if before is not member:
                    left.insert(0, candidate)
                left = [one for one in left if one.key != before.key]
                tight = [one for one in tight if one.key != before.key]
            else:
                return made
        raise self._nowhere()

    def _one(self, member: Member, order: OrderRequest, before: Member | None) -> Flow[Order]:
        """At `member`; or where another process has handed it to in the meantime."""
        self.at = member
        try:
            yield from self._claim(member)
        except AlreadyIntended as known:
            return (yield from self._follow(known.earlier))
        if before is not None:
            yield from self._tell_move(before, member)
        return (yield from self._at(member, order))

    # At one venue

    def _claim(self, member: Member) -> Flow[None]:
        """Write down that it is handed to `member`. Raises AlreadyIntended where another process
        has handed it to somebody."""
        number = self.claims + 1
        yield from self._written(
            Sending(self.intent, number, None, at=member.account, among=self.among)
        )
        self.claims = number

    def _written(self, entry: Entry) -> Flow[None]:
        try:
            yield Record(entry)
        except (AlreadyIntended, ExchangeError):
            raise
        except Exception as problem:
            raise self._complete(not_written(problem, self._proven())) from problem

    def _at(self, member: Member, order: OrderRequest) -> Flow[Order]:
        """Place it at `member`. What ends there for good is closed there before it is raised as
        something that may move on."""
        if (words := changed(self.order, order)) is not None:
            at = yield Today()
            self.several.events.tell(OrderAdapted(self.order, order, member.key, words, at))
        self.heard = Overheard(self.intent)
        try:
            placed: Order = yield member.on(self.heard.run(_placed(member, order)))
        except ExchangeError as problem:
            self.candidates.forget_balance(member)
            if isinstance(problem.__cause__, NameClosed):
                self.closed.add(member.key)
                raise self._elsewhere(member) from problem
            if moves_on(problem):
                yield from self._close(member, order, problem)
            blamed(problem, member.key, self.intent, self.claims)
            raise
        self.candidates.forget_balance(member)
        return owned(placed, member.key)

    def _elsewhere(self, member: Member) -> ExchangeError:
        """It is proven not to be at `member`, by another process, which has moved it on."""
        return self._complete(
            NoVenue(f"it is proven not to be at {member.key}, and has moved on from there")
        )

    def _close(self, member: Member, order: OrderRequest, problem: ExchangeError) -> Flow[None]:
        """No process may place it at `member` any more, under this intent. Raises OutcomeUnknown
        where one has just done so."""
        try:
            yield from close_name(member, order, self.intent)
        except AlreadyIntended as known:
            unknown = OutcomeUnknown(
                "another process is placing it there just now: ask again with the same client order"
                " id",
                venue=member.account.venue,
            )
            unknown.handle = Sending(
                known.earlier.intent,
                known.earlier.attempts,
                known.earlier.fence,
                known.earlier.margin,
                known.earlier.began,
                within=self.intent,
                step=self.claims,
            )
            raise self._complete(unknown, Outcome.UNKNOWN) from problem
        except Exception as trouble:
            # Another process may have written it there before: it stays where it is.
            words = f"{problem.message}; it does not move on, for its name could not be closed at"
            stays = NotRecorded(f"{words} {member.key}: {trouble}", venue=member.account.venue)
            raise self._complete(stays, problem.outcome or Outcome.UNKNOWN) from trouble
        self.closed.add(member.key)

    # What another process, or an earlier call, has begun

    def _follow(self, earlier: Recorded) -> Flow[Order]:
        """The order of `earlier`, which has the name: looked up where it is, or placed on there."""
        used = f"this client order id was used on {earlier.written:%Y-%m-%d %H:%M:%S} UTC"
        unlike = unlike_before(cast("OrderRequest", earlier.intent.change), self.order)
        if unlike:
            error = DuplicateClientOrderId(f"{used} for another order: {', '.join(unlike)}")
            error.order_id = earlier.order_id
            raise self._complete(error)
        if earlier.intent.uid != self.intent.uid:
            self.intent, self.claims, self.closed = earlier.intent, 0, set()
        self.claims = max(self.claims, len(earlier.tried))
        last = earlier.tried[-1] if earlier.tried else None
        member = next((one for one in self.several.members if one.account == last), None)
        if member is None:
            raise self._complete(
                OutcomeUnknown(
                    f"{used} and handed to {last}, which is not in this failover: ask there"
                ),
                Outcome.UNKNOWN,
            )
        self.at = member
        if earlier.state == "done" or member.journal is None:
            self.only_looks = True
            return (yield from self._found(member, earlier, used))
        if member.key in self.closed:
            raise self._elsewhere(member)
        # Its journal there lets one of all that place it send, and shows the others what is there.
        return (yield from self._one(member, self.candidates.fitted(member, self.order), None))

    def _found(self, member: Member, earlier: Recorded, used: str) -> Flow[Order]:
        known = split(earlier.order_id or "")
        own = None if known is None else known[1]
        name = None if own is not None else self.order.client_order_id
        try:
            found = yield from self.several.ask(
                member,
                "fetch_order",
                lambda served: served.fetch_order(own, self.order.symbol, client_order_id=name),
                self.intent,
            )
        except ExchangeError as problem:
            unknown = OutcomeUnknown(
                f"{used}; it was handed to {member.key}, where looking for it failed:"
                f" {problem.message}"
            )
            raise self._complete(unknown, Outcome.UNKNOWN) from problem
        unlike = differences(found, self.candidates.fitted(member, self.order))
        if unlike:
            error = DuplicateClientOrderId(f"{used}; order {found.id} differs: {', '.join(unlike)}")
            error.order_id = found.id
            raise self._complete(error)
        return found

    # The end

    def _known(self, problem: BaseException) -> tuple[Outcome | None, Order | None]:
        """What is known when `problem` ends it."""
        if isinstance(problem, ExchangeError):
            return problem.outcome or Outcome.NOT_SENT, None
        ended = None if self.heard is None else self.heard.ended
        if ended is None:
            return (Outcome.NOT_SENT if self.heard is None else Outcome.UNKNOWN), None
        result = ended.result if isinstance(ended.result, Order) else None
        key = next(one.key for one in self.several.members if one.account == ended.intent.account)
        return ended.outcome, None if result is None else owned(result, key)

    def _end(
        self, outcome: Outcome | None, made: Order | None, problem: BaseException | None
    ) -> Flow[None]:
        if not self.claims or (made is None and self.only_looks):
            return
        if outcome in PROVEN and self.at is not None and self.at.key not in self.closed:
            fitted = self.candidates.fitted(self.at, self.order)
            if not (yield from may_end(self.at, fitted, self.intent)):
                return
        ended = Ended(self.intent, outcome, made, problem, attempt=self.claims)
        yield from end(lambda event: None, ended)

    def _nowhere(self) -> ExchangeError:
        """What the caller gets when nobody took it: the kind of error that all share where waiting
        cures nothing, else NoVenue."""
        if not self.reasons:
            return self._complete(NoVenue("the ranking leaves no venue for it", venue=NAME))
        first = next(iter(self.reasons.values()))
        if len(self.reasons) == 1:
            return self._complete(first)
        shared = next(
            (
                kind
                for kind in _SHARED
                if all(isinstance(why, kind) for why in self.reasons.values())
            ),
            None,
        )
        words = "no venue took it"
        error = first if shared is not None else NoVenue(words, reasons=self.reasons)
        if isinstance(error, InvalidOrder):
            error.nearest = None  # it is legal at one of them
        error.reword(with_reasons(words, self.reasons))
        error.venue, error.outcome = NAME, self._proven()
        return self._complete(error)

    def _proven(self) -> Outcome:
        """What all attempts so far have proven together."""
        outcomes = {why.outcome for why in self.reasons.values()}
        return next(
            (one for one in (Outcome.ABSENT, Outcome.REFUSED) if one in outcomes), Outcome.NOT_SENT
        )

    def _complete(self, error: ExchangeError, outcome: Outcome = Outcome.NOT_SENT) -> ExchangeError:
        error.venue = error.venue or NAME
        error.operation = OPERATION
        error.outcome = error.outcome or outcome
        error.client_order_id = self.order.client_order_id
        return error

    def _tell_move(self, before: Member, after: Member) -> Flow[None]:
        now: float = yield Now()
        at = yield Today()
        self.several.events.tell(
            OrderMoved(
                self.order.client_order_id or "",
                self.order.symbol,
                before.key,
                after.key,
                self.reasons[before.key].message,
                now - self._started,
                at,
            )
        )


def _placed(member: Member, order: OrderRequest) -> Flow[Order]:
    return member.operations.create_order(**as_arguments(order))
