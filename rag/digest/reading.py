"""What a document tells, read by its own headings: what happens, what is newest, what follows for a founder. Pure."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.digest.values import Story
from rag.extract.blocks import ListBlock, Paragraph, blocks_of, is_dangling, is_filler, without_connective
from rag.sentences import sentence_spans
from rag.types import Chunk, Language

_HAPPENS = re.compile(
    r"正在发生|发生了什么|what is happening|what happened|summary|overview|摘要|概要|概述|要点|key point", re.I
)
_MEANS = re.compile(
    r"意味着什么|对创业者|启示|教训|怎么做|why it matters|what it means|for (?:a )?founders?|lessons?\b|what to do",
    re.I,
)
_DATES = re.compile(r"日期与事实|dates and facts|timeline|时间线|大事记", re.I)
_ASIDE = re.compile(r"什么会证明|would prove|来源|参考|sources?$|references?$|further reading|延伸阅读", re.I)
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_ENGLISH_DATE = re.compile(
    r"\W{0,3}(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?\s+)?(?:(?P<name>[A-Z][a-z]{2,8})\.?\s+)?"
    r"(?:(?P<after>\d{1,2}),\s*)?(?P<year>(?:19|20)\d{2})\b"
)
_CHINESE_DATE = re.compile(
    r"\W{0,3}(?P<year>(?:19|20)\d{2})\s*(?:年|-)\s*(?:(?P<month>\d{1,2})\s*(?:月|-|$)\s*)?(?:(?P<day>\d{1,2})\s*日?)?"
)
_PREFIX = re.compile(r"^(?:trends?|趋势|case(?: study)?|案例(?:研究)?|news|快讯)\s*[:：]\s*", re.I)
_EMPHASIS = re.compile(r"\*\*|__|(?<!\w)\*|\*(?!\w)")
_LONGEST = {Language.ZH: 150, Language.JA: 150, Language.KO: 200}
_LONGEST_OF_OTHERS = 340
_TOLD, _COMPARED = 3, 2
_HEADLINE = {Language.ZH: 42, Language.JA: 42, Language.KO: 50}
_HEADLINE_OF_OTHERS = 100
_FRESH = dt.timedelta(days=45)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Words of a document; `chunk` is the place of the chunk among its story's, or None for its front matter."""

    text: str
    chunk: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A fact of a day; of a month or a year alone, its last day."""

    day: dt.date
    quote: Quote


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a document tells. `means` are all the things that follow, of which one is chosen for the reader.

    `topical` says that its title names what it is about, and not what happened.
    """

    headline: str
    topical: bool
    happens: tuple[Quote, ...]
    dated: tuple[Dated, ...]
    means: tuple[Quote, ...]

    @property
    def gist(self) -> str:
        """A line by which it is compared with others."""
        return " ".join([self.headline, *(quote.text for quote in self.happens[:_COMPARED])])

    def timely(self, today: dt.date) -> Dated | None:
        """The next thing that is to come, else the last that has happened."""
        coming = [each for each in self.dated if each.day > today]
        if coming:
            return min(coming, key=lambda each: each.day)
        return max(self.dated, key=lambda each: each.day, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Headed:
    """A reading with a headline that says what is new, what is told beneath it, and its fact of a day."""

    headline: str
    beneath: tuple[Quote, ...]
    dated: Dated | None


def headed(reading: Reading, *, today: dt.date, language: Language) -> Headed:
    """The headline of a reading: a fact of these days, else its first sentence that is short enough, else its title.

    What has become the headline is not told once more beneath it.
    """
    timely = reading.timely(today)
    plain = Headed(headline=reading.headline, beneath=reading.happens[:_COMPARED], dated=timely)
    if not reading.topical:
        return plain
    if timely and dt.timedelta() <= today - timely.day <= _FRESH and _is_short(timely.quote.text, language):
        return Headed(headline=_as_headline(timely.quote.text), beneath=plain.beneath, dated=None)
    for place, quote in enumerate(reading.happens):
        others = reading.happens[:place] + reading.happens[place + 1 :]
        alone = not is_dangling(quote.text) and not any(is_dangling(each.text) for each in others[place : place + 1])
        if others and alone and _is_short(quote.text, language):
            # A later sentence counts on what the text is about.
            line = (
                _as_headline(quote.text) if not place else _joined(reading.headline, _as_headline(quote.text), language)
            )
            return Headed(headline=line, beneath=others[:_COMPARED], dated=timely)
    return plain


def _joined(topic: str, line: str, language: Language) -> str:
    return f"{topic}：{line}" if language in {Language.ZH, Language.JA} else f"{topic}: {line}"


def _is_short(text: str, language: Language) -> bool:
    return len(text) <= _HEADLINE.get(language, _HEADLINE_OF_OTHERS)


def _as_headline(text: str) -> str:
    line = text.rstrip("。.")
    return line[:1].upper() + line[1:]


def read(story: Story) -> Reading:
    """What a story tells."""
    case = _of_case(story)
    return Reading(
        headline=headline_of(story),
        topical=bool(case) or any(_below(story, _HAPPENS)),
        happens=case or _happens(story),
        dated=_dated(story),
        means=_lessons(story) or tuple(_below(story, _MEANS)),
    )


def headline_of(story: Story) -> str:
    """The title without the name of its kind, beginning as a headline does."""
    title = _PREFIX.sub("", " ".join(story.document.title.split()))
    return title[:1].upper() + title[1:] if title else story.document.title


def _happens(story: Story) -> tuple[Quote, ...]:
    told = list(_below(story, _HAPPENS))
    if not told:
        told = [quote for at, chunk in enumerate(story.chunks) if _is_plain(chunk) for quote in _quotes(chunk, at)]
    told = [quote for quote in told if not is_filler(quote.text)]
    # What leans on a sentence before it may follow that one, and begin nothing.
    first = next((place for place, quote in enumerate(told) if not is_dangling(quote.text)), 0)
    return tuple(told[first : first + _TOLD])


def _dated(story: Story) -> tuple[Dated, ...]:
    quotes = [(quote, _day_of(quote.text)) for quote in _below(story, _DATES)]
    return tuple(Dated(day=day, quote=quote) for quote, day in quotes if day)


def _day_of(text: str) -> dt.date | None:
    """The date that a fact begins with."""
    if found := _CHINESE_DATE.match(text):
        month, day = found["month"], found["day"]
    elif (found := _ENGLISH_DATE.match(text)) and (not found["name"] or found["name"][:3] in _MONTHS):
        month = str(_MONTHS.index(found["name"][:3]) + 1) if found["name"] else None
        day = found["day"] or found["after"]
    else:
        return None
    year = int(found["year"])
    try:
        last = calendar.monthrange(year, int(month or 12))[1]
        return dt.date(year, int(month or 12), int(day or last))
    except ValueError:
        return None


def _of_case(story: Story) -> tuple[Quote, ...]:
    case = story.document.case
    said = (case.did, case.decided) if case else ()
    return tuple(Quote(text=text, chunk=None) for text in said if text)


def _lessons(story: Story) -> tuple[Quote, ...]:
    case = story.document.case
    return tuple(Quote(text=lesson, chunk=None) for lesson in (case.lessons if case else ()))


def _below(story: Story, heading: re.Pattern[str]) -> Iterator[Quote]:
    for at, chunk in enumerate(story.chunks):
        if chunk.section and heading.search(chunk.section[-1]):
            yield from _quotes(chunk, at)


def _is_plain(chunk: Chunk) -> bool:
    return not (chunk.section and (_ASIDE.search(chunk.section[-1]) or _DATES.search(chunk.section[-1])))


def _quotes(chunk: Chunk, at: int) -> Iterator[Quote]:
    for block in blocks_of(chunk.text):
        match block:
            case Paragraph():
                pieces = [chunk.text[span.start : span.end] for span in block.sentences]
            case ListBlock():
                pieces = [_item(chunk.text[item.body : item.span.end]) for item in block.items]
            case _:
                continue
        yield from (Quote(text=text, chunk=at) for piece in pieces if (text := _plain(piece)))


def _item(text: str) -> str:
    """What an item says first: its opening sentences as far as they are short."""
    first, *others = text.split("\n", maxsplit=1)
    spans = sentence_spans(first)
    return first[: spans[1].end] if len(spans) > 1 and not others else first


def _plain(text: str) -> str:
    return " ".join(without_connective(_EMPHASIS.sub("", text)).split())


def clipped(text: str, language: Language) -> str:
    """A sentence that fits a digest: a long one ends at a comma, with a sign that it goes on."""
    most = _LONGEST.get(language, _LONGEST_OF_OTHERS)
    if len(text) <= most:
        return text
    cut = text[:most]
    at = max(cut.rfind(sign) for sign in ("，", "；", ", ", "; ", "。", ". "))
    return (
        cut[: at if at > most // 2 else cut.rfind(" ") if " " in cut[most // 2 :] else most].rstrip("，；,;。. ") + " …"
    )
