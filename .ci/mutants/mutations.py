"""What a mutant is, and all those of a module: a comparison the other way round, `and` for `or`, a
number that is one more, a word with a letter more, a condition turned round, a result of None, a
statement left out. What only people read (docstrings, types, messages of errors) stays.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

OTHER: dict[type[ast.AST], Any] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn,
    ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And, ast.Add: ast.Sub, ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip


class Mutant(NamedTuple):
    module: str
    lines: range
    function: range | None
    change: str
    source: bytes


def replacements(node: ast.AST, role: str) -> Iterator[str]:
    """What may stand in the place of `node`, as source."""
    match node:
        case ast.Compare(left, [kind, *more], others):
            yield f"({ast.unparse(ast.Compare(left, [OTHER[type(kind)](), *more], others))})"
        case ast.BoolOp(kind, values):
            yield f"({ast.unparse(ast.BoolOp(OTHER[type(kind)](), values))})"
        case ast.BinOp(left, kind, right) if type(kind) in OTHER:
            yield f"({ast.unparse(ast.BinOp(left, OTHER[type(kind)](), right))})"
        case ast.UnaryOp(ast.Not(), operand):
            yield f"({ast.unparse(operand)})"
        case ast.Constant(bool(value)):
            yield str(not value)
        case ast.Constant(int(value)):
            yield str(value + 1)
        case ast.Constant(str(value)) if role != "words":
            yield repr(" ".join(value.split()[:-1]) if " " in value.strip() else value + "x")
        case ast.Return(ast.expr() as value) if ast.unparse(value) != "None":
            yield "return None"
        case ast.Expr() | ast.Raise() | ast.AugAssign() | ast.Break() | ast.Continue():
            yield "pass"
    if role == "test" and not isinstance(node, (ast.Compare, ast.UnaryOp)):
        yield f"(not ({ast.unparse(node)}))"


def places(node: ast.AST, role: str = "") -> Iterator[tuple[ast.AST, str]]:
    """What below `node` may be changed; "words" are what only people read, a "test" decides."""
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            docs = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
            types = name in ("annotation", "returns", "decorator_list")
            if docs or types or isinstance(child, ast.JoinedStr) or not isinstance(child, ast.AST):
                continue
            words = "words" if isinstance(node, ast.Raise) or role == "words" else ""
            decides = name == "test" and isinstance(node, (ast.If, ast.IfExp))
            yield child, "test" if decides else words
            yield from places(child, words)


def mutants_of(module: str) -> Iterator[Mutant]:
    source = Path(module).read_bytes()
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    tree, functions = ast.parse(source), list[range]()
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            functions.append(range(node.body[0].lineno, (node.end_lineno or 0) + 1))
    for node, role in places(tree):
        if isinstance(node, (ast.expr, ast.stmt)):
            lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
            first = starts[lines[0] - 1] + node.col_offset
            last = starts[lines[-1] - 1] + (node.end_col_offset or 0)
            function = min((span for span in functions if lines[0] in span), key=len, default=None)
            for new in replacements(node, role):
                change = " ".join(f"{source[first:last].decode()}  becomes  {new}".split())
                text = source[:first] + new.encode() + source[last:]
                yield Mutant(module, lines, function, change, text)
