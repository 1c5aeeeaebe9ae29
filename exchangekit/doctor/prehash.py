"""Requests whose signature is an HMAC over a text of parts, such as timestamp, method and body.

The signer's scheme says what should be signed and what goes where; this module says in which ways a
request misses it. Pure.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from exchangekit.adapter.credentials import Credentials
from exchangekit.adapter.request import Origin, Outgoing
from exchangekit.adapter.scheme import KEY_SHOWN, Scheme
from exchangekit.adapter.signing import Signer
from exchangekit.doctor.captured import Unreadable
from exchangekit.doctor.case import Case
from exchangekit.doctor.findings import Difference, Examination, difference
from exchangekit.doctor.forms import can_compare, check_secret, digest_of, form_of
from exchangekit.doctor.holder import check_given, check_key, check_way
from exchangekit.doctor.prehash_checks import (
    carried,
    check_body,
    check_deadline,
    check_field_of_key,
    check_method,
    check_nonce,
    check_passphrase,
    check_signature,
    check_target,
    check_timestamp,
    check_window,
    unsigned,
)
from exchangekit.doctor.prehash_readings import Sent, find
from exchangekit.errors import ConfigurationError


def examine(case: Case, signer: Signer) -> Examination:
    """What is wrong with the request, and what was signed. Raises Unreadable for a URL alone."""
    captured, faults, scheme = case.captured, case.faults, signer.scheme
    if captured.headers is None:
        raise Unreadable(
            f"{case.adapter.title} signs in headers, which a URL does not show: paste the curl"
            " command or the HTTP request"
        )
    key = scheme.place("key")
    if key is not None and key.where == "header":
        check_key(case, key.name)
    elif key is not None:
        check_field_of_key(case, key)
    check_passphrase(case, scheme)
    moment = check_timestamp(case, scheme, check_window(case, scheme))
    check_deadline(case, scheme)
    check_target(case)
    check_nonce(case, scheme)
    check_body(case, scheme)
    check_method(case)
    check_way(case)
    kinds = check_secret(case, scheme)
    signature = check_signature(case, scheme, kinds)
    if not scheme.pieces:
        return _as_a_whole(case, signer, signature)

    sent = Sent(
        captured,
        scheme,
        key=carried(case, scheme.place("key")) or KEY_SHOWN,
        stamped=carried(case, scheme.place("timestamp")),
        window=carried(case, scheme.place("window")),
        target=unsigned(captured.target, scheme.place("signature")),
        nonce=carried(case, scheme.place("nonce")),
    )
    should = sent.should(case.now if moment is None else moment.ms)
    sent_text = sent.text()
    differences = []
    if sent_text != should:
        differences.append(_difference("sent", sent_text, should, scheme))
    signed = signed_text = as_sent = None
    tried = 0
    checked = signature is not None and can_compare(case)
    fits = False
    if signature is not None and can_compare(case):
        found = find(sent, signature, case)
        tried, match = found.tried, found.match
        if match is None:
            _no_match(case, tried)
        else:
            fits, as_sent = not match.faults, match.plain
            words = ", ".join(match.words)
            signed = f"the request {words}" if words else "the request as it was sent"
            signed_text = _visible(match.text, scheme)
            for name in sorted(match.faults):
                faults.add(name, f"What was signed is {signed}.", _ADVICE.get(name, _ADVICE[""]))
            if match.digest != digest_of(kinds[0], scheme.hash, scheme.encoding_of(kinds[0])):
                form = form_of(scheme, *kinds)
                faults.add("signature_form", f"The signature is {match.digest}.", form)
            if match.text not in (sent_text, should):
                differences.append(_difference("signed", match.text, should, scheme))
    check_given(case, fits=fits)
    return Examination(
        f"{captured.method} {captured.path}",
        faults.all(),
        _visible(should, scheme),
        signed,
        signed_text,
        tuple(differences),
        checked,
        tried,
        notes=(_BREAKS,) if scheme.signs("newline") else (),
        as_sent=as_sent,
    )


def _as_a_whole(case: Case, signer: Signer, signature: str | None) -> Examination:
    """A request whose signed text is not made of parts: the strategy says whether it is signed."""
    captured, keys = case.captured, case.keys
    verifies: Callable[[Outgoing, Credentials], bool] | None = getattr(signer, "verifies", None)
    checked, fits = signature is not None and can_compare(case), False
    if checked and verifies is not None:
        host = captured.host or case.environment.origin.host
        outgoing = Outgoing(
            Origin(f"{captured.scheme or 'https'}://{host}"),
            captured.method,
            captured.target,
            tuple((name.strip(), value.strip()) for name, value in captured.headers or ()),
            captured.body.encode("utf-8", "replace"),
        )
        held = Credentials(keys.key or KEY_SHOWN, keys.secret or "", keys.passphrase)
        with suppress(ConfigurationError, ValueError):
            fits = verifies(outgoing, held)
        if not fits:
            case.faults.add(
                "wrong_secret",
                "The signature was not made with this secret over what was sent.",
                "Check that the secret belongs to this key, and is all of it; and that what is"
                " sent is what was signed: method, host, path, query and body.",
            )
    check_given(case, fits=fits)
    what = f"{captured.method} {captured.path}"
    notes = (_WHOLE,) if verifies is not None else (_UNKNOWN,)
    return Examination(what, case.faults.all(), checked=checked, notes=notes)


_WHOLE = (
    "The venue signs no text of parts: a signature fits as a whole, or it does not, and in what it"
    " differs is not known."
)
_UNKNOWN = (
    "The venue signs no text of parts, so that what was signed cannot be taken apart here: the"
    " signature was looked at from outside only."
)
_BREAKS = "In the texts a line break is shown as \\n, and a backslash as \\\\."


def _visible(text: str, scheme: Scheme) -> str:
    """`text` as it can be shown on one line."""
    if not scheme.signs("newline"):
        return text
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _difference(what: str, given: str, wanted: str, scheme: Scheme) -> Difference:
    return difference(what, _visible(given, scheme), _visible(wanted, scheme))


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
    "timestamp_format": "Take the time once, as the venue wants it: sign and send that text.",
    "method_signed": "Sign the method that is sent, in upper case.",
    "path_signed": "Sign the whole path, exactly as it is sent.",
    "query_signed": "Sign the path with the query, exactly as they are sent.",
    "body_signed": "Make the body's text once: sign it and send it, byte for byte.",
    "white_space": "Strip the secret where it is read.",
    "quoted": "Take the quotation marks off the secret where it is read.",
    "wrong_secret": "Use the secret as the venue shows it.",
}
