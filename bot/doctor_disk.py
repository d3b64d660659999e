"""What `advisor doctor` says of the home's folder and disk: whether it can be written, and how much goes on it."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from pathlib import Path

from bot.findings import Finding, Status

_MEGABYTE = 1024 * 1024
_LOW_MEGABYTES = 1024
_FULL_MEGABYTES = 64
_LOW_FILES = 10_000
"""An index of a thousand documents takes some hundred files; a disk without room for names takes no more of any."""

_PROBE = b"\0" * 65_536
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def examine_home(home: Path) -> Finding:
    """Whether the folder can be written, which is tried where it is there: a quota shows in no figure."""
    existing = _existing(home)
    mend = "give this user the right to write there, or set ADVISOR_HOME to another folder"
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        return Finding(check="home", status=Status.FAIL, text=f"{existing} cannot be written", mend=mend)
    if existing != home:
        return Finding(check="home", status=Status.OK, text=f"{home} (made when it is needed)")
    try:
        with tempfile.TemporaryFile(dir=home) as file:
            file.write(_PROBE)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        mend = f"make room, or raise the quota, on the disk of {home}" if error.errno in _FULL else mend
        text = f"{home} cannot be written ({error.strerror})"
        return Finding(check="home", status=Status.FAIL, text=text, mend=mend)
    return Finding(check="home", status=Status.OK, text=str(home))


def examine_disk(home: Path) -> Finding:
    """How much room there is, for bytes and for files."""
    existing = _existing(home)
    free, figures = shutil.disk_usage(existing).free // _MEGABYTE, os.statvfs(existing)
    mend = f"make room on the disk of {home}"
    if free < _LOW_MEGABYTES:
        status = Status.FAIL if free < _FULL_MEGABYTES else Status.WARN
        return Finding(check="disk", status=status, text=f"only {free} MB free", mend=mend)
    # Some file systems have no fixed number of files, and say 0 of 0.
    if figures.f_files and figures.f_favail < _LOW_FILES:
        text = f"{free} MB free, but only room for {figures.f_favail} more files"
        return Finding(check="disk", status=Status.WARN, text=text, mend=f"take small files away: {mend}")
    return Finding(check="disk", status=Status.OK, text=f"{free} MB free")


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists already."""
    return next(path for path in (folder, *folder.parents) if path.exists())
