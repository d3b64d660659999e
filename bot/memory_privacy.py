"""The book of what is kept of people, in memory, over the other books of `bot.memory_store`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.channel_rules import OWNER
from bot.mentions import EXPERT, Mention, MentionKind
from bot.privacy_records import Held, Kept
from bot.records import AnswerRecord, ChannelSettings, Conversation, FeedbackRecord, Profile, QuestionRecord
from rag.types import Turn

Imported = dict[str, tuple[tuple[Turn, str, datetime | None], ...]]
"""Turns with who said them, and when where a command has shown them since."""
"""What was read of threads, by conversation: turns, each with the key of the person who said it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelves:
    """What the other books hold."""

    questions: dict[str, QuestionRecord]
    answers: dict[str, AnswerRecord]
    feedback: dict[tuple[str, str], FeedbackRecord]
    conversations: dict[str, Conversation]
    imported: Imported
    profiles: dict[str, Profile]
    settings: dict[str, ChannelSettings]


class MemoryPrivacy:
    """A person's own view; see `bot.privacy_records.PrivacyBook`."""

    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves
        self._known: dict[str, datetime] = {}

    async def first_use(self, person: str, *, at: datetime) -> bool:
        """Note that a person has used the bot."""
        new = person not in self._known
        self._known.setdefault(person, at)
        return new

    async def not_yet(self, person: str) -> None:
        """Take a first use back."""
        self._known.pop(person, None)

    async def accounts(self, platform: str, account: str) -> tuple[str, ...]:
        """The keys of a person who has the same id in all workspaces."""
        shelves = self._shelves
        known = {each.person.key for each in shelves.questions.values()} | {*shelves.profiles, *self._known}
        known |= {each.person for each in shelves.feedback.values()}
        known |= {each.partner for each in shelves.conversations.values()}
        known |= {speaker for turns in shelves.imported.values() for _, speaker, _ in turns}
        known |= {
            f"{key.rpartition('/')[0]}/{account}" for key, each in shelves.settings.items() if _calls(each, account)
        }
        known |= {each.other.get(OWNER, "") for each in shelves.settings.values()}
        return tuple(sorted(each for each in known if each.startswith(f"{platform}/") and each.endswith(f"/{account}")))

    async def held(self, person: str) -> Held:
        """How much is kept of a person."""
        kept = self._kept(person)
        dates = [each["at"] for rows in kept.values() for each in rows if "at" in each]
        counts = {name: len(rows) for name, rows in kept.items()}
        return Held(counts=counts, since=min(dates, default=None))

    async def export(self, person: str, *, audience: frozenset[str]) -> Kept:
        """All that is kept of a person."""
        rows = [_answer(each, audience) for each in self._answers(person)]
        return {**self._kept(person), "answers": rows}

    async def forget(self, person: str, *, pseudonym: str = "") -> int:
        """Delete all that is kept of a person."""
        gone = sum((await self.held(person)).counts.values())
        shelves = self._shelves
        for room in self._rooms(person):
            del shelves.settings[room]
        for answer in self._answers(person):
            del shelves.answers[answer.id]
        _drop(shelves.questions, lambda each: each.person.key == person)
        _drop(shelves.feedback, lambda each: each.person == person or each.answer_id not in shelves.answers)
        _drop(shelves.conversations, lambda each: each.partner == person)
        for key, turns in shelves.imported.items():
            shelves.imported[key] = tuple(each for each in turns if each[1] != person)
        shelves.profiles.pop(person, None)
        for key in self._expert_of(person):
            other = {name: each for name, each in shelves.settings[key].other.items() if name != EXPERT}
            shelves.settings[key] = replace(shelves.settings[key], other=other)
        self._known.pop(person, None)
        return gone

    async def sweep(self, *, before: datetime) -> int:
        """Delete what is older than a time."""
        shelves = self._shelves
        old = {each.id for each in shelves.questions.values() if each.asked_at < before and each.state.ended}
        _drop(shelves.answers, lambda each: each.question_id in old)
        _drop(shelves.feedback, lambda each: each.answer_id not in shelves.answers)
        _drop(shelves.questions, lambda each: each.id in old)
        quiet = _drop(shelves.conversations, lambda each: each.updated_at is not None and each.updated_at < before)
        return len(old) + quiet

    def _expert_of(self, person: str) -> list[str]:
        workspace, _, account = person.rpartition("/")
        return [
            key
            for key, each in self._shelves.settings.items()
            if key.startswith(f"{workspace}/") and _calls(each, account)
        ]

    def _rooms(self, person: str) -> list[str]:
        """The direct messages of a person in which something is set."""
        asked = {each.place for each in self._shelves.questions.values() if each.person.key == person}
        direct = {each.channel_key for each in asked if each.private}
        return [key for key, each in self._shelves.settings.items() if key in direct or each.other.get(OWNER) == person]

    def _answers(self, person: str) -> list[AnswerRecord]:
        asked = {each.id for each in self._shelves.questions.values() if each.person.key == person}
        return [each for each in self._shelves.answers.values() if each.question_id in asked]

    def _kept(self, person: str) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        shelves = self._shelves
        said = [turn for turns in shelves.imported.values() for turn, speaker, _ in turns if speaker == person]
        known = [{"person": person, "at": self._known[person]}] if person in self._known else []
        profile = shelves.profiles.get(person)
        return {
            "questions": [
                {"id": each.id, "text": each.text, "at": each.asked_at}
                for each in shelves.questions.values()
                if each.person.key == person
            ],
            "feedback": [
                {"answer_id": each.answer_id, "rating": each.rating.value, "reason": each.reason, "text": each.text}
                for each in shelves.feedback.values()
                if each.person == person
            ],
            "conversations": [{"key": each.key} for each in shelves.conversations.values() if each.partner == person],
            "imported_turns": [{"question": turn.question} for turn in said],
            "profiles": [{"sector": profile.sector, "model": profile.model}] if profile else [],
            "first_uses": known,
            "channel_settings": [
                {"channel_key": key} for key in dict.fromkeys([*self._rooms(person), *self._expert_of(person)])
            ],
        }


def _answer(record: AnswerRecord, audience: frozenset[str]) -> dict[str, Any]:
    withheld = any(not audience & each.audience for each in record.evidence)
    text = "" if withheld else record.answer.text
    sources = [] if withheld else [each.document.title for each in record.answer.citations]
    return {"id": record.id, "question": record.answer.question, "text": text, "sources": sources, "withheld": withheld}


def _calls(settings: ChannelSettings, account: str) -> bool:
    return settings.other.get(EXPERT) == Mention(kind=MentionKind.USER, id=account).stored


def _drop(shelf: dict[Any, Any], wanted: Callable[[Any], bool]) -> int:
    gone = [key for key, each in shelf.items() if wanted(each)]
    for key in gone:
        del shelf[key]
    return len(gone)
