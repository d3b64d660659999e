"""Forms that the home tab opens: each is shown, sent and answered, and the page shows what became of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from rag.backends.memory import MemoryVectorStore
from rag.backends.sqlite.database import open_database
from rag.backends.sqlite.reading import SqliteCatalogue
from tests.bot.commands.risk_stage import pages
from tests.bot.commands.stage import publish
from tests.doubles.slack.workspace import ADA, BOT_USER, CHANNEL, DM, Said, markdown_of

from .office import ASKED, Office, office
from .opened import until


@asynccontextmanager
async def home_office(folder: Path, **more: Any) -> AsyncIterator[Office]:
    """The bot with a library that holds the risks."""
    async with open_database(folder / "library.sqlite3") as database:
        await publish(database, MemoryVectorStore(), pages())
        async with office(folder / "home", catalogue=SqliteCatalogue(database), **more) as bot:
            yield bot


async def page_of(bot: Office, user: str = ADA) -> dict[str, Any]:
    homes = bot.slack.workspace.homes
    before = homes.pop(user, None)
    bot.slack.people.open_app(user, tab="home")
    await until(lambda: user in homes)
    assert before is None or before["type"] == "home"
    return homes[user]


async def form_of(bot: Office, view: dict[str, Any], label: str, choice: str = "") -> tuple[str, dict[str, Any]]:
    """The form that something on the page opens."""
    views = bot.slack.workspace.views
    known = set(views)
    bot.slack.people.press_home(ADA, view, label, choice=choice)
    await until(lambda: bool(set(views) - known))
    (name,) = set(views) - known
    return name, views[name]


async def test_risk_is_looked_after_from_the_page_which_follows(tmp_path: Path) -> None:
    async with home_office(tmp_path) as bot:
        view = await page_of(bot)
        (select,) = [each for block in view["blocks"] for each in block.get("elements", ()) if _opens_risk(each)]
        first = select["options"][0]
        name, form = await form_of(bot, view, "Look after a risk …", first["value"])
        assert form["blocks"][0]["label"]["text"] == first["text"]["text"]
        del bot.slack.workspace.homes[ADA]
        bot.slack.people.submit(ADA, name, {"state": "done", "owner": "Bob", "note": "signed"})
        await until(lambda: ADA in bot.slack.workspace.homes)
        assert first["text"]["text"] not in str(bot.slack.workspace.homes[ADA]["blocks"])
        (told,) = bot.slack.workspace.own()
        assert told.channel == DM
        assert "signed" in markdown_of(told.blocks)


def _opens_risk(element: dict[str, Any]) -> bool:
    return element["type"] == "static_select" and element["placeholder"]["text"] == "Look after a risk …"


async def test_every_form_opens_from_the_page(tmp_path: Path) -> None:
    async with home_office(tmp_path, admins=(f"slack:T0HOME/{ADA}",)) as bot:
        bot.slack.people.say(ADA, CHANNEL, ASKED)
        await bot.answers()
        view = await page_of(bot)
        (answer,) = [
            each["options"][0]["value"]
            for block in view["blocks"]
            for each in block.get("elements", ())
            if each.get("placeholder", {}).get("text", "").startswith("Say what was wrong")
        ]
        titles = [
            (await form_of(bot, view, label, choice))[1]["title"]["text"]
            for label, choice in (
                ("Edit your profile …", ""),
                ("Check feasibility: choose a part …", "demand"),
                ("Say what was wrong with an answer …", answer),
                ("Settings for all channels …", ""),
            )
        ]
        assert titles == ["Your profile", "Market demand", "What was wrong?", "Settings"]
        name = list(bot.slack.workspace.views)[2]
        bot.slack.people.submit(ADA, name, {"text": "It is too long."})
        await until(lambda: any(said.channel == DM for said in bot.slack.workspace.own()))


async def test_gap_report_is_given_in_private_and_to_admins_alone(tmp_path: Path) -> None:
    async with home_office(tmp_path, admins=(f"slack:T0HOME/{ADA}",)) as bot:
        view = await page_of(bot)
        bot.slack.people.press_home(ADA, view, "Gap report")
        await until(lambda: bool(bot.slack.workspace.own()))
        (told,) = bot.slack.workspace.own()
        assert told.channel == DM
        assert "No gap is open here" in markdown_of(told.blocks)
        bot.slack.people.press_home("U0BOB", view, "Gap report")
        await until(lambda: len(bot.slack.workspace.own()) == 2)
        assert "Only an admin" in str(bot.slack.workspace.own()[1].blocks) or "管理员" in str(
            bot.slack.workspace.own()[1].blocks
        )


async def test_card_that_one_person_was_shown_is_shared_in_the_channel(tmp_path: Path) -> None:
    async with home_office(tmp_path) as bot:
        bot.slack.people.command(ADA, CHANNEL, "risks show runway-short")
        (whisper,) = await bot.whispers()
        card = Said(channel=CHANNEL, ts=whisper["ts"], user=BOT_USER, text="", blocks=whisper["blocks"])
        bot.slack.people.press(ADA, card, "Share in the thread", ephemeral=True)
        (shared,) = await bot.answers(1)
        assert "Cash ends before the next proof" in markdown_of(shared.blocks)
        assert "Shared by Ada" in str(shared.blocks)
        assert "Share in the thread" not in str(shared.blocks)
