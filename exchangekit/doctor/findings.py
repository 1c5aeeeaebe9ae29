"""What an examination says: faults by name, what was signed, what should be, where they part."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from exchangekit.doctor.faults import DISPUTED
from exchangekit.doctor.secrecy import Redactor


class Verdict(StrEnum):
    PASS = "pass"  # noqa: S105 - a verdict
    WARN = "warn"
    FAIL = "fail"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Line:
    """One check: what was looked at, how it ended, what was seen and what to do about it."""

    check: str
    verdict: Verdict
    said: str
    advice: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a request that makes a venue refuse it (``certain``), or that is worth a look.

    ``name`` is stable, for programs: one of `exchangekit.doctor.faults.FAULTS`.
    """

    name: str
    said: str
    advice: str
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place where ``given`` and ``wanted`` part: ``at`` counts letters from 0."""

    what: str
    given: str
    wanted: str
    at: int


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found in a captured request.

    ``should_sign`` is the exact text to sign, ``signed`` what the captured signature was made
    from, in words (None where nothing that was tried gives it, or there is no secret);
    ``checked`` says whether there was a secret to check it with, ``tried`` how many readings
    were compared; ``as_sent`` whether what was signed is what was sent (None: not known).
    """

    request: str
    faults: tuple[Fault, ...] = ()
    should_sign: str | None = None
    signed: str | None = None
    signed_text: str | None = None
    differences: tuple[Difference, ...] = ()
    checked: bool = False
    tried: int = 0
    notes: tuple[str, ...] = ()
    as_sent: bool | None = None

    @property
    def refused(self) -> bool:
        return any(fault.certain for fault in self.faults)

    @property
    def disputed(self) -> bool:
        """Whether some venues would take it all the same."""
        named = {fault.name for fault in self.faults if fault.certain}
        return named <= DISPUTED and self.as_sent is not False

    def cleaned(self, redactor: Redactor) -> Examination:
        """The same with every word of it fit to be shown."""

        def maybe(text: str | None) -> str | None:
            return None if text is None else redactor.clean(text)

        return replace(
            self,
            request=redactor.prose(self.request),
            faults=tuple(
                replace(one, said=redactor.prose(one.said), advice=redactor.prose(one.advice))
                for one in self.faults
            ),
            should_sign=maybe(self.should_sign),
            signed=None if self.signed is None else redactor.prose(self.signed),
            signed_text=maybe(self.signed_text),
            differences=tuple(
                difference(one.what, redactor.clean(one.given), redactor.clean(one.wanted), one.at)
                for one in self.differences
            ),
            notes=tuple(redactor.prose(note) for note in self.notes),
        )


@dataclass(slots=True)
class Faults:
    """Faults as they are found, each named once."""

    found: dict[str, Fault] = field(default_factory=dict)

    def add(self, name: str, said: str, advice: str, *, certain: bool = True) -> None:
        self.found.setdefault(name, Fault(name, said, advice, certain))

    def __contains__(self, name: str) -> bool:
        return name in self.found

    def all(self) -> tuple[Fault, ...]:
        """Those that are certain first."""
        return tuple(sorted(self.found.values(), key=lambda fault: not fault.certain))


def difference(what: str, given: str, wanted: str, at: int = 0) -> Difference:
    """Where two texts part; `at` stands where redaction has made them alike."""
    for place, (one, other) in enumerate(zip(given, wanted, strict=False)):
        if one != other:
            return Difference(what, given, wanted, place)
    if len(given) != len(wanted):
        return Difference(what, given, wanted, min(len(given), len(wanted)))
    return Difference(what, given, wanted, min(at, len(given)))
