"""What people do on Discord, as the gateway tells the bot of it."""

from __future__ import annotations

import secrets
from typing import Any

from .names import APP, DIRECT, EPHEMERAL, ME
from .things import Interaction, Said
from .world import World

COMMAND, COMPONENT, COMPLETION, FORM = 2, 3, 4, 5


class People:
    """Acts of people."""

    def __init__(self, world: World) -> None:
        self.world = world

    def say(self, user: str, channel: str, text: str, *, reply_to: Said | None = None, **more: Any) -> Said:
        """Somebody writes."""
        reference = {"message_id": reply_to.id} if reply_to else None
        said = Said(id=self.world.next_id(), channel=channel, author=user, content=text, reference=reference, **more)
        return self.world.keep(said)

    def edit(self, said: Said, text: str) -> None:
        """Somebody changes what they wrote."""
        said.content = text
        self.world.changed(said)

    def delete(self, said: Said) -> None:
        """Somebody takes a message away."""
        self.world.remove(said)

    def post(self, user: str, forum: str, title: str, text: str) -> Said:
        """Somebody opens a post of a forum."""
        key = self.world.next_id()
        self.world.add_thread(key, forum, title)
        return self.world.keep(Said(id=key, channel=key, author=user, content=text))

    def command(
        self,
        user: str,
        channel: str,
        command: str,
        /,
        *,
        group: str = "advisor",
        locale: str = "en-US",
        given: dict[str, str] | None = None,
        **options: str,
    ) -> Interaction:
        """Somebody sends a slash command, which has to be registered as it is used; `given` adds to `options`."""
        options = {**(given or {}), **options}
        known = self._subcommand(group, command)
        names = {each["name"] for each in known["options"]}
        missing = {each["name"] for each in known["options"] if each["required"]} - set(options)
        if set(options) - names or missing:
            raise AssertionError(f"/{group} {command} takes {names}, got {set(options)}")
        typed = [{"type": 3, "name": key, "value": value} for key, value in options.items()]
        return self._use(COMMAND, user, channel, self._called(group, command, typed), locale=locale)

    def type_into(
        self,
        user: str,
        channel: str,
        name: str,
        argument: str,
        typed: str,
        /,
        *,
        group: str = "advisor",
        **options: str,
    ) -> Interaction:
        """Somebody types an argument for which proposals are made."""
        option = next(each for each in self._subcommand(group, name)["options"] if each["name"] == argument)
        if not option.get("autocomplete"):
            raise AssertionError(f"no proposals are made for {argument!r}")
        given = [{"type": 3, "name": key, "value": value} for key, value in options.items()]
        given.append({"type": 3, "name": argument, "value": typed, "focused": True})
        return self._use(COMPLETION, user, channel, self._called(group, name, given))

    def menu(self, user: str, said: Said, name: str, *, locale: str = "en-US") -> Interaction:
        """Somebody chooses an entry from the menu of a message."""
        if name not in {each["name"] for each in self.world.commands if each.get("type") == 3}:
            raise AssertionError(f"no menu has {name!r}")
        data = {
            "id": "1",
            "type": 3,
            "name": name,
            "target_id": said.id,
            "resolved": {"messages": {said.id: self.world.told(said)}},
        }
        return self._use(COMMAND, user, said.channel, data, locale=locale)

    def press(self, user: str, said: Said, label: str) -> Interaction:
        """Somebody presses a button."""
        item = next(item for row in said.components for item in row["components"] if item.get("label") == label)
        data = {"custom_id": item["custom_id"], "component_type": 2}
        return self._use(COMPONENT, user, said.channel, data, message=said)

    def choose(self, user: str, said: Said, value: str) -> Interaction:
        """Somebody chooses from a list."""
        item = next(item for row in said.components for item in row["components"] if item["type"] == 3)
        if value not in {option["value"] for option in item["options"]}:
            raise AssertionError(f"the list has no {value!r}")
        data = {"custom_id": item["custom_id"], "component_type": 3, "values": [value]}
        return self._use(COMPONENT, user, said.channel, data, message=said)

    def submit(self, user: str, modal: dict[str, Any], values: dict[str, str]) -> Interaction:
        """Somebody sends a form."""
        opened = self.world.interactions[modal["_interaction"]]
        components = [
            {"type": 18, "id": number, "component": _filled(label["component"], values)}
            for number, label in enumerate(modal["components"])
        ]
        data = {"custom_id": modal["custom_id"], "components": components}
        return self._use(FORM, user, opened.channel, data, message=opened.component_of)

    def _subcommand(self, group: str, name: str) -> dict[str, Any]:
        registered = next(each for each in self.world.commands if each["name"] == group)
        return next(each for each in registered["options"] if each["name"] == name)

    def _called(self, group: str, name: str, options: list[dict[str, Any]]) -> dict[str, Any]:
        return {"id": "1", "type": 1, "name": group, "options": [{"type": 1, "name": name, "options": options}]}

    def _use(
        self,
        kind: int,
        user: str,
        channel: str,
        data: dict[str, Any],
        *,
        message: Said | None = None,
        locale: str = "en-US",
    ) -> Interaction:
        used = Interaction(
            id=self.world.next_id(),
            token=secrets.token_hex(16),
            kind=kind,
            user=user,
            channel=channel,
            began=self.world.clock(),
            component_of=message,
        )
        self.world.interactions[used.id] = used
        event = self._event(used, data) | {"locale": locale}
        if message is not None:
            told = self.world.told(message)
            # A message that one person alone sees is told without its server.
            event["message"] = {k: v for k, v in told.items() if not (message.flags & EPHEMERAL and k == "guild_id")}
        self.world.tell("INTERACTION_CREATE", event, channel)
        return used

    def _event(self, used: Interaction, data: dict[str, Any]) -> dict[str, Any]:
        room = self.world.channels[used.channel]
        direct = room["type"] == DIRECT
        member = not direct and room["guild_id"] in self.world.guilds
        event: dict[str, Any] = {
            "id": used.id,
            "application_id": APP,
            "type": used.kind,
            "token": used.token,
            "version": 1,
            "data": data,
            "channel_id": used.channel,
            "channel": room,
            "app_permissions": str(self.world.permissions(ME)),
            "entitlements": [],
            "authorizing_integration_owners": {"0": room["guild_id"]} if member else {"1": used.user},
            "context": 1 if direct else 0,
            "attachment_size_limit": 10_485_760,
        }
        if direct:
            return event | {"user": self.world.user(used.user)}
        return event | {
            "guild_id": room["guild_id"],
            "guild": {"id": room["guild_id"], "locale": "en-US", "features": []},
            "member": self.world.member(used.user, whole=True),
            "guild_locale": "en-US",
        }


def _filled(item: dict[str, Any], values: dict[str, str]) -> dict[str, Any]:
    told = {"type": item["type"], "custom_id": item["custom_id"]}
    value = values.get(item["custom_id"], "")
    if item["type"] in {3, 19}:
        return told | {"values": [value] if value else []}
    return told | {"value": value or item.get("value") or ""}
