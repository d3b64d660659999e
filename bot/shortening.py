"""An answer in fewer words, chosen from its own checked sentences, so that every claim keeps its source."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from bot.grounding import Sentence, grounded
from bot.records import AnswerRecord
from rag.citations import with_marks
from rag.extract.asked import ONE_FACT, Aspect, aspects_of
from rag.extract.forms import shows_figure
from rag.extract.words import words_of
from rag.types import Citation

_Fit = Callable[[Sentence], float]

_MOST_SENTENCES = 3
_WORTHWHILE = 0.7
"""A shortened answer that keeps more of the text than this is no help."""

_LEADS = 1.25
"""What the first sentence of a paragraph counts for beside the others: it is understood without them."""

_LEANS, _WITHOUT_FIGURE = 0.6, 0.4
"""What a sentence counts for that points back at the one before it, or lacks the figure that is asked for."""

_AS_GOOD = 0.6
"""In one paragraph, or of one fact, sentences that fit less than this share of the best are left out."""

_POINTS_BACK = re.compile(
    r"(?:it|its|they|their|this|these|those|that|he|she|his|her|such|then|but|and|so)\b|[这它他她其此该但而]|因此|所以",
    re.IGNORECASE,
)


def shortened(record: AnswerRecord) -> tuple[str, tuple[Citation, ...]] | None:
    """What an answer says to the question in each paragraph, with its sources; None when nothing is gained."""
    blocks = [[sentence for sentence in block if _states(sentence)] for block in grounded(record)]
    blocks = [block for block in blocks if block]
    if not blocks:
        return None
    kept = _kept(blocks, aspects_of(record.answer.question))
    lines = [with_marks(sentence.text, list(sentence.numbers)) for sentence in kept]
    text = "\n".join(f"- {line}" for line in lines) if len(lines) > 1 else lines[0]
    if len(text) > len(record.answer.text) * _WORTHWHILE:
        return None
    numbers = {number for sentence in kept for number in sentence.numbers}
    return text, tuple(citation for citation in record.answer.citations if citation.number in numbers)


def _states(sentence: Sentence) -> bool:
    """Whether a sentence states a fact: a row says nothing without the head of its table, nor "as follows:" alone."""
    return bool(sentence.numbers) and not sentence.text.startswith("|") and not sentence.text.endswith((":", "："))


def _kept(blocks: Sequence[Sequence[Sentence]], aspects: Sequence[Aspect]) -> list[Sentence]:
    """The few sentences that stay, in their order: those that fit the question, then each of its parts."""
    told = [sentence for block in blocks for sentence in block]
    words = {sentence: words_of(sentence.text) for sentence in told}
    held = Counter(term for each in told for term in words[each])
    leading = frozenset(block[0] for block in blocks)
    fits = [partial(_fit, aspect=each, words=words, held=held, leading=leading) for each in aspects]
    whole = fits[0]
    chosen = _chosen(blocks, whole, fits[1:])[:_MOST_SENTENCES]
    if aspects[0].kind in ONE_FACT and len(fits) == 1:
        chosen = _telling(chosen, whole)
    return [each for each in dict.fromkeys(told) if each in chosen]


def _chosen(blocks: Sequence[Sequence[Sentence]], whole: _Fit, parts: Sequence[_Fit]) -> list[Sentence]:
    """What may stay, the best for each part of the question first."""
    told = [sentence for block in blocks for sentence in block]
    listed = any(each.item for each in told)
    if len(blocks) == 1 and len(told) > _MOST_SENTENCES:
        # The entries of a list are alike in rank: their order is the author's.
        best = told if listed else _telling(sorted(told, key=whole, reverse=True), whole)
    else:
        best = [block[0] if block[0].item else max(block, key=whole) for block in blocks]
    answering = [] if listed else [max(told, key=part) for part in parts]
    return list(dict.fromkeys([*answering, *best]))


def _telling(told: Sequence[Sentence], fit: _Fit) -> list[Sentence]:
    """The sentences without those that say little to the question beside the best."""
    least = _AS_GOOD * max(map(fit, told))
    return [each for each in told if fit(each) >= least]


def _fit(
    sentence: Sentence,
    *,
    aspect: Aspect,
    words: Mapping[Sentence, frozenset[str]],
    held: Mapping[str, int],
    leading: frozenset[Sentence],
) -> float:
    """How well a sentence suits what is asked: its rare words count, those that all sentences share hardly do."""
    share = sum(1 / held[term] for term in aspect.terms if term in words[sentence])
    share *= _LEADS if sentence in leading else _LEANS if _POINTS_BACK.match(sentence.text) else 1.0
    if aspect.kind in ONE_FACT and not shows_figure(sentence.text, aspect.kind):
        share *= _WITHOUT_FIGURE
    return share
