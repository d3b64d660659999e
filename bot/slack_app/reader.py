"""How one body from Slack is read: in which workspace, when, and with what is known of its people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.chat import Person, Place, PlaceKind, Standing
from bot.slack_app.identity import PLATFORM, UNKNOWN, Identity, Profile
from bot.slack_app.markup import plain

_SLACKBOT = "USLACKBOT"
"""Slack's own answering machine, which has the id of a person and none of a bot."""

_STANDINGS = (Standing.MEMBER, Standing.GUEST, Standing.STRANGER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What reading takes besides the body.

    `is_command` tells whether a word names a command; `profiles` are of the people in the body, by their ids.
    """

    identity: Identity
    now: datetime
    is_command: Callable[[str], bool]
    profiles: Mapping[str, Profile] = field(default_factory=dict)

    def person(self, user: str, *, team: str = "", bot: str = "") -> Person:
        """Somebody of the workspace `team`; `bot` is a bot's own id, which it has besides or instead of a user's."""
        me = self.identity
        own = user == me.user or (bool(bot) and bot == me.bot)
        profile = Profile() if bot or own else self.profiles.get(user, UNKNOWN)
        # An event names the workspace alone, which may be another one of the same organisation.
        told = Standing.MEMBER if profile.colleague or me.knows(team) else Standing.STRANGER
        return Person(
            platform=PLATFORM,
            workspace=me.team,
            id=user or bot,
            name=profile.name,
            is_bot=bool(bot) or user == _SLACKBOT,
            is_self=own,
            standing=max(told, profile.standing, key=_STANDINGS.index),
        )

    def place(self, channel: str, thread: str = "") -> Place:
        """A channel, a thread in it, or direct messages, for whose channel Slack also takes the person's id."""
        kind = PlaceKind.THREAD if thread else PlaceKind.CHANNEL
        if channel.startswith(("D", "U", "W")):
            kind = PlaceKind.DM
        return Place(platform=PLATFORM, workspace=self.identity.team, channel=channel, thread=thread, kind=kind)

    def text(self, typed: str) -> str:
        """What somebody typed, for people to read."""
        names = {user: profile.name for user, profile in self.profiles.items() if profile.name}
        return plain(typed, own=self.identity.user, names=names)

    def locale(self, user: str) -> str:
        """The language of a person's Slack."""
        return self.profiles.get(user, UNKNOWN).locale
