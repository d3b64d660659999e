"""The sentences of what admins oversee, by name, and what the program fills into each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class OverSay(StrEnum):
    """The sentences there are; the values are their keys in the files."""

    GAPS = "over_gaps"
    GROUP = "over_group"
    GROUP_ONE = "over_group_one"
    NEAREST = "over_nearest"
    NEAREST_ONE = "over_nearest_one"
    NEAREST_NONE = "over_nearest_none"
    GROUPS_MORE = "over_groups_more"
    GAPS_FAR = "over_gaps_far"
    GAPS_CUT = "over_gaps_cut"
    CHOOSE = "over_choose"
    HINT = "over_hint"
    CARD = "over_card"
    CARD_MORE = "over_card_more"
    ADD = "over_add"
    CHECK = "over_check"
    DECLINE = "over_decline"
    CLOSE = "over_close"
    REOPEN = "over_reopen"
    HOW_TO_ADD = "over_how_to_add"
    HOW_TO_ADD_SHELL = "over_how_to_add_shell"
    HOW_TO_ADD_FOLDER = "over_how_to_add_folder"
    HOW_TO_ADD_THEN = "over_how_to_add_then"
    MENDED_NONE = "over_mended_none"
    MENDED = "over_mended"
    CLOSE_MENDED = "over_close_mended"
    CLOSED = "over_closed"
    DECLINED = "over_declined"
    REOPENED = "over_reopened"
    GONE = "over_gone"
    NOT_CLOSED = "over_not_closed"
    NO_CLOSED = "over_no_closed"
    CLOSED_TITLE = "over_closed_title"
    CLOSED_LINE = "over_closed_line"
    CLOSED_NONE = "over_closed_none"
    EFFECT = "over_effect"
    EFFECT_NONE = "over_effect_none"
    HELD = "over_held"
    FELL = "over_fell"
    FALL_LOST = "over_fall_lost"
    FALL_CAUSES = "over_fall_causes"
    FALL_FORCE = "over_fall_force"
    EVAL_RUNNING = "over_eval_running"
    EVAL_BUSY = "over_eval_busy"
    EVAL_NONE = "over_eval_none"
    EVAL_UNKNOWN = "over_eval_unknown"
    EVAL_BROKEN = "over_eval_broken"
    EVAL_CANCELLED = "over_eval_cancelled"
    EVAL_FAILED = "over_eval_failed"
    EVAL_TITLE = "over_eval_title"
    EVAL_HITS = "over_eval_hits"
    EVAL_VERDICTS = "over_eval_verdicts"
    EVAL_FAILURES = "over_eval_failures"
    EVAL_FIRST = "over_eval_first"
    EVAL_SINCE = "over_eval_since"
    EVAL_SAME = "over_eval_same"
    EVAL_LOST = "over_eval_lost"
    EVAL_UNANSWERED = "over_eval_unanswered"
    EVAL_OVERANSWERED = "over_eval_overanswered"
    USAGE_TITLE = "over_usage_title"
    USAGE_DAYS = "over_usage_days"
    USAGE_NONE = "over_usage_none"
    USAGE_SUM = "over_usage_sum"
    USAGE_TURNED = "over_usage_turned"
    USAGE_PEOPLE = "over_usage_people"
    USAGE_RATED = "over_usage_rated"
    USAGE_BY_DAY = "over_usage_by_day"
    USAGE_BY_CHANNEL = "over_usage_by_channel"
    USAGE_BY_TOPIC = "over_usage_by_topic"
    USAGE_LINE = "over_usage_line"
    USAGE_TOPIC = "over_usage_topic"
    USAGE_DIRECT = "over_usage_direct"
    USAGE_TIMES = "over_usage_times"
    USAGE_STAGE = "over_usage_stage"
    USAGE_WHOLE = "over_usage_whole"
    USAGE_MODELS = "over_usage_models"
    USAGE_MODEL = "over_usage_model"
    USAGE_PROMPT = "over_usage_prompt"
    USAGE_NO_MODEL = "over_usage_no_model"
    USAGE_INDEX = "over_usage_index"
    USAGE_QUEUE = "over_usage_queue"
    USAGE_ERRORS = "over_usage_errors"
    USAGE_NO_ERRORS = "over_usage_no_errors"
    USAGE_SCHEDULE = "over_usage_schedule"
    USAGE_SCHEDULE_FAILED = "over_usage_schedule_failed"
    LIMITS = "over_limits"
    LIMIT = "over_limit"
    LIMIT_HINT = "over_limit_hint"
    LIMIT_UNKNOWN = "over_limit_unknown"
    LIMIT_WRONG = "over_limit_wrong"
    CONFIRM_LIMIT = "over_confirm_limit"
    CONFIRM = "over_confirm"
    LIMIT_SET = "over_limit_set"
    LIMIT_CHANGED = "over_limit_changed"
    LABELS = "over_labels"
    LABELS_HINT = "over_labels_hint"
    LABELS_UNKNOWN = "over_labels_unknown"
    CONFIRM_LABELS = "over_confirm_labels"
    LABELS_SET = "over_labels_set"
    PAUSED = "over_paused"
    PAUSED_SINCE = "over_paused_since"
    NOT_PAUSED = "over_not_paused"
    RESUMED = "over_resumed"
    PAUSE_USAGE = "over_pause_usage"
    AUDIT_FILTER = "over_audit_filter"
    AUDIT_NONE = "over_audit_none"
    AUDIT_CHANGE = "over_audit_change"
    AUDIT_DETAIL = "over_audit_detail"
    AUDIT_AND = "over_audit_and"
    AUDIT_NOTHING = "over_audit_nothing"
    AUDIT_VERSION = "over_audit_version"


OVER_BLANKS: Mapping[OverSay, frozenset[str]] = {
    OverSay.GAPS: frozenset({"count", "groups"}),
    OverSay.GROUP: frozenset({"number", "count", "question", "day", "kinds"}),
    OverSay.GROUP_ONE: frozenset({"number", "question", "day", "kinds"}),
    OverSay.NEAREST: frozenset({"titles"}),
    OverSay.NEAREST_ONE: frozenset({"title"}),
    OverSay.GROUPS_MORE: frozenset({"more"}),
    OverSay.GAPS_CUT: frozenset({"most"}),
    OverSay.HINT: frozenset({"usage"}),
    OverSay.CARD: frozenset({"number", "count"}),
    OverSay.CARD_MORE: frozenset({"more"}),
    OverSay.HOW_TO_ADD: frozenset({"upload"}),
    OverSay.HOW_TO_ADD_SHELL: frozenset({"usage"}),
    OverSay.HOW_TO_ADD_FOLDER: frozenset({"inputs", "usage"}),
    OverSay.MENDED: frozenset({"count", "all"}),
    OverSay.CLOSE_MENDED: frozenset({"count"}),
    OverSay.CLOSED: frozenset({"count"}),
    OverSay.DECLINED: frozenset({"count"}),
    OverSay.REOPENED: frozenset({"count"}),
    OverSay.NO_CLOSED: frozenset({"number", "usage"}),
    OverSay.CLOSED_LINE: frozenset({"number", "why", "day", "question"}),
    OverSay.EFFECT: frozenset({"count", "all"}),
    OverSay.EFFECT_NONE: frozenset({"all"}),
    OverSay.HELD: frozenset({"before", "after", "margin", "changed"}),
    OverSay.FELL: frozenset({"before", "after", "margin"}),
    OverSay.FALL_LOST: frozenset({"count"}),
    OverSay.FALL_FORCE: frozenset({"usage"}),
    OverSay.EVAL_RUNNING: frozenset({"done", "total"}),
    OverSay.EVAL_BUSY: frozenset({"who", "since"}),
    OverSay.EVAL_UNKNOWN: frozenset({"name", "names"}),
    OverSay.EVAL_BROKEN: frozenset({"problem"}),
    OverSay.EVAL_TITLE: frozenset({"name", "questions"}),
    OverSay.EVAL_HITS: frozenset({"one", "three", "five"}),
    OverSay.EVAL_VERDICTS: frozenset({"answered", "refused"}),
    OverSay.EVAL_FAILURES: frozenset({"count"}),
    OverSay.EVAL_SINCE: frozenset({"day"}),
    OverSay.EVAL_LOST: frozenset({"count"}),
    OverSay.EVAL_UNANSWERED: frozenset({"count"}),
    OverSay.EVAL_OVERANSWERED: frozenset({"count"}),
    OverSay.USAGE_TITLE: frozenset({"days"}),
    OverSay.USAGE_DAYS: frozenset({"value", "most"}),
    OverSay.USAGE_SUM: frozenset({"total", "answered", "share", "refused", "failed"}),
    OverSay.USAGE_TURNED: frozenset({"busy", "limited", "denied", "paused"}),
    OverSay.USAGE_PEOPLE: frozenset({"count", "most"}),
    OverSay.USAGE_RATED: frozenset({"up", "down"}),
    OverSay.USAGE_LINE: frozenset({"name", "total", "answered", "refused", "failed", "up", "down"}),
    OverSay.USAGE_TOPIC: frozenset({"name", "count", "up", "down"}),
    OverSay.USAGE_STAGE: frozenset({"name", "half", "most"}),
    OverSay.USAGE_MODEL: frozenset({"name", "answers", "tokens", "up", "down"}),
    OverSay.USAGE_PROMPT: frozenset({"name", "up", "down"}),
    OverSay.USAGE_INDEX: frozenset({"documents", "chunks"}),
    OverSay.USAGE_QUEUE: frozenset({"waiting", "running", "size"}),
    OverSay.USAGE_ERRORS: frozenset({"errors"}),
    OverSay.USAGE_SCHEDULE: frozenset({"name", "due"}),
    OverSay.USAGE_SCHEDULE_FAILED: frozenset({"name", "due"}),
    OverSay.LIMIT: frozenset({"name", "key", "value", "origin"}),
    OverSay.LIMIT_HINT: frozenset({"usage"}),
    OverSay.LIMIT_UNKNOWN: frozenset({"name", "names"}),
    OverSay.LIMIT_WRONG: frozenset({"name", "value"}),
    OverSay.CONFIRM_LIMIT: frozenset({"name", "before", "after"}),
    OverSay.LIMIT_SET: frozenset({"name", "value", "origin"}),
    OverSay.LIMIT_CHANGED: frozenset({"name", "value"}),
    OverSay.LABELS: frozenset({"labels", "origin", "known"}),
    OverSay.LABELS_HINT: frozenset({"usage"}),
    OverSay.LABELS_UNKNOWN: frozenset({"value", "known"}),
    OverSay.CONFIRM_LABELS: frozenset({"before", "after", "more", "fewer"}),
    OverSay.LABELS_SET: frozenset({"labels"}),
    OverSay.PAUSED_SINCE: frozenset({"since", "message"}),
    OverSay.PAUSE_USAGE: frozenset({"usage"}),
    OverSay.AUDIT_FILTER: frozenset({"filter"}),
    OverSay.AUDIT_NONE: frozenset({"filter"}),
    OverSay.AUDIT_CHANGE: frozenset({"name", "before", "after"}),
    OverSay.AUDIT_DETAIL: frozenset({"name", "value"}),
    OverSay.AUDIT_VERSION: frozenset({"number"}),
}
"""What the program fills into each text; nothing where it is not named."""
