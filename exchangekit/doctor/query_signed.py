"""Requests whose parameters are all in the query, with the HMAC of it as the last of them.

The signer says what should be signed; this module says in which ways a request misses it. Pure.
"""

from __future__ import annotations

from exchangekit.adapter.request import Request
from exchangekit.adapter.signing import Signer, Stamp
from exchangekit.doctor import pieces
from exchangekit.doctor.case import Case
from exchangekit.doctor.findings import Examination, Faults, difference
from exchangekit.doctor.forms import can_compare, check_secret, digest_of, form_of
from exchangekit.doctor.holder import check_given, check_key, check_way
from exchangekit.doctor.moments import AHEAD_MS, Moment, judge_age
from exchangekit.doctor.pieces import Piece
from exchangekit.doctor.query_checks import (
    ENCODE,
    LONGEST_WINDOW,
    SIGNATURE,
    TIMESTAMP,
    USUAL_WINDOW,
    WINDOW,
    Query,
    check_numbers,
    check_order,
    check_signature,
    check_timestamp,
    check_window,
    check_writing,
    read_body,
)
from exchangekit.doctor.query_readings import Sent, find


def examine(case: Case, signer: Signer) -> Examination:
    """What is wrong with the request, and what was signed."""
    captured, faults = case.captured, case.faults
    form, extra = read_body(case)
    split = [*pieces.split(captured.query), *form]
    in_body = [Piece(f"{SIGNATURE}={value}") for name, value in extra if name == SIGNATURE]
    extra = [pair for pair in extra if pair[0] != SIGNATURE]
    query = Query(
        own=[one for one in split if one.name != SIGNATURE],
        signatures=[*in_body, *(one for one in split if one.name == SIGNATURE)],
        extra=extra,
    )
    check_order(faults, split, query)
    check_writing(faults, split)
    check_numbers(faults, [*(one.pair for one in query.own), *query.extra])
    moment = check_timestamp(case, query)
    window = check_window(faults, query)
    if moment is not None:
        judge_age(faults, moment.ms, case.now, min(window, LONGEST_WINDOW), AHEAD_MS)
    kinds = check_secret(case, signer.scheme)
    signature = check_signature(faults, query, signer.scheme, kinds)
    check_key(case, _key_header(signer))
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
                ENCODE,
                certain=False,
            )
    signed = signed_text = as_sent = None
    tried, fits = 0, False
    checked = signature is not None and can_compare(case)
    if signature is not None and can_compare(case):
        sent = Sent(captured, query.own, query.signatures[:-1], extra, _usual_orders(case))
        found = find(sent, signature, case, signer.scheme)
        tried, match = found.tried, found.match
        if match is None:
            _no_match(faults, tried)
        else:
            fits, as_sent = not match.faults, match.plain
            signed, signed_text = _in_words(match.words), match.text
            _explain_match(faults, match.words, match.faults)
            scheme = signer.scheme
            if match.digest != digest_of(kinds[0], scheme.hash, scheme.encoding_of(kinds[0])):
                wanted = form_of(scheme, *kinds)
                faults.add("signature_form", f"The signature is {match.digest}.", wanted)
            if match.text not in (sent_text, should):
                differences.append(difference("signed", match.text, should))
    check_given(case, fits=fits)
    return Examination(
        f"{captured.method} {captured.path}",
        faults.all(),
        should,
        signed,
        signed_text,
        tuple(differences),
        checked,
        tried,
        _notes(case, signer),
        as_sent,
    )


def _key_header(signer: Signer) -> str:
    place = signer.scheme.place("key")
    assert place is not None  # every strategy sends the key
    return place.name


def _usual_orders(case: Case) -> list[list[str]]:
    """The orders in which the venue's own requests to this path name their parameters."""
    path, method = case.captured.path, case.captured.method.upper()
    same = [one for one in case.known if one.path == path and one.method == method]
    return [[name for name, _ in one.params] for one in same]


def _notes(case: Case, signer: Signer) -> tuple[str, ...]:
    if case.captured.headers is not None:
        return ()
    return (
        f"A URL alone shows no headers: whether the key is in {_key_header(signer)} is not known.",
    )


def _should_sign(
    case: Case, signer: Signer, query: Query, moment: Moment | None, window: int
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


def _explain_match(faults: Faults, words: tuple[str, ...], named: frozenset[str]) -> None:
    said = _in_words(words)
    for name in sorted(named):
        faults.add(name, f"What was signed is {said}.", _ADVICE.get(name, _ADVICE[""]))


def _in_words(words: tuple[str, ...]) -> str:
    return "the parameters " + ", ".join(words) if words else "the parameters as they were sent"


_ADVICE = {
    "": "Sign the text below, and send exactly it.",
    "order": "Sort by name before signing, and send in that order.",
    "signature_signed": "Sign first, then append the signature: it is no part of what is signed.",
    "json_body": "Put every parameter into the query, sign the query, and send no body.",
    "unencoded": ENCODE,
    "lower_hex": ENCODE,
    "plus_for_space": ENCODE,
    "exponent": "Write numbers without an exponent before signing.",
    "timestamp_seconds": "Sign and send the same timestamp, in milliseconds.",
    "white_space": "Strip the secret where it is read.",
    "quoted": "Take the quotation marks off the secret where it is read.",
    "wrong_secret": "Use the secret as the venue shows it.",
}
