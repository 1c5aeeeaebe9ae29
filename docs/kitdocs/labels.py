"""Cells that know the heading of their column, for phones, where a row is shown as a block."""

from __future__ import annotations

import re
from html import escape, unescape

_CARDS = re.compile(r'<div class="cards[^"]*">.*?</table>', re.DOTALL)
_HEAD = re.compile(r"<th\b[^>]*>(.*?)</th>", re.DOTALL)
_ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)


def labelled(html: str) -> str:
    """The page with ``data-label`` on every cell of its tables of cards."""
    return _CARDS.sub(lambda cards: _table(cards[0]), html)


def _table(html: str) -> str:
    heads = [unescape(re.sub(r"<[^>]+>", "", head)) for head in _HEAD.findall(html)]

    def row(found: re.Match[str]) -> str:
        cells = iter(heads)
        return re.sub(r"<td\b", lambda _: f'<td data-label="{escape(next(cells))}"', found[0])

    return _ROW.sub(row, html)
