"""The book of questions from admission to their end; implements `bot.ports.QuestionBook`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from bot.chat import Person, Standing
from bot.records import AnswerRecord, Conversation, QuestionRecord, QuestionState
from bot.store.answers import add_answer
from bot.store.conversations import keep
from bot.store.database import Database
from bot.store.events import take
from bot.store.gaps import note_refusal
from bot.store.models.conversing import question_messages, questions
from bot.store.statements import add_new, place_of, place_values
from rag.errors import InvalidInput

_OPEN = (QuestionState.QUEUED.value, QuestionState.ANSWERING.value)

# Made once: making a statement takes longer than running it.
_ADMIT = insert(questions)
_BELONGS = insert(question_messages)
_OF_ID = select(questions).where(questions.c.id == bindparam("question"))
_QUEUED = update(questions).where(
    questions.c.id == bindparam("question"), questions.c.state == QuestionState.QUEUED.value
)
_START = _QUEUED.values(state=QuestionState.ANSWERING.value)
_JOIN = _QUEUED.values(text=bindparam("words"))
_END = (
    update(questions)
    .where(questions.c.id == bindparam("question"), questions.c.state.in_(_OPEN))
    .values(state=bindparam("end"), answer_id=bindparam("answer"))
)
_BY_MESSAGE = (
    select(questions)
    .join(question_messages, question_messages.c.question_id == questions.c.id)
    .where(question_messages.c.place_key == bindparam("place"), question_messages.c.message_id == bindparam("message"))
    .order_by(question_messages.c.number.desc())
    .limit(1)
)
_OF_PERSON = (
    select(questions)
    .where(questions.c.person == bindparam("who"))
    .order_by(questions.c.asked_at.desc(), questions.c.number.desc())
    .limit(bindparam("most"))
)
_UNFINISHED = select(questions).where(questions.c.state.in_(_OPEN)).order_by(questions.c.asked_at, questions.c.number)


class SqlQuestions:
    """Each change of state is one conditional update, so that two of them cannot both happen."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def admit(
        self, question: QuestionRecord, *, claim: Sequence[str] = (), conversation: Conversation | None = None
    ) -> bool:
        """Store a question, its event's claim and its conversation; False when the claim is taken."""

        def work(connection: Connection) -> bool:
            take(connection, claim, at=question.asked_at)
            connection.execute(_ADMIT, _values(question))
            if question.message_id:
                connection.execute(_BELONGS, _message(question, question.message_id))
            if conversation:
                keep(connection, conversation)
            return True

        return await self._database.write(work, urgent=True)

    async def get(self, question_id: str) -> QuestionRecord | None:
        """One question."""
        return await self._database.read(lambda connection: _get(connection, question_id))

    async def by_message(self, place_key: str, message_id: str) -> QuestionRecord | None:
        """The latest question that a message asked or joined."""
        message = {"place": place_key, "message": message_id}
        row = await self._database.read(
            lambda connection: connection.execute(_BY_MESSAGE, message).first(), urgent=True
        )
        return _question(row) if row else None

    async def join(self, question_id: str, text: str, *, message_id: str, claim: Sequence[str] = ()) -> bool:
        """Give a queued question another text and remember that the message belongs to it, with its event's claim.

        False, and nothing changed, unless the question is queued and the claim free.
        """

        def work(connection: Connection) -> bool:
            joined = connection.execute(_JOIN, {"question": question_id, "words": text}).rowcount == 1
            question = _get(connection, question_id) if joined else None
            if question is None:
                return False
            take(connection, claim, at=question.asked_at)
            if message_id:
                add_new(connection, question_messages, _message(question, message_id))
            return True

        return await self._database.write(work, urgent=True)

    async def start(self, question_id: str) -> bool:
        """From queued to answering; False when it is not queued any more."""
        return await self._database.write(
            lambda connection: connection.execute(_START, {"question": question_id}).rowcount == 1
        )

    async def finish(self, question_id: str, state: QuestionState, *, answer: AnswerRecord | None = None) -> bool:
        """To an end, with its answer and, for a refusal, its gap; False when it had ended already.

        Raises:
            InvalidInput: the state is no end.
        """
        if not state.ended:
            raise InvalidInput(f"{state.value!r} is no end of a question; use 'start' or one of the ends")

        def work(connection: Connection) -> bool:
            end = {"question": question_id, "end": state.value, "answer": answer.id if answer else ""}
            if connection.execute(_END, end).rowcount != 1:
                return False
            if answer:
                add_answer(connection, answer)
            if state is QuestionState.REFUSED:
                note_refusal(connection, question_id, answer)
            return True

        return await self._database.write(work)

    async def unfinished(self) -> tuple[QuestionRecord, ...]:
        """Queued and answering ones, in the order in which they were asked."""
        rows = await self._database.read(lambda connection: connection.execute(_UNFINISHED).all())
        return tuple(_question(row) for row in rows)

    async def of_person(self, person: str, *, limit: int) -> tuple[QuestionRecord, ...]:
        """What a person asked, by the person's key, the latest first."""
        wanted = {"who": person, "most": limit}
        rows = await self._database.read(lambda connection: connection.execute(_OF_PERSON, wanted).all())
        return tuple(_question(row) for row in rows)


def _get(connection: Connection, question_id: str) -> QuestionRecord | None:
    row = connection.execute(_OF_ID, {"question": question_id}).first()
    return _question(row) if row else None


def _message(question: QuestionRecord, message_id: str) -> dict[str, str]:
    return {"question_id": question.id, "place_key": question.place.key, "message_id": message_id}


def _values(question: QuestionRecord) -> dict[str, Any]:
    """What is stored; not a person's name, and not their roles, which may be taken away before they are read again."""
    person = question.person
    return {
        "id": question.id,
        "place_key": question.place.key,
        **place_values(question.place),
        "person": person.key,
        "person_platform": person.platform,
        "person_workspace": person.workspace,
        "person_id": person.id,
        "standing": person.standing.value,
        "text": question.text,
        "asked_at": question.asked_at,
        "message_id": question.message_id,
        "state": question.state.value,
        "answer_id": question.answer_id,
    }


def _question(row: Row[Any]) -> QuestionRecord:
    return QuestionRecord(
        id=row.id,
        place=place_of(row),
        person=Person(
            platform=row.person_platform,
            workspace=row.person_workspace,
            id=row.person_id,
            standing=Standing(row.standing),
        ),
        text=row.text,
        asked_at=row.asked_at,
        message_id=row.message_id,
        state=QuestionState(row.state),
        answer_id=row.answer_id,
    )
