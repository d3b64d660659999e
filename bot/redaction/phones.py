"""Finds phone numbers: with a country code, mobiles and landlines of China, and others as people write them.

Which numbers exist is told by libphonenumber's tables. Numbers that a company pays for (400, 800) belong to no person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.redaction.kinds import Span
from bot.redaction.labels import Label, is_amount, label_before

_FREE = (
    r"(?:(?<![0-9A-Za-z_+])|(?<=[Tt][Ee][Ll])|(?<=[Pp]hone))"
    r"(?<![0-9][.:-])(?<!(?<![0-9]{6})[0-9][,/])(?<!<[@#])(?<!<@[&!])"
)
"""In front of a number: nothing that would make it a part of something else. Another phone may stand before a comma."""

_ALONE = r"(?![0-9A-Za-z_])(?!\.\d)(?!-\d)"
_INTERNATIONAL = re.compile(rf"{_FREE}(?:\(?\+|(?<!\d[ -])00)[ ]?\d(?:[ ().-]{{0,3}}\d){{6,14}}(?!\d)(?!,\d{{3}})")
_CHINESE_MOBILE = re.compile(rf"{_FREE}(?:\(?86\)?[ -]?)?(?P<number>1[3-9](?:[ .-]?\d){{9}}){_ALONE}")
_LANDLINE = re.compile(
    rf"{_FREE}(?P<number>(?:\(0\d{{1,4}}\)[ -]?|0\d{{2,4}}[ -])\d{{3,4}}[ -]?\d{{3,4}})"
    r"(?:(?:-| ?转 ?| ?分机 ?| ?ext\.? ?| ?x)\d{1,5})?(?![0-9A-Za-z_])(?!-\d)"
)
_AMERICAN = re.compile(rf"{_FREE}(?:1[ .-])?(?:\([2-9]\d\d\)[ .-]?|[2-9]\d\d[.-])\d{{3}}[ .-]\d{{4}}{_ALONE}")
_CALLED_SO = re.compile(rf"{_FREE}\(?\d(?:[ ().-]{{0,2}}\d){{6,14}}(?![0-9A-Za-z_])(?!\.\d)")
_MOBILE_GROUPS = {(11,), (3, 4, 4), (3, 3, 5), (3, 8), (7, 4), (4, 3, 4), (1,) * 11}
_LANDLINE_REGIONS = ("CN", "GB", "JP", "TW", "AU", "KR")
_NO_PHONE = re.compile(
    r"[\d ]+0{5}|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:19|20)\d\d[ .-]\d\d?[ .-]\d\d?\b.*"
)
"""A round number, or a day."""

_TRIES = 3
"""How many groups of digits behind a number may be taken for a part of it."""


def find_international_phones(text: str) -> Iterator[Span]:
    """Numbers with a country code behind `+` or `00`."""
    for match in _INTERNATIONAL.finditer(text):
        start, found = match.start(), match[0]
        label = label_before(text, start)
        if label is not Label.PHONE and is_amount(text, start, match.end()):
            continue
        for length in _group_ends(found)[:_TRIES]:
            if label is not Label.OTHER and _is_international(found[:length], named=label is Label.PHONE):
                yield start, start + length
                break


def find_chinese_mobiles(text: str) -> Iterator[Span]:
    """Chinese mobiles of eleven digits, in the groups that people write."""
    for match in _CHINESE_MOBILE.finditer(text):
        number = match["number"]
        label = label_before(text, match.start())
        grouped = tuple(map(len, re.split(r"[ .-]", number))) in _MOBILE_GROUPS
        plausible = label is Label.PHONE or (label is None and grouped and not is_amount(text, *match.span()))
        if plausible and _exists(number, "CN"):
            yield match.span()


def find_local_phones(text: str) -> Iterator[Span]:
    """Landlines with an area code, and American numbers with their brackets, dashes or dots."""
    for match in _LANDLINE.finditer(text):
        exists = any(_exists(match["number"], region) for region in _LANDLINE_REGIONS)
        if exists and label_before(text, match.start()) is not Label.OTHER:
            yield match.span()
    for match in _AMERICAN.finditer(text):
        if label_before(text, match.start()) is not Label.OTHER and not _is_toll_free(match[0]):
            yield match.span()


def find_named_phones(text: str) -> Iterator[Span]:
    """Whatever has the length of a number and is called a phone."""
    for match in _CALLED_SO.finditer(text):
        start, end = match.span()
        named = label_before(text, start) is Label.PHONE
        if named and not is_amount(text, start, end) and not _NO_PHONE.fullmatch(match[0]) and not _is_free(match[0]):
            yield start, end


def _group_ends(found: str) -> list[int]:
    return [len(found), *(gap.start() for gap in reversed(list(re.finditer(r"(?<=\d)[ ().-]+(?=\d)", found))))]


def _is_international(number: str, *, named: bool) -> bool:
    import phonenumbers as library

    try:
        parsed = library.parse(re.sub(r"^(?:\(?\+|00)", "+", number), None)
    except library.NumberParseException:
        return False
    if library.is_valid_number(parsed):
        return _is_personal(library.number_type(parsed))
    written_so = named or len(re.findall(r"\d+", number)) > 2
    return written_so and library.is_possible_number_with_reason(parsed) == library.ValidationResult.IS_POSSIBLE


def _exists(number: str, region: str) -> bool:
    import phonenumbers as library

    try:
        parsed = library.parse(number, region)
    except library.NumberParseException:
        return False
    return library.is_valid_number(parsed) and _is_personal(library.number_type(parsed))


def _is_personal(kind: int) -> bool:
    from phonenumbers import PhoneNumberType as Type

    return kind not in {Type.TOLL_FREE, Type.SHARED_COST, Type.PREMIUM_RATE}


def _is_free(number: str) -> bool:
    """Whether a number that is called a phone is one that a company pays for; a shorter one may be a home's."""
    return len(re.sub(r"\D", "", number)) in {10, 11} and _is_toll_free(number)


def _is_toll_free(number: str) -> bool:
    """Whether a number of American form is paid for by a company: in America (8xx), or in China (400)."""
    return bool(re.match(r"(?:1[ .-])?\(?(?:8(?:00|33|44|55|66|77|88)|400)", number))
