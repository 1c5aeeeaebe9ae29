"""Where journals are: one file an account, in a folder of the user's own.

The name of a file begins with what people look for and ends with a digest of the whole account, so
that two keys, or two addresses, never share one. Nothing here creates or opens anything.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from pathlib import Path

from exchangekit.adapter.credentials import AccountId

FOLDER = "EXCHANGEKIT_STATE_DIR"
"""The variable that names another folder."""
SUFFIX = ".journal"
_UNFIT = re.compile(r"[^A-Za-z0-9_]+")


def state_folder() -> Path:
    """``$EXCHANGEKIT_STATE_DIR``; without it the folder where this system keeps such files."""
    named = os.environ.get(FOLDER)
    if named:
        return Path(named).expanduser()
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
        return (Path(base) if base else Path.home() / "AppData" / "Local") / "exchangekit"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "exchangekit"
    base = os.environ.get("XDG_STATE_HOME")
    # A relative path there is invalid and ignored, as its specification asks.
    if base and Path(base).is_absolute():
        return Path(base) / "exchangekit"
    return Path.home() / ".local" / "state" / "exchangekit"


def path_of(account: AccountId) -> Path:
    """The file of an account."""
    whole = [
        account.venue,
        account.environment,
        account.base_url,
        account.account,
        account.key_digest,
    ]
    digest = hashlib.sha256(json.dumps(whole).encode()).hexdigest()[:12]
    words = (account.venue, account.environment, account.account or "default")
    name = "-".join(_UNFIT.sub("_", word) for word in words)
    return state_folder() / f"{name}-{digest}{SUFFIX}"


def failover_path(environment: str, name: str) -> Path:
    """The file of a failover of that name; real money and play money have one each."""
    world = "live" if environment == "live" else "paper"
    return state_folder() / f"failover-{world}-{_UNFIT.sub('_', name)}{SUFFIX}"


def journal_files(folder: Path) -> list[Path]:
    """The journals in a folder, by name; none where there is no folder."""
    return sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else []
