"""Answers with a language model, and stays honest when it is wrong, slow or down.

A model writes from the passages; what it writes is checked sentence by sentence before a reader sees it. A model that
cannot be used, or breaks off, is replaced by another writer, and the reader is told.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from rag.authorship import Notice, Usage, Writing
from rag.case_chapters import asked_chapter
from rag.errors import ModelUnavailable
from rag.extract.doubt import is_beyond
from rag.extract.layout import Texts
from rag.follow_ups import standalone
from rag.ports import ChatMessage, ChatModel, Clock, Embedder, ModelInfo, ModelPool, Piece, Statement, Writer
from rag.settings import ModelSettings, WritingSettings
from rag.templates import Prompt, PromptName, Templates
from rag.types import Passage, Question, Retrieval
from rag.writing.budget import Fitted, QuestionTooLong, fit
from rag.writing.checking import Checker, Rules
from rag.writing.completing import Completion
from rag.writing.drafting import Draft, Outcome
from rag.writing.evidence import Evidence
from rag.writing.neutral import Library, stems
from rag.writing.prompting import Material, answer_prompt

log = logging.getLogger(__name__)

_CERTAIN = 0.95
"""Confidence of the search from which on a name that no passage holds does not stop a question."""

_LONGEST_READ = 2000
"""Characters of a question beyond which its names are not looked for: a pasted document has any number of them."""

_TURNS = 3
"""Earlier turns of the conversation that a model is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a writer has at hand.

    Attributes:
        templates: the prompts.
        texts: the product's own sentences; key `unsupported_mark`.
        sentences: a fast encoder of sentences; without one, what is written in another language than the passages
            cannot be checked and is left out.
        clock: for how long a reader waits.
        on_times: gets milliseconds by stage of each answer that a model wrote: `first_word`, until the model's first
            word, and `first_held`, from there until the first sentence was checked.
    """

    templates: Templates
    texts: Texts
    sentences: Embedder | None
    clock: Clock
    on_times: Callable[[Mapping[str, float]], None] = lambda _: None


@dataclass(slots=True, kw_only=True)
class _Run:
    """One answer as far as it is written."""

    question: Question
    retrieval: Retrieval
    prompt: Prompt
    started: float
    fitted: Fitted | None = None
    too_long: QuestionTooLong | None = None
    draft: Draft | None = None
    info: ModelInfo | None = None
    usages: list[Usage] = field(default_factory=list)
    emitted: list[Statement] = field(default_factory=list)
    times: dict[str, float] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether a model has written nothing that can be used, though it did not break off."""
        draft = self.draft
        return draft is None or draft.blank or draft.outcome in {Outcome.FOREIGN, Outcome.ENDLESS}

    @property
    def usage(self) -> Usage | None:
        """The tokens of all attempts together."""
        if not self.usages:
            return None
        sums = (sum(getattr(each, name) for each in self.usages) for name in ("prompt", "completion", "cached"))
        prompt, completion, cached = sums
        return Usage(prompt=prompt, completion=completion, cached=cached)


class ModelWriter:
    """Writes with the models of a pool; implements `rag.ports.Writer`.

    Args:
        pool: the language models.
        fallback: who writes when none of them does.
        desk: prompts, texts and the encoder.
        writing: what becomes of sentences that no passage supports.
        model: how long an answer may be.
    """

    name = "model"

    def __init__(
        self, pool: ModelPool, fallback: Writer, desk: Desk, *, writing: WritingSettings, model: ModelSettings
    ) -> None:
        self._pool = pool
        self._fallback = fallback
        self._desk = desk
        self._writing = writing
        self._answer_tokens = model.answer_tokens

    async def write(self, question: Question, retrieval: Retrieval) -> AsyncGenerator[Statement | Writing, None]:
        """Checked statements; none when the model finds no answer in the passages, or nothing that it says holds.

        Raises:
            QuestionTooLong: the question leaves no room for a passage.
        """
        alone = standalone(question.text, question.history).text
        chapter = asked_chapter(alone, retrieval.quotable, retrieval.language)
        if (
            not chapter
            and len(question.text) <= _LONGEST_READ
            and is_beyond(question.text, retrieval, certain=_CERTAIN)
        ):
            log.info("beyond_the_passages", extra={"question_id": question.id})
            return
        prompt = self._desk.templates.prompt(PromptName.ANSWER, retrieval.language)
        run = _Run(question=question, retrieval=retrieval, prompt=prompt, started=self._desk.clock())
        try:
            async with aclosing(self._modelled(run)) as statements:
                async for statement in statements:
                    run.emitted.append(statement)
                    yield statement
        except ModelUnavailable as error:
            if run.too_long and not run.emitted:
                raise run.too_long from error
            log.warning("model_failed", extra={"error": type(error).__name__, "shown": len(run.emitted)})
        else:
            if not run.failed:
                yield self._written(run)
                return
        async with aclosing(self._completed(run)) as rest:
            async for each in rest:
                yield each

    async def _modelled(self, run: _Run) -> AsyncGenerator[Statement, None]:
        """What a model writes; once more, with more stress, when it begins in the wrong language."""
        for stronger in (False, True):
            async with aclosing(self._attempt(run, stronger=stronger)) as statements:
                async for statement in statements:
                    yield statement
            if run.draft is None or run.draft.outcome is not Outcome.FOREIGN:
                return
            log.warning("wrong_language", extra={"wanted": run.retrieval.language.value, "again": not stronger})

    async def _attempt(self, run: _Run, *, stronger: bool) -> AsyncGenerator[Statement, None]:
        async def prompt_for(model: ChatModel) -> Sequence[ChatMessage]:
            return await self._prompt(run, model, stronger=stronger)

        draft: Draft | None = None
        run.draft = None
        used = 0
        async with aclosing(self._pool.stream(prompt_for, most_tokens=self._answer_tokens)) as pieces:
            async for piece in pieces:
                used = piece.usage.completion if piece.usage else used
                draft = self._noted(run, piece)
                for statement in self._timed(run, await draft.feed(piece.text)):
                    yield statement
                if draft.outcome is not Outcome.OPEN:
                    return
        if draft:
            for statement in self._timed(run, await draft.close(cut_off=used >= self._answer_tokens)):
                yield statement

    async def _prompt(self, run: _Run, model: ChatModel, *, stronger: bool) -> Sequence[ChatMessage]:
        def build(material: Material) -> Sequence[ChatMessage]:
            return answer_prompt(run.prompt, material, stronger=stronger)

        material = Material(
            question=run.question.text,
            passages=run.retrieval.passages,
            turns=run.question.history[-_TURNS:],
            reader=run.question.reader if run.retrieval.suited else "",
        )
        try:
            run.fitted = await fit(model, material, build, answer_tokens=self._answer_tokens)
        except QuestionTooLong as error:
            run.too_long = error
            raise
        return run.fitted.messages

    def _noted(self, run: _Run, piece: Piece) -> Draft:
        """The draft that a piece belongs to, begun with the first; what the piece tells besides is kept."""
        run.info = piece.info or run.info
        if piece.usage:
            run.usages.append(piece.usage)
        if piece.text:
            run.times.setdefault("word", self._desk.clock())
        if run.draft is None:
            run.draft = Draft(self._checker(run), run.retrieval.language)
        return run.draft

    def _timed(self, run: _Run, statements: Sequence[Statement]) -> Sequence[Statement]:
        if statements:
            run.times.setdefault("shown", self._desk.clock())
        return statements

    def _checker(self, run: _Run) -> Checker:
        shown = run.fitted.material if run.fitted else Material(question=run.question.text, passages=())
        passages = shown_passages(shown, run.retrieval)
        evidence = Evidence(passages, run.question.text, self._desk.sentences)
        marks = self._writing.unsupported == "mark"
        return Checker(
            evidence,
            Rules(
                passages=len(shown.passages),
                mark=self._desk.texts.text("unsupported_mark", run.retrieval.language) if marks else "",
                library=_library(passages.values()),
                prompt=run.prompt.text("system", sentinel=""),
            ),
        )

    def _written(self, run: _Run, *notices: Notice) -> Writing:
        """How the answer was made, as far as a model made it."""
        doubted = bool(run.draft and run.draft.doubted and run.emitted)
        times = {"first_word": run.times.get("word", run.started) - run.started}
        if run.emitted:
            times["first_held"] = run.times["shown"] - run.times["word"]
        milliseconds = {stage: 1000 * seconds for stage, seconds in times.items()}
        self._desk.on_times(milliseconds)
        log.info("written", extra={"question_id": run.question.id, "shown": len(run.emitted), **milliseconds})
        return Writing(
            writer=self.name,
            model=run.info.name if run.info else "",
            prompt_hash=run.prompt.version,
            usage=run.usage,
            notices=(*notices, Notice.UNSUPPORTED) if doubted else notices,
        )

    async def _completed(self, run: _Run) -> AsyncGenerator[Statement | Writing, None]:
        """The answer of the fallback, or what it adds to an answer whose model broke off."""
        if run.emitted:
            yield self._written(run, Notice.BROKEN_OFF)
        else:
            yield Writing(writer=self._fallback.name, usage=run.usage, notices=(Notice.WITHOUT_MODEL,))
        completion = Completion(run.emitted)
        async with aclosing(self._fallback.write(run.question, run.retrieval)) as statements:
            async for each in statements:
                if isinstance(each, Statement):
                    for statement in completion.take(each):
                        yield statement


def shown_passages(shown: Material, retrieval: Retrieval) -> Mapping[int, Passage]:
    """What a model has read, by place in `Retrieval.quotable`: its passages, and the siblings that are neighbours."""
    widened = shown.passages[: shown.widened]
    beside = {(each.document.id, text) for each in widened for text in (each.before, each.after)}
    siblings = enumerate(retrieval.siblings, start=len(retrieval.passages))
    neighbours = {index: each for index, each in siblings if (each.document.id, each.chunk.text) in beside}
    return {**dict(enumerate(shown.passages)), **neighbours}


def _library(passages: Collection[Passage]) -> Library:
    addresses = frozenset(each.document.url for each in passages if each.document.url)
    texts = (text for each in passages for text in (each.document.title, *each.chunk.section, each.chunk.text))
    return Library(addresses=stems(addresses), text="\n".join(texts))
