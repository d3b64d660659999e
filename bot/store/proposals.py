"""The book of what is proposed for the library; implements `bot.expert_records.ProposalBook`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select, update

from bot.expert_records import Proposal, ProposalState
from bot.store.database import Database
from bot.store.models.experts import proposals
from bot.store.statements import add_new
from rag.types import Language

_PROPOSED, _APPROVING = ProposalState.PROPOSED.value, ProposalState.APPROVING.value


class SqlProposals:
    """Proposals; each change is a conditional update."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, proposal: Proposal) -> bool:
        """Store a proposal; False when its request has one already."""
        values = {
            "id": proposal.id,
            "request_id": proposal.request_id,
            "person": proposal.person,
            "channel_key": proposal.channel_key,
            "question": proposal.question,
            "answer": proposal.answer,
            "author": proposal.author,
            "language": proposal.language.value,
            "audience": sorted(proposal.audience),
            "state": _PROPOSED,
            "reason": "",
            "at": proposal.at,
        }
        return await self._database.write(lambda connection: add_new(connection, proposals, values))

    async def get(self, number: int) -> Proposal | None:
        """One proposal."""
        found = select(proposals).where(proposals.c.number == number)
        row = await self._database.read(lambda connection: connection.execute(found).first())
        return _proposal(row) if row else None

    async def open(self, *, limit: int) -> tuple[Proposal, ...]:
        """Proposals that nobody has decided on, oldest first."""
        undecided = proposals.c.state.in_((_PROPOSED, _APPROVING))
        found = select(proposals).where(undecided).order_by(proposals.c.number).limit(limit)
        rows = await self._database.read(lambda connection: connection.execute(found).all())
        return tuple(_proposal(row) for row in rows)

    async def start(self, number: int) -> bool:
        """To `APPROVING`."""
        return await self._move(number, (_PROPOSED, _APPROVING), ProposalState.APPROVING)

    async def finish(self, number: int, *, approved: bool) -> bool:
        """From `APPROVING` to its end, or back."""
        return await self._move(number, (_APPROVING,), ProposalState.APPROVED if approved else ProposalState.PROPOSED)

    async def decline(self, number: int, reason: str) -> bool:
        """From `PROPOSED` to its end."""
        return await self._move(number, (_PROPOSED,), ProposalState.DECLINED, reason=reason)

    async def _move(self, number: int, known: tuple[str, ...], state: ProposalState, *, reason: str = "") -> bool:
        allowed = (proposals.c.number == number) & proposals.c.state.in_(known)
        change = update(proposals).where(allowed).values(state=state.value, reason=reason)

        def work(connection: Connection) -> bool:
            return connection.execute(change).rowcount == 1

        return await self._database.write(work)


def _proposal(row: Row[Any]) -> Proposal:
    return Proposal(
        id=row.id,
        request_id=row.request_id,
        channel_key=row.channel_key,
        question=row.question,
        answer=row.answer,
        author=row.author,
        language=Language(row.language),
        audience=frozenset(row.audience),
        person=row.person,
        at=row.at,
        number=row.number,
        state=ProposalState(row.state),
        reason=row.reason,
    )
