"""Every fault of a request signed in headers over timestamp, method, target and body."""

from __future__ import annotations

import pytest
from support.captures import NOW, iso
from support.doctor_header_cases import BALANCE, CASES, OKX, Case

from exchangekit.doctor.captured import Unreadable
from exchangekit.doctor.case import Keys
from exchangekit.doctor.examining import examine
from exchangekit.doctor.findings import Examination
from exchangekit.plugins import installed


def examined(case: Case) -> Examination:
    keys = Keys(OKX["secret"], OKX["api_key"], OKX["passphrase"])
    return examine(case.make().curl, installed().adapter("okx"), keys, now=NOW)


@pytest.mark.parametrize("case", CASES, ids=[case.title for case in CASES])
def test_exactly_the_faults_of_a_request_are_named_and_no_secret_is_shown(case: Case) -> None:
    found = examined(case)
    assert {fault.name for fault in found.faults} == set(case.faults)
    if case.signed is not None:
        assert case.signed in (found.signed or "")
    shown = repr(found).lower()
    sent = case.make().curl
    signature = sent.partition("OK-ACCESS-SIGN: ")[2].partition("'")[0]
    for secret in (OKX["secret"], OKX["api_key"], OKX["passphrase"], signature):
        assert len(secret) < 6 or secret.lower() not in shown


def test_the_text_to_sign_is_the_four_parts_of_what_was_sent() -> None:
    found = examined(next(case for case in CASES if case.title == "the query not signed"))
    assert found.should_sign == f"{iso()}GET{BALANCE}?ccy=BTC"
    (only,) = found.differences
    assert only.what == "signed"
    assert only.given == f"{iso()}GET{BALANCE}"
    assert only.at == len(only.given)


def test_a_url_alone_cannot_be_judged_where_headers_sign() -> None:
    with pytest.raises(Unreadable, match="signs in headers, which a URL does not show"):
        examine(f"https://www.okx.com{BALANCE}", installed().adapter("okx"), Keys(), now=NOW)
