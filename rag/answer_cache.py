"""Gives an answer again to the same question, as long as nothing has changed that it rests on.

What makes a question the same: its normalised text, its language, what its reader may see, the state of the index, and
what writes, and for what company. Questions within a conversation mean something else each time and are not looked up.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import OrderedDict
from dataclasses import dataclass, replace

from rag.authorship import Notice, Writing
from rag.catalogue import Catalogue
from rag.hanzi import simplified
from rag.ports import AnswerCache, Clock, KeptAnswer
from rag.types import Answer, AnswerStatus, Language, Question, Scope

_MOST = 256
"""Answers kept in memory; one takes some ten kilobytes with its passages."""

_DEGRADED = frozenset({Notice.WITHOUT_MODEL, Notice.BROKEN_OFF})
"""Answers that a working model would write better: an outage must not outlast itself in the cache."""

_MARK = re.compile(r"[\s。，、；：？！…—～·“”‘’「」『』（）《》〈〉【】,;:?!\"'()\[\]{}<>`*_~]+")
_OUTER_STOP = re.compile(r"(?<![0-9a-z])\.+|\.+(?![0-9a-z])")
_INNER_MARK = re.compile(r"(?<=\d)[,:'_](?=\d)")
"""A mark between two digits belongs to the number: "1,000", "3:2"."""

_AROUND_HAN = re.compile(r"(?<=[⺀-鿿]) | (?=[⺀-鿿])")


def normalised(text: str) -> str:
    """A question without what does not change its meaning: case, width, script, blanks and most punctuation."""
    folded = simplified(unicodedata.normalize("NFKC", text)).casefold()
    kept = _INNER_MARK.sub(lambda mark: f"\x00{ord(mark[0])}\x00", folded)
    bare = _OUTER_STOP.sub(" ", _MARK.sub(" ", kept))
    return _AROUND_HAN.sub("", " ".join(bare.split()))


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheKey:
    """Everything that an answer depends on; `authorship` names what writes: the models and the prompts."""

    text: str
    language: Language
    scope: Scope
    revision: int
    authorship: str
    reader: str = ""

    @property
    def digest(self) -> str:
        """The key as it is stored: it tells nothing of what was asked."""
        scope = [sorted(self.scope.audience), _sorted(self.scope.kinds), _sorted(self.scope.topics)]
        parts = [normalised(self.text), self.language, scope, self.revision, self.authorship, self.reader]
        return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()


def _sorted(values: frozenset[str] | None) -> list[str] | None:
    return None if values is None else sorted(values)


class MemoryAnswerCache:
    """Keeps the answers used last, each for a set time; implements `rag.ports.AnswerCache`.

    Args:
        keep_s: how long an answer is given again, in seconds.
        most: how many answers are kept.
        clock: monotonic seconds.
    """

    def __init__(self, *, keep_s: float, clock: Clock, most: int = _MOST) -> None:
        self._keep_s = keep_s
        self._most = most
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, KeptAnswer]] = OrderedDict()

    async def get(self, key: str) -> KeptAnswer | None:
        """What was kept under a key, unless its time is over."""
        until, kept = self._kept.get(key, (0.0, None))
        if kept is None:
            return None
        if self._clock() >= until:
            del self._kept[key]
            return None
        self._kept.move_to_end(key)
        return kept

    async def put(self, key: str, kept: KeptAnswer) -> None:
        """Keep an answer; the one that was not asked for longest makes room."""
        self._kept[key] = (self._clock() + self._keep_s, kept)
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    async def clear(self) -> None:
        """Forget every answer."""
        self._kept.clear()


class AnswerMemory:
    """Decides which answers are kept and given again.

    Args:
        cache: where they are kept.
        catalogue: tells when the index has changed.
        authorship: names the models and prompts that write; another name finds none of the answers kept so far.
    """

    def __init__(self, *, cache: AnswerCache, catalogue: Catalogue, authorship: str) -> None:
        self._cache = cache
        self._catalogue = catalogue
        self._authorship = authorship

    async def key(self, question: Question, language: Language) -> str | None:
        """What a question is filed under; None for one that depends on a conversation or has no words.

        It has to be made before the search, so that an answer is never filed under a later state of the index.
        """
        if question.history or not normalised(question.text):
            return None
        return CacheKey(
            text=question.text,
            language=language,
            scope=question.scope,
            revision=await self._catalogue.revision(),
            authorship=self._authorship,
            reader=question.reader,
        ).digest

    async def recall(self, key: str, question: Question) -> KeptAnswer | None:
        """The answer that was given before, as the answer to this question."""
        kept = await self._cache.get(key)
        if kept is None:
            return None
        answer = replace(kept.answer, question_id=question.id, question=question.text, writing=_recalled(kept.answer))
        return replace(kept, answer=answer)

    async def note(self, key: str, kept: KeptAnswer) -> None:
        """Keep an answer if it deserves to be given again. What its asker wrote is not kept with it."""
        notices = kept.answer.writing.notices if kept.answer.writing else ()
        if kept.answer.status is AnswerStatus.ANSWERED and not _DEGRADED.intersection(notices):
            await self._cache.put(key, replace(kept, answer=replace(kept.answer, question_id="", question="")))


def _recalled(answer: Answer) -> Writing:
    """How the answer came about this time: no token was spent on it."""
    written = answer.writing or Writing(writer=answer.writer)
    return replace(written, usage=None, notices=(*written.notices, Notice.CACHED))
