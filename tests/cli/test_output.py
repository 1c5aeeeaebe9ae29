"""What programs read is right whatever the encoding of the output is."""

from __future__ import annotations

import io
import json
import sys

import pytest

from exchangekit.cli.output import show_json

NAME = "币安人生/USDT 🚀"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8", "UTF8"])
def test_json_says_every_letter_in_every_encoding(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding, errors="replace"))
    show_json({"symbol": NAME})
    sys.stdout.flush()
    assert json.loads(raw.getvalue().decode(encoding)) == {"symbol": NAME}
    assert (NAME in raw.getvalue().decode(encoding)) is (encoding.lower() in ("utf-8", "utf8"))
