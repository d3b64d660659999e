"""What people do on Discord reaches the engine, and Discord is answered in time."""

from __future__ import annotations

from pathlib import Path

from bot.chat import Message

from .opened import listening


async def test_mention_is_heard(tmp_path: Path) -> None:
    async with listening(tmp_path) as bot:
        bot.discord.people.say("900000000000000002", "800000000000000001", "<@900000000000000001> what is a moat?")
        (heard,) = await bot.heard.count()
    assert isinstance(heard, Message)
    assert heard.text == "what is a moat?"
