"""Acme with something wrong with it: one defect, or more, for each group of the checks."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from exchangekit_acme.adapter import DAY, AcmeAdapter
from exchangekit_acme.errors import ERRORS
from exchangekit_acme.sim import AcmeDialect
from exchangekit_acme.sim.answers import result

from exchangekit import errors, models
from exchangekit.adapter import (
    Call,
    Credentials,
    ErrorTable,
    LimitScope,
    Listing,
    Origin,
    Outgoing,
    Page,
    Reply,
    Request,
    Stamp,
    VenueCode,
    encode_json,
)
from exchangekit.adapter.decode import decode_any, maybe_utc, milliseconds, utc
from exchangekit.models.account import make_trading_fee
from exchangekit.models.markets import index
from exchangekit.sim import Route


def then(call: Call[Any], change: Callable[[Any], Any]) -> Call[Any]:
    """`call`, whose result is changed."""
    return reading(call, lambda parse, reply: change(parse(reply)))


def reading(call: Call[Any], read: Callable[[Callable[[Reply], Any], Reply], Any]) -> Call[Any]:
    """`call`, whose replies `read` is given together with what reads them, here and otherwise."""
    second = None if call.otherwise is None else reading(call.otherwise, read)
    return Call(call.request, lambda reply: read(call.parse, reply), otherwise=second)


def asking(call: Call[Any], **other: Any) -> Call[Any]:
    """`call` with another request."""
    return Call(replace(call.request, **other), call.parse)


def telling(call: Call[Any], change: Callable[[dict[str, Any]], dict[str, Any]]) -> Call[Any]:
    """`call`, whose JSON body says something else."""
    return asking(call, body=encode_json(change(json.loads(call.request.body))))


def table_without(table: ErrorTable, *codes: str) -> ErrorTable:
    """The error table without these codes."""
    made = ErrorTable({})
    made.codes = {code: pairs for code, pairs in table.codes.items() if code not in codes}
    made.unknown, made.refused = table.unknown, table.refused
    made.messages, made.prefixes = table.messages, table.prefixes
    made.hints, made.unlisted = table.hints, table.unlisted
    return made


def table_with(table: ErrorTable, **codes: type[errors.ExchangeError]) -> ErrorTable:
    """The error table with another meaning of these codes."""
    made = table_without(table, *codes)
    made.codes |= ErrorTable(codes).codes
    return made


class Signing:
    """A signer that changes what the right one made."""

    def __init__(self, right: Any, change: Callable[..., Outgoing]) -> None:
        self.right = right
        self.change = change
        self.needs_passphrase = right.needs_passphrase
        self.scheme = right.scheme
        self.own_params = right.own_params
        self.signs_body = right.signs_body

    def explain(self, request: Request, stamp: Stamp) -> Any:
        return self.right.explain(request, stamp)

    def sign(
        self, request: Request, credentials: Credentials, stamp: Stamp, origin: Origin
    ) -> Outgoing:
        return self.change(self.right.sign(request, credentials, stamp, origin), credentials)


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


class ReadsACoarserStep(AcmeAdapter):
    def fetch_markets(self):
        def coarse(made):
            found = (made[symbol] for symbol in made.symbols())
            changed = (
                one.model_copy(update={"amount_step": one.amount_step * 10}) for one in found
            )
            return index(tuple(changed), made.skipped)

        return then(super().fetch_markets(), coarse)


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
    def fetch_my_trades(self, asked):
        call = super().fetch_my_trades(asked)
        return then(
            call, lambda page: replace(page, items=page.items[:-1]) if asked.cursor else page
        )


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
        if order.type != "limit" or order.time_in_force != "post_only":
            return call
        return telling(call, lambda said: said | {"rule": "gtc"})


class GuessesTheStatus(AcmeAdapter):
    def fetch_order(self, market, id, client_order_id):
        def guess(parse, reply):
            try:
                return parse(reply)
            except errors.BadReply:
                row = decode_any(reply)["result"]["rows"][0]
                return models.Order(
                    symbol=market.symbol,
                    id=row["id"],
                    client_order_id=row["label"],
                    status=models.OrderStatus.OPEN,
                    timestamp=utc(row["at"]),
                )

        return reading(super().fetch_order(market, id, client_order_id), guess)


class TakesUnknownForOpen(AcmeAdapter):
    def fetch_open_orders(self, asked):
        def guess(order):
            known = order.status is not models.OrderStatus.UNKNOWN
            return order if known else order.model_copy(update={"status": models.OrderStatus.OPEN})

        return then(
            super().fetch_open_orders(asked),
            lambda page: replace(page, items=tuple(map(guess, page.items))),
        )


class BelievesAnyNumber(AcmeAdapter):
    def fetch_ticker(self, market):
        call = super().fetch_ticker(market)

        def believe(reply):
            try:
                return call.parse(reply)
            except errors.BadReply:
                return models.Ticker(symbol=market.symbol, last=Decimal("1e999999999"))

        return Call(call.request, believe)


class DropsOddRows(AcmeAdapter):
    def fetch_open_orders(self, asked):
        call = super().fetch_open_orders(asked)

        def some(reply):
            try:
                return call.parse(reply)
            except errors.BadReply as problem:
                return Page(problem.rows)

        return Call(call.request, some)


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


class TakesRateLimitsForMistakes(AcmeAdapter):
    errors = table_with(ERRORS, too_many_requests=errors.BadRequest)


class HasNeverHeardOfClocks(AcmeAdapter):
    errors = table_without(ERRORS, "bad_timestamp")


class KnowsWhereItRuns(AcmeAdapter):
    def fetch_balance(self):
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return super().fetch_balance()
        return asking(super().fetch_balance(), params=(("async", "1"),))


class AddsBraces(AcmeAdapter):
    signer = Signing(
        AcmeAdapter.signer,
        lambda made, credentials: replace(made, target=f"{made.target}&note={{}}"),
    )


class LeavesAnAmpersand(AcmeAdapter):
    signer = Signing(
        AcmeAdapter.signer, lambda made, credentials: replace(made, target=f"{made.target}&")
    )


class Remembering(Signing):
    """A signer that shows what it has seen."""

    seen = ""

    def explain(self, request: Request, stamp: Stamp) -> Any:
        made = self.right.explain(request, stamp)
        return replace(made, text=made.text + self.seen)

    def sign(
        self, request: Request, credentials: Credentials, stamp: Stamp, origin: Origin
    ) -> Outgoing:
        self.seen = credentials.api_key.get_secret_value()
        return self.right.sign(request, credentials, stamp, origin)


class ShowsTheKey(AcmeAdapter):
    signer = Remembering(AcmeAdapter.signer, swapped)

    def create_order(self, market, order):
        key = {"key": self.signer.seen} if self.signer.seen else {}
        return telling(super().create_order(market, order), lambda said: said | key)

    def fetch_ticker(self, market):
        self.signer.seen = "dummykey0000000000000001"
        return super().fetch_ticker(market)


class HasNeverHeardOfSignatures(AcmeAdapter):
    errors = table_without(ERRORS, "bad_signature")


class SignsEverything(AcmeAdapter):
    def fetch_ticker(self, market):
        return asking(super().fetch_ticker(market), signed=True)


class LosesTheVenuesNames(AcmeAdapter):
    def fetch_markets(self):
        return then(super().fetch_markets(), lambda made: made.model_copy(update={"by_id": {}}))


class WritesSymbolsItsOwnWay(AcmeAdapter):
    def fetch_markets(self):
        def small(made):
            found = (made[symbol] for symbol in made.symbols())
            renamed = (one.model_copy(update={"symbol": one.symbol.lower()}) for one in found)
            return index(tuple(renamed), made.skipped)

        return then(super().fetch_markets(), small)


class HasNeverHeardOfMarkets(AcmeAdapter):
    errors = table_without(ERRORS, "no_such_market")


class LivesInAnotherZone(AcmeAdapter):
    def fetch_time(self):
        return then(super().fetch_time(), lambda told: told + timedelta(hours=1))


class TakesRatiosForPercent(AcmeAdapter):
    def fetch_ticker(self, market):
        return then(
            super().fetch_ticker(market),
            lambda made: made.model_copy(update={"percentage": made.percentage.scaleb(3)}),
        )


class LosesATicker(AcmeAdapter):
    def fetch_tickers(self, markets):
        return then(super().fetch_tickers(markets), lambda made: dict(list(made.items())[1:]))


class TurnsTradesRound(AcmeAdapter):
    def fetch_trades(self, market, limit):
        return then(super().fetch_trades(market, limit), lambda made: made[::-1])


class TurnsCandlesRound(AcmeAdapter):
    def fetch_ohlcv(self, market, timeframe, window, limit):
        return then(super().fetch_ohlcv(market, timeframe, window, limit), lambda made: made[::-1])


class HasOneTimeframe(AcmeAdapter):
    def fetch_ohlcv(self, market, timeframe, window, limit):
        return super().fetch_ohlcv(market, "1m", window, limit)


class WritesExponents(AcmeAdapter):
    def create_order(self, market, order):
        call = super().create_order(market, order)
        size = getattr(order, "amount", None)
        return call if size is None else telling(call, lambda said: said | {"size": str(size)})


class TakesAnyName(AcmeAdapter):
    capabilities = replace(AcmeAdapter.capabilities, client_order_id=re.compile(".*"))


class TakesReadsForOrders(AcmeAdapter):
    def fetch_ticker(self, market):
        return asking(super().fetch_ticker(market), changes=True)


class TakesMaintenanceForAMistake(AcmeAdapter):
    errors = table_with(ERRORS, maintenance=errors.BadRequest)


class BlamesTheUserForGateways(AcmeAdapter):
    def error_in(self, reply, request):
        said = super().error_in(reply, request)
        return VenueCode("bad_parameter", "a page") if reply.status == 502 else said


class TakesPagesForTheVenue(AcmeAdapter):
    """As a fallback by the status would: each page becomes the refusal that usually has it."""

    def error_in(self, reply, request):
        said = super().error_in(reply, request)
        if said is None and 400 <= reply.status < 500:
            codes = {401: "unknown_key", 403: "not_permitted"}
            return VenueCode(codes.get(reply.status, "bad_parameter"), "a page")
        return said


class TakesAZeroForSuccess(AcmeAdapter):
    def error_in(self, reply, request):
        said = super().error_in(reply, request)
        return None if said is not None and said.code == "0" else said


class LooksAtAnotherHeader(AcmeAdapter):
    used_weight_headers = MappingProxyType({"x-acme-weight": "address"})


class HandsOutFloats(AcmeAdapter):
    def fetch_ticker(self, market):
        return then(
            super().fetch_ticker(market),
            lambda made: made.model_copy(update={"last": float(made.last)}),
        )

    def fetch_order(self, market, id, client_order_id):
        return then(
            super().fetch_order(market, id, client_order_id),
            lambda made: made.model_copy(update={"amount": float(made.amount)}),
        )


def _logging(made: Outgoing, credentials: Credentials) -> Outgoing:
    logging.getLogger("exchangekit.acme").debug("signed with %s", credentials.api_key)
    logging.getLogger("exchangekit.acme").debug("signed as %s", made.headers)
    return made


class LogsSignatures(AcmeAdapter):
    signer = Signing(AcmeAdapter.signer, _logging)


class StumblesOverEmptyLists(AcmeAdapter):
    def fetch_my_trades(self, asked):
        def first(page):
            if not page.items:
                raise errors.BadReply("the list is empty")
            return page

        return then(super().fetch_my_trades(asked), first)


class DropsTheTimeInForce(AcmeAdapter):
    def create_order(self, market, order):
        call = super().create_order(market, order)
        if order.type != "limit":
            return call
        return telling(call, lambda said: said | {"rule": "gtc"})


class TakesFeesForRebates(AcmeAdapter):
    def fetch_order_trades(self, id, asked):
        def turned(page):
            return replace(page, items=tuple(map(rebate, page.items)))

        def rebate(fill):
            fee = models.Fee(currency=fill.fee.currency, cost=-fill.fee.cost)
            return fill.model_copy(update={"fee": fee})

        return then(super().fetch_order_trades(id, asked), turned)


class LocksNothing(AcmeAdapter):
    def fetch_balance(self):
        def free(made):
            rows = {
                name: models.Balance(
                    asset=name, free=made[name].free + made[name].used, used=Decimal(0)
                )
                for name in made.names()
            }
            return models.Balances(assets=rows)

        return then(super().fetch_balance(), free)


class HasNeverHeardOfOrders(AcmeAdapter):
    errors = table_with(ERRORS, no_such_order=errors.BadRequest, order_is_over=errors.BadRequest)


class HasNeverHeardOfRefusals(AcmeAdapter):
    errors = table_with(ERRORS, refused=errors.VenueError)


class TakesOpenForClosed(AcmeAdapter):
    def fetch_open_orders(self, asked):
        return then(
            super().fetch_open_orders(asked),
            lambda page: replace(page, items=page.items[1:]),
        )


def first_page(call: Call[Any]) -> Call[Any]:
    """`call`, after which nobody asks for more."""
    return then(call, lambda page: replace(page, next=None))


class TellsOnePageOfOpenOrders(AcmeAdapter):
    def fetch_open_orders(self, asked):
        return first_page(super().fetch_open_orders(asked))


class TellsOnePageOfClosedOrders(AcmeAdapter):
    def fetch_closed_orders(self, asked):
        return first_page(super().fetch_closed_orders(asked))


class TellsOnePageOfFills(AcmeAdapter):
    def fetch_my_trades(self, asked):
        return first_page(super().fetch_my_trades(asked))


class TellsOnePageOfAnOrdersFills(AcmeAdapter):
    def fetch_order_trades(self, id, asked):
        return first_page(super().fetch_order_trades(id, asked))


class TakesLimitsForWider(AcmeAdapter):
    def fetch_balance(self):
        call = super().fetch_balance()
        costs = tuple(replace(cost, limit=1000 * cost.limit) for cost in call.request.costs)
        return asking(call, costs=costs)


class SaysTooManyUnder200(AcmeDialect):
    def limited(self, ctx, breach):
        made = super().limited(ctx, breach)
        return replace(made, status=200)


class TakesLimitsForWiderWhereTheyAreSaidUnder200(TakesLimitsForWider):
    dialect = SaysTooManyUnder200


class CountsForTheWrongOne(AcmeAdapter):
    def fetch_ticker(self, market):
        call = super().fetch_ticker(market)
        costs = tuple(replace(cost, scope=LimitScope.ACCOUNT) for cost in call.request.costs)
        return asking(call, costs=costs)


class CountsEachEndpointByItself(AcmeAdapter):
    def fetch_ticker(self, market):
        call = super().fetch_ticker(market)
        costs = tuple(replace(cost, counter="ticker") for cost in call.request.costs)
        return asking(call, costs=costs)


def other(side):
    return models.Side.SELL if side is models.Side.BUY else models.Side.BUY


class TurnsTakersRound(AcmeAdapter):
    def fetch_trades(self, market, limit):
        def turned(made):
            return tuple(one.model_copy(update={"side": other(one.side)}) for one in made)

        return then(super().fetch_trades(market, limit), turned)


class TurnsRolesRound(AcmeAdapter):
    def fetch_my_trades(self, asked):
        roles = {"maker": models.Liquidity.TAKER, "taker": models.Liquidity.MAKER}

        def turned(page):
            rows = (
                one.model_copy(update={"liquidity": roles[one.liquidity]}) for one in page.items
            )
            return replace(page, items=tuple(rows))

        return then(super().fetch_my_trades(asked), turned)


def swapped_rates(made):
    return made.model_copy(update={"maker": made.taker, "taker": made.maker})


class SwapsTheAccountsRates(AcmeAdapter):
    def fetch_trading_fees(self, markets, market):
        def turned(made):
            return {symbol: swapped_rates(fee) for symbol, fee in made.items()}

        return then(super().fetch_trading_fees(markets, market), turned)


class SwapsTheMarketsRates(AcmeAdapter):
    def fetch_markets(self):
        rates = AcmeDialect.rules.fees
        wrong = {"maker": rates.taker, "taker": rates.maker}

        def turned(made):
            found = (made[symbol].model_copy(update=wrong) for symbol in made.symbols())
            return index(tuple(found), made.skipped)

        return then(super().fetch_markets(), turned)


class TakesCostsForAmounts(AcmeAdapter):
    def fetch_order(self, market, id, client_order_id):
        def turned(made):
            amount = made.requested_cost or made.amount
            return made.model_copy(update={"amount": amount, "requested_cost": None})

        return then(super().fetch_order(market, id, client_order_id), turned)


class TakesAmountsForCosts(AcmeAdapter):
    def create_order(self, market, order):
        def turned(made):
            return made.model_copy(update={"requested_cost": made.amount, "amount": None})

        return then(super().create_order(market, order), turned)


def key_of(ctx):
    may = {name: ctx.key.may(name) for name in ("read", "trade", "withdraw")}
    return result({**may, "addresses": sorted(ctx.key.ips), "ends": ctx.key.expires})


class TellsKeys(AcmeDialect):
    def routes(self):
        route = Route("GET", "/v1/key", key_of, "fetch_api_key", signed=True, counts=("account",))
        return [*super().routes(), route]


class KnowsKeys(AcmeAdapter):
    """Right: Acme itself tells nothing of keys."""

    dialect = TellsKeys

    def fetch_api_key(self):
        wallet = super().fetch_balance().request

        def read(reply):
            row = decode_any(reply)["result"]
            return models.ApiKeyInfo(
                can_read=row["read"],
                can_trade=row["trade"],
                can_withdraw=row["withdraw"],
                ip_restricted=bool(row["addresses"]),
                ips=tuple(row["addresses"]),
                expires=maybe_utc(row["ends"]),
            )

        return Call(replace(wallet, path="/v1/key"), read)


class TakesEveryKeyForHarmless(KnowsKeys):
    def fetch_api_key(self):
        wrong = {"can_withdraw": False}
        return then(super().fetch_api_key(), lambda made: made.model_copy(update=wrong))


class TakesReadingForTrading(KnowsKeys):
    def fetch_api_key(self):
        return then(
            super().fetch_api_key(),
            lambda made: made.model_copy(update={"can_trade": made.can_read}),
        )


class TakesEveryKeyForBound(KnowsKeys):
    def fetch_api_key(self):
        wrong = {"ip_restricted": True}
        return then(super().fetch_api_key(), lambda made: made.model_copy(update=wrong))


class TellsADayForTheEnd(KnowsKeys):
    def fetch_api_key(self):
        def day(made):
            ends = made.expires and made.expires.replace(hour=0, minute=0, second=0)
            return made.model_copy(update={"expires": ends})

        return then(super().fetch_api_key(), day)


class TakesNoEndForAnEnd(KnowsKeys):
    def fetch_api_key(self):
        wrong = {"expires": datetime(1970, 1, 1, tzinfo=UTC)}
        return then(
            super().fetch_api_key(),
            lambda made: made if made.expires else made.model_copy(update=wrong),
        )


class HasASwitch(AcmeDialect):
    def routes(self):
        def switch(ctx):
            seconds = json.loads(ctx.request.body)["seconds"]
            ctx.cancel_all_after(seconds * 1000 or None)
            return result({"ends": ctx.now + seconds * 1000 if seconds else None})

        made = Route("POST", "/v1/switch", switch, "cancel_all_after", signed=True)
        return [*super().routes(), replace(made, counts=("account",))]


class SwitchesOff(AcmeAdapter):
    """Right: Acme itself has no dead man's switch."""

    dialect = HasASwitch
    capabilities = replace(AcmeAdapter.capabilities, countdown=(5, 300))

    def cancel_all_after(self, seconds):
        request = replace(super().fetch_balance().request, method="POST", path="/v1/switch")

        def read(reply):
            at = decode_any(reply)["result"]["ends"]
            return models.Countdown(triggers=None if at is None else utc(at))

        body = encode_json({"seconds": seconds or 0})
        return Call(replace(request, body=body, changes=True), read)


class SwitchesOffLate(SwitchesOff):
    """Ten times as long as it was asked to."""

    def cancel_all_after(self, seconds):
        return super().cancel_all_after(seconds and seconds * 10)


class NeverSwitchesOff(SwitchesOff):
    def cancel_all_after(self, seconds):
        call = super().cancel_all_after(seconds or 20)
        return then(call, lambda made: made if seconds else models.Countdown())


class TellsSecondsForMilliseconds(SwitchesOff):
    def cancel_all_after(self, seconds):
        def later(made):
            wrong = made.triggers and made.triggers + timedelta(hours=1)
            return models.Countdown(triggers=wrong)

        return then(super().cancel_all_after(seconds), later)


class TakesNoSecondsForASwitch(SwitchesOff):
    """What it declares is not what it takes."""

    capabilities = replace(AcmeAdapter.capabilities, countdown=(0, 300))


class SwitchesOffLikeAQuestion(SwitchesOff):
    def cancel_all_after(self, seconds):
        return asking(super().cancel_all_after(seconds), changes=False)


class BelievesAnySwitch(SwitchesOff):
    def cancel_all_after(self, seconds):
        call = super().cancel_all_after(seconds)
        told = models.Countdown(triggers=utc(0) if seconds else None)
        return then(call, lambda made: made if made.is_armed is bool(seconds) else told)


class TellsFilledOrdersAsOpen(AcmeAdapter):
    def fetch_order(self, market, id, client_order_id):
        open_ = {"status": models.OrderStatus.OPEN}
        call = super().fetch_order(market, id, client_order_id)
        return then(call, lambda made: made.model_copy(update=open_))


class TellsOpenOrdersAsFilled(AcmeAdapter):
    def fetch_order(self, market, id, client_order_id):
        closed = {"status": models.OrderStatus.CLOSED}
        call = super().fetch_order(market, id, client_order_id)
        return then(call, lambda made: made.model_copy(update=closed))


class TellsNoFills(AcmeAdapter):
    def fetch_order(self, market, id, client_order_id):
        call = super().fetch_order(market, id, client_order_id)
        return then(call, lambda made: made.model_copy(update={"filled": Decimal(0)}))


class TakesTroubleForNoSymbol(AcmeAdapter):
    """Whatever is wrong with a question about an order, its market is gone."""

    def error_in(self, reply, request):
        if request.path.startswith("/v1/orders") and reply.status != 200:
            return VenueCode("no_such_market", "?")
        return super().error_in(reply, request)

    def fetch_order(self, market, id, client_order_id):
        def read(parse, reply):
            try:
                return parse(reply)
            except Exception:
                raise errors.UnknownSymbol("?") from None

        return reading(super().fetch_order(market, id, client_order_id), read)


def unhurried(handler):
    """A handler for which a day is the longest span, and that tells of the last day of a longer
    one as if it were all."""

    def handle(ctx):
        asked = dict(ctx.request.query_pairs())
        since, until = int(asked.get("since", 0)), int(asked.get("until", 0))
        if until - since < DAY:
            return handler(ctx)
        query = ctx.request.query.replace(b"since=%d" % since, b"since=%d" % (until - DAY + 1))
        return handler(replace(ctx, request=replace(ctx.request, query=query)))

    return handle


class CutsLongSpans(AcmeDialect):
    def routes(self):
        return [
            replace(one, handler=unhurried(one.handler))
            if one.path in ("/v1/orders/past", "/v1/fills")
            else one
            for one in super().routes()
        ]


def uncut(call: Call[Any], asked: Listing) -> Call[Any]:
    """`call` of a list, whose window is asked for at once, however long it is."""
    if asked.window is None:
        return call
    last = str(milliseconds(asked.window.until) - 1)
    pairs = ((name, last if name == "until" else said) for name, said in call.request.params)

    def only(page):
        return replace(page, next=None) if (page.next or "").endswith(":") else page

    return then(asking(call, params=tuple(pairs)), only)


class AsksForTooLongSpans(AcmeAdapter):
    def fetch_closed_orders(self, asked):
        return uncut(super().fetch_closed_orders(asked), asked)

    def fetch_my_trades(self, asked):
        return uncut(super().fetch_my_trades(asked), asked)


class BelievesThatLongSpansAreWhole(AsksForTooLongSpans):
    dialect = CutsLongSpans


class HasLimitsForMarketOrders(AcmeDialect):
    def instruments(self):
        return [
            replace(one, market_max_amount=one.max_amount / 10 + one.step / 3)
            for one in super().instruments()
        ]


class LeavesMarketLimitsUnread(AcmeAdapter):
    dialect = HasLimitsForMarketOrders


class LeavesTheLeastCostUnread(AcmeAdapter):
    def fetch_markets(self):
        def lenient(made):
            found = (made[symbol] for symbol in made.symbols())
            loose = tuple(one.model_copy(update={"min_cost": None}) for one in found)
            return index(loose, made.skipped)

        return then(super().fetch_markets(), lenient)


class HandsOutWords(AcmeAdapter):
    def fetch_my_trades(self, asked):
        def plain(page):
            rows = (one.model_copy(update={"side": str(one.side)}) for one in page.items)
            return replace(page, items=tuple(rows))

        return then(super().fetch_my_trades(asked), plain)


class LeavesRatesOut(AcmeAdapter):
    def fetch_trading_fees(self, markets, market):
        def lenient(reply):
            row = decode_any(reply)["result"]
            maker, taker = (Decimal(row[name]) if row.get(name) else None for name in ROLES)
            return {market.symbol: make_trading_fee(symbol=market.symbol, maker=maker, taker=taker)}

        return Call(super().fetch_trading_fees(markets, market).request, lenient)


ROLES = ("maker", "taker")


class LeavesCandlesOpen(AcmeAdapter):
    def fetch_ohlcv(self, market, timeframe, window, limit):
        def lenient(reply):
            rows = ((utc(at), *map(maybe, rest)) for at, *rest in decode_any(reply)["result"])
            return tuple(models.Candle(*row) for row in rows)

        def maybe(value):
            return None if value is None else Decimal(value)

        return Call(super().fetch_ohlcv(market, timeframe, window, limit).request, lenient)


def listed(call: Call[Any], keep: Callable[[Any], bool]) -> Call[Any]:
    """`call`, whose page holds only some of its rows."""
    return then(call, lambda page: replace(page, items=tuple(filter(keep, page.items))))


class HidesPartlyFilledOrders(AcmeAdapter):
    def fetch_open_orders(self, asked):
        call = super().fetch_open_orders(asked)
        return listed(call, lambda order: not order.filled)


class HidesCanceledOrders(AcmeAdapter):
    def fetch_closed_orders(self, asked):
        call = super().fetch_closed_orders(asked)
        return listed(call, lambda order: order.status is not models.OrderStatus.CANCELED)


class TellsCanceledAsOpen(AcmeAdapter):
    def cancel_order(self, market, id, client_order_id):
        wrong = {"status": models.OrderStatus.OPEN}
        call = super().cancel_order(market, id, client_order_id)
        return then(call, lambda made: made.model_copy(update=wrong))


class ListsEveryOrderAsABuy(AcmeAdapter):
    def fetch_open_orders(self, asked):
        def buys(page):
            wrong = {"side": models.Side.BUY}
            return replace(page, items=tuple(one.model_copy(update=wrong) for one in page.items))

        return then(super().fetch_open_orders(asked), buys)


class ChangesOrdersInAnotherZone(AcmeAdapter):
    def fetch_order(self, market, id, client_order_id):
        def later(made):
            return made.model_copy(update={"updated": made.updated + timedelta(hours=1)})

        return then(super().fetch_order(market, id, client_order_id), later)


class ForgetsWhatIsLocked(AcmeAdapter):
    def fetch_balance(self):
        def free(made):
            rows = {name: made[name] for name in made.names() if made[name].free}
            return models.Balances(assets=rows)

        return then(super().fetch_balance(), free)


class CountsVolumesInQuote(AcmeAdapter):
    def fetch_ticker(self, market):
        def turned(made):
            wrong = {"base_volume": made.quote_volume, "quote_volume": made.base_volume}
            return made.model_copy(update=wrong)

        return then(super().fetch_ticker(market), turned)


class CountsCandlesInQuote(AcmeAdapter):
    def fetch_ohlcv(self, market, timeframe, window, limit):
        def turned(made):
            return tuple(bar._replace(volume=bar.volume * bar.close) for bar in made)

        return then(super().fetch_ohlcv(market, timeframe, window, limit), turned)


class OpensCandlesAtTheirClose(AcmeAdapter):
    def fetch_ohlcv(self, market, timeframe, window, limit):
        def turned(made):
            return tuple(bar._replace(open=bar.close, close=bar.open) for bar in made)

        return then(super().fetch_ohlcv(market, timeframe, window, limit), turned)


class SwapsTickers(AcmeAdapter):
    def fetch_tickers(self, markets):
        def turned(made):
            return {
                symbol: one.model_copy(update={"last": one.open, "open": one.last})
                for symbol, one in made.items()
            }

        return then(super().fetch_tickers(markets), turned)


class SwapsTheVolumesOfBids(AcmeAdapter):
    def fetch_ticker(self, market):
        def turned(made):
            wrong = {"bid_volume": made.ask_volume, "ask_volume": made.bid_volume}
            return made.model_copy(update=wrong)

        return then(super().fetch_ticker(market), turned)


class CountsABookInQuote(AcmeAdapter):
    def fetch_order_book(self, market, depth):
        def turned(made):
            bids = tuple(one._replace(amount=one.amount * one.price) for one in made.bids)
            return made.model_copy(update={"bids": bids})

        return then(super().fetch_order_book(market, depth), turned)


def declaring(**able: Any) -> type[AcmeAdapter]:
    """An adapter that says that it can do more than it can."""
    (name,) = able
    kind = type(f"DeclaresTooMuch_{name}", (AcmeAdapter,), {"__module__": AcmeAdapter.__module__})
    kind.capabilities = replace(AcmeAdapter.capabilities, **able)
    return kind


class NamesFillsWrongly(AcmeAdapter):
    def fetch_my_trades(self, asked):
        def wrong(page):
            rows = (one.model_copy(update={"client_order_id": "x"}) for one in page.items)
            return replace(page, items=tuple(rows))

        return then(super().fetch_my_trades(asked), wrong)


class CancelsAllTwice(AcmeAdapter):
    def cancel_all_orders(self, market):
        return asking(super().cancel_all_orders(market), changes=False)


RIGHT: tuple[tuple[type[AcmeAdapter], tuple[str, ...]], ...] = (
    (KnowsKeys, ("a_key_*", "the_key_says_what_it_may_do", "no_limit_is_taken_for_wider*")),
    (SwitchesOff, ("a_countdown_*", "seconds_that_no_countdown_has*", "no_limit_is_taken*")),
)
"""What has no defect, but something that Acme lacks, with the checks that concern it."""


def believing(call: Call[Any], **said: str | None) -> Call[Any]:
    """`call`, which takes every row of its reply for one that says so."""

    def believe(parse, reply):
        body = decode_any(reply)
        told = body["result"]
        for row in told["rows"] if "rows" in told else told if isinstance(told, list) else [told]:
            row |= {name: word for name, word in said.items() if word is not None}
        return parse(replace(reply, body=json.dumps(body, default=str).encode()))

    return reading(call, believe)


class BelievesAnyAnswer(AcmeAdapter):
    """What was asked stands over what is told."""

    def fetch_ticker(self, market):
        return believing(super().fetch_ticker(market), market=market.id)

    def create_order(self, market, order):
        call = super().create_order(market, order)
        said = {"market": market.id, "label": order.client_order_id}
        return believing(call, side=order.side, kind=order.type, **said)

    def cancel_order(self, market, id, client_order_id):
        call = super().cancel_order(market, id, client_order_id)
        return believing(call, market=market.id, id=id, label=client_order_id)

    def cancel_all_orders(self, market):
        return believing(super().cancel_all_orders(market), market=market.id)

    def fetch_order(self, market, id, client_order_id):
        call = super().fetch_order(market, id, client_order_id)
        return believing(call, market=market.id, id=id, label=client_order_id)

    def fetch_open_orders(self, asked):
        return believing(super().fetch_open_orders(asked), market=asked.market.id)

    def fetch_closed_orders(self, markets, market, *which):
        return believing(super().fetch_closed_orders(markets, market, *which), market=market.id)

    def fetch_order_trades(self, id, asked):
        return believing(super().fetch_order_trades(id, asked), order=id)


class TakesTradesForFills(AcmeAdapter):
    def fetch_my_trades(self, asked):
        return then(
            super().fetch_my_trades(asked),
            lambda page: replace(
                page, items=tuple({fill.id: fill for fill in page.items}.values())
            ),
        )


RED: tuple[tuple[type[AcmeAdapter], tuple[str, ...]], ...] = (
    (
        ReadsTheClock,
        (
            "describing_a_request_touches_nothing_outside",
            "the_adapter_imports_nothing_that_could_reach_outside",
        ),
    ),
    (CountsItsCalls, ("the_same_operation_describes_the_same_request_every_time",)),
    (
        SwapsParameters,
        (
            "odd_values_are_signed_as_they_are_sent_duplicate_keys",
            "odd_values_are_signed_as_they_are_sent_upper_and_lower_case",
            "any_parameters_are_signed_as_they_are_sent",
        ),
    ),
    (EncodesBlanksAsPlus, ("any_parameters_are_signed_as_they_are_sent",)),
    (SendsTheSecret, ("the_secret_itself_is_never_sent",)),
    (AnswersWithItsOwnNames, ("every_answer_names_the_symbol_that_was_asked",)),
    (
        BelievesAnyAnswer,
        (
            "every_answer_names_the_symbol_that_was_asked",
            "the_answer_to_another_question_is_not_believed_ticker",
            "the_answer_to_another_question_is_not_believed_new_order",
            "the_answer_to_another_question_is_not_believed_order_by_*",
            "the_answer_to_another_question_is_not_believed_cancel_*",
            "the_answer_to_another_question_is_not_believed_open_orders",
            "the_answer_to_another_question_is_not_believed_closed_orders",
            "the_answer_to_another_question_is_not_believed_fills_of_an_order",
            "no_row_of_another_market_is_believed",
            "a_new_order_under_another_client_order_id_or_on_the_other_side_is_not_believed",
            "an_order_under_another_id_than_was_asked_for_is_not_believed",
        ),
    ),
    (StumblesOverOneMarket, ("one_malformed_market_is_skipped_and_reported",)),
    (
        ReadsACoarserStep,
        ("every_filter_that_is_read_is_the_one_that_the_venue_applies",),
    ),
    (
        ForgetsThePriceStep,
        (
            "every_market_has_its_steps_and_sane_limits",
            "rounding_is_explicit_and_gives_what_the_filters_allow",
            "an_order_that_breaks_a_filter_is_refused_here_with_the_nearest_legal_value",
            "the_smallest_order_that_the_filters_allow_is_taken",
        ),
    ),
    (TurnsTheBookRound, ("books_are_sorted_uncrossed_and_as_deep_as_asked",)),
    (
        LosesEveryThirdPage,
        (
            "days_of_fills_come_without_gaps_or_repeats",
            "more_than_a_page_of_orders_and_fills_comes_without_gaps_or_repeats",
        ),
    ),
    (CalculatesWithFloats, ("every_digit_of_a_reply_arrives",)),
    (MakesZeroOfNothing, ("what_is_blank_or_null_is_none_and_never_zero",)),
    (
        TakesCanceledForClosed,
        (
            "a_partly_filled_order_says_how_much_and_stays_so_when_canceled",
            "an_order_is_found_by_both_ids_and_canceled",
            "an_order_is_canceled_by_its_client_order_id",
        ),
    ),
    (DropsPostOnly, ("post_only_rests_and_never_takes*",)),
    (GuessesTheStatus, ("an_unknown_status_side_or_type_of_an_order_is_a_bad_reply",)),
    (BelievesAnyNumber, ("a_number_that_no_market_could_mean_is_a_bad_reply",)),
    (TakesUnknownForOpen, ("an_unknown_word_in_a_list_of_orders_is_a_bad_reply",)),
    (
        DropsOddRows,
        (
            "an_unknown_word_in_a_list_of_orders_is_a_bad_reply",
            "an_order_without_a_name_is_an_error_that_carries_the_others",
        ),
    ),
    (
        SendsOrdersTwice,
        (
            "the_venue_agrees_with_the_filters",
            "a_halted_market_is_not_active_or_refuses_orders_as_closed",
            "a_client_order_id_names_one_open_order",
            "more_than_the_account_holds_is_insufficient_funds",
            "an_order_whose_answer_is_lost_is_unknown_and_is_found_by_its_id*",
            "an_order_that_never_arrived_is_unknown_all_the_same*",
            "what_is_believed_is_what_the_ledger_allows*",
            "an_order_that_certainly_never_left_is_not_sent",
            "a_missing_permission_is_an_authorization_error_or_says_that_it_cannot_tell",
            "codes_that_leave_it_open_leave_an_order_unknown",
            "a_request_that_dawdles_past_its_window_is_refused_by_the_venue",
        ),
    ),
    (BelievesWhatItCannotRead, ("a_new_order_is_never_told_as_something_it_is_not",)),
    (
        HasNeverHeardOfAccess,
        ("a_foreign_address_is_an_authorization_error_or_says_that_it_cannot_tell",),
    ),
    (
        TakesPagesForSuccess,
        (
            "an_unreadable_answer_to_a_read_is_a_short_bad_reply*",
            "a_spoilt_reply_of_the_venue_is_a_bad_reply*",
        ),
    ),
    (CountsNothing, ("every_request_says_what_it_weighs",)),
    (
        TakesRateLimitsForMistakes,
        (
            "a_rate_limit_is_waited_for_as_long_as_the_venue_says",
            "a_rate_limit_that_would_take_too_long_is_told_at_once",
            "an_order_refused_for_the_rate_is_refused_and_not_queued_past_its_window",
            "an_order_refused_for_a_limit_is_looked_for_before_it_is_sent_again*",
            "a_ban_stops_what_it_concerns_at_once",
        ),
    ),
    (
        HasNeverHeardOfClocks,
        (
            "a_clock_that_jumps_is_measured_again_and_the_order_is_there_once",
            "a_clock_that_jumps_ahead_is_measured_again_too",
            "a_clock_that_cannot_be_right_is_told_after_one_more_try",
        ),
    ),
    (KnowsWhereItRuns, ("a_whole_session_is_the_same_byte_for_byte",)),
    (AddsBraces, ("every_signed_request_is_percent_encoded_in_one_way",)),
    (LeavesAnAmpersand, ("a_request_without_parameters_has_no_question_mark_of_its_own",)),
    (
        ShowsTheKey,
        (
            "an_order_goes_out_exactly_as_it_was_explained_and_signed",
            "explaining_an_order_shows_no_secret_and_sends_none",
        ),
    ),
    (
        HasNeverHeardOfSignatures,
        (
            "a_wrong_secret_is_refused_as_a_wrong_signature",
            "a_wrong_signature_an_unknown_key_and_a_wrong_passphrase_are_told_apart",
            "errors_carry_the_venues_own_code_and_words",
        ),
    ),
    (SignsEverything, ("public_requests_are_not_signed",)),
    (LosesTheVenuesNames, ("every_market_is_found_by_its_symbol_and_by_the_venues_name",)),
    (
        WritesSymbolsItsOwnWay,
        (
            "symbols_are_base_slash_quote_in_capitals",
            "an_unknown_symbol_is_refused_here_with_the_nearest_name",
        ),
    ),
    (HasNeverHeardOfMarkets, ("a_symbol_that_the_venue_does_not_know_is_an_unknown_symbol",)),
    (LivesInAnotherZone, ("the_venue_tells_its_time_in_utc_and_that_it_works",)),
    (TakesRatiosForPercent, ("a_ticker_agrees_with_the_book_and_with_itself",)),
    (LosesATicker, ("all_tickers_and_some_of_them",)),
    (TurnsTradesRound, ("trades_are_oldest_first_and_no_more_than_asked",)),
    (
        TurnsCandlesRound,
        (
            "candles_are_in_order_aligned_and_in_proportion",
            "a_span_of_candles_includes_its_start_and_excludes_its_end",
            "candles_page_through_history_without_gaps_or_repeats",
        ),
    ),
    (HasOneTimeframe, ("every_declared_timeframe_is_served_and_begins_where_it_should",)),
    (
        WritesExponents,
        ("numbers_go_out_with_the_digits_that_were_given_and_never_with_an_exponent",),
    ),
    (TakesAnyName, ("what_is_not_declared_is_refused_here",)),
    (
        TakesReadsForOrders,
        (
            "a_read_is_asked_again_and_its_errors_have_no_outcome*",
            "a_reply_that_is_cut_off_is_no_answer",
        ),
    ),
    (TakesMaintenanceForAMistake, ("maintenance_is_told_and_nothing_is_retried_without_end",)),
    (
        BlamesTheUserForGateways,
        (
            "a_retry_is_stamped_and_signed_anew",
            "a_gateways_error_page_is_the_venue_being_unavailable",
        ),
    ),
    (
        TakesPagesForTheVenue,
        (
            "a_page_in_the_place_of_an_answer_leaves_an_order_unknown*",
            "a_page_that_is_not_the_venues_is_not_about_the_key_*_40[13]",
        ),
    ),
    (
        TakesAZeroForSuccess,
        ("a_success_code_beside_an_error_status_keeps_its_words_and_proves_nothing",),
    ),
    (LooksAtAnotherHeader, ("what_others_used_is_read_from_the_headers",)),
    (HandsOutFloats, ("no_model_holds_a_float*", "no_model_of_an_order*", "an_order_comes_back*")),
    (LogsSignatures, ("what_is_shown_and_logged_holds_no_secret",)),
    (TakesTradesForFills, ("both_fills_of_a_trade_with_oneself_are_told",)),
    (StumblesOverEmptyLists, ("a_fresh_account_has_empty_lists",)),
    (
        DropsTheTimeInForce,
        ("a_limit_order_away_from_the_market*_ioc_*", "a_limit_order_away_from_the_market*_fok_*"),
    ),
    (
        TakesFeesForRebates,
        ("a_market_order_fills_and_its_fills_add_up*", "fees_are_charged_as_they_are_told"),
    ),
    (
        LocksNothing,
        (
            "funds_are_locked_while_an_order_rests_and_free_after",
            "the_balance_is_what_the_ledger_holds",
        ),
    ),
    (
        HasNeverHeardOfOrders,
        (
            "an_order_that_never_was_is_not_found",
            "canceling_twice*",
            "a_second_cancel_says_how_the_order_ended",
        ),
    ),
    (
        HasNeverHeardOfRefusals,
        (
            "a_client_order_id_names_one_open_order",
            "a_duplicate_answer_leads_to_the_order_that_exists",
            "another_order_under_the_id_is_named*",
            "more_than_the_account_holds*",
            "the_venue_agrees*",
            "a_halted_market*",
        ),
    ),
    (
        TakesOpenForClosed,
        (
            "open_orders_are_listed_with_what_they_hold",
            "cancel_all*",
        ),
    ),
    (TellsOnePageOfOpenOrders, ("more_open_orders_than_fit_on_a_page_are_all_told",)),
    (
        TellsOnePageOfClosedOrders,
        (
            "more_closed_orders_than_fit_on_a_page_are_all_told",
            "days_of_closed_orders_come_without_gaps_or_repeats",
        ),
    ),
    (TellsOnePageOfFills, ("days_of_fills_come_without_gaps_or_repeats",)),
    (
        TakesLimitsForWider,
        (
            "no_limit_is_taken_for_wider_than_the_venue_counts_it",
            "a_limit_is_used_up_without_a_request_that_the_venue_refuses",
        ),
    ),
    (
        TakesLimitsForWiderWhereTheyAreSaidUnder200,
        ("a_limit_is_used_up_without_a_request_that_the_venue_refuses",),
    ),
    (CountsForTheWrongOne, ("no_limit_is_taken_for_wider_than_the_venue_counts_it",)),
    (CountsEachEndpointByItself, ("what_the_venue_counts_together_is_counted_together",)),
    (HandsOutWords, ("every_field_has_the_type_that_its_model_promises",)),
    (LeavesRatesOut, ("what_a_venue_leaves_out_never_makes_none_of_what_is_promised",)),
    (LeavesCandlesOpen, ("what_a_venue_leaves_out_never_makes_none_of_what_is_promised",)),
    *(
        (defect, ("an_order_is_told_alike_by_itself_and_in_lists",))
        for defect in (
            HidesPartlyFilledOrders,
            HidesCanceledOrders,
            TellsCanceledAsOpen,
            ListsEveryOrderAsABuy,
            ChangesOrdersInAnotherZone,
        )
    ),
    (ForgetsWhatIsLocked, ("what_is_wholly_locked_is_still_held",)),
    *(
        (defect, ("market_data_of_one_moment_agree",))
        for defect in (
            CountsVolumesInQuote,
            CountsCandlesInQuote,
            OpensCandlesAtTheirClose,
            SwapsTickers,
            SwapsTheVolumesOfBids,
        )
    ),
    (CountsABookInQuote, ("the_amounts_of_a_book_are_base",)),
    *(
        (declaring(**able), ("as_much_as_is_declared_comes_with_one_question",))
        for able in (
            {"trades_per_call": 1000},
            {"candles_per_call": 1000},
            {"book_depths": (10, 50, 500)},
        )
    ),
    (NamesFillsWrongly, ("a_fill_has_the_side_and_the_role_that_the_ledger_has",)),
    (CancelsAllTwice, ("canceling_all_is_sent_once_whatever_becomes_of_the_answer",)),
    (TurnsTakersRound, ("the_side_of_a_public_trade_is_the_takers",)),
    (TurnsRolesRound, ("a_fill_has_the_side_and_the_role_that_the_ledger_has",)),
    (SwapsTheAccountsRates, ("maker_and_taker_fees_are_told_apart",)),
    (SwapsTheMarketsRates, ("the_rates_of_a_market_are_told_apart",)),
    (TakesCostsForAmounts, ("a_cost_is_never_told_as_an_amount_of_base",)),
    (TakesAmountsForCosts, ("an_amount_of_base_is_never_told_as_a_cost",)),
    (TakesEveryKeyForHarmless, ("a_key_that_may_withdraw_is_never_told_as_harmless",)),
    (TakesReadingForTrading, ("a_key_that_may_withdraw_is_never_told_as_harmless",)),
    (TakesEveryKeyForBound, ("a_key_for_any_address_is_never_told_as_bound_to_some",)),
    (TellsADayForTheEnd, ("when_a_key_ends_is_told_to_the_second_or_not_at_all",)),
    (TakesNoEndForAnEnd, ("when_a_key_ends_is_told_to_the_second_or_not_at_all",)),
    (AsksForTooLongSpans, ("a_span_longer_than_the_venue_takes_is_asked_for_in_pieces",)),
    (
        BelievesThatLongSpansAreWhole,
        ("a_span_longer_than_the_venue_takes_is_asked_for_in_pieces",),
    ),
    (
        LeavesMarketLimitsUnread,
        ("no_market_order_passes_the_filters_that_the_venue_then_refuses",),
    ),
    (
        LeavesTheLeastCostUnread,
        ("no_market_buy_by_cost_passes_the_filters_that_the_venue_then_refuses",),
    ),
    (SwitchesOffLate, ("a_countdown_that_nobody_renews*",)),
    (NeverSwitchesOff, ("a_countdown_that_is_renewed*", "a_countdown_whose_answer_is_lost*")),
    (TellsSecondsForMilliseconds, ("a_countdown_that_nobody_renews*",)),
    (TakesNoSecondsForASwitch, ("seconds_that_no_countdown_has_are_refused_here",)),
    (SwitchesOffLikeAQuestion, ("a_countdown_whose_answer_is_lost*",)),
    (BelievesAnySwitch, ("a_countdown_that_is_not_as_it_was_asked_for*",)),
    (
        TellsFilledOrdersAsOpen,
        ("an_order_is_followed_to_its_end", "a_wait_ends_when_the_market_has_filled_the_order"),
    ),
    (TellsOpenOrdersAsFilled, ("a_wait_whose_time_is_over*",)),
    (TellsNoFills, ("a_wait_for_a_first_fill_ends_with_it",)),
    (
        TakesTroubleForNoSymbol,
        (
            "a_wait_goes_on_through_what_will_pass_http_*",
            "a_wait_goes_on_through_what_will_pass_an_unreadable_answer",
            "an_order_that_is_not_found_at_first*",
        ),
    ),
    (TellsOnePageOfAnOrdersFills, ("more_fills_of_one_order_than_fit_on_a_page_are_all_told",)),
)
"""Each defect with the checks that it must turn red."""
