"""Follow-ups that ask for the opposite: "and the successful ones?" after a question for failed companies. Pure."""

from __future__ import annotations

import re

_PAIRS = (
    ("成功", "失败"),
    ("优点", "缺点"),
    ("优势", "劣势"),
    ("successful", "failed"),
    ("successes", "failures"),
    ("success", "failure"),
    ("pros", "cons"),
    ("advantages", "disadvantages"),
)
_OPPOSITES = {word: other for one, two in _PAIRS for word, other in ((one, two), (two, one))}
_OF_A_KIND = re.compile(r"的|案例|公司|例子|\b(?:the|of|ones?|cases?|examples?|companies)\b|\s", re.IGNORECASE)


def with_opposite(topic: str, focus: str) -> str:
    """A question with the opposite of one of its words; "" unless that is all that a follow-up adds.

    "那成功的呢？" after "有哪些失败的案例？" asks for the successful ones.

    Args:
        topic: the question before.
        focus: what the follow-up adds.
    """
    word = _OF_A_KIND.sub("", focus).lower()
    other = _OPPOSITES.get(word, "")
    if not other or not re.search(rf"{other}的" if "的" in focus else _alone(other), topic, re.IGNORECASE):
        return ""
    return re.sub(_alone(other), word, topic, count=1, flags=re.IGNORECASE)


def _alone(word: str) -> str:
    return rf"\b{word}\b" if word.isascii() else word
