"""An answer in fewer words, chosen from its own checked sentences, so that every claim keeps its source."""

from __future__ import annotations

from bot.grounding import Sentence, grounded
from bot.records import AnswerRecord
from rag.citations import with_marks
from rag.types import Citation

_MOST_SENTENCES = 3
_WORTHWHILE = 0.7
"""A shortened answer that keeps more of the text than this is no help."""


def shortened(record: AnswerRecord) -> tuple[str, tuple[Citation, ...]] | None:
    """What leads in each paragraph of an answer, with its sources; None when nothing is gained."""
    blocks = [[sentence for sentence in block if _states(sentence)] for block in grounded(record)]
    blocks = [block for block in blocks if block]
    if not blocks:
        return None
    leading = blocks[0] if len(blocks) == 1 and len(blocks[0]) > _MOST_SENTENCES else [block[0] for block in blocks]
    kept = leading[:_MOST_SENTENCES]
    lines = [with_marks(sentence.text, list(sentence.numbers)) for sentence in kept]
    text = "\n".join(f"- {line}" for line in lines) if len(lines) > 1 else lines[0]
    if len(text) > len(record.answer.text) * _WORTHWHILE:
        return None
    numbers = {number for sentence in kept for number in sentence.numbers}
    return text, tuple(citation for citation in record.answer.citations if citation.number in numbers)


def _states(sentence: Sentence) -> bool:
    """Whether a sentence states a fact: a row says nothing without the head of its table, nor "as follows:" alone."""
    return bool(sentence.numbers) and not sentence.text.startswith("|") and not sentence.text.endswith((":", "："))
