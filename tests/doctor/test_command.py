"""`exchangekit doctor` as a user meets it: words, exit codes, narrow terminals, closed pipes."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time

import pytest
from support.captures import NOW, ORDER, Header, changed, joined, shuffled, signed
from support.commands import Command, key_variables
from support.patience import PATIENCE
from support.traders import KEYS

from exchangekit.cli import running

SENT_AT = ("--sent-at", str(NOW))
CLEAN = signed("mexc", joined(ORDER)).curl
UNSORTED = signed("mexc", joined(shuffled(ORDER, "symbol"))).curl
TWICE = signed("mexc", joined(ORDER) + "&signature=", sent=joined(ORDER)).curl


@pytest.fixture
def about(command: Command, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The doctor about one request, with the secret in the variable SECRET."""
    monkeypatch.setenv("SECRET", KEYS["mexc"]["secret"])
    return lambda *words: command("mexc", *SENT_AT, "--secret-env", "SECRET", *words)


def test_a_clean_request_is_exit_code_0(about) -> None:
    seen = about("--request", CLEAN)
    assert (seen.code, seen.err) == (0, "")
    assert seen.out.splitlines() == [
        "POST /api/v3/order: nothing is wrong with it.",
        "This was signed, as it should be:",
        f"  {joined(ORDER)}",
    ]


def test_a_fault_is_exit_code_1_and_says_what_and_where(about) -> None:
    seen = about("--request", TWICE)
    assert (seen.code, seen.err) == (1, "")
    lines = seen.out.splitlines()
    assert lines[0] == "POST /api/v3/order: this would be refused, 1 fault."
    assert lines[1] == "fail  signature_signed"
    assert f"First difference, after {len(joined(ORDER))} characters:" in lines
    given, wanted, mark = lines[-3:]
    assert given.startswith("  signed")
    assert wanted.startswith("  should be")
    assert given[mark.index("^") :].startswith("&signature=")
    assert wanted[mark.index("^") :] == ""


def test_the_same_as_json(about) -> None:
    seen = about("--request", UNSORTED, "--json")
    told = json.loads(seen.out)
    assert seen.code == 1
    assert [fault["name"] for fault in told["faults"]] == ["order"]
    assert told["refused"] is told["signature_checked"] is True
    assert told["verdict"] == "this may be refused, 1 fault."
    assert told["should_sign"] == joined(ORDER)
    assert told["differences"][0]["at"] == 0
    assert told["signed"] == "the parameters as they were sent"


@pytest.mark.parametrize("columns", ["40", "20", "200"])
@pytest.mark.parametrize("request_text", [CLEAN, UNSORTED, TWICE], ids=["clean", "order", "twice"])
def test_no_line_is_wider_than_the_terminal(
    about, monkeypatch: pytest.MonkeyPatch, columns: str, request_text: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    seen = about("--request", request_text)
    narrow = [line for line in seen.out.splitlines() if len(line) > int(columns)]
    assert columns == "20" or narrow == []
    assert joined(ORDER) in "".join(line.removeprefix("  ") for line in seen.out.splitlines())


def test_a_visit_fits_into_40_columns(command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    seen = command("mexc", "--base-url", "http://127.0.0.1:9")
    assert seen.code == 1
    assert max(len(line) for line in seen.out.splitlines()) <= 40


def test_a_request_is_judged_by_the_time_it_was_sent_or_now(about, command) -> None:
    assert about("--request", CLEAN).code == 0
    seen = command("mexc", "--secret-env", "SECRET", "--request", CLEAN)
    assert seen.code == 1
    assert "timestamp_" in seen.out
    assert about("--request", CLEAN, "--sent-at", "2026-09-21T14:13:20Z").code == 0
    fresh = changed(ORDER, timestamp=str(time.time_ns() // 1_000_000))
    seen = command(
        "mexc", "--secret-env", "SECRET", "--request", signed("mexc", joined(fresh)).curl
    )
    assert seen.code == 0


def test_the_request_may_come_from_standard_input(about, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(CLEAN.encode())))
    assert about("--request", "-").code == 0
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\x89PNG\xff\xfe")))
    seen = about("--request", "-")
    assert (seen.code, seen.out) == (2, "")
    assert "not text" in seen.err


def test_without_a_secret_named_the_venues_own_keys_are_used(
    command, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in key_variables("okx").items():
        monkeypatch.setenv(variable, value)
    assert command("okx", *SENT_AT, "--request", Header().curl).code == 0
    seen = command("okx", *SENT_AT, "--request", Header(passphrase="Wrong-Horse-8").curl)
    assert seen.code == 1
    assert "passphrase_other" in seen.out


def test_key_and_passphrase_can_be_compared(command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", KEYS["okx"]["secret"])
    monkeypatch.setenv("KEY", "11111111-2222-3333-4444-555555555555")
    monkeypatch.setenv("PHRASE", KEYS["okx"]["passphrase"] + "x")
    words = ("--secret-env", "SECRET", "--key-env", "KEY", "--passphrase-env", "PHRASE")
    seen = command("okx", *SENT_AT, "--request", Header().curl, *words)
    assert seen.code == 1
    assert {line.split()[1] for line in seen.out.splitlines() if line.startswith("fail")} == {
        "key_other",
        "passphrase_other",
    }


def test_no_secret_is_exit_code_2_where_nothing_else_is_wrong(command) -> None:
    seen = command("mexc", *SENT_AT, "--request", CLEAN)
    assert seen.code == 2
    assert len(seen.err.splitlines()) == 1
    assert "--secret-env" in seen.err
    assert "the signature was not checked" in seen.out


def test_no_secret_is_exit_code_1_where_something_is_wrong_anyhow(command) -> None:
    seen = command("mexc", *SENT_AT, "--request", UNSORTED)
    assert (seen.code, seen.err) == (1, "")


def test_keys_that_cannot_be_used_are_told(command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGEKIT_MEXC_API_KEY", KEYS["mexc"]["api_key"])
    seen = command("mexc", *SENT_AT, "--request", CLEAN)
    assert seen.code == 2
    assert "found only api_key" in seen.err


WRONG = {
    "no URL": (("mexc", "--request", "hello"), "That is no request"),
    "binary": (("mexc", "--request", "\x00\x01\x02"), "That is not text"),
    "nothing": (("mexc", "--request", ""), "Nothing was given"),
    "half a command": (("mexc", "--request", "curl 'https://api.mexc.com"), "never closed"),
    "an unknown venue": (("nowhere", "--request", CLEAN), "no installed plugin offers a venue"),
    "an unknown venue to visit": (("nowhere",), "no installed plugin offers a venue"),
    "an unknown environment": (("mexc", "-e", "moon", "--request", CLEAN), "no environment 'moon'"),
    "another venue": (("okx", "--request", CLEAN), "This is a request to MEXC (api.mexc.com)"),
    "another host": (
        ("mexc", "--request", CLEAN.replace("api.mexc.com", "api.example.com")),
        "goes to another host",
    ),
    "a URL where headers sign": (
        ("okx", "--request", "https://www.okx.com/api/v5/account/balance?a=1"),
        "signs in headers",
    ),
    "a variable that is not set": (
        ("mexc", "--request", CLEAN, "--secret-env", "NOPE"),
        "is not set or is empty",
    ),
    "a time that is none": (("mexc", "--request", CLEAN, "--sent-at", "noon"), "is no time"),
    "an option without its request": (("mexc", "--secret-env", "HOME"), "goes with --request"),
    "an address that is none": (("mexc", "--base-url", "ftp://x"), "base_url is not an address"),
    "an account without keys": (("mexc", "--account", "bot"), "no keys for the account 'bot'"),
}


@pytest.mark.parametrize(("words", "said"), WRONG.values(), ids=WRONG)
def test_bad_input_is_one_plain_sentence_and_exit_code_2(command, words, said) -> None:
    seen = command(*words)
    assert seen.code == 2
    assert said in seen.err
    assert len(seen.err.splitlines()) == 1
    assert seen.out == ""


def test_a_secret_given_where_its_name_belongs_is_not_repeated(command) -> None:
    secret = KEYS["mexc"]["secret"]
    seen = command("mexc", "--request", CLEAN, "--secret-env", secret)
    assert seen.code == 2
    assert secret not in seen.err


def test_a_host_of_ones_own_is_named_with_base_url(about) -> None:
    elsewhere = CLEAN.replace("api.mexc.com", "proxy.example.net")
    assert about("--request", elsewhere).code == 2
    assert about("--request", elsewhere, "--base-url", "https://proxy.example.net").code == 0
    simulated = CLEAN.replace("https://api.mexc.com", "http://127.0.0.1:8801")
    assert about("--request", simulated).code == 0
    regional = CLEAN.replace("api.mexc.com", "api2.mexc.com")
    assert about("--request", regional).code == 0


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    "words", [["mexc", "--base-url", "http://127.0.0.1:9"], ["--help"]], ids=" ".join
)
def test_a_closed_pipe_ends_in_silence(words: list[str], unbuffered: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "exchangekit.cli", "doctor", *words],
        stdout=writer,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        timeout=PATIENCE,
        check=False,
    )
    os.close(writer)
    assert done.stderr == b""
    assert done.returncode == running.CLOSED_PIPE
