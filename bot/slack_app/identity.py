"""Who the bot is in its workspace, and who somebody else is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.chat import Standing

PLATFORM = "slack"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The bot in its workspace, as Slack told it at the start."""

    team: str
    user: str
    bot: str = ""
    enterprise: str = ""

    def knows(self, team: str) -> bool:
        """Whether a workspace, or the organisation above it, is the bot's own; no name counts as its own."""
        return not team or team in {self.team, self.enterprise}

    def is_meant(self, body: Mapping[str, Any]) -> bool:
        """Whether an event is for this installation: a socket brings what an app hears in all of its workspaces.

        In a channel that is shared with others it may name one of them alone.
        """
        told = [each for each in body.get("authorizations") or () if isinstance(each, Mapping)]
        if not told or body.get("is_ext_shared_channel"):
            return True
        return any(each.get("user_id") == self.user or self.knows(str(each.get("team_id") or "")) for each in told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What Slack tells of a person."""

    name: str = ""
    locale: str = ""
    standing: Standing = Standing.MEMBER
    colleague: bool = False
    """Whether they are of the organisation that the workspace is part of."""


UNKNOWN = Profile(standing=Standing.GUEST)
"""Somebody of whom Slack told nothing: they read what everybody may."""
