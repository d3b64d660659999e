"""What the bot says of risks, by name, and what the program fills into each; beside `bot.saying`."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class RiskSay(StrEnum):
    """The sentences there are; the values are their keys in the files, below `[risks]`."""

    LIST_TITLE = "list_title"
    CHOSEN_FOR = "chosen_for"
    PROGRESS = "progress"
    PUT_OFF_TOO = "put_off_too"
    ALL_SETTLED = "all_settled"
    NOTHING_DUE = "nothing_due"
    MORE_RETURN = "more_return"
    SCORE = "score"
    OWNER = "owner"
    ASK = "ask"
    WATCH = "watch"
    SEEN = "seen"
    MEASURE = "measure"
    IF_IT_HAPPENS = "if_it_happens"
    NOTED_BY = "noted_by"
    NOTED = "noted"
    SETTLED_BY = "settled_by"
    SETTLED = "settled"
    RESTS = "rests"
    CHOOSE = "choose"
    DONE_NUMBER = "done_number"
    SHOW_MAP = "show_map"
    SHOW_EXPORT = "show_export"
    SHOW_CHECKLIST = "show_checklist"
    DONE = "done"
    NOT_APPLICABLE = "not_applicable"
    REOPEN = "reopen"
    TAKE = "take"
    ASSIGN = "assign"
    NOTE = "note"
    PUT_OFF = "put_off"
    SIGNALS = "signals"
    TICK = "tick"
    UNTICK = "untick"
    START_PLAN = "start_plan"
    CARD_SCORE = "card_score"
    CARD_CONCERNS = "card_concerns"
    CARD_EVERY_SECTOR = "card_every_sector"
    CARD_SIGNALS = "card_signals"
    CARD_MEASURES = "card_measures"
    CARD_STATE = "card_state"
    CHANGED = "changed"
    DID_DONE = "did_done"
    DID_NOT_APPLICABLE = "did_not_applicable"
    DID_REOPEN = "did_reopen"
    DID_SNOOZE = "did_snooze"
    DID_ASSIGN = "did_assign"
    DID_UNASSIGN = "did_unassign"
    DID_NOTE = "did_note"
    DID_TICK = "did_tick"
    DID_UNTICK = "did_untick"
    DID_START = "did_start"
    BACK_TO_ITEM = "back_to_item"
    EMPTY = "empty"
    UNKNOWN = "unknown"
    WHICH = "which"
    FILTERS = "filters"
    NO_TOPIC = "no_topic"
    NOTHING_FITS = "nothing_fits"
    FOREIGN = "foreign"
    MEMBERS = "members"
    ITEM_FORM = "item_form"
    ASSIGN_FORM = "assign_form"
    ASSIGN_FIELD = "assign_field"
    ASSIGN_HINT = "assign_hint"
    NOTE_FORM = "note_form"
    NOTE_FIELD = "note_field"
    REGISTER_TITLE = "register_title"
    REGISTER_LINE = "register_line"
    REGISTER_HINT = "register_hint"
    HISTORY_TITLE = "history_title"
    HISTORY_LINE = "history_line"
    HISTORY_EMPTY = "history_empty"
    SOMEBODY = "somebody"
    MAP_TITLE = "map_title"
    MAP_LIKELIHOOD = "map_likelihood"
    MAP_IMPACT = "map_impact"
    MAP_SENT = "map_sent"
    MAP_FILE = "map_file"
    EXPORT_TITLE = "export_title"
    EXPORT_SENT = "export_sent"
    EXPORT_FILE = "export_file"
    INCIDENT_TITLE = "incident_title"
    INCIDENT_STARTED = "incident_started"
    INCIDENT_RULES = "incident_rules"
    INCIDENT_PROGRESS = "incident_progress"
    INCIDENT_OVER = "incident_over"
    INCIDENT_CLOSED = "incident_closed"
    INCIDENT_ENDED = "incident_ended"
    INCIDENT_CLOSE = "incident_close"
    INCIDENT_WHICH = "incident_which"
    PHASE_TITLE = "phase_title"
    STEP_CHOOSE = "step_choose"
    STEP_FREE = "step_free"
    REST_OVER = "rest_over"
    STEPS_SOON = "steps_soon"
    STEPS_DUE = "steps_due"


RISK_BLANKS: Mapping[RiskSay, frozenset[str]] = {
    RiskSay.LIST_TITLE: frozenset({"date"}),
    RiskSay.CHOSEN_FOR: frozenset({"who"}),
    RiskSay.PROGRESS: frozenset({"bar", "settled", "all"}),
    RiskSay.PUT_OFF_TOO: frozenset({"count"}),
    RiskSay.NOTHING_DUE: frozenset({"count"}),
    RiskSay.MORE_RETURN: frozenset({"more", "usage"}),
    RiskSay.SCORE: frozenset({"score"}),
    RiskSay.OWNER: frozenset({"name"}),
    RiskSay.ASK: frozenset({"question"}),
    RiskSay.WATCH: frozenset({"signals"}),
    RiskSay.SEEN: frozenset({"signals"}),
    RiskSay.MEASURE: frozenset({"measure"}),
    RiskSay.IF_IT_HAPPENS: frozenset({"who", "step", "usage"}),
    RiskSay.NOTED_BY: frozenset({"name", "date", "words"}),
    RiskSay.NOTED: frozenset({"date", "words"}),
    RiskSay.SETTLED_BY: frozenset({"state", "name", "date"}),
    RiskSay.SETTLED: frozenset({"state", "date"}),
    RiskSay.RESTS: frozenset({"date"}),
    RiskSay.DONE_NUMBER: frozenset({"number"}),
    RiskSay.TICK: frozenset({"signal"}),
    RiskSay.UNTICK: frozenset({"signal"}),
    RiskSay.CARD_SCORE: frozenset({"score", "likelihood", "impact"}),
    RiskSay.CARD_CONCERNS: frozenset({"category", "stages", "sectors"}),
    RiskSay.CARD_STATE: frozenset({"state"}),
    RiskSay.CHANGED: frozenset({"title", "change"}),
    RiskSay.DID_SNOOZE: frozenset({"date"}),
    RiskSay.DID_ASSIGN: frozenset({"name"}),
    RiskSay.DID_NOTE: frozenset({"words"}),
    RiskSay.DID_TICK: frozenset({"signal"}),
    RiskSay.DID_UNTICK: frozenset({"signal"}),
    RiskSay.UNKNOWN: frozenset({"name", "usage"}),
    RiskSay.WHICH: frozenset({"name", "titles"}),
    RiskSay.NO_TOPIC: frozenset({"word", "categories"}),
    RiskSay.FILTERS: frozenset({"word", "stages", "categories"}),
    RiskSay.REGISTER_TITLE: frozenset({"count"}),
    RiskSay.REGISTER_LINE: frozenset({"number", "title", "score"}),
    RiskSay.REGISTER_HINT: frozenset({"show", "incident", "list"}),
    RiskSay.HISTORY_LINE: frozenset({"date", "name", "title", "change"}),
    RiskSay.MAP_SENT: frozenset({"count"}),
    RiskSay.EXPORT_TITLE: frozenset({"date"}),
    RiskSay.EXPORT_SENT: frozenset({"count"}),
    RiskSay.INCIDENT_TITLE: frozenset({"title"}),
    RiskSay.INCIDENT_STARTED: frozenset({"time", "name"}),
    RiskSay.INCIDENT_PROGRESS: frozenset({"bar", "done", "all"}),
    RiskSay.INCIDENT_CLOSED: frozenset({"time", "name"}),
    RiskSay.INCIDENT_WHICH: frozenset({"usage", "plans"}),
    RiskSay.PHASE_TITLE: frozenset({"phase", "time", "done", "all"}),
    RiskSay.REST_OVER: frozenset({"title"}),
    RiskSay.STEPS_SOON: frozenset({"phase", "title", "time"}),
    RiskSay.STEPS_DUE: frozenset({"phase", "title"}),
}
"""What the program fills into each text; nothing where it is not named."""

RISK_VOCABULARY: Mapping[str, tuple[str, ...]] = {
    "risk-category": ("market", "technology", "data", "operations", "finance", "team", "legal"),
    "risk-state": ("open", "done", "not-applicable"),
    "risk-reason": ("reopened", "overdue", "back", "review", "fresh"),
    "risk-mark": ("open", "warned", "settled"),
    "risk-phase": ("first-hour", "first-day", "first-week"),
    "risk-rest": ("1", "7", "14", "30", "90"),
    "risk-column": (
        "id",
        "title",
        "category",
        "score",
        "likelihood",
        "impact",
        "state",
        "owner",
        "until",
        "question",
        "seen",
        "signals",
        "measures",
        "notes",
    ),
}
"""The closed sets of words about risks, by group; keys of `risk-rest` are days."""
