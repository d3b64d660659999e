"""The book of inputs in memory, for `bot.memory_store`."""

from __future__ import annotations

from dataclasses import replace

from bot.input_records import InputRecord, InputResult, InputState


class MemoryInputs:
    """What the library is kept current from; see `bot.input_records.InputBook`."""

    def __init__(self) -> None:
        self._records: dict[int, InputRecord] = {}
        self._last = 0

    async def add(self, record: InputRecord) -> InputRecord | None:
        """Store an input; it takes the place of one that is merely proposed."""
        for known in self._records.values():
            if known.target == record.target:
                if known.state is not InputState.PROPOSED:
                    return None
                self._records[known.number] = replace(record, number=known.number)
                return self._records[known.number]
        self._last += 1
        self._records[self._last] = replace(record, number=self._last)
        return self._records[self._last]

    async def all(self) -> tuple[InputRecord, ...]:
        """All of them."""
        return tuple(self._records.values())

    async def get(self, number: int) -> InputRecord | None:
        """One of them."""
        return self._records.get(number)

    async def save(self, record: InputRecord) -> bool:
        """Store another state, filing, kind and rhythm of an input."""
        known = self._records.get(record.number)
        if known is None:
            return False
        changes = {"state": record.state, "filing": record.filing, "kind": record.kind, "every": record.every}
        self._records[known.number] = replace(known, **changes)  # type: ignore[arg-type]
        return True

    async def note(self, number: int, result: InputResult) -> None:
        """Store what came of reading it last."""
        if number in self._records:
            self._records[number] = replace(self._records[number], result=result)

    async def remove(self, number: int) -> bool:
        """Forget an input."""
        return self._records.pop(number, None) is not None
