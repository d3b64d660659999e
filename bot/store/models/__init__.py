"""The tables of the store. `migrations/` builds them; a test holds the two together.

Keys of places and people are those of `bot.chat`. Columns that hold a person's key are named in `PERSON_COLUMNS`.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Table

from bot.store.models.assessments import assessments
from bot.store.models.conversing import conversations, feedback, questions
from bot.store.models.experts import expert_claims, proposals
from bot.store.models.ledgers import gaps, profiles
from bot.store.models.parts import metadata as metadata

PERSON_COLUMNS: Mapping[Table, str] = {
    questions: "person",
    conversations: "partner",
    feedback: "person",
    gaps: "person",
    profiles: "person",
    assessments: "person",
    expert_claims: "person",
    proposals: "person",
}
"""The tables that hold a person's key, and in which column; what hangs on such a question goes with it."""
