"""How an entry of the audit log reads in the reader's language. What has no word stays as it was noted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from bot.commands.call import Call
from bot.commands.config_change import setting_labels
from bot.commands.settings import NAMES, shown
from bot.mentions import EXPERT, stored_mention
from bot.records import OPERATOR, AuditEntry
from bot.saying_oversight import OverSay
from bot.wording import LANGUAGES, Say
from rag.kinds.values import Stage
from rag.kinds.wording import STAGES

_HASH_CHARACTERS = 8
_VERSION = re.compile(r"version (?P<number>\d+)")
_FAILED = re.compile(r"failed: (?P<why>\w+)")
_WAS = "was "
_BEFORE, _AFTER = " before", " after"


def line(call: Call, entry: AuditEntry) -> str:
    """One entry: when, what, where, by whom, and the rest of it."""
    actor = _word(call, "audit-value", entry.actor) if entry.actor == OPERATOR else entry.actor[:_HASH_CHARACTERS]
    action = _word(call, "audit-action", entry.action)
    details = call.words(OverSay.AUDIT_AND).join(_details(call, entry.details))
    parts = [f"{entry.at:%Y-%m-%d %H:%M}", f"**{action}**", entry.subject, f"`{actor}`", details]
    return "- " + " · ".join(part for part in parts if part)


def spoken(call: Call, entry: AuditEntry) -> frozenset[str]:
    """The words by which a reader may look for an entry, in either language, beside what was noted."""
    groups = ("audit-action", "audit-key", "audit-value")
    noted = {entry.action, *entry.details.keys(), *entry.details.values()}
    tables = [call.means.wording.words(group, language) for group in groups for language in LANGUAGES]
    labels = [call.means.wording.command("config", each).arguments["name"].choices for each in LANGUAGES]
    phrases = [table[each].casefold() for table in (*tables, *labels) for each in noted if each in table]
    return frozenset(word for phrase in phrases for word in (phrase, *phrase.split()))


def _details(call: Call, details: Mapping[str, str]) -> Iterable[str]:
    """What was noted beside the action: a change as what held and what holds, all else by its name."""
    if "setting" in details and "after" in details:
        name = details["setting"]
        values = {each: _setting(call, name, details.get(each, "")) for each in ("before", "after")}
        yield call.words(OverSay.AUDIT_CHANGE, name=_setting_name(call, name), **values)
        return
    for name, before, value in _noted(details):
        if before is not None:
            told = {"before": _stage(call, name, before), "after": _stage(call, name, value)}
            yield call.words(OverSay.AUDIT_CHANGE, name=_key(call, name), **told)
        elif value:
            yield call.words(OverSay.AUDIT_DETAIL, name=_key(call, name), value=_value(call, value))


def _noted(details: Mapping[str, str]) -> Iterator[tuple[str, str | None, str]]:
    """Names with what held before, None where that was not noted, and what holds: `x before` and `was x` are of x."""
    for name, value in details.items():
        plain = name.removeprefix(_WAS)
        if name.endswith(_AFTER):
            plain = name.removesuffix(_AFTER)
            yield plain, details.get(f"{plain}{_BEFORE}", ""), value
        elif name.startswith(_WAS) and plain not in details:
            yield plain, value, ""
        elif not name.startswith(_WAS) and not name.endswith(_BEFORE):
            yield name, details.get(f"{_WAS}{name}"), value


def _stage(call: Call, name: str, value: str) -> str:
    """A value of a profile: a stage is called as everywhere, all else as it was noted."""
    known = name == "stage" and value in set(Stage)
    return STAGES[Stage(value)].of(call.language) if known else _value(call, value)


def _setting_name(call: Call, name: str) -> str:
    limits = call.means.wording.words("limit", call.language)
    return setting_labels(call).get(name) or limits.get(name) or name


def _setting(call: Call, name: str, value: str) -> str:
    """A value of a channel's setting; a person among them is a hash here, too."""
    mention = stored_mention(value) if name == EXPERT else None
    if mention is not None:
        return f"@{mention.id[:_HASH_CHARACTERS]}"
    if name not in NAMES or not value or "…" in value:
        return _value(call, value)
    values = tuple(value.split(", "))
    try:
        return shown(call, name, values)
    except (KeyError, ValueError):
        # Noted by another version, which had another value.
        return value


def _key(call: Call, name: str) -> str:
    items = call.means.wording.command("profile", call.language).arguments["name"].choices
    known = call.means.wording.words("audit-key", call.language)
    return known.get(name) or items.get("team" if name == "people" else name) or _word(call, "audit-value", name)


def _value(call: Call, value: str) -> str:
    if not value:
        return call.words(OverSay.AUDIT_NOTHING)
    return call.words(Say.LIST_SEPARATOR).join(_part(call, each) for each in value.split(", "))


def _part(call: Call, value: str) -> str:
    if found := _VERSION.fullmatch(value):
        return call.words(OverSay.AUDIT_VERSION, number=found["number"])
    if found := _FAILED.fullmatch(value):
        return f"{_word(call, 'audit-value', 'failed')} ({found['why']})"
    return _word(call, "audit-value", value)


def _word(call: Call, group: str, key: str) -> str:
    return call.means.wording.words(group, call.language).get(key, key)
