"""Headings as a reader names them: without the marks and numbers that place them in their document. Pure."""

from __future__ import annotations

import re

NUMBERED = r"(?:\d+(?:\.\d+)+\.?|[（(][一二三四五六七八九十\d]+[）)]|[一二三四五六七八九十]+、)"
"""The number of a heading, as a pattern: "5.3", "（二）", "三、"."""

_MARKS = re.compile(r"^\s*#+\s*|\*\*|__")
_CHAPTER = re.compile(
    r"^(?:第\s*[一二三四五六七八九十百\d]+\s*[章节部篇]分?|(?:chapter|part|section)\s+\d+)\s*[：:.、]?\s*(?=\S)",
    re.IGNORECASE,
)
_NUMBER = re.compile(rf"^(?:{NUMBERED}|\d+[.、)](?!\d))\s*(?=\S)")


def clean_heading(heading: str) -> str:
    """A heading as a label: "#### 5.3 **Funding**：" becomes "Funding"."""
    bare = _CHAPTER.sub("", _MARKS.sub("", heading).strip())
    bare = _NUMBER.sub("", bare)
    return re.sub(r"\s+", " ", bare).strip().rstrip("：:").strip()
