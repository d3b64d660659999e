"""The books of profiles and of the audit log in memory, for `bot.memory_store`."""

from __future__ import annotations

from bot.records import AuditEntry, Profile


class MemoryProfiles:
    """What people said of themselves and of their teams; see `bot.ledgers.ProfileBook`."""

    def __init__(self) -> None:
        self._people: dict[str, Profile] = {}
        self._teams: dict[str, Profile] = {}

    async def of_person(self, person: str) -> Profile | None:
        """A person's own profile."""
        return self._people.get(person)

    async def of_team(self, channel_key: str) -> Profile | None:
        """The profile of a channel's team."""
        return self._teams.get(channel_key)

    async def save_person(self, person: str, profile: Profile) -> None:
        """Store a person's profile."""
        self._people[person] = profile

    async def save_team(self, channel_key: str, profile: Profile) -> None:
        """Store a team's profile."""
        self._teams[channel_key] = profile

    async def delete_person(self, person: str) -> bool:
        """Forget a person's profile."""
        return self._people.pop(person, None) is not None

    async def delete_team(self, channel_key: str) -> bool:
        """Forget a team's profile."""
        return self._teams.pop(channel_key, None) is not None


class MemoryAudit:
    """What admins did; see `bot.ledgers.AuditBook`."""

    def __init__(self) -> None:
        self._entries: list[AuditEntry] = []

    async def append(self, entry: AuditEntry) -> None:
        """Add an entry."""
        self._entries.append(entry)

    async def latest(self, *, limit: int) -> tuple[AuditEntry, ...]:
        """The last entries, the latest first."""
        return tuple(self._entries[::-1][:limit])
