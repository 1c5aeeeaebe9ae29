"""The doctor at simulated venues, with every kind of trouble: each line and the exit code."""

from __future__ import annotations

import json
import re
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.commands import Command, Seen, key_variables
from support.traders import KEYS

from exchangekit.doctor import drift, reach, rights
from exchangekit.doctor.drift import Reading, judge
from exchangekit.doctor.findings import Verdict
from exchangekit.errors import BadReply, InvalidApiKey
from exchangekit.models.account import ApiKeyInfo
from exchangekit.plugins import installed
from exchangekit.sim import SimulatedVenue

Sim = tuple[str, SimulatedVenue]
CHECKS = [
    "plugin", "transport", "key", "name", "connection", "tls", "status", "clock",
    "signature", "ip rule", "permissions", "expiry", "limits",
]  # fmt: skip

TELL_THE_END = ("binance", "bybit")
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture
def visit(command: Command, sim: Sim, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """The doctor at each venue in turn: what it said by check, and the exit code."""
    for variable, value in key_variables(sim[0]).items():
        monkeypatch.setenv(variable, value)

    def run(base_url: str | None = None, *more: str) -> tuple[dict[str, dict[str, Any]], Seen]:
        seen = command(sim[0], "--base-url", base_url or sim[1].url, "--json", *more)
        told = json.loads(seen.out)
        assert [one["check"] for one in told["checks"]] == CHECKS[: len(told["checks"])] or base_url
        assert told["failed"] == any(one["verdict"] == "fail" for one in told["checks"])
        assert seen.code == (1 if told["failed"] else 0)
        for one in told["checks"]:
            if one["verdict"] in ("warn", "fail"):
                assert one["advice"], one
        for secret in KEYS[sim[0]].values():
            assert secret not in seen.out
            assert secret not in seen.err
        return {one["check"]: one for one in told["checks"]}, seen

    return run


def verdicts(checks: dict[str, dict[str, Any]], *names: str) -> list[str]:
    return [checks[name]["verdict"] for name in names]


def test_where_all_is_well_nothing_fails(visit, sim: Sim) -> None:
    checks, seen = visit()
    assert seen.code == 0
    assert (
        verdicts(checks, "plugin", "transport", "key", "status", "clock", "signature")
        == ["pass"] * 6
    )
    assert f"{installed().package(sim[0])} " in checks["plugin"]["said"]
    assert checks["transport"]["said"].startswith("fast (httptools ")
    assert "± " in checks["clock"]["said"]
    assert checks["permissions"]["said"].startswith("The key may: read, trade.")


def test_a_wrong_secret_fails_at_the_signature_and_is_not_shown(
    visit, sim: Sim, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = "fedcba9876543210fedcba9876543210"
    monkeypatch.setenv(f"EXCHANGEKIT_{sim[0].upper()}_API_SECRET", wrong)
    checks, seen = visit()
    assert verdicts(checks, "key", "clock", "signature") == ["pass", "pass", "fail"]
    assert "secret does not belong to this key" in checks["signature"]["advice"]
    assert verdicts(checks, "ip rule", "permissions", "expiry") == ["skip"] * 3
    assert wrong not in seen.out


def test_an_unknown_key_fails_at_the_signature(visit, sim: Sim) -> None:
    sim[1].control.key(KEYS[sim[0]]["api_key"], remove=True)
    checks, _ = visit()
    assert checks["signature"]["verdict"] == "fail"
    assert "key" in checks["signature"]["advice"].lower()


def test_an_address_that_is_not_allowed_is_told(visit, sim: Sim) -> None:
    sim[1].control.key(KEYS[sim[0]]["api_key"], ips=["10.1.2.3"])
    checks, _ = visit()
    where = "signature" if "-2015" in checks["signature"]["said"] else "ip rule"
    assert checks[where]["verdict"] == "fail"
    assert "IP rule" in checks[where]["advice"]


def test_an_address_that_is_allowed_passes(visit, sim: Sim) -> None:
    sim[1].control.key(KEYS[sim[0]]["api_key"], ips=["127.0.0.1"])
    checks, _ = visit()
    assert checks["signature"]["verdict"] == "pass"
    assert checks["ip rule"]["verdict"] in ("pass", "skip")


def test_a_key_that_may_not_trade_is_warned_about(visit, sim: Sim) -> None:
    sim[1].control.key(KEYS[sim[0]]["api_key"], permissions=["read"])
    checks, seen = visit()
    assert (checks["permissions"]["verdict"], seen.code) == ("warn", 0)
    assert "Orders will be refused" in checks["permissions"]["advice"]


def test_a_key_that_may_withdraw_is_warned_about(visit, sim: Sim) -> None:
    permissions = ["read", "trade", "withdraw"]
    sim[1].control.key(KEYS[sim[0]]["api_key"], permissions=permissions)
    checks, seen = visit()
    assert (checks["permissions"]["verdict"], seen.code) == ("warn", 0)
    assert "withdraw" in checks["permissions"]["said"]
    assert "Take the permission to withdraw away" in checks["permissions"]["advice"]


def test_a_key_that_ends_soon_is_warned_about_where_the_venue_tells_it(visit, sim: Sim) -> None:
    ends = datetime.now(UTC) + timedelta(days=5, hours=2)
    sim[1].control.key(KEYS[sim[0]]["api_key"], expires=int(ends.timestamp() * 1000))
    checks, seen = visit()
    expiry = checks["expiry"]
    assert seen.code == 0
    assert expiry["verdict"] == ("warn" if sim[0] in TELL_THE_END else "skip")
    if expiry["verdict"] == "warn":
        assert expiry["said"] == (
            f"The key ends, or loses its right to trade, in 5 days, on {ends:%Y-%m-%d %H:%M} UTC."
            " It is bound to no address."
        )


def test_a_key_that_has_ended_is_refused_or_warned_about(visit, sim: Sim) -> None:
    ended = datetime.now(UTC) - timedelta(hours=1)
    sim[1].control.key(KEYS[sim[0]]["api_key"], expires=int(ended.timestamp() * 1000))
    checks, _ = visit()
    if sim[0] == "bybit":
        assert verdicts(checks, "signature", "expiry") == ["fail", "skip"]
        assert "expired" in checks["signature"]["said"]
    elif sim[0] in TELL_THE_END:
        assert verdicts(checks, "signature", "expiry") == ["pass", "warn"]
        assert f"on {ended:%Y-%m-%d %H:%M} UTC" in checks["expiry"]["said"]


@pytest.mark.parametrize(
    ("hours", "words"), [(1, "1 h behind the venue's"), (-1, "1 h ahead of the venue's")]
)
def test_a_clock_that_is_an_hour_wrong_fails_and_the_kit_signs_all_the_same(
    visit, sim: Sim, hours: int, words: str
) -> None:
    sim[1].control.clock(offset_ms=hours * 3_600_000)
    checks, seen = visit()
    assert (checks["clock"]["verdict"], seen.code) == ("fail", 1)
    assert words in checks["clock"]["said"]
    assert "NTP" in checks["clock"]["advice"]
    assert checks["signature"]["verdict"] == "pass"


def test_maintenance_fails_at_the_status(visit, sim: Sim) -> None:
    sim[1].control.add_faults([{"action": "maintenance", "count": 0}])
    checks, _ = visit()
    assert checks["status"]["verdict"] == "fail"
    assert re.search("(?i)try again|wait until", checks["status"]["advice"])
    assert checks["connection"]["verdict"] == "pass"


@pytest.mark.parametrize("action", ["html", "empty", "drop", "truncate", "non_utf8"])
def test_whatever_a_broken_venue_answers_the_doctor_comes_to_its_end(
    visit, sim: Sim, action: str
) -> None:
    sim[1].control.add_faults([{"action": action, "count": 0}])
    checks, _ = visit()
    assert "fail" in verdicts(checks, "status", "clock", "signature")
    assert "Traceback" not in json.dumps(checks)


def test_nothing_is_placed_or_changed_by_a_visit(visit, sim: Sim) -> None:
    visit()
    assert {one["method"] for one in sim[1].control.requests()} == {"GET"}
    assert sim[1].control.orders() == []


def test_a_wrong_passphrase_is_told(command, sim: Sim, monkeypatch: pytest.MonkeyPatch) -> None:
    if "passphrase" not in KEYS[sim[0]]:
        # The venue has none: one that is set all the same does no harm.
        monkeypatch.setenv(f"EXCHANGEKIT_{sim[0].upper()}_PASSPHRASE", "Unused-Horse-1")
    variables = key_variables(sim[0]) | (
        {f"EXCHANGEKIT_{sim[0].upper()}_PASSPHRASE": "Wrong-Horse-8"}
        if "passphrase" in KEYS[sim[0]]
        else {}
    )
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    told = json.loads(command(sim[0], "--base-url", sim[1].url, "--json").out)
    signature = next(one for one in told["checks"] if one["check"] == "signature")
    if "passphrase" in KEYS[sim[0]]:
        assert signature["verdict"] == "fail"
        assert "passphrase" in signature["advice"]
    else:
        assert signature["verdict"] == "pass"


@pytest.mark.parametrize("running", ["okx"], indirect=True)
def test_a_short_passphrase_that_the_venue_repeats_is_not_shown(
    command, sim: Sim, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in key_variables("okx").items():
        monkeypatch.setenv(variable, "Ab1!" if variable.endswith("PASSPHRASE") else value)
    repeated = {"action": "code", "code": "50105", "message": "Passphrase Ab1! is wrong"}
    sim[1].control.add_faults([{**repeated, "path": "/api/v5/account/*", "count": 0}])
    seen = command("okx", "--base-url", sim[1].url)
    assert seen.code == 1
    assert "Passphrase [passphrase] is wrong" in seen.out
    assert "Ab1!" not in seen.out


def test_without_a_key_the_rest_is_looked_at_and_the_variables_are_named(command, sim: Sim) -> None:
    seen = command(sim[0], "--base-url", sim[1].url)
    assert seen.code == 0
    assert f"EXCHANGEKIT_{sim[0].upper()}_API_SECRET" in seen.out
    assert seen.out.count("skip  ") >= 3


def test_a_key_with_white_space_around_it_is_told_and_the_rest_is_looked_at(
    command, sim: Sim, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in key_variables(sim[0]).items():
        monkeypatch.setenv(variable, value + (" " if variable.endswith("SECRET") else ""))
    seen = command(sim[0], "--base-url", sim[1].url, "--json")
    checks = {one["check"]: one for one in json.loads(seen.out)["checks"]}
    assert seen.code == 1
    assert "the api_secret has white space around it" in checks["key"]["said"]
    assert verdicts(checks, "clock", "signature") == ["pass", "skip"]


def test_a_port_where_nobody_listens_and_a_name_that_nobody_has(visit, sim: Sim) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    checks, seen = visit(f"http://127.0.0.1:{port}")
    assert seen.code == 1
    assert verdicts(checks, "name", "connection", "clock") == ["pass", "fail", "skip"]
    assert "refuses connections" in checks["connection"]["said"]
    checks, seen = visit("https://no-such-host.invalid")
    assert seen.code == 1
    assert verdicts(checks, "name", "clock") == ["fail", "skip"]


def test_a_key_goes_unencrypted_to_another_machine_only_where_it_is_said(visit) -> None:
    checks, _ = visit("http://no-such-host.invalid")
    assert checks["key"]["verdict"] == "fail"
    assert "unencrypted" in checks["key"]["said"]
    assert "--insecure-http" in checks["key"]["advice"]
    checks, _ = visit("http://no-such-host.invalid", "--insecure-http")
    assert "unencrypted" not in checks["key"]["said"]
    assert checks["key"]["verdict"] in ("pass", "warn")


def test_a_port_that_does_not_speak_tls_fails_there(visit, sim: Sim) -> None:
    checks, seen = visit(sim[1].url.replace("http:", "https:"))
    assert seen.code == 1
    assert verdicts(checks, "connection", "tls", "clock") == ["pass", "fail", "skip"]


# The pure halves


CLOCKS = [
    (0, Verdict.PASS, "0 ms behind"),
    (-400, Verdict.PASS, "400 ms behind"),
    (600, Verdict.WARN, "600 ms ahead of"),
    (-4900, Verdict.WARN, "4900 ms behind"),
    (1000, Verdict.FAIL, "1000 ms ahead of"),
    (-5000, Verdict.FAIL, "5000 ms behind"),
    (-60_000 * 5, Verdict.FAIL, "5 min behind"),
]


@pytest.mark.parametrize(("ahead", "verdict", "words"), CLOCKS)
def test_a_clock_is_judged_by_what_venues_accept(ahead: int, verdict: Verdict, words: str) -> None:
    line = judge([Reading(1_000_000 + ahead - 50, 1_000_000 + ahead + 50, 1_000_000)])
    assert line.verdict is verdict
    assert words in line.said
    assert "± 51 ms" in line.said


def test_the_reading_with_the_shortest_round_trip_counts() -> None:
    slow, quick = Reading(0, 2000, 5000), Reading(3000, 3010, 3005)
    assert " is 0 ms " in judge([slow, quick]).said
    assert " is 0 ms " in judge([quick, slow]).said
    assert drift.Reading(0, 10, 5).uncertainty == 6


def test_a_venue_that_tells_nothing_of_its_keys_is_skipped() -> None:
    lines = rights.accepted("GET /x", None, NOW)
    assert [line.verdict for line in lines] == [Verdict.PASS] + [Verdict.SKIP] * 3


def test_permissions_that_are_not_told_are_not_invented() -> None:
    lines = rights.accepted("GET /x", ApiKeyInfo(can_read=True, can_trade=True), NOW)
    assert lines[2].verdict is Verdict.PASS
    assert "Whether it may withdraw, the venue does not tell." in lines[2].said


ENDS: list[tuple[timedelta | None, bool | None, Verdict, str]] = [
    (None, False, Verdict.SKIP, "The venue tells of no end of the key."),
    (timedelta(days=90), True, Verdict.PASS, "in 90 days, on 2027-02-25 12:00 UTC."),
    (timedelta(days=7, minutes=1), None, Verdict.PASS, "in 7 days, on 2026-12-04 12:01 UTC."),
    (timedelta(days=7), None, Verdict.WARN, "in 7 days, on 2026-12-04 12:00 UTC."),
    (
        timedelta(days=1),
        False,
        Verdict.WARN,
        "in a day, on 2026-11-28 12:00 UTC. It is bound to no",
    ),
    (timedelta(hours=3, minutes=5), True, Verdict.WARN, "in 3 h 5 min, on 2026-11-27 15:05 UTC."),
    (timedelta(0), True, Verdict.WARN, "The key ended, or lost its right to trade, on 2026-11-27"),
    (timedelta(days=-40), False, Verdict.WARN, "on 2026-10-18 12:00 UTC. It is bound to no addres"),
]


@pytest.mark.parametrize(("left", "bound", "verdict", "words"), ENDS)
def test_the_end_of_a_key_is_told_and_warned_about_for_a_week(
    left: timedelta | None, bound: bool | None, verdict: Verdict, words: str
) -> None:
    info = ApiKeyInfo(expires=None if left is None else NOW + left, ip_restricted=bound)
    line = rights.accepted("GET /x", info, NOW)[3]
    assert (line.check, line.verdict) == ("expiry", verdict)
    assert words in line.said
    assert bool(line.advice) is (verdict in (Verdict.WARN, Verdict.FAIL))
    if line.advice:
        assert ("bound to addresses" in line.advice) is (bound is False)


def test_a_failure_that_blames_no_key_is_told_as_it_is() -> None:
    lines = rights.refused(BadReply("an HTML page: Oops", hint="Ask again."))
    assert lines[0].said == "The signed request failed: an HTML page: Oops."
    assert lines[0].advice == "Ask again."
    blamed = rights.refused(InvalidApiKey("no such key", code="-2014"))
    assert "(code -2014)" in blamed[0].said


def test_a_certificate_that_ends_soon_is_warned_about() -> None:
    class Secured:
        def __init__(self, days: int) -> None:
            self.until = datetime.now(UTC).timestamp() + days * 86_400

        def version(self) -> str:
            return "TLSv1.3"

        def getpeercert(self) -> dict[str, str]:
            moment = datetime.fromtimestamp(self.until, UTC)
            return {"notAfter": f"{moment:%b %d %H:%M:%S %Y} GMT"}

    assert reach._certificate(Secured(60)).verdict is Verdict.PASS  # type: ignore[arg-type]
    assert reach._certificate(Secured(5)).verdict is Verdict.WARN  # type: ignore[arg-type]


def test_a_certificate_that_is_not_accepted_sends_no_keys(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Distrusting:
        def wrap_socket(self, *args: object, **kwargs: object) -> None:
            problem = ssl.SSLCertVerificationError(1, "verify failed")
            problem.verify_message = "self-signed certificate"
            raise problem

    monkeypatch.setattr(reach, "tls_context", Distrusting)
    line = reach._encryption(None, "https", "api.example.com")  # type: ignore[arg-type]
    assert line.verdict is Verdict.FAIL
    assert "self-signed certificate" in line.said
    assert "send no keys" in (line.advice or "")
