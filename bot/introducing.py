"""For what company a question is asked, in a few words: what is known of whoever asks, and of their team."""

from __future__ import annotations

from dataclasses import fields, replace

from bot.chat import Person, Place
from bot.ledgers import ProfileBook
from bot.records import Profile, QuestionRecord
from bot.wording import Say, Wording
from rag.types import Language


class Introducer:
    """Looks up the profile that counts for an answer. Every method raises StoreFailed."""

    def __init__(self, profiles: ProfileBook, wording: Wording) -> None:
        self._profiles = profiles
        self._wording = wording

    async def company(self, question: QuestionRecord, language: Language) -> str:
        """The start-up that an answer is for, or ""."""
        profile = await profile_of(self._profiles, question.person, question.place)
        return self._words(profile, language)

    async def told(self, question: QuestionRecord, language: Language) -> str:
        """The same as it may stand beneath the answer: nothing that a person said of theirs where others read along."""
        whole = await self.company(question, language)
        if not whole or question.place.private:
            return whole
        team = self._words(await self._profiles.of_team(question.place.channel_key), language)
        return whole if whole == team else self._wording.say(Say.PROFILE_YOURS, language)

    def _words(self, profile: Profile | None, language: Language) -> str:
        return self._wording.startup(profile.stage, profile.sector, language) if profile else ""


async def profile_of(profiles: ProfileBook, person: Person, place: Place) -> Profile | None:
    """What is known of a reader: their own words, filled up by their team's; None where they want none of it used.

    In a direct message there is no team. Raises StoreFailed.
    """
    own = await profiles.of_person(person.key)
    team = None if place.private else await profiles.of_team(place.channel_key)
    if own is not None and not own.active:
        return None
    if own is None or team is None:
        return own or team
    empty = Profile()
    names = [each.name for each in fields(Profile) if getattr(own, each.name) == getattr(empty, each.name)]
    return replace(own, **{name: getattr(team, name) for name in names})
