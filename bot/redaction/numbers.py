"""Finds numbers that a state or a bank gave to a person: resident ids, bank cards, passports."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from bot.redaction.kinds import Span
from bot.redaction.labels import Label, is_amount, label_before

_RESIDENT = re.compile(
    r"(?<![0-9A-Za-z_])(?<!\d\.)[1-9](?:[ -]?\d){5}[ -]?(?:18|19|20)(?:[ -]?\d){9}[ -]?[\dXx](?![0-9A-Za-z_])"
)
_OLD_RESIDENT = re.compile(r"(?<![0-9A-Za-z_])[1-9]\d{14}(?![0-9A-Za-z_])")
_GROUPED_CARD = r"""
    \d{13,19}
    |\d{4}[ -]?\d{6}[ -]?\d{4,5}
    |\d{6}[ -]\d{10,13}
    |\d{8}[ -]\d{8}(?:[ -]?\d{3})?
    |\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{1,7}(?:[ -]\d{1,3})?
"""
_CARD = re.compile(
    rf"""(?<![0-9A-Za-z_])(?<![0-9]\.)(?<!<[@#])(?<!<@[&!])(?=(
    (?:{_GROUPED_CARD})(?![0-9A-Za-z_])(?!\.\d)
    |(?<!\d[ -])\d(?:[ -]\d){{12,18}}+(?![ -]?\d)
    ))""",
    re.VERBOSE,
)
_BRANDS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|3(?:0[0-59]|[689]\d)\d{11}|35\d{14}|62\d{14,17}|6(?:011|4[4-9]\d|5\d\d)\d{12}|(?:5[06-8]|6[037])\d{14,17}"
    r"|9558\d{15}|220[0-4]\d{12}"
)
"""Lengths and first digits of Visa, Mastercard, American Express, Diners, JCB, UnionPay, Discover, Maestro, Mir."""

_IBAN = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{2}\d{2}(?:[ -]?[0-9A-Za-z]){11,30}(?![0-9A-Za-z])")
_PASSPORT = re.compile(
    r"""(?<![0-9A-Za-z_])(?:
    [A-Za-z][ -]?\d{4}[ ]?\d{4}   # China, Korea, the United States
    |[A-Za-z]{1,2}[ -]?\d{6,7}    # China since 2012, Japan, Canada, India, Australia
    |[A-Za-z]\d{3}[A-Za-z]\d{4}   # Korea since 2021
    |\d{2}[A-Za-z]{2}\d{5}        # France
    |[CFGHJK](?=[0-9A-Z]*\d{2})[0-9CFGHJKLMNPRTVWXYZ]{7}\d  # Germany
    |\d{9}                        # the United Kingdom, the United States
    )(?![0-9A-Za-z_])""",
    re.VERBOSE,
)
_PASSPORT_WORD = re.compile(r"passports?(?![A-Za-z])|护照|護照|通行证|travel document", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[。!?\n]|(?<!\b[Nn][or])\.\s")
_BEFORE, _AFTER = 48, 24


def find_resident_ids(text: str) -> Iterator[Span]:
    """Chinese resident ids with a birth date and a right checksum; the old ones of 15 digits, called so."""
    for match in _RESIDENT.finditer(text):
        if _is_resident_id(_digits(match[0]).upper()):
            yield match.span()
    for match in _OLD_RESIDENT.finditer(text):
        if label_before(text, match.start()) is Label.RESIDENT_ID and _is_date(f"19{match[0][6:12]}"):
            yield match.span()


def find_bank_cards(text: str) -> Iterator[Span]:
    """Numbers of 13 to 19 digits that pass Luhn's check and begin as cards do, or are called a card."""
    reached = 0
    for match in _CARD.finditer(text):
        start = match.start()
        if start < reached:
            continue
        end = _card_end(text, start, match[1])
        if end:
            reached = end
            yield start, end


def find_ibans(text: str) -> Iterator[Span]:
    """International numbers of bank accounts with the length of their country and a right checksum."""
    from stdnum import iban

    for match in _IBAN.finditer(text):
        # Words behind it look like further groups of it.
        for length in _group_ends(match[0]):
            if iban.is_valid(_digits(match[0][:length]), check_country=False):
                yield match.start(), match.start() + length
                break


def find_passports(text: str) -> Iterator[Span]:
    """Passport numbers of common forms in a sentence that speaks of a passport."""
    if not _PASSPORT_WORD.search(text):
        return
    for match in _PASSPORT.finditer(text):
        counted = label_before(text, match.start()) is Label.OTHER or is_amount(text, *match.span())
        if not counted and _speaks_of_passport(text, *match.span()):
            yield match.span()


def _is_resident_id(number: str) -> bool:
    from stdnum.cn import ric

    # The library's full check wants a district that existed at birth, which the numbers of some people fail.
    return _is_date(number[6:14]) and ric.calc_check_digit(number) == number[-1]


def _card_end(text: str, start: int, found: str) -> int:
    """The end of the longest card at `start` that ends where a group of digits does; 0 for none."""
    from stdnum import luhn

    for length in _group_ends(found):
        number = _digits(found[:length])
        if len(number) < 13:
            break
        if luhn.is_valid(number) and len(set(number)) > 1:
            label = label_before(text, start)
            named = label is Label.CARD or (label is not Label.OTHER and bool(_BRANDS.fullmatch(number)))
            if named and not is_amount(text, start, start + length):
                return start + length
    return 0


def _group_ends(found: str) -> list[int]:
    return [len(found), *(match.start() for match in reversed(list(re.finditer(r"[ -]", found))))]


def _speaks_of_passport(text: str, start: int, end: int) -> bool:
    before = _SENTENCE_END.split(text[max(0, start - _BEFORE) : start])[-1]
    after = _SENTENCE_END.split(text[end : end + _AFTER])[0]
    return bool(_PASSPORT_WORD.search(before) or _PASSPORT_WORD.search(after))


def _is_date(digits: str) -> bool:
    try:
        dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return True


def _digits(number: str) -> str:
    return number.replace(" ", "").replace("-", "")
