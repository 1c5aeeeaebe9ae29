"""What an examiner is given: the request, whose it is, the secrets to check it with, the time."""

from __future__ import annotations

from dataclasses import dataclass, field

from exchangekit.adapter.base import Adapter, Environment
from exchangekit.adapter.private_keys import PrivateKey
from exchangekit.adapter.request import Request
from exchangekit.doctor.captured import Captured
from exchangekit.doctor.findings import Faults


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """The secrets to compare with, each as its source holds it, None where there is none."""

    secret: str | None = None
    key: str | None = None
    passphrase: str | None = None

    def __repr__(self) -> str:
        return "<Keys>"


@dataclass(frozen=True, slots=True, repr=False)
class Case:
    """One request under examination. ``now`` is in ms; ``known`` are the venue's own requests,
    ``private`` is the secret where it is a private key, or what is wrong with that."""

    captured: Captured
    adapter: Adapter
    environment: Environment
    keys: Keys
    now: int
    known: tuple[Request, ...] = ()
    private: PrivateKey | str | None = None
    faults: Faults = field(default_factory=Faults)

    def __repr__(self) -> str:
        return f"<Case {self.adapter.venue} {self.captured!r}>"
