"""Acme with something wrong with it: one defect, or more, for each group of the checks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from exchangekit_acme.adapter import AcmeAdapter
from exchangekit_acme.errors import ERRORS

from exchangekit import errors, models
from exchangekit.adapter import Call, Credentials, ErrorTable, Outgoing, Request, Stamp
from exchangekit.adapter.decode import decode_any, utc
from exchangekit.models.market import index


def then(call: Call[Any], change: Callable[[Any], Any]) -> Call[Any]:
    """`call`, whose result is changed."""
    return Call(call.request, lambda reply: change(call.parse(reply)))


def asking(call: Call[Any], **other: Any) -> Call[Any]:
    """`call` with another request."""
    return Call(replace(call.request, **other), call.parse)


def table_without(table: ErrorTable, *codes: str) -> ErrorTable:
    """The error table without these codes."""
    made = ErrorTable({})
    made.codes = {code: pairs for code, pairs in table.codes.items() if code not in codes}
    made.unknown, made.refused = table.unknown, table.refused
    made.messages = table.messages
    return made


class Signing:
    """A signer that changes what the right one made."""

    def __init__(self, right: Any, change: Callable[..., Outgoing]) -> None:
        self.right = right
        self.change = change
        self.needs_passphrase = right.needs_passphrase

    def explain(self, request: Request, stamp: Stamp) -> Any:
        return self.right.explain(request, stamp)

    def sign(self, request: Request, credentials: Credentials, stamp: Stamp) -> Outgoing:
        return self.change(self.right.sign(request, credentials, stamp), credentials)


def swapped(made: Outgoing, credentials: Credentials) -> Outgoing:
    """The first two parameters change places after they were signed."""
    path, _, query = made.target.partition("?")
    pairs = query.split("&")
    if len(pairs) < 2:
        return made
    pairs[:2] = pairs[1::-1]
    return replace(made, target=f"{path}?{'&'.join(pairs)}")


def _chatty(made: Outgoing, credentials: Credentials) -> Outgoing:
    header = ("X-DEBUG", credentials.secret.get_secret_value())
    return replace(made, headers=(*made.headers, header))


class ReadsTheClock(AcmeAdapter):
    def fetch_ticker(self, market):
        return asking(super().fetch_ticker(market), headers=(("X-AT", str(time.time())),))


class CountsItsCalls(AcmeAdapter):
    def fetch_ticker(self, market):
        self.calls = getattr(self, "calls", 0) + 1
        return super().fetch_ticker(market)


class SwapsParameters(AcmeAdapter):
    signer = Signing(AcmeAdapter.signer, swapped)


class EncodesBlanksAsPlus(AcmeAdapter):
    signer = Signing(
        AcmeAdapter.signer,
        lambda made, credentials: replace(made, target=made.target.replace("%20", "+")),
    )


class SendsTheSecret(AcmeAdapter):
    signer = Signing(AcmeAdapter.signer, _chatty)


class AnswersWithItsOwnNames(AcmeAdapter):
    def fetch_ticker(self, market):
        change = {"symbol": market.id}
        return then(super().fetch_ticker(market), lambda made: made.model_copy(update=change))


class StumblesOverOneMarket(AcmeAdapter):
    def fetch_markets(self):
        def strict(made):
            if made.skipped:
                raise errors.BadReply("a market cannot be read")
            return made

        return then(super().fetch_markets(), strict)


class ForgetsThePriceStep(AcmeAdapter):
    def fetch_markets(self):
        def lenient(made):
            found = (made[symbol] for symbol in made.symbols())
            loose = tuple(one.model_copy(update={"price_step": None}) for one in found)
            return index(loose, made.skipped)

        return then(super().fetch_markets(), lenient)


class TurnsTheBookRound(AcmeAdapter):
    def fetch_order_book(self, market, depth):
        return then(
            super().fetch_order_book(market, depth),
            lambda made: made.model_copy(update={"asks": made.asks[::-1]}),
        )


class LosesEveryThirdPage(AcmeAdapter):
    def fetch_my_trades(self, markets, market, window, limit, cursor):
        call = super().fetch_my_trades(markets, market, window, limit, cursor)
        return then(call, lambda page: replace(page, items=page.items[:-1]) if cursor else page)


class CalculatesWithFloats(AcmeAdapter):
    def fetch_ticker(self, market):
        return then(
            super().fetch_ticker(market),
            lambda made: made.model_copy(update={"last": Decimal(str(float(made.last)))}),
        )


class MakesZeroOfNothing(AcmeAdapter):
    def fetch_ticker(self, market):
        def filled(made):
            return made.model_copy(update={"bid": made.bid or Decimal(0)})

        return then(super().fetch_ticker(market), filled)


class TakesCanceledForClosed(AcmeAdapter):
    def fetch_order(self, market, id, client_order_id):
        def wrong(made):
            if made.status is models.OrderStatus.CANCELED:
                return made.model_copy(update={"status": models.OrderStatus.CLOSED})
            return made

        return then(super().fetch_order(market, id, client_order_id), wrong)


class DropsPostOnly(AcmeAdapter):
    def create_order(self, market, order):
        call = super().create_order(market, order)
        pairs = tuple(
            (name, "gtc" if (name, value) == ("rule", "maker") else value)
            for name, value in call.request.params
        )
        return asking(call, params=pairs)


class GuessesTheStatus(AcmeAdapter):
    def fetch_order(self, market, id, client_order_id):
        call = super().fetch_order(market, id, client_order_id)

        def guess(reply):
            try:
                return call.parse(reply)
            except errors.BadReply:
                row = decode_any(reply)
                return models.Order(
                    symbol=market.symbol,
                    id=row["id"],
                    client_order_id=row["label"],
                    status=models.OrderStatus.OPEN,
                    timestamp=utc(row["at"]),
                )

        return Call(call.request, guess)


class SendsOrdersTwice(AcmeAdapter):
    def create_order(self, market, order):
        return asking(super().create_order(market, order), changes=False)


class BelievesWhatItCannotRead(AcmeAdapter):
    def create_order(self, market, order):
        call = super().create_order(market, order)

        def believe(reply):
            try:
                return call.parse(reply)
            except errors.BadReply:
                return models.Order(symbol=market.symbol, client_order_id=order.client_order_id)

        return Call(call.request, believe)


class HasNeverHeardOfAccess(AcmeAdapter):
    errors = table_without(ERRORS, "not_permitted", "foreign_address")


class TakesPagesForSuccess(AcmeAdapter):
    def fetch_ticker(self, market):
        call = super().fetch_ticker(market)

        def lenient(reply):
            try:
                return call.parse(reply)
            except errors.BadReply:
                return models.Ticker(symbol=market.symbol)

        return Call(call.request, lenient)


class CountsNothing(AcmeAdapter):
    def fetch_balance(self):
        return asking(super().fetch_balance(), costs=())


class TakesRateLimitsForErrors(AcmeAdapter):
    errors = table_without(ERRORS, "too_many_requests")

    def error_in(self, reply, request):
        said = super().error_in(reply, request)
        return said and replace(said, code=f"x-{said.code}") if reply.status == 429 else said

    def fetch_ticker(self, market):
        return asking(super().fetch_ticker(market), costs=())


class HasNeverHeardOfClocks(AcmeAdapter):
    errors = table_without(ERRORS, "bad_timestamp")


class KnowsWhereItRuns(AcmeAdapter):
    def fetch_balance(self):
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return super().fetch_balance()
        return asking(super().fetch_balance(), params=(("async", "1"),))


DEFECTS: MappingProxyType[int, tuple[type[AcmeAdapter], ...]] = MappingProxyType(
    {
        1: (ReadsTheClock, CountsItsCalls),
        2: (SwapsParameters, EncodesBlanksAsPlus),
        3: (SendsTheSecret,),
        4: (AnswersWithItsOwnNames,),
        5: (StumblesOverOneMarket, ForgetsThePriceStep),
        6: (TurnsTheBookRound, LosesEveryThirdPage),
        7: (CalculatesWithFloats, MakesZeroOfNothing),
        8: (TakesCanceledForClosed, DropsPostOnly),
        9: (GuessesTheStatus,),
        10: (SendsOrdersTwice, BelievesWhatItCannotRead),
        11: (HasNeverHeardOfAccess, TakesPagesForSuccess),
        12: (CountsNothing, TakesRateLimitsForErrors),
        13: (HasNeverHeardOfClocks,),
        15: (KnowsWhereItRuns,),
    }
)
