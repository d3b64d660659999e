"""The terms by which texts match word for word: Chinese character bigrams and lower-cased Latin words.

Bigrams match a dictionary segmenter in retrieval quality, need no dictionary and never miss a new product's name.
Traditional characters count as their simplified forms, so that the two scripts find each other.
The same terms feed the lexical index, the extractive writer and the check of citations.
"""

from __future__ import annotations

import re
import unicodedata

from rag.hanzi import simplified

TERMS_IDENTITY = "terms-2"
"""Part of the index identity: a change of what `index_terms` gives has to change it."""

_RUN = re.compile(
    r"[㐀-䶿一-鿿\uf900-\ufaff぀-ヿ가-힯\U00020000-\U0003ffff]+|[0-9a-zà-ɏͰ-ӿ]+(?:[.'’+#&-][0-9a-zà-ɏͰ-ӿ]+)*[+#]*"
)
_CJK = re.compile(r"[㐀-䶿一-鿿\uf900-\ufaff぀-ヿ가-힯\U00020000-\U0003ffff]")

_STOP_WORDS = frozenset(
    (
        "a about after all also an and any are as at be because been being best but by can could did do does "
        "doing for from get give given had has have having he her here him his how i if in into is it its "
        "just let like made make many may me might more most much must my need no not of off on one only or "
        "other our out over own please same she should so some such take tell than that the their them then "
        "there these they this those through to too under up us use used using very was way we were what when "
        "where which while who whom whose why will with would you your "
    ).split()
)
_FUNCTION_PHRASES = re.compile(
    "请问|告诉我|帮我|能不能|可不可以|是不是|有没有|要不要|怎么样|怎么办|怎么|怎样|如何|什么样|什么|为什么|为何|"
    "哪些|哪里|哪个|哪种|哪几|多少|几种|几类|几个|几步|是否|应该|应当|可以|能够|需要|我们|你们|他们|它们|自己|"
    "这个|那个|这些|那些|时候|方面|有关|关于|以及|并且|或者|还是|如果|因为|所以|但是|都有|都是|都要|哪|该|"
    "[的吗呢吧啊呀嘛我你您他她它]|了(?!解)|(?<!参)(?<!赠)与(?!会)|和(?!谐|平|解)|"
    "(?<!凡)是(?!非)|在(?!线|职|校|建)|把(?!握|关)|被(?!动)|让(?!利|步)"
)
_THOUSANDS = re.compile(r"(?<![\d,.])\d{1,3}(?:,\d{3})+(?![\d,])")
_INITIALS_PLURAL = re.compile(r"[a-z]{2}[iu]s|[b-df-hj-np-tv-z]{2}s")


def index_terms(text: str) -> list[str]:
    """All terms of a text in reading order, repeats included: what the lexical index stores."""
    return [term for run in _RUN.findall(_normal(text)) for term in _terms_of(run)]


def query_terms(text: str) -> list[str]:
    """The distinct terms of a question that carry its meaning.

    Question words and particles are cut out first, so that "为什么失败" asks for "失败" and not for "么失". A question
    made of nothing else keeps all its terms.
    """
    cut = _FUNCTION_PHRASES.sub(" ", _normal(text))
    terms = dict.fromkeys(term for run in _RUN.findall(cut) for term in _terms_of(run))
    # A lone character is no term of the index unless it stands alone there, too; it would only dilute the others.
    kept = [term for term in terms if len(term) > 1 or not _CJK.match(term)]
    return kept or list(terms) or list(dict.fromkeys(index_terms(text)))


def _normal(text: str) -> str:
    whole = _THOUSANDS.sub(lambda number: number[0].replace(",", ""), text)
    return simplified(unicodedata.normalize("NFKC", whole).lower())


def _terms_of(run: str) -> list[str]:
    if _CJK.match(run):
        return [run[i : i + 2] for i in range(len(run) - 1)] or [run]
    return [] if run in _STOP_WORDS else [_stem(run)]


def _stem(word: str) -> str:
    """Takes off an English plural or genitive: enough for matching, and it hardly ever joins two words' roots."""
    word = word.removesuffix("'s").removesuffix("’s")
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if "." in word:  # Node.js
        return word
    if _INITIALS_PLURAL.fullmatch(word):  # GPUs, APIs, KPIs, VCs
        return word[:-1]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
