"""`exchangekit new-venue`: a plugin package to fill in, complete or not there at all."""

from __future__ import annotations

import shlex
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from exchangekit.adapter.declared_values import is_venue_name
from exchangekit.cli.failures import Failure
from exchangekit.cli.options import AsJson
from exchangekit.cli.output import show_json, show_line
from exchangekit.plugins import Plugins, installed

_LONGEST_NAME = 30

Name = Annotated[
    str, typer.Argument(help="The venue's name: lower-case letters and digits.", show_default=False)
]
Folder = Annotated[
    Path, typer.Option("--dir", help="The folder in which to make the package's own folder.")
]


def new_venue(name: Name, dir: Folder = Path(), json: AsJson = False) -> None:
    """Write the package of a new venue: it installs, lists itself and says what is left to do."""
    from exchangekit import __version__
    from exchangekit.cli.skeleton import skeleton

    _check(name, installed())
    target = dir / f"exchangekit-{name}"
    files = skeleton(name, __version__)
    _write(target, files)
    if json:
        show_json({"venue": name, "folder": str(target), "files": sorted(files)})
        return
    show_line(f"Made {target} ({len(files)} files). What comes next:")
    for line in (
        f"cd {shlex.quote(str(target))}",
        "pip install -e '.[test]'",
        "exchangekit venues",
        "pytest    # says what is left to write, in which order",
    ):
        typer.echo(f"  {line}")


def _check(name: str, plugins: Plugins) -> None:
    """Raises Failure for a name that cannot be a venue's, or is one's already."""
    if not is_venue_name(name) or len(name) > _LONGEST_NAME:
        raise Failure(
            f"The name {name!r} will not do: take lower-case letters and digits, a letter first,"
            f" at most {_LONGEST_NAME}."
        )
    origin = " and ".join(one.origin for one in plugins.offers.get(name, ()))
    if origin:
        raise Failure(f"The venue {name!r} is installed already ({origin}): take another name.")
    if find_spec(f"exchangekit_{name}") is not None:
        raise Failure(f"A package exchangekit_{name} is installed already: take another name.")


def _write(target: Path, files: dict[str, str]) -> None:
    """Everything, or nothing: raises Failure."""
    if target.exists() or target.is_symlink():
        raise Failure(f"{target} exists already: nothing was written.")
    parent = target.parent
    if not parent.is_dir():
        raise Failure(f"There is no folder {parent}: nothing was written.")
    try:
        place = Path(tempfile.mkdtemp(prefix=".new-venue-", dir=parent))
    except OSError as problem:
        raise _cannot(parent, problem) from None
    try:
        for path, text in files.items():
            file = place / target.name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        (place / target.name).rename(target)
    except OSError as problem:
        raise _cannot(target, problem) from None
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _cannot(where: Path, problem: OSError) -> Failure:
    return Failure(f"Cannot write {where}: {problem.strerror or problem}. Nothing is left there.")
