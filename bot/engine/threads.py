"""How a conversation changes when somebody asks, leaves, stops or resumes, and what is read of a thread's past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import takewhile

from bot.chat import Person, Place, Said
from bot.engine.cleaning import without_secrets
from bot.engine.speech import has_words
from bot.records import Conversation, Engagement
from rag.types import Language, Turn

_SAID_CHARACTERS = 600
"""How much is kept of one message of a thread's past: enough to know what is being talked about."""


def after_question(
    known: Conversation | None, *, place: Place, person: Person, language: Language | None, at: datetime
) -> Conversation:
    """The conversation in which a person has just asked; a stopped one stays stopped."""
    before = known or Conversation(key=place.key)
    stopped = before.engagement is Engagement.STOPPED
    return replace(
        before,
        engagement=Engagement.STOPPED if stopped else Engagement.ENGAGED,
        partner=person.key,
        language=language or before.language,
        unattended=before.unattended + 1 if person.is_bot else 0,
        updated_at=at,
    )


def with_engagement(known: Conversation | None, engagement: Engagement, *, place: Place, at: datetime) -> Conversation:
    """The conversation with the bot listening in it or not."""
    return replace(known or Conversation(key=place.key), engagement=engagement, updated_at=at)


def differs(new: Conversation, known: Conversation | None) -> bool:
    """Whether there is more to store than a later time."""
    return known is None or replace(new, updated_at=known.updated_at) != known


def past_turns(said: Sequence[Said], *, asked_by: str) -> tuple[Turn, ...]:
    """A thread's past as turns: only what the bot said itself is an answer, whoever else claims to be the bot.

    Args:
        said: the messages, oldest first.
        asked_by: the message that called the bot; it and all that follows are no past.
    """
    turns: list[Turn] = []
    for message in said:
        if message.message_id == asked_by:
            break
        if not has_words(message.text):
            continue
        text = without_secrets(message.text.strip())[:_SAID_CHARACTERS]
        if not message.own:
            turns.append(Turn(question=text, answer=""))
        elif turns:
            last = turns[-1]
            turns[-1] = replace(last, answer=f"{last.answer}\n\n{text}" if last.answer else text)
    return tuple(turns)


def speakers(said: Sequence[Said], place: Place, *, asked_by: str) -> tuple[str, ...]:
    """The keys of those who said the questions of `past_turns`, one for each turn."""
    past = takewhile(lambda message: message.message_id != asked_by, said)
    return tuple(
        Person(platform=place.platform, workspace=place.workspace, id=message.person_id).key
        for message in past
        if not message.own and has_words(message.text)
    )
