"""Finding, loading and reporting plugins.

Entry points of the group ``exchangekit`` are loaded one by one. One that fails to import, was
made for another version of the kit, has a bad name or misspells a hook is reported by name and
does not stop the others. A venue that two offer is nobody's until the user says whose it shall
be: whichever it were, it would be given the key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from threading import RLock
from types import ModuleType
from typing import Any

import pluggy

from exchangekit.adapter.base import Adapter
from exchangekit.adapter.declared_values import is_venue_name
from exchangekit.entries import (
    EntryPoint,
    label,
    offers_venues_only,
    package_of,
    why_unfit,
)
from exchangekit.errors import PluginError, UnknownVenue
from exchangekit.hookspecs import GROUP, ExchangeKitHooks, new_manager

_PREFIX = "exchangekit_"


@dataclass(frozen=True, slots=True)
class PluginProblem:
    """A plugin, or a part of it, that cannot be used."""

    plugin: str
    reason: str


@dataclass(frozen=True, slots=True)
class Offer:
    """One plugin's adapter for a venue. `package` is what a user writes to choose it."""

    adapter: type[Adapter]
    origin: str
    package: str


class Plugins:
    """What was found. `venues` and `origins` hold those that a single plugin offers, `offers` what
    every plugin does.

    Plugins that do nothing but offer venues may wait until one of them is asked for, by name, or
    all are: whoever wants one venue does not load the others.
    """

    def __init__(self, manager: pluggy.PluginManager) -> None:
        self.manager = manager
        self._venues: dict[str, type[Adapter]] = {}
        self._origins: dict[str, str] = {}
        self._problems: list[PluginProblem] = []
        self._offers: dict[str, list[Offer]] = {}
        self._waiting: list[EntryPoint] = []
        self._loading: list[EntryPoint] = []
        self._lock = RLock()

    @property
    def venues(self) -> dict[str, type[Adapter]]:
        self.complete()
        return self._venues

    @property
    def origins(self) -> dict[str, str]:
        self.complete()
        return self._origins

    @property
    def problems(self) -> list[PluginProblem]:
        self.complete()
        return self._problems

    @property
    def offers(self) -> dict[str, list[Offer]]:
        self.complete()
        return self._offers

    def complete(self) -> None:
        """Load whatever waits."""
        if self._waiting:
            self._load_those(lambda entry: True)

    def _load_those(self, wanted: Callable[[EntryPoint], bool]) -> None:
        with self._lock:
            for entry in [one for one in self._waiting if wanted(one)]:
                if entry in self._loading:
                    continue  # its own import asks for plugins
                self._loading.append(entry)
                self.load(entry)
                self._waiting.remove(entry)

    def wait_for(self, entry: EntryPoint) -> None:
        """Load `entry` when it is wanted."""
        self._waiting.append(entry)

    def adapter(self, venue: str) -> Adapter:
        """The adapter of ``"mexc"``, or of one package: ``"exchangekit-mexc:mexc"``.

        Raises UnknownVenue, or PluginError if its plugin is broken or several offer the venue.
        """
        if self._waiting and isinstance(venue, str):
            self._load_those(lambda entry: entry.name == venue)
            if venue in self._venues:
                return self._made(self._venues[venue], venue)
        found = self.venues.get(venue) if isinstance(venue, str) else None
        if found is not None:
            return self._made(found, venue)
        name = venue.rpartition(":")[2] if isinstance(venue, str) else None
        if name in self.offers:
            return self._made(self._offered(venue).adapter, venue)
        for problem in self.problems:
            if problem.plugin.split(" ")[0] == name:
                raise PluginError(f"the plugin for {venue!r} cannot be used: {problem.reason}")
        raise UnknownVenue(self._unknown(venue))

    def _made(self, adapter: type[Adapter], venue: str) -> Adapter:
        try:
            return adapter()
        except Exception as problem:
            said = _failed(f"{adapter.__name__}() failed", problem, adapter)
            raise PluginError(f"the plugin for {venue!r} cannot be used: {said}") from problem

    def disputed(self) -> tuple[str, ...]:
        """The names by which the offers for venues of several plugins are chosen."""
        return tuple(
            choice
            for venue in sorted(self.offers)
            if venue not in self.venues
            for choice in _choices(venue, self.offers[venue])
        )

    def origin(self, venue: str) -> str:
        """The plugin that `adapter` takes for `venue`."""
        return self.origins.get(venue) or self._offered(venue).origin

    def package(self, venue: str) -> str:
        """What pip installs of that plugin: one package may bring several venues."""
        return self._offered(venue).package

    def _offered(self, venue: str) -> Offer:
        package, _, name = venue.rpartition(":")
        offered = self.offers[name]
        chosen = [one for one in offered if not package or _same(one.package, package)]
        if len(chosen) == 1:
            return chosen[0]
        if not chosen:
            have = " and ".join(dict.fromkeys(one.package for one in offered))
            raise UnknownVenue(f"the package {package!r} offers no venue {name!r} ({have} does)")
        claim = " and ".join(one.origin for one in offered)
        how = _how(name, offered)
        raise PluginError(
            f"several plugins offer {name!r} ({claim}), and only one may be given your key: {how}"
        )

    def _unknown(self, venue: Any) -> str:
        from difflib import get_close_matches

        known = ", ".join(sorted(self.venues)) or "none"
        said = f"no installed plugin offers a venue {venue!r} (installed: {known})."
        if not isinstance(venue, str):
            return said
        near = get_close_matches(venue.strip().lower(), self.venues, n=1)
        if near:
            return f"{said} Did you mean {near[0]!r}?"
        if not is_venue_name(venue):
            return f"{said} Names are lower-case letters and digits."
        if self.problems:
            broken = ", ".join(dict.fromkeys(problem.plugin for problem in self.problems))
            said += f" A plugin that cannot be used may offer it: {broken}."
        return f"{said} Venues are separate packages: pip install exchangekit-{venue}"

    def simulated(self) -> dict[str, Any]:
        """Simulated venues by name. Plugins whose simulation cannot be imported are reported."""
        found: dict[str, Any] = {}
        self.complete()
        for implementation in self.manager.hook.exchangekit_simulated_venues.get_hookimpls():
            if implementation.wrapper or implementation.hookwrapper:
                continue
            function: Any = implementation.function
            try:
                offered = dict(function())
            except Exception as problem:
                said = _failed("its simulated venue failed", problem, function)
                self.report(implementation.plugin_name, said)
                continue
            for name, dialect in offered.items():
                if name in found:
                    self.report(implementation.plugin_name, f"simulates {name!r} a second time")
                else:
                    found[name] = dialect
        return found

    def report(self, plugin: str, reason: str) -> None:
        problem = PluginProblem(plugin, reason)
        if problem not in self._problems:
            self._problems.append(problem)

    def load(self, entry: EntryPoint) -> None:
        """Import one plugin and register it; whatever is wrong with it is reported."""
        name = label(entry)
        if not is_venue_name(entry.name):
            self.report(
                name, f"the entry point {entry.name!r} is not lower-case letters and digits"
            )
            return
        unfit = why_unfit(entry)
        if unfit is not None:
            self.report(name, unfit)
            return
        try:
            plugin = entry.load()
        except (Exception, SystemExit) as problem:
            from exchangekit.adapter.authors import not_imported

            self.report(name, not_imported(problem, getattr(entry, "value", None)))
            return
        try:
            package = entry.name if entry.dist is None else package_of(entry.dist).name
            self.add(plugin, name, package)
        except Exception as problem:
            self.report(name, _failed("it could not be registered", problem))

    def add(self, plugin: Any, name: str, package: str) -> None:
        """Register one loaded plugin: its hooks, then the venues that it offers."""
        for misspelt in _misspelt(plugin):
            self.report(name, misspelt)
        try:
            registered = self.manager.register(plugin, name=name)
        except (ValueError, pluggy.PluginValidationError) as problem:
            if self.manager.get_plugin(name) is plugin:
                self.manager.unregister(plugin)
            self.report(name, f"it could not be registered: {problem}")
            return
        if registered is None:
            return
        callers = self.manager.get_hookcallers(plugin) or []
        if not any(caller.name == "exchangekit_venues" for caller in callers):
            return
        try:
            offered = list(plugin.exchangekit_venues())
        except Exception as problem:
            what = "its exchangekit_venues failed"
            self.report(name, _failed(what, problem, plugin.exchangekit_venues))
            return
        for adapter in offered:
            self._offer(adapter, name, package)

    def _offer(self, adapter: Any, origin: str, package: str) -> None:
        if not (isinstance(adapter, type) and issubclass(adapter, Adapter)):
            self.report(origin, f"it offers {adapter!r}, which is not an Adapter class")
            return
        venue: Any = getattr(adapter, "venue", None)
        if not is_venue_name(venue):
            self.report(
                origin,
                f"the venue name {venue!r} is not lower-case letters and digits",
            )
        else:
            absent = [
                name
                for name in ("title", "environments", "signer", "errors", "capabilities")
                if not hasattr(adapter, name)
            ]
            if adapter.error_in is Adapter.error_in and adapter.envelope is None:
                absent.append("error_in")
            if absent:
                self.report(origin, f"its adapter {venue!r} lacks {', '.join(absent)}")
            else:
                self._take(venue, Offer(adapter, origin, package))

    def _take(self, venue: str, offer: Offer) -> None:
        offered = self._offers.setdefault(venue, [])
        offered.append(offer)
        if len(offered) == 1:
            self._venues[venue] = offer.adapter
            self._origins[venue] = offer.origin
            return
        self._venues.pop(venue, None)
        self._origins.pop(venue, None)
        how = _how(venue, offered)
        for one in offered[:-1]:
            self.report(one.origin, f"it offers {venue!r}, which {offer.origin} offers too: {how}")
            self.report(offer.origin, f"it offers {venue!r}, which {one.origin} offers too: {how}")


def load(entry_points: Iterable[EntryPoint]) -> Plugins:
    """Load plugins one by one, in the order of their names; those that only offer venues when one
    of them is wanted."""
    found = Plugins(new_manager())
    for entry in sorted(entry_points, key=lambda entry: entry.name):
        if offers_venues_only(entry):
            found.wait_for(entry)
        else:
            found.load(entry)
    return found


@cache
def installed() -> Plugins:
    """The plugins of this environment, loaded once."""
    return load(metadata.entry_points(group=GROUP))


def manager_with(plugins: Plugins, extra: Iterable[Any]) -> pluggy.PluginManager:
    """The installed plugins' hooks plus objects that a user passed to ``connect(hooks=…)``.

    Raises PluginError for an object that implements no hook or misspells one.
    """
    try:
        extra = tuple(extra)
    except TypeError:
        raise PluginError(f"hooks is {_name_of(extra)}, expected a list of hook objects") from None
    if not extra:
        return plugins.manager
    if any(isinstance(one, ModuleType) for one in extra):
        plugins.complete()  # it may be an installed plugin, given a second time
    manager = new_manager()
    for name, plugin in plugins.manager.list_name_plugin():
        if plugin is not None:
            manager.register(plugin, name=name)
    for plugin in extra:
        name = _name_of(plugin)
        wrong = _misspelt(plugin)
        if wrong:
            raise PluginError(f"the hook object {name} is wrong: {'; '.join(wrong)}")
        if any(plugin is known for _, known in manager.list_name_plugin()):
            raise PluginError(f"the hook object {name} is given twice, or is an installed plugin")
        try:
            manager.register(plugin, name=_free(name, manager))
        except (ValueError, pluggy.PluginValidationError) as problem:
            raise PluginError(f"the hook object {name} is wrong: {problem}") from None
        if not manager.get_hookcallers(plugin):
            raise PluginError(
                f"the hook object {name} implements no hook: mark its functions with"
                " @exchangekit.hookimpl"
            )
    return manager


def _same(one: str, other: str) -> bool:
    """Whether these name one package: Kit_Toy is kit-toy."""
    from packaging.utils import canonicalize_name

    return canonicalize_name(one) == canonicalize_name(other)


def _choices(venue: str, offered: list[Offer]) -> list[str]:
    """What names one of these offers alone."""
    packages = [one.package for one in offered]
    return [f"{one}:{venue}" for one in packages if packages.count(one) == 1]


def _how(venue: str, offered: list[Offer]) -> str:
    """What the user can do about offers that contradict each other."""
    choices = " or ".join(f'"{one}"' for one in _choices(venue, offered))
    return f"say which, as {choices}, or uninstall one" if choices else "the package must be mended"


def _failed(what: str, problem: Exception, made: Any = None) -> str:
    """`what` and why, with the line of whoever wrote `made`."""
    from exchangekit.adapter.authors import failed

    return failed(what, problem, getattr(made, "__module__", None))


def _name_of(plugin: Any) -> str:
    return getattr(plugin, "__name__", None) or type(plugin).__name__


def _free(name: str, manager: pluggy.PluginManager) -> str:
    """`name`, numbered where another hook object has it already."""
    number, free = 1, name
    while manager.has_plugin(free):
        number += 1
        free = f"{name}-{number}"
    return free


def _misspelt(plugin: Any) -> list[str]:
    """Functions that look like hooks and are none: misspelt, or not marked."""
    known = {name for name in vars(ExchangeKitHooks) if name.startswith(_PREFIX)}
    wrong = []
    for name in dir(plugin):
        if not name.startswith(_PREFIX) or not callable(getattr(plugin, name, None)):
            continue
        if name not in known:
            hooks = ", ".join(sorted(known))
            wrong.append(f"{name} is no hook (hooks: {hooks})")
        elif not hasattr(getattr(plugin, name), f"{GROUP}_impl"):
            wrong.append(f"{name} is not marked with @exchangekit.hookimpl")
    return wrong
