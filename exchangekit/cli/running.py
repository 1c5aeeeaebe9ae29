"""Running one command: every way it can end becomes a sentence on standard error and an exit code.

No traceback reaches a user. A closed pipe (``| head -1``) ends the command in silence.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import traceback
from collections.abc import Sequence

import typer

from exchangekit.cli.app import app
from exchangekit.cli.completing import check_shell
from exchangekit.cli.failures import (
    OK,
    REFUSED,
    STOPPED,
    USAGE,
    Failure,
    exit_code,
    printable,
)
from exchangekit.errors import ExchangeKitError

NAME = "exchangekit"
CLOSED_PIPE = 141
"""What shells report for a program that a closed pipe has ended."""


def run(arguments: Sequence[str] | None = None) -> int:
    for stream in (sys.stdout, sys.stderr):
        # A terminal without UTF-8 shows a question mark; the command goes on.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    try:
        try:
            return _carry_out(arguments)
        finally:
            sys.stdout.flush()
    except (BrokenPipeError, SystemExit) as left:
        # Without standalone mode typer and rich leave by SystemExit for a closed pipe, and by
        # SystemExit(0) when what a shell asked for completion has been said.
        if isinstance(left, SystemExit) and not left.code:
            return OK
        _forget_output()
        return CLOSED_PIPE
    except OSError as problem:
        _forget_output()
        return _say(f"The output cannot be written: {problem.strerror or problem}.", REFUSED)
    except KeyboardInterrupt:
        return _say("Stopped.", STOPPED)


def _carry_out(arguments: Sequence[str] | None) -> int:
    try:
        for_completion = check_shell(sys.argv[1:] if arguments is None else arguments)
    except Failure as failure:
        return _say(str(failure), failure.code)
    try:
        result = typer.main.get_command(app).main(
            args=None if arguments is None else list(arguments),
            prog_name=NAME,
            standalone_mode=False,
        )
    except Failure as failure:
        return _say(str(failure), failure.code)
    except ExchangeKitError as error:
        return _say(str(error), exit_code(error))
    except typer.Abort:
        return _say("Stopped.", STOPPED)
    except BrokenPipeError:
        raise
    except OSError as problem:
        if problem.errno == errno.ENOSPC:
            raise
        if not for_completion:
            return _unforeseen(problem)
        where = f" {problem.filename}" if problem.filename else ""
        return _say(f"Completion cannot be written{where}: {problem.strerror}.", REFUSED)
    except Exception as problem:
        return _unforeseen(problem)
    if result == STOPPED:
        return _say("Stopped.", STOPPED)
    return result if isinstance(result, int) else OK


def _unforeseen(problem: Exception) -> int:
    # typer brings its own copy of click or uses the installed one, by version: a wrong command
    # line is known by what all of them have.
    explain = getattr(problem, "format_message", None)
    if explain is not None:
        context = getattr(problem, "ctx", None)
        path = context.command_path if context is not None else NAME
        said = str(explain()).rstrip(". ")
        return _say(f"{said}. See: {path} --help", USAGE)
    if os.environ.get("EXCHANGEKIT_TRACEBACK"):
        traceback.print_exception(problem)
    return _say(
        f"This is a defect of exchangekit, please report it: {type(problem).__name__}: {problem}"
        " (EXCHANGEKIT_TRACEBACK=1 shows where).",
        REFUSED,
    )


def _say(sentence: str, code: int) -> int:
    # Nobody may be listening any more; the exit code still tells.
    with contextlib.suppress(BrokenPipeError):
        sys.stderr.write(printable(sentence) + "\n")
        sys.stderr.flush()
    return code


def _forget_output() -> None:
    """Python would complain at its own end about what it can no longer write."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
