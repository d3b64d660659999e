"""The bot in simcord's Discord: every command, button and form, rights, deadlines, restarts and failures."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import pytest
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from bot.commands.catalogue import PRESSES
from bot.discord_app.parse import ASK_ABOUT, SAVE_AS_ANSWER
from bot.discord_app.slot import TOKEN_S
from bot.payloads import Payload
from bot.replies import Button, Reply
from rag.backends.memory import MemoryVectorStore
from rag.backends.sqlite.database import open_database
from rag.backends.sqlite.reading import SqliteCatalogue
from tests.bot.commands.risk_stage import pages
from tests.bot.commands.stage import publish

from .opened import channel, until
from .simulated import AtWork, World, simulated
from .variants import variants

pytestmark = pytest.mark.full
KNOWN = "much is known.[1]"


@pytest.fixture
async def catalogue(tmp_path: Path) -> AsyncIterator[SqliteCatalogue]:
    """A library that holds the risk register."""
    async with open_database(tmp_path / "library.sqlite3") as database:
        await publish(database, MemoryVectorStore(), pages())
        yield SqliteCatalogue(database)


def said_to(result: InteractionResult) -> str:
    """All that somebody was told in answer to what they did."""
    told = [result.response, *result.followups]
    return "\n".join(each.content for each in told if each is not None)


def is_answered(result: InteractionResult) -> bool:
    """Whether nobody is left looking at a sign that something is coming."""
    shown = result.response
    return result.acknowledged and (shown is None or not shown.flags.loading)


async def asked(world: World, work: AtWork, question: str = "what is a moat?") -> discord.Message:
    """A mention by a member that has its answer, which is returned."""
    said = await world.ada.send(world.channel, f"<@{world.env.bot.user.id}> {question}")  # type: ignore[union-attr]
    await until(lambda: bool(world.channel.threads))
    thread = world.thread_of(said)
    await until(lambda: any(KNOWN in each.content and each.components for each in world.own(thread)))
    await work.engine.settled()
    return world.own(thread)[-1]


async def test_mention_is_answered_in_a_thread_with_sources_and_buttons(tmp_path: Path) -> None:
    async with simulated(tmp_path) as world, world.at_work() as work:
        answer = await asked(world, work)
        (thread,) = world.channel.threads
        posted = next(each for each in world.env.http_requests if each.path == f"/channels/{thread.id}/messages")
    assert thread.name == "what is a moat?"
    assert [embed.title for embed in answer.embeds] == ["Sources"]
    assert not answer.mentions
    assert posted.json["allowed_mentions"]["parse"] == []


async def call_everything(world: World, actor: MemberActor) -> list[str]:
    """Calls each command that somebody sees with each of its variants; those that were left without an answer."""
    left = []
    seen = set(actor.available_commands(world.channel))
    for root in world.env.backend.visible_commands(user_id=actor.id, channel_id=world.channel.id):
        for command in root.get("options") or ():
            name = f"{root['name']} {command['name']}"
            for given in variants(command) if name in seen else ():
                result = await actor.slash(world.channel, name, **given)
                if not is_answered(result):
                    left.append(f"{name} {given}: {result!r}")
    return left


@pytest.mark.parametrize("who", ["lead", "ada"])
async def test_every_command_with_every_choice_is_answered(
    who: str, catalogue: SqliteCatalogue, tmp_path: Path
) -> None:
    async with simulated(tmp_path) as world, world.at_work(catalogue=catalogue) as work:
        actor: MemberActor = getattr(world, who)
        seen = actor.available_commands(world.channel)
        left = await call_everything(world, actor)
        await work.engine.settled()
    assert left == []
    assert any(each.startswith("advisor-admin ") for each in seen) is (who == "lead")


async def buttons_of(work: AtWork, world: World) -> list[discord.Message]:
    """Messages with a button for each verb, in both languages, about something that does not exist."""
    place = channel(str(world.channel.id))
    for verb in PRESSES:
        for language in ("en", "zh"):
            button = Button(label="x", payload=Payload(verb=verb, subject="gone", argument=language))
            await work.connection.chat.post(place, Reply(text=verb, actions=((button,),)), nonce=f"{verb}/{language}")
    return [each for each in world.own(world.channel) if each.components]


async def press_everything(world: World, buttons: list[discord.Message]) -> list[str]:
    left = []
    for actor in (world.ada, world.lead):
        # What a button did may have taken it away.
        there = {each.id for each in world.own(world.channel) if each.components}
        for message in (each for each in buttons if each.id in there):
            result = await actor.click(message, label="x")
            if not is_answered(result):
                left.append(f"{message.content}: {result!r}")
    return left


async def test_every_button_is_answered_also_after_a_restart(catalogue: SqliteCatalogue, tmp_path: Path) -> None:
    async with simulated(tmp_path) as world:
        async with world.at_work(catalogue=catalogue) as work:
            buttons = await buttons_of(work, world)
            left = await press_everything(world, buttons)
        await world.restart()
        async with world.at_work(catalogue=catalogue):
            left += await press_everything(world, buttons)
        registered = [each for each in world.env.http_requests if each.method == "PUT"]
    assert left == []
    assert len(buttons) == 2 * len(PRESSES)
    assert len(registered) == 1


async def test_reason_of_a_thumb_is_asked_for_in_a_form(tmp_path: Path) -> None:
    async with simulated(tmp_path) as world, world.at_work() as work:
        answer = await asked(world, work)
        rated = await world.ada.click(answer, label="👎")
        assert rated.response is not None
        assert rated.ephemeral
        shown = await world.ada.click(rated.response, label="Something else …")
        sent = await world.ada.submit_modal(shown, {"text": "It lacks prices."})
    assert "noted" in said_to(sent)


@pytest.mark.parametrize("name", ["assess", "profile"])
async def test_form_of_a_command_is_opened_and_taken(name: str, catalogue: SqliteCatalogue, tmp_path: Path) -> None:
    async with simulated(tmp_path) as world, world.at_work(catalogue=catalogue):
        card = await world.ada.slash(world.channel, f"advisor {name}")
        assert card.response is not None
        label = next(item["label"] for row in card.response.components for item in row["components"])
        shown = await world.ada.click(card.response, label=label)
        assert shown.modal is not None
        sent = await world.ada.submit_modal(shown, dict(filled(shown.modal)))
    assert is_answered(sent)
    assert said_to(sent)


def filled(modal: dict[str, Any]) -> list[tuple[str, Any]]:
    """Something for each field of a form: the first of its choices, or a sentence."""
    fields = [label["component"] for label in modal["components"]]
    return [
        (each["custom_id"], [each["options"][0]["value"]] if each["type"] == 3 else "We sell audits to banks.")
        for each in fields
        if each["type"] in {3, 4}
    ]


async def test_settings_are_changed_in_a_form_by_admins(tmp_path: Path) -> None:
    async with simulated(tmp_path) as world, world.at_work() as work:
        card = await world.lead.slash(world.channel, "advisor-admin config")
        assert card.response is not None
        label = next(item["label"] for row in card.response.components for item in row["components"])
        shown = await world.lead.click(card.response, label=label)
        assert shown.modal is not None
        sent = await world.lead.submit_modal(shown, {})
        settings = await work.store.settings.get(f"discord/{world.guild.id}/{world.channel.id}")
    assert is_answered(sent)
    assert settings is not None


async def test_menus_answer_a_message_and_save_one(tmp_path: Path) -> None:
    async with simulated(tmp_path) as world, world.at_work() as work:
        said = await world.ada.send(world.channel, "how do others price this?")
        asking = await world.ada.context_menu(world.channel, ASK_ABOUT, said)
        await until(lambda: bool(world.channel.threads) and bool(world.own(world.thread_of(said))))
        await work.engine.settled()
        saving = await world.lead.context_menu(world.channel, SAVE_AS_ANSWER, said)
    assert work.desk.asked[0].text == "how do others price this?"
    assert asking.acknowledged
    assert asking.response is None
    assert is_answered(saving)


async def test_argument_is_completed(tmp_path: Path) -> None:
    async with simulated(tmp_path) as world, world.at_work():
        choices = await world.ada.autocomplete(world.channel, "advisor help", "command", "s")
    assert [each["value"] for each in choices] == ["sources", "stop", "submissions"]


async def test_direct_message_is_answered(tmp_path: Path) -> None:
    async with simulated(tmp_path) as world, world.at_work() as work:
        await world.ada.send_dm("what is a moat?")
        room = world.ada.user.dm_channel
        await until(lambda: any(KNOWN in each.content for each in world.own(room)))
        await work.engine.settled()
        helped = await world.ada.user.slash("advisor help")
    assert "Commands" in said_to(helped)


async def test_question_by_command_is_answered_where_its_place_is_held(tmp_path: Path) -> None:
    async with simulated(tmp_path) as world, world.at_work():
        result = await world.ada.slash(world.channel, "advisor ask", question="什么是护城河？")
        await until(lambda: "[1]" in said_to(result))
        first = next(each for each in world.env.http_requests if each.path.endswith("/callback"))
    assert first.json == {"type": 5}
    assert not result.ephemeral
    assert said_to(result).startswith("> 什么是护城河？")


async def test_answer_that_outlasts_the_token_is_changed_as_any_message(tmp_path: Path) -> None:
    async with simulated(tmp_path) as world, world.at_work() as work:
        result = await world.ada.slash(world.channel, "advisor ask", question="please wait")
        await until(lambda: "⏳" in said_to(result))
        await world.env.advance_time(TOKEN_S + 1)
        work.desk.opened.set()
        await work.engine.settled()
        last = world.env.http_requests[-1]
    assert result.response is not None
    assert (last.method, last.path) == ("PATCH", f"/channels/{world.channel.id}/messages/{result.response.id}")
    assert KNOWN in said_to(result)
    assert "⏳" not in said_to(result)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("POST", "/interactions/*/*/callback", id="first response"),
        pytest.param("PATCH", "/webhooks/*/*/messages/@original", id="answer"),
        pytest.param("POST", "/webhooks/*/*", id="further messages"),
    ],
)
@pytest.mark.parametrize("status", [500, 503])
async def test_failure_of_discord_is_outlived_by_a_command(method: str, path: str, status: int, tmp_path: Path) -> None:
    async with simulated(tmp_path) as world, world.at_work():
        world.env.inject_error(method, path, status=status)
        result = await world.ada.slash(world.channel, "advisor help")
    assert is_answered(result)
    assert "Commands" in said_to(result)


@pytest.mark.parametrize("path", ["/channels/*/messages", "/channels/*/messages/*/threads"])
async def test_failure_of_discord_is_outlived_by_an_answer(path: str, tmp_path: Path) -> None:
    async with simulated(tmp_path) as world, world.at_work() as work:
        world.env.inject_error("POST", path, status=503)
        answer = await asked(world, work)
    assert KNOWN in answer.content


async def test_answer_goes_to_the_channel_where_no_thread_may_be_opened(tmp_path: Path) -> None:
    async with simulated(tmp_path) as world, world.at_work() as work:
        world.env.inject_error("POST", "/channels/*/messages/*/threads", status=403, code=50013)
        said = await world.ada.send(world.channel, f"<@{world.env.bot.user.id}> what is a moat?")  # type: ignore[union-attr]
        await until(lambda: any(KNOWN in each.content for each in world.own(world.channel)))
        await work.engine.settled()
        (answer,) = world.own(world.channel)
    assert answer.reference is not None
    assert answer.reference.message_id == said.id
