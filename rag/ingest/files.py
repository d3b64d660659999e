"""Finds the files of a registered path that can become documents."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from rag.errors import InvalidInput
from rag.ingest.formats import READERS, format_of
from rag.ingest.sidecar import SUFFIX, sidecar_names

_UNSHOWABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that set the direction of what follows: a report has one line for each file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFile:
    """A readable file: where it lies, and how it is called relative to the registered path (POSIX separators).

    `sidecar` is the file beside it that holds its metadata.
    """

    path: Path
    source: str
    sidecar: Path | None = None

    @property
    def sidecar_source(self) -> str:
        """How the sidecar is called, as `source` is for the file."""
        return str(PurePosixPath(self.source).with_name(self.sidecar.name)) if self.sidecar else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileProblem:
    """A file or folder that cannot become documents: what is wrong with it and what its owner can do."""

    source: str
    problem: str
    remedy: str


def find_files(root: Path) -> Iterator[FoundFile | FileProblem]:
    """The files under a registered folder, sorted by source, or the registered file itself.

    Hidden files and folders and files of unknown formats are left out. Links are followed, each folder once. A sidecar
    without its document is a problem: it may be a misspelt one that says who may read the document.

    Raises:
        InvalidInput: the path does not exist, or the folder cannot be opened.
    """
    root = Path(os.path.abspath(root))  # noqa: PTH100 - resolve() would follow a link and change the file's name
    if root.is_dir():
        try:
            entries = _entries(root)
        except OSError as error:
            raise InvalidInput(
                f"the folder {str(root)!r} cannot be read ({error.strerror}); check its permissions"
            ) from error
        return _walk(root, entries, prefix="", above=(root.resolve(),))
    if not root.exists():
        raise InvalidInput(f"the path {str(root)!r} does not exist; name a file or a folder")
    return iter([_registered_file(root)])


def is_bare(path: Path) -> bool:
    """Whether a path is a folder in which there is nothing at all, as a disk that is not mounted leaves one."""
    try:
        return path.is_dir() and next(path.iterdir(), None) is None
    except OSError:
        return False


def _registered_file(path: Path) -> FoundFile | FileProblem:
    if format_of(path) is None or not path.is_file():
        return FileProblem(
            source=_printable(path.name),
            problem=f"the format {path.suffix!r} is not known" if path.is_file() else "this is no regular file",
            remedy="convert it to one of " + ", ".join(READERS),
        )
    sidecar = next((path.with_name(name) for name in sidecar_names(path.name) if path.with_name(name).exists()), None)
    return _found(path, path.name, sidecar)


def _entries(folder: Path) -> list[Path]:
    """Visible entries, in the order that makes the sources of a whole tree sorted."""
    visible = (entry for entry in folder.iterdir() if not entry.name.startswith("."))
    return sorted(visible, key=lambda entry: f"{entry.name}/" if entry.is_dir() else entry.name)


def _walk(
    root: Path, entries: list[Path], *, prefix: str, above: tuple[Path, ...]
) -> Iterator[FoundFile | FileProblem]:
    sidecars = _sidecars(entries)
    for entry in entries:
        source = prefix + entry.name
        if entry.is_dir():
            yield from _descend(root, entry, source, above)
        elif format_of(entry) is not None:
            yield _found(entry, source, sidecars.get(entry.name))
        elif entry.name.endswith(SUFFIX) and entry not in sidecars.values():
            problem = "the metadata file belongs to no document"
            remedy = f"name it after one beside it, such as report.pdf{SUFFIX}, or remove it"
            yield FileProblem(source=_printable(source), problem=problem, remedy=remedy)


def _sidecars(entries: list[Path]) -> dict[str, Path]:
    """The sidecars of one folder, by the names of their documents."""
    beside = {entry.name: entry for entry in entries if entry.name.endswith(SUFFIX)}
    documents = [entry.name for entry in entries if format_of(entry) is not None]
    chosen = {name: next((beside[each] for each in sidecar_names(name) if each in beside), None) for name in documents}
    return {name: sidecar for name, sidecar in chosen.items() if sidecar is not None}


def _descend(root: Path, folder: Path, source: str, above: tuple[Path, ...]) -> Iterator[FoundFile | FileProblem]:
    target = folder.resolve()
    if folder.is_symlink() and any(target.is_relative_to(place) or place.is_relative_to(target) for place in above):
        return  # inside the tree it is found anyway, around it the walk would not end
    try:
        entries = _entries(folder)
    except OSError as error:
        problem = f"the folder cannot be read ({error.strerror})"
        yield FileProblem(source=_printable(source), problem=problem, remedy="check its permissions")
        return
    yield from _walk(root, entries, prefix=f"{source}/", above=(*above, target))


def _found(path: Path, source: str, sidecar: Path | None) -> FoundFile | FileProblem:
    if os.fsencode(source).decode("utf-8", errors="backslashreplace") != source:
        problem = "the name is not valid UTF-8"
        return FileProblem(source=_printable(source), problem=problem, remedy="rename the file")
    if _UNSHOWABLE.search(source):
        problem = "the name holds characters that break or turn round a line"
        return FileProblem(source=_printable(source), problem=problem, remedy="rename the file")
    if path.is_symlink() and not path.exists():
        return FileProblem(source=source, problem="the link leads to no file", remedy="mend or remove the link")
    if not path.is_file():
        return FileProblem(source=source, problem="this is no regular file", remedy="replace it by a file")
    return FoundFile(path=path, source=source, sidecar=sidecar)


def _printable(name: str) -> str:
    """The name with bytes that are no text, and characters that would break a report, spelled out."""
    readable = os.fsencode(name).decode("utf-8", errors="backslashreplace")
    return _UNSHOWABLE.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), readable)
