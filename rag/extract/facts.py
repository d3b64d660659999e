"""Whether a passage gives the fact that is asked of somebody: a share, a holder of an office, a thing's default.

A guide tells of many companies and of many figures, and a search for "the acceptance rate of Heron" finds what it says
of Heron as well as what it says of rates. Only where one passage speaks of both is there an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from rag.extract.asked import ONE_FACT, kind_of
from rag.extract.forms import shows_money
from rag.extract.naming import PROPER, held_by, lacks_names, names_in_chinese, names_of
from rag.extract.words import asked_words, words_of
from rag.types import Passage, Retrieval

_ATTRIBUTE = re.compile(
    r"\b(?:what|who)(?:['’]?s| is| are| was| were) (?:the )?(?P<asked>[^?]*?)"
    r" (?:of|at|in|for|on|representing|behind) (?P<owner>[^?]*)",
    re.IGNORECASE,
)
_OWNED = re.compile(
    r"\b(?:(?i:what|who|how (?:much|many|large|big|high))(?:['’]?s| is| are| was| were)"
    r"|(?i:how long) (?:did|does|do|has)|(?i:who) \w+|(?i:which) \w+ \w+(?: \w+)?)"
    r" (?P<owner>(?:[A-Z][\w.-]* )*[A-Z][\w.-]*)['’]s (?P<asked>[^?,;]+)"
)
_BESIDES = re.compile(r"\b(?:in|at|for|from|on|with|to|by|when|after|before|during|if)\b", re.IGNORECASE)
_SHARE = re.compile(
    r"\bwhat (?:percentage|share|proportion|fraction) of (?P<asked>[^?]*)|\bhow many per ?cent of (?P<more>[^?]*)",
    re.IGNORECASE,
)
_HOLDER = re.compile(
    r"^\W*who (?:sits|works|serves|stands|teaches|signs) (?:on|in|at|for|as)? ?(?:the )?(?P<asked>[^?]*?)"
    r" (?:of|at|in|for) ",
    re.IGNORECASE,
)
_PRICED = re.compile(
    r"\bhow much (?:is|are|does|do|did|was) (?:a|an|the|one) (?P<asked>[^?]*?)(?: (?:for|of|at|to|in) [^?]*?)?"
    r"(?: cost| charge)?\s*(?:\?|$)",
    re.IGNORECASE,
)
_CHINESE_ATTRIBUTE = re.compile(
    r"(?P<owner>[^，。？、；：\s的][^，。？、；：的]{1,16}?)\s*的(?P<asked>(?![^，。？]{0,7}[那要能可该需差])[一-鿿]{2,8}?)"
    r"[卖收付花]?(?:现在|目前|大概|一般)?(?:(?:是|有|为)(?:多少|谁|多[大高久长])|[到达]?多少)"
)
_CHINESE_HOLDER = re.compile(
    r"[^，。？的]{2,16}的(?P<asked>[一-鿿]{2,6}?)(?:现在|目前)?(?:是|叫|有)谁|谁是[^，。？的]{2,16}的(?P<office>[一-鿿]{2,6})"
)
_CHINESE_FIGURE = (
    r"(?:现在|目前|今年|去年|(?:19|20)\d\d ?年)?(?P<asked>[一-鿿]{1,5}?[一-鿿](?<!了))(?:现在|目前|大概|一共)?"
    r"[是有为到达]?多少(?!钱)"
)
"""What follows a name of which a figure is asked: "苍鹭股价现在多少"."""

_CHINESE_OWNER = re.compile(
    r"^(?![我咱你他她它这那本]|公司|自己|一)(?P<owner>[一-鿿]{2,8}?)(?<![来去了过着])的[^，。？]{2,12}?(?:多少|谁|哪些|什么|怎么|如何)"
)
_DOER = re.compile(
    r"\bhow (?:many|much) (?:[\w-]+ ){1,4}?(?:do|does|did|has|have) (?P<owner>"
    r"(?!(?:i|we|you|a|an|the|my|our|your|it|they|people|most|each|one)\b)[a-z][\w-]*)\b"
)
"""Of whom a number is asked, typed without a capital; who starts with an article is a kind and not somebody."""

_BEGINNING = 2
"""Words at the beginning of a name that tell it from another: many a name ends as others do."""

_BEARER = re.compile(
    r"谁(?:负责|领导|管理|担任|主管|掌管|创办|创立)|\bwho (?:designed|leads?|runs?|heads?|manages?|founded)\b",
    re.IGNORECASE,
)
_ACTED = re.compile(r"^\W*(?i:how|why) (?:does|did|has|is|was) [A-Z]\w*[a-z]")
"""How somebody asks what a company does, which another company's ways do not answer."""

_OWNER = re.compile(r"\w['’]s\b")
_THING_ITSELF = re.compile(
    r"\b(?:point|idea|meaning|purpose|role|use|benefit|definition|goal|story|status|deal|catch|difference|lesson|size|amount"
    r"|number|business model|strategy)s?\b",
    re.IGNORECASE,
)
_QUALIFIED = re.compile(r"(?:在|于)(?P<place>[一-鿿]{2,4}?)(?:一共|总共|还|现在|目前)?有(?:多少|几)")
_SPANS = tuple(
    (re.compile(asked, re.IGNORECASE), re.compile(told, re.IGNORECASE))
    for asked, told in (
        (r"第?[一二三四1-4]季度|\bQ[1-4]\b|\b(?:first|second|third|fourth) quarter\b", r"季度|\bQ[1-4]\b|\bquarter"),
        (r"上半年|下半年|\bH[12]\b|\b(?:first|second) half of\b", r"半年|\bH[12]\b|\bhalf\b"),
    )
)
_CODE = re.compile(r"(?<![\w-])--[a-z][\w-]+|\b[a-z]\w*_\w+\b|\b[a-z]+[a-z0-9]*\.[a-z]\w+\(")
_SUM = re.compile(r"(?:[价费]|价格|费用|成本|\b(?:price|cost|fee)s?)\s*$", re.IGNORECASE)
"""Attributes that any sum of money may give: a price goes by many names."""

_MOST = 0.5
"""Share of an attribute's words of which a passage must hold more, its last among them, which is the thing itself."""


def speaking(question: str, passages: Mapping[int, Passage], retrieval: Retrieval) -> dict[int, Passage]:
    """The passages that can speak of the fact that is asked for, if one is; all of them for any other question.

    Where nothing in the question's own language speaks, what says the same in another does not either, nor does
    anything if the search found the own one first.
    """
    own = {n for n, each in passages.items() if each.document.language is retrieval.language}
    silent = {n for n in own if _lacks_fact(question, passages[n], retrieval)}
    if own and silent == own and min(own) == 0:
        return {}
    told = {passages[n].document.translation_of for n in silent} - {None} if silent == own else set()
    return {n: each for n, each in passages.items() if n not in silent and each.document.translation_of not in told}


def _lacks_fact(question: str, passage: Passage, retrieval: Retrieval) -> bool:
    held = held_by(passage) | words_of(" ".join(passage.chunk.questions))
    chinese = names_in_chinese(question, retrieval)
    return (
        _lacks_code(question, passage)
        or _lacks_attribute(question, passage, held, chinese=chinese)
        or _lacks_qualifier(question, passage.chunk.text, held)
        or (_asks_one(question, chinese=chinese) and _tells_of_others(question, passage, retrieval))
        or _owner_is_unheard(question, passage, retrieval)
        or ((doer := _DOER.search(question)) is not None and not words_of(doer["owner"]) & held)
    )


def _asks_one(question: str, *, chinese: frozenset[str]) -> bool:
    asked = (
        any(True for _ in _attributes(question, chinese=chinese)) or _BEARER.search(question) or _ACTED.search(question)
    )
    return bool(asked) or kind_of(question) in ONE_FACT


def _tells_of_others(question: str, passage: Passage, retrieval: Retrieval) -> bool:
    """Whether what was found of a document holds nothing of somebody who is named, though other documents may."""
    told = " ".join((passage.document.title, *passage.chunk.section, passage.chunk.text))
    if any(name not in told for name in names_in_chinese(question, retrieval)):
        return True
    proper = words_of(" ".join(PROPER.findall(question))) & names_of(question)
    return lacks_names(proper, [each for each in retrieval.quotable if each.document.id == passage.document.id])


def _owner_is_unheard(question: str, passage: Passage, retrieval: Retrieval) -> bool:
    """Whether a Chinese question asks for something of somebody of whom what was found of a document says no word."""
    found = _CHINESE_OWNER.search(question)
    words = asked_words(found["owner"])[:_BEGINNING] if found else ()
    if not words or any(word.isascii() for word in words):
        return False
    return not any(
        set(words) & (held_by(each) | words_of(" ".join(each.chunk.questions)))
        for each in retrieval.quotable
        if each.document.id == passage.document.id
    )


def _lacks_attribute(question: str, passage: Passage, held: frozenset[str], *, chinese: frozenset[str]) -> bool:
    names = names_of(question)
    return any(
        _lacks_most(asked, held, names=names) and not (_SUM.search(asked) and shows_money(passage.chunk.text))
        for asked in _attributes(question, chinese=chinese)
    )


def _attributes(question: str, *, chinese: frozenset[str]) -> Iterator[str]:
    """What is asked of a named thing, in the question's words."""
    if found := _ATTRIBUTE.search(question):
        named = _OWNER.search(found["asked"]) or names_of(question) & words_of(found["owner"])
        if named and not _THING_ITSELF.search(found["asked"]):
            yield found["asked"]
    if found := _OWNED.search(question):
        yield _BESIDES.split(found["asked"])[0]
    if (found := _SHARE.search(question)) and names_of(question):
        yield found["asked"] or found["more"]
    if (found := _HOLDER.search(question)) and names_of(question):
        yield found["asked"]
    if (found := _PRICED.search(question)) and names_of(question):
        yield found["asked"]
    yield from _chinese_attributes(question, chinese)


def _chinese_attributes(question: str, chinese: frozenset[str]) -> Iterator[str]:
    if (found := _CHINESE_ATTRIBUTE.search(question)) and (chinese or names_of(question)):
        yield found["owner"]
        yield found["asked"]
    for name in chinese:
        if found := re.search(re.escape(name) + _CHINESE_FIGURE, question):
            yield found["asked"]
    if found := _CHINESE_HOLDER.search(question):
        yield found["asked"] or found["office"]


def _lacks_most(asked: str, held: frozenset[str], *, names: frozenset[str]) -> bool:
    words = [word for word in asked_words(asked) if word not in names]
    told = [word for word in words if word in held]
    return bool(words) and (len(told) <= _MOST * len(words) or words[-1] not in held)


def _lacks_qualifier(question: str, text: str, held: frozenset[str]) -> bool:
    """Whether a number is asked for within a place, or for a part of a year, of which the passage does not speak."""
    found = _QUALIFIED.search(question)
    if found is not None and not frozenset(asked_words(found["place"])) & held:
        return True
    return any(asked.search(question) and not told.search(text) for asked, told in _SPANS)


def _lacks_code(question: str, passage: Passage) -> bool:
    """Whether an option, a function or the like is asked about that the passage does not spell."""
    told = " ".join((*passage.chunk.section, passage.chunk.text, *passage.chunk.questions)).lower()
    return any(each.lower() not in told for each in _CODE.findall(question))
