"""A backup as one file: a compressed archive that begins with a list of all that it holds, with checksums."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tarfile
import zlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, Literal

from pydantic import BaseModel, ValidationError

from bot.errors import BackupFailed
from bot.store.contents import belongs

FORMAT = 1
_MANIFEST = "manifest.json"
_MOST_MANIFEST = 50_000_000
_BLOCK = 1 << 20
_LEVEL = 1
"""Of 9: vectors hardly shrink at any."""


class Entry(BaseModel):
    """One file of a backup."""

    size: int
    sha256: str


class Manifest(BaseModel):
    """What a backup says of itself."""

    format: int
    version: str
    made_at: datetime
    files: dict[str, Entry]


def describe(staging: Path) -> dict[str, Entry]:
    """Sizes and checksums of the files in a folder, by path with forward slashes."""
    paths = sorted(path for path in staging.rglob("*") if path.is_file())
    return {
        path.relative_to(staging).as_posix(): Entry(size=path.stat().st_size, sha256=_digest(path)) for path in paths
    }


def write_archive(staging: Path, manifest: Manifest, target: Path) -> str:
    """Write the files of a folder as an archive that only its owner can read; returns its checksum."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        hashing = _Hashing(file)
        with (
            gzip.GzipFile(fileobj=hashing, mode="wb", compresslevel=_LEVEL, filename="") as packed,
            tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
        ):
            _add_text(archive, _MANIFEST, manifest.model_dump_json(indent=1))
            for name in manifest.files:
                archive.add(staging / name, arcname=name, recursive=False, filter=_anonymous)
        file.flush()
        os.fsync(file.fileno())
    return hashing.digest.hexdigest()


def read_manifest(file: Path) -> Manifest:
    """What a backup says that it holds.

    Raises:
        BackupFailed: it is no backup, damaged, or made by a newer version.
    """
    with _Damage(file), tarfile.open(file, mode="r:gz") as archive:
        return _manifest(archive, file)


def extract(file: Path, staging: Path) -> Manifest:
    """Unpack a backup into an empty folder, and check every byte of it on the way.

    Raises:
        BackupFailed: it is no backup, damaged, made by a newer version, or holds what no backup holds.
        OSError: the folder cannot be written.
    """
    with _Damage(file), tarfile.open(file, mode="r:gz") as archive:
        manifest = _manifest(archive, file)
        missing = dict(manifest.files)
        while member := archive.next():
            entry = missing.pop(member.name, None)
            content = archive.extractfile(member) if entry and member.isreg() else None
            if entry is None or content is None or member.size != entry.size:
                raise _damaged(file, f"{member.name!r} is not what its list says")
            if _write(content, staging / member.name) != entry.sha256:
                raise _damaged(file, f"{member.name!r} differs from its checksum")
    if missing:
        raise _damaged(file, f"{min(missing)!r} is missing")
    return manifest


class _Damage:
    """Turns what a broken archive raises into `BackupFailed`; errors of the disk that is written to pass."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> Literal[False]:
        if isinstance(error, tarfile.TarError | gzip.BadGzipFile | zlib.error | EOFError):
            raise _damaged(self._file, str(error) or type(error).__name__) from error
        return False


class _Hashing:
    """Hashes what is written through it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()


def _manifest(archive: tarfile.TarFile, file: Path) -> Manifest:
    first = archive.next()
    content = archive.extractfile(first) if first and first.name == _MANIFEST and first.size < _MOST_MANIFEST else None
    if content is None:
        raise BackupFailed(f"{str(file)!r} is no backup of this program; name a file that 'advisor backup' made")
    text = content.read()
    try:
        manifest = Manifest.model_validate_json(text)
    except ValidationError as error:
        raise _damaged(file, "its list cannot be read") from error
    if manifest.format > FORMAT:
        raise BackupFailed(f"{str(file)!r} was made by version {manifest.version}; install that or a newer version")
    if strange := [name for name in manifest.files if not belongs(name)]:
        raise BackupFailed(f"{str(file)!r} holds {strange[0]!r}, which no backup holds; do not trust it")
    return manifest


def _damaged(file: Path, what: str) -> BackupFailed:
    return BackupFailed(f"the backup {str(file)!r} is damaged: {what}; nothing was replaced, use another backup")


def _write(content: IO[bytes], target: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while block := content.read(_BLOCK):
            digest.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    content = text.encode()
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Who owns the files on this machine is nobody's business on the next."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def total_bytes(files: Mapping[str, Entry]) -> int:
    """How much room the files of a backup take, unpacked."""
    return sum(entry.size for entry in files.values())
