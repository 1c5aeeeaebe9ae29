"""What became of a change whose answer was lost, asked for by its handle."""

from __future__ import annotations

from exchangekit.errors import InvalidInput
from exchangekit.models.numbers import shown
from exchangekit.models.orders import Resolution
from exchangekit.operations.part import Part
from exchangekit.operations.sources import sources_of
from exchangekit.orders import resolution
from exchangekit.runtime.effects import Flow
from exchangekit.runtime.journal import Sending


class Resolving(Part):
    def resolve(self, handle: Sending) -> Flow[Resolution]:
        operation, connection = "resolve", self.connection
        with connection.checking(operation):
            if not isinstance(handle, Sending):
                raise InvalidInput(
                    f"handle is {shown(handle)}, expected that of an OutcomeUnknown: lost.handle"
                )
            theirs, mine = handle.intent.account, connection.policy.account_id
            if theirs != mine:
                raise InvalidInput(
                    f"the handle is of another account: of {theirs}, and this is {mine}"
                )
        market = yield from connection.market(
            handle.intent.change.symbol, operation, maybe_gone=True
        )
        told, sources = connection.hooks.on_order_outcome, sources_of(connection, market)
        return (yield from resolution(connection.policy, told, handle, sources))
