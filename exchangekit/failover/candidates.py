"""The venues that could take an order: healthy, listing it, with filters that it meets, in the
order in which the ranking wants them tried, and whether the balance there covers it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

from exchangekit.errors import ExchangeError, InsufficientFunds, Outcome, UnknownSymbol
from exchangekit.failover.errors import NoVenue
from exchangekit.failover.fitting import fitted
from exchangekit.failover.health import Kind
from exchangekit.failover.members import Member
from exchangekit.failover.ranking import Candidate
from exchangekit.failover.several import NAME, Several
from exchangekit.models.account import Balances
from exchangekit.models.enums import Side
from exchangekit.models.market import Market
from exchangekit.models.numbers import WIDE, pretty
from exchangekit.models.orders import LimitOrder, MarketBuyWithCost, OrderRequest
from exchangekit.orders.checks import check_filters
from exchangekit.runtime.effects import Flow, Now

_BALANCE_SECONDS = 1.0
"""For so long a balance is taken as it was told, while no order is placed there."""


class Candidates:
    """Those for one order."""

    def __init__(self, several: Several, order: OrderRequest) -> None:
        self.several = several
        self.order = order

    def ranked(self, reasons: dict[str, ExchangeError]) -> Flow[list[Candidate]]:
        """In the order in which they are to be tried. `reasons` are told why the others are not."""
        several = self.several
        healthy = yield from several.admitted(Kind.TRADING)
        for member in several.members:
            if member not in healthy:
                reasons[member.key] = _not_sent(
                    NoVenue(several.why_not(member, Kind.TRADING)), member
                )
        readable = yield from several.admitted(Kind.PRIVATE, healthy)
        yield from self._load(healthy, reasons)
        found = []
        for member in healthy:
            if member.key in reasons:
                continue
            try:
                found.append(self._candidate(member))
            except ExchangeError as problem:
                reasons[member.key] = _not_sent(problem, member)
        rank = several.settings.rank
        if len(found) > 1 and getattr(rank, "needs_books", False):
            found = yield from self._with_books(found)
        # Where the account cannot be read, a lost answer could not be looked for: those come last.
        sighted = [one for one in found if several.by_key[one.key] in readable]
        blind = [one for one in found if one not in sighted]
        return [*rank(self.order, sighted), *rank(self.order, blind)]

    def _load(self, healthy: list[Member], reasons: dict[str, ExchangeError]) -> Flow[None]:
        unknown = [one for one in healthy if one.operations.markets is None]
        if unknown:
            _, missing = yield from self.several.ask_all(
                "load_markets", lambda served: served.load_markets(), unknown
            )
            for key, problem in missing.items():
                reasons[key] = _not_sent(problem, self.several.by_key[key])

    def _candidate(self, member: Member) -> Candidate:
        market = self._market(member)
        if market is None:
            raise UnknownSymbol(f"{member.key} does not list {self.order.symbol}")
        order = fitted(self.order, market, self.several.settings.rounding)
        check_filters(order, market)
        circuit = self.several.health.circuit(member.account, Kind.TRADING)
        return Candidate(member.key, market, order, latency=circuit.latency)

    def _market(self, member: Member) -> Market | None:
        known = member.operations.markets
        return None if known is None else known.get(self.order.symbol)

    def fitted(self, member: Member, order: OrderRequest) -> OrderRequest:
        """`order` as it is sent to `member`."""
        market = self._market(member)
        return order if market is None else fitted(order, market, self.several.settings.rounding)

    def _with_books(self, found: list[Candidate]) -> Flow[list[Candidate]]:
        symbol = self.order.symbol
        books, _ = yield from self.several.ask_all(
            "fetch_order_book",
            lambda served: served.fetch_order_book(symbol),
            [self.several.by_key[one.key] for one in found],
        )
        return [replace(one, book=books.get(one.key)) for one in found]

    def ill(self, member: Member) -> ExchangeError | None:
        """Why it is not tried: others may have met trouble there since the ranking."""
        if self.several.is_closed(member, Kind.TRADING):
            return None
        return _not_sent(NoVenue(self.several.why_not(member, Kind.TRADING)), member)

    # Balances

    def covers(self, candidate: Candidate) -> Flow[Covers]:
        """Whether the balance there covers it; as far as can be told before the venue tells."""
        need = needed(candidate.order, candidate.market)
        if need is None or not self.several.settings.check_balance:
            return Covers.WITH_FEES
        held = yield from self._balances(self.several.by_key[candidate.key])
        if held is None:
            return Covers.WITH_FEES
        free = held.free(need.asset)
        if free >= WIDE.add(need.amount, need.fee):
            return Covers.WITH_FEES
        return Covers.WITHOUT_FEES if free >= need.amount else Covers.NOT

    def unaffordable(self, candidate: Candidate) -> ExchangeError:
        """What is said where the balance does not cover it."""
        member = self.several.by_key[candidate.key]
        need = needed(candidate.order, candidate.market)
        asset, amount = (need.asset, need.amount) if need else ("", Decimal(0))
        held = self.several.balances[member.key][1]
        return _not_sent(
            InsufficientFunds(
                f"{pretty(held.free(asset))} {asset} is free, the order takes {pretty(amount)}"
            ),
            member,
        )

    def _balances(self, member: Member) -> Flow[Balances | None]:
        now: float = yield Now()
        asked, known = self.several.balances.get(member.key, (-_BALANCE_SECONDS, None))
        if known is not None and now - asked < _BALANCE_SECONDS:
            return known
        if not self.several.is_closed(member, Kind.PRIVATE):
            return None
        try:
            told = yield from self.several.ask(
                member, "fetch_balance", lambda served: served.fetch_balance()
            )
        except ExchangeError as problem:
            self.several.trading_fails_as(member, problem, now)
            return None
        self.several.balances[member.key] = now, told
        return told

    def forget_balance(self, member: Member) -> None:
        """An order there has changed it."""
        self.several.balances.pop(member.key, None)


class Covers(Enum):
    """Whether a balance covers an order."""

    WITH_FEES = "with fees"
    WITHOUT_FEES = "without fees"
    """Enough where the fee of a buy is taken from what is bought, as most venues do."""
    NOT = "not"


class Need(NamedTuple):
    """What an order takes out of the account."""

    asset: str
    amount: Decimal
    fee: Decimal


def needed(order: OrderRequest, market: Market) -> Need | None:
    """What `order` takes; None where only the market knows (a market buy by amount)."""
    if isinstance(order, MarketBuyWithCost):
        return _buy(order.cost, market)
    if order.side is Side.SELL:
        return Need(market.base, order.amount, Decimal(0))
    if isinstance(order, LimitOrder):
        return _buy(WIDE.multiply(order.amount, order.price), market)
    return None


def _buy(cost: Decimal, market: Market) -> Need:
    return Need(market.quote, cost, WIDE.multiply(cost, market.taker or Decimal(0)))


def _not_sent(problem: ExchangeError, member: Member) -> ExchangeError:
    problem.venue = problem.venue or member.account.venue or NAME
    problem.outcome = Outcome.NOT_SENT
    return problem
