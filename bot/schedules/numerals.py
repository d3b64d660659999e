"""Small numbers as people write them: in digits, in Chinese and in English words. Pure."""

from __future__ import annotations

CHINESE = r"\d{1,2}|[零〇一二两三四五六七八九十]{1,3}"
_ENGLISH = "one two three four five six seven eight nine ten eleven twelve".split()
ENGLISH = "|".join((r"\d{1,2}", *sorted(_ENGLISH, key=len, reverse=True)))

_SIGNS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}


def number_of(text: str) -> int:
    """A number below 100 that one of the patterns has found."""
    if text.isdecimal():
        return int(text)
    if text in _ENGLISH:
        return _ENGLISH.index(text) + 1
    tens, ten, ones = text.partition("十")
    if not ten:
        return int("".join(str(_SIGNS[sign]) for sign in text))
    return 10 * (_SIGNS[tens] if tens else 1) + (_SIGNS[ones] if ones else 0)
