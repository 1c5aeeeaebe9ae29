"""After a restart: what a failover's own journal left open, told by the journals of its members."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from exchangekit.errors import ConfigurationError, Outcome
from exchangekit.failover.closing import may_end
from exchangekit.failover.ids import owned
from exchangekit.failover.members import Member
from exchangekit.models.enums import Proof
from exchangekit.models.orders import Order, OrderRequest, Resolution
from exchangekit.models.recovery import Reconciled
from exchangekit.orders.again import unlike_before
from exchangekit.orders.placing import end
from exchangekit.runtime.effects import Flow
from exchangekit.runtime.journal import Ended, Recorded

Found = tuple[Recorded, Member | None, Recorded | None]
"""An open intent of the failover, the member it was handed to last, and what that one's journal
says of the order: None where it says nothing."""


def with_journals(members: Sequence[Member], own: object) -> Sequence[Member]:
    """Those that have a journal. Raises ConfigurationError where nobody has one, nor the failover
    its `own`."""
    found = [one for one in members if one.journal is not None]
    if not found and own is None:
        raise ConfigurationError(
            "there is nothing to reconcile with: neither this failover nor its exchanges have a"
            " journal. See connect(journal=…)"
        )
    return found


def of_member(member: Member, told: Sequence[Reconciled]) -> list[Reconciled]:
    """What a member found out, with ids that say whose they are."""
    return [
        one
        if one.resolution is None
        else one.model_copy(
            update={
                "resolution": owned(one.resolution, member.key),
                "fills": owned(one.fills, member.key),
            }
        )
        for one in told
    ]


def together(of_members: Sequence[Reconciled], own: Sequence[Reconciled]) -> tuple[Reconciled, ...]:
    """What was found out, each order once: of one that a member has told of, that is enough."""
    told = {_name(one) for one in of_members} - {None}
    return (*of_members, *(one for one in own if _name(one) not in told))


def _name(one: Reconciled) -> str | None:
    places = one.operation == "create_order"
    return getattr(one.request, "client_order_id", None) if places else None


def looked_up(members: Sequence[Member], opened: Sequence[Recorded]) -> list[Found]:
    """What the members' journals say of each, after they were reconciled. Reads files."""
    found: list[Found] = []
    for one in opened:
        last = one.tried[-1] if one.tried else None
        member = next((each for each in members if each.account == last), None)
        told = None
        name = getattr(one.intent.change, "client_order_id", None)
        if member is not None and name is not None and hasattr(member.journal, "find"):
            told = member.journal.find(name)
            if told is not None and told.written < one.written and not _is_the_same(told, one):
                told = None  # an earlier order's, which ended before this one was asked for
        found.append((one, member, told))
    return found


def _is_the_same(told: Recorded, asked: Recorded) -> bool:
    """An order of before that is there, or may be, and is what was asked for: it is what asking
    again came to."""
    there = told.is_open or told.state == "done"
    earlier, now = told.intent.change, asked.intent.change
    return there and not unlike_before(cast("OrderRequest", earlier), cast("OrderRequest", now))


def settled(found: Sequence[Found]) -> Flow[tuple[Reconciled, ...]]:
    """What each came to; the failover's journal is told what is known for certain."""
    made = []
    for one, member, told in found:
        about = {
            "operation": one.intent.operation,
            "request": one.intent.change,
            "written": one.written,
        }
        if member is None or not hasattr(member.journal, "find"):
            where = "an account that is not in this failover" if member is None else member.key
            made.append(
                Reconciled(**about, problem=f"it was handed to {where}, whose journal is not here")
            )
            continue
        if told is not None and told.is_open:
            made.append(Reconciled(**about, problem=f"it is still unknown at {member.key}"))
            continue
        order = told.result if told is not None and isinstance(told.result, Order) else None
        if told is not None and told.state == "done":
            mine = None if order is None else owned(order, member.key)
            yield from end(lambda event: None, Ended(one.intent, None, mine, None))
            made.append(Reconciled(**about, resolution=Resolution(order=mine)))
            continue
        # Before a byte leaves there is a line in the member's journal: without one none left.
        if not (yield from may_end(member, cast("OrderRequest", one.intent.change), one.intent)):
            made.append(
                Reconciled(**about, problem=f"another process is placing it at {member.key} now")
            )
            continue
        outcome = Outcome.NOT_SENT if told is None else told.outcome or Outcome.ABSENT
        ended = Ended(one.intent, outcome, None, None, attempt=len(one.tried))
        yield from end(lambda event: None, ended)
        proof = Proof.NONE  # it was refused, or never left
        if outcome is Outcome.ABSENT:
            proof = Proof(member.operations.capabilities.fence.kind)
        made.append(Reconciled(**about, resolution=Resolution(proof=proof)))
    return tuple(made)
