"""The book of what is kept of people; implements `bot.privacy_records.PrivacyBook`.

Which tables hold a person is said by `models.PERSON_COLUMNS` alone, so that a new one is counted, exported and deleted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Connection, Row, Table, delete, func, select, union, update

from bot.mentions import EXPERT, Mention, MentionKind
from bot.privacy_records import Held, Kept
from bot.records import QuestionState
from bot.store.database import Database
from bot.store.models import PERSON_COLUMNS
from bot.store.models.assessments import assessment_answers, assessments
from bot.store.models.checklists import checklist_people
from bot.store.models.conversing import (
    answers,
    channel_settings,
    conversations,
    evidence,
    imported_turns,
    posts,
    questions,
)
from bot.store.models.experts import expert_requests
from bot.store.models.ledgers import gaps, usage
from bot.store.models.people import first_uses
from bot.store.rooms import clear_rooms, room_owners, room_rows, rooms_of
from bot.store.statements import add_new

_AT_ONCE = 500
"""Questions that one transaction of a sweep deletes: others wait for it."""

_OPEN = (QuestionState.QUEUED.value, QuestionState.ANSWERING.value)
_LEFT_OUT: Mapping[Table, frozenset[str]] = {gaps: frozenset({"text"}), imported_turns: frozenset({"answer"})}
"""Columns with others' words: a gap holds the question of whoever asked, the row is of whoever rated; what the bot
answered in a thread may rest on documents that the person may not read by now."""

_ANSWER = ("id", "question_id", "question", "text", "language", "status", "confidence", "writer", "model", "at")


class SqlPrivacy:
    """Reads and deletes across the tables of all other books."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def first_use(self, person: str, *, at: datetime) -> bool:
        """Note that a person has used the bot; True the first time."""
        values = {"person": person, "at": at}
        return await self._database.write(lambda connection: add_new(connection, first_uses, values))

    async def not_yet(self, person: str) -> None:
        """Take a first use back."""
        gone = delete(first_uses).where(first_uses.c.person == person)

        def work(connection: Connection) -> None:
            connection.execute(gone)

        await self._database.write(work)

    async def accounts(self, platform: str, account: str) -> tuple[str, ...]:
        """The keys of a person who has the same id in all workspaces."""
        begin, end = f"{platform}/", f"/{account}"

        def work(connection: Connection) -> tuple[str, ...]:
            owners = [_owner(table) for table in PERSON_COLUMNS]
            held = [owner.startswith(begin, autoescape=True) & owner.endswith(end, autoescape=True) for owner in owners]
            rows = union(*(select(owner).where(theirs) for owner, theirs in zip(owners, held, strict=True)))
            called = {f"{key.rpartition('/')[0]}{end}" for key, _ in _called(connection, begin, account)}
            known = {*connection.execute(rows).scalars(), *called, *room_owners(connection)}
            return tuple(sorted(each for each in known if each.startswith(begin) and each.endswith(end)))

        return await self._database.read(work)

    async def held(self, person: str) -> Held:
        """How much is kept of a person."""

        def work(connection: Connection) -> Held:
            counts = {
                table.name: connection.execute(select(func.count()).where(_owner(table) == person)).scalar_one()
                for table in PERSON_COLUMNS
            }
            since = [
                connection.execute(select(func.min(column)).where(_owner(column.table) == person)).scalar()
                for column in (questions.c.asked_at, imported_turns.c.at, first_uses.c.at)
            ]
            own = room_rows(connection, rooms_of(connection, person))
            counts |= {name: len(rows) for name, rows in own.items()}
            counts[channel_settings.name] = len(_settings(connection, person, own))
            return Held(counts=counts, since=min((each for each in since if each), default=None))

        return await self._database.read(work)

    async def export(self, person: str, *, audience: frozenset[str]) -> Kept:
        """All that is kept of a person."""

        def work(connection: Connection) -> Kept:
            kept = {
                table.name: [
                    _plain(row, without=_LEFT_OUT.get(table, frozenset()))
                    for row in connection.execute(select(table).where(_owner(table) == person))
                ]
                for table in PERSON_COLUMNS
            }
            own = room_rows(connection, rooms_of(connection, person))
            return {
                **kept,
                **{name: [_plain(row, without=frozenset()) for row in rows] for name, rows in own.items()},
                channel_settings.name: _settings(connection, person, own),
                assessment_answers.name: _checked(connection, person),
                answers.name: _answers(connection, person, audience),
            }

        return await self._database.read(work)

    async def forget(self, person: str, *, pseudonym: str = "") -> int:
        """Delete all that is kept of a person, and the bytes of it."""

        def work(connection: Connection) -> int:
            asked = select(questions.c.id).where(questions.c.person == person)
            gone = clear_rooms(connection, rooms_of(connection, person))
            gone += connection.execute(delete(posts).where(posts.c.question_id.in_(asked))).rowcount
            gone += connection.execute(delete(imported_turns).where(_unclaimed(person))).rowcount
            gone += connection.execute(delete(checklist_people).where(_named_by(person))).rowcount
            for table in PERSON_COLUMNS:
                gone += connection.execute(delete(table).where(_owner(table) == person)).rowcount
            for key, other in _expert_of(connection, person):
                left = {name: value for name, value in other.items() if name != EXPERT}
                row = update(channel_settings).where(channel_settings.c.channel_key == key)
                gone += connection.execute(row.values(other=left)).rowcount
            gone += connection.execute(_uncalled(person)).rowcount
            if pseudonym:
                gone += connection.execute(delete(usage).where(usage.c.subject == pseudonym)).rowcount
            return gone

        gone = await self._database.write(work)
        # Also when nothing was there: an earlier try may have deleted the rows and failed before their bytes were gone.
        await self._database.scrub(thoroughly=True)
        return gone

    async def sweep(self, *, before: datetime) -> int:
        """Delete what is older than a time."""
        gone = await self._database.write(lambda connection: _sweep_threads(connection, before))
        while swept := await self._database.write(lambda connection: _sweep_questions(connection, before)):
            gone += swept
        if gone:
            await self._database.scrub()
        return gone


def _owner(table: Any) -> Column[str]:
    owner: Column[str] = table.c[PERSON_COLUMNS[table]]
    return owner


def _expert_of(connection: Connection, person: str) -> list[tuple[str, Mapping[str, str]]]:
    """The channels of a person's workspace whose expert they are, with what else is set there."""
    workspace, _, account = person.rpartition("/")
    return _called(connection, f"{workspace}/", account)


def _settings(connection: Connection, person: str, own: Mapping[str, list[Row[Any]]]) -> list[dict[str, Any]]:
    """What is set in a person's direct messages, and where else they are called as an expert."""
    rows = [_plain(row, without=frozenset()) for row in own.get(channel_settings.name, ())]
    known = {row["channel_key"] for row in rows}
    called = [(key, other) for key, other in _expert_of(connection, person) if key not in known]
    return [*rows, *({"channel_key": key, EXPERT: other[EXPERT]} for key, other in called)]


def _uncalled(person: str) -> Any:
    """Takes a person out of the questions that called them: others asked these, and wait for an answer."""
    workspace, _, account = person.rpartition("/")
    requests, mention = expert_requests.c, Mention(kind=MentionKind.USER, id=account).stored
    theirs = requests.channel_key.startswith(f"{workspace}/", autoescape=True) & (requests.mention == mention)
    return update(expert_requests).where(theirs).values(mention="")


def _called(connection: Connection, begin: str, account: str) -> list[tuple[str, Mapping[str, str]]]:
    """The channels whose keys begin so and which call somebody."""
    mention = Mention(kind=MentionKind.USER, id=account).stored
    settings = channel_settings.c
    rows = select(settings.channel_key, settings.other).where(settings.channel_key.startswith(begin, autoescape=True))
    return [(key, other) for key, other in connection.execute(rows) if other.get(EXPERT) == mention]


def _named_by(person: str) -> Any:
    """Names that a person has typed for whoever is to see to an item: they are theirs as their notes are."""
    typed = select(checklist_people.c.change).where(checklist_people.c.person == person)
    return (checklist_people.c.person == "") & checklist_people.c.change.in_(typed)


def _unclaimed(person: str) -> Any:
    """Turns that were read before it was kept who said them, of the threads in which a person took part."""
    places = union(
        select(questions.c.place_key).where(questions.c.person == person),
        select(conversations.c.key).where(conversations.c.partner == person),
    )
    return (imported_turns.c.person == "") & imported_turns.c.conversation.in_(places)


def _checked(connection: Connection, person: str) -> list[dict[str, Any]]:
    """What a person has answered in feasibility checks of their own."""
    held = assessment_answers.join(assessments, assessments.c.number == assessment_answers.c.assessment)
    told = assessments.c.channel_key, assessments.c.round, assessment_answers.c.item, assessment_answers.c.answer
    found = select(*told).select_from(held).where(assessments.c.person == person)
    return [dict(row._mapping) for row in connection.execute(found.order_by(*told[:3]))]


def _answers(connection: Connection, person: str, audience: frozenset[str]) -> list[dict[str, Any]]:
    own = select(answers).join(questions, questions.c.id == answers.c.question_id).where(questions.c.person == person)
    rows = connection.execute(own.order_by(answers.c.number)).all()
    shown = select(evidence.c.answer_id, evidence.c.audience).join(answers, answers.c.id == evidence.c.answer_id)
    shown = shown.join(questions, questions.c.id == answers.c.question_id).where(questions.c.person == person)
    kept_back = {row.answer_id for row in connection.execute(shown) if not audience.intersection(row.audience)}
    return [_answer(row, withheld=row.id in kept_back) for row in rows]


def _answer(row: Row[Any], *, withheld: bool) -> dict[str, Any]:
    told = {name: _value(getattr(row, name)) for name in _ANSWER}
    if withheld:
        return {**told, "text": "", "sources": [], "withheld": True}
    return {**told, "sources": [each["document"]["title"] for each in row.citations], "withheld": False}


def _sweep_threads(connection: Connection, before: datetime) -> int:
    """What hangs on no question: turns of threads, and conversations that nobody goes on with."""
    quiet = delete(conversations).where(conversations.c.updated_at < before)
    read = delete(imported_turns).where(imported_turns.c.at < before)
    return sum(connection.execute(statement).rowcount for statement in (quiet, read))


def _sweep_questions(connection: Connection, before: datetime) -> int:
    old = select(questions.c.id).where(questions.c.asked_at < before, questions.c.state.not_in(_OPEN))
    ids = list(connection.execute(old.order_by(questions.c.number).limit(_AT_ONCE)).scalars())
    if not ids:
        return 0
    connection.execute(delete(posts).where(posts.c.question_id.in_(ids)))
    connection.execute(delete(questions).where(questions.c.id.in_(ids)))
    return len(ids)


def _plain(row: Row[Any], *, without: frozenset[str]) -> dict[str, Any]:
    """A row as JSON can hold it; numbers of rows say nothing to anybody."""
    return {name: _value(value) for name, value in row._mapping.items() if name not in {"number", *without}}


def _value(value: Any) -> Any:
    match value:
        case datetime() | date():
            return value.isoformat()
        case Mapping():
            return dict(value)
        case Sequence() if not isinstance(value, str):
            return list(value)
        case _:
            return value
