"""The sentences about what people hand in for the library, by name, and what the program fills into each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class DocSay(StrEnum):
    """The sentences there are; the values are their keys in the files."""

    UPLOAD_HOW = "upload_how"
    UPLOAD_BUTTON = "upload_button"
    UPLOAD_CLOSED = "upload_closed"
    UPLOAD_FORM = "upload_form"
    UPLOAD_NONE = "upload_none"
    DESCRIBE_FORM = "upload_describe_form"
    FIELD_FILES = "upload_field_files"
    FIELD_FILES_HINT = "upload_field_files_hint"
    FIELD_TITLE = "upload_field_title"
    FIELD_KIND = "upload_field_kind"
    FIELD_LANGUAGE = "upload_field_language"
    FIELD_READERS = "upload_field_readers"
    FIELD_READERS_HINT = "upload_field_readers_hint"
    FIELD_AS = "upload_field_as"
    FIELD_TEXT = "upload_field_text"
    AS_NEW = "upload_as_new"
    AS_VERSION = "upload_as_version"
    AS_DETECTED = "upload_as_detected"
    WRONG = "upload_wrong"
    NOT_READERS = "upload_not_readers"
    RECEIVED = "upload_received"
    RECEIVED_LINE = "upload_received_line"
    NEXT_EDITOR = "upload_next_editor"
    NEXT_READER = "upload_next_reader"
    DESCRIBE = "upload_describe"
    DROP = "upload_drop"
    DROPPED = "upload_dropped"
    GONE = "upload_gone"
    FAILED = "upload_failed"
    FAILED_LINE = "upload_failed_line"
    MEND = "upload_mend"
    TOO_LARGE = "upload_too_large"
    TOO_MANY = "upload_too_many"
    MANY_WAIT = "upload_many_wait"
    NOT_FETCHED = "upload_not_fetched"
    NO_FILE = "upload_no_file"
    SAME = "upload_same"
    SAME_WAITS = "upload_same_waits"
    SECTIONS = "upload_sections"
    PAGES = "upload_pages"
    WORKING = "upload_working"
    PROPOSED = "upload_proposed"
    PUBLISHED = "upload_published"
    VERSION = "upload_version"
    EXAMPLE = "upload_example"
    ASK_HEADING = "upload_ask_heading"
    ASK_TITLE = "upload_ask_title"
    BUSY = "upload_busy"
    MINE_NONE = "hand_in_none"
    MINE = "hand_in_title"
    MINE_LINE = "hand_in_line"
    MINE_REASON = "hand_in_reason"
    MINE_CHOOSE = "hand_in_choose"
    REVISE = "hand_in_revise"
    TOLD_APPROVED = "hand_in_told_approved"
    TOLD_DECLINED = "hand_in_told_declined"
    QUEUE = "review_title"
    QUEUE_LINE = "review_line"
    QUEUE_CHOOSE = "review_choose"
    TODAY = "review_today"
    YESTERDAY = "review_yesterday"
    DAYS = "review_days"
    CARD_FILE = "review_file"
    CARD_EARLIER = "review_earlier"
    CARD_NEXT = "review_next"
    EDIT = "review_edit"
    EDIT_FORM = "review_edit_form"
    EDITED = "review_edited"
    MEANWHILE = "review_meanwhile"
    SHELF_NONE = "shelf_none"
    SHELF = "shelf_title"
    SHELF_LINE = "shelf_line"
    SHELF_OUT = "shelf_out"
    SHELF_CHOOSE = "shelf_choose"
    SHELF_UNKNOWN = "shelf_unknown"
    SHELF_MORE = "shelf_more"
    CARD = "shelf_card"
    CARD_GIVEN = "shelf_given"
    CARD_VERSION = "shelf_version"
    CARD_LIVE = "shelf_live"
    CARD_BY_YOU = "shelf_by_you"
    CARD_BY = "shelf_by"
    UNPUBLISH = "shelf_unpublish"
    ROLL_BACK = "shelf_roll_back"
    ROLL_BACK_TO = "shelf_roll_back_to"
    MOVED = "shelf_moved"
    UNPUBLISHED = "shelf_unpublished"


DOCUMENT_BLANKS: Mapping[DocSay, frozenset[str]] = {
    DocSay.FIELD_FILES_HINT: frozenset({"most"}),
    DocSay.AS_VERSION: frozenset({"title"}),
    DocSay.WRONG: frozenset({"value", "field", "choices"}),
    DocSay.NOT_READERS: frozenset({"readers"}),
    DocSay.RECEIVED_LINE: frozenset({"title", "facts"}),
    DocSay.FAILED_LINE: frozenset({"file", "problem"}),
    DocSay.MEND: frozenset({"problem", "remedy"}),
    DocSay.TOO_LARGE: frozenset({"size", "most"}),
    DocSay.TOO_MANY: frozenset({"most"}),
    DocSay.MANY_WAIT: frozenset({"most", "usage"}),
    DocSay.SAME: frozenset({"title"}),
    DocSay.SAME_WAITS: frozenset({"number", "usage"}),
    DocSay.SECTIONS: frozenset({"count"}),
    DocSay.PAGES: frozenset({"count"}),
    DocSay.PROPOSED: frozenset({"title", "number"}),
    DocSay.PUBLISHED: frozenset({"title", "facts", "readers"}),
    DocSay.VERSION: frozenset({"version", "usage"}),
    DocSay.EXAMPLE: frozenset({"question"}),
    DocSay.ASK_HEADING: frozenset({"title", "heading"}),
    DocSay.ASK_TITLE: frozenset({"title"}),
    DocSay.BUSY: frozenset({"who", "since", "usage"}),
    DocSay.MINE_LINE: frozenset({"number", "title", "state", "date"}),
    DocSay.MINE_REASON: frozenset({"reason"}),
    DocSay.TOLD_APPROVED: frozenset({"title"}),
    DocSay.TOLD_DECLINED: frozenset({"title", "reason"}),
    DocSay.QUEUE: frozenset({"count"}),
    DocSay.QUEUE_LINE: frozenset({"number", "title", "what", "name", "age"}),
    DocSay.DAYS: frozenset({"days"}),
    DocSay.CARD_EARLIER: frozenset({"title"}),
    DocSay.CARD_NEXT: frozenset({"title"}),
    DocSay.CARD_FILE: frozenset({"number", "title", "name", "age", "file", "facts", "kind", "readers"}),
    DocSay.SHELF: frozenset({"count"}),
    DocSay.SHELF_LINE: frozenset({"title", "version", "date", "readers"}),
    DocSay.SHELF_UNKNOWN: frozenset({"name"}),
    DocSay.SHELF_MORE: frozenset({"more"}),
    DocSay.CARD: frozenset({"title", "kind", "spoken", "readers"}),
    DocSay.CARD_GIVEN: frozenset({"name"}),
    DocSay.CARD_VERSION: frozenset({"version", "date", "title", "readers", "by"}),
    DocSay.CARD_BY: frozenset({"by"}),
    DocSay.ROLL_BACK_TO: frozenset({"version", "date"}),
    DocSay.MOVED: frozenset({"title", "version", "readers"}),
    DocSay.UNPUBLISHED: frozenset({"title"}),
}
"""What the program fills into each text; nothing where it is not named."""

DOCUMENT_VOCABULARY: Mapping[str, tuple[str, ...]] = {
    "document-language": ("zh", "en", "ja", "ko", "und"),
    "hand-in": ("arriving", "received", "proposed", "publishing", "published", "declined"),
    "shelf": ("uploads", "expert-answers"),
}
"""The closed sets of words about documents."""
