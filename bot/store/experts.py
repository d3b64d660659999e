"""The book of questions for experts; implements `bot.expert_records.ExpertBook`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, exists, func, or_, select, update

from bot.errors import StoreFailed
from bot.expert_records import ExpertRequest, RequestState
from bot.mentions import stored_mention
from bot.store.database import Database
from bot.store.models.experts import expert_claims, expert_requests
from bot.store.models.ledgers import gaps
from bot.store.statements import add_new, place_of, place_values
from rag.types import Language

_ASKED, _CLAIMED = RequestState.ASKED.value, RequestState.CLAIMED.value
_OPEN = expert_requests.c.state.in_((_ASKED, _CLAIMED))
_HAS_EXPERT = exists().where(expert_claims.c.request_id == expert_requests.c.id)
_FREE = or_(expert_requests.c.state == _ASKED, (expert_requests.c.state == _CLAIMED) & ~_HAS_EXPERT)
"""A request whose expert's data was deleted is everybody's again."""


class SqlExperts:
    """Each change is a conditional update, so that of two people who press at once one succeeds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ask(self, request: ExpertRequest) -> ExpertRequest:
        """Store a request, or return the one that the question has already."""

        def work(connection: Connection) -> ExpertRequest:
            add_new(connection, expert_requests, _values(request))
            row = connection.execute(_found(expert_requests.c.question_id == request.question_id)).first()
            if row is None:
                raise StoreFailed(f"the request {request.id!r} is another question's; give each one an id of its own")
            return _request(row)

        return await self._database.write(work)

    async def get(self, request_id: str) -> ExpertRequest | None:
        """One request."""
        return await self._first(_found(expert_requests.c.id == request_id))

    async def of_question(self, question_id: str) -> ExpertRequest | None:
        """The request that a question has."""
        return await self._first(_found(expert_requests.c.question_id == question_id))

    async def waiting(self, channel_key: str) -> int:
        """How many requests of a channel have no end yet."""
        count = select(func.count()).select_from(expert_requests)
        count = count.where(expert_requests.c.channel_key == channel_key, _OPEN)
        return await self._database.read(lambda connection: int(connection.execute(count).scalar_one()))

    async def claimed_in(self, thread: str, person: str) -> ExpertRequest | None:
        """The latest request of a thread that a person has claimed and not answered."""
        mine = (expert_requests.c.thread_key == thread) & (expert_claims.c.person == person)
        wanted = _found(mine & (expert_requests.c.state == _CLAIMED))
        return await self._first(wanted.order_by(expert_requests.c.number.desc()))

    async def placed(self, request_id: str, thread: str) -> None:
        """Note the thread in which the expert may answer."""
        change = update(expert_requests).where(expert_requests.c.id == request_id).values(thread_key=thread)
        await self._database.write(lambda connection: connection.execute(change).rowcount)

    async def claim(self, request_id: str, *, person: str, name: str, at: datetime) -> bool:
        """Give a request to a person."""
        claim = {"request_id": request_id, "person": person, "name": name, "draft": "", "answer": "", "at": at}

        def work(connection: Connection) -> bool:
            if not _moved(connection, request_id, RequestState.CLAIMED, _FREE):
                return False
            return add_new(connection, expert_claims, {**claim, "answered_at": None})

        return await self._database.write(work)

    async def release(self, request_id: str, *, person: str) -> bool:
        """Take a request back from a person."""

        def work(connection: Connection) -> bool:
            if not _moved(connection, request_id, RequestState.ASKED, _held_by(person)):
                return False
            connection.execute(delete(expert_claims).where(expert_claims.c.request_id == request_id))
            return True

        return await self._database.write(work)

    async def note(self, request_id: str, text: str, *, person: str) -> bool:
        """Add to the draft of the person who has it."""
        mine = (expert_claims.c.request_id == request_id) & (expert_claims.c.person == person)
        more = func.ltrim(expert_claims.c.draft + "\n\n" + text, "\n")
        change = update(expert_claims).where(mine).values(draft=more)
        return await self._database.write(lambda connection: connection.execute(change).rowcount == 1)

    async def answer(self, request_id: str, text: str, *, person: str, at: datetime) -> bool:
        """Answer a request that the person has; the gaps of its question are closed with it."""
        said = update(expert_claims).where(expert_claims.c.request_id == request_id)
        question = select(expert_requests.c.question_id).where(expert_requests.c.id == request_id).scalar_subquery()
        filled = update(gaps).where(gaps.c.question_id == question, gaps.c.closed_at.is_(None)).values(closed_at=at)

        def work(connection: Connection) -> bool:
            if not _moved(connection, request_id, RequestState.ANSWERED, _held_by(person)):
                return False
            connection.execute(said.values(answer=text, draft="", answered_at=at))
            connection.execute(filled)
            return True

        return await self._database.write(work)

    async def close(self, request_id: str) -> bool:
        """End a request without an answer."""
        return await self._database.write(lambda connection: _moved(connection, request_id, RequestState.CLOSED, _OPEN))

    async def due(self, *, before: datetime) -> tuple[ExpertRequest, ...]:
        """Requests without an end of which nobody was reminded, oldest first."""
        late = _OPEN & expert_requests.c.reminded_at.is_(None) & (expert_requests.c.asked_at < before)
        wanted = _found(late).order_by(expert_requests.c.asked_at, expert_requests.c.number)
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        return tuple(_request(row) for row in rows)

    async def remind(self, request_id: str, *, at: datetime) -> bool:
        """Take the one reminder of a request."""
        free = (expert_requests.c.id == request_id) & expert_requests.c.reminded_at.is_(None) & _OPEN
        change = update(expert_requests).where(free).values(reminded_at=at)
        return await self._database.write(lambda connection: connection.execute(change).rowcount == 1)

    async def not_reminded(self, request_id: str) -> None:
        """Give the reminder back."""
        change = update(expert_requests).where(expert_requests.c.id == request_id).values(reminded_at=None)
        await self._database.write(lambda connection: connection.execute(change).rowcount)

    async def _first(self, wanted: Select[Any]) -> ExpertRequest | None:
        row = await self._database.read(lambda connection: connection.execute(wanted.limit(1)).first())
        return _request(row) if row else None


def _found(which: ColumnElement[bool]) -> Select[Any]:
    claim = expert_claims.c
    columns = (claim.person.label("expert"), claim.name, claim.draft, claim.answer)
    return select(expert_requests, *columns).outerjoin(expert_claims).where(which)


def _held_by(person: str) -> ColumnElement[bool]:
    mine = exists().where(expert_claims.c.request_id == expert_requests.c.id, expert_claims.c.person == person)
    return (expert_requests.c.state == _CLAIMED) & mine


def _moved(connection: Connection, request_id: str, state: RequestState, allowed: ColumnElement[bool]) -> bool:
    change = update(expert_requests).where(expert_requests.c.id == request_id, allowed).values(state=state.value)
    return connection.execute(change).rowcount == 1


def _values(request: ExpertRequest) -> dict[str, Any]:
    return {
        "id": request.id,
        "question_id": request.question_id,
        "answer_id": request.answer_id,
        **place_values(request.place),
        "channel_key": request.place.channel_key,
        "thread_key": request.thread or request.place.key,
        "text": request.text,
        "language": request.language.value,
        "mention": request.mention.stored if request.mention else "",
        "audience": sorted(request.audience),
        "state": _ASKED,
        "asked_at": request.asked_at,
        "reminded_at": None,
    }


def _request(row: Row[Any]) -> ExpertRequest:
    mention = stored_mention(row.mention)
    if mention is None and row.mention:
        raise StoreFailed(f"the request {row.id!r} calls {row.mention!r}, which is nobody; close it")
    state = RequestState(row.state)
    return ExpertRequest(
        id=row.id,
        question_id=row.question_id,
        answer_id=row.answer_id,
        place=place_of(row),
        text=row.text,
        language=Language(row.language),
        mention=mention,
        asked_at=row.asked_at,
        audience=frozenset(row.audience),
        thread=row.thread_key,
        state=RequestState.ASKED if state is RequestState.CLAIMED and row.expert is None else state,
        expert=row.expert or "",
        name=row.name or "",
        draft=row.draft or "",
        answer=row.answer or "",
    )
