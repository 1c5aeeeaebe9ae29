"""Whatever the output is: 40 columns, a closed pipe, a full disk, no network, somebody waiting."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pty
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import shellingham
from rich.cells import cell_len
from support.commands import Command, key_variables
from support.patience import PATIENCE

from exchangekit.cli import main, progress, running
from exchangekit.cli.completing import SHELLS
from exchangekit.sim import SimulatedVenue

Running = tuple[str, SimulatedVenue]

LOOKS = [
    ["markets", "VENUE"],
    ["markets", "VENUE", "BTC/USDT"],
    ["ticker", "VENUE", "BTC/USDT"],
    ["ticker", "VENUE", "BTC/USDT", "ETH/USDT"],
    ["book", "VENUE", "BTC/USDT"],
    ["candles", "VENUE", "BTC/USDT"],
    ["candles", "VENUE", "SHIB/USDT", "1d", "--table"],
    ["trades", "VENUE", "BTC/USDT"],
    ["balance", "VENUE"],
    ["fees", "VENUE", "BTC/USDT"],
    ["order", "open", "VENUE", "BTC/USDT"],
]
PLACE = ["order", "place", "VENUE", "BTC/USDT", "buy", "0.001", "--limit", "50000"]
OTHERS = [
    ["order", "show", "VENUE", "BTC/USDT", "1"],
    ["order", "cancel", "VENUE", "BTC/USDT", "1"],
    PLACE,
]
AT_HOME = [["venues"], ["venues", "--operations"]]
NOWHERE = "http://127.0.0.1:9"


def named(words: list[str]) -> str:
    return " ".join(word for word in words if word != "VENUE")


# 40 columns


@pytest.mark.parametrize("words", [*LOOKS, PLACE], ids=named)
def test_what_venues_say_fits_40_columns_and_no_number_is_broken(
    at_one: Command, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert at_one(*PLACE).code == 0
    wide = at_one(*words).out
    monkeypatch.setenv("COLUMNS", "40")
    seen = at_one(*words)
    assert (seen.code, seen.err) == (0, "")
    lines = seen.out.splitlines()
    assert max(map(cell_len, lines)) <= 40
    if words[0] in ("markets", "fees", "balance"):
        assert {word for word in wide.split() if "─" not in word} <= set(seen.out.split())


@pytest.mark.parametrize("words", AT_HOME, ids=named)
def test_what_the_kit_says_fits_40_columns(
    command: Command, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    seen = command(*words)
    assert (seen.code, seen.err) == (0, "")
    assert max(map(cell_len, seen.out.splitlines())) <= 40


def test_a_table_that_does_not_fit_is_a_line_a_cell(
    at_one: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    first = at_one("markets", "VENUE").out.split("\n\n")[0].splitlines()
    assert [line.split("  ")[0] for line in first][:3] == ["symbol", "price step", "amount step"]


# Nobody reads, nothing can be written


@contextlib.contextmanager
def output_to(descriptor: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    said = io.StringIO()
    out = os.fdopen(descriptor, "w", encoding="utf-8")
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", said)
    yield said
    with contextlib.suppress(OSError):
        out.close()


@pytest.mark.parametrize("words", [*LOOKS, [*LOOKS[5], "--json"], *AT_HOME], ids=named)
def test_a_closed_pipe_ends_any_command_in_silence(
    one: Running, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in key_variables("binance").items():
        monkeypatch.setenv(variable, value)
    reader, writer = os.pipe()
    os.close(reader)
    typed = ["binance" if word == "VENUE" else word for word in words]
    address = ["--base-url", one[1].url] if words not in AT_HOME else []
    with output_to(writer, monkeypatch) as said:
        assert main([*typed, *address]) == running.CLOSED_PIPE
    assert said.getvalue() == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("words", [["venues"], ["venues", "--json"], ["--help"]], ids=named)
def test_a_full_disk_is_one_sentence_and_exit_code_1(
    words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with output_to(os.open("/dev/full", os.O_WRONLY), monkeypatch) as said:
        assert main(words) == 1
    assert said.getvalue() == "The output cannot be written: No space left on device.\n"


# No network


@pytest.mark.parametrize("words", [*LOOKS, *OTHERS], ids=named)
def test_without_a_network_a_command_is_one_sentence_and_exit_code_1(
    command: Command, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in key_variables("binance").items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    typed = ["binance" if word == "VENUE" else word for word in words]
    seen = command(*typed, "--base-url", NOWHERE)
    assert (seen.code, seen.out) == (1, "")
    assert len(seen.err.splitlines()) == 1
    assert seen.err.startswith("binance ")
    assert "connect" in seen.err.lower()
    if words in OTHERS[1:]:
        assert "Nothing was sent" in seen.err


# Somebody waits


def on_a_terminal(words: list[str], **more: str) -> tuple[int, str]:
    """The exit code of a command, and all that a terminal of 80 columns gets."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    process = subprocess.Popen(
        [sys.executable, "-m", "exchangekit.cli", *words],
        stdout=theirs,
        stderr=theirs,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "TERM": "xterm", **more},
    )
    os.close(theirs)
    seen = b""
    with contextlib.suppress(OSError):
        while part := os.read(ours, 65536):
            seen += part
    os.close(ours)
    return process.wait(timeout=PATIENCE), seen.decode()


SLOW = {"action": "delay", "at": "arrival", "seconds": 1.6, "path": "/api/v3/trades", "count": 0}


@pytest.mark.parametrize(
    ("options", "environment", "spins"),
    [([], {}, True), (["--json"], {}, False), ([], {"TERM": "dumb"}, False)],
    ids=["a person", "json", "a dumb terminal"],
)
def test_a_wait_is_shown_to_people_only(
    one: Running, options: list[str], environment: dict[str, str], spins: bool
) -> None:
    one[1].control.add_faults([SLOW])
    words = ["trades", "binance", "BTC/USDT", "-n", "3", "--base-url", one[1].url]
    code, seen = on_a_terminal([*words, *options], **environment)
    assert code == 0
    assert ("Asking binance for trades" in seen) == spins
    if spins:
        assert seen.index("Asking binance") < seen.index("price, USDT")
        assert "Asking binance" not in seen[seen.index("price, USDT") :]
        assert "\x1b[?25h" in seen, "the cursor is not shown again"


def test_what_is_piped_or_quick_has_no_spinner(
    at_one: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "AFTER", 0)
    assert at_one("trades", "VENUE", "BTC/USDT").err == ""


def test_a_wait_that_is_over_shows_nothing_any_more() -> None:
    wait = progress.Waiting("Asking", shown=True)
    wait.stop()
    wait.start()
    assert wait._status is None


def test_a_wait_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    wait = progress.Waiting("Asking", shown=True)
    wait.say("1000 candles")
    wait.start()
    wait.say("2000 candles")
    wait.stop()
    assert "2000 candles" in terminal.getvalue()


# Completion


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("exchangekit ca", ["candles"]),
        ("exchangekit order ", ["place", "show", "cancel", "open"]),
        ("exchangekit ticker b", ["binance", "bitget", "bitgetuta", "bybit"]),
        ("exchangekit doctor ", ["binance", "bitget", "bitgetuta", "bybit", "mexc", "okx"]),
        ("exchangekit sim binance o", ["okx"]),
        ("exchangekit demo m", ["mexc"]),
        ("exchangekit monitor binance o", ["okx"]),
        ("exchangekit monitor -e te", ["testnet"]),
        ("exchangekit candles binance BTC/USDT 3", ["3m", "30m", "3d"]),
        ("exchangekit candles mexc BTC/USDT 3", ["30m"]),
        ("exchangekit order place okx BTC/USDT s", ["sell"]),
        ("exchangekit order place okx BTC/USDT buy 1 --time-in-force f", ["fok"]),
        ("exchangekit balance -e te", ["testnet"]),
        ("exchangekit candles okx BTC/USDT --si", ["--since"]),
        (
            "exchangekit ticker nowhere -e ",
            [
                "ae",
                "bytick",
                "demo",
                "eea",
                "eea-demo",
                "eu",
                "ge",
                "id",
                "jp",
                "jp-testnet",
                "kz",
                "live",
                "nl",
                "openapi",
                "openapi-demo",
                "testnet",
                "tr",
                "us",
                "us-demo",
            ],
        ),
    ],
)
def test_the_tab_key_offers_what_fits(
    command: Command, typed: str, offered: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_EXCHANGEKIT_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", typed)
    monkeypatch.setenv("COMP_CWORD", str(typed.count(" ")))
    seen = command()
    assert (seen.code, seen.err) == (0, "")
    assert sorted(seen.out.split()) == sorted(offered)


@pytest.mark.parametrize("shell", SHELLS)
def test_completion_is_shown_for_every_shell(
    command: Command, shell: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shellingham, "detect_shell", lambda: (shell, f"/bin/{shell}"))
    seen = command("--show-completion")
    assert (seen.code, seen.err) == (0, "")
    assert "_EXCHANGEKIT_COMPLETE" in seen.out


def test_completion_is_installed_where_the_shell_reads_it(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(shellingham, "detect_shell", lambda: ("bash", "/bin/bash"))
    monkeypatch.setenv("HOME", str(tmp_path))
    seen = command("--install-completion")
    assert seen.code == 0
    script = tmp_path / ".bash_completions" / "exchangekit.sh"
    assert str(script) in seen.out.replace("\n", "")
    assert "_EXCHANGEKIT_COMPLETE" in script.read_text(encoding="utf-8")
    assert str(script) in (tmp_path / ".bashrc").read_text(encoding="utf-8")


def test_completion_that_cannot_be_installed_is_one_sentence(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shellingham, "detect_shell", lambda: ("bash", "/bin/bash"))
    monkeypatch.setenv("HOME", "/dev/null/home")
    seen = command("--install-completion")
    assert (seen.code, seen.out) == (1, "")
    assert seen.err.startswith("Completion cannot be written /dev/null/home")
    assert len(seen.err.splitlines()) == 1


@pytest.mark.parametrize("option", ["--show-completion", "--install-completion"])
@pytest.mark.parametrize("shell", ["tcsh", None])
def test_a_shell_that_is_not_known_is_one_sentence(
    command: Command, option: str, shell: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def detect() -> tuple[str, str]:
        if shell is None:
            raise shellingham.ShellDetectionFailure
        return shell, f"/bin/{shell}"

    monkeypatch.setattr(shellingham, "detect_shell", detect)
    seen = command(option)
    assert (seen.code, seen.out) == (2, "")
    assert "Completion is for bash, zsh, fish and PowerShell" in seen.err
    assert len(seen.err.splitlines()) == 1


# JSON of everything


@pytest.mark.parametrize("words", [[*words, "--json"] for words in LOOKS], ids=named)
def test_json_is_json_and_nothing_else(at_one: Command, words: list[str]) -> None:
    seen = at_one(*words)
    assert (seen.code, seen.err) == (0, "")
    json.loads(seen.out)
