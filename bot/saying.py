"""The sentences that the bot says in its own words, by name, and what the program fills into each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Say(StrEnum):
    """The sentences there are; the values are their keys in the files."""

    SEARCHING = "searching"
    READING = "reading"
    WRITING = "writing"
    NEXT_IN_LINE = "next_in_line"
    WAITING_ONE = "waiting_one"
    WAITING_MANY = "waiting_many"
    SOURCES = "sources"
    PAGE = "page"
    ILLUSTRATIVE = "illustrative"
    ANSWER_IN_FILE = "answer_in_file"
    FILE_NAME = "file_name"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    INTERRUPTED = "interrupted"
    UP = "up"
    DOWN = "down"
    WHY = "why"
    SHORTER = "shorter"
    REGENERATE = "regenerate"
    RETRY = "retry"
    STOP = "stop"
    THANKS = "thanks"
    WHAT_WAS_WRONG = "what_was_wrong"
    REASON_NOTED = "reason_noted"
    REASON_WRONG = "reason_wrong"
    REASON_OUTDATED = "reason_outdated"
    REASON_MISSING = "reason_missing"
    REASON_UNCLEAR = "reason_unclear"
    REASON_OTHER = "reason_other"
    REASON_FORM = "reason_form"
    REASON_TEXT = "reason_text"
    REASON_HINT = "reason_hint"
    SEND = "send"
    ANSWER_UNKNOWN = "answer_unknown"
    NOTHING_RATED = "nothing_rated"
    WHY_TITLE = "why_title"
    WHY_UNCITED = "why_uncited"
    WHY_PASSAGES = "why_passages"
    WHY_PASSAGE = "why_passage"
    WHY_HIDDEN = "why_hidden"
    SHORTER_TITLE = "shorter_title"
    SHORTER_NONE = "shorter_none"
    QUIET = "quiet"
    LISTENING = "listening"
    NOTHING_TO_STOP = "nothing_to_stop"
    BUSY = "busy"
    LIMITED = "limited"
    NOTHING_ASKED = "nothing_asked"
    THANKED = "thanked"
    TOO_LONG = "too_long"
    SWITCHED_OFF = "switched_off"
    MEMBERS_ONLY = "members_only"
    HELP_INTRO = "help_intro"
    HELP_COMMANDS = "help_commands"
    HELP_ALIASES = "help_aliases"
    HELP_FOLLOW_UPS = "help_follow_ups"
    HELP_OF_COMMAND = "help_of_command"
    UNKNOWN_COMMAND = "unknown_command"
    NEAREST_COMMAND = "nearest_command"
    KNOWN_COMMANDS = "known_commands"
    MISSING_ARGUMENT = "missing_argument"
    WRONG_CHOICE = "wrong_choice"
    NO_ARGUMENTS = "no_arguments"
    UNKNOWN_ARGUMENT = "unknown_argument"
    UNKNOWN_ACTION = "unknown_action"
    NOT_ALLOWED = "not_allowed"
    LIST_SEPARATOR = "list_separator"
    LIBRARY_EMPTY = "library_empty"
    LIBRARY_COUNTS = "library_counts"
    LIBRARY_TOPICS = "library_topics"
    LIBRARY_MORE = "library_more"
    LIBRARY_NONE = "library_none"
    LIBRARY_HINT = "library_hint"
    CASE_EMPTY = "case_empty"
    CASE_NONE = "case_none"
    CASE_KNOWN = "case_known"
    CASE_MANY = "case_many"
    CASE_ALL = "case_all"
    CASE_CHOOSE = "case_choose"
    CASE_COMPARE_WITH = "case_compare_with"
    CASE_ILLUSTRATIVE = "case_illustrative"
    CASE_RESTS = "case_rests"
    CASE_TWO = "case_two"
    CASE_SAME = "case_same"
    CASE_WHICH = "case_which"
    RESOURCE_EMPTY = "resource_empty"
    RESOURCE_NONE = "resource_none"
    RESOURCE_TITLE = "resource_title"
    RESOURCE_RELAXED = "resource_relaxed"
    RESOURCE_HINT = "resource_hint"
    RESOURCE_FITS = "resource_fits"
    RESOURCE_MATCHES = "resource_matches"
    RESOURCE_NEAR = "resource_near"
    RESOURCE_PROFILE = "resource_profile"
    RESOURCE_STAGES = "resource_stages"
    RESOURCE_LICENCE = "resource_licence"
    RESOURCE_AS_OF = "resource_as_of"
    RESOURCE_UNSAID = "resource_unsaid"
    ALL_THAT_IS = "all_that_is"
    CONFIG_TITLE = "config_title"
    CONFIG_LINE = "config_line"
    CONFIG_SAVED = "config_saved"
    CONFIG_SAVED_SERVER = "config_saved_server"
    CONFIG_WRONG = "config_wrong"
    CONFIG_NEEDS = "config_needs"
    CONFIG_CHANNEL_ONLY = "config_channel_only"
    CONFIG_WHICH = "config_which"
    CONFIG_NOTHING = "config_nothing"
    CONFIG_BEHAVIOUR = "config_behaviour"
    CONFIG_REACH = "config_reach"
    CONFIG_LISTED = "config_listed"
    CONFIG_FORM = "config_form"
    SAVE = "save"
    SHARE = "share"
    SHARED = "shared"
    IN_PRIVATE = "in_private"
    TOO_SLOW = "too_slow"
    NOTHING_CAME = "nothing_came"
    PROFILE_NONE = "profile_none"
    PROFILE_MINE = "profile_mine"
    PROFILE_TEAM = "profile_team"
    PROFILE_LINE = "profile_line"
    PROFILE_USED = "profile_used"
    PROFILE_IS_OFF = "profile_is_off"
    PROFILE_SWITCHED_ON = "profile_switched_on"
    PROFILE_CLEARED = "profile_cleared"
    PROFILE_TEAM_CLEARED = "profile_team_cleared"
    PROFILE_WRONG = "profile_wrong"
    PROFILE_TEXT = "profile_text"
    PROFILE_NUMBER = "profile_number"
    PROFILE_MEMBERS = "profile_members"
    PROFILE_EDIT = "profile_edit"
    PROFILE_EDIT_TEAM = "profile_edit_team"
    PROFILE_OFF = "profile_off"
    PROFILE_ON = "profile_on"
    PROFILE_FOR = "profile_for"
    PROFILE_STAGE_OF = "profile_stage_of"
    PROFILE_COMPANY = "profile_company"
    MONTHS = "months"
    PEOPLE = "people"


BLANKS: Mapping[Say, frozenset[str]] = {
    Say.READING: frozenset({"passages"}),
    Say.WAITING_MANY: frozenset({"ahead"}),
    Say.PAGE: frozenset({"page"}),
    Say.FAILED: frozenset({"reason"}),
    Say.REASON_NOTED: frozenset({"reason"}),
    Say.WHY_PASSAGE: frozenset({"place", "score"}),
    Say.BUSY: frozenset({"seconds"}),
    Say.LIMITED: frozenset({"seconds"}),
    Say.TOO_LONG: frozenset({"characters"}),
    Say.HELP_ALIASES: frozenset({"aliases"}),
    Say.HELP_OF_COMMAND: frozenset({"usage", "description"}),
    Say.UNKNOWN_COMMAND: frozenset({"command"}),
    Say.NEAREST_COMMAND: frozenset({"usage"}),
    Say.KNOWN_COMMANDS: frozenset({"commands"}),
    Say.MISSING_ARGUMENT: frozenset({"command", "argument", "description"}),
    Say.WRONG_CHOICE: frozenset({"value", "argument", "choices"}),
    Say.NO_ARGUMENTS: frozenset({"command"}),
    Say.UNKNOWN_ARGUMENT: frozenset({"command", "argument"}),
    Say.LIBRARY_COUNTS: frozenset({"documents"}),
    Say.LIBRARY_TOPICS: frozenset({"topics"}),
    Say.LIBRARY_MORE: frozenset({"more"}),
    Say.LIBRARY_NONE: frozenset({"topic"}),
    Say.LIBRARY_HINT: frozenset({"usage"}),
    Say.CASE_NONE: frozenset({"wanted"}),
    Say.CASE_KNOWN: frozenset({"companies"}),
    Say.CASE_MANY: frozenset({"count"}),
    Say.CASE_ALL: frozenset({"count"}),
    Say.CASE_RESTS: frozenset({"sources"}),
    Say.CASE_TWO: frozenset({"usage"}),
    Say.CASE_SAME: frozenset({"name"}),
    Say.CASE_WHICH: frozenset({"companies", "name"}),
    Say.RESOURCE_NONE: frozenset({"wanted"}),
    Say.RESOURCE_TITLE: frozenset({"wanted"}),
    Say.RESOURCE_RELAXED: frozenset({"wanted"}),
    Say.RESOURCE_HINT: frozenset({"usage"}),
    Say.RESOURCE_FITS: frozenset({"reasons"}),
    Say.RESOURCE_MATCHES: frozenset({"words"}),
    Say.RESOURCE_STAGES: frozenset({"stages"}),
    Say.RESOURCE_LICENCE: frozenset({"licence"}),
    Say.RESOURCE_AS_OF: frozenset({"month"}),
    Say.ALL_THAT_IS: frozenset({"kinds"}),
    Say.CONFIG_LINE: frozenset({"name", "origin", "value"}),
    Say.CONFIG_SAVED: frozenset({"name", "value"}),
    Say.CONFIG_SAVED_SERVER: frozenset({"name", "value"}),
    Say.CONFIG_WRONG: frozenset({"choices", "name", "value"}),
    Say.CONFIG_NEEDS: frozenset({"choices", "name"}),
    Say.CONFIG_CHANNEL_ONLY: frozenset({"name"}),
    Say.CONFIG_WHICH: frozenset({"names", "usage"}),
    Say.CONFIG_LISTED: frozenset({"all"}),
    Say.SHARED: frozenset({"who"}),
    Say.PROFILE_LINE: frozenset({"name", "value"}),
    Say.PROFILE_USED: frozenset({"who"}),
    Say.PROFILE_WRONG: frozenset({"choices", "name", "value"}),
    Say.PROFILE_TEXT: frozenset({"most"}),
    Say.PROFILE_NUMBER: frozenset({"most"}),
    Say.PROFILE_FOR: frozenset({"usage", "who"}),
    Say.PROFILE_STAGE_OF: frozenset({"stage"}),
    Say.PROFILE_COMPANY: frozenset({"sector", "stage"}),
    Say.MONTHS: frozenset({"count"}),
    Say.PEOPLE: frozenset({"count"}),
}
"""What the program fills into each text; nothing where it is not named."""

VOCABULARY: Mapping[str, tuple[str, ...]] = {
    "respond": (
        "mention",
        "auto",
        "off",
    ),
    "switch": (
        "on",
        "off",
    ),
    "replies": (
        "thread",
        "inline",
    ),
    "language": (
        "auto",
        "zh",
        "en",
    ),
    "origin": (
        "channel",
        "server",
        "program",
        "default",
    ),
    "every": ("all", "inherit"),
    "outcome": (
        "success",
        "failure",
        "mixed",
    ),
    "case": (
        "sector",
        "region",
        "founded",
        "stage",
        "outcome",
        "did",
        "decided",
        "lessons",
    ),
}
"""The closed sets of words, by group; the files name each in this order."""
