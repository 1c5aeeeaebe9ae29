"""Requests whose parameters are all in the query, with the HMAC of it as the last of them.

The signer says what should be signed; this module says in which ways a request misses it. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from exchangekit.adapter.signing import SortedQueryHmac, Stamp
from exchangekit.adapter.wire import Request
from exchangekit.doctor import pieces
from exchangekit.doctor.case import Case
from exchangekit.doctor.findings import Examination, Faults, difference
from exchangekit.doctor.holder import check_given, check_key, check_way
from exchangekit.doctor.moments import AHEAD_MS, Moment, judge_age, read_moment
from exchangekit.doctor.pieces import Pair, Piece
from exchangekit.doctor.query_readings import Sent, find

SIGNATURE, TIMESTAMP, WINDOW = "signature", "timestamp", "recvWindow"
LONGEST_WINDOW, USUAL_WINDOW = 60_000, 5000

_HEX = re.compile(r"[0-9a-f]{64}")
# Escapes of characters that stand for themselves.
_NEEDLESS = re.compile(r"%(?:2[DE]|3[0-9]|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE])")
_ENCODE = "Percent-encode each name and value (RFC 3986, upper-case hex) before signing, and send"
_ENCODE += " exactly the text that was signed."


@dataclass(frozen=True, slots=True)
class _Query:
    """The query, taken apart."""

    own: list[Piece]
    signatures: list[Piece]
    extra: list[Pair]

    def first(self, name: str) -> str | None:
        return next((one.value for one in self.own if one.name == name), None)


def examine(case: Case, signer: SortedQueryHmac) -> Examination:
    """What is wrong with the request, and what was signed."""
    captured, faults = case.captured, case.faults
    form, extra = _body(case)
    split = [*pieces.split(captured.query), *form]
    query = _Query(
        own=[one for one in split if one.name != SIGNATURE],
        signatures=[one for one in split if one.name == SIGNATURE],
        extra=extra,
    )
    _order(faults, split, query)
    _writing(faults, split)
    _numbers(faults, [*(one.pair for one in query.own), *query.extra])
    moment = _timestamp(case, query)
    window = _window(faults, query)
    if moment is not None:
        judge_age(faults, moment.ms, case.now, min(window, LONGEST_WINDOW), AHEAD_MS)
    signature = _signature(faults, query)
    check_key(case, signer.key_header)
    check_way(case)

    should = _should_sign(case, signer, query, moment, window)
    sent_text = "&".join(one.raw for one in query.own)
    differences = []
    if sent_text != should:
        differences.append(difference("sent", sent_text, should))
        if not faults.found:
            faults.add(
                "odd_writing",
                "The parameters are not written the way that every venue takes.",
                _ENCODE,
                certain=False,
            )
    made = Examination(_titled(case), should_sign=should)
    if signature is not None and case.keys.secret is not None:
        sent = Sent(captured, query.own, query.signatures[:-1], query.extra)
        found = find(sent, signature, case.keys)
        match = found.match
        check_given(case, fits=match is not None and not match.faults)
        if match is None:
            _no_match(faults, found.tried)
        else:
            _explain_match(faults, match.words, match.faults, match.digest)
            if match.text != sent_text and match.text != should:
                differences.append(difference("signed", match.text, should))
        made = Examination(
            made.request,
            should_sign=should,
            signed=None if match is None else _in_words(match.words),
            signed_text=None if match is None else match.text,
            checked=True,
            tried=found.tried,
        )
    else:
        check_given(case, fits=False)
    return Examination(
        made.request,
        faults.all(),
        should,
        made.signed,
        made.signed_text,
        tuple(differences),
        made.checked,
        made.tried,
        _notes(case, signer),
    )


def _titled(case: Case) -> str:
    return f"{case.captured.method} {case.captured.path}"


def _notes(case: Case, signer: SortedQueryHmac) -> tuple[str, ...]:
    if case.captured.headers is not None:
        return ()
    return (
        f"A URL alone shows no headers: whether the key is in {signer.key_header} is not known.",
    )


def _body(case: Case) -> tuple[list[Piece], list[Pair]]:
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


def _order(faults: Faults, split: list[Piece], query: _Query) -> None:
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
    if query.signatures and split[-1].name != SIGNATURE:
        faults.add(
            "signature_not_last",
            f"The signature is not last: {split[-1].name or 'an empty piece'} comes after it.",
            "Append signature after everything else; it is not sorted with the others.",
        )


def _writing(faults: Faults, split: list[Piece]) -> None:
    """How names and values are encoded: every fault once, with the parameters that have it."""
    low = {one.name: pieces.lower_hex(one.raw) for one in split}
    escapes = [escape for escape in low.values() if escape]
    if escapes:
        faults.add(
            "lower_hex",
            f"{_those(low)} with lower-case hex in a percent escape, such as {escapes[0]}.",
            f"Write {escapes[0].upper()}. {_ENCODE}",
        )
    plus = {one.name: "+" in one.raw for one in split}
    if any(plus.values()):
        faults.add(
            "plus_for_space",
            f"{_those(plus)} with a +, which is a space to some programs and itself to others.",
            f"Write %20 for a space and %2B for a plus. {_ENCODE}",
        )
    raw = {one.name: pieces.unencoded(one.raw.replace("=", "", 1)) for one in split}
    if any(raw.values()):
        letters = dict.fromkeys("".join(raw.values()))
        shown = " ".join("a space" if letter.isspace() else letter for letter in letters)
        faults.add(
            "unencoded", f"{_those(raw)} with characters that are not encoded: {shown}", _ENCODE
        )
    broken = {one.name: pieces.broken_escape(one.raw) for one in split}
    if any(broken.values()):
        said = f"{_those(broken)} with a percent escape that is broken or no UTF-8."
        faults.add("bad_escape", said, _ENCODE)
    odd = {one.name: not one.raw or _NEEDLESS.search(one.raw) for one in split}
    if any(odd.values()):
        faults.add(
            "odd_writing",
            f"{_those(odd)} in another way than it needs to be.",
            _ENCODE,
            certain=False,
        )


def _those(found: Mapping[str, object]) -> str:
    names = [name or "an empty piece" for name, has in found.items() if has]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{', '.join(names[:3])}{more}: written"


def _numbers(faults: Faults, pairs: list[Pair]) -> None:
    for name, value in pairs:
        if pieces.is_exponent(name, value):
            faults.add(
                "exponent",
                f"{name} is written with an exponent: {value}.",
                f"Write {pieces.written_out(name, value)}.",
            )


def _timestamp(case: Case, query: _Query) -> Moment | None:
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


def _window(faults: Faults, query: _Query) -> int:
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


def _signature(faults: Faults, query: _Query) -> str | None:
    if not query.signatures or not query.signatures[-1].value.strip():
        faults.add(
            "signature_missing",
            "There is no signature.",
            "Append signature=… as the last parameter.",
        )
        return None
    text = query.signatures[-1].value
    if _HEX.fullmatch(text):
        return text
    if _HEX.fullmatch(text.lower()):
        faults.add(
            "upper_signature",
            "The signature is in upper case.",
            "Send it in lower case, as hexdigest() makes it: not every venue takes another.",
        )
    elif _HEX.fullmatch(text.strip().lower()):
        faults.add("white_space", "There is white space around the signature.", "Strip it.")
    else:
        faults.add(
            "signature_form",
            f"The signature has {len(text)} characters and is not hex of HMAC-SHA256 (64).",
            "Send the HMAC-SHA256 in lower-case hex.",
        )
    return text


def _should_sign(
    case: Case, signer: SortedQueryHmac, query: _Query, moment: Moment | None, window: int
) -> str:
    """The signer's own text for these parameters. Without recvWindow where none was sent: it may
    be left out."""
    pairs = [one.pair for one in query.own if one.raw]
    pairs += [pair for pair in query.extra if pair not in pairs]
    given = [
        (name, pieces.written_out(name, value))
        for name, value in pairs
        if name not in (TIMESTAMP, WINDOW)
    ]
    request = Request(method=case.captured.method, path=case.captured.path, params=tuple(given))
    ms = case.now if moment is None else moment.ms
    text = signer.explain(request, Stamp(ms, window if window <= LONGEST_WINDOW else USUAL_WINDOW))
    windowed = any(name == WINDOW for name, _ in pairs)
    return "&".join(part for name, part in text.parts if windowed or name != WINDOW)


def _no_match(faults: Faults, tried: int) -> None:
    if tried == 0:
        return
    faults.add(
        "wrong_secret",
        f"The signature was not made with this secret: none of {tried} readings of the request"
        " gives it.",
        "Check that the secret belongs to this key, and is all of it. If it is right, something"
        " else was signed than was sent: sign the text below, and send exactly it.",
    )


def _explain_match(
    faults: Faults, words: tuple[str, ...], named: frozenset[str], digest: str
) -> None:
    said = _in_words(words)
    for name in sorted(named):
        faults.add(name, f"What was signed is {said}.", _ADVICE.get(name, _ADVICE[""]))
    if digest != "SHA-256 in hex":
        faults.add(
            "signature_form", f"The signature is {digest}.", "Send SHA-256 in lower-case hex."
        )


def _in_words(words: tuple[str, ...]) -> str:
    return "the parameters " + ", ".join(words) if words else "the parameters as they were sent"


_ADVICE = {
    "": "Sign the text below, and send exactly it.",
    "order": "Sort by name before signing, and send in that order.",
    "signature_signed": "Sign first, then append the signature: it is no part of what is signed.",
    "json_body": "Put every parameter into the query, sign the query, and send no body.",
    "unencoded": _ENCODE,
    "lower_hex": _ENCODE,
    "plus_for_space": _ENCODE,
    "exponent": "Write numbers without an exponent before signing.",
    "timestamp_seconds": "Sign and send the same timestamp, in milliseconds.",
    "white_space": "Strip the secret where it is read.",
    "quoted": "Take the quotation marks off the secret where it is read.",
    "wrong_secret": "Use the secret as the venue shows it.",
}
