"""What has changed in an input since it was indexed: first by the files' stamps, then by their content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rag.catalogue import Fingerprint, Input
from rag.ingest.files import FileProblem, FoundFile, find_files
from rag.types import DocumentId


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A file to read: new, or with stamps that differ from those indexed. `known` is what was indexed of it."""

    file: FoundFile
    document_id: DocumentId
    input_key: str
    fingerprint: Fingerprint
    known: Fingerprint | None
    forced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InputChanges:
    """The difference between an input and what is indexed of it."""

    changed: tuple[Change, ...] = ()
    vanished: tuple[tuple[DocumentId, str], ...] = ()
    unchanged: int = 0
    problems: tuple[FileProblem, ...] = ()

    @staticmethod
    def identify(input_key: str, sources: Iterable[str]) -> tuple[tuple[DocumentId, str], ...]:
        """Document ids with their sources."""
        return tuple((document_id(input_key, source), source) for source in sources)


def document_id(input_key: str, source: str) -> DocumentId:
    """The id of an input's document: the same for the same place in the same input, on every run."""
    return DocumentId(hashlib.blake2b(f"{input_key}\0{source}".encode(), digest_size=6).hexdigest())


def find_changes(each: Input, known: Mapping[str, Fingerprint], *, full: bool) -> InputChanges:
    """Compare an input's files with what is indexed of them.

    An input that has vanished as a whole, as an unmounted disk does, is a problem and no reason to remove documents.

    Args:
        each: the input.
        known: what is indexed, by source.
        full: take every file as changed.
    """
    if not each.path.exists():
        problem = FileProblem(
            source=str(each.path),
            problem="the registered path does not exist",
            remedy="bring it back, or run: advisor index --remove PATH",
        )
        return InputChanges(unchanged=len(known), problems=(problem,))
    changed: list[Change] = []
    problems: list[FileProblem] = []
    seen: set[str] = set()
    for found in find_files(each.path):
        seen.add(found.source)
        match found:
            case FileProblem():
                problems.append(found)
            case FoundFile():
                change = _change(each.key, found, known.get(found.source), forced=full)
                if isinstance(change, FileProblem):
                    problems.append(change)
                elif change is not None:
                    changed.append(change)
    vanished = _vanished(known, seen, problems)
    return InputChanges(
        changed=tuple(changed),
        vanished=InputChanges.identify(each.key, vanished),
        unchanged=len(known) - len(vanished) - sum(change.known is not None for change in changed),
        problems=tuple(problems),
    )


def content_hash(path: Path) -> str:
    """The hash of a file's bytes. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _vanished(known: Iterable[str], seen: set[str], problems: Iterable[FileProblem]) -> list[str]:
    """Sources that are gone. Below a folder that could not be read nothing is known to be gone."""
    unread = tuple(f"{problem.source.rstrip('/')}/" for problem in problems)
    return [source for source in known if source not in seen and not source.startswith(unread)]


def _change(input_key: str, file: FoundFile, known: Fingerprint | None, *, forced: bool) -> Change | FileProblem | None:
    try:
        stat = file.path.stat()
    except OSError as error:
        return FileProblem(source=file.source, problem=error.strerror or "cannot be read", remedy="check the file")
    if known and not forced and (known.modified_ns, known.size) == (stat.st_mtime_ns, stat.st_size):
        return None
    return Change(
        file=file,
        document_id=document_id(input_key, file.source),
        input_key=input_key,
        fingerprint=Fingerprint(modified_ns=stat.st_mtime_ns, size=stat.st_size, content_hash=""),
        known=known,
        forced=forced,
    )
