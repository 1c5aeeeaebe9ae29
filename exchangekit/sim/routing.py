"""Which endpoint of a venue a request is for, by method and path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from exchangekit.sim.context import Route
from exchangekit.sim.http import RawRequest


class Router:
    """A venue's endpoints. Paths are as they came off the wire, not decoded."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._fixed: dict[str, dict[str, Route]] = {}
        self._patterns: list[tuple[re.Pattern[str], Route]] = []
        for route in routes:
            self._add(route)

    def find(self, request: RawRequest) -> tuple[Route | None, Mapping[str, str]]:
        """The endpoint and the decoded ``{name}`` segments of its path; None if there is none."""
        path = request.path.decode("latin-1")
        route = self._fixed.get(path, {}).get(request.method)
        if route is not None:
            return route, {}
        for pattern, candidate in self._patterns:
            found = pattern.fullmatch(path)
            if found and candidate.method == request.method:
                return candidate, {name: unquote(part) for name, part in found.groupdict().items()}
        return None, {}

    def allowed(self, request: RawRequest) -> list[str]:
        """The methods this path exists for."""
        path = request.path.decode("latin-1")
        methods = set(self._fixed.get(path, {}))
        methods.update(route.method for pattern, route in self._patterns if pattern.fullmatch(path))
        return sorted(methods)

    def _add(self, route: Route) -> None:
        if "{" in route.path:
            pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(route.path))
            self._patterns.append((re.compile(pattern), route))
        else:
            self._fixed.setdefault(route.path, {})[route.method] = route
