"""What every store promises of profiles, whatever it is made of."""

from __future__ import annotations

import pytest

from bot.commands.books import Books
from bot.records import Profile
from rag.kinds.values import Stage
from rag.types import Language

FULL = Profile(
    sector="医疗", stage=Stage.SERIES_A, model="seats", people=0, runway=18, language=Language.ZH, active=False
)


@pytest.mark.parametrize("profile", [Profile(), FULL], ids=["empty", "full"])
async def test_profile_returns_as_saved(store: Books, profile: Profile) -> None:
    await store.profiles.save_person("slack/T1/U1", Profile(sector="earlier"))
    await store.profiles.save_person("slack/T1/U1", profile)
    assert await store.profiles.of_person("slack/T1/U1") == profile
    assert await store.profiles.of_person("slack/T1/U2") is None


async def test_person_and_channel_of_one_name_have_profiles_of_their_own(store: Books) -> None:
    await store.profiles.save_person("console/local/a", FULL)
    await store.profiles.save_team("console/local/a", Profile(sector="law"))
    assert await store.profiles.delete_person("console/local/a")
    assert not await store.profiles.delete_person("console/local/a")
    assert await store.profiles.of_person("console/local/a") is None
    assert await store.profiles.of_team("console/local/a") == Profile(sector="law")
    assert await store.profiles.delete_team("console/local/a")
    assert not await store.profiles.delete_team("console/local/a")
