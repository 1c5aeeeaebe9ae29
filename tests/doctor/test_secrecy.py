"""Whatever is pasted, the doctor neither crashes nor shows a secret."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.captures import HOSTS, NOW, ORDER, Header, encoded, joined, raw, signed
from support.traders import KEYS, VENUES

from exchangekit.cli.doctor_output import as_facts, verdict
from exchangekit.doctor.captured import Unreadable
from exchangekit.doctor.case import Case, Keys
from exchangekit.doctor.examining import examine
from exchangekit.doctor.faults import FAULTS
from exchangekit.doctor.secrecy import Redactor
from exchangekit.plugins import installed

letters = st.characters(codec="utf-8")
texts = st.text(letters, max_size=60)


def shown(venue: str, text: str, keys: Keys) -> str:
    try:
        found = examine(text, installed().adapter(venue), keys, now=NOW, others=installed().venues)
    except Unreadable as refused:
        return str(refused)
    assert {fault.name for fault in found.faults} <= FAULTS.keys()
    facts = as_facts(found)
    assert facts.pop("verdict") == verdict(found)
    return "\n".join(_strings(facts))


def _strings(value: object) -> Iterator[str]:
    """Every text that a user could get to see, as it is. The doctor's own words (names of facts and
    of faults, the verdict) hold nothing of what it was given: a secret that is such a word is not
    shown by them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from () if name == "name" else _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(VENUES), st.text(max_size=300))
def test_any_text_at_all_is_examined_or_refused(venue: str, text: str) -> None:
    assert shown(venue, text, Keys("a-secret-of-some-length"))


@settings(max_examples=150, deadline=None)
@example("mexc", {}, encoded, "readings", "json")
@example("mexc", {"a": "1"}, encoded, "signature", "value")
@example("binance", {}, encoded, "duplicate", "body")
@example("mexc", {}, encoded, "json_body", "json")
@example("binance", {}, encoded, "refused,", "signature")
@example("binance", {}, encoded, "differences", "header")
@given(
    st.sampled_from(("mexc", "binance")),
    st.dictionaries(texts.filter(lambda name: "'" not in name), texts, max_size=6),
    st.sampled_from((encoded, raw)),
    st.text(letters, min_size=8, max_size=40).filter(lambda secret: len(secret.strip()) >= 8),
    st.sampled_from(("value", "path", "header", "body", "signature", "json", "nowhere")),
)
def test_a_secret_is_never_shown_wherever_it_stands(
    venue: str, values: dict[str, str], encode, secret: str, where: str
) -> None:
    quoted = secret.replace("'", "")
    if len(quoted.strip()) < 8:
        return
    values = {**values, **({"leak": quoted} if where == "value" else {})}
    sent = signed(venue, joined({**values, "timestamp": str(NOW)}, encode), secret=quoted)
    sent.query = sent.query.replace("'", "")
    if where == "path":
        sent.path = "/" + quote(quoted, safe="")
    elif where == "header":
        sent.more["X-Leak"] = sent.key = quoted
    elif where == "body":
        sent.body = "leak=" + quoted
    elif where == "json":
        sent.body = json.dumps({"leak": quoted}).replace("'", "")
    elif where == "signature":
        sent.signature = quoted
    said = shown(venue, sent.curl, Keys(quoted, quoted, quoted))
    assert said
    for one in {quoted, quoted.strip(), quote(quoted, safe=""), " ".join(quoted.split())}:
        assert len(one) < 4 or one in "[secret] [key] [passphrase]" or one not in said


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=120), st.text(max_size=60), st.sampled_from(["GET", "POST", "get"]))
def test_any_body_and_query_of_a_request_signed_in_headers_is_examined(
    body: str, query: str, method: str
) -> None:
    sent = Header(method=method, query=query.replace("'", ""), body=body.replace("'", ""))
    keys = KEYS["okx"]
    try:
        curl = sent.curl
    except UnicodeEncodeError:
        return
    said = shown("okx", curl, Keys(keys["secret"], keys["api_key"], keys["passphrase"]))
    for one in keys.values():
        assert one not in said


@pytest.mark.parametrize("venue", ["mexc", "binance"])
def test_a_signature_that_was_computed_on_the_way_is_not_shown_either(venue: str) -> None:
    """What was signed holds a first signature, which is the right one for the request."""
    right = signed(venue, joined(ORDER)).signature
    twice = signed(venue, f"{joined(ORDER)}&signature={right}", sent=joined(ORDER))
    said = shown(venue, twice.curl, Keys(KEYS[venue]["secret"]))
    assert right is not None
    assert right not in said
    assert "signature=[signature]" in said


def test_a_secret_that_removing_a_control_character_puts_together_is_not_shown() -> None:
    cleaned = Redactor([("secret", "abcdefgh")]).clean("abcd\x00efgh abcd\u200befgh")
    assert cleaned == "[secret] [secret]"


def test_the_longer_of_two_secrets_leaves_nothing_behind() -> None:
    redactor = Redactor([("key", "abcd"), ("secret", "abcdefgh")])
    assert redactor.clean("abcdefgh abcd") == "[secret] [key]"


def test_neither_the_secrets_nor_the_case_show_themselves() -> None:
    keys = Keys("the-secret", "the-key", "the-passphrase")
    assert repr(keys) == "<Keys>"
    assert "the-secret" not in repr(Redactor([("secret", "the-secret")]))
    adapter = installed().adapter("mexc")
    from exchangekit.doctor.reading import read

    captured = read(f"https://{HOSTS['mexc']}/x?k=the-key")
    case = Case(captured, adapter, adapter.environments["live"], keys, NOW)
    assert "the-" not in repr(case)
