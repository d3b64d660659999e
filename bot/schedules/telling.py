"""What the bot says of digests and schedules in its own words: data in `prompts/`, in both languages."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.schedules.untimely import Fault, Untimely
from rag.errors import InvalidSettings
from rag.placeholders import placeholders_in
from rag.types import Language

_LANGUAGES = (Language.ZH, Language.EN)
_UNKNOWN_ZONE = "when_zone_unknown"
_WEEKDAYS = {
    Language.EN: "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
    Language.ZH: "周一 周二 周三 周四 周五 周六 周日".split(),
}
_MONTHS = "January February March April May June July August September October November December".split()


class Tell(StrEnum):
    """The sentences there are; the values are their keys in the files."""

    TITLE = "title"
    TITLE_OPENING = "title_opening"
    FOR_READER = "for_reader"
    THEME = "theme"
    CHANGED = "changed"
    AHEAD = "ahead"
    LATEST = "latest"
    WHY = "why"
    ALSO = "also"
    LINK = "link"
    ASKED_TITLE = "asked_title"
    ASKED = "asked"
    UNANSWERED_TITLE = "unanswered_title"
    UNANSWERED = "unanswered"
    MORE = "more"
    MORE_OPENING = "more_opening"
    NOTHING = "nothing"
    NOTHING_YET = "nothing_yet"
    NOTHING_ON = "nothing_on"
    QUOTED = "quoted"
    WRITTEN = "written"
    OPENING_NOTE = "opening_note"
    AUDIENCE = "audience"
    SKIPPED_ONE = "skipped_one"
    SKIPPED_MANY = "skipped_many"
    LIST_SEPARATOR = "list_separator"
    SOURCES = "sources"
    REPORT_TITLE = "report_title"
    REPORT_QUESTIONS = "report_questions"
    REPORT_RATED = "report_rated"
    REPORT_UNRATED = "report_unrated"
    REPORT_SLOW = "report_slow"
    REPORT_GAPS = "report_gaps"
    REPORT_NO_GAPS = "report_no_gaps"
    REPORT_LIBRARY = "report_library"
    REPORT_CHART = "report_chart"
    PICTURE_TITLE = "picture_title"
    PICTURE_ANSWERED = "picture_answered"
    PICTURE_REFUSED = "picture_refused"
    PREVIEW_NO_PICTURE = "preview_no_picture"
    REPORT_NOTHING = "report_nothing"
    KIND_TRENDS = "kind_trends"
    KIND_CHECKLIST = "kind_checklist"
    KIND_REPORT = "kind_report"
    LANGUAGE_ZH = "language_zh"
    LANGUAGE_EN = "language_en"
    ADDED = "added"
    ADDED_HINT = "added_hint"
    NONE = "none"
    LISTED = "listed"
    LINE = "line"
    STATE_NEXT = "state_next"
    STATE_PAUSED = "state_paused"
    DETAIL_TOPICS = "detail_topics"
    DETAIL_SILENT = "detail_silent"
    DETAIL_LANGUAGE = "detail_language"
    TROUBLE = "trouble"
    PAUSED = "paused"
    RESUMED = "resumed"
    REMOVED = "removed"
    RUNNING = "running"
    UNKNOWN = "unknown"
    KNOWN = "known"
    KNOWN_NONE = "known_none"
    WHICH = "which"
    OF_FILE = "of_file"
    ZONE_SET = "zone_set"
    ZONE_IS = "zone_is"
    PREVIEW_TITLE = "preview_title"
    GONE = "gone"
    UNREACHABLE = "unreachable"
    UNMADE = "unmade"
    UNTIMELY = "untimely"
    TROUBLE_REPORT = "trouble_report"
    CONFIG_LINE = "config_line"
    CONFIG_ZONE = "config_zone"
    STAGE_QUERIES = "stage_queries"
    STAGE_EMBED = "stage_embed"
    STAGE_DENSE = "stage_dense"
    STAGE_LEXICAL = "stage_lexical"
    STAGE_TEXTS = "stage_texts"
    STAGE_SURROUNDINGS = "stage_surroundings"
    STAGE_WRITE = "stage_write"


@dataclass(frozen=True, slots=True)
class Telling:
    """The sentences in both languages; any other language gets English."""

    _texts: Mapping[Language, Mapping[str, str]]

    def say(self, text: Tell, language: Language, /, **values: object) -> str:
        """A sentence with its blanks filled in. Raises KeyError for a blank without a value."""
        return self._of(language)[text.value].format(**values)

    def stage(self, name: str, language: Language) -> str:
        """What a stage of an answer is called; a name that is not known stays as it is."""
        return self._of(language).get(f"stage_{name}", name)

    def fault(self, error: Untimely, language: Language) -> str:
        """What is wrong with words of time."""
        key = error.fault.value if error.fault is not Fault.ZONE or error.word else _UNKNOWN_ZONE
        return self._of(language)[key].format(word=error.word, near=error.near)

    def day(self, day: date, language: Language) -> str:
        """A date as it is read."""
        if language is Language.ZH:
            return f"{day.year} 年 {day.month} 月 {day.day} 日"
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

    def moment(self, at: datetime, zone: ZoneInfo, language: Language) -> str:
        """A time of a day as it is read in a zone."""
        local = at.astimezone(zone)
        spoken = language if language in _LANGUAGES else Language.EN
        weekday = _WEEKDAYS[spoken][local.weekday()]
        if spoken is Language.ZH:
            return f"{self.day(local.date(), spoken)}（{weekday}）{local:%H:%M}"
        return f"{weekday} {self.day(local.date(), spoken)}, {local:%H:%M}"

    def _of(self, language: Language) -> Mapping[str, str]:
        return self._texts.get(language) or self._texts[Language.EN]


def load_telling(folder: Path) -> Telling:
    """Reads and checks `digests.<language>.toml` of both languages.

    Raises:
        InvalidSettings: a file is missing or broken, lacks a text, or uses other names than the other language does.
    """
    texts = {language: _checked(folder / f"digests.{language.value}.toml") for language in _LANGUAGES}
    for key, text in texts[Language.ZH].items():
        mine, theirs = (placeholders_in(each, where=f"digests: {key!r}") for each in (text, texts[Language.EN][key]))
        if mine != theirs:
            raise InvalidSettings(f"digests.zh.toml: {key!r} uses {sorted(mine)!r}, in English {sorted(theirs)!r}")
    return Telling(texts)


def _checked(path: Path) -> Mapping[str, str]:
    try:
        texts = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidSettings(f"{path.name} cannot be used: {error}") from error
    expected = {*(each.value for each in Tell), *(each.value for each in Fault), _UNKNOWN_ZONE}
    if texts.keys() != expected or not all(isinstance(text, str) for text in texts.values()):
        odd = ", ".join(sorted(texts.keys() ^ expected))
        raise InvalidSettings(f"{path.name} does not hold the texts that are said; mend: {odd}")
    return texts
