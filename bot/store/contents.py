"""What of a home folder goes into a backup, and what a restored backup takes the place of."""

from __future__ import annotations

from pathlib import Path

from bot.document_records import Shelf
from bot.documents.folders import KEPT, WAITING
from bot.store.keys import KEY_NAME
from bot.store.urls import FILE_NAME
from rag.ingest import feeds, web_pages

STORE = FILE_NAME
LIBRARY = "library.sqlite3"
VECTORS = "vectors.sqlite3"
CHROMA = "chroma"
CALIBRATIONS = "calibration.json"
DOCUMENTS = (*(shelf.value for shelf in Shelf), KEPT, WAITING)
"""Documents that came through the chat, and what waits to become one: they are nowhere else."""

FOLLOWED = (feeds.FOLDER, web_pages.FOLDER)
"""What was read from the web: the index refers to it, and it may be gone from there."""

FOLDERS = (CHROMA, *DOCUMENTS, *FOLLOWED)

KEYS = (KEY_NAME,)
"""Left out unless asked for, and left alone by a backup without them."""

CONTENTS = (STORE, LIBRARY, VECTORS, CHROMA, CALIBRATIONS, *DOCUMENTS, *FOLLOWED)
_BESIDE = ("-wal", "-shm", "-journal")


def belongs(name: str) -> bool:
    """Whether a path inside a backup is of the kind that a backup may hold."""
    top, *_ = name.split("/")
    parts = name.split("/")
    plain = all(part not in {"", ".", ".."} and "\\" not in part and "\0" not in part for part in parts)
    return plain and (top in FOLDERS) == (len(parts) > 1) and top in {*CONTENTS, *KEYS}


def replaceable(home: Path, *, keys: bool) -> list[str]:
    """The names in a home that make room for a backup: its contents, and what SQLite keeps beside them."""
    databases = [name for name in CONTENTS if name.endswith(".sqlite3")]
    names = [*CONTENTS, *(name + suffix for name in databases for suffix in _BESIDE), *(KEYS if keys else ())]
    return [name for name in names if (home / name).exists()]
