"""The folders of the home that hold what people hand in. Everything here blocks: call it off the event loop.

`handed-in/` holds what waits, `kept-documents/` every version of every document, and the shelves (`uploads/`,
`expert-answers/`) what is live, as inputs of the index. A shelf can be made anew from the second and the store.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.document_records import Shelf, ShelfDocument, ShelfVersion
from bot.documents.rendering import SIDECAR, answer_text, sidecar_text

WAITING: Final = "handed-in"
KEPT: Final = "kept-documents"


@dataclass(frozen=True, slots=True, kw_only=True)
class Folders:
    """Reads and writes below the home. Files are put in their place as a whole, and are their owner's alone.

    Every method raises OSError where the disk refuses.
    """

    home: Path

    def shelf(self, shelf: Shelf) -> Path:
        """The folder of a shelf, which exists afterwards."""
        return _made(self.home / shelf.value)

    def put_waiting(self, hand_in_id: str, content: bytes, *, alike: Sequence[str] = ()) -> None:
        """Keep what was handed in, with the ids of the documents that say nearly the same."""
        _write(_made(self.home / WAITING) / hand_in_id, content)
        if alike:
            _write(self.home / WAITING / f".{hand_in_id}", "\n".join(alike).encode())

    def alike(self, hand_in_id: str) -> tuple[str, ...]:
        """The ids of the documents that say nearly the same as what was handed in, the most alike first."""
        try:
            return tuple((self.home / WAITING / f".{hand_in_id}").read_text("utf-8").split())
        except FileNotFoundError:
            return ()

    def waiting(self, hand_in_id: str) -> bytes:
        """What was handed in."""
        return (self.home / WAITING / hand_in_id).read_bytes()

    def drop_waiting(self, hand_in_id: str) -> None:
        """Let go of what was handed in; what is gone is no error."""
        for name in (hand_in_id, f".{hand_in_id}"):
            with suppress(FileNotFoundError):
                (self.home / WAITING / name).unlink()

    def all_waiting(self) -> Iterator[tuple[str, float]]:
        """Everything that waits, each with the time of its last change."""
        folder = self.home / WAITING
        for path in sorted(folder.iterdir()) if folder.exists() else ():
            if not path.name.startswith("."):
                yield path.name, path.stat().st_mtime

    def keep(self, document_id: str, version: int, content: bytes) -> None:
        """Keep a version for as long as its document is known."""
        _write(_made(_made(self.home / KEPT) / document_id) / str(version), content)

    def kept(self, document_id: str, version: int) -> bytes:
        """The content of a version."""
        return (self.home / KEPT / document_id / str(version)).read_bytes()

    def discard(self, document_id: str, version: int) -> None:
        """Let go of a version, and of the folder with its only one."""
        folder = self.home / KEPT / document_id
        with suppress(FileNotFoundError):
            (folder / str(version)).unlink()
        with suppress(OSError):
            folder.rmdir()

    def restock(self, document: ShelfDocument) -> bool:
        """Have the shelf hold the live version of a document, and nothing else of it; whether anything was changed."""
        live = document.version(document.live)
        wanted = self._files(document, live) if live else {}
        folder = self.shelf(document.shelf)
        present = {path.name: path for path in folder.iterdir() if path.name.partition(".")[0] == document.file}
        if {name: path.read_bytes() for name, path in present.items()} == wanted:
            return False
        for path in present.values():
            path.unlink()
        # The readers are said first: a text must never stand there without them.
        for name in sorted(wanted, key=lambda each: not each.endswith(SIDECAR)):
            _write(folder / name, wanted[name])
            if live:
                # Two versions of one size differ in their stamps, which is what an index run looks at first.
                moment = int(live.at.timestamp() * 1e6) * 1000 + live.version
                os.utime(folder / name, ns=(moment, moment))
        return True

    def unknown(self, shelf: Shelf, known: Collection[str]) -> list[Path]:
        """Markdown files of a shelf that belong to no document that is known."""
        folder = self.home / shelf.value
        found = sorted(folder.glob("*.md")) if folder.exists() else []
        return [path for path in found if path.stem not in known and not path.name.startswith(".")]

    def source(self, document: ShelfDocument) -> str:
        """What the index calls the live version of a document."""
        live = document.version(document.live)
        return f"{document.file}{live.suffix}" if live else ""

    def _files(self, document: ShelfDocument, live: ShelfVersion) -> dict[str, bytes]:
        content = self.kept(document.id, live.version)
        name = f"{document.file}{live.suffix}"
        if document.shelf is Shelf.ANSWERS:
            return {name: answer_text(live, content.decode(errors="replace")).encode()}
        return {name: content, name + SIDECAR: sidecar_text(live).encode()}


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _write(path: Path, content: bytes) -> None:
    # Hidden, so that an index run beside this does not take it for a document.
    descriptor, fresh = tempfile.mkstemp(prefix=".", dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(fresh).replace(path)
