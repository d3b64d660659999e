"""The numbers that a text states, however it writes them: digits, Chinese numerals, English words. Pure.

A claim's numbers are read strictly, those of a source leniently: a number that a source might mean counts as held, and
one that a claim might not mean is not asked for.
"""

from __future__ import annotations

import re
import unicodedata

from rag.numbers import numbers_in, rounded

_HAN_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_HAN_SCALES = {"十": 10, "百": 100, "千": 1000}
_HAN_GROUPS = {"万": 10**4, "亿": 10**8}
_HAN_RUN = re.compile(r"(?<![第星周])[零〇一二两三四五六七八九十百千万亿]+")
_MEASURE = re.compile(
    r"[ \t]*(?:多|余|几)?(?:家|个|种|年|月|天|倍|成|元|人|名|次|轮|条|项|类|份|位|季|层|周|小时|分钟|分之|美)"
)
_ENGLISH = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
        " seventeen eighteen nineteen".split()
    )
} | {
    word: value
    for value, word in zip(
        range(20, 100, 10), "twenty thirty forty fifty sixty seventy eighty ninety".split(), strict=True
    )
}
_ENGLISH_SCALES = {"hundred": 100.0, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_WORDS = re.compile(
    rf"\b(?:{'|'.join(_ENGLISH)})(?:[ -](?:and )?(?:{'|'.join([*_ENGLISH, *_ENGLISH_SCALES])}))*\b", re.IGNORECASE
)
_MONTHS = {
    month: float(number)
    for number, month in enumerate(
        "january february march april may june july august september october november december".split(), start=1
    )
}
_SHARES = (
    (re.compile(r"一半|半数|\bhalf\b|\bhalves\b", re.IGNORECASE), (50.0, 0.5)),
    (re.compile(r"翻了?一?[番倍]|\b(?:doubl|twice)", re.IGNORECASE), (2.0,)),
    (re.compile(r"\b(?:tripl|thrice|threefold)", re.IGNORECASE), (3.0,)),
    (re.compile(r"\btenfold\b", re.IGNORECASE), (10.0,)),
    (re.compile(r"\bdozen", re.IGNORECASE), (12.0,)),
    (re.compile(r"\bquarter|四分之一", re.IGNORECASE), (25.0, 0.25)),
)
_TENTHS = re.compile(r"([一二三四五六七八九])成")
_DECIMAL = re.compile(r"([零〇一二三四五六七八九十]+)点([零〇一二三四五六七八九]+)")


def stated_numbers(claim: str) -> frozenset[float]:
    """The numbers that a claim certainly states: digits, and numerals that count something. One is a mere article."""
    chinese = {
        _han_value(found[0])
        for found in _HAN_RUN.finditer(claim)
        if set(found[0]) - set("百千万亿") and (len(found[0]) > 1 or _MEASURE.match(claim, found.end()))
    }
    return numbers_in(claim) | {number for number in chinese | _english_values(claim) if number >= 2}


def held_numbers(source: str) -> frozenset[float]:
    """Every number that a source might mean, the months and shares that it spells out included."""
    plain = unicodedata.normalize("NFKC", source)
    held = numbers_in(source) | {_han_value(found[0]) for found in _HAN_RUN.finditer(plain)} | _english_values(plain)
    held |= {float(_HAN_DIGITS.get(sign, 10)) for sign in set(plain) & {*_HAN_DIGITS, "十"}}
    held |= {_MONTHS[word] for word in re.findall(r"[a-z]+", plain.lower()) if word in _MONTHS}
    held |= {10.0 * _HAN_DIGITS[sign] for sign in _TENTHS.findall(plain)}
    held |= {
        float(f"{_han_value(whole):.0f}." + "".join(str(_HAN_DIGITS[sign]) for sign in part))
        for whole, part in _DECIMAL.findall(plain)
    }
    for pattern, values in _SHARES:
        held |= frozenset(values) if pattern.search(plain) else frozenset()
    return frozenset(rounded(number) for number in held)


def _han_value(numeral: str) -> float:
    """The value of a Chinese numeral; digits in a row are read one by one, as years are written."""
    if len(numeral) > 1 and not set(numeral) - _HAN_DIGITS.keys():
        return float("".join(str(_HAN_DIGITS[sign]) for sign in numeral))
    total, section, digit = 0, 0, 0
    for sign in numeral:
        if sign in _HAN_DIGITS:
            digit = _HAN_DIGITS[sign]
        elif sign in _HAN_SCALES:
            section += (digit or 1) * _HAN_SCALES[sign]
            digit = 0
        else:
            total = (total + section + digit or 1) * _HAN_GROUPS[sign]
            section = digit = 0
    return float(total + section + digit)


def _english_values(text: str) -> set[float]:
    return {_english_value(found[0]) for found in _WORDS.finditer(text)}


def _english_value(words: str) -> float:
    total, section = 0.0, 0.0
    for word in re.split(r"[ -]", words.lower()):
        if word == "hundred":
            section = (section or 1) * 100
        elif word in _ENGLISH_SCALES:
            total, section = total + (section or 1) * _ENGLISH_SCALES[word], 0.0
        else:
            section += _ENGLISH.get(word, 0)
    return total + section
