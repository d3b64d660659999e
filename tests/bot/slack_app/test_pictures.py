"""What the bot says on Slack, pictured by a browser into `pictures/`, to be looked at."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.index_journal import IndexJournal
from bot.indexing import IndexGate, IndexRuns
from bot.records import ChannelSettings
from bot.slack_app.render import Renderer
from rag.types import AnswerEvent, AnswerStatus, Delta, Finished, Language, Question, Retrieved
from tests import browser
from tests.bot.bench import WORDING
from tests.bot.commands.test_admin import Room, Runs, running
from tests.bot.samples import NOW, answer, citation, passage, retrieval
from tests.bot.schedules.test_trends import Scene
from tests.doubles.slack.people import labels
from tests.doubles.slack.server import slack_server
from tests.doubles.slack.workspace import ADA, BOB, BOT_USER, CHANNEL, Said

from . import at_work, slack_page
from .office import Office, office
from .opened import until
from .test_home_forms import home_office, page_of

pytestmark = pytest.mark.full

_FOLDER = Path(__file__).parents[3] / "pictures"
_WIDTH = 740
_RENDERER = Renderer(WORDING)
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
            if chinese:
                text = "资料库里没有这方面的内容。相近的主题：数据飞轮、定价。"
            yield Delta(text=text)
            refusal = answer(text, status=AnswerStatus.REFUSED, language=language)
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
    asked = ((ADA, "how do I build rockets?"), (BOB, "怎么造火箭 rockets？"))
    async with answered(tmp_path, *asked) as (_, said):
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
async def test_home_tab_and_its_forms(port: int, tmp_path: Path, user: str, name: str) -> None:
    admins = tuple(f"slack:T0HOME/{each}" for each in (ADA, BOB))
    async with home_office(tmp_path, desk=Writer(), admins=admins) as bot:
        bot.slack.people.say(user, CHANNEL, f"<@{BOT_USER}> 数据飞轮怎么运作？")
        await bot.answers(1)
        view, views = await page_of(bot, user), bot.slack.workspace.views
        await pictured(port, name, slack_page.view(view))
        for count, (label, value) in enumerate(_choices(view), start=1):
            bot.slack.people.press_home(user, view, label, choice=value)
            await until(lambda count=count: len(views) >= count)  # type: ignore[misc]
        await pictured(port, name.replace("home", "forms"), *map(slack_page.view, views.values()))


def _choices(view: dict[str, Any]) -> list[tuple[str, str]]:
    """The first choice of each list of the page, and the buttons that open forms."""
    elements = [each for block in view["blocks"] for each in block.get("elements", ()) if "action_id" in each]
    return [
        (each["text"]["text"], "") if each["type"] == "button" else _first(each)
        for each in elements
        if each["type"] == "static_select" or each["text"]["text"].endswith("…")
    ]


def _first(element: dict[str, Any]) -> tuple[str, str]:
    return element["placeholder"]["text"], element["options"][0]["value"]


async def test_answer_that_grows(port: int, tmp_path: Path) -> None:
    class Slowly(Writer):
        """Stops in the middle until somebody has looked."""

        async def stream(self, question: Question) -> AsyncIterator[AnswerEvent]:
            yield Retrieved(retrieval=replace(retrieval(passage("How")), language=Language.ZH))
            yield Delta(text="**数据飞轮**把使用变成数据，再把数据变成更好的产品。[1]")
            await seen.wait()
            async for event in Writer().stream(question):
                if not isinstance(event, Retrieved):
                    yield event

    seen = asyncio.Event()
    async with office(tmp_path, desk=Slowly()) as bot:
        bot.slack.people.say(BOB, CHANNEL, f"<@{BOT_USER}> 数据飞轮怎么运作？")
        await until(lambda: any("飞轮" in said.text for said in bot.slack.workspace.own()))
        (growing,) = bot.slack.workspace.own()
        cards = " · ".join(f"⏳ {title}" for title, state in growing.cards.values() if state != "complete")
        shown = [{"type": "markdown", "text": f"{growing.text}\n\n{cards}"}]
        await pictured(port, "streaming", slack_page.message(shown))
        seen.set()
        await bot.engine.settled()


@pytest.mark.parametrize(("call", "name"), [("risks checklist", "risks-en"), ("风险 清单", "risks-zh")])
async def test_checklist_and_card(port: int, tmp_path: Path, call: str, name: str) -> None:
    async with home_office(tmp_path) as bot:
        bot.slack.people.command(ADA, CHANNEL, call)
        await until(lambda: bool(bot.slack.workspace.own()))
        await bot.engine.settled()
        (said,) = bot.slack.workspace.own()
        bot.slack.people.press(ADA, said, labels(said)[0])
        label = next(each for each in labels(said) if each.endswith("…"))
        bot.slack.people.press(ADA, said, label, choice="runway-short")
        (card,) = await bot.whispers()
        await bot.engine.settled()
        await pictured(port, name, slack_page.message(said.blocks), slack_page.message(card["blocks"], only="you"))


async def test_expert_is_called(port: int, tmp_path: Path) -> None:
    async with slack_server() as slack, at_work.office(tmp_path, slack) as bot:
        key = f"slack/T0HOME/{CHANNEL}"
        await bot.store.settings.save(key, ChannelSettings(other={"expert": f"user:{BOB}"}))
        slack.people.say(ADA, CHANNEL, f"<@{BOT_USER}> how long does a licence take?")
        (refusal,) = await bot.said(1)
        slack.people.press(ADA, refusal, "Ask an expert")
        _, card = await bot.said(2)
        slack.people.press(BOB, card, "I take it")
        await bot.whispered(2)
        slack.people.say(BOB, CHANNEL, "Six weeks, if the papers are complete.", thread=refusal.thread_ts)
        (question,) = (await bot.whispered(3))[2:]
        slack.people.press(BOB, bot.as_message(question, refusal.thread_ts), "Yes, this is my answer")
        said = await bot.said(3)
        whisper = slack_page.message(question["blocks"], only="小明")
        await pictured(port, "expert", *(slack_page.message(each.blocks) for each in said), whisper)


@pytest.mark.parametrize("language", [Language.EN, Language.ZH])
async def test_digest(port: int, language: Language) -> None:
    scene = Scene()
    scene.library.note("Trend: prices", "Prices of inference fall by half each year.", topics=("pricing",))
    scene.library.note(
        "趋势：监管", "监管机构要求标注生成内容，最迟到2027年3月1日。", topics=("regulation",), language=Language.ZH
    )
    made = await scene.made(language=language)
    shown = (slack_page.message(_RENDERER.message(reply)["blocks"]) for reply in made.replies)
    await pictured(port, f"digest-{language.value}", *shown)


@pytest.mark.parametrize(("command", "name"), [("admin", "reindex-en"), ("管理", "reindex-zh")])
async def test_reindexing(port: int, command: str, name: str, tmp_path: Path) -> None:
    runs = Runs()
    journal = IndexJournal(tmp_path)
    began = IndexRuns(
        runs, runs, gate=IndexGate(now=lambda: NOW), journal=journal, now=lambda: NOW - timedelta(minutes=1)
    )
    room = Room().over(began)
    task = await running(room, runs, "reindex" if command == "admin" else "更新", name=command)
    runs.go.set()
    await task
    versions = [*room.chat.posted[-1].versions[-2:]]
    shown = [slack_page.message(_RENDERER.message(each)["blocks"]) for each in versions]
    await pictured(port, name, *shown, slack_page.message(_RENDERER.message(room.last)["blocks"], only="you"))
