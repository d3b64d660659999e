"""A store that lives in memory: for tests, for trying things out, and as the plainest form of `bot.ports.Store`.

No method awaits anything, so each is one transaction as it stands. It ends with the process that made it.
"""

from __future__ import annotations

from bot.assess_records import AssessmentBook
from bot.checklist_records import ChecklistBook
from bot.document_records import HandInBook, ShelfBook
from bot.expert_records import ExpertBook
from bot.input_records import InputBook
from bot.ledgers import AuditBook, GapBook, ProfileBook, UsageBook
from bot.memory_assess import MemoryAssessments
from bot.memory_books import (
    MemoryAnswers,
    MemoryConversations,
    MemoryEvents,
    MemoryFeedback,
    MemoryPosts,
    MemoryQuestions,
    MemorySettings,
)
from bot.memory_checklists import MemoryChecklists
from bot.memory_documents import MemoryHandIns, MemoryShelves
from bot.memory_experts import MemoryExperts
from bot.memory_gaps import MemoryGaps
from bot.memory_inputs import MemoryInputs
from bot.memory_ledgers import MemoryAudit, MemoryProfiles
from bot.memory_oversight import MemoryOversight, MemoryUsage
from bot.memory_privacy import MemoryPrivacy, Shelves
from bot.memory_schedules import MemoryCommunity, MemorySchedules, MemorySightings
from bot.memory_workspaces import MemoryWorkspaces
from bot.oversight_records import OversightBook
from bot.ports import AnswerBook, ConversationBook, EventBook, FeedbackBook, PostBook, QuestionBook, SettingsBook
from bot.privacy_records import PrivacyBook
from bot.records import (
    AnswerRecord,
)
from bot.schedules.books import CommunityBook, ScheduleBook, SightingBook
from bot.workspace_records import WorkspaceBook


class MemoryStore:
    """The books of the engine and of the commands; see `bot.ports.Store`."""

    def __init__(self) -> None:
        answers: dict[str, AnswerRecord] = {}
        events, conversations = MemoryEvents(), MemoryConversations(answers)
        self.events: EventBook = events
        questions = MemoryQuestions(events, answers, conversations)
        feedback, profiles = MemoryFeedback(answers), MemoryProfiles()
        self.questions: QuestionBook = questions
        self.posts: PostBook = MemoryPosts()
        self.conversations: ConversationBook = conversations
        self.answers: AnswerBook = MemoryAnswers(answers)
        self.feedback: FeedbackBook = feedback
        gaps = MemoryGaps(questions.all, feedback.all, answers)
        self.gaps: GapBook = gaps
        self.experts: ExpertBook = MemoryExperts(gaps.close_question)
        self.hand_ins: HandInBook = MemoryHandIns()
        self.shelves: ShelfBook = MemoryShelves()
        self.assessments: AssessmentBook = MemoryAssessments()
        settings = MemorySettings()
        self.settings: SettingsBook = settings
        self.workspaces: WorkspaceBook = MemoryWorkspaces(settings.unlabel)
        self.oversight: OversightBook = MemoryOversight()
        self.usage: UsageBook = MemoryUsage()
        self.inputs: InputBook = MemoryInputs()
        self.profiles: ProfileBook = profiles
        self.audit: AuditBook = MemoryAudit()
        self.checklists: ChecklistBook = MemoryChecklists()
        self.schedules: ScheduleBook = MemorySchedules()
        self.sightings: SightingBook = MemorySightings()
        self.community: CommunityBook = MemoryCommunity(questions.all, answers)
        # One thing with the other books: it looks into what they hold.
        shelves = Shelves(
            questions=questions._questions,
            answers=answers,
            feedback=feedback._feedback,
            conversations=conversations._conversations,
            imported=conversations._imported,
            profiles=profiles._people,
            settings=settings._settings,
        )
        self.privacy: PrivacyBook = MemoryPrivacy(shelves)
