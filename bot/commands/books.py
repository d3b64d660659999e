"""What commands remember: the books of the store, as handlers use them."""

from __future__ import annotations

from typing import Protocol

from bot.assess_records import AssessmentBook
from bot.checklist_records import ChecklistBook
from bot.document_records import HandInBook, ShelfBook
from bot.expert_records import ExpertBook
from bot.input_records import InputBook
from bot.ledgers import AuditBook, GapBook, ProfileBook, UsageBook
from bot.oversight_records import OversightBook
from bot.ports import Store
from bot.privacy_records import PrivacyBook
from bot.schedules.books import CommunityBook, ScheduleBook, SightingBook
from bot.workspace_records import WorkspaceBook


class Books(Store, Protocol):
    """What commands remember, besides what the engine does."""

    @property
    def profiles(self) -> ProfileBook:
        """What people said of themselves and of their teams."""
        ...

    @property
    def audit(self) -> AuditBook:
        """What admins did."""
        ...

    @property
    def privacy(self) -> PrivacyBook:
        """What is kept of people."""
        ...

    @property
    def gaps(self) -> GapBook:
        """What people could not find."""
        ...

    @property
    def checklists(self) -> ChecklistBook:
        """Checklists, and what became of their items."""
        ...

    @property
    def schedules(self) -> ScheduleBook:
        """What is posted at set times."""
        ...

    @property
    def sightings(self) -> SightingBook:
        """What was seen in the library."""
        ...

    @property
    def community(self) -> CommunityBook:
        """What was asked in a channel."""
        ...

    @property
    def experts(self) -> ExpertBook:
        """Questions that were put to experts."""
        ...

    @property
    def hand_ins(self) -> HandInBook:
        """What people hand in for the library."""
        ...

    @property
    def shelves(self) -> ShelfBook:
        """What it has become."""
        ...

    @property
    def oversight(self) -> OversightBook:
        """What admins have set and measured."""
        ...

    @property
    def usage(self) -> UsageBook:
        """What was used."""
        ...

    @property
    def inputs(self) -> InputBook:
        """What the library is kept current from."""
        ...

    @property
    def assessments(self) -> AssessmentBook:
        """Feasibility checks."""
        ...

    @property
    def workspaces(self) -> WorkspaceBook:
        """Which workspaces are registered."""
        ...
