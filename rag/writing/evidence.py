"""Which passages carry a claim: words, meaning, numbers, names and negations have to agree.

A claim in a passage's own language is judged by its words, and where half of them agree by its meaning; across
languages by its meaning alone. Whatever the score, a number, a name or a negation that the passage does not have makes
the claim unsupported: these are what a model gets wrong in a sentence that reads right.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rag.citations import SupportRule, Verdict
from rag.extract.words import words_of
from rag.numbers import numbers_in
from rag.ports import Embedder, Support
from rag.types import Passage
from rag.writing.claims import Claim, claim_of, misplaces, share_of
from rag.writing.names import lacks_chinese, lacks_latin
from rag.writing.polarity import contradicts
from rag.writing.sources import Meaning, Source, Window

_PLAIN = 0.5
"""Share of a heading's words that has to occur in what was asked or found."""

_PART = 0.2
"""Share of a claim's words that a passage has to add where several carry the claim together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSettings:
    """From which likeness on a passage carries a claim; properties of the encoder of sentences, but for `words`."""

    words: SupportRule = field(default_factory=lambda: SupportRule(supported=0.72, weak=0.35))
    """Share of a claim's words that suffices without an encoder, and the least that counts with one."""

    wording: float = 0.7
    together: float = 1.13
    """The cosine plus `wording` times that share has to reach `together` where there is an encoder."""

    verbatim: float = 0.95
    """Share of words from which on the cosine is not asked for: an encoder makes little of a row of a table."""

    across: float = 0.56
    """Cosine that a claim in another language than the passage needs."""

    sought: int = 4
    """Most passages that are looked through, beside those that the model cited."""

    better: float = 0.2
    """How much more another passage has to support a claim before it replaces one that the model cited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How well one source carries a claim: a share of words, or across languages a cosine; `support` None if not."""

    source: Source
    score: float
    window: Window | None = None
    support: Support | None = None


class Evidence:
    """The passages that one answer may rest on.

    Args:
        passages: by their place in `Retrieval.quotable`; those that the model was shown, and their neighbours.
        question: what was asked; its words prove nothing, but may be used.
        embedder: a fast encoder of sentences; without one, claims in another language than the passage fail.
        settings: the thresholds.
    """

    def __init__(
        self,
        passages: Mapping[int, Passage],
        question: str,
        embedder: Embedder | None,
        settings: EvidenceSettings | None = None,
    ) -> None:
        self._sources = {index: Source(index, passage) for index, passage in passages.items()}
        self._everything = "\n".join([question, *(source.whole for source in self._sources.values())])
        self._words = words_of(question).union(*(source.words for source in self._sources.values()))
        self._numbers = numbers_in(self._everything)
        self._meaning = Meaning(embedder)
        self._settings = settings or EvidenceSettings()

    async def judge(self, text: str, cited: Sequence[int]) -> tuple[Support, ...]:
        """What carries a sentence: those of its citations that hold, else whatever else clearly does; else nothing.

        Args:
            text: a sentence or list item without marks.
            cited: the passages that the model gave for it.
        """
        claim = claim_of(text)
        if not claim.weights or self._invents_subject(claim):
            return ()
        own = [await self._weigh(claim, self._sources[index]) for index in cited if index in self._sources]
        holding = [finding for finding in own if finding.support]
        if joint := () if holding else self._joint(claim, own):
            return joint
        least = max((finding.score + self._settings.better for finding in holding), default=0.0)
        others = [source for index, source in self._sources.items() if index not in cited]
        if other := await self._clearest(claim, others, least=least, across=not holding):
            return (other,)
        return tuple(finding.support for finding in holding if finding.support)

    async def _clearest(self, claim: Claim, others: Sequence[Source], *, least: float, across: bool) -> Support | None:
        """What carries a claim best among passages that were not cited for it, from a score of `least` on."""
        near = [self._nearest(claim, source) for source in others if self._is_own(claim, source)]
        near = sorted((each for each in near if each.score >= least), key=lambda each: -each.score)
        foreign = [source for source in others if across and not self._is_own(claim, source)]
        for source in [*(each.source for each in near[: self._settings.sought]), *foreign[: self._settings.sought]]:
            if support := (await self._weigh(claim, source)).support:
                return support
        return None

    def is_plain(self, text: str) -> bool:
        """Whether a heading or a lead-in says nothing beyond what was asked and found: hardly a new word."""
        claim = claim_of(text)
        return self.is_known(text) and (not claim.weights or share_of(claim, self._words) >= _PLAIN)

    def is_known(self, text: str) -> bool:
        """Whether every name and number of a text occurs in what was asked or found."""
        claim = claim_of(text)
        new = lacks_latin(claim.latin, self._everything, self._words) | lacks_chinese(claim.chinese, self._everything)
        return not new and numbers_in(claim.text) <= self._numbers

    def holds_verbatim(self, text: str) -> Support | None:
        """The passage that holds a text, such as code, letter for letter but for its blanks."""
        lines = [re.escape(line.strip()) for line in text.strip().splitlines() if line.strip()]
        pattern = re.compile(r"\s*\n\s*".join(lines))
        for source in self._sources.values() if lines else ():
            if found := pattern.search(source.passage.chunk.text):
                return Support(passage=source.index, quote=found[0])
        return None

    def _is_own(self, claim: Claim, source: Source) -> bool:
        return claim.language == source.language or not claim.language

    def _invents_subject(self, claim: Claim) -> bool:
        """Whether a Chinese claim is about something of which neither question nor passages have a single bigram."""
        subject = claim.subject
        own = any(source.language == claim.language for source in self._sources.values())
        return bool(subject) and own and not words_of(subject) & self._words

    async def _weigh(self, claim: Claim, source: Source) -> Finding:
        if not self._is_own(claim, source):
            return await self._weigh_meaning(claim, source)
        finding = self._nearest(claim, source)
        return self._found(claim, finding) if await self._carries(claim, finding) else finding

    def _nearest(self, claim: Claim, source: Source) -> Finding:
        """The window that shares most words with a claim, among those that hold its numbers."""
        fitting = [window for window in source.windows if claim.stated <= window.numbers]
        score, window = max(
            ((share_of(claim, window.words), window) for window in fitting),
            key=lambda each: (round(each[0], 6), -len(each[1].lines)),
            default=(0.0, None),
        )
        return Finding(source=source, score=score, window=window)

    async def _carries(self, claim: Claim, finding: Finding) -> bool:
        if finding.window is None or self._settings.words.verdict(finding.score) is Verdict.UNSUPPORTED:
            return False
        if finding.score >= self._settings.verbatim:
            return True
        likeness = await self._meaning.likeness(claim.text, finding.source, [finding.window])
        if likeness is None:
            return finding.score >= self._settings.words.supported
        return self._settings.wording * finding.score + likeness[0] >= self._settings.together

    async def _weigh_meaning(self, claim: Claim, source: Source) -> Finding:
        fitting = [window for window in source.windows if claim.stated <= window.numbers]
        likeness = await self._meaning.likeness(claim.text, source, fitting)
        pairs = zip(likeness or (), fitting, strict=likeness is not None)
        cosine, window = max(pairs, key=lambda each: each[0], default=(0.0, None))
        finding = Finding(source=source, score=cosine, window=window)
        return self._found(claim, finding) if cosine >= self._settings.across else finding

    def _found(self, claim: Claim, finding: Finding) -> Finding:
        """The finding with its quote, unless a name, a negation or a number's place speaks against it."""
        source, window = finding.source, finding.window
        if window is None or self._disagrees(claim, source, window):
            return Finding(source=source, score=0.0, window=window)
        line = max(window.lines, key=lambda n: share_of(claim, words_of(source.lines[n])))
        support = Support(passage=source.index, quote=source.lines[line])
        return Finding(source=source, score=finding.score, window=window, support=support)

    def _disagrees(self, claim: Claim, source: Source, window: Window) -> bool:
        if lacks_latin(claim.latin, source.whole, source.words) or lacks_chinese(claim.chinese, source.whole):
            return True
        own = self._is_own(claim, source)
        text = source.text_of(window)
        return contradicts(claim.text, text, same_language=own) or (own and misplaces(claim, source, window))

    def _joint(self, claim: Claim, cited: Sequence[Finding]) -> tuple[Support, ...]:
        """Several citations that carry a claim only together, each a part of it."""
        parts = [each for each in (self._part(claim, finding.source) for finding in cited) if each.window]
        if len(parts) < 2:
            return ()
        windows = [part.window for part in parts if part.window]
        words = frozenset[str]().union(*(window.words for window in windows))
        numbers = frozenset[float]().union(*(window.numbers for window in windows))
        whole = "\n".join(part.source.whole for part in parts)
        told = "\n".join(part.source.text_of(part.window) for part in parts if part.window)
        if not claim.stated <= numbers or self._settings.words.verdict(share_of(claim, words)) is not Verdict.SUPPORTED:
            return ()
        if lacks_latin(claim.latin, whole, words_of(whole)) or lacks_chinese(claim.chinese, whole):
            return ()
        if contradicts(claim.text, told, same_language=True):
            return ()
        return tuple(
            Support(passage=part.source.index, quote=part.source.lines[part.window.lines.start])
            for part in parts
            if part.window
        )

    def _part(self, claim: Claim, source: Source) -> Finding:
        """The sentence of a source that shares most with a claim; none if it shares next to nothing."""
        if not self._is_own(claim, source):
            return Finding(source=source, score=0.0)
        single = [window for window in source.windows if len(window.lines) == 1]
        score, window = max(
            ((share_of(claim, window.words), window) for window in single),
            key=lambda each: each[0],
            default=(0.0, None),
        )
        return Finding(source=source, score=score, window=window if score >= _PART else None)
