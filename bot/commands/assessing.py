"""Whose feasibility check is meant, how it stands, and how it stood before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.assess_records import AssessmentRecord, Owner
from bot.chat import Standing
from bot.commands.call import Call
from bot.commands.profiling import known_profile
from bot.records import AuditEntry, Profile
from bot.saying_assess import AssessSay
from rag.assess import Assessment, Axis, Change, assess, changes

MINE: Final = "mine"
TEAM: Final = "team"
ROUNDS = 24
"""Earlier rounds that a check tells of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A feasibility check as it stands. `rounds` are latest first; none of them means that nothing was answered."""

    whose: str
    owner: Owner
    rounds: tuple[AssessmentRecord, ...]
    facts: Mapping[str, int]
    now: Assessment
    sector: str = ""

    @property
    def round(self) -> int:
        """The number of the round that is being answered."""
        return self.rounds[0].round if self.rounds else 1

    @property
    def answers(self) -> Mapping[str, str]:
        """The answers of the present round."""
        return self.rounds[0].answers if self.rounds else {}

    def earlier(self, axes: tuple[Axis, ...]) -> tuple[tuple[AssessmentRecord, Assessment], ...]:
        """The rounds before, latest first, with the facts that held then."""
        return tuple((each, assess(axes, each.answers, each.facts)) for each in self.rounds[1:])

    def moved(self, axes: tuple[Axis, ...]) -> Mapping[str, Change]:
        """How each axis moved since the round before."""
        earlier = self.earlier(axes)
        return {each.axis.id: each for each in changes(earlier[0][1], self.now)} if earlier else {}


async def open_check(call: Call, whose: str) -> Check | None:
    """The check of the caller, or of the channel's team; None, and the caller told why, where there is no such one."""
    if whose == TEAM and call.place.private:
        await call.whisper(call.words(AssessSay.NO_TEAM))
        return None
    if whose == TEAM and call.person.standing is not Standing.MEMBER:
        await call.whisper(call.words(AssessSay.MEMBERS))
        return None
    owner = Owner(channel_key=call.place.channel_key) if whose == TEAM else Owner(person=call.person.key)
    rounds = await call.means.store.assessments.rounds(owner, limit=ROUNDS)
    profile = await _profile(call, whose)
    facts = {} if profile is None else _facts(profile)
    now = assess(call.means.axes, rounds[0].answers if rounds else {}, facts)
    sector = profile.sector if profile else ""
    return Check(whose=whose, owner=owner, rounds=rounds, facts=facts, now=now, sector=sector)


async def note_act(call: Call, check: Check, details: Mapping[str, str]) -> None:
    """Puts a change of the team's check into the audit log, without the words that somebody wrote."""
    if check.whose != TEAM:
        return
    await call.means.store.audit.append(
        AuditEntry(
            at=call.means.now(),
            actor=call.means.pseudonym(call.person.key),
            action="assess",
            subject=call.subject,
            details=details,
        )
    )


async def _profile(call: Call, whose: str) -> Profile | None:
    if whose == MINE:
        return await known_profile(call)
    team = await call.means.store.profiles.of_team(call.place.channel_key)
    return team if team and team.active else None


def _facts(profile: Profile) -> dict[str, int]:
    facts = {"runway": profile.runway, "people": profile.people}
    return {name: number for name, number in facts.items() if number is not None}
