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
from pathlib import Path
from typing import Annotated, Any

import typer

from exchangekit.adapter.credentials import secret_named
from exchangekit.adapter.private_keys import LONGEST
from exchangekit.adapter.scheme import KEY_KINDS
from exchangekit.cli import completing
from exchangekit.cli.failures import Failure
from exchangekit.credentials import key_variables, kinds_of
from exchangekit.plugins import installed

_EXTRA = ("h11",)
_SENDABLE = re.compile(r"[!-~]+")
_SECRET = "simulated-secret"  # noqa: S105 - opens nothing but a simulation

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
PublicKey = Annotated[
    Path | None,
    typer.Option(
        "--public-key",
        metavar="FILE",
        help="A public key in PEM, in the place of the secret: your programs sign with the private"
        " key that was made with it, on venues that take such keys.",
        show_default=False,
    ),
]
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
    secret: Secret = _SECRET,
    passphrase: Passphrase = "simulated-passphrase",  # noqa: S107 - as above
    public_key: PublicKey = None,
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
    pem = None
    if public_key is not None:
        if secret != _SECRET:
            raise Failure("--public-key takes the place of --secret: give one of them.")
        pem = _uploaded(public_key, venues)
    keys = {venue: _variables(venue, given) for venue in venues}
    if pem is not None:
        keys = {venue: _without_secret(known) for venue, known in keys.items()}

    def listening(venue: str, url: str) -> None:
        known = keys.get(venue, {})
        sys.stdout.write(json.dumps({"venue": venue, "url": url, "keys": known}) + "\n")
        sys.stdout.flush()
        if not as_json:
            sys.stderr.write(_exports(venue, url, known, private=pem is not None))
            sys.stderr.flush()

    from exchangekit.sim import serve

    raise typer.Exit(
        serve(
            chosen,
            key=key,
            secret=secret,
            passphrase=passphrase,
            public_key=pem,
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


def _without_secret(keys: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in keys.items() if not name.endswith("_API_SECRET")}


def _uploaded(path: Path, venues: list[str]) -> str:
    """The public key in that file, which all of `venues` take. Raises Failure, showing nothing of
    the file."""
    from exchangekit.sim.public_keys import read_public_key

    try:
        with path.open(encoding="utf-8") as file:
            pem = file.read(LONGEST)
    except (OSError, ValueError) as problem:
        why = problem.strerror if isinstance(problem, OSError) else "it is no text"
        raise Failure(f"--public-key cannot be read: {path}: {why}.") from None
    if "PRIVATE KEY" in pem:
        raise Failure(
            f"{path} is a private key, which stays with you: --public-key takes the public one that"
            f" was made with it (openssl pkey -in {shlex.quote(str(path))} -pubout)."
        )
    try:
        kind = read_public_key(pem).kind
    except ValueError as problem:
        raise Failure(f"--public-key {path}: {problem}.") from None
    known = installed().venues
    for venue in venues:
        if venue not in known:
            raise Failure(f"{venue} has no adapter here, so which keys it takes is not known.")
        adapter = installed().adapter(venue)
        if kind not in kinds_of(adapter):
            raise Failure(
                f"{adapter.title} takes no {KEY_KINDS[kind]} keys: it takes"
                f" {secret_named(*kinds_of(adapter))}."
            )
    return pem


def _exports(venue: str, url: str, keys: Mapping[str, str], *, private: bool) -> str:
    if not keys:
        return ""
    lines = [f"export {name}={shlex.quote(value)}" for name, value in keys.items()]
    if private:
        name = key_variables(installed().adapter(venue))[1]
        lines.append(f"# {name} is the private key that was made with the public one.")
    return "\n".join([f"# for programs that trade on {venue} at {url}:", *lines, ""])
