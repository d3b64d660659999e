"""Does what the command line asks of inputs, here or over the control socket, and tells what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.indexing import IndexRuns
from bot.input_records import InputOrigin, InputRecord, InputState
from bot.inputs.desk import InputDesk
from bot.inputs.options import WrongOption, wanted_from
from bot.inputs.telling import InputTelling, inert
from bot.inputs.values import Refused
from bot.records import OPERATOR
from bot.saying_inputs import InputSay
from bot.wording import Wording
from rag.errors import IndexLocked, InvalidInput
from rag.ingest.index import IndexProgress, IndexReport

if TYPE_CHECKING:
    from rag.types import Language

Tell = Callable[[IndexProgress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class InputOrder:
    """What is to be done: `list`, `look`, `add`, `remove`, `pause`, `resume` or `read`.

    `target` is a path, an address or a number; `options` are those of `bot.inputs.options`.
    """

    action: str
    target: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class InputAnswer:
    """What came of it: lines for people, the same as plain values, and what an index run did."""

    lines: tuple[str, ...] = ()
    rows: tuple[Mapping[str, str | int], ...] = ()
    report: IndexReport | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InputClerk:
    """Works on a desk for whoever has the machine. `who` is told to others who want the index meanwhile."""

    desk: InputDesk
    runs: IndexRuns
    wording: Wording
    language: Language
    who: str

    async def act(self, order: InputOrder, tell: Tell) -> InputAnswer:
        """Does one thing. Raises InvalidInput for what cannot be done, IndexLocked, RagError."""
        telling = self._telling
        try:
            match order.action:
                case "list":
                    return await self._listed()
                case "look" | "add":
                    return await self._added(order, tell)
                case _:
                    return await self._changed(order, tell)
        except Refused as error:
            raise InvalidInput(telling.refusal(error.reason, error.value)) from error
        except WrongOption as error:
            raise InvalidInput(f"--{error.name} cannot be {error.value!r}") from error

    @property
    def _telling(self) -> InputTelling:
        return InputTelling(wording=self.wording, language=self.language, rules=self.desk.rules)

    async def _listed(self) -> InputAnswer:
        rows = await self.desk.rows()
        plain = tuple(_plain(row.record, row.documents) for row in rows)
        return InputAnswer(lines=tuple(self._telling.row(row) for row in rows), rows=plain)

    async def _added(self, order: InputOrder, tell: Tell) -> InputAnswer:
        wanted = wanted_from({"target": order.target, **order.options}, self.wording)
        look = await self.desk.look(wanted, origin=InputOrigin.COMMAND)
        if order.action == "look":
            return InputAnswer(lines=(self._telling.look(look),))
        record = await self.desk.confirm(await self.desk.propose(look), actor=OPERATOR)
        return await self._read(record, tell)

    async def _changed(self, order: InputOrder, tell: Tell) -> InputAnswer:
        record = await self.desk.find(order.target)
        if record is None:
            usage = "advisor inputs list"
            raise InvalidInput(self._say(InputSay.UNKNOWN, value=inert(order.target), usage=usage))
        match order.action:
            case "remove":
                report = await self.desk.remove(record, who=self.who, actor=OPERATOR)
                said = self._say(InputSay.GONE_NOW, number=record.number, count=len(report.removed))
                return InputAnswer(lines=(said,), report=report)
            case "pause":
                done = await self.desk.pause(record, actor=OPERATOR)
                say = InputSay.PAUSED_NOW if done else InputSay.PAUSED_BEFORE
                count = await self.desk.documents(record) if done else 0
                return InputAnswer(lines=(self._say(say, number=record.number, count=count),))
            case "resume" if not await self.desk.resume(record, actor=OPERATOR):
                return InputAnswer(lines=(self._say(InputSay.RESUMED_BEFORE, number=record.number),))
            case "read" if record.state is InputState.PAUSED:
                raise InvalidInput(self._say(InputSay.IS_PAUSED, number=record.number))
        return await self._read(record, tell)

    async def _read(self, record: InputRecord, tell: Tell) -> InputAnswer:
        if record.kind.on_web:
            await self.desk.visit([record])
            now = await self.desk.get(str(record.number))
            if now is not None and now.result is not None and now.result.reason:
                problem = self._telling.problem(now.result.reason, now.result.value)
                said = self._say(InputSay.FAILED, number=record.number, problem=problem)
                return InputAnswer(lines=(said,), failed=True)
        each = await self.desk.input_of(record)
        try:
            with self.runs.hold(self.who) as indexer:
                report = await indexer.update([each], on_progress=tell)
                await self.desk.noted(report)
        except IndexLocked:
            self.desk.later(record)
            return InputAnswer(lines=(self._say(InputSay.WAITS, number=record.number),))
        said = self._say(InputSay.REGISTERED, number=record.number)
        return InputAnswer(lines=(said,), report=report, failed=bool(report.failed))

    def _say(self, text: InputSay, **values: object) -> str:
        return self.wording.say(text, self.language, **values)


def _plain(record: InputRecord, documents: int) -> Mapping[str, str | int]:
    result, filing = record.result, record.filing
    return {
        "number": record.number,
        "kind": record.kind.value,
        "target": record.target,
        "state": record.state.value,
        "origin": record.origin.value,
        "documents": documents,
        "every_s": round(record.every.total_seconds()),
        "filed_as": filing.kind.value if filing.kind else "",
        "language": filing.language.value if filing.language else "",
        "audience": ",".join(sorted(filing.audience or ())),
        "read_at": result.at.isoformat() if result else "",
        "changed_at": result.changed_at.isoformat() if result and result.changed_at else "",
        "problem": result.reason if result else "",
        "value": result.value if result else "",
    }
