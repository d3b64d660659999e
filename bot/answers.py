"""One question in the terminal: the answer as it arrives, then its sources."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console

from bot.terminal import AnswerView, print_citations
from bot.texts import Text, say
from rag.errors import StorageFailed
from rag.types import Answer, Delta, Finished, Language, Question, Retrieval, Retrieved

if TYPE_CHECKING:
    from rag.evaluation import Answering


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What was shown: the finished answer and the passages it rests on."""

    answer: Answer
    retrieval: Retrieval | None


async def show_answer(answers: Answering, question: Question, *, console: Console, language: Language) -> Shown:
    """Streams the answer to a question, then lists its sources. `language` is that of the waiting sign.

    Raises:
        RagError: the question cannot be answered at all.
    """
    retrieval: Retrieval | None = None
    finished: Answer | None = None
    with AnswerView(console, waiting=say(Text.SEARCHING, language)) as view:
        async with aclosing(answers.stream(question)) as events:
            async for event in events:
                match event:
                    case Retrieved():
                        retrieval = event.retrieval
                    case Delta():
                        view.add(event.text)
                    case Finished():
                        finished = event.answer
    if finished is None:
        raise StorageFailed(f"the answer to {question.text!r} broke off; ask again")
    print_citations(console, finished.citations, finished.language)
    return Shown(answer=finished, retrieval=retrieval)
