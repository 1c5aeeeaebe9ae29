"""Makes `Exchange` and `SyncExchange` from `Operations`: ``make facade``; ``--check`` compares.

Each public method of the interface becomes a method with the same signature and docstring. What
gives ``Flow[T]`` gives ``T``, what gives ``Pages[T]`` iterates over ``T``, the rest is passed on.
The text comes out as ruff would format it.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
INTERFACE = ROOT / "exchangekit/operations/interface.py"
WIDTH = 100
MADE = "Made from `exchangekit.operations.interface` by ``make facade``: change it there, not here."


@dataclass(frozen=True)
class Kind:
    """One of the two exchanges."""

    file: str
    name: str
    base: str
    asynchronous: bool
    module: str
    docstring: str


KINDS = (
    Kind(
        "asynchronous.py",
        "Exchange",
        "AsyncFacade",
        True,
        "`Exchange`, async.",
        "An exchange, async: use it in ``async with``. `connect` opens one venue, and any\n"
        "    `exchangekit.operations.Operations` can serve one.",
    ),
    Kind(
        "synchronous.py",
        "SyncExchange",
        "SyncFacade",
        False,
        "`SyncExchange`, without ``await``.",
        "An exchange, sync: use it in ``with``; may be used from several threads. `connect_sync`\n"
        "    opens one venue, and any `exchangekit.operations.Operations` can serve one.",
    ),
)


def made(source: str, kind: Kind) -> str:
    """The module that holds the exchange of this kind."""
    tree = ast.parse(source)
    interface = next(
        node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Operations"
    )
    methods = [
        "\n".join(_method(source, node, kind))
        for node in interface.body
        if isinstance(node, ast.FunctionDef) and node.name[0] != "_"
    ]
    body = "\n\n".join(methods)
    head = f'"""{kind.module}\n\n{MADE}\n"""\n\nfrom __future__ import annotations\n'
    imports = "\n".join(_imports(source, tree, body, kind))
    opening = f'class {kind.name}({kind.base}):\n    """{kind.docstring}"""'
    return f"{head}\n{imports}\n\n\n{opening}\n\n{body}\n"


def _method(source: str, node: ast.FunctionDef, kind: Kind) -> Iterator[str]:
    said = node.body[0]
    assert isinstance(said, ast.Expr), f"{node.name} has no docstring"
    docstring = source.splitlines()[said.lineno - 1 : said.end_lineno]
    result = ast.get_source_segment(source, node.returns) if node.returns else None
    assert result, f"{node.name} does not say what it gives"
    if any(isinstance(one, ast.Name) and one.id == "property" for one in node.decorator_list):
        yield "    @property"
        yield f"    def {node.name}(self) -> {result}:"
        yield from docstring
        yield f"        return self._operations.{node.name}"
        return
    inner = ("self._operations." + node.name, _passed(node.args))
    parameters = _parameters(source, node.args)
    flow, each = _inside(result, "Flow"), _inside(result, "Pages")
    is_async = kind.asynchronous and bool(flow or each)
    start = f"    {'async ' if is_async else ''}def {node.name}"
    if each:
        result = f"{'Async' if is_async else ''}Iterator[{each}]"
    yield from _call(start, parameters, f" -> {flow or result}:")
    yield from docstring
    waiting = "await " if is_async else ""
    if each:
        yield from _call(f"        for page in {inner[0]}", inner[1], ":")
        if is_async:
            yield "            for one in await self._driver.run(page):"
            yield "                yield one"
        else:
            yield "            yield from self._driver.run(page)"
    elif flow:
        yield from _nested(f"        return {waiting}self._driver.run", *inner)
    else:
        yield from _call(f"        return {inner[0]}", inner[1], "")


def _inside(result: str, name: str) -> str | None:
    if result.startswith(f"{name}[") and result.endswith("]"):
        return result[len(name) + 1 : -1]
    return None


def _parameters(source: str, found: ast.arguments) -> list[str]:
    """What is between the parentheses of the definition."""

    def written(one: ast.arg, default: ast.expr | None) -> str:
        text = ast.get_source_segment(source, one)
        assert text is not None
        if default is None:
            return text
        return f"{text} = {ast.get_source_segment(source, default)}"

    assert not found.posonlyargs
    assert found.kwarg is None
    bare = len(found.args) - len(found.defaults)
    defaults: list[ast.expr | None] = [*[None] * bare, *found.defaults]
    parts = [written(one, value) for one, value in zip(found.args, defaults, strict=True)]
    if found.vararg:
        parts.append("*" + written(found.vararg, None))
    elif found.kwonlyargs:
        parts.append("*")
    named = zip(found.kwonlyargs, found.kw_defaults, strict=True)
    return parts + [written(one, value) for one, value in named]


def _passed(found: ast.arguments) -> list[str]:
    """The same arguments, passed on."""
    parts = [one.arg for one in found.args[1:]]
    if found.vararg:
        parts.append(f"*{found.vararg.arg}")
    return parts + [f"{one.arg}={one.arg}" for one in found.kwonlyargs]


def _call(start: str, parts: list[str], end: str) -> list[str]:
    """``start(parts)end`` on one line, on three, or with a line for each part."""
    indent = " " * (len(start) - len(start.lstrip()))
    together = ", ".join(parts)
    if len(f"{start}({together}){end}") <= WIDTH:
        return [f"{start}({together}){end}"]
    if len(indent) + 4 + len(together) <= WIDTH:
        return [f"{start}(", f"{indent}    {together}", f"{indent}){end}"]
    return [f"{start}(", *[f"{indent}    {part}," for part in parts], f"{indent}){end}"]


def _nested(start: str, inner: str, parts: list[str]) -> list[str]:
    """``start(inner(parts))`` on as many lines as it takes."""
    whole = f"{start}({inner}({', '.join(parts)}))"
    if len(whole) <= WIDTH:
        return [whole]
    return [f"{start}(", *_call(f"            {inner}", parts, ""), "        )"]


def _imports(source: str, tree: ast.Module, body: str, kind: Kind) -> Iterator[str]:
    used = {
        node.id for node in ast.walk(ast.parse(f"class It:\n{body}")) if isinstance(node, ast.Name)
    }
    found: dict[str, set[str]] = {"exchangekit.exchange.facade": {kind.base}}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module != "__future__":
            names = {one.name for one in node.names} & used
            if names:
                found.setdefault(node.module, set()).update(names)
    found.setdefault("collections.abc", set()).update({"AsyncIterator", "Iterator"} & used)
    for own in (False, True):
        for module in sorted(found):
            if module.startswith("exchangekit.") is own:
                yield from _import(module, sorted(found[module]))
        if not own:
            yield ""


def _import(module: str, names: list[str]) -> list[str]:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= WIDTH:
        return [line]
    return [f"from {module} import (", *[f"    {name}," for name in names], ")"]


def main(arguments: list[str]) -> int:
    source = INTERFACE.read_text(encoding="utf-8")
    stale = []
    for kind in KINDS:
        path = ROOT / "exchangekit/exchange" / kind.file
        text = made(source, kind)
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(path.relative_to(ROOT).as_posix())
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8")
    if stale and "--check" in arguments:
        sys.stderr.write(f"{', '.join(stale)}: not what the interface says. Run `make facade`.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
