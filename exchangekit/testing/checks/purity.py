"""1 Purity: an adapter only describes requests and reads replies."""

from __future__ import annotations

import ast
import builtins
import contextlib
import os
import random
import socket
import sys
import time
from collections.abc import Iterator
from typing import Any, NoReturn
from unittest import mock

from exchangekit import adapter
from exchangekit.testing.check import check
from exchangekit.testing.checks.tour import described, descriptions, read_everything
from exchangekit.testing.rig import Rig

_IMPURE = frozenset(
    (
        *("httpx", "aiohttp", "requests", "urllib3", "socket", "ssl", "asyncio", "threading"),
        *("multiprocessing", "subprocess", "time", "random", "secrets", "uuid", "os"),
        *("tempfile", "sqlite3"),
    )
)
_OF_THE_CLOCK = frozenset({"now", "utcnow", "today"})


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Sockets, clocks, random numbers and files raise here.

    Replaced where they are and not passed in, since what an adapter takes without having been
    given it is what is looked for.
    """

    def refuse(*args: object, **kwargs: object) -> NoReturn:
        raise AssertionError("an adapter opens no socket or file and reads no clock and no dice")

    with contextlib.ExitStack() as stack:
        for place, name in (
            (socket, "socket"),
            (socket, "create_connection"),
            (time, "time"),
            (time, "time_ns"),
            (time, "monotonic"),
            (time, "sleep"),
            (random, "random"),
            (os, "urandom"),
            (builtins, "open"),
        ):
            stack.enter_context(mock.patch.object(place, name, refuse))
        yield


@check(1)
def describing_a_request_touches_nothing_outside(rig: Rig) -> None:
    ready = descriptions(rig)
    for part in adapter.__all__:
        getattr(adapter, part)  # what the kit loads when it is first asked for is not the adapter's
    with _alone():
        for name, describe in ready:
            assert describe().request.path.startswith("/"), name


@check(1)
def the_same_operation_describes_the_same_request_every_time(rig: Rig) -> None:
    first = [(name, call.request) for name, call in described(rig)]
    second = [(name, call.request) for name, call in described(rig)]
    assert first == second
    assert not vars(rig.adapter), "an adapter keeps no state"


@check(1, live="reads")
def reading_a_reply_touches_nothing_and_gives_the_same_every_time(rig: Rig) -> None:
    read_everything(rig)
    replies = [(one.operation, one.call, one.reply) for one in rig.sent if one.call is not None]
    assert len({name for name, _, _ in replies}) >= 5
    for name, call, reply in replies:
        first = call.parse(reply)
        with _alone():
            assert call.parse(reply) == first, name


@check(1)
def the_adapter_imports_nothing_that_could_reach_outside(rig: Rig) -> None:
    for name, tree in _modules(type(rig.adapter).__module__):
        for node in ast.walk(tree):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                for imported in _imported(node):
                    top = imported.partition(".")[0]
                    assert top not in _IMPURE, f"{name} imports {imported}"
                    assert not imported.startswith(
                        ("exchangekit.sim", "exchangekit.runtime", "exchangekit.connect")
                    ), f"{name} imports {imported}"
            elif isinstance(node, ast.Attribute) and node.attr in _OF_THE_CLOCK:
                raise AssertionError(f"{name} line {node.lineno}: .{node.attr} reads a clock")


def _modules(start: str) -> Iterator[tuple[str, ast.AST]]:
    """The adapter's module and what it imports of its own package."""
    package = start.partition(".")[0]
    pending, seen = [start], set[str]()
    while pending:
        name = pending.pop()
        module: Any = sys.modules.get(name)
        path = getattr(module, "__file__", None)
        if name in seen or path is None:
            continue
        seen.add(name)
        with open(path, encoding="utf-8") as file:  # noqa: PTH123
            tree = ast.parse(file.read())
        yield name, tree
        for node in ast.walk(tree):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                own = (one for one in _imported(node) if one.partition(".")[0] == package)
                own = (one for one in own if one != package)  # it registers, its adapter works
                pending.extend(own if package != "exchangekit" else ())


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    module = node.module or ""
    return [module, *(f"{module}.{alias.name}" for alias in node.names)]
