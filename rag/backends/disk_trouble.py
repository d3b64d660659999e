"""What somebody can do when a disk does not take what is written; one text for all who write."""

from __future__ import annotations

import errno

_NO_ROOM = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})
_FREE = "free some disk space and run the command again, nothing is lost"


def remedy_of(problem: str, *, folder: str) -> str:
    """What to do about a database's words for a full, a failing or a read-only disk; "" for other words."""
    text = problem.lower()
    if "full" in text or "no space" in text:
        return _FREE
    if "disk i/o" in text:
        return "the disk may be full or failing: free some space, look at the system's log, run it again"
    if "readonly" in text or "read-only" in text or "unable to open" in text or "permission denied" in text:
        return f"make the folder {folder} writable for this user"
    return ""


def remedy_for(error: OSError) -> str:
    """What to do when the system did not let something be written."""
    return _FREE if error.errno in _NO_ROOM else "make it writable"
