"""What everything about risks needs at hand: the register as its readers see it, the team's board, and the words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.channel_rules import effective_settings, reader_scope
from bot.chat import Capabilities, ChatAdapter, Person, Place, Standing
from bot.checklist_records import ChecklistBook, Hand, PostedList
from bot.checklist_state import Board, Item, board_of
from bot.commands.call import Call
from bot.commands.profiling import known_profile
from bot.ledgers import ProfileBook
from bot.ports import SettingsBook
from bot.records import Profile
from bot.schedules.zones import ChannelZones, minute_in
from bot.usages import typed
from bot.wording import LANGUAGES, RiskSay, Say, Wording
from rag.cases import CaseShelf
from rag.kinds.risk import Risk, RiskCategory
from rag.kinds.values import Stage
from rag.kinds.wording import SECTORS, STAGES
from rag.risk_shelf import HeldRisks, RiskShelf
from rag.risks import Company, Scored, scored, sectors_of
from rag.types import Language, Scope

BAR = 10
_MOST = 300
_LABEL = 75
"""Slack's limit for the label of an option; Discord's is 100."""

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")


class RoomBooks(Protocol):
    """What a room is read from."""

    @property
    def settings(self) -> SettingsBook:
        """What a channel may see."""
        ...

    @property
    def profiles(self) -> ProfileBook:
        """What the channel's team has said of itself."""
        ...

    @property
    def checklists(self) -> ChecklistBook:
        """What became of the items."""
        ...


class RoomMeans(Protocol):
    """What a room needs: handlers' `bot.commands.call.Means` have it, and so has a schedule that only looks."""

    @property
    def store(self) -> RoomBooks:
        """What is remembered."""
        ...

    @property
    def library(self) -> CaseShelf:
        """What says which risks are held."""
        ...

    @property
    def risks(self) -> Sequence[Risk]:
        """The records of the register."""
        ...

    @property
    def wording(self) -> Wording:
        """The bot's texts."""
        ...

    @property
    def adapters(self) -> Mapping[str, ChatAdapter]:
        """The platforms that are connected."""
        ...

    @property
    def zones(self) -> ChannelZones:
        """By which clock a channel goes."""
        ...

    @property
    def now(self) -> Callable[[], datetime]:
        """The time."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskRoom:
    """One place at one moment. `board` is the team's, or that of an incident; `capable` is where commands are typed."""

    wording: Wording
    language: Language
    held: HeldRisks
    board: Board
    company: Company
    now: datetime
    zone: ZoneInfo
    capable: Capabilities

    def say(self, text: RiskSay | Say, **values: object) -> str:
        """One of the bot's texts in the language of the room."""
        return self.wording.say(text, self.language, **values)

    def word(self, group: str, key: str) -> str:
        """A word of a closed set."""
        return self.wording.word(group, key, self.language)

    def listed(self, items: list[str]) -> str:
        """Several texts behind each other."""
        return self.say(Say.LIST_SEPARATOR).join(items)

    def item(self, name: str) -> Item:
        """Where an item stands."""
        return self.board.item(name)

    def scored(self, name: str) -> Scored | None:
        """A risk as it counts here; None for one that is not shown here."""
        risk = self.held.register.get(name)
        return scored(risk, self.company, self.item(name).handling) if risk else None

    def day(self, at: datetime) -> str:
        """A date by the clock of the channel, the same in every language."""
        return at.astimezone(self.zone).strftime("%Y-%m-%d")

    def minute(self, at: datetime) -> str:
        """A time by the clock of the channel."""
        return minute_in(self.zone, at)

    def usage(self, action: str, item: str = "") -> str:
        """How an action of the command is typed here."""
        if not item:
            return typed(self.capable, self.wording, "risks", self.language, action=action)
        return typed(self.capable, self.wording, "risks", self.language, action=action, item=item)


def bare(prefix: str) -> Capabilities:
    """What is known of a platform of which only the beginning of commands is."""
    return Capabilities(message_characters=0, edit_interval_s=0, command_prefix=prefix)


async def room_of(call: Call) -> RiskRoom:
    """The room as the person sees it who asks. Raises StoreFailed, StorageFailed."""
    company = company_in(await known_profile(call))
    return await _room(call.means, call.place, call.language, scope=await call.scope(), company=company)


async def public_room(
    means: RoomMeans, place: Place, language: Language, *, company: Company | None = None, board: str = ""
) -> RiskRoom:
    """The room as whoever reads along there may see it: guests do, too. Raises StoreFailed, StorageFailed."""
    settings = await effective_settings(means.store.settings, place.channel_key)
    reader = Person(platform=place.platform, workspace=place.workspace, id="", standing=Standing.GUEST)
    if company is None:
        company = company_in(await means.store.profiles.of_team(place.channel_key))
    scope = reader_scope(settings, reader)
    return await _room(means, place, language, scope=scope, company=company, board=board)


async def list_room(means: RoomMeans, posted: PostedList) -> RiskRoom:
    """The room of a list that was posted."""
    company = Company(stage=Stage(posted.stage) if posted.stage else None, sector=posted.sectors)
    return await public_room(means, posted.place, posted.language, company=company, board=posted.board)


def hand_of(person: Person) -> Hand:
    """A person as the board remembers them: by the name that others read."""
    return Hand(person=person.key, name=person.name or person.id)


def shown(text: str, most: int = _MOST) -> str:
    """What a person wrote, on one line, without any power of markup."""
    line = " ".join(text.split())
    return _SPECIAL.sub(r"\\\1", line if len(line) <= most else f"{line[: most - 1]}…")


def topic_name(room: RiskRoom, topic: str) -> str:
    """A topic that a list keeps to: a category by its name in the room's language, all else as somebody wrote it."""
    slug = slug_of(room, topic)
    return room.word("risk-category", slug) if slug in set(RiskCategory) else shown(topic)


def slug_of(room: RiskRoom, topic: str) -> str:
    """The category that a topic names in either language; all else as it is."""
    plain = topic.casefold()
    named = (
        category.value
        for category in RiskCategory
        if plain in {room.wording.word("risk-category", category, language).casefold() for language in LANGUAGES}
    )
    return next(named, plain if plain in set(RiskCategory) else topic)


def cut_label(text: str) -> str:
    """A text as the label of an option."""
    return text if len(text) <= _LABEL else f"{text[: _LABEL - 1]}…"


def bar(done: int, everything: int) -> str:
    """A line that fills up."""
    full = BAR * done // everything if everything else BAR
    return "▓" * full + "░" * (BAR - full)


def who(room: RiskRoom) -> str:
    """The company that the room's risks are chosen for, in a few words; "" where nothing is known of it."""
    told = [STAGES[room.company.stage].of(room.language)] if room.company.stage else []
    slugs = room.company.sector.split()
    if slugs and all(slug in SECTORS for slug in slugs):
        told += [SECTORS[slug].of(room.language) for slug in slugs]
    elif slugs:
        told.append(shown(room.company.sector))
    return room.listed(told)


async def company_of(call: Call) -> Company:
    """The company of a posted list: the team's, or that of whoever asks for it where the team has told nothing."""
    team = None if call.place.private else await call.means.store.profiles.of_team(call.place.channel_key)
    return company_in(team or await known_profile(call))


def coarse(company: Company) -> Company:
    """A company by the names of its sectors alone: a posted list keeps none of the words that somebody wrote."""
    return Company(stage=company.stage, sector=" ".join(sorted(sectors_of(company.sector))))


def company_in(profile: Profile | None) -> Company:
    """The company of a profile; of none where it shall not count."""
    if profile is None or not profile.active:
        return Company()
    return Company(stage=profile.stage, sector=profile.sector)


async def _room(
    means: RoomMeans, place: Place, language: Language, *, scope: Scope, company: Company, board: str = ""
) -> RiskRoom:
    held = await RiskShelf(means.library, means.risks).held(scope=scope, language=language)
    changes = await means.store.checklists.changes(board or place.channel_key)
    adapter = means.adapters.get(place.platform)
    return RiskRoom(
        wording=means.wording,
        language=language,
        held=held,
        board=board_of(changes),
        company=company,
        now=means.now(),
        zone=await means.zones.of(place),
        capable=adapter.capabilities if adapter else bare(""),
    )
