"""What a question asks for when it asks for several things: "What is RAG, and when should I fine-tune?" Pure.

Each part is put so that it stands alone, behind the subject of the first where it names none: "and how much does it
cost?" could not be searched for.
"""

from __future__ import annotations

import re

from rag.follow_ups import names_of
from rag.terms import query_terms

_MOST = 3
"""Parts of which each is searched for itself; whoever asks more gets the answer to the whole."""

_LONGEST = 300
"""Characters up to which a text is a question and no letter."""

_BREAK = re.compile(
    r"[，,；;？?。！!\n]+\s*|\s(?:and|or|but)\s+(?=(?:what|how|why|which|who|where|can|could|should"
    r"|when (?:do|does|did|is|are|should|will|must|can))\b)"
    r"|(?:以及|并且|还有|另外)(?=.{0,12}(?:什么|哪|怎|如何|为何|多少))",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    r"什么|哪|怎|如何|为何|为啥|(?<!没)多少|多[久长大高快]|几[类种步个年天次]|谁|吗$|呢$|是否|要不要|能不能|可不可以|该不该|值不值|区别|不同"
)
_CONDITION = re.compile(
    r"^(?:如果|要是|假如|假设|当|无论|不管|不论|既然|因为|由于|虽然|除了|即使|只要)|(?:时|时候|的话|之前|之后)$"
)
_ENGLISH = re.compile(
    r"^(?:if so|if not)?\W*(?:how\b|what(?:['’]s)?\b|which\b|who\b|why\b|where\b"
    r"|when (?:do|does|did|is|are|was|should|will|must|can)\b"
    r"|(?:can|could|should|do|does|did|is|are|may|must|will|would)\b(?! you (?:tell|explain|help)))",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"什么时候|为什么|什么样的?|是什么|什么|有?哪些|哪[个种家一]?|怎么样?|怎样|如何|为何|多少钱?|多[久长大高快]|几[类种步个年天次]|谁|是否|吗|呢"
    r"|\b(?:how (?:much|many|long|often|big)|how|what(?:['’]s)?|which|who|why|where|when)\b"
    r"|\b(?:do|does|did|is|are|was|were|should|can|could|will|would|may|must|need|i|we|you|my|our)\b",
    re.IGNORECASE,
)
_JOINT = re.compile(r"^\W*(?:and|or|but|so|also|then|plus)\b\W*", re.IGNORECASE)
_SUBJECT = 60
"""Characters of a subject that go in front of a question."""


def parts_of(question: str) -> tuple[str, ...]:
    """The parts of a question, in its order; none of a question that asks one thing, or more than can be told apart."""
    if len(question) > _LONGEST:
        return ()
    pieces = _questions(question)
    if not 2 <= len(pieces) <= _MOST:
        return ()
    subject = _subject(pieces[0])
    return (pieces[0], *(_alone(subject, piece) for piece in pieces[1:]))


def asks_several(text: str) -> bool:
    """Whether a text by itself asks more than once, be it only "why?"."""
    return sum(_is_question(_JOINT.sub("", cut).strip()) for cut in _BREAK.split(text)) > 1


def own_text(part: str) -> str:
    """A part without the subject that was put in front of it."""
    return re.split(r"：|: ", part, maxsplit=1)[-1]


def _questions(text: str) -> list[str]:
    """The pieces that ask something. What asks nothing goes with the piece behind it, else before it."""
    found: list[str] = []
    held = ""
    for cut in _BREAK.split(text):
        piece = _JOINT.sub("", cut).strip()
        if not piece:
            continue
        if not _asks(piece):
            held = f"{held} {piece}".strip()
            continue
        found.append(f"{held} {piece}".strip())
        held = ""
    if held and found:
        found[-1] = f"{found[-1]} {held}"
    return found


def _asks(piece: str) -> bool:
    return _is_question(piece) and bool(query_terms(piece))


def _is_question(piece: str) -> bool:
    return not _CONDITION.search(piece) and bool(_CHINESE.search(piece) or _ENGLISH.search(piece))


def _subject(piece: str) -> str:
    """What a question speaks of: its words without those that ask."""
    return " ".join(_ASKING.sub(" ", piece).split()).removeprefix("是")[:_SUBJECT].strip()


def _alone(subject: str, piece: str) -> str:
    """A question with what it is about in front, unless it says that itself."""
    shared = set(query_terms(subject)) & set(query_terms(piece))
    if not subject or shared or names_of(f"- {piece[:1].lower()}{piece[1:]}"):
        return piece
    return f"{subject}{'：' if _CHINESE.search(piece) else ': '}{piece}"
