"""What a question wants of a passage besides its subject: a kind of thing, a year, a place, a procedure.

A passage on Qdrant does not answer on which port it listens, nor one on taxes how somebody registers for them. Each
function says whether a passage has no word of it. A question in another language than the passage cannot be judged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.extract.naming import PROPER
from rag.extract.words import asked_words, words_of
from rag.types import Passage, Retrieval

_AUXILIARY = r"(?:do|does|did|is|are|was|were|has|have|had|can|could|will|would|should)"
_THING = re.compile(
    rf"\b(?:which|how (?:many|much)|what(?! (?:{_AUXILIARY}|about|if|else|happen|kind|type|sort|way|mistake"
    rf"|lesson|problem|reason|step|risk|role|part|advantage|score|value|size|level)))"
    rf" (?P<asked>\w[\w '’-]*?) {_AUXILIARY}\b",
    re.IGNORECASE,
)
_BESIDES = re.compile(r"\b(?:in|at|for|from|on|with|to)\b", re.IGNORECASE)
_COUNT_ALONE = re.compile(r"\bhow many (?!\w+ (?:people|users|customers|requests)\b)(?P<asked>\w+)\b", re.IGNORECASE)
_ANYHOW = re.compile(r"\b(?:people|users|customers|times|days|weeks|months|years|hours)\b", re.IGNORECASE)
"""What goes by many other names: a number of patients is one of people."""

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_HOME = re.compile(r"住在?哪|\bwhere (?:does|do|did) \w.*\blive\b", re.IGNORECASE)
_AT_HOME = re.compile(r"住|居|\b(?:liv(?:es?|ed|ing)|resid\w+|home)\b", re.IGNORECASE)
_PLACE = re.compile(
    r"(?P<asked>[一-鿿]{2})(?:现在|一般|目前)?[写放存设建开办]?(?<![败难错差输赢花强好坏卡死贵])在[一-鿿]{0,4}?(?:哪里|哪儿|哪栋|什么地方)"
)
_PROCEDURES = (
    re.compile(
        r"(?P<asked>[一-鿿A-Za-z ]{2,14}?(?:怎么|如何|怎样)"
        r"(?:申请|办理|注册|注销|填写?|操作|安装|配置|设置|接入|开通|缴纳)[一-鿿A-Za-z ]*)"
    ),
    re.compile(r"(?P<asked>[一-鿿A-Za-z ]{2,14}?(?:需要|要|得)(?:准备|提交|交)?(?:哪些|什么)(?:材料|手续|证件))"),
    re.compile(r"(?P<asked>[一-鿿]{2,8}流程)(?:是|要|需要)"),
    re.compile(
        r"\bhow (?:do|can|should|to|would) (?:i |we |you )?"
        r"(?P<asked>(?:get|apply|register|file|form|open|sue|import|reset|cancel|install|configure|fix|connect|migrate"
        r"|rotate|set up|incorporate|obtain)\b[^?,.;]*)",
        re.IGNORECASE,
    ),
)
"""How somebody asks for the steps of an office or of a tool, which nothing but those steps answers."""

_MOST_OF_IT = 0.5
_LATIN = re.compile(r"[A-Za-z]+")


def misses_wanted(question: str, passage: Passage, *, names: frozenset[str], certain: bool = False) -> bool:
    """Whether a passage has no word of what is wanted.

    Args:
        question: as it was asked.
        passage: the one that the answer is taken from.
        names: who or what is named, of which a kind of thing may be asked.
        certain: whether the search is, which is believed on how something is done in other words.
    """
    held = words_of(_told(passage))
    return (
        (bool(names) and _lacks_thing(question, held, names=names))
        or _lacks_year(question, passage)
        or _lacks_place(question, passage, held)
        or (not certain and _lacks_procedure(question, held))
    )


def misses_shelf(question: str, entries: Sequence[int], retrieval: Retrieval) -> bool:
    """Whether resources of another kind were found than the one that is wished for: "which laptop", and courses."""
    passages = [retrieval.quotable[n] for n in entries]
    own = all(each.document.language == retrieval.language for each in passages)
    held = frozenset[str]().union(*(words_of(_told(each)) for each in passages))
    return bool(passages) and own and _lacks_thing(question, held, names=frozenset())


def known_names(question: str, passage: Passage) -> frozenset[str]:
    """Words that somebody typed without a capital and that a passage never writes without one: mistral, openai."""
    text = " ".join((passage.document.title, *passage.chunk.section, passage.chunk.text))
    capitals = {word.lower() for word in PROPER.findall(text)}
    return frozenset(capitals & set(_LATIN.findall(question)) - set(_LATIN.findall(text)))


def _lacks_thing(question: str, held: frozenset[str], *, names: frozenset[str]) -> bool:
    """Whether the kind of thing that a question asks for, "which port", "how much revenue", is none of the words."""
    match = _THING.search(question) or _COUNT_ALONE.search(question)
    if match is None or _ANYHOW.search(match["asked"]):
        return False
    asked = frozenset(asked_words(_BESIDES.split(match["asked"])[0])) - names
    return bool(asked) and not asked & held


def _lacks_year(question: str, passage: Passage) -> bool:
    """Whether a year is named of which the passage does not speak; that of the document counts as spoken of."""
    years = _YEAR.findall(question)
    told = _told(passage) + (str(passage.document.date) if passage.document.date else "")
    return bool(years) and not any(year in told for year in years)


def _lacks_place(question: str, passage: Passage, held: frozenset[str]) -> bool:
    if _HOME.search(question):
        return not _AT_HOME.search(_told(passage))
    match = _PLACE.search(question)
    return match is not None and not frozenset(asked_words(match["asked"])) & held


def _lacks_procedure(question: str, held: frozenset[str]) -> bool:
    matches = [match for pattern in _PROCEDURES if (match := pattern.search(question))]
    asked = [frozenset(asked_words(match["asked"])) for match in matches]
    return any(words and len(words & held) <= _MOST_OF_IT * len(words) for words in asked)


def _told(passage: Passage) -> str:
    """What a passage speaks of, the words included in which its author expects to be asked."""
    return " ".join((passage.document.title, *passage.chunk.section, passage.chunk.text, *passage.chunk.questions))
