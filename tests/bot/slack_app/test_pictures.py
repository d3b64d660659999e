"""What the bot says on Slack, pictured by a browser into `pictures/`, to be looked at."""

from __future__ import annotations

import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rag.types import AnswerEvent, AnswerStatus, Delta, Finished, Language, Question, Retrieved
from tests import browser
from tests.bot.samples import answer, citation, passage, retrieval
from tests.doubles.slack.workspace import ADA, BOB, BOT_USER, CHANNEL, Said

from . import slack_page
from .office import Office, office
from .opened import until

pytestmark = pytest.mark.full

_FOLDER = Path(__file__).parents[3] / "pictures"
_WIDTH = 740
_LEAST_BYTES, _LEAST_HEIGHT = 4_000, 40
"""A picture of an empty page is smaller."""

ENGLISH = (
    "A **data flywheel** turns usage into data, and data into a better product.[1] It needs three things:[1]\n\n"
    "1. a product that people use every day,\n2. a right to learn from what they do,\n3. a loop that somebody owns.\n\n"
    "| Stage | What to measure |\n| --- | --- |\n| seed | weekly use |\n| series A | quality per label |\n\n"
    "Ask the team with `flywheel --check`. Addresses such as https://evil.example/x and <!channel> are inert.[2]"
)
CHINESE = (
    "**数据飞轮**把使用变成数据，再把数据变成更好的产品。[1]它需要三个条件：[1]\n\n"
    "- 用户每天都在用的产品；\n- 从使用中学习的**授权**；\n- 有人负责的闭环。\n\n"
    "| 阶段 | 衡量什么 |\n| --- | --- |\n| 种子轮 | 每周使用 |\n| A轮 | 单条标注的质量 |\n\n"
    "没有人看数据的飞轮会停下来。[2]"
)


class Writer:
    """Answers in the question's language; refuses where the question says so."""

    async def stream(self, question: Question) -> AsyncIterator[AnswerEvent]:
        chinese = any("\u4e00" <= sign <= "\u9fff" for sign in question.text)
        language, text = (Language.ZH, CHINESE) if chinese else (Language.EN, ENGLISH)
        found = retrieval(passage("How", language=language), passage("Pricing", language=language))
        yield Retrieved(retrieval=found)
        if "rockets" in question.text:
            text = "My library holds nothing on this. It is near: data flywheels, pricing."
            yield Delta(text=text)
            refusal = answer(text, status=AnswerStatus.REFUSED)
            yield Finished(answer=replace(refusal, question=question.text))
            return
        yield Delta(text=text)
        cited = [citation(1, pages=(3, 4)), citation(2, "Pricing")]
        yield Finished(answer=replace(answer(text, citations=cited, language=language), question=question.text))


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A browser, or a reason to leave the pictures out."""
    program = browser.installed()
    if program is None:
        pytest.skip(f"there is no Chromium on the path, under any of the names {', '.join(browser.NAMES)}")
    with browser.running(program, tmp_path_factory.mktemp("profile")) as opened:
        yield opened


async def pictured(port: int, name: str, *parts: str) -> None:
    """Pictures a page, and looks whether anything is on it."""
    _FOLDER.mkdir(exist_ok=True)
    source = _FOLDER / f"{name}.html"
    source.write_text(slack_page.page(*parts), "utf-8")
    content = await browser.picture(port, source, width=_WIDTH)
    source.with_suffix(".png").write_bytes(content)
    width, height = struct.unpack(">II", content[16:24])
    assert width == _WIDTH
    assert height > _LEAST_HEIGHT
    assert len(content) > _LEAST_BYTES


@asynccontextmanager
async def answered(home: Path, *questions: tuple[str, str]) -> AsyncIterator[tuple[Office, list[Said]]]:
    """The bot after some people have asked."""
    async with office(home, desk=Writer()) as bot:
        for count, (user, question) in enumerate(questions, start=1):
            bot.slack.people.say(user, CHANNEL, f"<@{BOT_USER}> {question}")
            await bot.answers(count)
        yield bot, bot.slack.workspace.own()


async def test_answers_in_both_languages(port: int, tmp_path: Path) -> None:
    asked = ((ADA, "how does a data flywheel work?"), (BOB, "数据飞轮怎么运作？"))
    async with answered(tmp_path, *asked) as (_, said):
        await pictured(port, "answers", *(slack_page.message(each.blocks) for each in said))


async def test_refusal(port: int, tmp_path: Path) -> None:
    async with answered(tmp_path, (ADA, "how do I build rockets?")) as (_, said):
        await pictured(port, "refusal", *(slack_page.message(each.blocks) for each in said))


async def test_private_lines(port: int, tmp_path: Path) -> None:
    async with answered(tmp_path, (ADA, "how does a data flywheel work?")) as (bot, (answer, *_)):
        for count, label in enumerate(("Why these sources?", "👎"), start=1):
            bot.slack.people.press(ADA, answer, label)
            await bot.whispers(count)
        bot.slack.people.command(BOB, CHANNEL, "帮助")
        whispers = await bot.whispers(3)
        await pictured(port, "private", *(slack_page.message(each["blocks"], only="you") for each in whispers))


@pytest.mark.parametrize(("user", "name"), [(ADA, "home-en"), (BOB, "home-zh")])
async def test_home_tab(port: int, tmp_path: Path, user: str, name: str) -> None:
    async with answered(tmp_path, (user, "how does a data flywheel work?")) as (bot, _):
        bot.slack.people.open_app(user, tab="home")
        await until(lambda: user in bot.slack.workspace.homes)
        await pictured(port, name, slack_page.view(bot.slack.workspace.homes[user]))


async def test_form(port: int, tmp_path: Path) -> None:
    async with answered(tmp_path) as (bot, _):
        bot.slack.people.command(ADA, CHANNEL, "profile set")
        await until(lambda: bool(bot.slack.workspace.views))
        shown: list[dict[str, Any]] = list(bot.slack.workspace.views.values())
        await pictured(port, "form", *map(slack_page.view, shown))
