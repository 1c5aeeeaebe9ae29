"""Everything that the kit logs, as text: for checks that nothing secret is in it."""

from __future__ import annotations

import contextlib
import logging
import traceback
from typing import Any


class Overheard(logging.Handler):
    """Keeps what is logged while it listens."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())
        if record.exc_info and record.exc_info[1] is not None:
            self.lines += traceback.format_exception(record.exc_info[1])

    @contextlib.contextmanager
    def listening(self) -> Any:
        root = logging.getLogger("exchangekit")
        level = root.level
        root.addHandler(self)
        root.setLevel(logging.DEBUG)
        try:
            yield self
        finally:
            root.removeHandler(self)
            root.setLevel(level)
