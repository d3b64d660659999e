"""Whether a file may be the next version of a document: by what both are called, and by their words. Pure."""

from __future__ import annotations

import re
from collections.abc import Set

_MARKS = re.compile(
    r"(?<![a-z])(?:v|ver|version|rev|revised|revision|final|draft|copy|new|old|updated?)(?![a-z])"
    r"|最终版|最新版|更新版|修订版|修订稿|定稿|终稿|初稿|草稿|副本|新版|旧版|第[一二三四五六七八九十百零\d]+版|[版年月日]"
    r"|[\W\d_]+"
)
"""What two versions of one name differ in: dates, numbers, and words that say which version it is."""

_ALIKE = 0.7
"""Share of the words of either from which two texts may be versions of one."""

_LEAST = 8
"""Words that a text needs for that to tell anything."""


def named_alike(one: str, other: str) -> bool:
    """Whether two names are the same but for what tells versions apart."""
    bare = _MARKS.sub("", one.casefold())
    return bool(bare) and bare == _MARKS.sub("", other.casefold())


def likeness(one: Set[str], other: Set[str]) -> float:
    """The share of words that two texts have in common, 0 where they are no versions of one."""
    if min(len(one), len(other)) < _LEAST:
        return 0.0
    share = len(one & other) / max(len(one), len(other))
    return share if share >= _ALIKE else 0.0
