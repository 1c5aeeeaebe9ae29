"""`exchangekit monitor`: what it shows is what the venues hold, it places nothing, and it ends."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import termios
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from rich.console import Console
from support.commands import Command, as_at_a_terminal, key_variables
from support.patience import PATIENCE, eventually
from support.traders import KEYS

from exchangekit.cli.demo.ledger import Ledger
from exchangekit.cli.monitor.picture import picture, sight
from exchangekit.cli.monitor.probing import Prober
from exchangekit.connect import connect_sync
from exchangekit.failover import HealthSettings, Kind, State, SyncFailover
from exchangekit.plugins import installed
from exchangekit.sim import SimulatedVenue

Venues = dict[str, SimulatedVenue]
NAMES = ("binance", "okx")
AWAY = {"action": "refuse", "seconds": 10 * PATIENCE}


@pytest.fixture
def venues(monkeypatch: pytest.MonkeyPatch) -> Iterator[Venues]:
    """Two venues, with their keys in the environment."""
    with ExitStack() as stack:
        running = {}
        for name in NAMES:
            held = KEYS[name]
            venue = SimulatedVenue(
                installed().simulated()[name],
                key=held["api_key"],
                secret=held["secret"],
                passphrase=held.get("passphrase"),
            )
            running[name] = stack.enter_context(venue)
            for variable, value in key_variables(name).items():
                monkeypatch.setenv(variable, value)
        yield running


@pytest.fixture
def typed(venues: Venues) -> list[str]:
    addresses = [word for one in venues.values() for word in ("--base-url", one.url)]
    return ["monitor", *NAMES, *addresses]


def place_one(venue: SimulatedVenue) -> Any:
    with connect_sync("okx", base_url=venue.url, env_file=None, journal=None, **KEYS["okx"]) as okx:
        return okx.create_limit_order("BTC/USDT", "buy", "0.0123", "51234.5")


def goes_away(venue: SimulatedVenue) -> None:
    venue.control.add_faults([AWAY])
    with Ledger(venue.url) as ledger:
        assert eventually(lambda: not ledger.answers())


def asked(venue: SimulatedVenue) -> list[str]:
    return [str(one["operation"]) for one in venue.control.requests()]


def test_programs_are_told_what_the_venues_hold(
    command: Command, venues: Venues, typed: list[str]
) -> None:
    made = place_one(venues["okx"])
    venues["okx"].control.clock(offset_ms=90_000)
    seen = command(*typed, "--once", "--json")
    assert (seen.code, seen.err) == (0, "")
    told = json.loads(seen.out)
    assert (told["well"], list(told["venues"])) == (True, list(NAMES))
    binance, okx = told["venues"].values()
    assert binance["open_orders"] == []
    [order] = okx["open_orders"]
    [true] = venues["okx"].control.orders()
    assert (order["id"], order["id"]) == (made.id, true["id"])
    assert (order["amount"], order["price"]) == ("0.0123", "51234.5")
    ahead, within = (Decimal(okx[f"clock_{name}_ms"]) for name in ("ahead", "within"))
    assert abs(ahead - 90_000) <= within + 2
    for venue in (binance, okx):
        assert {kind: one and one["state"] for kind, one in venue["health"].items()} == {
            "public": "closed",
            "private": "closed",
            "trading": None,
        }


def test_the_limits_are_those_that_the_venue_counts(
    command: Command, venues: Venues, typed: list[str]
) -> None:
    told = json.loads(command(*typed, "--once", "--json").out)
    [weight] = [one for one in told["venues"]["binance"]["limits"] if one["counter"] == "weight"]
    [true] = [one for one in venues["binance"].control.counts() if one["limit"] == 6000]
    assert (weight["used"], weight["limit"]) == (true["used"], true["limit"])
    assert weight["used"] > 0


def test_people_see_the_same_and_nothing_is_placed(
    command: Command, venues: Venues, typed: list[str]
) -> None:
    made = place_one(venues["okx"])
    before = len(venues["okx"].control.requests())
    seen = command(*typed, "--once")
    assert (seen.code, seen.err) == (0, "")
    lines = seen.out.splitlines()
    [health] = [line for line in lines if line.startswith("okx ") and "not asked" in line]
    assert health.split()[1:5] == ["well", "well", "not", "asked"]
    [order] = [line for line in lines if made.id in line]
    assert order.split() == ["okx", "BTC/USDT", "buy", "0.0123", "0", "51234.5", made.id]
    for name, venue in venues.items():
        new = asked(venue)[before if name == "okx" else 0 :]
        assert new
        assert not [one for one in new if one.startswith(("create", "cancel", "test"))]
    assert len(venues["okx"].control.orders()) == 1


def test_a_venue_that_does_not_answer_is_exit_code_1_with_its_cause(
    command: Command, venues: Venues, typed: list[str]
) -> None:
    goes_away(venues["okx"])
    seen = command(*typed, "--once", "--json")
    assert (seen.code, seen.err) == (1, "")
    told = json.loads(seen.out)
    assert told["well"] is False
    okx = told["venues"]["okx"]
    assert okx["health"]["public"]["state"] == "open"
    assert "no connection" in okx["health"]["public"]["cause"]
    assert okx["clock_ahead_ms"] is None
    assert told["venues"]["binance"]["health"]["public"]["state"] == "closed"
    assert any("okx, public: ill" in one["what"] for one in told["events"])


def test_one_error_is_not_well_even_if_nothing_is_passed_over_yet(venues: Venues) -> None:
    ill = {"action": "status", "status": 500, "operation": "fetch_open_orders", "count": 0}
    venues["binance"].control.add_faults([ill])
    address = venues["binance"].url
    binance = connect_sync("binance", base_url=address, env_file=None, journal=None)
    with SyncFailover([binance], journal=None, health=HealthSettings(failures_to_open=99)) as both:
        prober = Prober(both, "binance")
        prober.ask(account=True)
        seen = sight(both, {"binance": prober})
    assert seen.venues["binance"].circuits[Kind.PRIVATE].state is State.CLOSED
    assert not seen.all_well
    drawn = StringIO()
    out = Console(file=drawn, width=80)
    out.print(picture(seen, out))
    [row] = [line for line in drawn.getvalue().splitlines() if "not asked" in line]
    assert row.split()[:5] == ["binance", "well", "last", "one", "failed"]


def test_without_a_key_nothing_private_is_asked(
    command: Command, venues: Venues, typed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in key_variables("okx"):
        monkeypatch.delenv(variable)
    seen = command(*typed, "--once")
    assert seen.code == 0
    assert "open orders not known (okx: no key)" in seen.out
    assert set(asked(venues["okx"])) <= {"fetch_time", "fetch_markets"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--json"], "--json goes with --once."),
        (["--base-url", "http://127.0.0.1:9"], "given 3 times for 2 venues"),
        (["--every", "0"], "--every"),
    ],
)
def test_what_does_not_go_together_is_one_sentence(
    command: Command, typed: list[str], words: list[str], told: str
) -> None:
    seen = command(*typed, *words)
    assert (seen.code, seen.out) == (2, "")
    assert told in seen.err
    assert len(seen.err.splitlines()) == 1


def test_what_is_passed_over_is_not_asked_before_its_time(venues: Venues) -> None:
    okx = connect_sync("okx", base_url=venues["okx"].url, env_file=None, journal=None)
    patient = HealthSettings(first_pause=10 * PATIENCE, longest_pause=10 * PATIENCE)
    with SyncFailover([okx], journal=None, health=patient) as failover:
        prober = Prober(failover, "okx")
        prober.ask(account=True)
        assert prober.told.ahead_ms is not None
        goes_away(venues["okx"])
        prober.ask(account=True)
        assert failover.health()["okx"][Kind.PUBLIC].state is State.OPEN
        assert prober.told.ahead_ms is None
        venues["okx"].control.clear_faults()
        with Ledger(venues["okx"].url) as ledger:
            assert eventually(ledger.answers)
        before = len(asked(venues["okx"]))
        prober.ask(account=True)
        assert len(asked(venues["okx"])) == before
        assert not sight(failover, {"okx": prober}).all_well


# As long as somebody looks


def watching(
    typed: list[str], out: int, then: Callable[[subprocess.Popen[bytes]], None]
) -> tuple[int, str]:
    """Its exit code and standard error; `then` is called while it runs."""
    with as_at_a_terminal():
        process = subprocess.Popen(
            [sys.executable, "-m", "exchangekit.cli", *typed, "--every", "0.2"],
            stdout=out,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "TERM": "xterm"},
        )
    os.close(out)
    try:
        then(process)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    return process.returncode, said.decode()


def read_until(ours: int, enough: Callable[[str], bool]) -> str:
    seen = b""
    while not enough(seen.decode(errors="replace")):
        part = os.read(ours, 65536)
        assert part, seen.decode()
        seen += part
    return seen.decode(errors="replace")


def the_rest(ours: int) -> str:
    seen = b""
    with suppress(OSError):
        while part := os.read(ours, 65536):
            seen += part
    return seen.decode(errors="replace")


def test_into_a_pipe_it_is_plain_text_until_ctrl_c(venues: Venues, typed: list[str]) -> None:
    ours, theirs = os.pipe()
    shown: list[str] = []

    def look(process: subprocess.Popen[bytes]) -> None:
        shown.append(read_until(ours, lambda text: text.count("venue ") >= 2))
        goes_away(venues["okx"])
        shown.append(read_until(ours, lambda text: "okx, public: ill" in text))

    code, said = watching(typed, theirs, look)
    shown.append(the_rest(ours))
    os.close(ours)
    assert (code, said) == (0, "")
    control = {one for one in "".join(shown) if unicodedata.category(one) == "Cc"}
    assert control == {"\n"}


def test_in_a_terminal_it_is_drawn_anew_and_ctrl_c_leaves_the_cursor(
    venues: Venues, typed: list[str]
) -> None:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (30, 80))
    shown: list[str] = []

    def look(process: subprocess.Popen[bytes]) -> None:
        shown.append(read_until(ours, lambda text: text.count("latency") >= 2))

    code, said = watching(typed, theirs, look)
    shown.append(the_rest(ours))
    os.close(ours)
    assert (code, said) == (0, "")
    assert "\x1b[?25l" in "".join(shown)
    assert "".join(shown).rindex("\x1b[?25h") > "".join(shown).rindex("\x1b[?25l")
