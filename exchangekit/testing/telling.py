"""What is said of a check that failed, in about ten lines: what was expected, what the venue was
asked and said, and the author's own line.

The kit's stack is left out: it is long, and what is to be mended is not in it.
"""

from __future__ import annotations

import inspect
import linecache
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from exchangekit.adapter.authors import Line, own_line
from exchangekit.adapter.request import Reply
from exchangekit.excerpts import excerpt
from exchangekit.testing.check import Check
from exchangekit.testing.rig import Rig, Sent

_CHECKS = "exchangekit.testing.checks"
_LONGEST, _MOST = 300, 3
WHOLE = "pytest -vv shows the whole stack."


def failure(check: Check, way: str, rig: Rig, problem: BaseException) -> str:
    """The lines; nothing secret is in them."""
    return rig.credentials.mask("\n".join(_lines(check, way, rig, problem)))


def _lines(check: Check, way: str, rig: Rig, problem: BaseException) -> Iterator[str]:
    yield f"{rig.adapter.title}, {way}: {check.name.replace('_', ' ')}."
    asked = _asked(problem)
    if asked is not None:
        yield f"  {'expected' if asked.startswith('assert ') else 'doing':8}  {_cut(asked)}"
    name = "" if isinstance(problem, AssertionError) else f"{type(problem).__name__}: "
    told = f"{name}{problem}".splitlines()
    for number, line in enumerate(told[:_MOST]):
        yield f"  {'' if number else 'found':8}  {_cut(line)}"
    sent = _concerned(rig, getattr(problem, "operation", None))
    if sent is not None:
        yield f"  asked     {_request(sent)} ({sent.operation})"
        yield f"  it said   {_reply(sent)}"
    adapter = type(rig.adapter)
    own = own_line(problem, adapter.__module__)
    if own is not None:
        yield f"  yours     {own}  {linecache.getline(own.file, own.number).strip()}".rstrip()
    elif sent is not None and (at := _written(adapter, sent.operation)) is not None:
        yield f"  yours     {at}  {sent.operation}"
    yield f"  {WHOLE}"


def _asked(problem: BaseException) -> str | None:
    """The line of the check that was not true, as it is written."""
    found: Line | None = None
    last = problem.__traceback__
    while last is not None:
        if last.tb_frame.f_globals.get("__name__", "").startswith(_CHECKS):
            found = Line(last.tb_frame.f_code.co_filename, last.tb_lineno)
            text = _statement(last, found)
        last = last.tb_next
    return None if found is None else text


def _statement(at: TracebackType, line: Line) -> str:
    positions = list(at.tb_frame.f_code.co_positions())
    end = positions[at.tb_lasti // 2][1] if at.tb_lasti // 2 < len(positions) else None
    rows = [
        linecache.getline(line.file, number).strip()
        for number in range(line.number, max(line.number, end or 0) + 1)
    ]
    return " ".join(rows)


def _concerned(rig: Rig, operation: str | None) -> Sent | None:
    """The request that the problem is about: the last of its operation, else the last of all."""
    of_it = rig.requests(operation) if operation else []
    others = [one for one in rig.sent if one.operation != "fetch_time"]
    concerned = of_it or others or rig.sent
    return concerned[-1] if concerned else None


def _request(sent: Sent) -> str:
    request = sent.request
    values = "&".join(f"{name}={value}" for name, value in request.params)
    body = f" {excerpt(request.body)}" if request.body else ""
    return _cut(f"{request.method} {request.path}{'?' if values else ''}{excerpt(values)}{body}")


def _reply(sent: Sent) -> str:
    if isinstance(sent.result, Reply):
        return f"HTTP {sent.result.status} {excerpt(sent.result.body, _LONGEST)}".rstrip()
    return _cut(f"nothing: {type(sent.result).__name__}: {sent.result}")


def _written(adapter: type, operation: str) -> Line | None:
    """Where the author describes that operation."""
    try:
        code = inspect.unwrap(getattr(adapter, operation)).__code__
    except AttributeError:
        return None
    kits = Path(sys.modules["exchangekit"].__path__[0])
    return (
        None
        if kits in Path(code.co_filename).parents
        else Line(code.co_filename, code.co_firstlineno)
    )


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
