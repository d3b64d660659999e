"""Restoring a backup: refused when anything is wrong with it, and never half done."""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import BackupFailed, StoreMismatch
from bot.store.backup import BackupJob, make_backup
from bot.store.opening import open_store
from bot.store.restore import restore_backup, settle
from bot.store.settling import unsettled
from bot.store.urls import FILE_NAME

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
async def backup(tmp_path: Path) -> Path:
    """A backup of a home in which `old` was claimed, with a file of vectors."""
    home = tmp_path / "source"
    async with open_store(None, home=home) as store:
        await store.events.claim(["old"], at=AT)
        (home / "chroma" / "segment").mkdir(parents=True)
        (home / "chroma" / "segment" / "data.bin").write_bytes(b"old vectors" * 1000)
        await make_backup(BackupJob(home=home, file=tmp_path / "backup.tar.gz"), at=AT)
    return tmp_path / "backup.tar.gz"


@pytest.fixture
async def home(tmp_path: Path) -> Path:
    """Another home, in which `new` was claimed, with files that no backup speaks of."""
    home = tmp_path / "home"
    async with open_store(None, home=home) as store:
        await store.events.claim(["new"], at=AT)
    (home / "chroma").mkdir()
    (home / "chroma" / "new.bin").write_bytes(b"new vectors")
    (home / "calibration.json").write_text("{}")
    (home / "advisor.toml").write_text("# mine")
    return home


def content(home: Path) -> dict[str, bytes]:
    return {path.relative_to(home).as_posix(): path.read_bytes() for path in home.rglob("*") if path.is_file()}


async def claims(home: Path) -> set[str]:
    async with open_store(None, home=home) as store:
        return {key for key in ("old", "new") if not await store.events.claim([key], at=AT)}


async def test_backup_takes_the_place_of_all_that_it_is_about(home: Path, backup: Path) -> None:
    await restore_backup(home, backup)

    assert set(content(home)) == {FILE_NAME, "chroma/segment/data.bin", "advisor.toml"}
    assert await claims(home) == {"old"}


async def test_log_of_the_replaced_store_is_not_read_into_the_restored_one(home: Path, backup: Path) -> None:
    """A program that was killed leaves a write-ahead log; SQLite would apply it to whatever file it lies beside."""
    shutil.copy(home / FILE_NAME, home / "kept")
    with closing(sqlite3.connect(home / FILE_NAME)) as connection:
        connection.execute("INSERT INTO events VALUES ('killed', '2026-03-01 00:00:00')")
        connection.commit()
        log = (home / f"{FILE_NAME}-wal").read_bytes()
    (home / f"{FILE_NAME}-wal").write_bytes(log)

    await restore_backup(home, backup)

    assert log
    assert await claims(home) == {"old"}


def cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def cut_to_nothing(file: Path) -> None:
    file.write_bytes(b"")


def replace_by_text(file: Path) -> None:
    file.write_text("hello")


def rewritten(change: Callable[[dict[str, bytes], dict[str, Any]], None]) -> Callable[[Path], None]:
    """Packs a backup again with other content, as a valid archive."""

    def rewrite(file: Path) -> None:
        with tarfile.open(file) as archive:
            files = {each.name: archive.extractfile(each).read() for each in archive.getmembers()}  # type: ignore[union-attr]
        manifest = json.loads(files.pop("manifest.json"))
        change(files, manifest)
        with tarfile.open(file, "w:gz") as archive:
            for name, data in {"manifest.json": json.dumps(manifest).encode(), **files}.items():
                member = tarfile.TarInfo(name)
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))

    return rewrite


def flip(files: dict[str, bytes], _: dict[str, Any]) -> None:
    data = bytearray(files["chroma/segment/data.bin"])
    data[5] ^= 1
    files["chroma/segment/data.bin"] = bytes(data)


def add_unlisted(files: dict[str, bytes], _: dict[str, Any]) -> None:
    files["calibration.json"] = b"{}"


def lose_one(files: dict[str, bytes], _: dict[str, Any]) -> None:
    del files["chroma/segment/data.bin"]


def grow(files: dict[str, bytes], _: dict[str, Any]) -> None:
    files["chroma/segment/data.bin"] += b"more"


def escape(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    files["chroma/../../outside"] = files["chroma/segment/data.bin"]
    manifest["files"]["chroma/../../outside"] = manifest["files"]["chroma/segment/data.bin"]


def overwrite_settings(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    files["advisor.toml"] = files["chroma/segment/data.bin"]
    manifest["files"]["advisor.toml"] = manifest["files"]["chroma/segment/data.bin"]


def come_from_the_future(_: dict[str, bytes], manifest: dict[str, Any]) -> None:
    manifest |= {"format": 99, "version": "9.9"}


def lose_the_list(_: dict[str, bytes], manifest: dict[str, Any]) -> None:
    manifest.clear()


def ask_for_too_much(_: dict[str, bytes], manifest: dict[str, Any]) -> None:
    manifest["files"]["chroma/segment/data.bin"]["size"] = 10**17


def damage_the_store(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    import hashlib

    data = bytearray(files[FILE_NAME])
    data[4096:8192] = b"\xff" * 4096
    files[FILE_NAME] = bytes(data)
    manifest["files"][FILE_NAME]["sha256"] = hashlib.sha256(files[FILE_NAME]).hexdigest()


def link(file: Path) -> None:
    with tarfile.open(file) as archive:
        manifest = archive.extractfile("manifest.json").read()  # type: ignore[union-attr]
    with tarfile.open(file, "w:gz") as archive:
        first = tarfile.TarInfo("manifest.json")
        first.size = len(manifest)
        archive.addfile(first, io.BytesIO(manifest))
        member = tarfile.TarInfo(FILE_NAME)
        member.type, member.linkname = tarfile.SYMTYPE, "advisor.toml"
        archive.addfile(member)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        pytest.param(cut, "damaged", id="cut in half"),
        pytest.param(cut_to_nothing, "damaged|no backup", id="empty"),
        pytest.param(replace_by_text, "damaged|no backup", id="another kind of file"),
        pytest.param(rewritten(flip), "differs from its checksum", id="one bit flipped"),
        pytest.param(rewritten(add_unlisted), "not what its list says", id="a file that is not listed"),
        pytest.param(rewritten(lose_one), "is missing", id="a file that is missing"),
        pytest.param(rewritten(grow), "not what its list says", id="a file that has grown"),
        pytest.param(rewritten(escape), "do not trust it", id="a path that leads out"),
        pytest.param(rewritten(overwrite_settings), "do not trust it", id="a file that no backup holds"),
        pytest.param(rewritten(come_from_the_future), r"version 9\.9", id="a newer format"),
        pytest.param(rewritten(lose_the_list), "its list cannot be read", id="no list"),
        pytest.param(rewritten(ask_for_too_much), "MB are free", id="more than the disk holds"),
        pytest.param(rewritten(damage_the_store), r"'store\.sqlite3' in the backup .* is damaged", id="a broken store"),
        pytest.param(link, "not what its list says", id="a link"),
    ],
)
async def test_backup_that_is_not_sound_replaces_nothing(
    home: Path, backup: Path, damage: Callable[[Path], None], told: str
) -> None:
    before = content(home)
    damage(backup)

    with pytest.raises(BackupFailed, match=told):
        await restore_backup(home, backup)

    assert content(home) == before


async def test_file_that_does_not_exist_is_told(home: Path) -> None:
    with pytest.raises(BackupFailed, match="does not exist"):
        await restore_backup(home, home / "none.tar.gz")


async def test_store_of_a_newer_version_replaces_nothing(home: Path, tmp_path: Path) -> None:
    source, file = tmp_path / "future", tmp_path / "future.tar.gz"
    async with open_store(None, home=source):
        pass
    with closing(sqlite3.connect(source / FILE_NAME)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    await make_backup(BackupJob(home=source, file=file), at=AT)

    with pytest.raises(StoreMismatch, match="'9999'"):
        await restore_backup(home, file)

    assert await claims(home) == {"new"}


class Killed(BaseException):
    """Stands for the end of the process: nothing after it is done."""


@pytest.mark.parametrize("moves", range(7))
async def test_restoring_that_is_killed_is_finished_by_whoever_comes_next(
    home: Path, backup: Path, monkeypatch: pytest.MonkeyPatch, moves: int
) -> None:
    done = 0
    move = Path.replace

    def moved(path: Path, target: Path) -> Path:
        nonlocal done
        if done == moves:
            raise Killed
        done += 1
        return move(path, target)

    with monkeypatch.context() as killing:
        killing.setattr(Path, "replace", moved)
        try:
            await restore_backup(home, backup)
        except Killed:
            begun = unsettled(home)
        else:
            pytest.fail("fewer files were moved than this table of kill points knows")

    assert await settle(home) is begun

    assert await claims(home) == ({"old"} if begun else {"new"})
    assert ((home / "chroma" / "segment").exists(), (home / "calibration.json").exists()) == (begun, not begun)
    assert not unsettled(home)


async def test_what_a_killed_restoring_left_is_cleared_away(home: Path, backup: Path) -> None:
    (home / ".advisor-left").mkdir()
    (home / ".advisor-left" / "copy").write_text("words of people")
    (home / ".advisor-note").write_text("{}")

    await restore_backup(home, backup)

    assert set(content(home)) == {FILE_NAME, "chroma/segment/data.bin", "advisor.toml"}


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_any_damaged_byte_is_found_or_harmless(home: Path, backup: Path, data: st.DataObject) -> None:
    packed = bytearray(gzip.decompress(backup.read_bytes()))
    position = data.draw(st.integers(0, len(packed) - 1))
    packed[position] ^= data.draw(st.integers(1, 255))
    damaged = backup.with_name("damaged.tar.gz")
    damaged.write_bytes(gzip.compress(bytes(packed), 1))

    try:
        await restore_backup(home, damaged)
    except BackupFailed:
        return
    assert (home / "chroma" / "segment" / "data.bin").read_bytes() == b"old vectors" * 1000
    assert await claims(home) >= {"old"}
