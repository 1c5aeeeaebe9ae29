"""What a caller does with one order, step by step: asks, cancels, reads, and notes what it is told.

Written once, for sync and async: a generator that yields what is to be asked of the exchange and
gets the answer. It begins where the notes of an earlier life end.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from exchangekit.errors import ExchangeError, OrderNotOpen, OutcomeUnknown
from exchangekit.models.orders import Order
from exchangekit.testing.chaos.notes import Note, Notes
from exchangekit.testing.chaos.plan import Planned

Ask = Callable[[Any], Any]
"""What to ask of an exchange: a result, or, of an async one, something to await."""
Step = Ask | float
"""What to ask, or how many seconds to wait."""
Steps = Generator[Step, Any, None]
Lost = dict[str, str]
"""Client order id -> why it had to be found out what became of it. The exchange's hook fills it."""
_MOST_TRIES = 12
_PAUSE = 0.3
_NOBODY = "not sent: NoVenue"
THERE, NOT_THERE, UNKNOWN = "there", "not there", "unknown"


def steps(order: Planned, notes: Notes, lost: Lost) -> Steps:
    """Everything that is left to do about `order`."""
    before = notes.of(order.name)
    told = [note for note in before if note["said"] == "told"]
    placed = next((note for note in told if note["end"] == THERE), None)
    asked = sum(not _nobody_took_it(note) for note in told)
    turned_away = len(told) - asked
    while placed is None and asked < order.asks and turned_away < _MOST_TRIES:
        answer = yield from _place(order, notes, lost)
        if _nobody_took_it(answer):
            turned_away += 1
            yield _PAUSE * turned_away
        else:
            asked += 1
            placed = answer if answer["end"] == THERE else None
    if placed is None:
        return
    said = {note["said"] for note in before}
    if order.cancel and "canceled" not in said:
        yield from _cancel(order, placed["id"], notes)
    if order.read and "read" not in said:
        yield from _read(order, notes)


def _nobody_took_it(told: Note) -> bool:
    """Whether no venue was well enough to be asked: its caller waits, and asks again."""
    return bool(told["end"] == NOT_THERE and told["how"].startswith(_NOBODY))


def _place(order: Planned, notes: Notes, lost: Lost) -> Generator[Step, Any, Note]:
    asked = order.asked()
    lost.pop(order.name, None)
    notes.write(order.name, "asked")
    try:
        made: Order | None = yield lambda exchange: exchange.create_order(**asked)
        how = "order"
    except OutcomeUnknown as problem:
        made, how = yield from _resolved(order.name, problem, notes)
    except ExchangeError as problem:
        made, how = None, f"{problem.outcome}: {type(problem).__name__}: {problem.message}"
    end = UNKNOWN if how.startswith(UNKNOWN) else NOT_THERE if made is None else THERE
    told = {"end": end, "how": how, "lost": lost.get(order.name), **_numbers(made)}
    notes.write(order.name, "told", **told)
    return told


def _resolved(
    name: str, problem: OutcomeUnknown, notes: Notes
) -> Generator[Step, Any, tuple[Order | None, str]]:
    """What an unknown order came to, asked for until it is known or patience ends."""
    why = str(problem)
    notes.write(name, "unknown", how=why)
    for _ in range(_MOST_TRIES):
        try:
            found = yield lambda exchange: exchange.resolve(problem.handle)
        except ExchangeError as still:
            why = str(still)
            notes.write(name, "still unknown", how=why)
            yield _PAUSE
            continue
        if found.order is not None:
            return found.order, "resolved"
        return None, f"absent ({found.proof})"
    return None, f"{UNKNOWN}: {why}"


def _cancel(order: Planned, id: str, notes: Notes) -> Steps:
    end, how = UNKNOWN, ""
    notes.write(order.name, "canceling")
    for tries in range(1, _MOST_TRIES + 1):
        try:
            made: Order = yield lambda exchange: exchange.cancel_order(id, order.symbol)
        except OrderNotOpen as problem:
            end, how = "not open", problem.message
            break
        except ExchangeError as problem:
            how = str(problem)
            yield _PAUSE * tries  # what stays open fills the venue up in a long run
            continue
        end, how = str(made.status or "acknowledged"), ""
        break
    notes.write(order.name, "canceled", end=end, how=how)


def _read(order: Planned, notes: Notes) -> Steps:
    name = order.name
    for _ in range(_MOST_TRIES):
        try:
            made: Order = yield lambda exchange: exchange.fetch_order(
                None, order.symbol, client_order_id=name
            )
        except ExchangeError:
            yield _PAUSE
            continue
        notes.write(name, "read", **_numbers(made))
        return


def _numbers(made: Order | None) -> dict[str, Any]:
    """What an order was told to be; what it was not told is left out."""
    if made is None:
        return {}
    names = (
        "id",
        "client_order_id",
        "symbol",
        "side",
        "type",
        "status",
        "amount",
        "price",
        "filled",
    )
    told = {name: getattr(made, name) for name in names}
    return {name: str(value) for name, value in told.items() if value is not None}
