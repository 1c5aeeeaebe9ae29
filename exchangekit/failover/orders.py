"""Orders that exist: found, followed and canceled at the venue that holds them, by ids that say so.

While that venue is down it is asked all the same, and what fails is told; no other venue is asked
instead, and a cancel is always tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from exchangekit.errors import (
    ExchangeError,
    InvalidInput,
    OrderNotFound,
    UnknownSymbol,
    Unsupported,
)
from exchangekit.failover.errors import PartialAnswer
from exchangekit.failover.members import Member
from exchangekit.failover.several import NAME, Several
from exchangekit.models.numbers import shown
from exchangekit.models.orders import CancelFailure, CancelReport, Order
from exchangekit.orders.checks import one_id
from exchangekit.runtime.effects import Flow


def order_of(
    several: Several, id: str | None, symbol: str, client_order_id: str | None
) -> Flow[Order]:
    """One order. Raises PartialAnswer where nobody has it who answers, and not all answer."""
    one_id(id, client_order_id)
    if id is not None:
        member, own = several.holder(id)
        return (
            yield from several.ask(
                member, "fetch_order", lambda served: served.fetch_order(own, symbol)
            )
        )
    found, missing = yield from several.ask_all(
        "fetch_order",
        lambda served: served.fetch_order(None, symbol, client_order_id=client_order_id),
    )
    orders = list(found.values())
    if len(orders) == 1:
        return orders[0]
    if orders:
        raise InvalidInput(
            f"{' and '.join(found)} both have an order {shown(client_order_id)}: name it by its id"
        )
    silent = {key: why for key, why in missing.items() if not isinstance(why, OrderNotFound)}
    if silent and len(silent) == len(several.members) == 1:
        raise next(iter(silent.values()))
    if silent:
        raise PartialAnswer(
            f"no venue that answers has it, and {', '.join(silent)} did not answer",
            missing=silent,
            venue=NAME,
        )
    raise OrderNotFound(
        f"no venue has an order {shown(client_order_id)}", client_order_id=client_order_id
    )


def cancel_of(
    several: Several, id: str | None, symbol: str, client_order_id: str | None
) -> Flow[Order]:
    """Cancel one order where it is. By its name it is looked for first."""
    one_id(id, client_order_id)
    which = id
    if which is None:
        found = yield from order_of(several, None, symbol, client_order_id)
        which = found.id or ""
    member, own = several.holder(which)
    return (
        yield from several.ask(
            member, "cancel_order", lambda served: served.cancel_order(own, symbol)
        )
    )


def cancel_all_of(several: Several, symbol: str) -> Flow[CancelReport]:
    """Cancel what is open in one symbol at every venue that lists it, ill ones included."""
    told, missing = yield from several.ask_all(
        "cancel_all_orders", lambda served: served.cancel_all_orders(symbol)
    )
    unconfirmed = {key: why for key, why in missing.items() if not _has_none(why)}
    if not told and not unconfirmed:
        raise next(iter(missing.values()))
    return report(told.values(), unconfirmed)


def cancel_everything(several: Several, symbols: Sequence[str] | None) -> Flow[CancelReport]:
    """Cancel whatever is open at every venue, symbol by symbol; what could not be confirmed is in
    ``unconfirmed``. A venue that lists open orders of one symbol at a time needs `symbols`."""
    unconfirmed: dict[str, ExchangeError] = {}
    wanted: list[tuple[Member, str]] = []
    if symbols is None:
        opened, unconfirmed = yield from several.ask_all(
            "fetch_open_orders", lambda served: served.fetch_open_orders()
        )
        for key, orders in opened.items():
            wanted += [
                (several.by_key[key], symbol)
                for symbol in dict.fromkeys(one.symbol for one in orders)
            ]
    else:
        wanted = [(member, symbol) for member in several.members for symbol in symbols]
    reports: list[CancelReport] = []
    for member, symbol in wanted:
        try:
            reports.append((yield from _cancel_in(several, member, symbol)))
        except ExchangeError as problem:
            if not _has_none(problem):
                unconfirmed[member.key] = problem
    return report(reports, unconfirmed)


def _cancel_in(several: Several, member: Member, symbol: str) -> Flow[CancelReport]:
    return several.ask(member, "cancel_all_orders", lambda served: served.cancel_all_orders(symbol))


def _has_none(why: ExchangeError) -> bool:
    """A venue that does not list the symbol has no orders in it."""
    return isinstance(why, (UnknownSymbol, Unsupported))


def report(told: Iterable[CancelReport], unconfirmed: dict[str, ExchangeError]) -> CancelReport:
    """One report of several; what is `unconfirmed` leaves it incomplete."""
    canceled: list[Order] = []
    failed: list[CancelFailure] = []
    complete = not unconfirmed
    for one in told:
        canceled += one.canceled
        failed += one.failed
        complete = complete and one.complete
    return CancelReport(
        canceled=tuple(canceled),
        failed=tuple(failed),
        complete=complete,
        unconfirmed={key: why.message for key, why in unconfirmed.items()},
    )
