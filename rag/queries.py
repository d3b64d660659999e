"""Lets a language model rewrite a question for the search: made to stand alone, and put into another language.

The rules of `rag.follow_ups` decide what is a follow-up, and their form is what remains when no model answers in time.
The question as it was asked is always searched, too, so that a bad rewrite cannot lose a passage.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from rag.catalogue import Catalogue
from rag.errors import ModelUnavailable
from rag.follow_ups import compared, forms_of
from rag.language import detect_language
from rag.ports import ChatMessage, ChatModel, ModelPool, Piece, Query, Role
from rag.settings import WritingSettings
from rag.templates import Prompt, PromptName, Templates
from rag.types import Language, Question, Turn
from rag.writing.prompting import fenced

_TURNS = 3
_ANSWER_CHARACTERS = 400
"""How much of a conversation a model is shown: exchanges, and the beginning of each answer."""

_QUERY_TOKENS = 160
_QUERY_CHARACTERS = 400
"""Longest query: what is longer is no question any more."""

_TRANSLATED = (Language.ZH, Language.EN)
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_QUOTES = "\"'“”‘’「」`* "

log = logging.getLogger(__name__)


class ModelQueries:
    """Condenses follow-ups and translates questions; implements `rag.ports.QueryMaker`.

    Args:
        pool: the language models.
        templates: the prompts for both.
        catalogue: tells in which languages the reader's part of the library is written.
        settings: whether to translate, and how long either may take.
    """

    def __init__(
        self, *, pool: ModelPool, templates: Templates, catalogue: Catalogue, settings: WritingSettings
    ) -> None:
        self._pool = pool
        self._templates = templates
        self._catalogue = catalogue
        self._settings = settings

    async def queries(self, question: Question, language: Language) -> tuple[Query, ...]:
        """The question as it was asked, as it stands alone, in the library's other languages, and what it compares."""
        asked, *ruled = forms_of(question)
        # Both are asked at once, so what is translated is the form that the rules made.
        forms = await asyncio.gather(
            *(self._condensed(question, form, language) for form in ruled),
            *(self._translated((ruled or [asked])[0], other) for other in await self._others(question, language)),
        )
        known: dict[str, Query] = {}
        for query in (asked, *filter(None, forms), *compared((ruled or [asked])[0].text)):
            known.setdefault(query.text, query)
        return tuple(known.values())

    async def _others(self, question: Question, language: Language) -> Sequence[Language]:
        """The languages in which a translation may find more."""
        if not self._settings.translate:
            return ()
        written = {document.language for document in await self._catalogue.documents(question.scope)}
        return [other for other in _TRANSLATED if other != language and other in written]

    async def _condensed(self, question: Question, ruled: Query, language: Language) -> Query:
        prompt = self._templates.prompt(PromptName.CONDENSE, language)
        user = prompt.text("user", history=_told(prompt, question.history), question=fenced(question.text))
        text = await self._written(_messages(prompt, user), self._settings.condense_s)
        fits = text and (language not in _TRANSLATED or detect_language(text) == language)
        return Query(text=text, wanted=ruled.wanted) if fits else ruled

    async def _translated(self, query: Query, language: Language) -> Query | None:
        prompt = self._templates.prompt(PromptName.TRANSLATE, language)
        user = prompt.text("user", question=fenced(query.text))
        text = await self._written(_messages(prompt, user), self._settings.translate_s)
        return Query(text=text) if text and detect_language(text) == language else None

    async def _written(self, messages: Sequence[ChatMessage], most_s: float) -> str:
        """The line that a model writes; "" when none answers in time or what it writes is no question."""

        async def prompt(_: ChatModel) -> Sequence[ChatMessage]:
            return messages

        try:
            async with asyncio.timeout(most_s):
                return _line(await _all(self._pool.stream(prompt, most_tokens=_QUERY_TOKENS)))
        except (ModelUnavailable, TimeoutError) as error:
            log.info("question_not_rewritten", extra={"error": type(error).__name__})
            return ""


async def _all(stream: AsyncGenerator[Piece, None]) -> str:
    async with aclosing(stream) as pieces:
        return "".join([piece.text async for piece in pieces])


def _messages(prompt: Prompt, user: str) -> tuple[ChatMessage, ...]:
    return ChatMessage(role=Role.SYSTEM, text=prompt.text("system")), ChatMessage(role=Role.USER, text=user)


def _told(prompt: Prompt, history: Sequence[Turn]) -> str:
    return "\n".join(
        prompt.text("turn", question=fenced(turn.question), answer=fenced(turn.answer[:_ANSWER_CHARACTERS]))
        for turn in history[-_TURNS:]
    )


def _line(written: str) -> str:
    """The one line that was asked for, without what models put around it."""
    lines = [line.strip(_QUOTES) for line in _THOUGHT.sub("", written).splitlines()]
    line = next(filter(None, lines), "")
    return line if len(line) <= _QUERY_CHARACTERS else ""
