"""The names in a question that somebody typed without capitals, written as the texts write them.

Names decide much of what is doubted, and they are known by their capitals. Whoever types "how does deepseek pay" means
DeepSeek; the texts that were found tell, because they never write it in another way.
"""

from __future__ import annotations

import re
from collections import Counter

from rag.extract.places import places_in
from rag.types import Language, Retrieval

_CAPITAL = re.compile(r"[A-Z]")
_ASKER = re.compile(r"\b(?:i|we|us|our|my)\b", re.IGNORECASE)
"""Who asks of their own matter names others only beside it: "how do we compete with google"."""

_WITHIN = re.compile(r"(?<=[a-z,;] )(?=[A-Z][\w-]*[a-z])[A-Z][\w-]+(?: [A-Z][\w-]*)*")
"""A name that stands within a sentence, with all its words: "Stack" is none because of Stack Overflow."""

_PLAIN = re.compile(r"(?<![\w.-])[a-z][\w-]*")


def as_written(question: str, retrieval: Retrieval) -> str:
    """An English question with its names as what was found writes them, and places with capitals."""
    if retrieval.language is not Language.EN or _ASKER.search(question) or _CAPITAL.search(question):
        return question
    text = "\n".join(each.chunk.text for each in retrieval.quotable if each.document.language is Language.EN)
    plain = frozenset(_PLAIN.findall(text))
    found = Counter(_WITHIN.findall(text))
    names = {name.lower(): name for name, times in found.items() if _is_name(name, times, text, plain)}
    companies = (each.document.case.company for each in retrieval.quotable if each.document.case)
    names |= {company.lower(): company for company in companies}
    names |= {place.lower(): place.title() for place in places_in(question, Language.EN)}
    longest = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    return re.sub(rf"(?<!\w)(?:{longest})(?!\w)", lambda found: names[found[0]], question) if names else question


def _is_name(name: str, times: int, text: str, plain: frozenset[str]) -> bool:
    """Whether what has a capital is never written without one; a single word has to be seen twice."""
    return name.lower() not in text if " " in name else times > 1 and name.lower() not in plain
