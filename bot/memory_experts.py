"""The book of questions for experts in memory, for `bot.memory_store`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.expert_records import ExpertRequest, RequestState


class MemoryExperts:
    """Questions for experts; see `bot.expert_records.ExpertBook`."""

    def __init__(self, close_gaps: Callable[[str], None]) -> None:
        self._close_gaps = close_gaps
        self._requests: dict[str, ExpertRequest] = {}
        self._reminded: set[str] = set()

    async def ask(self, request: ExpertRequest) -> ExpertRequest:
        """Store a request, or return the one that the question has already."""
        known = await self.of_question(request.question_id)
        if known is None:
            known = self._requests[request.id] = replace(request, thread=request.thread or request.place.key)
        return known

    async def get(self, request_id: str) -> ExpertRequest | None:
        """One request."""
        return self._requests.get(request_id)

    async def of_question(self, question_id: str) -> ExpertRequest | None:
        """The request that a question has."""
        return next((each for each in self._requests.values() if each.question_id == question_id), None)

    async def waiting(self, channel_key: str) -> int:
        """How many requests of a channel have no end yet."""
        return sum(each.place.channel_key == channel_key and not each.state.ended for each in self._requests.values())

    async def claimed_in(self, thread: str, person: str) -> ExpertRequest | None:
        """The latest request of a thread that a person has claimed and not answered."""
        found = [
            each
            for each in self._requests.values()
            if each.thread == thread and each.expert == person and each.state is RequestState.CLAIMED
        ]
        return found[-1] if found else None

    async def placed(self, request_id: str, thread: str) -> None:
        """Note the thread in which the expert may answer."""
        self._requests[request_id] = replace(self._requests[request_id], thread=thread)

    async def claim(self, request_id: str, *, person: str, name: str, at: datetime) -> bool:
        """Give a request to a person."""
        return self._move(request_id, RequestState.ASKED, state=RequestState.CLAIMED, expert=person, name=name)

    async def release(self, request_id: str, *, person: str) -> bool:
        """Take a request back from a person."""
        if not self._has(request_id, person):
            return False
        return self._move(request_id, RequestState.CLAIMED, state=RequestState.ASKED, expert="", name="", draft="")

    async def note(self, request_id: str, text: str, *, person: str) -> bool:
        """Add to the draft of the person who has it."""
        if not self._has(request_id, person):
            return False
        draft = f"{self._requests[request_id].draft}\n\n{text}".lstrip("\n")
        return self._move(request_id, RequestState.CLAIMED, draft=draft)

    async def answer(self, request_id: str, text: str, *, person: str, at: datetime) -> bool:
        """Answer a request that the person has; the gaps of its question are closed with it."""
        if not self._has(request_id, person):
            return False
        self._close_gaps(self._requests[request_id].question_id)
        return self._move(request_id, RequestState.CLAIMED, state=RequestState.ANSWERED, answer=text, draft="")

    async def close(self, request_id: str) -> bool:
        """End a request without an answer."""
        known = self._requests.get(request_id)
        return known is not None and self._move(
            request_id, RequestState.ASKED, RequestState.CLAIMED, state=RequestState.CLOSED
        )

    async def due(self, *, before: datetime) -> tuple[ExpertRequest, ...]:
        """Requests without an end of which nobody was reminded, oldest first."""
        late = [
            each
            for each in self._requests.values()
            if not each.state.ended and each.id not in self._reminded and each.asked_at < before
        ]
        return tuple(sorted(late, key=lambda each: each.asked_at))

    async def remind(self, request_id: str, *, at: datetime) -> bool:
        """Take the one reminder of a request."""
        known = self._requests.get(request_id)
        if known is None or known.state.ended or request_id in self._reminded:
            return False
        self._reminded.add(request_id)
        return True

    async def not_reminded(self, request_id: str) -> None:
        """Give the reminder back."""
        self._reminded.discard(request_id)

    def _has(self, request_id: str, person: str) -> bool:
        known = self._requests.get(request_id)
        return known is not None and known.expert == person and known.state is RequestState.CLAIMED

    def _move(self, request_id: str, *allowed: RequestState, **changes: object) -> bool:
        known = self._requests.get(request_id)
        if known is None or known.state not in allowed:
            return False
        self._requests[request_id] = replace(known, **changes)  # type: ignore[arg-type]
        return True
