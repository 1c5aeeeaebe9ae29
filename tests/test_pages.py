"""The pages of the documentation: their examples run and print what the pages say.

``python tests/test_pages.py`` writes what they print into the pages anew.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pytest
from support.pages import EXECUTED, ROOT, examples, play


@pytest.mark.parametrize("name", EXECUTED)
def test_the_examples_of_a_page_print_what_it_says(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = 0
    for told in play(ROOT / name, tmp_path, monkeypatch):
        ran += 1
        if told.written is not None:
            assert told.printed == told.written, f"{name}, line {told.line}"
        else:
            assert not told.printed, f"{name}, line {told.line}: the page does not show its output"
    assert ran


def rewrite(page: Path) -> None:
    """Put what the examples of a page print into its blocks titled "Output"."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        told = [one for one in play(page, Path(folder), patch) if one.written is not None]
    text = page.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    outputs = [block for block in examples(page) if block.title == "Output"]
    for block, one in reversed(list(zip(outputs, told, strict=True))):
        end = block.line - 1 + len(block.text.splitlines())
        lines[block.line - 1 : end] = one.printed.splitlines(keepends=True)
    page.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    for wanted in sys.argv[1:] or EXECUTED:
        rewrite(ROOT / wanted)
