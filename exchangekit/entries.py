"""What can be known of a plugin without importing it: its package, whether that was made for this
version of the kit, and whether it does more than offer venues.

The kit loads the venue that is asked for and leaves the others alone. So that no risk gate and no
observer is left out, a plugin may wait only where its own source, which is read and not run, has
nothing but the two hooks that offer venues; whatever is not as plain as that is loaded at once.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from importlib import metadata, util
from pathlib import Path
from typing import Any, Protocol

from exchangekit.adapter.declared_values import is_venue_name

_OFFERING = frozenset({"exchangekit_venues", "exchangekit_simulated_venues"})
_ONE = r"(?:==|!=|>=|<=|>|<)\s*\d+(?:\.\d+)*"
_PLAIN = re.compile(rf"exchangekit\s*({_ONE}(?:\s*,\s*{_ONE})*)?", re.IGNORECASE)
_BOUND = re.compile(r"(==|!=|>=|<=|>|<)\s*(\d+(?:\.\d+)*)")
_RELEASE = re.compile(r"\d+(?:\.\d+)*")


class EntryPoint(Protocol):
    """What is used of `importlib.metadata.EntryPoint`."""

    @property
    def name(self) -> str: ...

    @property
    def dist(self) -> Any: ...

    def load(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Package:
    """What a package says of itself."""

    name: str
    version: str
    requires: tuple[str, ...]


def package_of(dist: Any) -> Package:
    """Of an installed distribution. Its page is read as far as it is needed: as the message that
    the standard library makes of it, it would cost more than the plugin."""
    text = None
    if isinstance(dist, metadata.PathDistribution):
        text = dist.read_text("METADATA") or dist.read_text("PKG-INFO")
    head = (text or "").partition("\n\n")[0].splitlines()
    told = [line.partition(": ")[::2] for line in head]
    names = [value for name, value in told if name == "Name"]
    versions = [value for name, value in told if name == "Version"]
    needs = tuple(value for name, value in told if name == "Requires-Dist")
    if len(names) != 1 or len(versions) != 1 or not needs:
        return Package(dist.name, dist.version, tuple(dist.requires or ()))
    return Package(names[0], versions[0], needs)


def label(entry: EntryPoint) -> str:
    """Entry point and package, for whoever reads of it."""
    if entry.dist is None:
        return entry.name
    package = package_of(entry.dist)
    return f"{entry.name} ({package.name} {package.version})"


def why_unfit(entry: EntryPoint) -> str | None:
    """Why the plugin was not made for this version of the kit, None if it was."""
    if entry.dist is None:
        return None
    wanted = [
        one for one in package_of(entry.dist).requires if one.lower().startswith("exchangekit")
    ]
    if not wanted:
        return None
    kit = _kit()
    if kit is None or all(surely_fits(line, kit) for line in wanted):
        return None
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    for line in wanted:
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            continue
        same = canonicalize_name(requirement.name) == "exchangekit"
        if same and not requirement.specifier.contains(kit, prereleases=True):
            return f"it needs exchangekit {requirement.specifier}, installed is {kit}"
    return None


def surely_fits(requirement: str, kit: str) -> bool:
    """Whether a plain requirement (``exchangekit>=0.1,<0.2``) is met by a plain version; False as
    well for what only `packaging` can read."""
    plain = _PLAIN.fullmatch(requirement.strip())
    if plain is None or _RELEASE.fullmatch(kit) is None:
        return False
    have = _numbers(kit)
    for compared, version in _BOUND.findall(plain[1] or ""):
        wanted = _numbers(version)
        length = max(len(have), len(wanted))
        ours, theirs = _padded(have, length), _padded(wanted, length)
        fits = {
            "==": ours == theirs,
            "!=": ours != theirs,
            ">=": ours >= theirs,
            "<=": ours <= theirs,
            ">": ours > theirs,
            "<": ours < theirs,
        }
        if not fits[compared]:
            return False
    return True


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _padded(numbers: tuple[int, ...], length: int) -> tuple[int, ...]:
    return numbers + (0,) * (length - len(numbers))


@cache
def _kit() -> str | None:
    try:
        return package_of(metadata.distribution("exchangekit")).version
    except metadata.PackageNotFoundError:  # pragma: no cover - run from a bare source tree
        return None


def offers_venues_only(entry: EntryPoint) -> bool:
    """Whether the plugin, by its own source, does nothing but offer venues."""
    if not isinstance(entry, metadata.EntryPoint) or not is_venue_name(entry.name):
        return False
    if not entry.value.isidentifier():
        return False  # a part of a module, or an object in it
    try:
        found = util.find_spec(entry.value)
        if found is None or found.origin is None or not found.origin.endswith(".py"):
            return False
        tree = ast.parse(Path(found.origin).read_bytes())
    except (ImportError, OSError, ValueError, SyntaxError):
        return False  # loading it says what is wrong
    return all(map(_only_offers, tree.body))


def _only_offers(statement: ast.stmt) -> bool:
    """Whether a statement of a plugin's module brings no other hook than those that offer."""
    match statement:
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            bound = [one.asname or one.name for one in names]
            return not any(one == "*" or one.startswith("exchangekit_") for one in bound)
        case ast.FunctionDef(name=name):
            return name in _OFFERING
    return False
