"""Inputs in words: what each is, when it is read, what came of it, and what would be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.input_records import FILES, GONE, InputKind, InputOrigin, InputRecord, InputResult, InputState
from bot.inputs.values import InputRow, InputRules, Look, Refusal
from bot.saying_inputs import InputSay
from bot.wording import Say, Sayable, Wording
from rag.ingest.fetching import Reason
from rag.ingest.formats import READERS
from rag.types import PUBLIC, Language

_REASONS = {
    GONE: InputSay.GONE,
    Reason.SLOW: InputSay.SLOW,
    Reason.UNREACHABLE: InputSay.UNREACHABLE,
    Reason.REDIRECTS: InputSay.REDIRECTS,
    Reason.ADDRESS: InputSay.ADDRESS,
    Reason.PRIVATE: InputSay.PRIVATE,
    Reason.STATUS: InputSay.STATUS,
    Reason.NOTHING: InputSay.NOTHING,
    Reason.LARGE: InputSay.LARGE,
    Reason.ROBOTS: InputSay.ROBOTS,
    Reason.ROBOTS_AWAY: InputSay.ROBOTS_AWAY,
    Reason.FORMAT: InputSay.FORMAT,
    Reason.NO_TEXT: InputSay.NO_TEXT,
    Reason.NO_FEED: InputSay.NO_FEED,
    Refusal.MISSING: InputSay.MISSING,
    Refusal.UNREADABLE: InputSay.UNREADABLE,
    Refusal.FORMAT: InputSay.FILE_FORMAT,
    Refusal.HOME: InputSay.HOME,
    Refusal.WHOLE: InputSay.WHOLE,
    Refusal.COVERED: InputSay.COVERED,
    Refusal.COVERS: InputSay.COVERS,
    Refusal.KNOWN: InputSay.KNOWN,
    Refusal.NO_ADDRESS: InputSay.NO_ADDRESS,
    Refusal.FROM_SETTINGS: InputSay.FIXED,
}
_FORMATS = 4
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class InputTelling:
    """Says everything of inputs in one language."""

    wording: Wording
    language: Language
    rules: InputRules

    def row(self, row: InputRow) -> str:
        """One line of the list."""
        record = row.record
        parts = [
            self._say(InputSay.DOCUMENTS, count=row.documents),
            *self._filed(record),
            *([self._say(InputSay.FROM_SETTINGS)] if record.origin is InputOrigin.SETTINGS else []),
            self._say(InputSay.PAUSED) if record.state is InputState.PAUSED else self.rhythm(record),
            *self._came(record.result),
        ]
        return self._say(
            InputSay.LINE,
            number=record.number,
            kind=self._kind(record),
            target=inert(record.target),
            parts=" · ".join(parts),
        )

    def hidden(self, record: InputRecord) -> str:
        """The line of an input that is not for everybody who reads along."""
        return self._say(InputSay.HIDDEN, number=record.number, kind=self._kind(record))

    def problem(self, reason: str, value: str = "", *, count: int = 0) -> str:
        """Why an input could not be read or added, as a sentence."""
        if reason == FILES:
            return self._say(InputSay.BAD_FILES, count=count, name=inert(value))
        formats = self._say(Say.LIST_SEPARATOR).join(READERS)
        return self._say(_REASONS.get(reason, InputSay.UNREACHABLE), value=inert(value), formats=formats)

    def refusal(self, reason: str, value: str) -> str:
        """Why an input is not added, or not changed, as a sentence of its own."""
        said = self.problem(reason, value)
        return self._say(InputSay.CANNOT, problem=said) if reason in set(Reason) else said

    def rhythm(self, record: InputRecord) -> str:
        """How often an input is read again."""
        watched = not record.kind.on_web and self.rules.settings.watch
        return self._say(InputSay.WATCHED if watched else InputSay.EVERY, time=self.time(record.every)).strip()

    def time(self, every: timedelta) -> str:
        """A span of time in its largest whole unit."""
        if every >= 2 * _DAY and every % _DAY == timedelta():
            return self._say(InputSay.DAYS, count=every // _DAY)
        if every >= _HOUR and every % _HOUR == timedelta():
            return self._say(InputSay.HOURS, count=every // _HOUR)
        return self._say(InputSay.MINUTES, count=round(every.total_seconds() / 60))

    def look(self, look: Look) -> str:
        """What would be read, and how it would be filed."""
        record, lines = look.record, [self._seen(look)]
        if look.bad:
            lines.append(self._say(InputSay.LOOK_BAD, count=look.bad))
        separator = self._say(Say.LIST_SEPARATOR)
        labels = separator.join(sorted(record.filing.audience)) if record.filing.audience else ""
        readers = self.wording.word("readers", PUBLIC, self.language) if labels in {"", PUBLIC} else labels
        lines.append("")
        lines.append("- " + self._say(InputSay.LOOK_READERS, readers=readers))
        if record.filing.kind is not None:
            lines.append(
                "- " + self._say(InputSay.LOOK_KIND, kind=self.wording.kind(record.filing.kind, self.language))
            )
        if record.filing.language is not None:
            lines.append("- " + self._say(InputSay.LOOK_LANGUAGE, language=self._language(record.filing.language)))
        if record.filing.topics:
            lines.append("- " + self._say(InputSay.LOOK_TOPICS, topics=separator.join(record.filing.topics)))
        lines.append("- " + self._say(InputSay.LOOK_RHYTHM, rhythm=self.rhythm(record)))
        if not record.kind.on_web:
            lines += ["", self._say(InputSay.LOOK_OWN)]
        return "\n".join(lines)

    def _seen(self, look: Look) -> str:
        target, size = inert(look.record.target), _size(look.size)
        match look.record.kind:
            case InputKind.PAGE:
                shown = look.suffix.removeprefix(".").upper()
                return self._say(InputSay.LOOK_PAGE, title=inert(look.title), target=target, format=shown, size=size)
            case InputKind.FEED:
                return self._say(InputSay.LOOK_FEED, title=inert(look.title), target=target, count=look.items)
            case InputKind.FILE:
                return self._say(InputSay.LOOK_FILE, target=target, size=size)
        if not look.files:
            return self._say(InputSay.LOOK_EMPTY, target=target)
        kinds = [f"{count} {suffix.removeprefix('.')}" for suffix, count in [*look.files.items()][:_FORMATS]]
        formats = self._say(Say.LIST_SEPARATOR).join([*kinds, *(["…"] if len(look.files) > _FORMATS else [])])
        files = sum(look.files.values())
        return self._say(InputSay.LOOK_FOLDER, target=target, files=files, size=size, formats=formats)

    def _filed(self, record: InputRecord) -> Sequence[str]:
        parts = [self.wording.kind(record.filing.kind, self.language)] if record.filing.kind else []
        if record.filing.language is not None:
            parts.append(self._language(record.filing.language))
        if record.filing.audience and record.filing.audience != {PUBLIC}:
            labels = self._say(Say.LIST_SEPARATOR).join(sorted(record.filing.audience))
            parts.append(self._say(InputSay.READERS, labels=labels))
        return parts

    def _came(self, result: InputResult | None) -> Sequence[str]:
        if result is None:
            return [self._say(InputSay.NEVER)]
        parts = [self._say(InputSay.READ, at=_minute(result.at))]
        told = (
            (InputSay.ADDED, result.added),
            (InputSay.UPDATED, result.updated),
            (InputSay.REMOVED, result.removed),
        )
        changes = self._say(Say.LIST_SEPARATOR).join(self._say(say, count=count) for say, count in told if count)
        if result.changed_at is not None and changes:
            parts.append(self._say(InputSay.CHANGED, at=_minute(result.changed_at), changes=changes))
        if result.reason:
            told_of = self.problem(result.reason, result.value, count=result.failed)
            parts.append(self._say(InputSay.PROBLEM, problem=told_of))
        return parts

    def _kind(self, record: InputRecord) -> str:
        return self.wording.word("input", record.kind.value, self.language)

    def _language(self, language: Language) -> str:
        words = self.wording.words("language", self.language)
        return words.get(language.value, language.value)

    def _say(self, text: Sayable, **values: object) -> str:
        return self.wording.say(text, self.language, **values)


def inert(name: str) -> str:
    """A name as code or between quotation marks: nothing in it links, pings or ends the code."""
    return " ".join(name.replace("`", "'").split())


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1_000_000 else f"{max(1, round(count / 1000))} kB"
