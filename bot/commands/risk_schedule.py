"""The risk checklist of a schedule: what it would be, for a preview, and its post, on which the team works.

Everybody who reads along may see all of it, guests as well: that is narrower than a digest, which follows the channel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.channel_rules import effective_settings
from bot.chat import ChatAdapter
from bot.commands.call import Means
from bot.commands.risk_lists import Edition, post_checklist, preview_checklist
from bot.commands.risk_room import RoomBooks, RoomMeans, company_in
from bot.schedules.contents import Made, Occasion
from bot.schedules.records import Schedule
from bot.schedules.trends import language_of, reader_of
from bot.schedules.zones import ChannelZones
from bot.wording import Wording
from rag.cases import CaseShelf
from rag.kinds.risk import Risk
from rag.risks import RiskRegister


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a checklist is read with, where nothing is posted; implements `RoomMeans`."""

    store: RoomBooks
    library: CaseShelf
    risks: Sequence[Risk]
    wording: Wording
    adapters: Mapping[str, ChatAdapter]
    zones: ChannelZones
    now: Callable[[], datetime]


class ChecklistContents:
    """Implements `bot.schedules.contents.Contents`."""

    def __init__(self, means: RoomMeans) -> None:
        self._means = means

    def unknown(self, topics: frozenset[str]) -> frozenset[str]:
        """Topics of no risk in the register."""
        register = RiskRegister(self._means.risks)
        return frozenset(topic for topic in topics if not register.about(frozenset({topic})).risks)

    async def make(self, occasion: Occasion) -> Made:
        """The checklist of one occasion as a text; see `Contents`."""
        edition = await _edition(self._means, occasion.schedule, at=occasion.now)
        reply, due = await preview_checklist(self._means, occasion.schedule.place, edition)
        return Made(replies=(reply,), empty=not due)


class ChecklistPosts:
    """Implements `bot.schedules.contents.OwnPosts`: buttons work on what it posts, and bring it up to date."""

    def __init__(self, means: Means) -> None:
        self._means = means

    async def post(self, schedule: Schedule, *, at: datetime, claim: str) -> None:
        """Post the checklist of one time; see `OwnPosts`."""
        await post_checklist(self._means, schedule.place, await _edition(self._means, schedule, at=at, claim=claim))


async def _edition(means: RoomMeans, schedule: Schedule, *, at: datetime, claim: str = "") -> Edition:
    settings = await effective_settings(means.store.settings, schedule.place.channel_key)
    profile = await reader_of(means.store.profiles, schedule)
    language = language_of(schedule, settings, profile)
    return Edition(at=at, language=language, claim=claim, company=company_in(profile), topics=schedule.topics)
