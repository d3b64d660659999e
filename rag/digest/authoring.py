"""A theme told by a language model, each of its sentences checked against what it was shown."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from rag.citations import split_marks, with_marks
from rag.digest.themes import Advice, Numbering, Told, library_of, quoted
from rag.digest.values import Brief, Theme
from rag.errors import ModelUnavailable
from rag.ports import ChatMessage, ChatModel, Embedder, ModelPool, Role, Support
from rag.sentences import sentence_spans
from rag.templates import SENTINEL, Prompt, PromptName, Templates
from rag.types import ChunkId, Language, Passage
from rag.writing.evidence import Evidence
from rag.writing.neutral import Library, neutral
from rag.writing.phrases import is_denial
from rag.writing.prompting import fenced

log = logging.getLogger(__name__)

_TOKENS = 450
_ENTRIES = 8
_CHARACTERS = 1_200
_SENTENCES = 3
_HEADLINE = 90
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_NOBODY = {Language.ZH: "以 AI 大模型创业的人"}
_NOBODY_ELSE = "somebody who builds a company on large AI models"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    headline: str
    sentences: tuple[str, ...]
    why: str


class Author:
    """Has a theme written. Whatever goes wrong, the theme as it was quoted stays."""

    def __init__(self, pool: ModelPool, templates: Templates, sentences: Embedder | None, *, most_s: float) -> None:
        self._pool = pool
        self._templates = templates
        self._sentences = sentences
        self._most_s = most_s

    async def write(self, told: Sequence[Told], advice: Advice | None, brief: Brief) -> Written | None:
        """A theme in a model's words; None where they do not hold."""
        entries = _entries(told, advice)
        prompt = self._templates.prompt(PromptName.DIGEST, brief.language)
        try:
            async with asyncio.timeout(self._most_s):
                text = await self._written(_messages(prompt, entries, brief))
        except (ModelUnavailable, TimeoutError) as error:
            log.info("digest_not_written", extra={"error": type(error).__name__})
            return None
        draft = _draft(text)
        return None if draft is None else await self._checked(draft, entries, told)

    async def _written(self, messages: Sequence[ChatMessage]) -> str:
        async def prompt(_: ChatModel) -> Sequence[ChatMessage]:
            return messages

        async with aclosing(self._pool.stream(prompt, most_tokens=_TOKENS)) as pieces:
            return "".join([piece.text async for piece in pieces])

    async def _checked(self, draft: _Draft, entries: Sequence[Passage], told: Sequence[Told]) -> Written | None:
        passages = dict(enumerate(entries))
        evidence = Evidence(passages, " ".join(each.reading.headline for each in told), self._sentences)
        shown = "\n".join(entry.chunk.text for entry in entries)
        library = library_of([entry.document for entry in entries], text=shown)
        sentences = [await _held(each, evidence, library, len(entries)) for each in draft.sentences[:_SENTENCES]]
        holding = tuple(each for each in sentences if each)
        why = await _held(draft.why, evidence, library, len(entries)) if draft.why else None
        # Half a theme would leave out what the model could not prove, which may be the point of it.
        if not holding or len(holding) < len(draft.sentences[:_SENTENCES]):
            return None
        headline = await _held(draft.headline, evidence, library, len(entries))
        title = headline.text.rstrip("。.") if headline and len(headline.text) <= _HEADLINE else ""
        return Written(headline=title, sentences=holding, why=why, entries=tuple(entries))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentence:
    text: str
    support: tuple[Support, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A theme's words with what they rest on, before its documents are numbered. `headline` may be ""."""

    headline: str
    sentences: tuple[_Sentence, ...]
    why: _Sentence | None
    entries: tuple[Passage, ...]

    def theme(self, told: Sequence[Told], advice: Advice | None, numbers: Numbering, brief: Brief) -> Theme:
        """The theme in these words; documents are numbered in the order of reading."""
        stories = [each.story for each in told] + ([advice.story] if advice else [])
        by_document = {story.document.id: story for story in stories}

        def marked(sentence: _Sentence) -> str:
            documents = dict.fromkeys(self.entries[each.passage].document.id for each in sentence.support)
            return with_marks(sentence.text, [numbers.number(by_document[each], None) for each in documents])

        text = ("" if brief.language in {Language.ZH, Language.JA} else " ").join(
            marked(each) for each in self.sentences
        )
        why = marked(self.why) if self.why else None
        plainly = quoted(told, advice, numbers, today=brief.today)
        return replace(
            plainly,
            headline=self.headline or plainly.headline,
            text=text,
            fact=plainly.fact if plainly.ahead else "",
            why=plainly.why if why is None else why,
            written=True,
        )


async def _held(text: str, evidence: Evidence, library: Library, passages: int) -> _Sentence | None:
    marked = split_marks(neutral(text, library), passages=passages)
    clean = " ".join(marked.text.split())
    if not clean:
        return None
    support = await evidence.judge(clean, [number - 1 for number in marked.cited])
    return _Sentence(text=clean, support=support) if support else None


def _draft(text: str) -> _Draft | None:
    """The parts of what a model wrote; None where it declined or kept no form."""
    lines = [line.strip() for line in _THOUGHT.sub("", text).splitlines() if line.strip()]
    if not lines or SENTINEL in text or is_denial(lines[0]):
        return None
    headlines = [line.lstrip("#").strip(" *") for line in lines if line.startswith("#")]
    whys = [line.lstrip("> ").strip() for line in lines if line.startswith(">")]
    body = " ".join(line for line in lines if line[0] not in "#>")
    sentences = tuple(body[span.start : span.end].strip() for span in sentence_spans(body))
    if not headlines or not sentences:
        return None
    return _Draft(headline=headlines[0], sentences=sentences, why=whys[0] if whys else "")


def _entries(told: Sequence[Told], advice: Advice | None) -> list[Passage]:
    """What the model is shown: the beginning of each text, the first one whole, and the advice."""
    chunks = [(each.story, chunk) for each in told for chunk in each.story.chunks[: 6 if each is told[0] else 1]]
    if advice and advice.quote.chunk is not None and advice.story is not told[0].story:
        chunks.insert(1, (advice.story, advice.story.chunks[advice.quote.chunk]))
    return [
        Passage(
            rank=rank,
            score=1.0,
            chunk_id=ChunkId(f"{story.document.id}:{chunk.position}"),
            document=story.document,
            chunk=replace(chunk, text=chunk.text[:_CHARACTERS], page_marks=()),
        )
        for rank, (story, chunk) in enumerate(chunks[:_ENTRIES], start=1)
    ]


def _messages(prompt: Prompt, entries: Sequence[Passage], brief: Brief) -> tuple[ChatMessage, ...]:
    shown = [
        prompt.text(
            "entry",
            number=str(entry.rank),
            heading=fenced(" › ".join((entry.document.title, *entry.chunk.section[-1:]))),
            text=fenced(entry.chunk.text),
        )
        for entry in entries
    ]
    reader = brief.reader.about or _NOBODY.get(brief.language, _NOBODY_ELSE)
    user = prompt.text("user", reader=fenced(reader), entries="\n".join(shown))
    system = prompt.text("system", sentinel=SENTINEL)
    return ChatMessage(role=Role.SYSTEM, text=system), ChatMessage(role=Role.USER, text=user)
