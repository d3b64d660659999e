"""Takes personal data and secrets out of a text and leaves words in their place, so that it can still be understood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.redaction import mails, numbers, phones, tokens
from bot.redaction.folding import fold
from bot.redaction.kinds import Finder, Kind, Span, placeholder
from rag.language import detect_language
from rag.types import Language

_FINDERS: tuple[tuple[Kind, Finder, int], ...] = (
    (Kind.SECRET, tokens.find_private_keys, 0),
    (Kind.LOGIN, mails.find_logins, 0),
    (Kind.SECRET, tokens.find_tokens, 0),
    (Kind.SECRET, tokens.find_assigned, 0),
    (Kind.MAIL, mails.find_mails, 0),
    (Kind.RESIDENT_ID, numbers.find_resident_ids, 15),
    (Kind.BANK_ACCOUNT, numbers.find_ibans, 8),
    (Kind.PASSPORT, numbers.find_passports, 2),
    (Kind.PHONE, phones.find_international_phones, 7),
    (Kind.BANK_CARD, numbers.find_bank_cards, 13),
    (Kind.PHONE, phones.find_chinese_mobiles, 11),
    (Kind.PHONE, phones.find_local_phones, 8),
    (Kind.PHONE, phones.find_named_phones, 7),
)
"""From the surest form to the vaguest: what one finder took, those behind it do not see. The number is that of the
digits which the shortest thing of its kind has: most questions hold fewer, and are not searched for it."""

_HIDDEN = "\ufffc"
_JUDGED = 10_000
"""Characters from which the language of a text is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redacted:
    """A text without personal data and secrets; `found` says how many of each kind it held."""

    text: str
    found: Mapping[Kind, int]


class Redactor:
    """Takes out mail addresses, phones, numbers of ids, passports, bank cards and IBANs, keys, tokens and logins.

    Its time grows with the length of the text, whatever the text holds.
    """

    def redact(self, text: str, *, language: Language | None = None) -> Redacted:
        """The text with a placeholder for each thing that was taken out, and the rest as it was.

        Args:
            text: what somebody wrote.
            language: the language of the placeholders; told from the text when None.
        """
        folded = fold(text)
        seen, found = folded.text, list[tuple[Span, Kind]]()
        digits = sum(map(str.isdigit, seen))
        for kind, find, fewest in _FINDERS:
            if digits < fewest:
                continue
            spans = _apart(find(seen))
            if spans:
                found += [(span, kind) for span in spans]
                seen = _hide(seen, spans)
        if not found:
            return Redacted(text=text, found=MappingProxyType({}))
        spoken = language or detect_language(seen[:_JUDGED])
        marks = sorted((folded.origin(span), placeholder(kind, spoken)) for span, kind in found)
        counts = Counter(kind for _, kind in found)
        return Redacted(text=_replaced(text, marks), found=MappingProxyType(dict(counts)))


def _apart(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, those that overlap made one."""
    apart: list[Span] = []
    for start, end in sorted(spans):
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


def _hide(text: str, spans: Iterable[Span]) -> str:
    return _replaced(text, ((span, _HIDDEN * (span[1] - span[0])) for span in spans))


def _replaced(text: str, marks: Iterable[tuple[Span, str]]) -> str:
    pieces, reached = [], 0
    for (start, end), mark in marks:
        pieces += [text[reached:start], mark]
        reached = end
    return "".join((*pieces, text[reached:]))
