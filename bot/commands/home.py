"""`home`: what the bot knows, what it knows of the person, their questions and risks; for admins how the library is."""

from __future__ import annotations

import textwrap
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.channel_rules import effective_settings
from bot.commands.admin import status
from bot.commands.basic import Sources
from bot.commands.call import Call
from bot.commands.profile import block
from bot.commands.risk_room import cut_label, room_of
from bot.commands.risk_texts import register_line
from bot.offers import Verb
from bot.payloads import Payload
from bot.records import GapRecord, Profile, QuestionRecord, QuestionState
from bot.replies import Action, Button, Option, PagePart, Reply, Select, Visibility
from bot.wording import Say
from rag.risks import LISTED
from rag.types import PUBLIC

_QUESTIONS, _GAPS, _GAPS_READ = 5, 5, 200
_SHORT = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the page: a title in bold, an empty line and what belongs to it, and what can be done about it.

    Buttons of all parts stand in one row, which Discord bounds to five; a list takes a row of its own.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    choice: Select | None = None


Section = Callable[[Call], Awaitable[Part | None]]
"""Makes a part; None where there is nothing to show."""


class Home:
    """The page.

    Args:
        sources: tells what the library holds.
        more: parts that other features add, shown behind the person's own.
    """

    def __init__(self, sources: Sources, *, more: Sequence[Section] = ()) -> None:
        self._sources = sources
        self._sections: tuple[Section, ...] = (self._library, _profile, _questions, _risks, *more)

    async def run(self, call: Call, arguments: Mapping[str, str]) -> None:
        """Shows the page to the person alone."""
        sections = self._sections
        if call.means.is_admin(call.person):
            sections = (*sections, _state, _gaps)
        parts = [part for section in sections if (part := await section(call)) is not None]
        told = "\n\n".join(part.text for part in parts)
        page = Reply(
            text=told,
            notes=(call.words(Say.HOME_NOTE),),
            actions=_actions(call, parts),
            page=tuple(_page_part(call, part) for part in parts),
            visibility=Visibility.PRIVATE,
            language=call.language,
        )
        await call.show(page)

    async def _library(self, call: Call) -> Part:
        return Part(text=f"**{call.words(Say.HOME_LIBRARY)}**\n\n{await self._sources.overview(call)}")


async def _profile(call: Call) -> Part:
    own = await call.means.store.profiles.of_person(call.person.key) or Profile()
    title = call.words(Say.PROFILE_MINE)
    text = block(call, Say.PROFILE_MINE, own) or f"{title}\n\n{call.words(Say.PROFILE_NONE)}"
    axes = tuple(Option(label=axis.name.of(call.language), value=axis.id) for axis in call.means.axes)
    return Part(
        text=text,
        buttons=(_button(call, Say.HOME_PROFILE, Verb.PROFILE_OPEN, "mine"),),
        choice=_choice(call, Say.HOME_ASSESS, Verb.ASSESS_OPEN, axes, subject="mine"),
    )


async def _questions(call: Call) -> Part:
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
    text = _titled(call, Say.HOME_QUESTIONS, lines or [call.words(Say.HOME_NO_QUESTIONS)])
    answered = tuple(_to_rate(question) for question in asked if question.state is QuestionState.ANSWERED)
    return Part(text=text, choice=_choice(call, Say.HOME_RATE, Verb.FEEDBACK_OPEN, answered))


async def _risks(call: Call) -> Part | None:
    """What is due for the person's company; none where the library holds no risks that they may read."""
    room = await room_of(call)
    if not room.held.register.risks:
        return None
    due = room.held.register.checklist(room.company, room.board.handlings, at=room.now).entries[:LISTED]
    lines = [register_line(room, number, each.scored) for number, each in enumerate(due, start=1)]
    items = tuple(
        Option(label=cut_label(each.scored.risk.title.of(call.language)), value=each.scored.risk.id) for each in due
    )
    return Part(
        text=_titled(call, Say.HOME_RISKS, lines or [call.words(Say.HOME_NO_RISKS)]),
        choice=_choice(call, Say.HOME_RISK, Verb.RISK_OPEN, items, subject=call.language.value),
    )


async def _state(call: Call) -> Part:
    """How the library is, and what an admin can do from here."""
    runs, everywhere = call.means.index, call.place.private
    label, form = (Say.HOME_CONFIG, "behaviour.server") if everywhere else (Say.CONFIG_BEHAVIOUR, "behaviour")
    buttons = (_button(call, label, Verb.CONFIG_OPEN, form),)
    if runs is None:
        return Part(text=_titled(call, Say.HOME_STATE, [call.words(Say.ADMIN_ELSEWHERE)]), buttons=buttons)
    reindex = _button(call, Say.HOME_REINDEX, Verb.COMMAND, "admin.reindex")
    return Part(text=_titled(call, Say.HOME_STATE, [await status(call, runs)]), buttons=(reindex, *buttons))


async def _gaps(call: Call) -> Part:
    """What people could not find; questions from places that others may not read are counted and not shown."""
    found = await call.means.store.gaps.open(limit=_GAPS_READ)
    shown: list[GapRecord] = []
    for gap in found:
        if len(shown) < _GAPS and await _may_be_shown(call, gap):
            shown.append(gap)
    lines = [call.words(Say.HOME_GAP, asked=_brief(gap.text), day=_day(gap.at)) for gap in shown]
    if len(found) > len(shown):
        lines.append(call.words(Say.HOME_GAPS_MORE, more=len(found) - len(shown)))
    return Part(
        text=_titled(call, Say.HOME_GAPS, lines or [call.words(Say.HOME_NO_GAPS)]),
        buttons=(_button(call, Say.HOME_GAP_REPORT, Verb.COMMAND, "gaps"),),
    )


async def _may_be_shown(call: Call, gap: GapRecord) -> bool:
    question = await call.means.store.questions.get(gap.question_id)
    if question is None or question.place.private:
        return False
    settings = await effective_settings(call.means.store.settings, question.place.channel_key)
    return (settings.labels or frozenset()) <= {PUBLIC}


def _actions(call: Call, parts: Sequence[Part]) -> tuple[tuple[Action, ...], ...]:
    if not call.adapter.capabilities.forms:
        return ()
    buttons = tuple(button for part in parts for button in part.buttons)
    return (buttons, *((part.choice,) for part in parts if part.choice))


def _page_part(call: Call, part: Part) -> PagePart:
    """A part with its own buttons and list beneath it."""
    own = (*part.buttons, *((part.choice,) if part.choice else ()))
    return PagePart(text=part.text, actions=own if call.adapter.capabilities.forms else ())


def _button(call: Call, label: Say, verb: Verb, subject: str) -> Button:
    payload = Payload(verb=verb, subject=subject, argument=call.language.value)
    return Button(label=call.words(label), payload=payload)


def _choice(
    call: Call, placeholder: Say, verb: Verb, options: tuple[Option, ...], *, subject: str = ""
) -> Select | None:
    if not options:
        return None
    payload = Payload(verb=verb, subject=subject, argument=call.language.value)
    return Select(placeholder=call.words(placeholder), payload=payload, options=options)


def _to_rate(question: QuestionRecord) -> Option:
    return Option(label=cut_label(" ".join(question.text.split())), value=question.answer_id)


def _titled(call: Call, title: Say, lines: Sequence[str]) -> str:
    return "\n".join([f"**{call.words(title)}**", "", *lines])


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
