"""What is loaded at the start is left out of later collections."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator

import pytest

from bot.running.pauses import spare_pauses


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    threshold, turn_s = gc.get_threshold(), sys.getswitchinterval()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)
    sys.setswitchinterval(turn_s)


def test_what_is_there_is_not_gone_through_again() -> None:
    spare_pauses()
    assert gc.get_freeze_count() > 1_000
    assert gc.get_count()[2] == 0
    assert gc.get_threshold()[0] > 700


def test_threads_take_turns_more_often_than_every_five_milliseconds() -> None:
    spare_pauses()
    assert sys.getswitchinterval() < 0.002
