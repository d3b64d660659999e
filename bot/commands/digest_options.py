"""What stands beside the time when somebody sets a digest: `every Monday 9:00 language=zh topics=pricing silent`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.commands.call import Call
from bot.schedules.records import Schedule, ScheduleKind
from bot.wording import LANGUAGES, Say
from rag.types import Language

_NAMES = ("kind", "language", "zone", "topics")
_OPTION = re.compile(r"(?:^|\s)([\w-]+)\s*[=＝]\s*([^\s=＝]+)")
_SILENT = re.compile(r"(?:^|\s)(?:silent|安静|静默)(?=\s|$)", re.IGNORECASE)
_SEPARATOR = re.compile(r"[,，、;；]")


@dataclass(kw_only=True)
class Options:
    """What was said. `wrong` are the values of a sentence that tells of a choice that does not exist."""

    when: str = ""
    given: dict[str, str] = field(default_factory=dict)
    silent: bool = False
    wrong: dict[str, str] = field(default_factory=dict)


def options_of(call: Call, text: str, arguments: Mapping[str, str]) -> Options:
    """The time that was said, and what stands beside it as `key=value` or in arguments of its own."""
    keys: dict[str, str] = {}
    for language in LANGUAGES:
        words = call.means.wording.command("digest", language).arguments
        keys |= {words[name].name.casefold(): name for name in _NAMES} | {name: name for name in _NAMES}
    read = Options()
    for key, value in _OPTION.findall(text):
        name = keys.get(key.casefold())
        if name is not None:
            read.given[name] = _value(call, read, name, value)
    read.given |= {name: value for name, value in arguments.items() if name in set(keys.values())}
    rest = _OPTION.sub(lambda found: " " if found[1].casefold() in keys else found[0], text)
    read.silent = bool(_SILENT.search(rest))
    read.when = _SILENT.sub(" ", rest).strip()
    return read


def _value(call: Call, read: Options, name: str, value: str) -> str:
    """A choice by its identifier, whichever language's word was typed; anything else as it stands."""
    for language in LANGUAGES:
        choices = call.means.wording.command("digest", language).arguments[name].choices
        if found := next((key for key, word in choices.items() if value.casefold() in {key, word.casefold()}), None):
            return found
    own = call.means.wording.command("digest", call.language).arguments[name]
    if own.choices:
        listed = call.words(Say.LIST_SEPARATOR).join(own.choices.values())
        read.wrong = {"value": value, "argument": own.name, "choices": listed}
    return value


def with_options(schedule: Schedule, given: Mapping[str, str], language: Language | None) -> Schedule:
    """A schedule with what was said; `language` where nothing was said of it."""
    wanted = given.get("language", "")
    topics = frozenset(topic for topic in _SEPARATOR.split(given.get("topics", "")) if topic.strip())
    kind = given.get("kind", "")
    return replace(
        schedule,
        kind=ScheduleKind(kind) if kind in set(ScheduleKind) else schedule.kind,
        language=Language(wanted) if wanted in {Language.ZH, Language.EN} else language,
        topics=topics or schedule.topics,
    )
