"""Which messages are for the bot, and what is to be done about each. Decisions on values, without I/O."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from bot.chat import Address, Message, Person, PlaceKind, Standing
from bot.engine.queueing import titled
from bot.engine.speech import (
    asks,
    has_words,
    is_about_bot,
    is_farewell,
    is_greeting,
    is_noise,
    is_resume,
    is_stop,
    is_thanks,
)
from bot.limits import EngineSettings
from bot.records import ChannelSettings, Conversation, Engagement, Respond


class Step(StrEnum):
    """What a message calls for."""

    ASK = "ask"
    IGNORE = "ignore"
    LEAVE = "leave"
    """People talk to each other in a thread of the bot's: listen there no longer."""

    STOP = "stop"
    RESUME = "resume"
    THANKED = "thanked"
    FAREWELL = "farewell"
    INTRODUCED = "introduced"
    EMPTY = "empty"
    TOO_LONG = "too long"
    OFF = "off"
    DENIED = "denied"


class _Attention(StrEnum):
    ADDRESSED = "addressed"
    OVERHEARD = "overheard"
    """Meant for the bot by all signs, but not said to it by name."""

    ELSEWHERE = "elsewhere"
    NONE = "none"


_WITH_FILES = frozenset({Step.ASK, Step.EMPTY, Step.THANKED, Step.FAREWELL, Step.INTRODUCED})


def own_or_bot(person: Person, limits: EngineSettings) -> bool:
    """Whether a message comes from this bot, or from another one that gets no answers."""
    return person.is_self or (person.is_bot and not limits.bots)


def opens_thread(message: Message) -> bool:
    """Whether a message stands outside any thread, or is the first of the one that its answer opens."""
    return message.place.thread in {"", message.message_id}


def is_stale(at: datetime, *, now: datetime, limits: EngineSettings) -> bool:
    """Whether something was said so long ago that an answer would come as a surprise."""
    return now - at > timedelta(minutes=limits.stale_minutes)


def brings_files(message: Message, step: Step) -> bool:
    """Whether a message hands files to the bot: with a question, which is answered besides, or without one."""
    said = message.address in {Address.MENTION, Address.DM} or message.place.private
    return bool(message.attachments) and said and step in _WITH_FILES


def judge(
    message: Message, *, settings: ChannelSettings, conversation: Conversation | None, limits: EngineSettings
) -> Step:
    """What a message calls for, in a channel with these settings and in this state of its conversation."""
    addressed = message.address is not Address.NONE or message.place.private
    respond = settings.respond or Respond(limits.respond)
    if respond is Respond.OFF and not message.place.private:
        return Step.OFF if addressed else Step.IGNORE
    attention = _Attention.ADDRESSED if addressed else _attention(message, respond, settings, conversation, limits)
    if attention is _Attention.ELSEWHERE:
        return Step.LEAVE
    if attention is _Attention.NONE or not _may_speak(message.person, conversation, limits, addressed=addressed):
        return Step.IGNORE
    if message.person.standing is Standing.STRANGER and not limits.strangers:
        return Step.DENIED if addressed else Step.IGNORE
    return _by_content(titled(message.title, message.text), conversation, limits, addressed=addressed)


def _attention(
    message: Message,
    respond: Respond,
    settings: ChannelSettings,
    conversation: Conversation | None,
    limits: EngineSettings,
) -> _Attention:
    engagement = conversation.engagement if conversation and message.place.thread else Engagement.NONE
    if conversation and engagement is Engagement.ENGAGED and not opens_thread(message):
        follow_ups = limits.follow_ups if settings.follow_ups is None else settings.follow_ups
        return _in_own_thread(message, conversation) if follow_ups else _Attention.NONE
    if engagement is Engagement.STOPPED and is_resume(message.text):
        return _Attention.OVERHEARD
    if respond is Respond.AUTO and opens_thread(message) and not message.mentions:
        forum = message.place.kind is PlaceKind.FORUM
        return _Attention.OVERHEARD if forum or asks(message.text) else _Attention.NONE
    return _Attention.NONE


def _in_own_thread(message: Message, conversation: Conversation) -> _Attention:
    if message.mentions:
        return _Attention.ELSEWHERE
    if message.person.key == conversation.partner or is_stop(message.text):
        return _Attention.OVERHEARD
    said = has_words(message.text) and not is_thanks(message.text)
    return _Attention.ELSEWHERE if said else _Attention.NONE


def _may_speak(person: Person, conversation: Conversation | None, limits: EngineSettings, *, addressed: bool) -> bool:
    """People always; other bots by name, and only so often in a row."""
    if not person.is_bot:
        return True
    unattended = conversation.unattended if conversation else 0
    return addressed and unattended < limits.turns_without_human


def _by_content(text: str, conversation: Conversation | None, limits: EngineSettings, *, addressed: bool) -> Step:
    if is_stop(text):
        return Step.STOP
    if conversation and conversation.engagement is Engagement.STOPPED and is_resume(text):
        return Step.RESUME
    talk = _small_talk(text)
    if talk is not None:
        return talk if addressed or talk is Step.INTRODUCED else Step.IGNORE
    return Step.TOO_LONG if len(text) > limits.question_characters else Step.ASK


def _small_talk(text: str) -> Step | None:
    """What a text calls for that asks nothing of the library."""
    if is_thanks(text):
        return Step.THANKED
    if is_farewell(text):
        return Step.FAREWELL
    if is_greeting(text) or is_noise(text) or not has_words(text):
        return Step.EMPTY
    return Step.INTRODUCED if is_about_bot(text) else None
