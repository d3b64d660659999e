"""What is meant by how somebody asks: plain words are a wish and no topic, and a trouble told is a question. Pure."""

from __future__ import annotations

import re

from rag.language import detect_language
from rag.terms import query_terms
from rag.types import Language

_PLAIN_WORDS = re.compile(
    r"\b(?:please )?(?:explain|describe|tell me)?\s*(?:it |this )?(?:to me )?(?:like|as if) i(?:['’]?m| am| were| was)?"
    r" (?:a )?(?:five|5|child|kid|beginner)(?: years? old)?\b|\beli5\b"
    r"|\bin (?:very )?(?:simple|plain|layman['’]?s) (?:words|terms|english|language)\b"
    r"|\bfor (?:dummies|(?:absolute |complete )?beginners)\b|\bto a (?:beginner|layman|child|five[- ]year[- ]old)\b"
    r"|(?:请|麻烦)?(?:[给跟向](?:小白|外行|新手|门外汉|小学生|五岁的?小?孩子?)|用?(?:大白话|人话|通俗易?懂?的(?:话|语言)|简单的话))"
    r"(?:讲讲|解释(?:一下)?|说说|讲一下|说明(?:一下)?)",
    re.IGNORECASE,
)
"""How somebody asks for plain words: "explain like I'm five"."""

_TROUBLE = re.compile(
    r"(?:我们?|咱们?)[^，。]{0,12}(?:只剩|只够|不够|快没|没了|用完|下降|流失|掉|亏|离职|走了|被告|泄露|泄漏|宕机|挂了|超支|抄)"
    r"|\b(?:our|my|we|i)\b.*\b(?:only|down to|left|no longer|ran out|run out|running out|lost|losing|dropp\w+"
    r"|leaked|quit|sued|broke|failed|failing|copied|hacked|overspent)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"[?？]|怎|如何|什么|哪|吗|呢|多少|几(?!个月了)|为何|是否|谁|\b(?:how|what|why|when|where|who|which|please|help)\b"
    r"|^\W*(?:(?:should|can|could|do|does|did|is|are|will|would)\b|帮|请|推荐|介绍|讲|说)",
    re.IGNORECASE,
)


def plainly(text: str) -> str:
    """A question without the wish for plain words, which names nothing that is sought; the whole if nothing is left."""
    left = " ".join(_PLAIN_WORDS.sub(" ", text).split()).replace(" ?", "?").strip(" :：,，-")
    return left if query_terms(left) != query_terms(text) and len(left) > 1 else text


def as_question(text: str) -> str:
    """What somebody tells of their own trouble, as the question that it is: what to do about it."""
    if not _TROUBLE.search(text) or _ASKS.search(text):
        return text
    chinese = detect_language(text) is Language.ZH
    return text.rstrip(" 。.!！，,") + ("，怎么办？" if chinese else ": what should we do?")
