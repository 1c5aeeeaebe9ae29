"""From what a user writes to an order that may be sent: parsing, filters, ids, risk gates."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from exchangekit.adapter.request import text
from exchangekit.errors import (
    InvalidInput,
    InvalidOrder,
    MarketClosed,
    OrderVetoed,
    Outcome,
    Unsupported,
)
from exchangekit.models.enums import OrderType, Side, TimeInForce
from exchangekit.models.market import Market
from exchangekit.models.numbers import Number, exact, shown
from exchangekit.models.orders import (
    LimitOrder,
    MarketBuyWithCost,
    OrderRequest,
    make_limit_order,
    make_market_buy_with_cost,
    make_market_order,
)
from exchangekit.operations.history import History
from exchangekit.orders import ID_BYTES, client_order_id
from exchangekit.runtime.effects import Entropy, Flow

E = TypeVar("E", bound=StrEnum)


class Placing(History):
    def parse_order(
        self,
        symbol: str,
        type: OrderType | str,
        side: Side | str,
        amount: Number | None,
        price: Number | None,
        cost: Number | None,
        time_in_force: TimeInForce | str | None,
        post_only: bool,
        client_order_id: str | None,
    ) -> OrderRequest:
        """The order that the arguments mean. Raises InvalidInput for what does not fit together."""
        if not isinstance(symbol, str):
            raise InvalidInput(f'symbol is {shown(symbol)}, expected a str such as "BTC/USDT"')
        if not isinstance(post_only, bool):
            raise InvalidInput(f"post_only is {post_only!r}, expected True or False")
        kind, direction = word(OrderType, type, "type"), word(Side, side, "side")
        if client_order_id is not None:
            self._check_client_order_id(client_order_id)
        if amount is not None and cost is not None:
            raise InvalidInput("both amount and cost are given, expected one of them")
        if kind is OrderType.LIMIT:
            if cost is not None:
                raise InvalidInput("cost goes with market buys; a limit order has an amount")
            if amount is None or price is None:
                missing = "amount" if amount is None else "price"
                raise InvalidInput(f"a limit order needs an amount and a price: {missing} is None")
            return make_limit_order(
                symbol=symbol,
                side=direction,
                amount=exact(amount, "amount"),
                price=exact(price, "price"),
                time_in_force=_time_in_force(time_in_force, post_only),
                client_order_id=client_order_id,
            )
        if price is not None:
            raise InvalidInput("price goes with limit orders; a market order takes what there is")
        if time_in_force is not None or post_only:
            raise InvalidInput("a market order has no time in force")
        if cost is not None:
            if direction is not Side.BUY:
                raise InvalidInput("cost goes with market buys; a sell has an amount")
            return make_market_buy_with_cost(
                symbol=symbol, cost=exact(cost, "cost"), client_order_id=client_order_id
            )
        if amount is None:
            raise InvalidInput("a market order needs an amount, or a cost for a buy")
        return make_market_order(
            symbol=symbol,
            side=direction,
            amount=exact(amount, "amount"),
            client_order_id=client_order_id,
        )

    def prepared(self, order: OrderRequest, operation: str) -> Flow[tuple[Market, OrderRequest]]:
        """The market and the order with its client order id, checked and agreed to by the gates.

        Raises UnknownSymbol, Unsupported, InvalidOrder, OrderVetoed.
        """
        market = yield from self.market(order.symbol, operation)
        with self.checking(operation):
            self.check_supported(order)
            problems = market.problems(order)
            if problems:
                kind = MarketClosed if problems[0].filter == "active" else InvalidOrder
                error = kind("; ".join(problem.message for problem in problems))
                error.filter, error.nearest = problems[0].filter, problems[0].nearest
                raise error
        if order.client_order_id is None:
            entropy: bytes = yield Entropy(ID_BYTES)
            order = order.model_copy(update={"client_order_id": client_order_id(entropy)})
        if operation == "create_order":
            reason = self.veto(market, order)
            if reason is not None:
                raise OrderVetoed(
                    f"a before_order hook refused the order ({reason})",
                    venue=self.adapter.venue,
                    operation=operation,
                    outcome=Outcome.NOT_SENT,
                    client_order_id=order.client_order_id,
                    hint="The gate is your own: nothing is wrong with the venue.",
                )
        return market, order

    def veto(self, market: Market, order: OrderRequest) -> str | None:
        """Why the risk gates refuse the order, None if they agree."""
        return None

    def check_supported(self, order: OrderRequest) -> None:
        """Raises Unsupported for a kind of order that this venue does not have."""
        can, title = self.adapter.capabilities, self.adapter.title
        if isinstance(order, LimitOrder):
            if (order.type, order.time_in_force) not in can.limit_orders:
                known = ", ".join(sorted(text(tif) for _, tif in can.limit_orders))
                raise Unsupported(
                    f"{title} has no limit orders that are {order.time_in_force} (it has: {known})"
                )
        elif not can.market_orders:
            raise Unsupported(f"{title} has no market orders")
        elif isinstance(order, MarketBuyWithCost) and not can.buy_with_cost:
            raise Unsupported(f"{title} has no market buy by cost")

    def _check_client_order_id(self, name: str) -> None:
        pattern = self.adapter.capabilities.client_order_id
        if not isinstance(name, str) or not pattern.fullmatch(name):
            error = InvalidOrder(
                f"client_order_id is {shown(name)}, {self.adapter.title} takes {pattern.pattern}",
                hint="Leave it out and the kit makes one that is legal everywhere.",
            )
            error.filter = "client_order_id"
            raise error


def word(kind: type[E], value: E | str, name: str) -> E:
    """A user's word as the enum. Raises InvalidInput naming what is possible."""
    try:
        return kind(value.lower() if isinstance(value, str) else value)
    except ValueError:
        known = ", ".join(str(one) for one in kind)
        raise InvalidInput(f"{name} is {shown(value)}, expected one of: {known}") from None


def _time_in_force(value: TimeInForce | str | None, post_only: bool) -> TimeInForce:
    if value is None:
        return TimeInForce.POST_ONLY if post_only else TimeInForce.GTC
    made = word(TimeInForce, value, "time_in_force")
    if post_only and made not in (TimeInForce.GTC, TimeInForce.POST_ONLY):
        raise InvalidInput(f"post_only and {made} exclude each other")
    return TimeInForce.POST_ONLY if post_only else made
