"""Files in messages: taken where they are meant for the bot, besides a question and instead of an empty message."""

from __future__ import annotations

import pytest

from bot.chat import Address, Attachment, Message, PlaceKind
from bot.engine.gates import Step, brings_files
from tests.bot.samples import ADA, NOW, PLACE

FILE = Attachment(name="plan.md", size=4, reference="f1")
DIRECT = {"place": PLACE.__class__(platform="memory", workspace="w", channel="d", kind=PlaceKind.DM)}


def message(**changes: object) -> Message:
    told = {"event_id": "e", "message_id": "m", "place": PLACE, "person": ADA, "at": NOW, "text": ""}
    return Message(**{**told, "attachments": (FILE,), **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "step", "taken"),
    [
        ({"address": Address.MENTION}, Step.EMPTY, True),
        ({"address": Address.MENTION}, Step.ASK, True),
        ({"address": Address.DM, **DIRECT}, Step.EMPTY, True),
        ({**DIRECT}, Step.THANKED, True),
        ({"address": Address.NONE}, Step.ASK, False),
        ({"address": Address.NONE}, Step.IGNORE, False),
        ({"address": Address.REPLY}, Step.ASK, False),
        ({"address": Address.REQUEST}, Step.ASK, False),
        ({"address": Address.MENTION}, Step.OFF, False),
        ({"address": Address.MENTION}, Step.DENIED, False),
        ({"address": Address.MENTION}, Step.STOP, False),
        ({"address": Address.MENTION, "attachments": ()}, Step.EMPTY, False),
    ],
    ids=[
        *("mention", "mention with words", "direct", "thanks in private", "overheard", "among people", "reply"),
        *("menu of a message", "channel switched off", "stranger", "stop", "no file"),
    ],
)
def test_files_are_taken_where_they_are_meant_for_the_bot(
    changes: dict[str, object], step: Step, *, taken: bool
) -> None:
    assert brings_files(message(**changes), step) is taken
