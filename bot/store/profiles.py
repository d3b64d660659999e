"""The book of profiles; implements `bot.ledgers.ProfileBook`."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from bot.records import Profile
from bot.store.database import Database
from bot.store.models.ledgers import profiles
from bot.store.statements import put
from rag.kinds.values import Stage
from rag.types import Language


class SqlProfiles:
    """One row for each owner: a person, whose row has no channel, or a channel, whose row has no person."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_person(self, person: str) -> Profile | None:
        """A person's own profile."""
        return await self._get(person=person, channel_key="")

    async def of_team(self, channel_key: str) -> Profile | None:
        """The profile of a channel's team."""
        return await self._get(person="", channel_key=channel_key)

    async def save_person(self, person: str, profile: Profile) -> None:
        """Store a person's profile."""
        await self._save(profile, person=person, channel_key="")

    async def save_team(self, channel_key: str, profile: Profile) -> None:
        """Store a team's profile."""
        await self._save(profile, person="", channel_key=channel_key)

    async def delete_person(self, person: str) -> bool:
        """Forget a person's profile."""
        return await self._delete(person=person, channel_key="")

    async def delete_team(self, channel_key: str) -> bool:
        """Forget a team's profile."""
        return await self._delete(person="", channel_key=channel_key)

    async def _get(self, *, person: str, channel_key: str) -> Profile | None:
        found = select(profiles).where(profiles.c.person == person, profiles.c.channel_key == channel_key)
        row = await self._database.read(lambda connection: connection.execute(found).first())
        if row is None:
            return None
        return Profile(
            sector=row.sector,
            stage=Stage(row.stage) if row.stage else None,
            model=row.model,
            people=row.people,
            runway=row.runway,
            language=Language(row.language) if row.language else None,
            active=row.active,
        )

    async def _save(self, profile: Profile, *, person: str, channel_key: str) -> None:
        values = {
            "person": person,
            "channel_key": channel_key,
            "sector": profile.sector,
            "stage": profile.stage.value if profile.stage else None,
            "model": profile.model,
            "people": profile.people,
            "runway": profile.runway,
            "language": profile.language.value if profile.language else None,
            "active": profile.active,
        }
        await self._database.write(lambda connection: put(connection, profiles, values))

    async def _delete(self, *, person: str, channel_key: str) -> bool:
        gone = delete(profiles).where(profiles.c.person == person, profiles.c.channel_key == channel_key)

        def work(connection: Connection) -> bool:
            return connection.execute(gone).rowcount == 1

        return await self._database.write(work)
