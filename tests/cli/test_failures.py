"""Every way a command can end: one sentence on standard error, an exit code, never a traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from decimal import Decimal

import pytest
from support.patience import PATIENCE

from exchangekit import cli, errors
from exchangekit.adapter.request import Origin
from exchangekit.cli import failures, market_data, running
from exchangekit.cli.output import as_json
from exchangekit.errors import Outcome
from exchangekit.models.numbers import plain

CODES = [
    (errors.UnknownVenue("no"), 2),
    (errors.MalformedCredentials("no"), 2),
    (errors.InvalidInput("no", outcome=Outcome.NOT_SENT), 2),
    (errors.MissingCredentials("no"), 2),
    (errors.Unsupported("no"), 2),
    (errors.UnknownSymbol("no"), 2),
    (errors.InvalidOrder("no", outcome=Outcome.NOT_SENT), 1),
    (errors.InsufficientFunds("no", outcome=Outcome.REFUSED), 1),
    (errors.ConnectionFailed("no"), 1),
    (errors.RateLimited("no"), 1),
    (errors.InvalidApiKey("no"), 1),
    (errors.OutcomeUnknown("no", outcome=Outcome.UNKNOWN), 3),
]


@pytest.mark.parametrize(
    ("error", "code"), CODES, ids=[f"{type(error).__name__} {code}" for error, code in CODES]
)
def test_the_exit_code_says_what_to_do(error: errors.ExchangeKitError, code: int) -> None:
    assert failures.exit_code(error) == code


WRONG = [
    (["ticker", "nowhere", "BTC/USDT"], "no installed plugin offers a venue 'nowhere'"),
    (["ticker", "binance"], "Missing argument"),
    (["ticker", "binance", "BTC/USDT", "--key", "x"], "No such option"),
    (["nonsense"], "No such command"),
    (["ticker", "binance", "BTC/USDT", "-e", "moon"], "has no environment 'moon'"),
    (["ticker", "binance", "BTC/USDT", "--base-url", "ftp://x"], "base_url is not an address"),
    (["balance", "binance", "--account", "b c"], "the account name 'b c'"),
    (["balance", "binance", "--account", "bot"], "no keys for the account 'bot'"),
    (["order", "cancel", "okx", "BTC/USDT", "5", "--all"], "either an order id or --all"),
    (["sim", "nowhere"], "There is no simulated venue 'nowhere'"),
    (["sim", "okx", "okx"], "named twice"),
    (["demo", "nowhere"], "There is no simulated venue 'nowhere'"),
]


@pytest.mark.parametrize(("arguments", "words"), WRONG, ids=[" ".join(one[0]) for one in WRONG])
def test_a_wrong_command_is_one_sentence_and_exit_code_2(command, arguments, words) -> None:
    seen = command(*arguments)
    assert seen.code == 2
    assert words in seen.err
    assert len(seen.err.splitlines()) == 1
    assert seen.out == ""


def test_a_private_command_without_keys_says_which_variables_to_set(command, one) -> None:
    seen = command("balance", "binance", "--base-url", one[1].url)
    assert seen.code == 2
    assert "EXCHANGEKIT_BINANCE_API_KEY" in seen.err


KEYED = [
    ("balance", "VENUE"),
    ("fees", "VENUE", "BTC/USDT"),
    ("order", "open", "VENUE", "BTC/USDT"),
    ("order", "cancel", "VENUE", "BTC/USDT", "--all"),
    ("order", "place", "VENUE", "BTC/USDT", "buy", "0.001", "--limit", "50000", "--yes"),
    ("doctor", "VENUE"),
]


@pytest.mark.parametrize("words", KEYED, ids=[" ".join(words[:2]) for words in KEYED])
def test_a_key_goes_unencrypted_to_another_machine_only_where_it_is_said(
    at_one, one, words, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Origin, "on_this_machine", property(lambda origin: False))
    seen = at_one(*words)
    assert seen.code == (1 if words[0] == "doctor" else 2)
    said = " ".join((seen.out + seen.err).split())
    assert "unencrypted" in said
    assert "--insecure-http" in said
    assert "[redacted]" not in str(one[1].control.requests()), "a key was sent"
    seen = at_one(*words, "--insecure-http")
    assert seen.code == 0
    assert "[redacted]" in str(one[1].control.requests())


def test_an_unknown_symbol_comes_with_the_nearest_names(at_one) -> None:
    seen = at_one("ticker", "VENUE", "BTCUSDT")
    assert seen.code == 2
    assert "'BTC/USDT'" in seen.err


def test_a_venue_that_cannot_be_reached_is_exit_code_1(command) -> None:
    seen = command("ticker", "binance", "BTC/USDT", "--base-url", "http://127.0.0.1:9")
    assert seen.code == 1
    assert len(seen.err.splitlines()) == 1
    assert "binance" in seen.err


def test_a_venue_that_answers_nonsense_is_exit_code_1(at_one, one) -> None:
    one[1].control.add_faults([{"action": "html", "count": 0, "path": "/api/*"}])
    seen = at_one("ticker", "VENUE", "BTC/USDT")
    assert seen.code == 1
    assert "Traceback" not in seen.err
    assert len(seen.err.splitlines()) == 1


def test_a_defect_is_told_as_one_and_hides_its_traceback(
    command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("this cannot be")

    monkeypatch.setattr(market_data.Where, "open", broken)
    seen = command("ticker", "binance", "BTC/USDT")
    assert seen.code == 1
    assert seen.err.startswith("This is a defect of exchangekit")
    assert "RuntimeError: this cannot be" in seen.err
    assert "Traceback" not in seen.err
    monkeypatch.setenv("EXCHANGEKIT_TRACEBACK", "1")
    assert "Traceback" in command("ticker", "binance", "BTC/USDT").err


def test_ctrl_c_is_exit_code_130(command, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(market_data.Where, "open", stop)
    seen = command("ticker", "binance", "BTC/USDT")
    assert (seen.code, seen.err) == (130, "Stopped.\n")


@pytest.mark.parametrize(
    "arguments",
    [["venues"], ["venues", "--json"], ["venues", "--markdown"], ["--help"]],
    ids=" ".join,
)
@pytest.mark.parametrize("buffered", [True, False], ids=["buffered", "unbuffered"])
def test_a_closed_pipe_ends_in_silence(arguments: list[str], buffered: bool) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "exchangekit.cli", *arguments],
        stdout=writer,
        stderr=subprocess.PIPE,
        env=environment if buffered else {**environment, "PYTHONUNBUFFERED": "1"},
        timeout=PATIENCE,
        check=False,
    )
    os.close(writer)
    assert done.stderr == b""
    assert done.returncode == running.CLOSED_PIPE


def test_a_terminal_without_utf_8_loses_a_letter_and_nothing_else() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "exchangekit.cli", "venues", "--operations"],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"?" in done.stdout


def test_ctrl_c_at_the_terminal_leaves_no_traceback() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "exchangekit.cli", "sim", "okx"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["venue"] == "okx"
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert all(line.startswith(("#", "export ")) for line in said.splitlines())


def test_without_typer_and_rich_the_command_says_what_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "find_spec", lambda name: None)
    assert cli.main(["venues"]) == 2
    assert capsys.readouterr().err == (
        "The command exchangekit needs typer and rich: pip install 'exchangekit[cli]'\n"
    )


@pytest.mark.parametrize("arguments", [["sim", "okx"], ["demo"], ["demo", "okx"]], ids=" ".join)
def test_without_the_extra_sim_a_simulation_says_what_to_install(
    command, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.setattr("exchangekit.cli.simulate.find_spec", lambda name: None)
    seen = command(*arguments)
    assert seen.code == 2
    assert "pip install 'exchangekit[sim]'" in seen.err


def test_importing_the_kit_loads_no_extra() -> None:
    code = (
        "import sys, exchangekit, exchangekit.cli; print([name for name in"
        " ('typer', 'rich', 'pytest', 'vcr', 'hypothesis') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"


def test_what_a_venue_says_cannot_move_the_cursor() -> None:
    nasty = "\x1b[2J\x1b]0;owned\x07 first\r\nsecond\u202e \x9b31m"
    assert failures.printable(nasty) == "[2J]0;owned first second 31m"


def test_json_keeps_every_digit() -> None:
    number = Decimal("1E-8")
    assert as_json({"price": number, "levels": [(number,)]}) == {
        "price": plain(number),
        "levels": [["0.00000001"]],
    }
