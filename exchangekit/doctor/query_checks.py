"""What can be seen of a request whose parameters are in the query, without any secret.

Each check names its fault once and says what to do. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from exchangekit.adapter.scheme import KeyKind, Scheme
from exchangekit.doctor import pieces
from exchangekit.doctor.case import Case
from exchangekit.doctor.findings import Faults
from exchangekit.doctor.forms import check_form
from exchangekit.doctor.moments import Moment, read_moment
from exchangekit.doctor.pieces import Pair, Piece

SIGNATURE, TIMESTAMP, WINDOW = "signature", "timestamp", "recvWindow"
LONGEST_WINDOW, USUAL_WINDOW = 60_000, 5000

# Escapes of characters that stand for themselves.
_NEEDLESS = re.compile(r"%(?:2[DE]|3[0-9]|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE])")
ENCODE = "Percent-encode each name and value (RFC 3986, upper-case hex) before signing, and send"
ENCODE += " exactly the text that was signed."


@dataclass(frozen=True, slots=True)
class Query:
    """The query, taken apart."""

    own: list[Piece]
    signatures: list[Piece]
    extra: list[Pair]

    def first(self, name: str) -> str | None:
        return next((one.value for one in self.own if one.name == name), None)


def read_body(case: Case) -> tuple[list[Piece], list[Pair]]:
    """Parameters in the body: those of a form as pieces, those of a JSON object as pairs."""
    body = case.captured.body.strip()
    if not body:
        return [], []
    found = pieces.body_pairs(body)
    if found is not None:
        names = ", ".join(name for name, _ in found[:3])
        case.faults.add(
            "json_body",
            f"Parameters are in a JSON body instead of the query: {names}.",
            "Put every parameter into the query and send no body.",
            certain=bool(found),
        )
        return [], found
    case.faults.add(
        "form_body",
        "There is a body; not every venue reads parameters there.",
        "Put every parameter into the query and send no body: that is taken everywhere.",
        certain=False,
    )
    return (pieces.split(body) if "=" in body else []), []


def check_order(faults: Faults, split: list[Piece], query: Query) -> None:
    names = [one.name for one in query.own if one.raw]
    for before, after in pairwise(names):
        if before > after:
            faults.add(
                "order",
                f"The parameters are not in ASCII order: {before} stands before {after}.",
                "Sort by name before signing (upper case before lower), and send in that order."
                " Documentation and users disagree on who insists; sorted is taken everywhere.",
            )
            break
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or len(query.signatures) > 1:
        shown = (twice or [SIGNATURE])[0]
        faults.add("duplicate", f"The parameter {shown} is there twice.", "Send it once.")
    if split and query.signatures and SIGNATURE in [one.name for one in split[:-1]]:
        faults.add(
            "signature_not_last",
            f"The signature is not last: {split[-1].name or 'an empty piece'} comes after it.",
            "Append signature after everything else; it is not sorted with the others.",
        )


def check_writing(faults: Faults, split: list[Piece]) -> None:
    """How names and values are encoded: every fault once, with the parameters that have it."""
    low = {one.name: pieces.lower_hex(one.raw) for one in split}
    escapes = [escape for escape in low.values() if escape]
    if escapes:
        faults.add(
            "lower_hex",
            f"{_those(low)} with lower-case hex in a percent escape, such as {escapes[0]}.",
            f"Write {escapes[0].upper()}. {ENCODE}",
        )
    plus = {one.name: "+" in one.raw for one in split}
    if any(plus.values()):
        faults.add(
            "plus_for_space",
            f"{_those(plus)} with a +, which is a space to some programs and itself to others.",
            f"Write %20 for a space and %2B for a plus. {ENCODE}",
        )
    raw = {one.name: pieces.unencoded(one.raw.replace("=", "", 1)) for one in split}
    if any(raw.values()):
        letters = dict.fromkeys("".join(raw.values()))
        shown = " ".join("a space" if letter.isspace() else letter for letter in letters)
        faults.add(
            "unencoded", f"{_those(raw)} with characters that are not encoded: {shown}", ENCODE
        )
    broken = {one.name: pieces.broken_escape(one.raw) for one in split}
    if any(broken.values()):
        said = f"{_those(broken)} with a percent escape that is broken or no UTF-8."
        faults.add("bad_escape", said, ENCODE)
    odd = {one.name: not one.raw or _NEEDLESS.search(one.raw) for one in split}
    if any(odd.values()):
        faults.add(
            "odd_writing",
            f"{_those(odd)} in another way than it needs to be.",
            ENCODE,
            certain=False,
        )


def _those(found: Mapping[str, object]) -> str:
    names = [name or "an empty piece" for name, has in found.items() if has]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{', '.join(names[:3])}{more}: written"


def check_numbers(faults: Faults, pairs: list[Pair]) -> None:
    for name, value in pairs:
        if pieces.is_exponent(name, value):
            faults.add(
                "exponent",
                f"{name} is written with an exponent: {value}.",
                f"Write {pieces.written_out(name, value)}.",
            )


def check_timestamp(case: Case, query: Query) -> Moment | None:
    text = query.first(TIMESTAMP) or dict(query.extra).get(TIMESTAMP)
    advice = "Send the milliseconds since 1970 (13 digits), taken right before signing."
    if not text:
        case.faults.add("timestamp_missing", "There is no timestamp.", advice)
        return None
    moment = read_moment(text)
    if moment is None:
        case.faults.add("timestamp_format", f"The timestamp is {text}: no time.", advice)
    elif moment.form == "seconds":
        case.faults.add("timestamp_seconds", f"The timestamp is in seconds: {text}.", advice)
    elif moment.form != "milliseconds" or not text.isdecimal():
        case.faults.add("timestamp_format", f"The timestamp is in {moment.form}: {text}.", advice)
    return moment


def check_window(faults: Faults, query: Query) -> int:
    text = query.first(WINDOW) or dict(query.extra).get(WINDOW)
    if text is None:
        return USUAL_WINDOW
    if re.fullmatch(r"[0-9]{1,12}", text, re.ASCII) is None or int(text) == 0:
        faults.add(
            "recv_window_format",
            f"{WINDOW} is {text}, no number of milliseconds above 0.",
            f"Write {USUAL_WINDOW}, or leave it out.",
        )
        return USUAL_WINDOW
    if int(text) > LONGEST_WINDOW:
        faults.add(
            "recv_window_large",
            f"{WINDOW} is {text}; {LONGEST_WINDOW} is the most that is taken.",
            f"Write {USUAL_WINDOW}: a longer window only hides a wrong clock.",
        )
    return int(text)


def check_signature(
    faults: Faults, query: Query, scheme: Scheme, kinds: tuple[KeyKind, ...]
) -> str | None:
    if not query.signatures or not query.signatures[-1].value.strip():
        faults.add(
            "signature_missing",
            "There is no signature.",
            "Append signature=… as the last parameter.",
        )
        return None
    # A raw + in base64 was read as a space.
    text = query.signatures[-1].value
    inner = text.strip()
    if inner != text:
        faults.add("white_space", "There is white space around the signature.", "Strip it.")
    check_form(faults, scheme, kinds, inner.replace(" ", "+"))
    return text
