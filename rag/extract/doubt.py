"""Whether what was picked speaks of what is asked, or only shares a word with it.

The evidence gate has let the question pass, on the likeness of whole passages. Here the words decide: a name that no
passage holds, a name that is all that a passage holds, a figure of the wrong kind, or a wish for news mean that there
is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.confidence import names_in
from rag.extract.asked import ONE_FACT, Kind, kind_of
from rag.extract.asker import asks_own_fact, commands_the_program
from rag.extract.casing import as_written
from rag.extract.forms import asks_money, lacks_form, shows_figure, shows_money
from rag.extract.naming import PROPER, capitalised, held_by, lacks_names, names_in_chinese, names_of
from rag.extract.outline import Outline
from rag.extract.places import lacks_place
from rag.extract.scoring import Evidence, WriterSettings
from rag.extract.wanted import known_names, misses_wanted
from rag.extract.words import asked_words, words_of
from rag.types import Retrieval

_MOMENT = re.compile(
    r"今天|今日|今晚|明天|明晚|昨天|后天|这周|本周|下周|上周|此刻|上个?季度|本季度|上个月|下个月"
    r"|\b(?:today|tonight|tomorrow|yesterday|right now|this (?:morning|afternoon|evening|week)"
    r"|(?:last|next) (?:week|month|quarter))\b",
    re.IGNORECASE,
)
_YEARLY = re.compile(
    r"去年|今年|明年|下一?[届次批期轮]|\b(?:last|this|next) (?:year|season|batch|cohort|edition|round|release)\b"
    r"|\bnext (?:\w+ )?(?:batch|cohort|edition|release|version)\b",
    re.IGNORECASE,
)
"""The same for what happens once a year or so: only a figure, a date or a name is out of reach there."""

_FORECAST = re.compile(
    r"^\W*(?:请|帮我)?预测(?!.*(?:怎|如何|什么|吗))|谁[会将]|\bwho (?:will|is going to)\b|^\W*predict\b", re.IGNORECASE
)
"""What is yet to come is asked for, not how it is foreseen."""

_ASKS_EVENT = re.compile(r"谁|发生了|\bwho\b|\bwhat happened\b|\bwhen (?:is|does|will)\b", re.IGNORECASE)
_ASKER = re.compile(r"我|咱|\b(?:i|we|my|our|us|me)\b", re.IGNORECASE)
_ADVICE = frozenset({Kind.METHOD, Kind.REASON, Kind.COMPARISON})
_NAME = re.compile(r"[A-Z][\w-]*[a-z]\w*(?: [A-Z][\w-]*)*")
_ABBREVIATION = re.compile(r"(?<![\w.-])(?=\w{2,5}(?![\w.-]))\w*[A-Z]\w*[A-Z]\w*")
_ASKS_PERSON = re.compile(
    r"^\W*who(?:['’]s| is| was| did| has| had| founded| wrote| made| built| bought| runs?| leads?| owns?)\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\bhow many (?P<what>\w[\w -]*?) (?:do|does|did|is|are|was|were|have|has|had|can|will)\b", re.IGNORECASE
)
_MEASURED = re.compile(
    r"(?P<what>(?![一-鿿]{0,5}[了过给能差每该那])[一-鿿]{2,6}?)(?:现在|目前|大概|一共|总共|一个月|一年|[是有为要得花])*多少钱?[？?]?$"
    r"|有(?:多少|几)[名家台个位款种座只]?(?!条)(?P<counted>[一-鿿]{2,8}?)[？?]?$"
)
"""What a Chinese question wants the size or the number of; its last word is the thing."""

_COUNTED_ANYHOW = re.compile(r"\b(?:people|users|customers|times|days|weeks|months|years|hours)$", re.IGNORECASE)
"""What goes by many other names: a number of patients is one of people."""

_ASKS_ADVICE = re.compile(r"应该|应当|该(?!公司|项目|产品)|\b(?:should|ought)\b", re.IGNORECASE)
"""How large something should be is told in words as well."""

_MARKER = re.compile(r"(?m)^\s*\d+[.)、]")
_LEAST_TOLD = 0.2
"""Share of a question's weight besides its names that the best passage must speak of."""

_LEAST_HEARD = 0.15
"""Share of a question's words besides its names of which the best passages must hold any at all."""

_ANYTHING = words_of(
    "happened goes went gone wrong killed works"
    " mean story problem issue matter 问题 回事 情况 故事 意思 介绍 近况 怎么了 后来"
)
"""Words that ask for whatever there is to say of a thing."""

_WITHOUT_MATTER = re.compile(
    r"区别|不同(?:点|之处)?|差[别异]|异同|对比|相比|比较|优缺点|各自|分别|介绍|讲讲|说说|聊聊|概述|了解|一下"
    r"|[各更]?适合|规模|大小|擅长|有[什啥]么?|[啥各做]"
    r"|\b(?:differ(?:s|ent|ence|ences)?|compar(?:e|es|ed|ing|ison)|versus|vs|better|overview|introduc\w+|explain|size|amount)\b",
    re.IGNORECASE,
)
"""How a comparison or an introduction is asked for: it names nothing that a passage would have to speak of."""

_LEAST_BEGINNING = 5
"""Letters of a word that a longer one may begin with."""

_NEAREST = 3
"""Passages in which they are looked for."""

_FIGURE_WITHIN = 3
"""Picked units of which one may give the figure that is asked for."""


def misses_figure(evidence: Evidence, picked: Sequence[int]) -> bool:
    """Whether a figure, a date, a price or the like is asked for, and what was picked gives none.

    Of a sum the best unit has to speak; another figure may stand in what is said next, the first unit often says only
    what it is a figure of.
    """
    if asks_money(evidence.aspects[0].text):
        return _lacks_figure(evidence, picked[0])
    return all(_lacks_figure(evidence, each) for each in picked[:_FIGURE_WITHIN])


def _lacks_figure(evidence: Evidence, unit: int) -> bool:
    whole = evidence.aspects[0]
    if _ASKS_ADVICE.search(whole.text):
        return False
    words = _MARKER.sub("", evidence.units[unit].whole)
    if lacks_form(whole.text, words):
        return True
    alone = {aspect.kind for aspect in evidence.aspects} <= ONE_FACT
    if alone or whole.kind is Kind.DEFINITION:
        return (asks_money(whole.text) and not shows_money(words)) or (alone and not shows_figure(words, whole.kind))
    return False


def wants_news(evidence: Evidence, best: int) -> bool:
    """Whether the state of the world on some day near the asker's is asked for, which a library cannot know.

    What somebody should do tomorrow is a matter of advice, and a text that speaks of the same day may be a notice. How
    many customers the asker's own company won last month stands in no guide either.
    """
    question = evidence.aspects[0]
    moment = _MOMENT.search(question.text)
    if _FORECAST.search(question.text) and not _ASKER.search(question.text):
        return True
    if question.kind in ONE_FACT or _ASKS_EVENT.search(question.text):
        moment = moment or _YEARLY.search(question.text)
    asks_for_oneself = _ASKER.search(question.text) and question.kind not in ONE_FACT
    if moment is None or question.kind in _ADVICE or asks_for_oneself:
        return False
    return moment[0].lower() not in evidence.units[best].whole.lower()


def misses_what_is_asked(evidence: Evidence, best: int, retrieval: Retrieval) -> bool:
    """Whether the best unit names nobody where somebody is asked for, or does not speak of the things to be counted.

    "Who bought X?" is not answered by what X did, nor "how many engineers has X?" by how many offices.
    """
    unit, question = evidence.units[best], evidence.aspects[0].text
    if unit.foreign:
        return False
    names = names_of(question)
    if _ASKS_PERSON.search(question) and names and not words_of(" ".join(PROPER.findall(unit.whole))) - names:
        return True
    told = words_of(unit.whole) | unit.terms | unit.context | unit.named
    measured = _MEASURED.search(question)
    if measured and (names or names_in_chinese(question, retrieval)):
        asked = asked_words(measured["what"] or measured["counted"])
        heard = [word for word in asked if word in told]
        return len(heard) <= len(asked) / 2 and bool(asked) and not shows_money(unit.whole)
    if evidence.aspects[0].kind is Kind.NUMBER and names:
        rest = {word for word in asked_words(question) if word not in names}
        if len(rest) > 1 and not rest & told:
            return True
    counted = _COUNTED.search(question)
    if counted is None or not names or _COUNTED_ANYHOW.search(counted["what"]):
        return False
    return not set(asked_words(counted["what"])) & told


def misses_fact(evidence: Evidence, best: int, retrieval: Retrieval, settings: WriterSettings) -> bool:
    """Whether the passage says nothing of what is wanted of it, or a figure is asked of a search that is not sure.

    Advice helps where it is near the matter; a figure, a place or a procedure is the right one or none.
    """
    unit, question = evidence.units[best], evidence.aspects[0]
    if unit.foreign:
        return False
    if question.kind in ONE_FACT and retrieval.confidence < settings.trusted:
        return True
    passage = retrieval.quotable[unit.passage]
    names = names_of(question.text) | known_names(question.text, passage)
    return misses_wanted(question.text, passage, names=names, certain=retrieval.confidence >= settings.certain)


_OF_ALL = words_of("API LLM RAG")
"""What all of such a library speaks of, in one word or another: no subject of a question."""


def misses_names(evidence: Evidence, best: int, retrieval: Retrieval, settings: WriterSettings) -> bool:
    """Whether the question's names are missing in the passages, or are all that the best one shares with it.

    A find of high confidence is believed in any case, and so is one in another language, whose names may be written
    differently.
    """
    question = evidence.aspects[0]
    names = names_of(question.text) - _OF_ALL
    if not names or evidence.units[best].foreign:
        return False
    passage = retrieval.quotable[evidence.units[best].passage]
    held = held_by(passage)
    if retrieval.confidence >= settings.sure:
        # "SaaS" or "VRAM" is jargon as often as a name, and the library may say it in other words.
        names -= words_of(" ".join(_ABBREVIATION.findall(question.text)))
    if retrieval.confidence >= settings.certain and question.kind is not Kind.COMPARISON:
        return False
    if lacks_names(names, retrieval.quotable) or _is_about_another(question.text, names, held):
        return True
    # English says the same in too many words for this; a definition or a comparison asks for the names themselves.
    chinese = any(not term.isascii() for term in question.terms)
    if not chinese or question.kind in {Kind.DEFINITION, Kind.COMPARISON}:
        return False
    matter = frozenset(asked_words(_WITHOUT_MATTER.sub(" ", question.text)))
    rest = {term: weight for term, weight in evidence.weights[0].items() if term in matter - names}
    told = sum(rest[term] for term in rest.keys() & (held | words_of(" ".join(passage.chunk.questions))))
    return told < _LEAST_TOLD * sum(rest.values())


def is_beyond(question: str, retrieval: Retrieval, *, certain: float) -> bool:
    """Whether the passages cannot answer, as far as that is known before a word is written.

    Nothing is concluded where the best passage is in another language.
    """
    if asks_unknown_own(question, retrieval):
        return True
    question = as_written(question, retrieval)
    if lacks_matter(question, retrieval) or lacks_place(question, retrieval):
        return True
    return _in_its_language(retrieval) and _names_nobody(question, retrieval, certain=certain)


def asks_unknown_own(question: str, retrieval: Retrieval) -> bool:
    """Whether a fact of the asker's own company is asked for, or of the program, and what was found is for everybody.

    A text with a licence was; a team's own papers have none.
    """
    if commands_the_program(question):
        return True
    return asks_own_fact(question) and all(each.document.licence for each in retrieval.passages[:_NEAREST])


def lacks_matter(question: str, retrieval: Retrieval) -> bool:
    """Whether somebody is named and the best passages speak of nothing that is asked of them, however near they are.

    The words that an author expects to be asked in count as the passage's. A figure is known by its form instead.
    """
    named = words_of(" ".join(PROPER.findall(question))) & names_of(question)
    if not named or not _in_its_language(retrieval) or kind_of(question) in ONE_FACT:
        return False
    names = capitalised(question, words_of(" ".join(names_in(question))))
    asked = {word for word in asked_words(_WITHOUT_MATTER.sub(" ", question)) if word not in names | _ANYTHING}
    asked |= names_of(question) - named  # "How does Heron use DPO?" asks of Heron for DPO.
    # What the library says of others does not count, unless the asker's own case is told and a name belongs to it.
    nearest = retrieval.passages[:_NEAREST]
    near = nearest if _ASKER.search(question) else [each for each in nearest if named & held_by(each)] or nearest
    held = frozenset[str]().union(*(held_by(each) | words_of(" ".join(each.chunk.questions)) for each in near))
    if len(asked) == 1 and len(_together(question, named)) > 1 and any(named <= held_by(each) for each in near):
        return False  # One word joins two who are named, "affair" or "deal", and a text may call it otherwise.
    heard = asked & held or {word for word in asked if _begins(word, held)}
    return bool(asked) and len(heard) < _LEAST_HEARD * len(asked)


def _together(question: str, named: frozenset[str]) -> list[str]:
    """The names of a question, each with all its words: Ada Falcon is one."""
    return [name for name in _NAME.findall(question) if words_of(name) & named]


def _begins(word: str, held: frozenset[str]) -> bool:
    """Whether a Latin word is what a longer one begins with: photo, photograph."""
    return len(word) >= _LEAST_BEGINNING and word.isascii() and any(each.startswith(word) for each in held)


def _in_its_language(retrieval: Retrieval) -> bool:
    return bool(retrieval.passages) and retrieval.passages[0].document.language == retrieval.language


def _names_nobody(question: str, retrieval: Retrieval, *, certain: float) -> bool:
    """Whether a question names somebody of whom no passage says anything; a search that is certain is believed."""
    return retrieval.confidence < certain and lacks_names(names_of(question), retrieval.quotable)


def is_about_others(question: str, outline: Outline, retrieval: Retrieval) -> bool:
    """Whether the question names somebody of whom the outlined document says nothing: why another company failed.

    Across languages nothing is concluded: a name may be written differently there.
    """
    document = retrieval.quotable[outline.branches[0].passage].document
    own = [each for each in retrieval.quotable if each.document.id == document.id]
    return document.language == retrieval.language and lacks_names(names_of(question), own)


def _is_about_another(question: str, names: frozenset[str], held: frozenset[str]) -> bool:
    """Whether a passage holds none of a question's proper names; those without a number may be abbreviated."""
    proper = (words_of(" ".join(PROPER.findall(question))) & names) | {each for each in names if not each.isalpha()}
    return bool(proper) and not proper & held
