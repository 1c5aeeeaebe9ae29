"""`Part`: some of one venue's operations, over the `Connection` that it is given."""

from __future__ import annotations

from exchangekit.operations.connection import Connection
from exchangekit.operations.interface import Operations


class Part(Operations):
    """A part overrides the operations that it serves and has nothing but its connection. It calls
    neither another part nor, through ``self``, an operation that another part serves."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.adapter = connection.adapter
