"""What is offered beneath an answer: ratings, why these sources, another or a shorter answer, and what to ask next."""

from __future__ import annotations

from enum import StrEnum

from bot.payloads import Payload
from bot.records import AnswerRecord
from bot.replies import Action, Button, Style
from bot.shortening import shortened
from bot.wording import Say, Wording
from rag.types import Answer, AnswerStatus, Language


class Verb(StrEnum):
    """What a button or a form does. The subject is an answer's id, for `RETRY` and `STOP` a question's."""

    UP = "up"
    DOWN = "down"
    REASON = "reason"
    EXPLAIN = "explain"
    WHY = "why"
    SHORTER = "shorter"
    REGENERATE = "again"
    FOLLOW_UP = "next"
    RETRY = "retry"
    STOP = "stop"
    CASE = "case"
    """Shows the case that was chosen from a list. It and the verbs below carry the reader's language as argument."""

    COMPARE = "compare"
    """Puts the chosen case beside another one, which is the subject."""

    CONFIG_OPEN = "config"
    CONFIG_SAVE = "config-save"
    """A form of settings; the subject is the form's name."""

    PROFILE_OPEN = "profile"
    PROFILE_SAVE = "profile-save"
    """A form of a profile; the subject is whose it is."""

    PROFILE_SWITCH = "profile-switch"

    SHARE = "share"
    """Shows everybody what one person was told; done by the platform that told it."""


def button(
    verb: Verb, label: Say, subject: str, *, wording: Wording, language: Language, style: Style = Style.PLAIN
) -> Button:
    """A button whose label is one of the bot's texts."""
    return Button(label=wording.say(label, language), payload=Payload(verb=verb, subject=subject), style=style)


def answer_actions(record: AnswerRecord, wording: Wording) -> tuple[tuple[Action, ...], ...]:
    """The rows of buttons under a finished answer; none under a refusal, and no button that could do nothing."""
    answer, language = record.answer, record.answer.language
    if answer.status is not AnswerStatus.ANSWERED:
        return ()
    offered = [(Verb.UP, Say.UP), (Verb.DOWN, Say.DOWN)]
    if record.answer.citations:
        offered.append((Verb.WHY, Say.WHY))
    if shortened(record) is not None:
        offered.append((Verb.SHORTER, Say.SHORTER))
    if _may_differ(answer):
        offered.append((Verb.REGENERATE, Say.REGENERATE))
    buttons = [button(verb, label, record.id, wording=wording, language=language) for verb, label in offered]
    return tuple(row for row in (tuple(buttons), _follow_ups(record)) if row)


def _follow_ups(record: AnswerRecord) -> tuple[Action, ...]:
    return tuple(
        Button(label=topic, payload=Payload(verb=Verb.FOLLOW_UP, subject=record.id, argument=str(index)))
        for index, topic in enumerate(record.suggestions)
    )


def _may_differ(answer: Answer) -> bool:
    """Whether asking again may give another answer: the library quoted without any model says the same twice."""
    return answer.writing is not None and bool(answer.writing.model or answer.writing.notices)
