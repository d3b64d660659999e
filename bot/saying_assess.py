"""The sentences of the feasibility check, by name, and what the program fills into each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class AssessSay(StrEnum):
    """The sentences there are; the values are their keys in the files."""

    INTRO = "assess_intro"
    INTRO_PROFILE = "assess_intro_profile"
    INTRO_TYPED = "assess_intro_typed"
    TITLE = "assess_title"
    MINE = "assess_mine"
    TEAM = "assess_team"
    OVERALL = "assess_overall"
    TOO_LITTLE = "assess_too_little"
    BLOCKED = "assess_blocked"
    GAPS_FIRST = "assess_gaps_first"
    STRONG = "assess_strong"
    AXIS = "assess_axis"
    REMARKS = "assess_remarks"
    AND = "assess_and"
    REACH = "assess_reach"
    CHANGE = "assess_change"
    SAME = "assess_same"
    KNOWN = "assess_known"
    TOLD = "assess_told"
    OPEN = "assess_open"
    NOTE = "assess_note"
    LIBRARY = "assess_library"
    LIBRARY_NONE = "assess_library_none"
    STEPS = "assess_steps"
    STEP = "assess_step"
    STEP_OPEN = "assess_step_open"
    STEP_WEAK = "assess_step_weak"
    DONE = "assess_done"
    RULES = "assess_rules"
    HISTORY = "assess_history"
    DATE = "assess_date"
    FILE = "assess_file"
    FILE_NAME = "assess_file_name"
    FILE_ALONE = "assess_file_alone"
    FORM_UNKNOWN = "assess_form_unknown"
    FORM_PROFILE = "assess_form_profile"
    FORM_NOTE = "assess_form_note"
    FORM_HINT = "assess_form_hint"
    NOTED = "assess_noted"
    NEXT = "assess_next"
    AXIS_BUTTON = "assess_axis_button"
    SHOW = "assess_show"
    EXPORT = "assess_export"
    REPEAT = "assess_repeat"
    REPEATED = "assess_repeated"
    DELETE = "assess_delete"
    DELETE_SURE = "assess_delete_sure"
    DELETE_YES = "assess_delete_yes"
    DELETED = "assess_deleted"
    NONE = "assess_none"
    NO_TEAM = "assess_no_team"
    MEMBERS = "assess_members"
    WHICH = "assess_which"
    TYPED = "assess_typed"
    WRONG = "assess_wrong"
    TOO_MANY = "assess_too_many"
    NO_ANSWERS = "assess_no_answers"


ASSESS_BLANKS: Mapping[AssessSay, frozenset[str]] = {
    AssessSay.INTRO: frozenset({"axes", "questions"}),
    AssessSay.INTRO_PROFILE: frozenset({"usage"}),
    AssessSay.INTRO_TYPED: frozenset({"usage"}),
    AssessSay.TITLE: frozenset({"whose", "date"}),
    AssessSay.OVERALL: frozenset({"score", "known", "asked", "verdict"}),
    AssessSay.BLOCKED: frozenset({"axis"}),
    AssessSay.GAPS_FIRST: frozenset({"axis"}),
    AssessSay.AXIS: frozenset({"axis", "bar", "score"}),
    AssessSay.REMARKS: frozenset({"remarks"}),
    AssessSay.REACH: frozenset({"reach"}),
    AssessSay.CHANGE: frozenset({"change", "date"}),
    AssessSay.SAME: frozenset({"date"}),
    AssessSay.KNOWN: frozenset({"question", "answer", "points"}),
    AssessSay.TOLD: frozenset({"question", "answer", "points"}),
    AssessSay.OPEN: frozenset({"question", "why"}),
    AssessSay.NOTE: frozenset({"note"}),
    AssessSay.LIBRARY: frozenset({"quote", "mark"}),
    AssessSay.STEP: frozenset({"step", "axis", "reason"}),
    AssessSay.STEP_OPEN: frozenset({"question"}),
    AssessSay.STEP_WEAK: frozenset({"question", "answer"}),
    AssessSay.DATE: frozenset({"year", "month", "day"}),
    AssessSay.FILE_NAME: frozenset({"date"}),
    AssessSay.FORM_PROFILE: frozenset({"answer"}),
    AssessSay.NOTED: frozenset({"axis", "bar", "score"}),
    AssessSay.NEXT: frozenset({"axis"}),
    AssessSay.AXIS_BUTTON: frozenset({"axis", "known", "asked"}),
    AssessSay.DELETE_SURE: frozenset({"rounds"}),
    AssessSay.WHICH: frozenset({"usage", "axes"}),
    AssessSay.TYPED: frozenset({"axis", "questions", "usage"}),
    AssessSay.WRONG: frozenset({"value", "question", "choices"}),
    AssessSay.TOO_MANY: frozenset({"most"}),
    AssessSay.NO_ANSWERS: frozenset({"value", "axis", "asked"}),
}
"""What the program fills into each text; nothing where it is not named."""
