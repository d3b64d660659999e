"""Pictures of what readers see on Discord, in `pictures/`, to be looked at."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from bot.discord_app.parse import SAVE_AS_ANSWER
from bot.payloads import Payload
from bot.replies import Button, Option, Reply, Select, Style
from rag.backends.memory import MemoryVectorStore
from rag.backends.sqlite.database import open_database
from rag.backends.sqlite.reading import SqliteCatalogue
from rag.build import open_rag
from rag.settings import EmbeddingSettings, RagSettings
from rag.types import Language
from tests.bot.commands.risk_stage import pages
from tests.bot.commands.stage import publish
from tests.bot.samples import citation
from tests.doubles.discord.names import ADA, BOB, CEO, CHANNEL, ME
from tests.doubles.discord.things import Interaction

from .offices import Office, office
from .opened import channel, signed_in, until
from .pictures import page_of, picture

FOLDER = Path(__file__).parents[3] / "pictures"
RICH = """## 先看两个数

**重点**：一次完成的任务对客户值多少钱，对你要花多少钱。[1]

- 按任务收费：客户容易比较 [1]
- 按用量收费：成本透明 [2]

| 方式 | 毛利 |
|---|---|
| 任务 | 60% |

> 原文引用一句。

See [the guide](https://example.org/f) or https://evil.example/?q=secret, @everyone."""

pytestmark = pytest.mark.full


async def pictured(name: str, page: str) -> None:
    """Keeps a page and its picture. What Discord would not read as markup must not be left in it."""
    FOLDER.mkdir(exist_ok=True)
    source = FOLDER / f"discord-{name}.html"
    source.write_text(page, encoding="utf-8")
    seen = page.partition("</style>")[2]
    assert [mark for mark in ("**", "-# ", "```", "](", "@everyone") if mark in seen] == []
    await picture(source)


@pytest.mark.parametrize(("name", "question"), [("answer-en", "what is a moat?"), ("answer-zh", "什么是护城河？")])
async def test_answer_its_rating_and_its_form(name: str, question: str, tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.discord.people.say(ADA, CHANNEL, f"<@{ME}> {question}")
        (said,) = await bot.answers()
        bot.discord.people.press(ADA, said, "👎")
        (asked,) = await bot.whispers()
        bot.discord.people.press(ADA, asked, asked.labels[-1])
        await until(lambda: bool(bot.discord.world.modals))
        await pictured(name, page_of([said, asked], bot.discord.world.modals))


async def test_growing_and_failed_answers(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        bot.discord.people.say(ADA, CHANNEL, f"<@{ME}> please wait")
        await until(lambda: any("Stop" in said.labels for said in bot.discord.world.own()))
        bot.discord.people.say(BOB, CHANNEL, f"<@{ME}> please fail")
        await until(lambda: any("Try again" in said.labels for said in bot.discord.world.own()))
        await pictured("growing", page_of(bot.discord.world.own()))


async def settings_of(bot: Office) -> str:
    bot.discord.people.command(CEO, CHANNEL, "config", group="advisor-admin")
    (shown,) = await bot.whispers()
    bot.discord.people.press(CEO, shown, shown.labels[0])
    await until(lambda: bool(bot.discord.world.modals))
    return page_of([shown], bot.discord.world.modals)


async def test_settings_and_their_form(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        await pictured("settings", await settings_of(bot))


async def test_markdown_table_list_and_links(tmp_path: Path) -> None:
    options = tuple(Option(label=name, value=name) for name in ("Mediq", "Roomly"))
    row = (Button(label="Try again", payload=Payload(verb="retry"), style=Style.PRIMARY),)
    menu = (Select(placeholder="Compare with …", payload=Payload(verb="compare"), options=options),)
    reply = Reply(
        text=RICH,
        citations=(citation(1), citation(2, "Why they fail", pages=(3, 4))),
        notes=("The language model was busy, so I quote the library.",),
        actions=(row, menu),
        language=Language.ZH,
    )
    async with signed_in(tmp_path) as (discord, connection):
        await connection.chat.post(channel(), reply, nonce="n")
        await pictured("markdown", page_of(discord.world.own()))


@pytest.fixture
async def catalogue(tmp_path: Path) -> AsyncIterator[SqliteCatalogue]:
    """A library that holds the risk register."""
    async with open_database(tmp_path / "library.sqlite3") as database:
        await publish(database, MemoryVectorStore(), pages())
        yield SqliteCatalogue(database)


SHOWN = (
    ("advisor", "help", {}),
    ("advisor", "home", {}),
    ("advisor", "assess", {}),
    ("advisor", "profile", {}),
    ("advisor", "risks", {"action": "list"}),
    ("advisor-admin", "server", {}),
    ("advisor-admin", "admin", {"action": "status"}),
    ("advisor-admin", "gaps", {}),
)


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
async def test_what_commands_tell(locale: str, catalogue: SqliteCatalogue, tmp_path: Path) -> None:
    async with office(tmp_path, catalogue=catalogue) as bot:
        for group, name, options in SHOWN:
            used = bot.discord.people.command(CEO, CHANNEL, name, group=group, locale=locale, **options)
            await until(partial(is_answered, used))
        await bot.quiet()
        await pictured(f"commands-{locale[:2]}", page_of(bot.discord.world.whispers()))


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
async def test_checklist_and_forms(locale: str, catalogue: SqliteCatalogue, tmp_path: Path) -> None:
    async with office(tmp_path, catalogue=catalogue) as bot:
        people, world = bot.discord.people, bot.discord.world
        people.command(CEO, CHANNEL, "risks", action="checklist", locale=locale)
        await bot.answers()
        for number, name in enumerate(("assess", "profile"), start=1):
            used = people.command(CEO, CHANNEL, name, locale=locale)
            await until(partial(is_answered, used))
            shown = used.original
            assert shown is not None
            people.press(CEO, shown, shown.labels[0])
            await until(lambda number=number: len(world.modals) == number)  # type: ignore[misc]
        await pictured(f"forms-{locale[:2]}", page_of(world.own(), world.modals))


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
async def test_form_of_an_answer_that_is_saved(locale: str, tmp_path: Path) -> None:
    settings = RagSettings(home=tmp_path, embedding=EmbeddingSettings(embedder="memory"))
    async with open_rag(settings) as rag, office(tmp_path, rag=rag) as bot:
        said = bot.discord.people.say(ADA, CHANNEL, "六周左右。" if locale == "zh-CN" else "Six weeks.")
        bot.discord.people.menu(CEO, said, SAVE_AS_ANSWER, locale=locale)
        await until(lambda: len(bot.discord.world.modals) == 1)
        await pictured(f"saving-{locale[:2]}", page_of(bot.discord.world.own(), bot.discord.world.modals))


def is_answered(used: Interaction) -> bool:
    return used.original is not None and used.original.finished
