"""The app's home tab, and what one person was told and shares."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.chat import Place, PlaceKind
from bot.offers import Verb
from bot.payloads import Payload
from bot.replies import Button, Reply
from bot.slack_app.home import home_of, home_view, is_home
from bot.slack_app.markup import mrkdwn
from tests.doubles.slack.limits import check_view
from tests.doubles.slack.people import labels
from tests.doubles.slack.workspace import ADA, BOB, BOT_USER, CHANNEL, DM, Said, Workspace

from .bodies import READER
from .office import ASKED, office
from .opened import until


async def opened(bot: Any, user: str) -> dict[str, Any]:
    """The page of a person who looks at it."""
    bot.slack.people.open_app(user, tab="home")
    workspace: Workspace = bot.slack.workspace
    await until(lambda: user in workspace.homes)
    return workspace.homes[user]


@pytest.mark.parametrize(
    ("user", "title", "question"),
    [(ADA, "Your last questions", "what is a moat?"), (BOB, "您最近的问题", "还没有问题")],
    ids=["English", "Chinese"],
)
async def test_page_is_made_for_whoever_looks_at_it(tmp_path: Path, user: str, title: str, question: str) -> None:
    async with office(tmp_path) as bot:
        bot.slack.people.say(ADA, CHANNEL, ASKED)
        await bot.answers()
        view = await opened(bot, user)
    headers = [block["text"]["text"] for block in view["blocks"] if block["type"] == "header"]
    assert title in headers
    assert question in str(view["blocks"])


async def test_button_of_the_page_opens_its_form_and_answers_in_private(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        view = await opened(bot, ADA)
        bot.slack.people.press_home(ADA, view, "Edit your profile …")
        await until(lambda: bool(bot.slack.workspace.views))
        (form,) = bot.slack.workspace.views
        bot.slack.people.submit(ADA, form, {"sector": "healthcare"})
        await until(lambda: bool(bot.slack.workspace.own()))
        (said,) = bot.slack.workspace.own()
    assert said.channel == DM
    assert "healthcare" in str(said.blocks)


async def test_what_one_person_was_told_is_shared_in_the_thread(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        asked = bot.slack.people.say(ADA, CHANNEL, ASKED)
        (answer,) = await bot.answers()
        bot.slack.people.press(BOB, answer, "Why these sources?")
        (whisper,) = await bot.whispers()
        shown = Said(channel=CHANNEL, ts=whisper["ts"], user=BOT_USER, text="", blocks=whisper["blocks"])
        shown.thread_ts = asked.ts
        assert labels(shown) == ["Share in the thread"]
        bot.slack.people.press(BOB, shown, "Share in the thread", ephemeral=True)
        _, shared = await bot.answers(2)
    assert shared.thread_ts == asked.ts
    assert "Shared by 小明" in str(shared.blocks)


def test_page_is_within_what_slack_takes() -> None:
    titles = "\n\n".join(f"**{'T' * 200}**\n\n{'x' * 4_000}" for _ in range(70))
    button = Button(label="B", payload=Payload(verb=Verb.PROFILE_OPEN, subject="mine"))
    view = home_view(Reply(text=titles, notes=("small",), actions=((button,),)))
    check_view(view)
    assert view["blocks"][-1]["type"] == "context"
    assert "actions" in {block["type"] for block in view["blocks"]}


async def test_buttons_of_the_page_stand_beneath_what_they_belong_to(tmp_path: Path) -> None:
    async with office(tmp_path, admins=(f"slack:T0HOME/{ADA}",)) as bot:
        bot.slack.people.say(ADA, CHANNEL, ASKED)
        await bot.answers()
        view = await opened(bot, ADA)
    above, title = {}, ""
    for block in view["blocks"]:
        title = block["text"]["text"] if block["type"] == "header" else title
        for element in block["elements"] if block["type"] == "actions" else ():
            above[(element.get("text") or element["placeholder"])["text"]] = title
    assert above["Edit your profile …"] == "Your profile"
    assert above["Say what was wrong with an answer …"] == "Your last questions"
    assert above["Settings for all channels …"] == "State of the library"
    assert above["Gap report"] == "What people could not find"


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("- one\n- two", "• one\n• two"),
        ("您的**护城河**是", "您的\u200b*护城河*\u200b是"),
        ("<!channel> & <@U1>", "&lt;!channel&gt; &amp; &lt;@U1&gt;"),
        ("a - b", "a - b"),
    ],
)
def test_text_is_put_into_the_older_markup(markdown: str, shown: str) -> None:
    assert mrkdwn(markdown) == shown


def test_page_is_a_place_of_its_own() -> None:
    place = home_of("U1", READER)
    assert is_home(place)
    assert not is_home(Place(platform="slack", workspace="T1", channel="U1", kind=PlaceKind.DM))
