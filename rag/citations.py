"""Finds, numbers and checks citation marks in a sentence of an answer.

A number of up to three digits in brackets is a mark, in any of the forms that models write: `[1]`, `[1, 2]`, `[1-3]`,
`[[1]]`, `【1】`, `［1］`, `[^1]`, `[来源 1]`, `(来源[1])` and `[1](address)`, whose address is dropped.
Not marks are a year (`[2023]`), anything in code or in the address of a link, and a variable's index (behind a lone
small letter as in `a[1]`, a name with an underscore, a dotted path). A definition (`[1]: …`) is removed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rag.errors import InvalidInput
from rag.numbers import UNITS, numbers_in
from rag.sentences import MARK, MARK_GROUP, TARGET
from rag.terms import index_terms, query_terms

Weight = Callable[[str], float]
"""How much a term counts, such as its idf."""

_CODE = r"(?:```|~~~)[\s\S]*?(?:```|~~~|\Z)|`{1,10}[^`\n]{1,1000}`{1,10}"
_ADDRESS = r"\]\([^()\n]{0,500}\)"
_INDEXED = r"(?:(?<![^\W\d_])(?-i:[a-z])|\b\w{0,40}_\w{0,40}|[a-z]\.[a-z]{1,40})(?:\[\d{1,3}\])+"
_DEFINITION = r"^[ \t]*\[\^?\d{1,3}\][:：].*$"
_RUN = rf"(?:{MARK_GROUP}|{MARK})(?:{TARGET})?(?:[ \t]?[,，、]?[ \t]?(?:{MARK_GROUP}|{MARK})(?:{TARGET})?)*"
_INTRODUCTION = (
    rf"(?:根据|依据|据|按照|参考|如|参见|见)\s?{_RUN}(?:所述|所示|所说|显示|指出|提到|的说法|的内容|中)?[，,：:]?\s?"
    r"|[,，]?\s?\b(?:as (?:stated|shown|noted|described|reported|mentioned|said) (?:in|by)|according to|see)"
    rf"\s{_RUN}(?:,\s)?"
)
_TOKENS = re.compile(
    rf"(?P<kept>{_CODE}|{_ADDRESS}|{_INDEXED})|(?P<definition>{_DEFINITION})|{_INTRODUCTION}|{_RUN}",
    re.IGNORECASE | re.MULTILINE,
)
_WORD = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9]*(?:[.'’&+-][A-Za-z0-9]+)*")
_HAN = re.compile(r"[㐀-䶿一-鿿]")
_MARKUP = re.compile(r"\]\([^()\n]{0,500}\)|[*_`~#|>\[\]]+|^[ \t]*(?:[-+•·]|\d{1,3}[.)、])[ \t]", re.MULTILINE)
_SPELLED = tuple(
    zip(
        "one two three four five six seven eight nine ten".split(),
        "一 二两 三 四 五 六 七 八 九 十".split(),
        strict=True,
    )
)
_ENDING = re.compile(r"(?<=[a-z]{3})(?:ing|ed|es|ly|e)$")

_WORD_WEIGHT, _NUMBER_WEIGHT, _NAME_WEIGHT = 1.5, 3.0, 2.5
"""What a Latin word, a number and a name weigh against one Chinese bigram."""

_MISSING_NUMBER, _MISSING_NAME = 0.4, 0.5
"""Factors for each number or name of the statement that the passage does not hold, however well the rest agrees."""

_LINKED = re.compile(rf"(?<=[\]】］]){TARGET}")
_NUMBER_RANGE = re.compile(r"(\d{1,3})(?: ?[–—~～-] ?\^?(\d{1,3}))?")
_STOPS = "。！？!?.…"
_CJK_END = re.compile(r"[。！？；：，、…”’」』）】》〉][*_~]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedSentence:
    """A sentence parted from its marks.

    Attributes:
        text: the sentence without marks; "" when it was nothing but marks.
        cited: indexes into the passages, from 0, in order of appearance, each once.
        invented: numbers that belong to no passage, in order of appearance, each once.
    """

    text: str
    cited: tuple[int, ...]
    invented: tuple[int, ...]


def split_marks(sentence: str, *, passages: int) -> MarkedSentence:
    """Parts a sentence from the marks that cite `passages` numbered passages.

    Phrases that introduce nothing but a mark ("根据[1]，", "According to [1], ") go with it, and so do the blanks and
    the doubled stop that a mark would leave behind.
    """
    numbers: dict[int, None] = {}
    parts: list[str] = []
    end = 0
    for found in _TOKENS.finditer(sentence):
        if found["kept"]:
            continue
        if not found["definition"]:
            numbers.update(dict.fromkeys(_numbers(found[0])))
        parts.append(sentence[end : found.start()])
        end = found.end()
    text = _joined([*parts, sentence[end:]], capitalise=sentence.lstrip()[:1].isupper())
    return MarkedSentence(
        text=text if text.strip() else "",
        cited=tuple(number - 1 for number in numbers if 1 <= number <= passages),
        invented=tuple(number for number in numbers if not 1 <= number <= passages),
    )


def _numbers(marks: str) -> Iterable[int]:
    for first, last in _NUMBER_RANGE.findall(_LINKED.sub("", marks)):
        low, high = sorted((int(first), int(last or first)))
        yield from range(low, high + 1)


def _joined(parts: list[str], *, capitalise: bool) -> str:
    """Puts together what stood between the marks, with neither doubled blanks nor doubled stops."""
    text = parts[0]
    for part in parts[1:]:
        head = text.rstrip(" \t")
        if not head.strip():
            begin = part.lstrip()
            text += begin[:1].upper() + begin[1:] if capitalise else begin
        elif head[-1] in _STOPS and part[:1] in {".", "。"}:
            text = head + part[1:]
        else:
            blank = " " if head != text and re.match(r"[A-Za-z0-9]", part) else ""
            text = head + blank + part
    return text.rstrip(" \t") if len(parts) > 1 else text


def render_marks(numbers: Sequence[int]) -> str:
    """Marks as the product writes them: `[1][2]`."""
    return "".join(f"[{number}]" for number in numbers)


def with_marks(text: str, numbers: Sequence[int]) -> str:
    """A sentence with its marks in the house's place: behind the final stop, "…。[1]" and "… text. [1]".

    A table row takes them into its last cell.
    """
    if not numbers:
        return text
    marks = render_marks(numbers)
    body = text.rstrip()
    if body.lstrip().startswith("|") and body.endswith("|"):
        return f"{body[:-1].rstrip()} {marks} |{text[len(body) :]}"
    blank = "" if not body or _CJK_END.search(body[-12:]) else " "
    return f"{body}{blank}{marks}{text[len(body) :]}"


class CitationNumbering:
    """Gives the `passages` passages of one answer their numbers, in the order in which the answer first cites them."""

    def __init__(self, passages: int) -> None:
        if passages < 0:
            raise InvalidInput(f"the number of passages is {passages!r}; it must be 0 or more")
        self._passages = passages
        self._numbers: dict[int, int] = {}

    @property
    def cited(self) -> tuple[int, ...]:
        """The indexes of the passages cited so far, in the order of their numbers."""
        return tuple(self._numbers)

    def number(self, passages: Iterable[int]) -> tuple[int, ...]:
        """The numbers of passages, ascending and each once; passages that are new get the next ones.

        Raises:
            InvalidInput: an index belongs to no passage.
        """
        wanted = list(passages)
        for index in wanted:
            if not 0 <= index < self._passages:
                raise InvalidInput(f"passage index {index!r} does not exist; expected 0 to {self._passages - 1}")
        return tuple(sorted({self._numbers.setdefault(index, len(self._numbers) + 1) for index in wanted}))

    def rewrite(self, sentence: str) -> str:
        """A sentence with its marks renumbered and put in their place; invented numbers are gone."""
        marked = split_marks(sentence, passages=self._passages)
        return with_marks(marked.text, self.number(marked.cited))


class Verdict(StrEnum):
    """Whether a passage carries a statement."""

    SUPPORTED = "supported"
    WEAK = "weak"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportRule:
    """The scores from which a statement counts as supported and as weakly supported.

    The defaults let a paraphrase that keeps two of three content terms pass, and stop one that shares a third.
    """

    supported: float = 0.6
    weak: float = 0.35

    def __post_init__(self) -> None:
        if not 0 <= self.weak <= self.supported <= 1:
            got = f"weak={self.weak!r}, supported={self.supported!r}"
            raise InvalidInput(f"thresholds {got} do not work; expected 0 <= weak <= supported <= 1")

    def verdict(self, score: float) -> Verdict:
        """The verdict on a support score."""
        if score >= self.supported:
            return Verdict.SUPPORTED
        return Verdict.WEAK if score >= self.weak else Verdict.UNSUPPORTED


class _Claim:
    """What a statement says, ready to be looked for in several texts."""

    def __init__(self, statement: str, weight: Weight | None) -> None:
        plain = _MARKUP.sub(" ", split_marks(statement, passages=0).text).strip()
        self._numbers = numbers_in(plain)
        self._names = _names(plain)
        terms = [term for term in query_terms(plain) if not term[0].isdigit() and term not in UNITS]
        self._weights = {term: _weight(term, self._names) * (weight(term) if weight else 1.0) for term in terms}

    def score(self, text: str) -> float:
        terms = _expanded(index_terms(text))
        values = numbers_in(text) | _spelled(text)
        missing = sum(value not in values for value in self._numbers)
        held = sum(weight for term, weight in self._weights.items() if _holds(terms, term))
        held += _NUMBER_WEIGHT * (len(self._numbers) - missing)
        total = sum(self._weights.values()) + _NUMBER_WEIGHT * len(self._numbers)
        nameless = sum(not _holds(terms, name) for name in self._names)
        return held / total * _MISSING_NUMBER**missing * _MISSING_NAME**nameless if total > 0 else 0.0


def support_score(statement: str, passage_text: str, weight: Weight | None = None) -> float:
    """How much of a statement's content a passage holds word for word, in 0..1.

    Numbers and names weigh most, and one that the passage lacks pulls the whole score down. A statement without content
    terms scores 0. Words are compared, not meanings: a negation or an exchanged subject is not noticed, and a statement
    in another language than the passage scores low whatever it says, so that it needs a dense score instead.
    """
    return _Claim(statement, weight).score(passage_text)


def check(
    statement: str, passage_text: str, *, rule: SupportRule | None = None, weight: Weight | None = None
) -> Verdict:
    """Whether a passage supports a statement, within the limits that `support_score` tells."""
    return (rule or SupportRule()).verdict(support_score(statement, passage_text, weight))


def _weight(term: str, names: frozenset[str]) -> float:
    return _NAME_WEIGHT if term in names else _WORD_WEIGHT if term.isascii() else 1.0


def _names(plain: str) -> frozenset[str]:
    """Terms of names: Latin words in Chinese text; elsewhere words with a capital, if it begins no sentence."""
    chinese = bool(_HAN.search(plain))
    names: list[str] = []
    for found in _WORD.finditer(plain):
        word = found[0]
        inner = any(sign.isupper() or sign.isdigit() for sign in word[1:])
        if inner or (chinese and len(word) > 1) or (found.start() > 0 and word[0].isupper()):
            names += index_terms(word)
    return frozenset(names)


def _spelled(text: str) -> frozenset[float]:
    """The numbers up to ten that a text writes in words; lenient in Chinese, whose signs are parts of words, too."""
    words = set(re.findall(r"[a-z]+", text.lower()))
    spelled = enumerate(_SPELLED, start=1)
    return frozenset(float(n) for n, (english, chinese) in spelled if english in words or set(chinese) & set(text))


def _expanded(terms: Sequence[str]) -> frozenset[str]:
    """Terms with the parts of compounds and with the roots of words."""
    parts = [part for term in terms if "-" in term for part in term.split("-")]
    return frozenset([*terms, *parts, *(_ENDING.sub("", term) for term in [*terms, *parts])])


def _holds(terms: frozenset[str], term: str) -> bool:
    if {term, _ENDING.sub("", term)} & terms:
        return True
    parts = term.split("-")
    return len(parts) > 1 and not re.search(r"\d", term) and all(part in terms for part in parts)
