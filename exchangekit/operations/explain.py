"""What an order would become, without sending it."""

from __future__ import annotations

from decimal import Decimal

from exchangekit.adapter.scheme import scheme_of
from exchangekit.models.enums import (
    OrderTypeWord,
    SideWord,
    TimeInForceWord,
)
from exchangekit.models.explanation import OrderExplanation
from exchangekit.models.market import Market
from exchangekit.models.numbers import WIDE, Number
from exchangekit.models.orders import LimitOrder, MarketBuyWithCost, OrderRequest
from exchangekit.operations.part import Part
from exchangekit.operations.placing import named_order
from exchangekit.orders import check_client_order_id, check_supported, order_request
from exchangekit.runtime.effects import Flow


class Explaining(Part):
    def explain_order(
        self,
        symbol: str,
        type: OrderTypeWord,
        side: SideWord,
        amount: Number | None = None,
        price: Number | None = None,
        *,
        cost: Number | None = None,
        time_in_force: TimeInForceWord | None = None,
        post_only: bool = False,
        client_order_id: str | None = None,
    ) -> Flow[OrderExplanation]:
        """The exact request that `create_order` would send, what the market's filters say to it,
        and its cost and fees. The order is not sent; no keys are needed. Arguments as for
        `create_order`. (Markets and the venue's time are asked for if they are not known yet.)
        """
        with self.connection.checking("explain_order"):
            self.connection.need("create_order")
            order = order_request(
                symbol,
                type,
                side,
                amount,
                price,
                cost=cost,
                time_in_force=time_in_force,
                post_only=post_only,
                client_order_id=client_order_id,
            )
            check_client_order_id(order, self.adapter)
            check_supported(order, self.adapter)
        market = yield from self.connection.market(symbol, "explain_order")
        return (yield from self._explain(market, order))

    def _explain(self, market: Market, order: OrderRequest) -> Flow[OrderExplanation]:
        order = yield from named_order(self.connection, order)
        with self.connection.checking("explain_order"):
            request = self.adapter.create_order(market, order).request
            stamp = yield from self.connection.policy.stamp(request, shown=True)
        text = self.adapter.signer.explain(request, stamp)
        spent = cost_of(order)
        notes = ["nothing is rounded: the numbers go out as they are written here"]
        if spent is None:
            notes.append("a market order by amount costs what the book asks")
        if market.maker is None or market.taker is None:
            notes.append("the venue publishes no fees here: see fetch_trading_fees")
        return OrderExplanation(
            venue=self.adapter.venue,
            order=order,
            method=request.method,
            url=self.connection.policy.environment.base_url,
            target=text.target,
            headers=dict((*self.connection.policy.environment.headers, *request.headers)),
            body=text.body.decode(),
            string_to_sign=text.text,
            signed_parts=text.parts,
            signed_with=self._signed_with(),
            problems=market.problems(order),
            cost=spent,
            maker_fee=fee_of(spent, market.maker) if isinstance(order, LimitOrder) else None,
            taker_fee=fee_of(spent, market.taker),
            fee_currency=market.quote if spent is not None else None,
            notes=tuple(notes),
        )

    def _signed_with(self) -> str | None:
        scheme = scheme_of(self.adapter.signer)
        if scheme is None:
            return None
        credentials = self.connection.policy.credentials
        return scheme.method_of(scheme.kinds[0] if credentials is None else credentials.kind)


def cost_of(order: OrderRequest) -> Decimal | None:
    """What the order spends or brings, in quote; None where only the market decides."""
    if isinstance(order, LimitOrder):
        return WIDE.multiply(order.price, order.amount)
    return order.cost if isinstance(order, MarketBuyWithCost) else None


def fee_of(cost: Decimal | None, rate: Decimal | None) -> Decimal | None:
    return None if cost is None or rate is None else WIDE.multiply(cost, rate)
