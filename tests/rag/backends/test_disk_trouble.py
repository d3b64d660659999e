"""Whoever cannot write says what to do about it."""

import errno

import pytest

from rag.backends.disk_trouble import remedy_for, remedy_of


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        ("database or disk is full", "free some disk space"),
        ("Query error: No space left on device (os error 28)", "free some disk space"),
        ("error returned from database: (code: 778) disk I/O error", "may be full"),
        ("attempt to write a readonly database", "make the folder the home writable"),
        ("Read-only file system (os error 30)", "make the folder the home writable"),
        ("unable to open database file", "make the folder the home writable"),
    ],
)
def test_the_words_of_databases_are_understood(problem: str, told: str) -> None:
    assert told in remedy_of(problem, folder="the home")


def test_other_words_call_for_nothing() -> None:
    assert remedy_of("no such table", folder="the home") == ""


@pytest.mark.parametrize(
    ("number", "told"), [(errno.ENOSPC, "space"), (errno.EFBIG, "space"), (errno.EROFS, "writable")]
)
def test_the_numbers_of_the_system_are_understood(number: int, told: str) -> None:
    assert told in remedy_for(OSError(number, "no"))
