"""The key that makes people unrecognisable is made once, kept secret, and never guessed at."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.errors import StoreFailed
from bot.store.keys import KEY_NAME, people_key, pseudonym


def test_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first = people_key(tmp_path / "home")

    assert people_key(tmp_path / "home") == first
    assert len(first) == 32
    assert [(path.name, stat.S_IMODE(path.stat().st_mode)) for path in (tmp_path / "home").iterdir()] == [
        (KEY_NAME, 0o600)
    ]


def test_all_who_start_at_the_same_time_get_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(lambda _: people_key(tmp_path), range(32)))

    assert len(keys) == 1


def test_pseudonym_is_the_same_for_a_person_and_differs_by_key(tmp_path: Path) -> None:
    one, other = people_key(tmp_path / "one"), people_key(tmp_path / "other")

    assert pseudonym(one, "slack/T1/U1") == pseudonym(one, "slack/T1/U1")
    assert len({pseudonym(key, person) for key in (one, other) for person in ("slack/T1/U1", "slack/T1/U2")}) == 4
    assert "U1" not in pseudonym(one, "slack/T1/U1")


def test_damaged_key_is_told_and_not_replaced(tmp_path: Path) -> None:
    (tmp_path / KEY_NAME).write_bytes(b"short")

    with pytest.raises(StoreFailed, match="5 bytes instead of 32"):
        people_key(tmp_path)

    assert (tmp_path / KEY_NAME).read_bytes() == b"short"


def test_key_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / KEY_NAME).mkdir()

    with pytest.raises(StoreFailed, match="cannot be used"):
        people_key(tmp_path)
