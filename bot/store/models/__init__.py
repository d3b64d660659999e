"""The tables of the store. `migrations/` builds them; a test holds the two together.

Keys of places and people are those of `bot.chat`. Columns that hold a person's key are named in `PERSON_COLUMNS`.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Table

from bot.store.models.assessments import assessments
from bot.store.models.checklists import checklist_people
from bot.store.models.conversing import conversations, feedback, imported_turns, questions
from bot.store.models.documents import hand_ins, shelf_people
from bot.store.models.experts import expert_claims
from bot.store.models.inputs import inputs as inputs
from bot.store.models.ledgers import gaps, profiles
from bot.store.models.oversight import controls as controls
from bot.store.models.parts import metadata as metadata
from bot.store.models.people import first_uses
from bot.store.models.schedules import schedules
from bot.store.models.workspaces import workspaces as workspaces

PERSON_COLUMNS: Mapping[Table, str] = {
    questions: "person",
    conversations: "partner",
    feedback: "person",
    gaps: "person",
    profiles: "person",
    imported_turns: "person",
    first_uses: "person",
    checklist_people: "person",
    assessments: "person",
    expert_claims: "person",
    hand_ins: "person",
    shelf_people: "person",
    schedules: "person",
}
"""The tables that hold a person's key, and in which column; what hangs on such a question goes with it.

Their rows are what "delete my data" deletes: a table whose rows are not the person's alone does not belong here.
"""
