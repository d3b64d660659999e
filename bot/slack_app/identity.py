"""Who the bot is in its workspace, and who somebody else is there."""

from __future__ import annotations

from dataclasses import dataclass

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
