"""Every fault of a request that is signed as Bybit's and Bitget's pages say."""

from __future__ import annotations

import pytest
from support.captures import NOW
from support.doctor_declared_cases import DIALECTS, Case, cases
from support.traders import KEYS

from exchangekit.doctor.case import Keys
from exchangekit.doctor.examining import examine
from exchangekit.plugins import installed

CASES = [(venue, case) for venue in DIALECTS for case in cases(venue)]


@pytest.mark.parametrize(
    ("venue", "case"), CASES, ids=[f"{venue}, {case.title}" for venue, case in CASES]
)
def test_exactly_the_faults_of_a_request_are_named_and_no_secret_is_shown(
    venue: str, case: Case
) -> None:
    mine = KEYS[venue]
    keys = Keys(mine["secret"], mine["api_key"], mine.get("passphrase"))
    found = examine(case.sent.curl, installed().adapter(venue), keys, now=NOW)
    assert {fault.name for fault in found.faults} == set(case.faults)
    shown = repr(found).lower()
    for secret in (*mine.values(), case.sent.signature):
        assert len(secret) < 6 or secret.lower() not in shown
