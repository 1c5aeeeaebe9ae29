"""What may be shown of a request that holds a key: everything but the values that open accounts.

All text that the doctor shows passes through `Redactor.clean`, as the last step, so that no check
needs to remember it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from exchangekit.adapter.secrecy import one_line, writings

# Shorter ones are words that occur by chance; no venue gives out secrets like that.
SHORTEST = 4
# A signature that was computed here would be as good as one that was captured.
_SIGNED = re.compile(r"(?i)(\bsign(?:ature)?=)[A-Za-z0-9+/=%]{16,}")


class Redactor:
    """Replaces secrets by their names, however they are written.

    Longer ones are replaced first, so that one secret inside another leaves nothing behind.
    """

    def __init__(self, secrets: Iterable[tuple[str, str]]) -> None:
        """`secrets` are (name, value): ("secret", "0123…") is shown as ``[secret]``."""
        found: dict[str, str] = {}
        for name, value in secrets:
            for written in writings(value):
                if len(written) >= SHORTEST:
                    found.setdefault(written, f"[{name}]")
        self._replaced = sorted(found.items(), key=lambda item: len(item[0]), reverse=True)

    def clean(self, text: str) -> str:
        """`text` on one line, without control characters and without the secrets."""
        # Dropping a control character can put a secret together that was not there before.
        return self._redacted(one_line(self._redacted(text)))

    def prose(self, text: str) -> str:
        """The same for sentences, which are wrapped: runs of spaces are one."""
        return self.clean(" ".join(self.clean(text).split()))

    def _redacted(self, text: str) -> str:
        for written, name in self._replaced:
            text = text.replace(written, name)
        return _SIGNED.sub(r"\1[signature]", text)

    def __repr__(self) -> str:
        return f"<Redactor of {len(self._replaced)} writings>"
