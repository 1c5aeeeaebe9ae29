"""A pytest plugin of `mutants.py`: notes which lines of some modules each test runs, or runs only
chosen tests in a chosen order. What to do stands in the JSON file named by MUTANTS_PROBE."""

from __future__ import annotations

import inspect
import json
import os
import sys
import threading
import time
from collections.abc import Generator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

ASKED: dict[str, Any] = json.loads(Path(os.environ["MUTANTS_PROBE"]).read_text())
_lines: set[tuple[str, int]] = set()
_at_import: dict[str, set[tuple[str, int]]] = {}


def _trace(frame: FrameType, event: str, argument: object) -> Any:
    module = ASKED["watched"].get(frame.f_code.co_filename)
    if module is None or not frame.f_code.co_flags & inspect.CO_OPTIMIZED:
        return None  # another module, or what runs when it is imported
    _lines.add((module, frame.f_lineno))
    return _trace


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if order := ASKED["chosen"]:
        items[:] = [item for item in items if item.nodeid in order]
        items.sort(key=lambda item: order.index(item.nodeid))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, object]:
    """A file's tables of cases are made while it is imported: they count for all of its tests."""
    if ASKED["chosen"] or not isinstance(collector, pytest.Module):
        return (yield)
    _lines.clear()
    sys.settrace(_trace)
    try:
        return (yield)
    finally:
        sys.settrace(None)
        _at_import[collector.nodeid] = set(_lines)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    if ASKED["chosen"]:
        return (yield)
    if time.time() > ASKED["until"]:
        item.session.shouldstop = "time is up"
    failed, started = item.session.testsfailed, time.perf_counter()
    _lines.clear()
    threading.settrace(_trace)
    sys.settrace(_trace)
    try:
        return (yield)
    finally:
        sys.settrace(None)
        if item.session.testsfailed == failed:
            lines = _lines | _at_import.get(item.nodeid.partition("::")[0], set())
            seen = [item.nodeid, time.perf_counter() - started, sorted(lines)]
            with Path(ASKED["answer"]).open("a", encoding="utf-8") as answer:
                answer.write(json.dumps(seen) + "\n")
