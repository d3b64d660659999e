"""A digest as a message: Markdown that a founder reads in a minute and forwards. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bot.replies import Reply
from bot.schedules.telling import Tell, Telling
from rag.digest.values import Digest, Theme


class _Say(Protocol):
    def __call__(self, text: Tell, **values: object) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands around a digest.

    Attributes:
        who: whom it is ordered for, in words; "" for nobody in particular.
        labels: the audiences beside the public whose documents it drew from.
        since: when the channel was last told something.
        skipped: how many issues were skipped before.
        topics: what the digest keeps to.
    """

    today: date
    who: str = ""
    labels: tuple[str, ...] = ()
    since: date | None = None
    skipped: int = 0
    topics: tuple[str, ...] = ()


def render(digest: Digest, frame: Frame, telling: Telling) -> Reply:
    """The digest as one reply, however long."""

    def say(text: Tell, **values: object) -> str:
        return telling.say(text, digest.language, **values)

    if digest.empty:
        return Reply(text=_nothing(digest, frame, telling), notes=_skipped(frame, say), language=digest.language)
    title = Tell.TITLE_OPENING if digest.opening and digest.themes else Tell.TITLE
    blocks = [say(title, date=telling.day(frame.today, digest.language))]
    if frame.who:
        blocks.append(say(Tell.FOR_READER, who=frame.who))
    blocks += [_theme(number, theme, digest, telling) for number, theme in enumerate(digest.themes, start=1)]
    blocks += _questions(digest, say)
    if digest.more:
        blocks.append(say(Tell.MORE_OPENING if digest.opening else Tell.MORE, count=digest.more))
    return Reply(
        text="\n\n".join(blocks),
        citations=digest.citations,
        notes=tuple(_notes(digest, frame, say)),
        language=digest.language,
    )


def _theme(number: int, theme: Theme, digest: Digest, telling: Telling) -> str:
    def say(text: Tell, **values: object) -> str:
        return telling.say(text, digest.language, **values)

    heading = say(Tell.THEME, number=number, headline=theme.headline)
    if theme.changed:
        heading += f" ({say(Tell.CHANGED)})"
    lines = [heading, theme.text]
    if theme.fact:
        lines.append(say(Tell.AHEAD if theme.ahead else Tell.LATEST, fact=theme.fact))
    if theme.why:
        lines.append(say(Tell.WHY, why=theme.why))
    if theme.also:
        titles = (f"{each.title} [{each.number}]" for each in theme.also)
        lines.append(say(Tell.ALSO, titles=say(Tell.LIST_SEPARATOR).join(titles)))
    if theme.link:
        lines.append(say(Tell.LINK, link=theme.link))
    return "\n".join(lines)


def _questions(digest: Digest, say: _Say) -> Iterable[str]:
    if digest.asked:
        lines = [say(Tell.ASKED, question=each.text, count=each.count) for each in digest.asked]
        yield "\n".join([say(Tell.ASKED_TITLE), "", *lines])
    if digest.unanswered:
        lines = [say(Tell.UNANSWERED, question=each.text) for each in digest.unanswered]
        yield "\n".join([say(Tell.UNANSWERED_TITLE), "", *lines])


def _notes(digest: Digest, frame: Frame, say: _Say) -> Iterable[str]:
    if digest.themes:
        yield say(Tell.WRITTEN if digest.written else Tell.QUOTED)
    if digest.opening and digest.themes:
        yield say(Tell.OPENING_NOTE)
    if frame.labels:
        yield say(Tell.AUDIENCE, labels=say(Tell.LIST_SEPARATOR).join(frame.labels))
    yield from _skipped(frame, say)


def _skipped(frame: Frame, say: _Say) -> tuple[str, ...]:
    if not frame.skipped:
        return ()
    text = say(Tell.SKIPPED_ONE) if frame.skipped == 1 else say(Tell.SKIPPED_MANY, count=frame.skipped)
    return (text,)


def _nothing(digest: Digest, frame: Frame, telling: Telling) -> str:
    if frame.since is None and frame.topics:
        topics = telling.say(Tell.LIST_SEPARATOR, digest.language).join(frame.topics)
        return telling.say(Tell.NOTHING_ON, digest.language, topics=topics)
    if frame.since is None:
        return telling.say(Tell.NOTHING_YET, digest.language)
    return telling.say(Tell.NOTHING, digest.language, date=telling.day(frame.since, digest.language))
