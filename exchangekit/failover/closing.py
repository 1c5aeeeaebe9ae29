"""Closing a name: from then on no process may place the order at that venue, for this intent.

What is proven is only proven of whoever has proven it. Another process may have the same order at
the same venue in its hands, and send it later: so an intent moves on from a venue, and ends, only
where its name is closed there.
"""

from __future__ import annotations

from exchangekit.failover.members import Member
from exchangekit.models.orders import OrderRequest
from exchangekit.orders.again import unlike_before
from exchangekit.runtime.effects import Flow, Record
from exchangekit.runtime.journal import AlreadyIntended, Intent, MovedOn

OPERATION = "create_order"


def close_name(member: Member, order: OrderRequest, within: Intent) -> Flow[None]:
    """Close the name of `order` at `member`. Raises AlreadyIntended where a process has just placed
    it there, and what the journal raises that cannot be written."""
    yield member.on(_written(MovedOn(Intent(member.account, OPERATION, order), within)))


def may_end(member: Member, order: OrderRequest, within: Intent) -> Flow[bool]:
    """Whether nobody can place `order` at `member` any more, so that `within` may end with nothing
    placed. Otherwise it stays open: it is another's to end, or to be reconciled."""
    try:
        yield from close_name(member, order, within)
    except AlreadyIntended as known:
        # Another order that has the name leaves no room for this one.
        earlier = known.earlier.intent.change
        return isinstance(earlier, type(order)) and bool(unlike_before(earlier, order))
    except Exception:
        return False
    return True


def _written(entry: MovedOn) -> Flow[None]:
    yield Record(entry)
