"""`exchangekit doctor`: why a signed request fails.

Without ``--request`` it looks at the venue, the key and the way between; with it, it explains
offline why a captured request would be refused. Exit code 0: nothing failed; 1: something did; 2:
the command, the request or the set-up cannot be used, or there was no secret to check with.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Annotated

import typer

from exchangekit.cli.doctor_output import (
    as_facts,
    line_facts,
    show_examination,
    show_line_of,
)
from exchangekit.cli.failures import OK, REFUSED, USAGE, Failure
from exchangekit.cli.options import (
    Account,
    AsJson,
    BaseUrl,
    Environment,
    InsecureHttp,
    Venue,
    Where,
)
from exchangekit.cli.output import console, show_json
from exchangekit.connect import requires
from exchangekit.credentials import load_credentials
from exchangekit.doctor.captured import Unreadable
from exchangekit.doctor.case import Keys
from exchangekit.doctor.examining import examine
from exchangekit.doctor.findings import Examination, Verdict
from exchangekit.doctor.moments import read_moment
from exchangekit.doctor.visit import visit
from exchangekit.errors import MalformedCredentials
from exchangekit.plugins import installed

_MOST = 200_000

Captured = Annotated[
    str | None,
    typer.Option(
        "--request",
        help="Explain offline why this is refused: a URL, a curl command or an HTTP request, in"
        " single quotation marks; - reads it from standard input.",
        show_default=False,
    ),
]
SecretEnv = Annotated[
    str | None,
    typer.Option(
        "--secret-env",
        help="The environment variable that holds the secret; without it the venue's own.",
        show_default=False,
    ),
]
KeyEnv = Annotated[
    str | None,
    typer.Option("--key-env", help="One that holds the key, to compare.", show_default=False),
]
PassphraseEnv = Annotated[
    str | None,
    typer.Option(
        "--passphrase-env", help="One that holds the passphrase, to compare.", show_default=False
    ),
]
SentAt = Annotated[
    str | None,
    typer.Option(
        "--sent-at",
        help="When the request was sent (UTC, such as 2026-01-31T12:00:00Z, or milliseconds);"
        " now if left out.",
        show_default=False,
    ),
]


def doctor(
    venue: Venue,
    request: Captured = None,
    secret_env: SecretEnv = None,
    key_env: KeyEnv = None,
    passphrase_env: PassphraseEnv = None,
    sent_at: SentAt = None,
    environment: Environment = "live",
    base_url: BaseUrl = None,
    account: Account = None,
    insecure_http: InsecureHttp = False,
    json: AsJson = False,
) -> None:
    """Why does my signed request fail? Checks venue, clock and key, or explains one request."""
    if request is None:
        for name, value in (
            ("--secret-env", secret_env),
            ("--key-env", key_env),
            ("--passphrase-env", passphrase_env),
            ("--sent-at", sent_at),
        ):
            if value is not None:
                raise Failure(f"{name} goes with --request.")
        where = Where(venue, environment, base_url, account, insecure_http)
        raise typer.Exit(_visit(where, json))
    requires(venue, environment=environment)
    keys, note = _keys(venue, account, secret_env, key_env, passphrase_env)
    try:
        found = examine(
            _text(request),
            installed().adapter(venue),
            keys,
            now=_moment(sent_at),
            environment=environment,
            base_url=base_url,
            others=installed().venues,
        )
    except Unreadable as problem:
        said = str(problem)
        raise Failure(said[:1].upper() + said[1:] + ".") from None
    if json:
        show_json(as_facts(found))
    else:
        show_examination(found)
    raise typer.Exit(_code(found, note))


def _code(found: Examination, note: str) -> int:
    if found.refused:
        return REFUSED
    if found.checked:
        return OK
    raise Failure(
        "Nothing else is wrong, but the signature was not checked: there is no secret. Name the"
        f" variable that holds it with --secret-env.{note}",
        USAGE,
    )


def _visit(where: Where, json: bool) -> int:
    venue, environment = where.venue, where.environment
    found = visit(
        venue,
        environment=environment,
        base_url=where.base_url,
        account=where.account,
        insecure_http=where.insecure_http,
    )
    lines = []
    if json:
        lines = list(found)
    else:
        out = console()
        with out.status(f"Looking at {venue} …"):
            for line in found:
                lines.append(line)
                show_line_of(out, line)
                sys.stdout.flush()
    failed = any(line.verdict is Verdict.FAIL for line in lines)
    if json:
        checks = [line_facts(line) for line in lines]
        show_json({"venue": venue, "environment": environment, "failed": failed, "checks": checks})
    return REFUSED if failed else OK


def _text(request: str) -> str:
    if request != "-":
        return request
    raw = sys.stdin.buffer.read(_MOST)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise Failure("Standard input is not text: copy the request again.") from None


def _moment(sent_at: str | None) -> int:
    if sent_at is None:
        return time.time_ns() // 1_000_000
    moment = read_moment(sent_at)
    if moment is None:
        raise Failure("--sent-at is no time: expected 2026-01-31T12:00:00Z, or milliseconds.")
    return moment.ms


def _keys(
    venue: str,
    account: str | None,
    secret_env: str | None,
    key_env: str | None,
    passphrase_env: str | None,
) -> tuple[Keys, str]:
    """What to check with, and a sentence where the venue's own keys cannot be used."""
    given = Keys(
        _variable("--secret-env", secret_env),
        _variable("--key-env", key_env),
        _variable("--passphrase-env", passphrase_env),
    )
    if secret_env is not None:
        return given, ""
    try:
        found = load_credentials(installed().adapter(venue), account=account, own_address=True)
    except MalformedCredentials as problem:
        return given, f" {problem}."
    if found is None:
        return given, ""
    passphrase = found.passphrase.get_secret_value() if found.passphrase else None
    return Keys(
        found.secret.get_secret_value(),
        given.key or found.api_key.get_secret_value(),
        given.passphrase or passphrase,
    ), ""


def _variable(option: str, name: str | None) -> str | None:
    if name is None:
        return None
    value = os.environ.get(name)
    if value is None or not value.strip():
        # The name is not repeated: it may be a secret that was put there by mistake.
        raise Failure(
            f"The environment variable that {option} names is not set or is empty: give the name"
            " of one that holds the value, not the value."
        )
    return value
