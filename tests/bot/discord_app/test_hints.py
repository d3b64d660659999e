"""Commands that the bot names: they exist, are called by their fields, and a click on one begins to type it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from bot.commands.catalogue import all_commands
from bot.discord_app.hints import Hints
from bot.discord_app.render import Renderer
from bot.discord_app.tree import commands_of
from bot.replies import Reply
from bot.wording import load_wording
from rag.backends.sqlite.reading import SqliteCatalogue
from rag.resources import data_folder
from tests.bot.samples import citation
from tests.doubles.discord.names import ADA, APP, CEO, CHANNEL, GRANTED, ME
from tests.doubles.discord.server import discord_server

from .offices import office
from .opened import until
from .test_registry_whole import call_everything, catalogue  # noqa: F401 - the fixture

WORDING = load_wording(data_folder("prompts"))
_LINK = re.compile(r"</([a-z-]+) ([a-z-]+):(\d+)>(?: `([^`\n]+)`)?")
_FIELD = re.compile(r"(?:^|[\s\[])([^\W\d][\w-]*):(?!//)")


@pytest.fixture
def hints() -> Hints:
    registry = all_commands(WORDING)
    made = Hints(registry, commands_of(registry))
    made.learn({"advisor": "71", "advisor-admin": "72"})
    return made


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("Type `/advisor case query:Jasper`.", "Type </advisor case:71> `query:Jasper`.", id="fields"),
        pytest.param("用 `/advisor 案例`。", "用 </advisor case:71>。", id="chinese"),
        pytest.param(
            "`/advisor-admin server action:register`", "</advisor-admin server:72> `action:register`", id="admins"
        ),
        pytest.param("`/advisor server`", "`/advisor server`", id="of the other group"),
        pytest.param("`/advisor dance`", "`/advisor dance`", id="none"),
        pytest.param("`/other case`", "`/other case`", id="of another app"),
        pytest.param("```\n`/advisor case`\n```", "```\n`/advisor case`\n```", id="code block"),
        pytest.param("/advisor case", "/advisor case", id="no code"),
    ],
)
def test_command_in_code_becomes_one_to_click_on(text: str, shown: str, hints: Hints) -> None:
    assert hints.linked(text) == shown


def test_command_stays_words_until_its_id_is_known() -> None:
    registry = all_commands(WORDING)
    assert Hints(registry, commands_of(registry)).linked("`/advisor case`") == "`/advisor case`"


def test_what_rests_on_documents_offers_no_command_to_click_on(hints: Hints) -> None:
    text = "Type `/advisor-admin server action:leave`.[1]"
    assert Renderer(WORDING, hints).message(Reply(text=text, citations=(citation(1),))).content == text
    assert "</advisor-admin server:72>" in Renderer(WORDING, hints).message(Reply(text=text)).content


def test_commands_stay_words_where_the_message_would_be_too_long(hints: Hints) -> None:
    text = "\n".join(["`/advisor case`"] * 118)
    assert Renderer(WORDING, hints).message(Reply(text=text)).content == text


async def test_ids_are_known_after_a_restart_and_asked_for_where_only_a_mark_was_kept(tmp_path: Path) -> None:
    kept = tmp_path / "discord_commands.json"
    async with discord_server() as discord:
        for _ in range(2):
            async with office(tmp_path, discord=discord) as bot:
                bot.discord.people.command(ADA, CHANNEL, "sources")
                await bot.whispers()
        assert discord.world.registrations == 1
        ids = json.loads(kept.read_text())[APP]["ids"]
        assert ids == {each["name"]: each["id"] for each in discord.world.commands}
        kept.write_text(json.dumps({APP: json.loads(kept.read_text())[APP]["mark"]}))
        async with office(tmp_path, discord=discord) as bot:
            bot.discord.people.command(ADA, CHANNEL, "case", query="of nobody", locale="zh-CN")
            await until(lambda: bool(bot.discord.world.whispers()))
        assert discord.world.registrations == 2


@pytest.mark.parametrize(
    ("granted", "told"), [(True, "just go on asking"), (False, "mention me or reply")], ids=["granted", "not granted"]
)
async def test_help_says_how_to_go_on_asking(granted: bool, told: str, tmp_path: Path) -> None:
    async with discord_server() as discord:
        discord.world.flags = GRANTED if granted else 0
        async with office(tmp_path, discord=discord) as bot:
            discord.people.command(ADA, CHANNEL, "help")
            first, *_ = await bot.whispers()
    assert told in first.content


def _problems(texts: Iterable[str], commands: Iterable[dict[str, Any]]) -> set[str]:
    """Hints that name what cannot be called like that."""
    known = {each["name"]: each for each in commands}
    wrong: set[str] = set()
    for text in texts:
        wrong |= set(re.findall(r"`/[^`\n]+`", text))
        for group, name, key, fields in _LINK.findall(text):
            options = {each["name"]: each["options"] for each in known[group]["options"]}
            names = {
                word
                for each in options.get(name, ())
                for word in (each["name"], *(each.get("name_localizations") or {}).values())
            }
            if name not in options or key != known[group]["id"] or not set(_FIELD.findall(fields)) <= names:
                wrong.add(f"/{group} {name} {fields}")
    return wrong


@pytest.mark.full
@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
@pytest.mark.parametrize("user", [CEO, ADA], ids=["admin", "member"])
async def test_every_command_that_the_bot_names_can_be_called_as_it_says(
    user: str,
    locale: str,
    catalogue: SqliteCatalogue,  # noqa: F811
    tmp_path: Path,
) -> None:
    async with office(tmp_path, catalogue=catalogue) as bot:
        await call_everything(bot, user, CHANNEL, locale=locale)
        await bot.quiet()
        # What rests on documents offers no command to click on.
        own = [said for said in bot.discord.world.messages.values() if said.author == ME and not said.embeds]
        texts = [said.content for said in own]
        linked = sum(len(_LINK.findall(text)) for text in texts)
    assert _problems(texts, bot.discord.world.commands) == set()
    assert linked > 40
