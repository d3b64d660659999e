"""How the company of a case study is called, and which versions of a study tell the same story. Pure."""

from __future__ import annotations

import re
import unicodedata

from rag.types import Document

_BRACKETS = re.compile(r"\s*[(（\[][^)）\]]*[)）\]]\s*")


def plain(text: str) -> str:
    """A text without what does not tell names apart: case, width, blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def without_brackets(name: str) -> str:
    """A name without what stands in brackets behind it; "" for one that stands in brackets as a whole."""
    return _BRACKETS.sub(" ", name).strip()


def standing_alone(word: str) -> re.Pattern[str]:
    """Finds a plain word, with its owner's "s", that is no part of another; Chinese is written without gaps."""
    before = r"(?<![0-9a-z])" if word[0].isascii() else ""
    after = r"(?:['’]s)?(?![0-9a-z])" if word[-1].isascii() else ""
    return re.compile(before + re.escape(word) + after)


def story_of(document: Document) -> str:
    """What all language versions of one study share."""
    return document.translation_of or document.id
