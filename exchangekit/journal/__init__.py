"""The journal that comes with the kit: what was intended and how it ended, in a file of SQLite.

Importing this package loads neither sqlite3 nor a thread: an exchange that never trades needs none.
"""

from exchangekit.journal.places import failover_path, journal_files, path_of, state_folder
from exchangekit.journal.public import Journal, Level
from exchangekit.journal.sharing import AsyncSide, Homeless, Keyless, Lease, borrow

__all__ = [
    "AsyncSide",
    "Homeless",
    "Journal",
    "Keyless",
    "Lease",
    "Level",
    "borrow",
    "failover_path",
    "journal_files",
    "path_of",
    "state_folder",
]
