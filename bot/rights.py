"""Who may do what: roles in their order, given by settings to people, to Slack's user groups and to Discord's roles.

Rights are asked for at every call, with the person as the platform shows them at that moment: `Person.roles` are filled
in by the adapter for each event, so that whoever loses a group loses what it gave.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Protocol

from bot.chat import ADMIN_ROLE, Person, Place, Standing
from bot.rights_settings import RightsSettings, parts_of

ANYWHERE = "*"
"""The workspace of an entry that holds in all of them."""


class Role(IntEnum):
    """What somebody may do: each role may do all that those before it may."""

    READER = 0
    EDITOR = 1
    ADMIN = 2
    OWNER = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A person, or a group of them, in one workspace or in all."""

    platform: str
    workspace: str
    id: str
    is_group: bool = False

    def covers(self, person: Person) -> bool:
        """Whether a person is meant, as themselves or as one of the group."""
        if person.platform != self.platform or self.workspace not in {person.workspace, ANYWHERE}:
            return False
        return self.id in person.roles if self.is_group else self.id == person.id


class Groups(Protocol):
    """What an adapter asks its platform for, where events do not tell: a person's groups, as they are now."""

    async def of(self, person_id: str) -> frozenset[str]:
        """The groups among those that settings name; () of a person of whom the platform tells nothing."""
        ...

    def forget(self, group: str) -> None:
        """Who belongs to a group has changed: it is asked for anew."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """The roles and labels that settings give, and the admins that a platform names by its own rights.

    Other organisations' people, guests and bots hold none.
    """

    roles: Mapping[Role, tuple[Holder, ...]] = field(default_factory=dict)
    labels: Mapping[str, tuple[Holder, ...]] = field(default_factory=dict)
    channel: Place | None = None
    """Where admins are told of what nobody else would hear of."""

    def role(self, person: Person) -> Role:
        """The highest role that a person holds."""
        held = [role for role, holders in self.roles.items() if _holds(person, holders)]
        if ADMIN_ROLE in person.roles and _is_trusted(person):
            held.append(Role.ADMIN)
        return max(held, default=Role.READER)

    def named(self, person: Person) -> Role:
        """The highest role that settings give a person, whatever their platform lets them do."""
        return self.role(replace(person, roles=person.roles - {ADMIN_ROLE}))

    def labels_of(self, person: Person) -> frozenset[str]:
        """The audience labels that a person holds themselves, whatever their channels hold."""
        return frozenset(label for label, holders in self.labels.items() if _holds(person, holders))

    def groups(self, platform: str, workspace: str) -> frozenset[str]:
        """The groups that the adapter of a platform has to look up."""
        holders = (holder for group in (*self.roles.values(), *self.labels.values()) for holder in group)
        return frozenset(
            holder.id
            for holder in holders
            if holder.is_group and holder.platform == platform and holder.workspace in {workspace, ANYWHERE}
        )

    @property
    def administered(self) -> bool:
        """Whether anybody is an admin."""
        return any(self.roles.get(role) for role in (Role.ADMIN, Role.OWNER))

    def with_owner(self, person: Person, *, labels: Iterable[str] = ()) -> Rights:
        """These rights, with one more owner, who holds labels: whoever sits at the terminal has the machine anyway."""
        owner = Holder(platform=person.platform, workspace=person.workspace, id=person.id)
        return Rights(
            roles={**self.roles, Role.OWNER: (*self.roles.get(Role.OWNER, ()), owner)},
            labels={**self.labels, **{label: (*self.labels.get(label, ()), owner) for label in labels}},
            channel=self.channel,
        )


def rights_of(settings: RightsSettings) -> Rights:
    """The rights that settings give."""
    given = {Role.OWNER: settings.owners, Role.ADMIN: settings.admins, Role.EDITOR: settings.editors}
    return Rights(
        roles={role: _holders(entries) for role, entries in given.items() if entries},
        labels={label: _holders(entries) for label, entries in settings.labels.items()},
        channel=_channel(settings.channel),
    )


def _holds(person: Person, holders: Iterable[Holder]) -> bool:
    return _is_trusted(person) and any(holder.covers(person) for holder in holders)


def _channel(entry: str) -> Place | None:
    if not entry:
        return None
    platform, workspace, channel, _ = parts_of(entry)
    return Place(platform=platform, workspace=workspace, channel=channel)


def _is_trusted(person: Person) -> bool:
    return person.standing is Standing.MEMBER and not person.is_bot


def _holders(entries: Iterable[str]) -> tuple[Holder, ...]:
    made = []
    for entry in entries:
        platform, workspace, name, is_group = parts_of(entry)
        made.append(Holder(platform=platform, workspace=workspace, id=name, is_group=is_group))
    return tuple(made)
