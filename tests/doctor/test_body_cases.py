"""The doctor examines requests that carry nonce, key, time, passphrase or signature in the body."""

from __future__ import annotations

import json
from typing import Any, ClassVar
from urllib.parse import quote

import pytest
from support.doctor_body_cases import (
    FORM_CASES,
    JSON_CASES,
    KEY,
    NOW,
    ORIGIN,
    PHRASE,
    SECRET,
    changed,
    form,
    in_json,
)
from support.strategies import ALL_IN_JSON, IN_A_FORM
from support.toy import ToyAdapter

from exchangekit.adapter import Outgoing
from exchangekit.doctor.case import Keys
from exchangekit.doctor.examining import examine
from exchangekit.doctor.findings import Examination


class Forms(ToyAdapter):
    signer: ClassVar[Any] = IN_A_FORM


class Json(ToyAdapter):
    signer: ClassVar[Any] = ALL_IN_JSON


def look(made: Outgoing, adapter: ToyAdapter, secret: str | None = SECRET) -> Examination:
    headers = " ".join(f"-H '{name}: {value}'" for name, value in made.headers)
    text = f"curl -X {made.method} '{ORIGIN}{made.target}' {headers}"
    text += f" --data-raw '{made.body.decode()}'"
    keys = Keys(secret, KEY, PHRASE)
    found = examine(text, adapter, keys, now=NOW, base_url=str(ORIGIN))
    for shown in (SECRET, KEY, PHRASE, quote(PHRASE)):
        assert shown not in repr(found)
    for name, value in made.headers:
        assert name != "Sign" or value not in repr(found)
    return found


def names(found: Examination) -> set[str]:
    return {one.name for one in found.faults}


@pytest.mark.parametrize(("made", "adapter"), [(form(), Forms()), (in_json(), Json())])
def test_a_right_request_has_no_fault_and_another_secret_is_found(
    made: Outgoing, adapter: ToyAdapter
) -> None:
    fine = look(made, adapter)
    assert (names(fine), fine.checked, fine.as_sent) == (set(), True, True)
    assert names(look(made, adapter, "another-secret-01")) == {"wrong_secret"}
    assert names(look(made, adapter, None)) == set()


def test_what_opens_the_account_is_not_shown_where_nothing_was_given_to_compare() -> None:
    made = in_json()
    text = f"curl '{ORIGIN}{made.target}' --data-raw '{made.body.decode()}'"
    found = examine(text, Json(), Keys(), now=NOW, base_url=str(ORIGIN))
    assert names(found) <= {"content_type"}
    for shown in (KEY, PHRASE, json.loads(made.body)["sign"][3:]):
        assert shown not in repr(found)


def test_the_signature_in_the_body_is_shown_nowhere() -> None:
    made = in_json()
    signature = json.loads(made.body)["sign"]
    for secret in (SECRET, "another-secret-01"):
        assert signature not in repr(look(made, Json(), secret))
        assert signature[3:] not in repr(look(made, Json(), secret))


@pytest.mark.parametrize("title", FORM_CASES)
def test_exactly_the_faults_of_a_form_are_named(title: str) -> None:
    make, faults, words = FORM_CASES[title]
    found = look(make(), Forms())
    assert names(found) == faults
    assert words in (found.signed or "")


@pytest.mark.parametrize("title", JSON_CASES)
def test_exactly_the_faults_of_fields_in_json_are_named(title: str) -> None:
    fields, faults = JSON_CASES[title]
    found = names(look(changed(in_json(), **fields), Json()))
    assert found == faults
