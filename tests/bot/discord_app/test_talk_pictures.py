"""Pictures of what is said on Discord beyond commands: rich answers, refusals, digests, an expert's answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.records import ChannelSettings
from rag.types import Language
from tests.bot.schedules.test_trends import Scene
from tests.bot.slack_app.test_pictures import Writer
from tests.doubles.discord.names import ADA, BOB, CHANNEL, GUILD, ME

from .offices import office
from .opened import channel, signed_in, until
from .pictures import page_of
from .test_pictures import pictured

pytestmark = pytest.mark.full


@pytest.mark.parametrize(
    ("name", "questions"),
    [
        ("talk", ("how does a data flywheel work?", "数据飞轮怎么运作？")),
        ("refusal", ("how do I build rockets?", "怎么造火箭 rockets？")),
    ],
)
async def test_answers_and_refusals_in_both_languages(name: str, questions: tuple[str, ...], tmp_path: Path) -> None:
    async with office(tmp_path, desk=Writer()) as bot:
        await bot.store.settings.save(f"discord/{GUILD}/{CHANNEL}", ChannelSettings(other={"expert": f"user:{BOB}"}))
        for count, question in enumerate(questions, start=1):
            bot.discord.people.say(ADA, CHANNEL, f"<@{ME}> {question}")
            await bot.answers(count)
        await pictured(name, page_of(bot.discord.world.own()))


@pytest.mark.parametrize("language", [Language.EN, Language.ZH])
async def test_digest(language: Language, tmp_path: Path) -> None:
    scene = Scene()
    scene.library.note("Trend: prices", "Prices of inference fall by half each year.", topics=("pricing",))
    scene.library.note(
        "趋势：监管", "监管机构要求标注生成内容，最迟到2027年3月1日。", topics=("regulation",), language=Language.ZH
    )
    made = await scene.made(language=language)
    async with signed_in(tmp_path) as (discord, connection):
        for number, reply in enumerate(made.replies):
            await connection.chat.post(channel(), reply, nonce=str(number))
        await pictured(f"digest-{language.value}", page_of(discord.world.own()))


@pytest.mark.parametrize(
    ("name", "question", "told", "labels"),
    [
        (
            "expert-en",
            "how long does a licence take?",
            "Six weeks, if the papers are complete.",
            ("Ask an expert", "I take it", "Answer …"),
        ),
        ("expert-zh", "拿牌照要多久？", "材料齐全的话，六周左右。", ("请教专家", "我来回答", "填写回答……")),
    ],
)
async def test_expert_is_called_and_answers(
    name: str, question: str, told: str, labels: tuple[str, str, str], tmp_path: Path
) -> None:
    async with office(tmp_path) as bot:
        people, world = bot.discord.people, bot.discord.world
        await bot.store.settings.save(f"discord/{GUILD}/{CHANNEL}", ChannelSettings(other={"expert": f"user:{BOB}"}))
        people.say(ADA, CHANNEL, f"<@{ME}> {question}")
        (answer,) = await bot.answers()
        ask, take, write = labels
        people.press(ADA, answer, ask)
        _, card = await bot.answers(2)
        people.press(BOB, card, take)
        await until(lambda: write in card.labels)
        people.press(BOB, card, write)
        await until(lambda: bool(world.modals))
        people.submit(BOB, world.modals[0], {"text": told})
        await bot.answers(3)
        await bot.whispers(3)
        await pictured(name, page_of([*world.own(), *world.whispers()], world.modals))
