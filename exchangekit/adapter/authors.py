"""What is said of a plugin that cannot be used: what was wrong, where in the author's own code, and
what to do about it.

Whoever reads it has written the plugin or has just installed it. Of a stack only one line is theirs
to mend: the innermost one that is neither the kit's nor Python's nor another library's.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from types import TracebackType

NOT_TOLD = "(Not written yet: what the users of this venue must know.)"
"""Stands in the README of a new package, in the place of the venue's own page."""

_KIT = __name__.partition(".")[0]
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file, by its number from 1."""

    file: str
    number: int

    def __str__(self) -> str:
        return f"{self.file}:{self.number}"


def own_line(problem: BaseException, package: str | None = None) -> Line | None:
    """The author's own line behind `problem`, None where no line of theirs was reached.

    `package` is what the author's modules are called or lie in, where that is known. Of a file that
    cannot be compiled it is the line at which Python gave up.
    """
    if isinstance(problem, SyntaxError) and problem.filename and problem.lineno:
        return Line(problem.filename, problem.lineno)
    seen: set[int] = set()
    cause: BaseException | None = problem
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        found = _innermost(cause.__traceback__, package)
        if found is not None:
            return found
        cause = cause.__cause__ or cause.__context__
    return None


def not_imported(problem: BaseException, value: str | None) -> str:
    """Why an entry point cannot be loaded. `value` is what it names: ``package.module:object``."""
    module = value.partition(":")[0].strip() if value else None
    said = failed("it cannot be imported", problem, module and module.partition(".")[0])
    advice = _advice(problem, module)
    if module is not None:
        advice = f"{advice} The whole story: python -c 'import {module}'".strip()
    return f"{said}. {advice}" if advice else said


def failed(what: str, problem: BaseException, package: str | None) -> str:
    """`what`, the error in one line, and the line of the author's own at which it came up."""
    words = problem.msg if isinstance(problem, SyntaxError) else str(problem)
    words = " ".join(words.split())
    words = words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"
    said = f"{what}: {type(problem).__name__}: {words}".rstrip(": ")
    line = own_line(problem, package)
    return said if line is None else f"{said} ({line})"


def _advice(problem: BaseException, module: str | None) -> str:
    if isinstance(problem, ModuleNotFoundError) and problem.name:
        if module is not None and f"{module}.".startswith(f"{problem.name}."):
            return (
                f"Its entry point in pyproject.toml names {module}: is that spelt as the folder is,"
                " and is the package whole?"
            )
        top = problem.name.partition(".")[0]
        if module is not None and top == module.partition(".")[0]:
            return f"The package has no {problem.name}: is it spelt so, is the file installed?"
        if top in sys.modules:
            return f"The installed {top} has no {problem.name}: is its version the right one?"
        return f"Install {top}, and list it under dependencies in the plugin's pyproject.toml."
    if isinstance(problem, ImportError) and problem.name:
        return _not_in(problem.name, getattr(problem, "name_from", None))
    if isinstance(problem, SyntaxError):
        return "Python cannot read that file."
    if isinstance(problem, SystemExit):
        return "A plugin must not end the program when it is imported."
    return ""


def _not_in(module: str, name: str | None) -> str:
    """What to do where `module` was found, and has no `name` (None before Python 3.12)."""
    from difflib import get_close_matches

    here = sys.modules.get(module)
    near = get_close_matches(name, dir(here), n=1) if name and here is not None else []
    meant = f"Did you mean {near[0]!r}? " if near else ""
    if module.partition(".")[0] == _KIT:
        return f"{meant}The reference says what {module} has in the installed version of the kit."
    return f"{meant}Look into {getattr(here, '__file__', None) or module}."


def _innermost(traceback: TracebackType | None, package: str | None) -> Line | None:
    found = None
    while traceback is not None:
        name = traceback.tb_frame.f_globals.get("__name__", "")
        if _is_the_authors(name, package):
            found = Line(traceback.tb_frame.f_code.co_filename, traceback.tb_lineno)
        traceback = traceback.tb_next
    return found


def _is_the_authors(module: str, package: str | None) -> bool:
    top = module.partition(".")[0]
    if package is not None:
        return top == package.partition(".")[0]
    return top != _KIT and top not in sys.stdlib_module_names
