"""What somebody wrote becomes a document: from a message's menu over a form to a file, by admins alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.discord_app.parse import SAVE_AS_ANSWER
from bot.document_records import Shelf
from bot.records import ChannelSettings
from rag.build import open_rag
from rag.settings import EmbeddingSettings, RagSettings
from tests.doubles.discord.names import ADA, BOB, CEO, CHANNEL, GUILD
from tests.doubles.discord.things import Said

from .offices import Office, office
from .opened import until

ANSWER = "Six weeks, if the papers are complete; mail bob@example.org."


def talked(bot: Office) -> Said:
    """Bob's answer to a question of Ada's."""
    asked = bot.discord.people.say(ADA, CHANNEL, "How long does a licence take?")
    return bot.discord.people.say(BOB, CHANNEL, ANSWER, reply_to=asked)


@asynccontextmanager
async def publishing(home: Path) -> AsyncIterator[Office]:
    """The bot with a library of its own."""
    settings = RagSettings(home=home, embedding=EmbeddingSettings(embedder="memory"))
    async with open_rag(settings) as rag, office(home, rag=rag) as bot:
        yield bot


async def form(bot: Office, said: Said, *, locale: str = "en-US") -> dict[str, Any]:
    """The form that an admin gets for a message."""
    count = len(bot.discord.world.modals)
    bot.discord.people.menu(CEO, said, SAVE_AS_ANSWER, locale=locale)
    await until(lambda: len(bot.discord.world.modals) > count)
    return bot.discord.world.modals[-1]


def values(modal: dict[str, Any]) -> dict[str, str]:
    return {each["component"]["custom_id"]: each["component"].get("value", "") for each in modal["components"]}


def documents(home: Path) -> list[str]:
    return [each.read_text("utf-8") for each in sorted((home / Shelf.ANSWERS.value).glob("*.md"))]


async def test_message_is_edited_in_a_form_and_saved_for_the_readers_of_its_channel(tmp_path: Path) -> None:
    async with publishing(tmp_path) as bot:
        labelled = ChannelSettings(labels=frozenset({"public", "board"}))
        await bot.store.settings.save(f"discord/{GUILD}/{CHANNEL}", labelled)
        modal = await form(bot, talked(bot))
        known = values(modal)
        assert (known["question"], known["author"]) == ("How long does a licence take?", "小明")
        assert known["text"].startswith("Six weeks")
        assert "bob@example.org" not in known["text"]
        assert "board" in modal["components"][1]["description"]
        bot.discord.people.submit(CEO, modal, {**known, "text": "Six weeks."})
        (told,) = await bot.whispers()
        entries = await bot.store.audit.latest(limit=9)
        (kept,) = await bot.store.shelves.all()
    (document,) = documents(tmp_path)
    assert "How long does a licence take?" in told.content
    assert "board" in told.content
    assert "- board" in document
    assert "小明" not in document
    assert kept.given == "小明"
    assert document.endswith("Six weeks.\n")
    assert [(each.action, each.details["audience"]) for each in entries] == [("proposal", "board")]


async def test_same_question_saved_again_replaces_the_first(tmp_path: Path) -> None:
    async with publishing(tmp_path) as bot:
        said = talked(bot)
        for number, text in enumerate(("Six weeks.", "Seven weeks."), start=1):
            modal = await form(bot, said, locale="zh-CN")
            bot.discord.people.submit(CEO, modal, {**values(modal), "text": text, "author": ""})
            (*_, told) = await bot.whispers(number)
    (document,) = documents(tmp_path)
    assert "已收入资料库" in told.content
    assert document.endswith("Seven weeks.\n")


async def test_member_is_refused_whatever_discord_lets_them_see(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.discord.people.menu(ADA, talked(bot), SAVE_AS_ANSWER)
        (told,) = await bot.whispers()
        assert bot.discord.world.modals == []
    assert "Only an admin" in told.content


async def test_form_of_somebody_who_is_no_admin_any_more_saves_nothing(tmp_path: Path) -> None:
    async with publishing(tmp_path) as bot:
        modal = await form(bot, talked(bot))
        bot.discord.world.member_roles[CEO] = []
        bot.discord.people.submit(CEO, modal, values(modal))
        (told,) = await bot.whispers()
    assert "Only an admin" in told.content
    assert documents(tmp_path) == []


async def test_server_that_is_not_registered_adds_nothing_to_the_library(tmp_path: Path) -> None:
    async with office(tmp_path, registered=False) as bot:
        bot.discord.people.menu(CEO, talked(bot), SAVE_AS_ANSWER)
        (told,) = await bot.whispers()
    assert "not registered" in told.content
