"""Runs over labelled questions beside the answering: one at a time, watched while it runs, compared with the last."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from bot.errors import Busy
from bot.oversight_records import Evaluation, OversightBook, QuestionMark
from rag.types import AnswerStatus

if TYPE_CHECKING:
    from rag.evaluation import Answering, Outcome
    from rag.ports import Clock, Retrieving
    from rag.quality import QuestionSet

CUTOFFS = (1, 3, 5)


class Sets(Protocol):
    """Where labelled questions are from; `rag.quality.QuestionSets` is one."""

    async def names(self) -> tuple[str, ...]:
        """The sets that there are. Raises StorageFailed."""
        ...

    async def read(self, name: str) -> QuestionSet:
        """A set. Raises InvalidInput."""
        ...


@dataclass(slots=True, eq=False)
class EvaluationRun:
    """A run under way; `task` ends with what came of it, `changed` is set at each step."""

    id: str
    name: str
    who: str
    since: datetime
    total: int
    done_count: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[Evaluation] = field(init=False)

    @property
    def done(self) -> bool:
        """Whether it has ended, however it did."""
        return self.task.done()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The shares of one run; None where there is nothing to take a share of."""

    questions: int
    hits: Mapping[int, float | None]
    answered: float | None
    refused: float | None
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Worse:
    """Questions that fared better in an earlier run."""

    lost: tuple[str, ...] = ()
    """Their place was found among five passages."""

    unanswered: tuple[str, ...] = ()
    overanswered: tuple[str, ...] = ()
    """Nothing answers them, and they are answered now."""

    @property
    def any(self) -> bool:
        """Whether there are any."""
        return bool(self.lost or self.unanswered or self.overanswered)


class Measuring:
    """Starts runs on the library of this process.

    Args:
        sets: where the questions are from.
        retriever: finds passages.
        answers: answers, as anybody who asks is answered.
        book: keeps what came of it.
        clock: measures times.
        now: the time, aware and in UTC.
    """

    def __init__(
        self,
        sets: Sets,
        *,
        retriever: Retrieving,
        answers: Answering,
        book: OversightBook,
        clock: Clock,
        now: Callable[[], datetime],
    ) -> None:
        self.sets = sets
        self._retriever = retriever
        self._answers = answers
        self._book = book
        self._clock = clock
        self._now = now
        self._run: EvaluationRun | None = None

    @property
    def running(self) -> EvaluationRun | None:
        """The run that is under way."""
        return self._run if self._run is not None and not self._run.done else None

    def start(self, run_id: str, who: str, chosen: QuestionSet) -> EvaluationRun:
        """Ask all questions of a set; returns at once.

        Raises:
            Busy: another run is under way.
        """
        if self.running is not None:
            raise Busy("labelled questions are being asked already", retry_after_s=60)
        run = EvaluationRun(run_id, chosen.name, who, self._now(), len(chosen.labels))
        run.task = asyncio.create_task(self._asked(run, chosen))
        run.task.add_done_callback(lambda _: run.changed.set())
        self._run = run
        return run

    def cancel(self, run_id: str) -> bool:
        """Break a run off; nothing of it is kept. False when it does not run any more."""
        run = self.running
        return run is not None and run.id == run_id and run.task.cancel()

    async def _asked(self, run: EvaluationRun, chosen: QuestionSet) -> Evaluation:
        from rag.evaluation import evaluate

        def step(_: Outcome) -> None:
            run.done_count += 1
            run.changed.set()

        outcomes = await evaluate(
            chosen.labels, retriever=self._retriever, answers=self._answers, clock=self._clock, on_outcome=step
        )
        made = Evaluation(name=chosen.name, at=self._now(), marks=tuple(map(_mark, outcomes)))
        await self._book.save_evaluation(made)
        return made


def tally(marks: Sequence[QuestionMark]) -> Tally:
    """The shares of a run."""
    labelled = [mark for mark in marks if mark.answerable and mark.labelled]
    good = [mark.status == AnswerStatus.ANSWERED for mark in marks if mark.answerable]
    bad = [mark.status == AnswerStatus.REFUSED for mark in marks if not mark.answerable]
    return Tally(
        questions=len(marks),
        hits={most: _share([_hits(mark, most) for mark in labelled]) for most in CUTOFFS},
        answered=_share(good),
        refused=_share(bad),
        failed=sum(mark.status == AnswerStatus.FAILED for mark in marks),
    )


def worsened(before: Sequence[QuestionMark], after: Sequence[QuestionMark]) -> Worse:
    """What got worse, among the questions that both runs asked."""
    known = {mark.question: mark for mark in before}
    both = [(known[mark.question], mark) for mark in after if mark.question in known]
    good, bad = AnswerStatus.ANSWERED, AnswerStatus.REFUSED
    return Worse(
        lost=tuple(new.question for old, new in both if _hits(old, CUTOFFS[-1]) and not _hits(new, CUTOFFS[-1])),
        unanswered=tuple(
            new.question for old, new in both if new.answerable and old.status == good and new.status != good
        ),
        overanswered=tuple(
            new.question for old, new in both if not new.answerable and old.status == bad and new.status == good
        ),
    )


def _hits(mark: QuestionMark, most: int) -> bool:
    return mark.rank is not None and mark.rank <= most


def _share(values: Sequence[bool]) -> float | None:
    return sum(values) / len(values) if values else None


def _mark(outcome: Outcome) -> QuestionMark:
    return QuestionMark(
        question=outcome.label.question,
        rank=outcome.rank,
        status=outcome.status.value,
        answerable=outcome.label.answerable,
        labelled=bool(outcome.label.expect),
    )
