"""Requests signed in headers: base64 of an HMAC over timestamp, method, target and body.

The signer says what should be signed; this module says in which ways a request misses it. Pure.
"""

from __future__ import annotations

import base64
import binascii
import re

from exchangekit.adapter.request import Request
from exchangekit.adapter.signing import PassphrasePrehash, Stamp
from exchangekit.doctor import pieces
from exchangekit.doctor.captured import Unreadable
from exchangekit.doctor.case import Case
from exchangekit.doctor.findings import Examination, difference
from exchangekit.doctor.holder import check_given, check_key, check_surroundings, check_way
from exchangekit.doctor.moments import Moment, judge_age, read_moment, shown
from exchangekit.doctor.prehash_readings import find

WINDOW_MS = 30_000
# What may not stand raw in a path or query, whoever encodes.
_LEGAL = "-._~!$&'()*,;=:@/?[]"
_HEX = re.compile(r"[0-9a-fA-F]{64}")
_METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "PATCH")


def examine(case: Case, signer: PassphrasePrehash) -> Examination:
    """What is wrong with the request, and what was signed. Raises Unreadable for a URL alone."""
    captured, faults = case.captured, case.faults
    if captured.headers is None:
        raise Unreadable(
            f"{case.adapter.title} signs in headers, which a URL does not show: paste the curl"
            " command or the HTTP request"
        )
    check_key(case, f"{signer.prefix}-KEY")
    _passphrase(case, signer)
    moment = _timestamp(case, signer)
    _deadline(case, signer)
    _target(case)
    _body(case)
    _method(case)
    check_way(case)
    signature = _signature(case, signer)

    method = captured.method.upper()
    body = captured.body if method != "GET" else ""
    request = Request(method=method, path=captured.target, body=_bytes(body))
    stamp = Stamp(case.now if moment is None else moment.ms, 0)
    should = signer.explain(request, stamp).text
    stamped = (captured.header(f"{signer.prefix}-TIMESTAMP") or "").strip()
    sent_text = f"{stamped}{captured.method}{captured.target}{captured.body}"
    differences = []
    if sent_text != should:
        differences.append(difference("sent", sent_text, should))
    signed = signed_text = as_sent = None
    tried = 0
    checked = signature is not None and case.keys.secret is not None
    fits = False
    if signature is not None and case.keys.secret is not None:
        found = find(captured, stamped, signature, case.keys, case.known)
        tried, match = found.tried, found.match
        if match is None:
            _no_match(case, tried)
        else:
            fits, as_sent = not match.faults, match.plain
            words = ", ".join(match.words)
            signed = f"the request {words}" if words else "the request as it was sent"
            signed_text = match.text
            for name in sorted(match.faults):
                faults.add(name, f"What was signed is {signed}.", _ADVICE.get(name, _ADVICE[""]))
            if match.digest != "SHA-256 in base64":
                faults.add("signature_form", f"The signature is {match.digest}.", _FORM)
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
        as_sent=as_sent,
    )


def _passphrase(case: Case, signer: PassphrasePrehash) -> None:
    header = f"{signer.prefix}-PASSPHRASE"
    value = case.captured.header(header)
    if value is None or not value.strip():
        case.faults.add(
            "passphrase_missing",
            f"The passphrase is missing: there is no header {header}.",
            "Send the passphrase that was chosen when the key was made (not the login password).",
        )
        return
    check_surroundings(case, f"the passphrase in {header}", value)
    given = case.keys.passphrase
    if given is not None and given.strip() != value.strip():
        case.faults.add(
            "passphrase_other",
            "The passphrase in the request is not the one that was given to compare.",
            "Send the passphrase that was chosen when this key was made.",
        )


def _timestamp(case: Case, signer: PassphrasePrehash) -> Moment | None:
    header = f"{signer.prefix}-TIMESTAMP"
    text = (case.captured.header(header) or "").strip()
    example = shown(case.now)
    if not text:
        said = f"The timestamp is missing: there is no header {header}."
        case.faults.add("timestamp_missing", said, f"Send UTC with milliseconds: {example}")
        return None
    moment = read_moment(text)
    if moment is None or moment.form != "iso":
        form = "no time that can be read" if moment is None else f"in {moment.form}"
        if moment is not None and moment.form == "seconds":
            said = f"The timestamp is in seconds: {text}."
            case.faults.add("timestamp_seconds", said, f"Send UTC with milliseconds: {example}")
        case.faults.add(
            "timestamp_format",
            f"The timestamp is {form}: {text}.",
            f"Send UTC with milliseconds, and sign the same text: {example}",
        )
    if moment is not None:
        judge_age(case.faults, moment.ms, case.now, WINDOW_MS, WINDOW_MS)
    return moment


def _deadline(case: Case, signer: PassphrasePrehash) -> None:
    if signer.deadline_header is None:
        return
    text = (case.captured.header(signer.deadline_header) or "").strip()
    if not text:
        return
    moment = read_moment(text)
    if moment is None or moment.form != "milliseconds":
        said = f"{signer.deadline_header} is {text}, no milliseconds since 1970."
    elif moment.ms < case.now:
        said = f"The order's deadline ({signer.deadline_header}) has passed: {shown(moment.ms)}."
    else:
        return
    case.faults.add("deadline_passed", said, "Set it some seconds ahead, in milliseconds.")


def _target(case: Case) -> None:
    target, faults = case.captured.target, case.faults
    raw = pieces.unencoded(target, _LEGAL)
    if raw:
        faults.add(
            "unencoded",
            f"The address has characters that are not encoded: {raw}",
            "Percent-encode them, then sign the encoded text, and send exactly that.",
        )
    if pieces.broken_escape(target):
        faults.add("bad_escape", "The address has a broken percent escape.", "Write % as %25.")


def _body(case: Case) -> None:
    captured, faults = case.captured, case.faults
    method = captured.method.upper()
    body = captured.body.strip()
    found = pieces.body_pairs(body) if body else []
    for name, value in [*(found or ()), *(one.pair for one in pieces.split(captured.query))]:
        if pieces.is_exponent(name, value):
            faults.add(
                "exponent",
                f"{name} is written with an exponent: {value}.",
                f'Write "{pieces.written_out(name, value)}".',
            )
    if method == "GET" and body:
        faults.add(
            "query_expected",
            "The parameters of a GET are in its body, which is not read.",
            "Put them into the query, and sign the path with the query.",
        )
    if method != "POST":
        return
    if captured.query and not body:
        faults.add(
            "body_expected",
            "The parameters of a POST are in the query instead of a JSON body.",
            "Send them as a JSON object, and sign exactly its text.",
        )
    if body:
        kind = (captured.header("content-type") or "").partition(";")[0].strip().lower()
        if kind != "application/json" or (found is None and not body.startswith("[")):
            faults.add(
                "content_type",
                f"The body is {'declared as ' + kind if kind else 'not declared as JSON'}."
                if kind != "application/json"
                else "The body is not JSON.",
                "Send JSON with the header Content-Type: application/json.",
            )


def _method(case: Case) -> None:
    method = case.captured.method
    if method not in _METHODS and method.upper() in _METHODS:
        case.faults.add(
            "method_signed",
            f"The method is written {method}.",
            f"Send and sign {method.upper()}.",
        )


_FORM = "Send the HMAC-SHA256 in base64 (44 characters)."


def _signature(case: Case, signer: PassphrasePrehash) -> str | None:
    header = f"{signer.prefix}-SIGN"
    value = case.captured.header(header)
    if value is None or not value.strip():
        said = f"The signature is missing: there is no header {header}."
        case.faults.add("signature_missing", said, f"{_FORM} It goes into {header}.")
        return None
    check_surroundings(case, f"the signature in {header}", value)
    text = value.strip()
    if _HEX.fullmatch(text):
        case.faults.add("signature_form", "The signature is in hex.", _FORM)
        return text
    try:
        fits = len(base64.b64decode(text, validate=True)) == 32
    except (binascii.Error, ValueError):
        fits = False
    if not fits:
        said = f"The signature has {len(text)} characters and is no base64 of HMAC-SHA256 (44)."
        case.faults.add("signature_form", said, _FORM)
    return text


def _no_match(case: Case, tried: int) -> None:
    if tried:
        case.faults.add(
            "wrong_secret",
            f"The signature was not made with this secret: none of {tried} readings of the request"
            " gives it.",
            "Check that the secret belongs to this key, and is all of it. If it is right, another"
            " method, path, query or body was signed than was sent, in a way that was not tried:"
            " compare what you sign with the text below, byte for byte.",
        )


_ADVICE = {
    "": "Sign the text below, and send exactly it.",
    "timestamp_signed": "Take the time once: sign and send the same text.",
    "timestamp_format": "Take the time once, as UTC with milliseconds: sign and send that text.",
    "method_signed": "Sign the method that is sent, in upper case.",
    "path_signed": "Sign the path from /api on, exactly as it is sent.",
    "query_signed": "Sign the path with the query, exactly as they are sent.",
    "body_signed": "Make the body's text once: sign it and send it, byte for byte.",
    "white_space": "Strip the secret where it is read.",
    "quoted": "Take the quotation marks off the secret where it is read.",
    "wrong_secret": "Use the secret as the venue shows it.",
}


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
