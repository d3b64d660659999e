"""One conversation in the terminal: its language, what was said before, and what to ask next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.answers import Shown
from rag.extract.blocks import clean_heading
from rag.language import detect_language
from rag.types import AnswerStatus, Language, Question, Turn

_TURNS = 6
_SUGGESTIONS = 3
_DIGITS = 3


@dataclass(slots=True)
class Conversation:
    """What is kept of a conversation. The language is Chinese or English, whichever was used last."""

    language: Language
    new_id: Callable[[], str]
    history: tuple[Turn, ...] = ()
    suggestions: tuple[str, ...] = ()

    def question(self, line: str) -> Question:
        """A typed line as a question; the number of a suggestion stands for the suggestion."""
        number = int(line) if line.isdecimal() and len(line) <= _DIGITS else 0
        text = self.suggestions[number - 1] if 1 <= number <= len(self.suggestions) else line
        spoken = detect_language(text)
        if spoken in {Language.ZH, Language.EN}:
            self.language = spoken
        return Question(id=self.new_id(), text=text, history=self.history)

    def note(self, shown: Shown) -> None:
        """Remembers an answer and what it suggests. Refusals are no part of the history."""
        answer = shown.answer
        self.suggestions = follow_ups(shown)
        if answer.status is AnswerStatus.ANSWERED:
            self.history = (*self.history, Turn(question=answer.question, answer=answer.text))[-_TURNS:]


def follow_ups(shown: Shown) -> tuple[str, ...]:
    """Up to three topics that were found for a question but not cited in its answer, in the answer's language.

    A refusal names the nearest topics itself.
    """
    answer = shown.answer
    if answer.status is not AnswerStatus.ANSWERED or shown.retrieval is None:
        return ()
    cited = {(citation.document.id, citation.section) for citation in answer.citations}
    said = {_topic(citation.section) for citation in answer.citations}
    topics = [
        _topic(passage.chunk.section)
        for passage in shown.retrieval.passages
        if passage.document.language == answer.language and (passage.document.id, passage.chunk.section) not in cited
    ]
    return tuple(topic for topic in dict.fromkeys(topics) if topic and topic not in said)[:_SUGGESTIONS]


def _topic(section: tuple[str, ...]) -> str:
    return clean_heading(section[-1]) if section else ""
