"""What people in a workspace do, and how Slack tells the app of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .deliveries import Deliveries, Delivery
from .workspace import APP, BOT, BOT_USER, DM, TEAM, Said, Workspace


class People:
    """Acts in the name of whoever a test says."""

    def __init__(self, workspace: Workspace, deliveries: Deliveries, *, base: Callable[[], str]) -> None:
        self._w = workspace
        self._deliveries = deliveries
        self._base = base

    def say(self, user: str, channel: str, text: str, *, thread: str = "", **more: Any) -> Said:
        """Somebody writes; a mention of the bot comes as two events, in either order."""
        said = Said(channel=channel, ts=self._w.next_ts(), user=user, text=text, thread_ts=thread)
        said.bot_id = more.pop("bot_id", "")
        self._w.messages[channel, said.ts] = said
        if BOT_USER in self._w.members[channel]:
            self.tell_of(said, more=more)
            if f"<@{BOT_USER}>" in text and not channel.startswith("D"):
                self._event({**said.shown(), **self._where(said), **more, "type": "app_mention"})
        return said

    def edit(self, said: Said, text: str) -> Delivery:
        """Somebody changes what they wrote."""
        before = said.shown()
        said.text = text
        return self.tell_of(said, before=before)

    def delete(self, said: Said) -> Delivery:
        """Somebody takes away what they wrote; what has answers leaves a stone behind."""
        before = said.shown()
        if any(each.thread_ts == said.ts for each in self._w.messages.values()):
            said.subtype, said.text = "tombstone", "This message was deleted."
            return self.tell_of(said, before=before)
        del self._w.messages[said.channel, said.ts]
        return self.tell_of(said, gone=True)

    def stop(self, user: str, said: Said, *, told: bool = True) -> Delivery | None:
        """Somebody stops a message that grows; Slack tells of it where the app listens to that.

        Of one that does not stream Slack tells the thread alone.
        """
        stopped = [said.ts] if said.streaming else []
        said.stopped = said.streaming
        said.streaming = False
        if not told:
            return None
        more = {"thread_ts": said.thread_ts, "streaming_message_ts": stopped, "event_ts": self._w.next_ts()}
        return self._event({"type": "agent_session_stopped", "channel": said.channel, "user": user, **more})

    def react(self, user: str, said: Said, name: str) -> Delivery:
        """Somebody puts a reaction on a message."""
        item = {"type": "message", "channel": said.channel, "ts": said.ts}
        event = {"type": "reaction_added", "user": user, "reaction": name, "item": item, "item_user": said.user}
        return self._event({**event, "event_ts": self._w.next_ts()})

    def open_app(self, user: str, *, tab: str = "messages") -> Delivery:
        """Somebody opens the app at one of its tabs."""
        return self._event(
            {"type": "app_home_opened", "user": user, "channel": DM, "tab": tab, "event_ts": self._w.next_ts()}
        )

    def command(self, user: str, channel: str, text: str) -> Delivery:
        """Somebody types a slash command."""
        payload = {
            "command": "/advisor",
            "text": text,
            "user_id": user,
            "user_name": user.lower(),
            "team_id": TEAM,
            "api_app_id": APP,
            "channel_id": channel,
            "channel_name": "directmessage" if channel.startswith("D") else "general",
            "trigger_id": self._trigger(),
            "response_url": self._response_url(user),
        }
        return self._deliveries.hand_over("slash_commands", payload)

    def press_home(self, user: str, view: Mapping[str, Any], label: str, *, choice: str = "") -> Delivery:
        """Somebody presses a button of their home tab, or chooses from a list there; it is in no channel."""
        action = next(each for each in _actions(view["blocks"], choice) if each.pop("_label") == label)
        shown = {"type": "block_actions", "container": {"type": "view", "view_id": "V1"}, "view": dict(view)}
        return self._interact(user, {**shown, "actions": [action]})

    def press(self, user: str, said: Said, label: str, *, choice: str = "", ephemeral: bool = False) -> Delivery:
        """Somebody presses the button that is called so, or chooses from the list with that placeholder."""
        action = next(each for each in _actions(said.blocks, choice) if each.pop("_label") == label)
        container = {"type": "message", "message_ts": said.ts, "channel_id": said.channel, "is_ephemeral": ephemeral}
        return self._interact(
            user,
            {
                "type": "block_actions",
                "container": container | ({"thread_ts": said.thread_ts} if said.thread_ts else {}),
                "channel": {"id": said.channel, "name": "general"},
                **({} if ephemeral else {"message": said.shown()}),
                "actions": [action],
                "response_url": self._response_url(user),
            },
        )

    def shortcut(self, user: str, said: Said, callback_id: str = "ask_about") -> Delivery:
        """Somebody chooses a shortcut of a message."""
        more = {"type": "message_action", "callback_id": callback_id, "message": said.shown(), "message_ts": said.ts}
        channel = {"id": said.channel, "name": "general"}
        return self._interact(user, {**more, "channel": channel, "response_url": self._response_url(user)})

    def submit(self, user: str, view_id: str, values: Mapping[str, str]) -> Delivery:
        """Somebody sends a form."""
        view = self._w.views[view_id]
        state = {
            block["block_id"]: {
                block["element"]["action_id"]: _input(block["element"], values.get(block["block_id"], ""))
            }
            for block in view["blocks"]
            if block["type"] == "input"
        }
        return self._interact(user, {"type": "view_submission", "view": {**view, "state": {"values": state}}})

    def tell_of(
        self,
        said: Said,
        *,
        before: Mapping[str, Any] | None = None,
        gone: bool = False,
        more: Mapping[str, Any] | None = None,
    ) -> Delivery:
        """Hands over the event of a message that appeared, changed or went."""
        where = self._where(said)
        if gone:
            event = {"type": "message", "subtype": "message_deleted", "deleted_ts": said.ts, **where, "hidden": True}
            return self._event({**event, "ts": self._w.next_ts(), "previous_message": said.shown()})
        if before is not None:
            event = {"type": "message", "subtype": "message_changed", "message": said.shown(), **where, "hidden": True}
            return self._event({**event, "ts": self._w.next_ts(), "previous_message": dict(before)})
        return self._event({**said.shown(), **where, **(more or {})})

    def event(self, event: Mapping[str, Any]) -> Delivery:
        """Hands over an event of any other kind."""
        return self._event(dict(event))

    def _where(self, said: Said) -> dict[str, Any]:
        kinds = {"D": "im", "G": "group"}
        return {
            "channel": said.channel,
            "channel_type": kinds.get(said.channel[0], "channel"),
            "event_ts": said.ts,
        }

    def _event(self, event: dict[str, Any]) -> Delivery:
        payload = {
            "token": "unused",
            "team_id": TEAM,
            "api_app_id": APP,
            "type": "event_callback",
            "event": event,
            "event_id": self._w.next_id("Ev"),
            "event_time": int(float(event.get("event_ts") or event.get("ts") or 0)),
            "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
        }
        return self._deliveries.hand_over("events_api", payload)

    def _interact(self, user: str, payload: dict[str, Any]) -> Delivery:
        known = self._w.users[user]
        person = {"id": user, "username": known["name"], "team_id": known["team_id"]}
        whole = {"user": person, "team": {"id": TEAM, "domain": "home"}, "api_app_id": APP, "token": "unused"}
        return self._deliveries.hand_over("interactive", {**whole, "trigger_id": self._trigger(), **payload})

    def _trigger(self) -> str:
        trigger = self._w.next_id("trigger.")
        self._w.triggers.add(trigger)
        return trigger

    def _response_url(self, user: str) -> str:
        return f"{self._base()}response/{user}"


def labels(said: Said) -> list[str]:
    """What may be pressed under a message."""
    return [action["_label"] for action in _actions(said.blocks, "")]


def own(event: Mapping[str, Any]) -> bool:
    """Whether an event tells of the bot's own message."""
    return event.get("bot_id") == BOT or event.get("user") == BOT_USER


def _actions(blocks: list[dict[str, Any]], choice: str) -> Iterator[dict[str, Any]]:
    for number, block in enumerate(blocks):
        for element in block.get("elements", ()):
            base = {"block_id": f"b{number}", "action_ts": "1.1", "type": element["type"]}
            match element["type"]:
                case "button":
                    more = {"action_id": element["action_id"], "value": element["value"], "text": element["text"]}
                    yield {**base, **more, "_label": element["text"]["text"]}
                case "static_select":
                    option = next((each for each in element["options"] if each["value"] == choice), None)
                    label = element["placeholder"]["text"]
                    yield {**base, "action_id": element["action_id"], "selected_option": option, "_label": label}
                case "feedback_buttons":
                    for name in ("positive_button", "negative_button"):
                        thumb = element[name]
                        more = {"action_id": element["action_id"], "value": thumb["value"], "text": thumb["text"]}
                        yield {**base, **more, "_label": thumb["text"]["text"]}


def _input(element: Mapping[str, Any], value: str) -> dict[str, Any]:
    if element["type"] == "static_select":
        option = next((each for each in element["options"] if each["value"] == value), None)
        return {"type": "static_select", "selected_option": option}
    return {"type": element["type"], "value": value or None}
