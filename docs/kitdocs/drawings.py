"""The drawings of the design page, as SVG that takes its colours from the page.

The floors are those of the import contract in pyproject.toml. A floor that has no line here raises
ValueError: the drawing cannot fall behind.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from xml.sax.saxutils import escape

WIDTH = 360
_FLOORS = {
    "cli": "the command",
    "testing": "conformance, cassettes",
    "doctor": "why was it refused?",
    "connect": "puts the floors together",
    "options": "what connect can be told",
    "journal": "every order, on disk before it leaves",
    "credentials": "where keys come from",
    "plugins": "where venues come from",
    "entries": "plugins before they are imported",
    "failover": "one exchange over several venues",
    "exchange": "what strategies type against",
    "operations": "every operation, once",
    "orders": "the life of an order",
    "runtime": "sockets and clocks, nowhere else",
    "hookspecs": "hooks and their events",
    "adapter": "requests, signing, decoding. Pure",
    "models": "what venues are translated into. Pure",
    "errors": "the error tree. Pure",
    "excerpts": "what may be shown of a reply. Pure",
    "outcomes": "did it happen? Pure",
}
_PURE = frozenset({"adapter", "models", "errors", "excerpts", "outcomes"})
_LIFE = (
    ("strategy", "fetch_ticker(“BTC/USDT”)", ""),
    ("operations", "find the market, check the arguments", ""),
    ("adapter", "Call(request, parse)", "pure"),
    ("policy", "wait for the limits, within bounds", "loop"),
    ("policy", "take the venue’s time and sign", "loop"),
    ("journal", "an order: intent and fence, written first", "loop"),
    ("transport", "send exactly the signed bytes", "loop"),
    ("venue", "answers, or not", "loop"),
    ("policy", "classify: status, envelope, table", "loop"),
    ("adapter", "parse into a frozen model", "pure"),
    ("strategy", "a Ticker, or one error that says it all", ""),
)


def floors(root: Path) -> str:
    """The floors of the house, the highest first, and the simulated venues that stand alone."""
    said = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    layers = said["tool"]["importlinter"]["contracts"][0]["layers"]
    rows = [re.split(r"\s*[|:]\s*", layer) for layer in layers]
    if bare := [name for row in rows for name in row if name not in _FLOORS]:
        raise ValueError(f"say in docs/kitdocs/drawings.py what {', '.join(bare)} is for")
    parts, y = [_text(0, 14, "Each imports only from those below it.", "note")], 24
    for row in rows:
        width = (WIDTH - 8 * (len(row) - 1)) // len(row)
        for place, name in enumerate(row):
            kind = "outside" if name == "runtime" else "pure" if name in _PURE else "floor"
            parts += _box(place * (width + 8), y, width, kind, name, _FLOORS[name])
        y += 50
    y += 14
    parts += _box(0, y, WIDTH, "alone", "sim", "simulated venues: import none of the above")
    names = ", ".join(layers)
    return _svg(parts, y + 44, f"The floors of exchangekit from top to bottom: {names}")


def life() -> str:
    """The life of a request, top to bottom, with the part that a retry repeats marked."""
    parts, y, loop = [], 2, []
    for number, (who, what, kind) in enumerate(_LIFE, start=1):
        if kind == "loop":
            loop.append(y)
        box = {"loop": "outside", "pure": "pure"}.get(kind, "floor")
        parts += _box(0, y, WIDTH - 44, box, f"{number}  {who}", what)
        if number < len(_LIFE):
            middle = (WIDTH - 45) // 2
            parts.append(f'<path class="arrow" d="M{middle} {y + 43}v12m-4 -5l4 5l4 -5"/>')
        y += 58
    start, end, x = loop[0] + 21, loop[-1] + 21, WIDTH - 44
    parts.append(f'<path class="arrow" d="M{x} {end}h14V{start}h-14m5 -4l-5 4l5 4"/>')
    middle = (start + end) // 2
    parts.append(
        f'<text class="note" transform="translate({x + 30} {middle}) rotate(-90)"'
        ' text-anchor="middle">again, if that is safe: signed afresh</text>'
    )
    words = "; ".join(f"{who}: {what}" for who, what, _ in _LIFE)
    return _svg(parts, y - 12, f"The life of a request. {words}")


def fence() -> str:
    """When "not found" is proof: a line of time from the signature to the proof."""
    y, start, end, proof = 62, 14, 150, 230
    parts = [
        f'<rect class="pure" x="{start}" y="{y - 12}" width="{end - start}" height="24"/>',
        f'<rect class="floor" x="{end}" y="{y - 12}" width="{proof - end}" height="24"/>',
        f'<path class="arrow" d="M0 {y}h{start}M{proof} {y}h{WIDTH - 4 - proof}m-6 -5l6 5l-6 5"/>',
        _text(start + 32, y + 4, "window", "note"),
        _text(end + 20, y + 4, "margin", "note"),
        f'<path class="strong" d="M{end} {y - 26}v52"/>',
        f'<path class="arrow" d="M{start} {y - 20}v40M{proof} {y - 20}v40"/>',
        _text(0, y - 30, "signed and sent", "note"),
        _text(end - 18, y - 34, "the fence", "name"),
        _text(start, y + 40, "not found: no proof", "note"),
        _text(proof - 10, y + 40, "not found: proof", "name"),
        _text(WIDTH - 100, y - 10, "the venue’s clock", "note"),
    ]
    words = "Not found proves nothing until the fence and a margin have passed on the venue's clock"
    return _svg(parts, y + 50, words)


def _box(x: int, y: int, width: int, kind: str, name: str, note: str) -> list[str]:
    return [
        f'<rect class="{kind}" x="{x + 0.5}" y="{y + 0.5}" width="{width - 1}" height="42"/>',
        _text(x + 10, y + 18, name, "name"),
        _text(x + 10, y + 34, note, "note"),
    ]


def _text(x: int, y: int, words: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x}" y="{y}">{escape(words)}</text>'


def _svg(parts: list[str], height: int, words: str) -> str:
    """One line: Markdown must not take it for text."""
    return (
        f'<svg class="drawing" viewBox="0 0 {WIDTH} {height}" role="img"'
        f' aria-label="{escape(words, {chr(34): "&quot;"})}">{"".join(parts)}</svg>'
    )
