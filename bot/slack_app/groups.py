"""Who belongs to user groups that have rights or answer as experts: remembered until Slack tells of a change."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack_app.failures import CALL_FAILED
from rag.ports import Clock

log = logging.getLogger(__name__)

FRESH_S = 60.0
"""Slack tells of changes; what it did not tell, as to an app without these events, shows after this time."""

_RETRY_S = 10.0
_PATIENCE_S = 1.0
"""Slack waits three seconds for an acknowledgement, which follows this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Members:
    people: frozenset[str]
    until: float


class UserGroups:
    """Implements `bot.rights.Groups`. A group that Slack does not tell of has nobody in it: no answer is no right.

    Args:
        client: one that tries each call once.
        wanted: the ids of the groups that settings name.
        clock: seconds that only grow.
    """

    def __init__(self, client: AsyncWebClient, wanted: frozenset[str], *, clock: Clock) -> None:
        self._client = client
        self._wanted = sorted(wanted)
        self._clock = clock
        self._known: dict[str, _Members] = {}
        self._asked: dict[str, asyncio.Task[_Members]] = {}

    async def of(self, person_id: str) -> frozenset[str]:
        """The groups that a person belongs to; see `bot.rights.Groups`."""
        if not self._wanted or not person_id:
            return frozenset()
        members = await asyncio.gather(*map(self._members, self._wanted))
        return frozenset(group for group, known in zip(self._wanted, members, strict=True) if person_id in known.people)

    def forget(self, group: str) -> None:
        """Somebody joined or left a group, or it is gone; see `bot.rights.Groups`."""
        self._known.pop(group, None)
        self._asked.pop(group, None)

    async def has(self, group: str, person_id: str) -> bool:
        """Whether a person belongs to a group, be it one that settings name or another."""
        return person_id in (await self._members(group)).people

    async def _members(self, group: str) -> _Members:
        known = self._known.get(group)
        if known is not None and self._clock() < known.until:
            return known
        asking = self._asked.get(group)
        if asking is None:
            asking = self._asked[group] = asyncio.create_task(self._ask(group))
            asking.add_done_callback(lambda done: self._answered(group, done))
        return await asyncio.shield(asking)

    def _answered(self, group: str, done: asyncio.Task[_Members]) -> None:
        """Remembers an answer, unless the group has changed since Slack was asked."""
        if self._asked.get(group) is not done:
            return
        del self._asked[group]
        if not done.cancelled() and done.exception() is None:
            self._known[group] = done.result()

    async def _ask(self, group: str) -> _Members:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                answer = await self._client.usergroups_users_list(usergroup=group)
            people, lasts_s = frozenset(map(str, answer["users"])), FRESH_S
        except CALL_FAILED as error:
            log.warning("group_unknown", extra={"group": group, "error": f"{type(error).__name__} {error}"})
            people, lasts_s = frozenset(), _RETRY_S
        return _Members(people=people, until=self._clock() + lasts_s)
