"""The sentences about questions for experts, proposals and gaps, by name, and what the program fills into each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class ExpertSay(StrEnum):
    """The sentences there are; the values are their keys in the files."""

    BUTTON = "expert_button"
    NONE_SET = "expert_none_set"
    NO_EXPERT = "expert_no_expert"
    SETTING = "expert_setting"
    NEEDED = "expert_needed"
    WRONG = "expert_wrong"
    ALONE = "expert_alone"
    MANY = "expert_many"
    SENT = "expert_sent"
    TITLE = "expert_title"
    REFUSED = "expert_refused"
    WANTED = "expert_wanted"
    HOW = "expert_how"
    REMINDER = "expert_reminder"
    STATE_ASKED = "expert_state_asked"
    STATE_CLAIMED = "expert_state_claimed"
    STATE_ANSWERED = "expert_state_answered"
    STATE_CLOSED = "expert_state_closed"
    CLAIM = "expert_claim"
    ANSWER = "expert_answer"
    RELEASE = "expert_release"
    CLOSE = "expert_close"
    THIS = "expert_this"
    SAVE = "expert_save"
    CLAIMED = "expert_claimed"
    CLAIMED_FORM = "expert_claimed_form"
    NOT_YOURS = "expert_not_yours"
    NOT_EXPERT = "expert_not_expert"
    RELEASED = "expert_released"
    CLOSED = "expert_closed"
    GONE = "expert_gone"
    DRAFT = "expert_draft"
    DRAFT_LONG = "expert_draft_long"
    FORM = "expert_form"
    FORM_TEXT = "expert_form_text"
    FORM_HINT = "expert_form_hint"
    EMPTY = "expert_empty"
    ANSWERED = "expert_answered"
    ANSWERS = "expert_answers"
    UNCHECKED = "expert_unchecked"
    PROPOSED = "proposal_proposed"
    PROPOSED_BEFORE = "proposal_before"
    PROPOSALS_NONE = "proposal_none"
    PROPOSAL = "proposal_shown"
    PROPOSALS_MORE = "proposal_more"
    APPROVE = "proposal_approve"
    DECLINE = "proposal_decline"
    DECLINE_FORM = "proposal_decline_form"
    REASON = "proposal_reason"
    REASON_HINT = "proposal_reason_hint"
    REASON_NEEDED = "proposal_reason_needed"
    APPROVED = "proposal_approved"
    DECLINED = "proposal_declined"
    DECIDED = "proposal_decided"
    UNKNOWN = "proposal_unknown"
    TOLD_APPROVED = "proposal_told_approved"
    TOLD_DECLINED = "proposal_told_declined"
    SAVED_FORM = "saved_form"
    SAVED_QUESTION = "saved_question"
    SAVED_QUESTION_HINT = "saved_question_hint"
    SAVED_TEXT = "saved_text"
    SAVED_READERS = "saved_readers"
    SAVED_AUTHOR = "saved_author"
    SAVED_AUTHOR_HINT = "saved_author_hint"
    SAVED_NO_FORM = "saved_no_form"
    SAVED_EMPTY = "saved_empty"
    GAPS_NONE = "gaps_none"
    GAP = "gaps_line"
    GAP_CLOSED = "gaps_closed"
    GAP_UNKNOWN = "gaps_unknown"


EXPERT_BLANKS: Mapping[ExpertSay, frozenset[str]] = {
    ExpertSay.WRONG: frozenset({"value"}),
    ExpertSay.STATE_CLAIMED: frozenset({"name"}),
    ExpertSay.STATE_ANSWERED: frozenset({"name"}),
    ExpertSay.NOT_YOURS: frozenset({"state"}),
    ExpertSay.GONE: frozenset({"state"}),
    ExpertSay.DRAFT_LONG: frozenset({"most"}),
    ExpertSay.ANSWERS: frozenset({"name"}),
    ExpertSay.PROPOSAL: frozenset({"number", "name", "date", "readers"}),
    ExpertSay.PROPOSALS_MORE: frozenset({"more"}),
    ExpertSay.REASON_NEEDED: frozenset({"usage"}),
    ExpertSay.APPROVED: frozenset({"title", "readers"}),
    ExpertSay.UNKNOWN: frozenset({"number"}),
    ExpertSay.TOLD_APPROVED: frozenset({"title"}),
    ExpertSay.TOLD_DECLINED: frozenset({"title", "reason"}),
    ExpertSay.SAVED_READERS: frozenset({"readers"}),
    ExpertSay.GAP: frozenset({"number", "kind", "date", "question", "state"}),
    ExpertSay.GAP_CLOSED: frozenset({"number"}),
    ExpertSay.GAP_UNKNOWN: frozenset({"number"}),
}
"""What the program fills into each text; nothing where it is not named."""
