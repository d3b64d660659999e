"""Who people are: names, languages and standing, asked of Slack once in a while and never waited for long."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.chat import Standing
from bot.remembered import Remembered
from bot.slack_app.failures import CALL_FAILED
from bot.slack_app.identity import UNKNOWN, Identity, Profile
from rag.ports import Clock

log = logging.getLogger(__name__)

_MOST = 20_000
_FRESH_S, _RETRY_S = 900.0, 30.0
_PATIENCE_S = 1.0
"""Slack waits three seconds for an acknowledgement, which follows this."""


class Directory:
    """People of the workspace. Whoever Slack does not tell of in time counts as a guest, who reads the least.

    Args:
        client: one that tries each call once.
        identity: the bot itself.
        clock: seconds that only grow.
    """

    def __init__(self, client: AsyncWebClient, identity: Identity, *, clock: Clock) -> None:
        self._client = client
        self._identity = identity
        self._clock = clock
        self._known: Remembered[str, tuple[float, Profile]] = Remembered(_MOST)
        self._asked: dict[str, asyncio.Task[Profile]] = {}

    async def look_up(self, ids: Iterable[str]) -> dict[str, Profile]:
        """The profiles of people by their ids, the bot's own left out."""
        wanted = self._others(ids)
        return dict(zip(wanted, await asyncio.gather(*map(self._profile, wanted)), strict=True))

    def known(self, ids: Iterable[str]) -> dict[str, Profile] | None:
        """The same without asking; None where somebody would have to be asked for."""
        profiles = {user: self._fresh(user) for user in self._others(ids)}
        told = {user: profile for user, profile in profiles.items() if profile is not None}
        return told if len(told) == len(profiles) else None

    def _others(self, ids: Iterable[str]) -> list[str]:
        return [user for user in dict.fromkeys(ids) if user != self._identity.user]

    def _fresh(self, user: str) -> Profile | None:
        known = self._known.get(user)
        return known[1] if known is not None and self._clock() < known[0] else None

    async def _profile(self, user: str) -> Profile:
        known = self._fresh(user)
        if known is not None:
            return known
        asking = self._asked.get(user)
        if asking is None:
            asking = self._asked[user] = asyncio.create_task(self._ask(user))
            asking.add_done_callback(lambda _: self._asked.pop(user, None))
        return await asyncio.shield(asking)

    async def _ask(self, user: str) -> Profile:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                answer = await self._client.users_info(user=user, include_locale=True)
            profile, lasts_s = profile_of(answer["user"], self._identity), _FRESH_S
        except CALL_FAILED as error:
            log.warning("profile_unknown", extra={"error": f"{type(error).__name__} {error}"})
            profile, lasts_s = UNKNOWN, _RETRY_S
        self._known.keep(user, (self._clock() + lasts_s, profile))
        return profile


def profile_of(user: Mapping[str, Any], identity: Identity) -> Profile:
    """What Slack tells of a person."""
    told = user.get("profile") or {}
    name = told.get("display_name") or told.get("real_name") or user.get("name") or ""
    organisation = (user.get("enterprise_user") or {}).get("enterprise_id") or ""
    colleague = bool(organisation) and organisation == identity.enterprise
    return Profile(
        name=name,
        locale=user.get("locale") or "",
        standing=_standing(user, identity, colleague=colleague),
        colleague=colleague,
    )


def _standing(user: Mapping[str, Any], identity: Identity, *, colleague: bool) -> Standing:
    if not colleague and (user.get("is_stranger") or not identity.knows(user.get("team_id") or "")):
        return Standing.STRANGER
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return Standing.GUEST
    return Standing.MEMBER
