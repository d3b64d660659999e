"""The book of conversations and their turns; implements `bot.ports.ConversationBook`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, case, delete, func, insert, literal, select, union_all

from bot.records import Conversation, Engagement
from bot.store.database import Database
from bot.store.models.conversing import answers, conversations, evidence, imported_turns
from bot.store.statements import put
from rag.types import AnswerStatus, Language, Turn

_NOTED_FROM = 1_000_000
"""Positions from which on a turn is not of a thread's past, but something that a command has shown since."""


def _turns() -> Select[Any]:
    given = select(
        answers.c.id,
        answers.c.question,
        answers.c.text.label("answer"),
        answers.c.at,
        answers.c.number,
        literal(1).label("own"),
    ).where(answers.c.conversation == bindparam("conversation"), answers.c.status == AnswerStatus.ANSWERED.value)
    imported = select(
        literal("").label("id"),
        imported_turns.c.question,
        imported_turns.c.answer,
        imported_turns.c.at,
        imported_turns.c.position.label("number"),
        case((imported_turns.c.position >= _NOTED_FROM, 1), else_=0).label("own"),
    ).where(imported_turns.c.conversation == bindparam("conversation"))
    both = union_all(given, imported).subquery()
    return select(both).order_by(both.c.own.desc(), both.c.at.desc(), both.c.number.desc()).limit(bindparam("most"))


# Made once: making a statement takes longer than running it.
_TURNS = _turns()
_OF_KEY = select(conversations).where(conversations.c.key == bindparam("conversation"))
_AUDIENCES = select(evidence.c.answer_id, evidence.c.audience).where(
    evidence.c.answer_id.in_(bindparam("answers", expanding=True))
)


def _hidden(connection: Connection, ids: Sequence[str], audience: frozenset[str] | None) -> set[str]:
    """Answers that rest on a passage for none of these labels."""
    if audience is None or not ids:
        return set()
    rows = connection.execute(_AUDIENCES, {"answers": ids})
    return {row.answer_id for row in rows if not audience.intersection(row.audience)}


class SqlConversations:
    """Turns are read off the answers that were given, so that a text is stored once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, key: str) -> Conversation | None:
        """One conversation."""
        which = {"conversation": key}
        row = await self._database.read(lambda connection: connection.execute(_OF_KEY, which).first(), urgent=True)
        if row is None:
            return None
        return Conversation(
            key=row.key,
            engagement=Engagement(row.engagement),
            partner=row.partner,
            language=Language(row.language) if row.language else None,
            unattended=row.unattended,
            updated_at=row.updated_at,
        )

    async def save(self, conversation: Conversation) -> None:
        """Store a conversation in place of what was stored."""
        await self._database.write(lambda connection: keep(connection, conversation), urgent=True)

    async def turns(self, key: str, *, limit: int, audience: frozenset[str] | None = None) -> tuple[Turn, ...]:
        """The last answered questions with their answers, oldest first: what was imported, then the bot's own."""
        values = {"conversation": key, "most": limit}

        def work(connection: Connection) -> list[Turn]:
            rows = connection.execute(_TURNS, values).all()
            hidden = _hidden(connection, [row.id for row in rows if row.id], audience)
            return [Turn(question=row.question, answer=row.answer) for row in rows if row.id not in hidden]

        return tuple(reversed(await self._database.read(work)))

    async def import_turns(self, key: str, turns: Sequence[Turn], *, at: datetime, people: Sequence[str] = ()) -> None:
        """Store what was said in a thread before the bot came, in place of what was imported before."""
        rows = [
            {
                "conversation": key,
                "position": position,
                "question": turn.question,
                "answer": turn.answer,
                "at": at,
                "person": people[position] if people else "",
            }
            for position, turn in enumerate(turns)
        ]

        def work(connection: Connection) -> None:
            past = (imported_turns.c.conversation == key) & (imported_turns.c.position < _NOTED_FROM)
            connection.execute(delete(imported_turns).where(past))
            if rows:
                connection.execute(insert(imported_turns), rows)

        await self._database.write(work)

    async def note_turn(self, key: str, turn: Turn, *, at: datetime, person: str) -> None:
        """Store what a command has shown as something that was said."""
        last = select(func.coalesce(func.max(imported_turns.c.position) + 1, _NOTED_FROM))
        noted = (imported_turns.c.conversation == key) & (imported_turns.c.position >= _NOTED_FROM)
        values = {
            "conversation": key,
            "position": last.where(noted).scalar_subquery(),
            "question": turn.question,
            "answer": turn.answer,
            "at": at,
            "person": person,
        }
        await self._database.write(lambda connection: connection.execute(insert(imported_turns).values(values)))


def keep(connection: Connection, conversation: Conversation) -> None:
    """Stores a conversation in place of what was stored, in the transaction of a connection."""
    values = {
        "key": conversation.key,
        "engagement": conversation.engagement.value,
        "partner": conversation.partner,
        "language": conversation.language.value if conversation.language else None,
        "unattended": conversation.unattended,
        "updated_at": conversation.updated_at,
    }
    put(connection, conversations, values)
