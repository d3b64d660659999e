"""What has changed in an input since it was indexed: first by the files' stamps, then by their content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rag.catalogue import Filing, Fingerprint, Input
from rag.errors import InvalidInput
from rag.ingest.files import FileProblem, FoundFile, find_files, is_bare
from rag.ingest.filing import stamp_of
from rag.types import DocumentId

_RETURN = "bring it back, or run: advisor index --remove PATH; until then a rebuilt index is not put to use"
_FILL = "bring its files back; if they are gone for good, run: advisor index --force, or advisor index --remove PATH"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A file to read: new, or with stamps that differ from those indexed. `known` is what was indexed of it.

    `filing` completes what it does not say of itself.
    """

    file: FoundFile
    document_id: DocumentId
    input_key: str
    fingerprint: Fingerprint
    known: Fingerprint | None
    forced: bool
    filing: Filing = Filing()


@dataclass(frozen=True, slots=True, kw_only=True)
class InputChanges:
    """The difference between an input and what is indexed of it.

    `away` says that the input could not be looked into at all, so that nothing is known of its documents.
    """

    input_key: str
    away: bool = False
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


def find_changes(each: Input, known: Mapping[str, Fingerprint], *, full: bool, held: bool) -> InputChanges:
    """Compare an input's files with what is indexed of them.

    An input that has vanished as a whole, as an unmounted disk does, is a problem and no reason to remove documents;
    so is a folder of somebody's own in which nothing is left.

    Args:
        each: the input.
        known: what is indexed, by source.
        full: take every file as changed.
        held: whether documents would be lost that nobody has said may be.
    """
    files = _looked_into(each, known, held=held)
    if isinstance(files, InputChanges):
        return files
    changed: list[Change] = []
    problems: list[FileProblem] = []
    seen: set[str] = set()
    for found in files:
        seen.add(found.source)
        match found:
            case FileProblem():
                problems.append(found)
            case FoundFile():
                change = _change(each, found, known.get(found.source), forced=full)
                if isinstance(change, FileProblem):
                    problems.append(change)
                elif change is not None:
                    changed.append(change)
    vanished = _vanished(known, seen, problems)
    return InputChanges(
        input_key=each.key,
        changed=tuple(changed),
        vanished=InputChanges.identify(each.key, vanished),
        unchanged=len(known) - len(vanished) - sum(change.known is not None for change in changed),
        problems=tuple(problems),
    )


def _looked_into(
    each: Input, known: Mapping[str, Fingerprint], *, held: bool
) -> list[FoundFile | FileProblem] | InputChanges:
    """The files of an input; or that it is away."""
    try:
        if not each.path.exists():
            return _away(each, known, "the registered path does not exist", _RETURN)
        if held and not each.name and is_bare(each.path):
            return _away(each, known, "the registered folder is empty, as that of a disk is that is not mounted", _FILL)
        return [*find_files(each.path)]
    except (InvalidInput, OSError) as error:
        return _away(each, known, f"the registered path cannot be read ({error})", _RETURN)


def _away(each: Input, known: Mapping[str, Fingerprint], problem: str, remedy: str) -> InputChanges:
    told = FileProblem(source=str(each.path), problem=problem, remedy=remedy)
    return InputChanges(input_key=each.key, away=True, unchanged=len(known), problems=(told,))


def _vanished(known: Iterable[str], seen: set[str], problems: Iterable[FileProblem]) -> list[str]:
    """Sources that are gone. Below a folder that could not be read nothing is known to be gone."""
    unread = tuple(f"{problem.source.rstrip('/')}/" for problem in problems)
    return [source for source in known if source not in seen and not source.startswith(unread)]


def _change(each: Input, file: FoundFile, known: Fingerprint | None, *, forced: bool) -> Change | FileProblem | None:
    try:
        modified_ns, size = _stamps(file)
    except OSError as error:
        return FileProblem(source=file.source, problem=error.strerror or "cannot be read", remedy="check the file")
    modified_ns += stamp_of(each.filing)
    if known and not forced and (known.modified_ns, known.size) == (modified_ns, size):
        return None
    return Change(
        file=file,
        document_id=document_id(each.key, file.source),
        input_key=each.key,
        fingerprint=Fingerprint(modified_ns=modified_ns, size=size, content_hash=""),
        known=known,
        forced=forced,
        filing=each.filing,
    )


def _stamps(file: FoundFile) -> tuple[int, int]:
    """Time and size of a file and its sidecar in one: the sums change when either does, comes or goes."""
    stats = [path.stat() for path in (file.path, file.sidecar) if path is not None]
    return sum(stat.st_mtime_ns for stat in stats), sum(stat.st_size for stat in stats)
