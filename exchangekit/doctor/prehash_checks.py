"""What can be seen of a request whose signature is over a text of parts, without any secret.

Each check asks the venue's scheme for names, units and forms, names its fault once and says what to
do. Pure.
"""

from __future__ import annotations

import hmac
import re

from exchangekit.adapter.body_fields import FORM
from exchangekit.adapter.scheme import Carried, KeyKind, Scheme
from exchangekit.doctor import pieces
from exchangekit.doctor.case import Case
from exchangekit.doctor.forms import check_form, form_of
from exchangekit.doctor.holder import check_surroundings, judge_key
from exchangekit.doctor.moments import Moment, judge_age, read_moment, shown

# What may not stand raw in a path or query, whoever encodes.
_LEGAL = "-._~!$&'()*,;=:@/?[]"
_MOST_WINDOW = 60_000
_METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "PATCH")


def carried(case: Case, place: Carried | None) -> str:
    """What the request holds there, without the white space around it."""
    if place is None:
        return ""
    if place.where == "header":
        return place.bare((case.captured.header(place.name) or "").strip())
    pairs = [one.pair for one in pieces.split(case.captured.query)]
    if place.where == "body":
        pairs = pieces.fields(case.captured.body, form=case.adapter.signer.scheme.form)
    return place.bare(dict(pairs).get(place.name, "").strip())


def _where(place: Carried) -> str:
    kinds = {"header": "header", "query": "parameter", "body": "field"}
    return f"{kinds[place.where]} {place.name}"


def unsigned(target: str, signature: Carried | None) -> str:
    """The target without the signature, where that is a parameter."""
    if signature is None or signature.where != "query":
        return target
    path, _, query = target.partition("?")
    left = "&".join(one.raw for one in pieces.split(query) if one.name != signature.name)
    return f"{path}?{left}" if left else path


def check_passphrase(case: Case, scheme: Scheme) -> None:
    place = scheme.place("passphrase", "signed_passphrase")
    if place is None:
        return
    header = place.name
    value = case.captured.header(header) if place.where == "header" else carried(case, place)
    if value is None or not value.strip():
        case.faults.add(
            "passphrase_missing",
            f"The passphrase is missing: there is no {_where(place)}.",
            "Send the passphrase that was chosen when the key was made (not the login password).",
        )
        return
    check_surroundings(case, f"the passphrase in {header}", value)
    given, said = (case.keys.passphrase or "").strip(), value.strip()
    if not given:
        return
    if place.part == "passphrase":
        fits = given == said
    elif given == said:
        case.faults.add(
            "passphrase_other",
            "The passphrase is sent as it is, not signed.",
            f"Send its HMAC-{scheme.hash.upper()} under the secret, in {scheme.encoding}.",
        )
        return
    elif case.keys.secret is None:
        return
    else:
        secret = case.keys.secret.strip().encode("utf-8", "replace")
        digest = hmac.digest(secret, given.encode("utf-8", "replace"), scheme.hash)
        fits = scheme.encoded(digest) == said
    if not fits:
        case.faults.add(
            "passphrase_other",
            "The passphrase in the request is not the one that was given to compare.",
            "Send the passphrase that was chosen when this key was made.",
        )


def check_field_of_key(case: Case, place: Carried) -> None:
    """The API key where it is no header."""
    value = carried(case, place)
    if not value:
        said = f"The {_where(place)} is missing."
        case.faults.add("key_missing", said, f"Send the key in {place.name}.")
        return
    judge_key(case, place.name, value)


def check_nonce(case: Case, scheme: Scheme) -> None:
    """Whether it is there; the last one of the key is known to nobody but the venue."""
    place = scheme.place("nonce")
    if place is None:
        return
    text, advice = carried(case, place), "Send a whole number above the last one of this key."
    if not text:
        said = f"The nonce is missing: there is no {_where(place)}."
        case.faults.add("nonce_missing", said, advice)
    elif re.fullmatch(r"[0-9]{1,20}", text, re.ASCII) is None:
        said = f"The {_where(place)} is {text}, no whole number."
        case.faults.add("nonce_format", said, advice)


def check_timestamp(case: Case, scheme: Scheme, window: int | None) -> Moment | None:
    place = scheme.place("timestamp")
    if place is None:
        return None
    text = carried(case, place)
    wanted, form = _FORMS[scheme.time]
    advice = f"Send {wanted}"
    example = _written(scheme, case.now)
    if not text:
        said = f"The timestamp is missing: there is no {_where(place)}."
        case.faults.add("timestamp_missing", said, f"{advice}: {example}")
        return None
    moment = read_moment(text)
    if moment is None or moment.form != form:
        form = "no time that can be read" if moment is None else f"in {moment.form}"
        if moment is not None and moment.form == "seconds":
            said = f"The timestamp is in seconds: {text}."
            case.faults.add("timestamp_seconds", said, f"{advice}: {example}")
        case.faults.add(
            "timestamp_format",
            f"The timestamp is {form}: {text}.",
            f"{advice}, and sign the same text: {example}",
        )
    if moment is not None:
        oldest = scheme.behind_ms if window is None else window
        # A unit of seconds says of a moment only that it was in that second.
        slack = 1000 if scheme.time == "s" else 0
        judge_age(case.faults, moment.ms, case.now, oldest + slack, scheme.ahead_ms)
    return moment


def _written(scheme: Scheme, ms: int) -> str:
    """A moment as the venue wants it."""
    return shown(ms) if scheme.time == "iso" else scheme.time_of(ms)


_FORMS = {
    "iso": ("UTC with milliseconds", "iso"),
    "ms": ("the milliseconds since 1970 (13 digits)", "milliseconds"),
    "s": ("the seconds since 1970 (10 digits)", "seconds"),
}


def check_window(case: Case, scheme: Scheme) -> int | None:
    """How long the request says that it may live, in ms; None where it says nothing."""
    place = scheme.place("window")
    if place is None:
        return None
    text = carried(case, place)
    if not text:
        return None
    if re.fullmatch(r"[0-9]{1,12}", text, re.ASCII) is None or int(text) == 0:
        case.faults.add(
            "recv_window_format",
            f"The {_where(place)} is {text}, no number of milliseconds above 0.",
            f"Write {scheme.behind_ms}, or leave it out.",
        )
        return None
    # One in the body comes on top of what the venue allows the header.
    return min(int(text), scheme.behind_ms if place.where == "body" else _MOST_WINDOW)


def check_deadline(case: Case, scheme: Scheme) -> None:
    place = scheme.place("deadline")
    text = carried(case, place)
    if place is None or not text:
        return
    moment = read_moment(text)
    if moment is None or moment.form != "milliseconds":
        said = f"{place.name} is {text}, no milliseconds since 1970."
    elif moment.ms < case.now:
        said = f"The order's deadline ({place.name}) has passed: {shown(moment.ms)}."
    else:
        return
    case.faults.add("deadline_passed", said, "Set it some seconds ahead, in milliseconds.")


def check_target(case: Case) -> None:
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


def check_body(case: Case, scheme: Scheme) -> None:
    captured, faults = case.captured, case.faults
    method = captured.method.upper()
    body = captured.body.strip()
    found = pieces.body_pairs(body) if body else []
    if scheme.form:
        found = pieces.fields(body, form=True)
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
    if scheme.form:
        _check_form(case, body)
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


def _check_form(case: Case, body: str) -> None:
    kind = (case.captured.header("content-type") or FORM).partition(";")[0].strip().lower()
    if body and (kind != FORM or body[0] in "{["):
        said = f"The body is declared as {kind}." if kind != FORM else "The body is no form."
        advice = f"Send a form (a=1&b=2) with the header Content-Type: {FORM}."
        case.faults.add("content_type", said, advice)


def check_method(case: Case) -> None:
    method = case.captured.method
    if method not in _METHODS and method.upper() in _METHODS:
        case.faults.add(
            "method_signed",
            f"The method is written {method}.",
            f"Send and sign {method.upper()}.",
        )


def check_signature(case: Case, scheme: Scheme, kinds: tuple[KeyKind, ...]) -> str | None:
    place = scheme.place("signature")
    assert place is not None  # a scheme without one is refused when it is made
    value = carried(case, place)
    if place.where == "header":
        value = case.captured.header(place.name) or ""
    if not value.strip():
        said = f"The signature is missing: there is no {_where(place)}."
        advice = f"{form_of(scheme, *kinds)} It goes into {place.name}."
        case.faults.add("signature_missing", said, advice)
        return None
    check_surroundings(case, f"the signature in {place.name}", value)
    text = place.bare(value.strip()) if place.where == "header" else value
    check_form(case.faults, scheme, kinds, text)
    return text
