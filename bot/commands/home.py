"""`home`: what the bot knows, what it knows of the person, what they asked; for admins also what the library lacks."""

from __future__ import annotations

import textwrap
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

from bot.channel_rules import effective_settings
from bot.commands.basic import Sources
from bot.commands.call import Call
from bot.commands.profile import block
from bot.offers import Verb
from bot.payloads import Payload
from bot.records import GapRecord, Profile, QuestionState
from bot.replies import Button
from bot.wording import Say
from rag.types import PUBLIC

_QUESTIONS, _GAPS, _GAPS_READ = 5, 5, 200
_SHORT = 120

Section = Callable[[Call], Awaitable[str]]
"""A part of the page: a title in bold, an empty line and what belongs to it; "" where there is nothing to show."""


class Home:
    """The page.

    Args:
        sources: tells what the library holds.
        more: parts that other features add, shown behind the person's own.
    """

    def __init__(self, sources: Sources, *, more: Sequence[Section] = ()) -> None:
        self._sources = sources
        self._sections: tuple[Section, ...] = (self._library, _profile, _questions, *more)

    async def run(self, call: Call, arguments: Mapping[str, str]) -> None:
        """Shows the page to the person alone."""
        sections = [await section(call) for section in self._sections]
        if call.means.is_admin(call.person):
            sections.append(await _gaps(call))
        told = "\n\n".join(filter(None, sections))
        await call.whisper(told, actions=_actions(call), notes=(call.words(Say.HOME_NOTE),))

    async def _library(self, call: Call) -> str:
        return f"**{call.words(Say.HOME_LIBRARY)}**\n\n{await self._sources.overview(call)}"


async def _profile(call: Call) -> str:
    own = await call.means.store.profiles.of_person(call.person.key) or Profile()
    title = call.words(Say.PROFILE_MINE)
    return block(call, Say.PROFILE_MINE, own) or f"{title}\n\n{call.words(Say.PROFILE_NONE)}"


async def _questions(call: Call) -> str:
    asked = await call.means.store.questions.of_person(call.person.key, limit=_QUESTIONS)
    lines = [
        call.words(
            Say.HOME_QUESTION,
            asked=_brief(question.text),
            state=call.means.wording.word("state", _told(question.state), call.language),
            day=_day(question.asked_at),
        )
        for question in asked
    ]
    title = f"**{call.words(Say.HOME_QUESTIONS)}**"
    return "\n".join([title, "", *(lines or [call.words(Say.HOME_NO_QUESTIONS)])])


async def _gaps(call: Call) -> str:
    """What people could not find; questions from places that others may not read are counted and not shown."""
    found = await call.means.store.gaps.open(limit=_GAPS_READ)
    shown: list[GapRecord] = []
    for gap in found:
        if len(shown) < _GAPS and await _may_be_shown(call, gap):
            shown.append(gap)
    lines = [call.words(Say.HOME_GAP, asked=_brief(gap.text), day=_day(gap.at)) for gap in shown]
    if len(found) > len(shown):
        lines.append(call.words(Say.HOME_GAPS_MORE, more=len(found) - len(shown)))
    title = f"**{call.words(Say.HOME_GAPS)}**"
    return "\n".join([title, "", *(lines or [call.words(Say.HOME_NO_GAPS)])])


async def _may_be_shown(call: Call, gap: GapRecord) -> bool:
    question = await call.means.store.questions.get(gap.question_id)
    if question is None or question.place.private:
        return False
    settings = await effective_settings(call.means.store.settings, question.place.channel_key)
    return (settings.labels or frozenset()) <= {PUBLIC}


def _actions(call: Call) -> tuple[tuple[Button, ...], ...]:
    if not call.adapter.capabilities.forms:
        return ()
    payload = Payload(verb=Verb.PROFILE_OPEN, subject="mine", argument=call.language.value)
    return ((Button(label=call.words(Say.HOME_PROFILE), payload=payload),),)


def _told(state: QuestionState) -> str:
    match state:
        case QuestionState.ANSWERED:
            return "answered"
        case QuestionState.REFUSED:
            return "refused"
        case QuestionState.QUEUED | QuestionState.ANSWERING:
            return "open"
        case _:
            return "unanswered"


def _brief(text: str) -> str:
    """One line of a question; `shorten` cuts between words, which Chinese has none of."""
    line = " ".join(text.split())
    return line if len(line) <= _SHORT else textwrap.shorten(line, _SHORT, placeholder=" …") or f"{line[:_SHORT]}…"


def _day(at: datetime) -> str:
    return at.date().isoformat()
