"""What a question is about by its grammar: what shall be done to what, and what shall be defined. Pure.

"How can I reduce churn?" shares its verb with every text that reduces something; what answers it speaks of churn.
Chinese is left to its words: its questions are short, and a verb and its object make bigrams of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rag.extract.units import Unit
from rag.extract.words import asked_words

_DOING = re.compile(
    r"\bhow (?:can|could|do|does|should|would|must|to)\s+(?:(?:i|we|you|one|they|founders?|startups?)\s+)?"
    r"(?:(?:best|actually|really|quickly|still|also|ever|even|then)\s+)*"
    r"(?P<verb>(?!(?:be|best|actually|really|quickly|still|also|ever|even|then"
    r"|i|we|you|one|they|it|he|she|this|that|an?|the|my|our|your)\b)[a-z]+)\s+(?P<object>[^?,.;:]+)",
    re.IGNORECASE,
)
_PRICED = re.compile(r"\bcosts?\b.*?\bto (?P<object>[a-z]+)\b", re.IGNORECASE)
_ASIDE = re.compile(r"\b(?:for|in|on|at|from|with|without|before|after|when|while|if|as|by|during)\b", re.IGNORECASE)
_DEFINED = re.compile(
    r"\bwhat(?:['’]s| is| are| does)\s+(?:an?\s+|the\s+)?(?P<subject>[^?,.;:]+?)"
    r"(?=\s+(?:for|in|of|at|to|on|when|and|mean|stand)\b|[?,.;:]|$)",
    re.IGNORECASE,
)


def object_words(question: str) -> frozenset[str]:
    """The words for what something shall be done to, or what has a price; none where the grammar does not tell."""
    if doing := _DOING.search(question):
        return frozenset(asked_words(_ASIDE.split(doing["object"])[0]))
    priced = _PRICED.search(question)
    return frozenset(asked_words(priced["object"])) if priced else frozenset()


def defined_words(question: str) -> frozenset[str]:
    """The words for what an English question wants to be defined, without those that say for whom or where."""
    found = _DEFINED.search(question)
    return frozenset(asked_words(found["subject"])) if found else frozenset()


_ADVICE = re.compile(
    r"^\W*(?:先|再|不要|别|应|要|请|必须|建议|尽量|务必|定期|每[周月天季年次]|只|把)|应该|应当|必须|不要|建议|最好"
    r"|^\W*(?:do not|don['’]t|never|always|first|only|instead)\b|\b(?:should|must|need to|has to|have to)\b"
    r"|^\W*(?:add|agree|aim|allow|answer|ask|avoid|begin|build|buy|call|change|charge|check|choose|collect|combine"
    r"|compare|count|cut|decide|define|give|hire|hold|interview|invite|keep|learn|leave|let|limit|look|lower|make"
    r"|measure|offer|plan|prepare|price|pay|prove|publish|put|raise|read|record|reduce|remove|replace|review|run|say"
    r"|search|sell|send|separate|set|share|show|split|start|stop|store|switch|take|talk|tell|test|treat|try|turn|use"
    r"|wait|watch|write)\b(?!\s+(?:is|are|was|were|of)\b)",
    re.IGNORECASE,
)


def advises(text: str) -> bool:
    """Whether a sentence tells somebody what to do."""
    return bool(_ADVICE.search(text))


_NEAR_THE_BEST = 0.6
"""Share of the best passage's score from which on a passage is believed without the word."""


def lacks_object(asked: frozenset[str], unit: Unit) -> bool:
    """Whether a piece, and what stands around it, has no word for what something shall be done to.

    Across languages the encoder knows that.
    """
    return bool(asked) and not unit.foreign and not asked & _held(unit)


def beside_the_name(terms: Iterable[str], units: Sequence[Unit]) -> list[bool]:
    """Which pieces lack the Latin word of a Chinese question and were found far behind the best, if others have it.

    In "PMF 怎么判断达到了" all other words are about as common as "the".
    """
    words = _latin_in_chinese(terms)
    having = [bool(words & _held(unit)) for unit in units]
    if not any(has and not unit.foreign for has, unit in zip(having, units, strict=True)):
        return [False] * len(units)
    return [not (has or unit.foreign or unit.prior >= _NEAR_THE_BEST) for has, unit in zip(having, units, strict=True)]


def only_abroad(terms: Iterable[str], units: Sequence[Unit]) -> bool:
    """Whether the best passage is in another language and has the Latin word that nothing Chinese has."""
    words = _latin_in_chinese(terms)
    if any(words & _held(unit) for unit in units if not unit.foreign):
        return False
    return any(unit.foreign and unit.prior == 1.0 and words & _held(unit) for unit in units)


def _latin_in_chinese(terms: Iterable[str]) -> frozenset[str]:
    every = frozenset(terms)
    latin = frozenset(term for term in every if term.isascii() and term.isalpha())
    return latin if any(not term.isascii() for term in every) else frozenset()


def _held(unit: Unit) -> frozenset[str]:
    return unit.terms | unit.context | unit.named
