"""The sentences about what the library is kept current from, by name, and what the program fills into each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class InputSay(StrEnum):
    """The sentences there are; the values are their keys in the files."""

    TITLE = "inputs_title"
    NONE = "inputs_none"
    LINE = "inputs_line"
    HIDDEN = "inputs_hidden"
    OWN = "inputs_own"
    OWN_STARTER = "inputs_own_starter"
    OWN_EXPERTS = "inputs_own_experts"
    OWN_OTHER = "inputs_own_other"
    DOCUMENTS = "inputs_documents"
    EVERY = "inputs_every"
    WATCHED = "inputs_watched"
    PAUSED = "inputs_paused"
    FROM_SETTINGS = "inputs_from_settings"
    READERS = "inputs_readers"
    NEVER = "inputs_never"
    READ = "inputs_read"
    CHANGED = "inputs_changed"
    ADDED = "inputs_added"
    UPDATED = "inputs_updated"
    REMOVED = "inputs_removed"
    MINUTES = "inputs_minutes"
    HOURS = "inputs_hours"
    DAYS = "inputs_days"
    PROBLEM = "inputs_problem"
    BAD_FILES = "inputs_bad_files"
    GONE = "inputs_gone"
    SLOW = "inputs_slow"
    UNREACHABLE = "inputs_unreachable"
    REDIRECTS = "inputs_redirects"
    ADDRESS = "inputs_address"
    PRIVATE = "inputs_private"
    STATUS = "inputs_status"
    NOTHING = "inputs_nothing"
    LARGE = "inputs_large"
    ROBOTS = "inputs_robots"
    ROBOTS_AWAY = "inputs_robots_away"
    FORMAT = "inputs_format"
    NO_TEXT = "inputs_no_text"
    NO_FEED = "inputs_no_feed"
    CANNOT = "inputs_cannot"
    EMPTY = "inputs_empty"
    MISSING = "inputs_missing"
    UNREADABLE = "inputs_unreadable"
    FILE_FORMAT = "inputs_file_format"
    HOME = "inputs_home"
    WHOLE = "inputs_whole"
    COVERED = "inputs_covered"
    COVERS = "inputs_covers"
    KNOWN = "inputs_known"
    NO_ADDRESS = "inputs_no_address"
    FIXED = "inputs_fixed"
    UNKNOWN = "inputs_unknown"
    WHICH = "inputs_which"
    WRONG_OPTION = "inputs_wrong_option"
    EVERY_CHOICES = "inputs_every_choices"
    LABEL_CHOICES = "inputs_label_choices"
    LOOK_FOLDER = "inputs_look_folder"
    LOOK_EMPTY = "inputs_look_empty"
    LOOK_BAD = "inputs_look_bad"
    LOOK_FILE = "inputs_look_file"
    LOOK_PAGE = "inputs_look_page"
    LOOK_FEED = "inputs_look_feed"
    LOOK_READERS = "inputs_look_readers"
    LOOK_KIND = "inputs_look_kind"
    LOOK_LANGUAGE = "inputs_look_language"
    LOOK_TOPICS = "inputs_look_topics"
    LOOK_RHYTHM = "inputs_look_rhythm"
    LOOK_OWN = "inputs_look_own"
    CONFIRM = "inputs_confirm"
    ADD = "inputs_add"
    ADD_NEW = "inputs_add_new"
    EXPIRED = "inputs_expired"
    WAITS = "inputs_waits"
    REGISTERED = "inputs_registered"
    FAILED = "inputs_failed"
    SAME = "inputs_same"
    ASK_REMOVE = "inputs_ask_remove"
    REMOVE = "inputs_remove"
    GONE_NOW = "inputs_gone_now"
    PAUSED_NOW = "inputs_paused_now"
    PAUSED_BEFORE = "inputs_paused_before"
    RESUMED = "inputs_resumed"
    RESUMED_BEFORE = "inputs_resumed_before"
    IS_PAUSED = "inputs_is_paused"
    OWNERS = "inputs_owners"
    HOLDERS = "inputs_holders"
    FORM = "inputs_form"
    FORM_TARGET = "inputs_form_target"
    FORM_TARGET_HINT = "inputs_form_target_hint"
    FORM_KIND = "inputs_form_kind"
    FORM_LANGUAGE = "inputs_form_language"
    FORM_LANGUAGE_ANY = "inputs_form_language_any"
    FORM_READERS = "inputs_form_readers"
    FORM_READERS_HINT = "inputs_form_readers_hint"
    FORM_EVERY = "inputs_form_every"
    FORM_EVERY_HINT = "inputs_form_every_hint"


INPUT_BLANKS: Mapping[InputSay, frozenset[str]] = {
    InputSay.TITLE: frozenset({"count"}),
    InputSay.NONE: frozenset({"usage"}),
    InputSay.LINE: frozenset({"number", "kind", "target", "parts"}),
    InputSay.HIDDEN: frozenset({"number", "kind"}),
    InputSay.OWN: frozenset({"names"}),
    InputSay.OWN_STARTER: frozenset({"count"}),
    InputSay.OWN_EXPERTS: frozenset({"count"}),
    InputSay.OWN_OTHER: frozenset({"name", "count"}),
    InputSay.DOCUMENTS: frozenset({"count"}),
    InputSay.EVERY: frozenset({"time"}),
    InputSay.WATCHED: frozenset({"time"}),
    InputSay.READERS: frozenset({"labels"}),
    InputSay.READ: frozenset({"at"}),
    InputSay.CHANGED: frozenset({"at", "changes"}),
    InputSay.ADDED: frozenset({"count"}),
    InputSay.UPDATED: frozenset({"count"}),
    InputSay.REMOVED: frozenset({"count"}),
    InputSay.MINUTES: frozenset({"count"}),
    InputSay.HOURS: frozenset({"count"}),
    InputSay.DAYS: frozenset({"count"}),
    InputSay.PROBLEM: frozenset({"problem"}),
    InputSay.BAD_FILES: frozenset({"count", "name"}),
    InputSay.SLOW: frozenset({"value"}),
    InputSay.REDIRECTS: frozenset({"value"}),
    InputSay.PRIVATE: frozenset({"value"}),
    InputSay.STATUS: frozenset({"value"}),
    InputSay.NOTHING: frozenset({"value"}),
    InputSay.LARGE: frozenset({"value"}),
    InputSay.FORMAT: frozenset({"value"}),
    InputSay.CANNOT: frozenset({"problem"}),
    InputSay.EMPTY: frozenset({"usage"}),
    InputSay.MISSING: frozenset({"value"}),
    InputSay.UNREADABLE: frozenset({"value"}),
    InputSay.FILE_FORMAT: frozenset({"value", "formats"}),
    InputSay.HOME: frozenset({"value"}),
    InputSay.WHOLE: frozenset({"value"}),
    InputSay.COVERED: frozenset({"value"}),
    InputSay.COVERS: frozenset({"value"}),
    InputSay.KNOWN: frozenset({"value"}),
    InputSay.NO_ADDRESS: frozenset({"value"}),
    InputSay.FIXED: frozenset({"value"}),
    InputSay.UNKNOWN: frozenset({"value", "usage"}),
    InputSay.WHICH: frozenset({"usage"}),
    InputSay.WRONG_OPTION: frozenset({"name", "value", "choices"}),
    InputSay.LOOK_FOLDER: frozenset({"target", "files", "size", "formats"}),
    InputSay.LOOK_EMPTY: frozenset({"target"}),
    InputSay.LOOK_BAD: frozenset({"count"}),
    InputSay.LOOK_FILE: frozenset({"target", "size"}),
    InputSay.LOOK_PAGE: frozenset({"title", "target", "format", "size"}),
    InputSay.LOOK_FEED: frozenset({"title", "target", "count"}),
    InputSay.LOOK_READERS: frozenset({"readers"}),
    InputSay.LOOK_KIND: frozenset({"kind"}),
    InputSay.LOOK_LANGUAGE: frozenset({"language"}),
    InputSay.LOOK_TOPICS: frozenset({"topics"}),
    InputSay.LOOK_RHYTHM: frozenset({"rhythm"}),
    InputSay.WAITS: frozenset({"number"}),
    InputSay.REGISTERED: frozenset({"number"}),
    InputSay.FAILED: frozenset({"number", "problem"}),
    InputSay.SAME: frozenset({"number"}),
    InputSay.ASK_REMOVE: frozenset({"number", "target", "count"}),
    InputSay.GONE_NOW: frozenset({"number", "count"}),
    InputSay.PAUSED_NOW: frozenset({"number", "count"}),
    InputSay.PAUSED_BEFORE: frozenset({"number"}),
    InputSay.RESUMED: frozenset({"number"}),
    InputSay.RESUMED_BEFORE: frozenset({"number"}),
    InputSay.IS_PAUSED: frozenset({"number"}),
}
"""What the program fills into each text; nothing where it is not named."""

INPUT_VOCABULARY: Mapping[str, tuple[str, ...]] = {
    "input": ("folder", "file", "page", "feed"),
    "input_option": ("kind", "language", "audience", "topics", "every"),
}
"""Closed sets of words."""
