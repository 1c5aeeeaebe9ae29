"""What a phone needs: tables of prose that can be shown as blocks, and output that is broken.

A table whose cells are sentences becomes a table of cards, as one that its page marks as such. On a
narrow screen each row of it is a block, and each cell tells the heading of its column.
"""

from __future__ import annotations

import re
from html import escape, unescape

_LONG = 40
"""Letters from which a cell is a sentence."""
_TABLE = re.compile(r'(<div class="(?:cards|compact)[^"]*">\s*)?<table>.*?</table>', re.DOTALL)
_HEAD = re.compile(r"<th\b[^>]*>(.*?)</th>", re.DOTALL)
_CELL = re.compile(r"<td\b[^>]*>(.*?)</td>", re.DOTALL)
_ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)
_OUTPUT = re.compile(
    r'<div class="language-text highlight">(<span class="filename">Output</span>.*?</pre>)',
    re.DOTALL,
)
_IN_COLUMNS = re.compile(r"\S {2,}\S|^ +\S", re.MULTILINE)


def readable(html: str) -> str:
    """The page, as it is but for these two."""
    return _OUTPUT.sub(_output, _TABLE.sub(_table, html))


def _table(found: re.Match[str]) -> str:
    html, opening = found[0], found[1]
    if opening is None:
        if all(len(_text(cell)) < _LONG for cell in _CELL.findall(html)):
            return html
        return f'<div class="cards">{_labelled(html)}</div>'
    return html if "compact" in opening else _labelled(html)


def _labelled(html: str) -> str:
    heads = [_text(head) for head in _HEAD.findall(html)]

    def row(found: re.Match[str]) -> str:
        cells = iter(heads)
        return re.sub(r"<td\b", lambda _: f'<td data-label="{escape(next(cells))}"', found[0])

    return _ROW.sub(row, html)


def _output(found: re.Match[str]) -> str:
    """Long lines of output are broken, unless they stand in columns."""
    said = found[1].partition("</span>")[2]
    if _IN_COLUMNS.search(_text(said)):
        return found[0]
    return found[0].replace("language-text highlight", "language-text highlight wrapped", 1)


def _text(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))
