"""What may be shown of a request that holds a key: everything but the values that open accounts.

All text that the doctor shows passes through `Redactor.clean`, as the last step, so that no check
needs to remember it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

# Shorter ones are words that occur by chance; no venue gives out secrets like that.
SHORTEST = 4
# A signature that was computed here would be as good as one that was captured.
_SIGNED = re.compile(r"(?i)(\bsign(?:ature)?=)[A-Za-z0-9+/=%]{16,}")


class Redactor:
    """Replaces secrets by their names, however they are written: raw, percent-encoded or in JSON.

    Longer ones are replaced first, so that one secret inside another leaves nothing behind.
    """

    def __init__(self, secrets: Iterable[tuple[str, str]]) -> None:
        """`secrets` are (name, value): ("secret", "0123…") is shown as ``[secret]``."""
        found: dict[str, str] = {}
        for name, value in secrets:
            for written in _writings(value):
                if len(written) >= SHORTEST:
                    found.setdefault(written, f"[{name}]")
        self._replaced = sorted(found.items(), key=lambda item: len(item[0]), reverse=True)

    def clean(self, text: str) -> str:
        """`text` on one line, without control characters and without the secrets."""
        # Dropping a control character can put a secret together that was not there before.
        return self._redacted(_one_line(self._redacted(text)))

    def prose(self, text: str) -> str:
        """The same for sentences, which are wrapped: runs of spaces are one."""
        return self.clean(" ".join(self.clean(text).split()))

    def _redacted(self, text: str) -> str:
        for written, name in self._replaced:
            text = text.replace(written, name)
        return _SIGNED.sub(r"\1[signature]", text)

    def __repr__(self) -> str:
        return f"<Redactor of {len(self._replaced)} writings>"


def _writings(value: str) -> set[str]:
    trimmed = value.strip()
    made = {value, trimmed, _one_line(value)}
    for one in (value, trimmed):
        safe = one.encode("utf-8", "replace").decode()
        upper = quote(safe, safe="")
        made |= {upper, _lower_hex(upper), quote(safe), quote_plus(safe)}
        made |= {json.dumps(safe)[1:-1], json.dumps(safe, ensure_ascii=False)[1:-1]}
    return made


def _lower_hex(encoded: str) -> str:
    pieces = encoded.split("%")
    return "%".join([pieces[0], *(piece[:2].lower() + piece[2:] for piece in pieces[1:])])


def _one_line(text: str) -> str:
    kept = (" " if letter.isspace() else letter for letter in text)
    return "".join(letter for letter in kept if unicodedata.category(letter)[0] != "C")
