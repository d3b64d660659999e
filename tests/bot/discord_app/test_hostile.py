"""What Discord may tell that our own double does not: less, more, later, and in other forms."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.chat import Address, CommandCall, Message, PlaceKind, Press, Standing
from bot.discord_app.adapter import DiscordChat
from bot.discord_app.connection import DiscordFactory
from bot.errors import AdapterFailed, DeliveryFailed
from bot.payloads import Payload
from bot.replies import Button, Reply
from tests.doubles.discord.names import ADA, CHANNEL, DM, FORUM, GUILD, ME
from tests.doubles.discord.server import DiscordServer, Fault, discord_server
from tests.doubles.discord.things import Said

from .opened import Heard, Opened, channel, discord_settings, ended, listening, signed_in, until

ASKED = f"<@{ME}> what is a moat?"
_OPTIONAL = (
    "app_permissions",
    "attachment_size_limit",
    "authorizing_integration_owners",
    "channel",
    "context",
    "entitlements",
    "guild",
    "guild_locale",
    "locale",
    "version",
)


def without(discord: DiscordServer, *names: str) -> None:
    """Has the double leave fields of interactions out, and add one that nobody knows."""
    tell = discord.world.tell

    def less(event: str, data: dict[str, Any], channel: str) -> None:
        kept = {key: value for key, value in data.items() if key not in names}
        tell(event, {**kept, "of_tomorrow": {"a": [1]}} if event == "INTERACTION_CREATE" else data, channel)

    discord.world.tell = less


@pytest.mark.parametrize("place", [CHANNEL, DM], ids=["server", "direct"])
@pytest.mark.parametrize("names", [*((name,) for name in _OPTIONAL), _OPTIONAL], ids=[*_OPTIONAL, "all of them"])
async def test_command_is_taken_in_without(names: tuple[str, ...], place: str, tmp_path: Path) -> None:
    async with listening(tmp_path, lambda discord: without(discord, *names)) as bot:
        bot.discord.people.command(ADA, place, "sources")
        (call,) = await bot.heard.count(1)
    assert isinstance(call, CommandCall)
    assert (call.name, call.place.channel, call.place.private) == ("sources", place, place == DM)


async def test_button_is_pressed_without_its_channel_being_told(tmp_path: Path) -> None:
    async with listening(tmp_path, lambda discord: without(discord, "channel")) as bot:
        asked = bot.discord.people.say(ADA, CHANNEL, "hm")
        button = Button(label="x", payload=Payload(verb="up", subject="a"))
        place = channel()
        await bot.connection.chat.post(place, Reply(text="A", actions=((button,),)), nonce="n", reply_to=asked.id)
        (said,) = bot.discord.world.own()
        bot.discord.people.press(ADA, said, "x")
        *_, press = await bot.heard.count(2)
    assert isinstance(press, Press)
    assert press.place.channel == CHANNEL


@pytest.mark.parametrize("locale", ["tlh", "", "zh-HK"])
async def test_language_that_nobody_knows_is_no_reason_not_to_answer(locale: str, tmp_path: Path) -> None:
    async with listening(tmp_path) as bot:
        bot.discord.people.command(ADA, CHANNEL, "sources", locale=locale)
        (call,) = await bot.heard.count(1)
    assert isinstance(call, CommandCall)
    assert call.locale == locale


@asynccontextmanager
async def connected(
    home: Path, prepare: Callable[[DiscordServer], None], *, patience_s: float = 60
) -> AsyncIterator[Opened]:
    """The bot, connected to a gateway that may tell of no server, and that may be silent for so long."""
    heard = Heard()
    async with discord_server() as discord:
        prepare(discord)
        async with DiscordFactory().open(discord_settings(discord, home)) as connection:
            connection.bot._connection.heartbeat_timeout = patience_s
            task = asyncio.create_task(connection.listen(heard.receive))
            try:
                await until(lambda: task.done() or connection.bot.connected)
                yield Opened(discord, connection, task, heard)
            finally:
                await ended(task)


def withheld(discord: DiscordServer) -> None:
    discord.gateway.withheld = {GUILD}


def unnamed(discord: DiscordServer) -> None:
    discord.gateway.unnamed = {GUILD}


@pytest.mark.parametrize("prepare", [withheld, unnamed], ids=["unavailable", "unknown"])
async def test_message_in_a_server_that_is_not_told_of_yet_is_one_of_a_server(
    prepare: Callable[[DiscordServer], None], tmp_path: Path
) -> None:
    async with connected(tmp_path, prepare) as bot:
        bot.discord.people.say(ADA, CHANNEL, "talk among people")
        await bot.heard.count(1)
        bot.discord.people.say(ADA, CHANNEL, ASKED)
        await bot.heard.count(2)
        bot.discord.people.command(ADA, CHANNEL, "sources")
        talk, asked, call = await bot.heard.count(3)
        assert bot.discord.called("GET", f"/channels/{CHANNEL}") == 1
    assert isinstance(talk, Message)
    assert isinstance(asked, Message)
    assert (talk.address, asked.address) == (Address.NONE, Address.MENTION)
    assert {each.place.channel_key for each in (talk, asked, call)} == {f"discord/{GUILD}/{CHANNEL}"}
    assert asked.person.standing is (Standing.GUEST if prepare is unnamed else Standing.MEMBER)


@pytest.mark.parametrize("parent", [CHANNEL, FORUM], ids=["thread", "post"])
async def test_message_in_a_thread_that_was_not_told_of_belongs_to_its_channel(parent: str, tmp_path: Path) -> None:
    async with listening(tmp_path) as bot:
        tell, bot.discord.world.tell = bot.discord.world.tell, lambda *_: None
        bot.discord.world.add_thread("700000000000000007", parent, "Moats")
        bot.discord.world.tell = tell
        bot.discord.people.say(ADA, "700000000000000007", ASKED)
        (asked,) = await bot.heard.count(1)
    assert isinstance(asked, Message)
    assert (asked.place.channel, asked.place.thread) == (parent, "700000000000000007")
    assert asked.place.kind is (PlaceKind.FORUM if parent == FORUM else PlaceKind.THREAD)


def forwarded(said: dict[str, Any]) -> dict[str, Any]:
    snapshot = {key: said[key] for key in ("type", "content", "embeds", "attachments", "timestamp", "edited_timestamp")}
    snapshot |= {"mentions": [], "mention_roles": [], "flags": 0, "components": []}
    reference = {"type": 1, "message_id": "1", "channel_id": "2"}
    return said | {
        "content": "",
        "attachments": [],
        "message_reference": reference,
        "message_snapshots": [{"message": snapshot}],
    }


def asked_in_a_poll(said: dict[str, Any]) -> dict[str, Any]:
    answers = [{"answer_id": 1, "poll_media": {"text": "yes"}}, {"answer_id": 2, "poll_media": {"text": "no"}}]
    poll = {"question": {"text": said["content"]}, "answers": answers, "expiry": None, "allow_multiselect": False}
    return said | {"content": "", "poll": poll | {"layout_type": 1}}


@pytest.mark.parametrize(
    ("form", "text"),
    [
        pytest.param(forwarded, "what is a moat?", id="forwarded"),
        pytest.param(asked_in_a_poll, "what is a moat?\n- yes\n- no", id="poll"),
        pytest.param(
            lambda said: said | {"content": "", "sticker_items": [{"id": "1", "name": "wave", "format_type": 1}]},
            "",
            id="sticker",
        ),
    ],
)
async def test_message_of_another_form_is_read(
    form: Callable[[dict[str, Any]], dict[str, Any]], text: str, tmp_path: Path
) -> None:
    async with listening(tmp_path) as bot:
        told = bot.discord.world.told
        bot.discord.world.told = lambda said, **more: form(told(said, **more))  # type: ignore[method-assign]
        said = bot.discord.people.say(ADA, DM, "what is a moat?")
        (heard,) = await bot.heard.count(1)
        assert isinstance(heard, Message)
        assert (heard.text, heard.message_id) == (text, said.id)


async def test_file_of_a_forwarded_message_comes_along(tmp_path: Path) -> None:
    file = {"id": "1", "filename": "deck.pdf", "size": 3, "url": "https://cdn.discordapp.com/deck.pdf", "proxy_url": ""}
    async with listening(tmp_path) as bot:
        told = bot.discord.world.told
        bot.discord.world.told = lambda said, **more: forwarded(told(said, **more))  # type: ignore[method-assign]
        bot.discord.people.say(ADA, DM, "", attachments=[file])
        (heard,) = await bot.heard.count(1)
    assert isinstance(heard, Message)
    assert [each.name for each in heard.attachments] == ["deck.pdf"]


@pytest.mark.parametrize("kind", [1, 6, 7, 8, 18, 21, 46, 9999], ids=str)
async def test_message_of_the_system_is_no_question(kind: int, tmp_path: Path) -> None:
    async with listening(tmp_path) as bot:
        bot.discord.world.keep(Said(id=bot.discord.world.next_id(), channel=DM, author=ADA, content="x", kind=kind))
        bot.discord.people.say(ADA, DM, "what is a moat?")
        (heard,) = await bot.heard.count(1)
    assert isinstance(heard, Message)
    assert heard.text == "what is a moat?"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"id": "7", "channel_id": CHANNEL}, id="nothing but where"),
        pytest.param({"id": "7", "channel_id": CHANNEL, "embeds": [{"type": "link"}]}, id="preview alone"),
        pytest.param({"id": "7", "channel_id": "1", "guild_id": "2", "content": "x"}, id="unknown place"),
    ],
)
async def test_change_that_tells_next_to_nothing_is_left_out(change: dict[str, Any], tmp_path: Path) -> None:
    async with listening(tmp_path) as bot:
        bot.discord.gateway.tell_raw("MESSAGE_UPDATE", change)
        bot.discord.people.say(ADA, CHANNEL, ASKED)
        (heard,) = await bot.heard.count(1)
    assert isinstance(heard, Message)


_PAGE = "<html><title>Error 1015</title>You are being rate limited</html>"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 520, 524], ids=str)
async def test_page_of_whatever_stands_before_discord_is_waited_out(status: int, tmp_path: Path) -> None:
    async with signed_in(tmp_path) as (discord, connection):
        discord.faults.append(Fault("POST", "/messages", status, page=_PAGE, headers={"Retry-After": "3"}))
        # The library tries some failures again by itself, the rest is told to be worth another try.
        problem = await _problem_of(connection.chat)
        if problem is not None:
            assert problem.retryable
            await connection.chat.post(channel(), Reply(text="A"), nonce="n")
        (said,) = discord.world.own()
    assert said.content == "A"


async def _problem_of(chat: DiscordChat) -> DeliveryFailed | None:
    try:
        await chat.post(channel(), Reply(text="A"), nonce="n")
    except DeliveryFailed as error:
        return error
    return None


async def test_page_that_refuses_is_no_reason_to_try_again(tmp_path: Path) -> None:
    async with signed_in(tmp_path) as (discord, connection):
        discord.faults.append(Fault("POST", "/messages", 403, page=_PAGE, times=9))
        with pytest.raises(DeliveryFailed) as failure:
            await connection.chat.post(channel(), Reply(text="A"), nonce="n")
    assert not failure.value.retryable
    assert discord.called("POST", "/messages") == 1


async def test_machine_that_is_turned_away_is_not_told_that_its_token_is_wrong(tmp_path: Path) -> None:
    async with discord_server() as discord:
        discord.faults.append(Fault("GET", "/applications/@me", 403, page=_PAGE))
        with pytest.raises(AdapterFailed, match="turns this machine away") as failure:
            async with DiscordFactory().open(discord_settings(discord, tmp_path)):
                pass
    assert failure.value.retryable


async def test_command_is_answered_behind_a_server_that_stumbles(tmp_path: Path) -> None:
    def prepare(discord: DiscordServer) -> None:
        discord.faults.append(Fault("POST", "/callback", 503, page=_PAGE))

    async with listening(tmp_path, prepare) as bot:
        used = bot.discord.people.command(ADA, CHANNEL, "ask", question="what is a moat?")
        await until(lambda: bool(used.responses))
    assert used.responses[0]["type"] == 5


async def test_gateway_that_falls_silent_is_left_and_resumed_and_nothing_is_lost(tmp_path: Path) -> None:
    async with connected(tmp_path, lambda _: None, patience_s=2) as bot:
        gateway = bot.discord.gateway
        (session,) = gateway.connected
        assert session.socket is not None
        # Not even heartbeats are acknowledged.
        session.socket.silent = True
        bot.discord.people.say(ADA, CHANNEL, ASKED)
        await bot.heard.count(1)
    assert len(gateway.identified) == 1
    assert gateway.resumed
