"""Whether a change happened, in one word, and in a sentence for whoever reads an error."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """Whether a request that changes something happened, as far as can be proven."""

    NOT_SENT = "not sent"
    REFUSED = "refused"
    ABSENT = "absent"
    UNKNOWN = "unknown"


SENTENCE = {
    Outcome.NOT_SENT: "Nothing was sent.",
    Outcome.REFUSED: "The venue refused it: nothing was changed.",
    Outcome.ABSENT: "It was looked for after its last moment: nothing was changed.",
    Outcome.UNKNOWN: "Whether it happened is unknown.",
}
