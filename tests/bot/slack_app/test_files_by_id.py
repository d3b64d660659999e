"""Files of which an event tells the id alone, as of those in a channel shared with another organisation."""

from __future__ import annotations

import pytest

from bot.chat import Attachment, Message
from bot.errors import DeliveryFailed
from tests.doubles.slack.server import SlackServer
from tests.doubles.slack.workspace import ADA, DM, Refusal

from .bodies import event, read
from .opened import listening, signed_in, until

TOLD = {"id": "F7", "mode": "file_access", "file_access": "check_file_info", "created": 0, "timestamp": 0, "user": ""}
UNNAMED = Attachment(name="F7", size=0, reference="slack-file:F7")


def plan(slack: SlackServer) -> None:
    """Lays a file in."""
    address = f"{slack.address}files/F7"
    slack.workspace.files["F7"] = {"content": b"plan", "name": "plan.md", "size": 4, "url_private_download": address}


def test_file_is_known_by_its_id_where_nothing_else_is_told() -> None:
    message = read(event(subtype="file_share", files=[TOLD, {"id": "F2", "mode": "tombstone"}]))
    assert isinstance(message, Message)
    assert message.attachments == (UNNAMED,)


async def test_file_is_named_before_it_is_handed_on_and_fetched() -> None:
    async with listening(plan) as bot:
        bot.slack.people.say(ADA, DM, "our plan", subtype="file_share", files=[TOLD])
        await until(lambda: bool(bot.heard.incoming))
        (message,) = bot.heard.incoming
        assert isinstance(message, Message)
        (file,) = message.attachments
        assert (file.name, file.size) == ("plan.md", 4)
        assert await bot.connection.chat.fetch(file, limit_bytes=10) == b"plan"


async def test_file_that_is_told_of_too_late_keeps_its_id_and_is_asked_for_again() -> None:
    async with signed_in() as (slack, bot):
        plan(slack)
        slack.workspace.refuse("files.info", Refusal("file_not_found"))
        assert await bot.chat.named([UNNAMED]) == (UNNAMED,)
        assert await bot.chat.fetch(UNNAMED, limit_bytes=10) == b"plan"


async def test_file_that_slack_does_not_tell_of_is_refused() -> None:
    async with signed_in() as (slack, bot):
        with pytest.raises(DeliveryFailed, match="file_not_found"):
            await bot.chat.fetch(UNNAMED, limit_bytes=10)
        slack.workspace.files["F7"] = {"content": b"", "name": "hidden"}
        with pytest.raises(DeliveryFailed, match="where the file"):
            await bot.chat.fetch(UNNAMED, limit_bytes=10)
