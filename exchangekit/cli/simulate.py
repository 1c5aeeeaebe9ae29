"""`exchangekit sim`: simulated venues on this machine until Ctrl-C.

Programs read a JSON line a venue on standard output. A person also sees, on standard error, the
`export` lines that let a program in another shell trade there.
"""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Annotated, Any

import typer

from exchangekit.cli import completing
from exchangekit.cli.failures import Failure
from exchangekit.credentials import key_variables
from exchangekit.plugins import installed

_EXTRA = ("h11",)
_SENDABLE = re.compile(r"[!-~]+")

Names = Annotated[
    list[str],
    typer.Argument(
        help="Venues to simulate.",
        show_default=False,
        autocompletion=completing.simulated_venues,
    ),
]
# The keys of a simulated venue open nothing else, so they may stand on the command line.
Key = Annotated[str, typer.Option("--key", help="The API key that the venues accept.")]
Secret = Annotated[str, typer.Option("--secret", help="Its secret.")]
Passphrase = Annotated[str, typer.Option("--passphrase", help="Its passphrase, where one is used.")]
Seed = Annotated[int, typer.Option("--seed", help="Same seed, same market.")]
Port = Annotated[
    int,
    typer.Option("--port", min=0, max=65535, help="First port; 0 takes any that is free."),
]


def missing_extra() -> str | None:
    """The sentence that says what to install, None if nothing is missing."""
    missing = [name for name in _EXTRA if find_spec(name) is None]
    if not missing:
        return None
    return f"Simulated venues need {' and '.join(missing)}: pip install 'exchangekit[sim]'"


def dialects(names: list[str]) -> list[Any]:
    """The dialects of the named venues, in that order. Raises Failure."""
    missing = missing_extra()
    if missing:
        raise Failure(missing)
    plugins = installed()
    offered = plugins.simulated()
    for name in names:
        if name not in offered:
            reasons = [one.reason for one in plugins.problems if one.plugin.split(" ")[0] == name]
            known = ", ".join(sorted(offered)) or "none"
            why = f": {'; '.join(reasons)}" if reasons else f" (there is: {known})."
            raise Failure(f"There is no simulated venue {name!r}{why}")
        if names.count(name) > 1:
            raise Failure(f"The venue {name!r} is named twice.")
    return [offered[name] for name in names]


def sim(
    venues: Names,
    key: Key = "simulated-key",
    secret: Secret = "simulated-secret",  # noqa: S107 - opens nothing but a simulation
    passphrase: Passphrase = "simulated-passphrase",  # noqa: S107 - as above
    seed: Seed = 7,
    port: Port = 0,
    as_json: Annotated[
        bool, typer.Option("--json", help="Only the JSON lines, no export lines.")
    ] = False,
) -> None:
    """Run simulated venues on this machine; a JSON line each says where and with which keys, and
    the export lines that follow give those to your programs. Ctrl-C ends them."""
    chosen = dialects(venues)
    given = (key, secret, passphrase)
    for option, value in zip(("--key", "--secret", "--passphrase"), given, strict=True):
        if not _SENDABLE.fullmatch(value):
            raise Failure(f"{option} is empty or has spaces or letters that are not ASCII in it.")
    keys = {venue: _variables(venue, given) for venue in venues}

    def listening(venue: str, url: str) -> None:
        known = keys.get(venue, {})
        sys.stdout.write(json.dumps({"venue": venue, "url": url, "keys": known}) + "\n")
        sys.stdout.flush()
        if not as_json:
            sys.stderr.write(_exports(venue, url, known))
            sys.stderr.flush()

    from exchangekit.sim import serve

    raise typer.Exit(
        serve(
            chosen,
            key=key,
            secret=secret,
            passphrase=passphrase,
            seed=seed,
            port=port,
            listening=listening,
        )
    )


def _variables(venue: str, given: tuple[str, ...]) -> dict[str, str]:
    """The environment variables with which `connect` finds the keys of this simulation."""
    if venue not in installed().venues:
        return {}
    return dict(zip(key_variables(installed().adapter(venue)), given, strict=False))


def _exports(venue: str, url: str, keys: Mapping[str, str]) -> str:
    if not keys:
        return ""
    lines = [f"export {name}={shlex.quote(value)}" for name, value in keys.items()]
    return "\n".join([f"# for programs that trade on {venue} at {url}:", *lines, ""])
