"""Files of replies in the terminal: written for their owner alone, never over another one, never elsewhere."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bot.console.files import keep_file
from bot.errors import DeliveryFailed
from bot.replies import File


def test_file_is_its_owners_alone_and_never_replaces_another(tmp_path: Path) -> None:
    paths = [keep_file(File(name="可行性评估-2026.md", content=b"%d" % number), tmp_path) for number in range(3)]
    assert [path.name for path in paths] == ["可行性评估-2026.md", "可行性评估-2026-1.md", "可行性评估-2026-2.md"]
    assert [path.read_bytes() for path in paths] == [b"0", b"1", b"2"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}


@pytest.mark.parametrize("name", ["../up.md", "/etc/x.md", ".hidden", "a\0b.md", "..", ""])
def test_file_stays_in_its_folder_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    path = keep_file(File(name=name, content=b"x"), folder)
    assert path.parent == folder
    assert not path.name.startswith(".")
    assert [each.name for each in tmp_path.iterdir()] == ["here"]


def test_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(DeliveryFailed, match="cannot be made"):
        keep_file(File(name="a.md", content=b"x"), tmp_path / "taken" / "files")
