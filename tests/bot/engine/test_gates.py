"""Which messages are for the bot, as a table of who says what where."""

from __future__ import annotations

from typing import Any

import pytest

from bot.chat import Address, Message, PlaceKind, Standing
from bot.engine.gates import Step, judge, opens_thread
from bot.limits import EngineSettings
from bot.records import ChannelSettings, Conversation, Engagement, Respond

from .stage import NOON, person, place

ADA, BO = person("ada"), person("bo")
AUTO = ChannelSettings(respond=Respond.AUTO)
OFF = ChannelSettings(respond=Respond.OFF)
UNSET = ChannelSettings()
ENGAGED = Conversation(key=place().key, engagement=Engagement.ENGAGED, partner=ADA.key)
STOPPED = Conversation(key=place().key, engagement=Engagement.STOPPED, partner=ADA.key)
LEFT = Conversation(key=place().key, engagement=Engagement.NONE, partner=ADA.key)
OPEN = place(thread="")
DM = place(thread="", kind=PlaceKind.DM)
FORUM = place(thread="m", kind=PlaceKind.FORUM)


def said(text: str = "How much?", **changes: Any) -> Message:
    fields: dict[str, Any] = {
        "event_id": "e",
        "message_id": "m",
        "place": place(),
        "person": ADA,
        "at": NOON,
        "text": text,
        "address": Address.NONE,
    }
    return Message(**{**fields, **changes})


MENTION = Address.MENTION
TABLE = [
    pytest.param(said(address=MENTION), UNSET, None, Step.ASK, id="a mention"),
    pytest.param(said(address=Address.REPLY), UNSET, None, Step.ASK, id="a reply to the bot"),
    pytest.param(said(address=Address.REQUEST), UNSET, None, Step.ASK, id="a shortcut"),
    pytest.param(said(address=MENTION, mentions=("bo",)), UNSET, None, Step.ASK, id="a mention of the bot and of Bo"),
    pytest.param(said(place=DM), UNSET, None, Step.ASK, id="a direct message"),
    pytest.param(said(place=DM), OFF, None, Step.ASK, id="a direct message where channels are off"),
    pytest.param(said(), UNSET, None, Step.IGNORE, id="people in a thread of their own"),
    pytest.param(said(place=OPEN), UNSET, None, Step.IGNORE, id="a question to nobody, mentions only"),
    pytest.param(said(place=OPEN), AUTO, None, Step.ASK, id="a question to nobody, auto"),
    pytest.param(said("多少钱？", place=OPEN), AUTO, None, Step.ASK, id="a Chinese question to nobody, auto"),
    pytest.param(said(place=place(thread="m")), AUTO, None, Step.ASK, id="auto, where answers open threads"),
    pytest.param(said("So much.", place=OPEN), AUTO, None, Step.IGNORE, id="a statement to nobody, auto"),
    pytest.param(said(place=OPEN, mentions=("bo",)), AUTO, None, Step.IGNORE, id="a question to Bo, auto"),
    pytest.param(said(), AUTO, None, Step.IGNORE, id="a question within somebody's thread, auto"),
    pytest.param(said("We sell.", place=FORUM), AUTO, None, Step.ASK, id="a forum post, auto"),
    pytest.param(said("We sell.", place=FORUM), UNSET, None, Step.IGNORE, id="a forum post, mentions only"),
    pytest.param(said("", title="How much?", place=FORUM), AUTO, None, Step.ASK, id="a forum post of a title alone"),
    pytest.param(said("Thanks!", title="How much?", place=FORUM), AUTO, None, Step.ASK, id="a title above thanks"),
    pytest.param(said(address=MENTION), OFF, None, Step.OFF, id="a mention, off"),
    pytest.param(said(), OFF, ENGAGED, Step.IGNORE, id="a follow-up, off"),
    pytest.param(said("And costs"), UNSET, ENGAGED, Step.ASK, id="a follow-up"),
    pytest.param(
        said("And costs"), ChannelSettings(follow_ups=False), ENGAGED, Step.IGNORE, id="a follow-up, not allowed"
    ),
    pytest.param(said("thanks"), UNSET, ENGAGED, Step.IGNORE, id="thanks in the bot's thread"),
    pytest.param(said("👍"), UNSET, ENGAGED, Step.IGNORE, id="a sign in the bot's thread"),
    pytest.param(said(person=BO), UNSET, ENGAGED, Step.LEAVE, id="a second person who does not address the bot"),
    pytest.param(said("👍", person=BO), UNSET, ENGAGED, Step.IGNORE, id="a sign by a second person"),
    pytest.param(said("thanks!", person=BO), UNSET, ENGAGED, Step.IGNORE, id="thanks by a second person"),
    pytest.param(said(person=BO, address=MENTION), UNSET, ENGAGED, Step.ASK, id="a second person who does"),
    pytest.param(said(mentions=("bo",)), UNSET, ENGAGED, Step.LEAVE, id="the partner turns to Bo"),
    pytest.param(said(), UNSET, LEFT, Step.IGNORE, id="a thread that the bot has left"),
    pytest.param(said("stop"), UNSET, ENGAGED, Step.STOP, id="stop by the partner"),
    pytest.param(said("停止", person=BO), UNSET, ENGAGED, Step.STOP, id="stop by somebody else"),
    pytest.param(said("stop"), UNSET, None, Step.IGNORE, id="stop among people"),
    pytest.param(said("stop", address=MENTION), UNSET, None, Step.STOP, id="stop with a mention"),
    pytest.param(said("And costs?"), UNSET, STOPPED, Step.IGNORE, id="a follow-up after stop"),
    pytest.param(said(address=MENTION), UNSET, STOPPED, Step.ASK, id="a mention after stop"),
    pytest.param(said("继续"), UNSET, STOPPED, Step.RESUME, id="resume"),
    pytest.param(said("继续", address=MENTION), UNSET, ENGAGED, Step.ASK, id="go on, where nothing was stopped"),
    pytest.param(said("hello", address=MENTION), UNSET, None, Step.EMPTY, id="a greeting"),
    pytest.param(said("", address=MENTION), UNSET, None, Step.EMPTY, id="a bare mention"),
    pytest.param(said("thanks", place=DM), UNSET, None, Step.THANKED, id="thanks in a direct message"),
    pytest.param(said("bye", place=DM), UNSET, None, Step.FAREWELL, id="a farewell in a direct message"),
    pytest.param(said("你是谁？", place=DM), UNSET, None, Step.INTRODUCED, id="who the bot is"),
    pytest.param(said("哈哈哈", place=DM), UNSET, None, Step.EMPTY, id="laughter"),
    pytest.param(said("x" * 4001, place=DM), UNSET, None, Step.TOO_LONG, id="a book"),
    pytest.param(
        said(address=MENTION, person=person(standing=Standing.STRANGER)), UNSET, None, Step.ASK, id="a stranger"
    ),
    pytest.param(said(address=MENTION, person=person(standing=Standing.GUEST)), UNSET, None, Step.ASK, id="a guest"),
]


@pytest.mark.parametrize(("message", "settings", "conversation", "expected"), TABLE)
def test_message_calls_for_what_its_place_and_words_say(
    message: Message, settings: ChannelSettings, conversation: Conversation | None, expected: Step
) -> None:
    assert judge(message, settings=settings, conversation=conversation, limits=EngineSettings()) is expected


def test_default_of_the_engine_holds_where_a_channel_has_set_nothing() -> None:
    limits = EngineSettings(respond="auto", follow_ups=False)

    assert judge(said(place=OPEN), settings=UNSET, conversation=None, limits=limits) is Step.ASK
    assert judge(said(), settings=UNSET, conversation=ENGAGED, limits=limits) is Step.IGNORE


def test_strangers_are_kept_out_where_the_operator_says_so() -> None:
    stranger, closed = person(standing=Standing.STRANGER), EngineSettings(strangers=False)

    mentioned, spoke = said(address=MENTION, person=stranger), said(person=stranger, place=OPEN)
    assert judge(mentioned, settings=UNSET, conversation=None, limits=closed) is Step.DENIED
    assert judge(spoke, settings=AUTO, conversation=None, limits=closed) is Step.IGNORE


@pytest.mark.parametrize(("thread", "expected"), [("", True), ("m", True), ("other", False)])
def test_first_message_of_a_thread_is_told_from_later_ones(thread: str, expected: bool) -> None:
    assert opens_thread(said(place=place(thread=thread))) is expected
