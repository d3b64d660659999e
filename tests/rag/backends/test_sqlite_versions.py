"""The catalogue names the content of each live document."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from .test_sqlite_catalogue import indexed, opened


async def test_version_changes_with_the_content_alone(tmp_path: Path) -> None:
    one, two = indexed("one", ["text"]), indexed("two", ["text"])
    async with opened(tmp_path / "library.sqlite3") as shelf:
        assert await shelf.catalogue.versions() == {}
        generation = await shelf.filled(one, two)
        before = await shelf.catalogue.versions()
        assert set(before) == {"one", "two"}
        changed = dataclasses.replace(two.fingerprint, content_hash="other")
        await shelf.writer.replace(generation, dataclasses.replace(two, fingerprint=changed))
        touched = dataclasses.replace(one.fingerprint, modified_ns=5)
        await shelf.writer.touch(generation, one.document.id, touched)
        assert await shelf.catalogue.versions() == {**before, "two": "other"}
