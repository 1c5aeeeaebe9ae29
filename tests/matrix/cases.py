"""The cases: faults by operations by venues by modes, but for what makes no sense."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from matrix.faults import FAULTS, Fault, Rule
from matrix.operations import OPERATIONS, Operation

from exchangekit.plugins import installed

MODES = ("sync", "async")


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What is left out, and why. All but ``because`` are patterns."""

    fault: str
    operation: str
    because: str
    moment: str = "*"
    span: str = "*"

    def concerns(self, fault: Fault, operation: Operation, moment: str, span: str) -> bool:
        pairs = (
            (fault.name, self.fault),
            (operation.name, self.operation),
            (moment, self.moment),
            (span, self.span),
        )
        return all(fnmatchcase(word, pattern) for word, pattern in pairs)


_THE_VENUES_WORD = (
    "that a limit or an overload refused the request is the venue's own word; that another copy was"
    " taken all the same can be seen by looking, and here nothing can be looked at"
)
EXCLUDED = (
    Exclusion("id taken*", "query", "only a new order brings an id"),
    Exclusion("id taken*", "cancel*", "only a new order brings an id"),
    Exclusion("filled on the way*", "create", "an order that is not there yet is not filled"),
    Exclusion("interrupted while looking", "query", "a read is not looked for: it is asked again"),
    Exclusion(
        "interrupted while looking",
        "cancel all",
        "orders that are named, one by one, are canceled again without a look (on OKX)",
        moment="before",
    ),
    Exclusion("filled in part*", "create", "what never arrives fills in no part", moment="before"),
    Exclusion("filled at once*", "cancel all", "nothing is open then, and on OKX nothing is sent"),
    Exclusion("held*", "query", "nothing of a read is accepted, so nothing can be held up inside"),
    Exclusion("order endpoint lags*", "query", "what it is told is what the venue says"),
    Exclusion("http 429", "cancel*", _THE_VENUES_WORD, moment="after", span="lasting"),
    Exclusion("http 50[23]", "cancel*", _THE_VENUES_WORD, moment="after", span="lasting"),
    Exclusion("http 418", "*", _THE_VENUES_WORD, moment="after"),
    Exclusion(
        "delivered twice, second reply",
        "cancel all",
        "that nothing is open is all that the second copy is told, as where nothing ever was",
    ),
)


@dataclass(frozen=True, slots=True)
class Case:
    fault: Fault
    variant: str
    rule: Rule
    moment: str
    span: str
    operation: Operation
    venue: str
    mode: str

    def group(self) -> str:
        return f"{self.venue}, {self.operation.name}, {self.fault.name}"

    def __str__(self) -> str:
        words = (self.venue, self.mode, self.operation.name, self.fault.name + self.variant)
        return ", ".join(filter(None, (*words, self.moment, self.span)))


def venues() -> tuple[str, ...]:
    """Every installed venue that can be simulated."""
    return tuple(sorted(installed().simulated()))


def struck(venue: str) -> Iterator[tuple[Fault, str, Rule, str, str]]:
    """Every fault in every form of it."""
    adapter = installed().adapter(venue)
    for fault in FAULTS:
        forms = fault.rules(adapter) if fault.rules is not None else (("", {}),)
        for variant, rule in forms:
            for moment in fault.moments:
                for span in fault.spans:
                    yield fault, variant, rule, moment, span


def cases() -> Iterator[Case]:
    for venue in venues():
        for operation in OPERATIONS:
            for form in struck(venue):
                if any(one.concerns(form[0], operation, *form[3:]) for one in EXCLUDED):
                    continue
                for mode in MODES:
                    yield Case(*form, operation, venue, mode)
