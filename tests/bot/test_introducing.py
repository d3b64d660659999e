"""For what company an answer is, and what of it may be said where others read along."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat import PlaceKind
from bot.introducing import Introducer
from bot.memory_store import MemoryStore
from bot.records import Profile
from rag.kinds.values import Stage
from rag.types import Language
from tests.bot.delivering import WORDING
from tests.bot.samples import ADA, PLACE, question

SEED_HEALTH = "your seed-stage health start-up"
OWN, TEAM = Profile(sector="law"), Profile(sector="health", stage=Stage.SEED)


@pytest.mark.parametrize(
    ("own", "team", "private", "company", "told"),
    [
        pytest.param(None, None, False, "", "", id="nothing is known"),
        pytest.param(None, TEAM, False, SEED_HEALTH, SEED_HEALTH, id="team"),
        pytest.param(None, TEAM, True, "", "", id="no team in a direct message"),
        pytest.param(OWN, TEAM, False, "your seed-stage law start-up", "your profile", id="own words among others"),
        pytest.param(OWN, None, True, "your law start-up", "your law start-up", id="own words alone"),
        pytest.param(replace(OWN, active=False), TEAM, False, "", "", id="switched off"),
    ],
)
async def test_company_of_an_answer(
    own: Profile | None, team: Profile | None, private: bool, company: str, told: str
) -> None:
    store = MemoryStore()
    if own:
        await store.profiles.save_person(ADA.key, own)
    if team:
        await store.profiles.save_team(PLACE.channel_key, team)
    place = replace(PLACE, kind=PlaceKind.DM) if private else PLACE
    asked = replace(question(), place=place, person=ADA)
    introducer = Introducer(store.profiles, WORDING)
    assert await introducer.company(asked, Language.EN) == company
    assert await introducer.told(asked, Language.EN) == told
