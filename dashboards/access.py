"""The access token of this machine's dashboard.

Whoever holds the token may use the page. It is kept in a file that only this user can read, so that a browser
that was let in before a restart of the server is let in after it.
"""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

TOKEN = re.compile(r"[A-Za-z0-9_-]{32,128}")


def state_folder() -> Path:
    """The platform's folder of what outlives a restart; on Linux `~/.local/state/regime_abm`."""
    from platformdirs import user_state_path

    return user_state_path("regime_abm", appauthor=False)


def access_token() -> str:
    """Return the token kept on disk, or make and keep a new one.

    A folder that cannot be written, or a file that others can read, gives a token for this run only.
    """
    path = state_folder() / "dashboard-token"
    try:
        if path.is_file() and path.stat().st_mode & 0o077 == 0:
            kept = path.read_text(encoding="ascii").strip()
            if TOKEN.fullmatch(kept):
                return kept
        token = secrets.token_urlsafe(32)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        with os.fdopen(
            os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii"
        ) as file:
            file.write(token)
        return token
    except (OSError, UnicodeDecodeError):
        return secrets.token_urlsafe(32)
