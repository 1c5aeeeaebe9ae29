"""Every fault of a request signed in its query, one case each: it is named, and nothing leaks."""

from __future__ import annotations

import pytest
from support.captures import (
    HEADERS,
    NOW,
    ORDER,
    joined,
    signed,
)
from support.doctor_query_cases import CASES, QUERY_VENUES, WARNED, Case, in_order, out_of_order
from support.traders import KEYS

from exchangekit.doctor.captured import Unreadable
from exchangekit.doctor.case import Keys
from exchangekit.doctor.examining import examine
from exchangekit.doctor.findings import Examination
from exchangekit.plugins import installed

NOT_MENDED = frozenset(
    "timestamp_stale timestamp_ahead duplicate secret_sent bad_escape fragment".split()  # noqa: SIM905
)
"""Faults of the values themselves: no way of signing mends them."""


def examined(venue: str, case: Case) -> Examination:
    keys = KEYS[venue]
    return examine(
        case.make(venue).curl,
        installed().adapter(venue),
        Keys(case.given(keys["secret"]), keys["api_key"]),
        now=NOW,
        others=installed().venues,
    )


def everything(found: Examination) -> str:
    return repr(found)


@pytest.mark.parametrize("venue", QUERY_VENUES)
@pytest.mark.parametrize("case", CASES, ids=[case.title for case in CASES])
def test_exactly_the_faults_of_a_request_are_named_and_no_secret_is_shown(
    venue: str, case: Case
) -> None:
    found = examined(venue, case)
    assert {fault.name for fault in found.faults} == set(case.faults)
    if case.signed is not None:
        assert case.signed in (found.signed or "")
    shown = everything(found)
    sent = case.make(venue)
    for secret in (KEYS[venue]["secret"], KEYS[venue]["api_key"], sent.signature or "none sent"):
        assert secret not in shown
        assert secret.lower() not in shown.lower()


DISPUTED = {
    "parameters not in ASCII order": True,
    "lower-case hex": True,
    "signed in order, sent otherwise": False,
    "lower-case hex signed, upper-case sent": False,
    "another secret": False,
    "many at once": False,
}


@pytest.mark.parametrize(("title", "disputed"), DISPUTED.items(), ids=DISPUTED)
def test_what_some_venues_let_pass_may_be_refused_where_it_is_what_was_signed(
    title: str, disputed: bool
) -> None:
    case = next(case for case in CASES if case.title == title)
    assert examined("mexc", case).disputed is disputed


@pytest.mark.parametrize("venue", QUERY_VENUES)
def test_the_text_to_sign_is_in_order_encoded_and_stamped_in_milliseconds(venue: str) -> None:
    found = examined(venue, next(case for case in CASES if case.title == "many at once"))
    assert found.should_sign == (
        "amount=0.0000001&coin=USDT&memo=caf%C3%A9%2C%201&network=Arbitrum%20One%28ARB%29"
        f"&recvWindow=5000&timestamp={NOW // 1000}000"
    )


@pytest.mark.parametrize("venue", QUERY_VENUES)
def test_what_is_advised_is_a_clean_request(venue: str) -> None:
    """Signing the text that the doctor shows, and sending it, leaves nothing to say."""
    for case in CASES:
        should = examined(venue, case).should_sign
        if should is None or set(case.faults) & NOT_MENDED:
            continue
        again = Case("again", (), lambda venue, should=should: signed(venue, should))  # type: ignore[misc]
        assert examined(venue, again).faults == (), case.title


def test_the_first_difference_is_where_signed_and_wanted_part() -> None:
    case = next(case for case in CASES if case.title == "an empty signature was signed")
    found = examined("mexc", case)
    (only,) = found.differences
    assert only.what == "signed"
    assert only.at == len(joined(ORDER))
    assert only.given[only.at :] == "&signature="
    assert only.wanted == joined(ORDER)


def test_a_url_alone_says_that_headers_were_not_seen() -> None:
    found = examine(
        in_order("mexc").url,
        installed().adapter("mexc"),
        Keys(KEYS["mexc"]["secret"]),
        now=NOW,
    )
    assert found.faults == ()
    assert HEADERS["mexc"] in found.notes[0]


def test_without_a_secret_what_can_be_seen_is_named_and_the_signature_is_not_judged() -> None:
    found = examine(out_of_order("mexc").curl, installed().adapter("mexc"), Keys(), now=NOW)
    assert [fault.name for fault in found.faults] == ["order"]
    assert not found.checked
    assert found.notes == ("No secret was given, so the signature itself was not checked.",)


@pytest.mark.parametrize(("venue", "fault", "text"), WARNED.values(), ids=WARNED)
def test_what_may_be_accepted_is_a_warning(venue: str, fault: str, text: str) -> None:
    keys = Keys(KEYS[venue]["secret"])
    found = examine(text, installed().adapter(venue), keys, now=NOW)
    assert [one.name for one in found.faults] == [fault]
    assert not found.refused
    assert found.signed == "the parameters as they were sent"


@pytest.mark.parametrize("key", ["", " -H 'X-MEXC-APIKEY: mx0simulatedkey0001'"])
def test_public_data_needs_no_signature(key: str) -> None:
    found = examine(
        f"curl 'https://api.mexc.com/api/v3/depth?symbol=BTCUSDT'{key}",
        installed().adapter("mexc"),
        Keys(),
        now=NOW,
    )
    assert found.faults == ()
    assert "public" in found.notes[0]


def test_a_venue_that_signs_in_a_way_of_its_own_is_told_so() -> None:
    class Own:
        needs_passphrase = False

    class OwnAdapter(type(installed().adapter("mexc"))):  # type: ignore[misc]
        pass

    OwnAdapter.signer = Own()
    with pytest.raises(Unreadable, match="signs in a way of its own"):
        examine(in_order("mexc").curl, OwnAdapter(), Keys(), now=NOW)
