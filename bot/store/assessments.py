"""The book of feasibility checks; implements `bot.assess_records.AssessmentBook`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, select, update

from bot.assess_records import AssessmentRecord, Owner
from bot.store.database import Database
from bot.store.models.assessments import assessment_answers, assessments
from bot.store.statements import add_new, put


class SqlAssessments:
    """One row for each answer, so that two people who answer at the same time do not overwrite each other."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def rounds(self, owner: Owner, *, limit: int) -> tuple[AssessmentRecord, ...]:
        """The last rounds of an owner."""
        newest = select(assessments).where(_is_of(owner)).order_by(assessments.c.round.desc()).limit(limit)

        def work(connection: Connection) -> tuple[AssessmentRecord, ...]:
            rows = connection.execute(newest).all()
            wanted = [row.number for row in rows]
            held = select(assessment_answers).where(assessment_answers.c.assessment.in_(wanted))
            answers: dict[int, dict[str, str]] = {}
            for row in connection.execute(held.order_by(assessment_answers.c.item)):
                answers.setdefault(row.assessment, {})[row.item] = row.answer
            return tuple(
                AssessmentRecord(round=row.round, at=row.at, answers=answers.get(row.number, {}), facts=row.facts)
                for row in rows
            )

        return await self._database.read(work)

    async def answer(
        self, owner: Owner, round_: int, answers: Mapping[str, str], *, facts: Mapping[str, int], at: datetime
    ) -> None:
        """Add answers to a round."""
        key = {"person": owner.person, "channel_key": owner.channel_key, "round": round_}
        same = _is_of(owner) & (assessments.c.round == round_)

        def work(connection: Connection) -> None:
            add_new(connection, assessments, {**key, "facts": dict(facts), "at": at})
            connection.execute(update(assessments).where(same).values(facts=dict(facts), at=at))
            number = connection.execute(select(assessments.c.number).where(same)).scalar_one()
            for item, answer in answers.items():
                if answer:
                    put(connection, assessment_answers, {"assessment": number, "item": item, "answer": answer})
                    continue
                mine = assessment_answers.c.assessment == number
                connection.execute(delete(assessment_answers).where(mine, assessment_answers.c.item == item))

        await self._database.write(work)

    async def delete(self, owner: Owner) -> bool:
        """Forget all rounds of an owner."""
        gone = delete(assessments).where(_is_of(owner))
        return await self._database.write(lambda connection: connection.execute(gone).rowcount > 0)


def _is_of(owner: Owner) -> ColumnElement[bool]:
    return (assessments.c.person == owner.person) & (assessments.c.channel_key == owner.channel_key)
