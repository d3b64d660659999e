"""Slash commands, buttons, forms and shortcuts from Slack, as the values that every chat shares."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.chat import Address, Attachment, CommandCall, Message, MessageRef, Place, Press, Submission
from bot.payloads import decode
from bot.slack_app.markup import called
from bot.slack_app.reader import Reader

ASK_ABOUT = "ask_about"
"""The message shortcut that asks for an answer to a message."""

BY_ID = "slack-file:"
"""Stands before the id of a file of which Slack tells no more: of one in a channel shared with another organisation."""

Body = Mapping[str, Any]

_ASK, _HELP = "ask", "help"


def command(body: Body, reader: Reader) -> CommandCall:
    """A slash command: its first word is one of ours, or all of it is a question."""
    words = reader.text(body.get("text") or "").split(maxsplit=1)
    name, rest = [*words, ""][:2] if words else [_HELP, ""]
    if not reader.is_command(name) and (rest or not name.isascii()):
        # Who types a question behind the slash wants it answered; one lone word is rather a command gone wrong.
        name, rest = _ASK, " ".join(words)
    user = body["user_id"]
    return CommandCall(
        event_id=_id_of(body, str(body.get("response_url") or "").rpartition("/")[2]),
        place=reader.place(body["channel_id"]),
        person=reader.person(user, team=body.get("team_id") or ""),
        at=reader.now,
        name=name,
        text=rest,
        mentions=tuple(each for each in called(body.get("text") or "") if each != reader.identity.user),
        trigger=body.get("trigger_id") or "",
        locale=reader.locale(user),
    )


def press(body: Body, reader: Reader) -> Press | None:
    """A button or a list under a message; None for one that carries nothing of ours."""
    action, user, container = body["actions"][0], body["user"], body.get("container") or {}
    encoded, values = _chosen(action)
    if not encoded:
        return None
    message = body.get("message") or {}
    ts = "" if container.get("is_ephemeral") else container.get("message_ts") or message.get("ts") or ""
    thread = container.get("thread_ts") or message.get("thread_ts") or ts
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id")
    place = reader.place(channel, thread) if channel else reader.place(user["id"])
    return Press(
        event_id=_id_of(body, action.get("action_ts") or ""),
        place=place,
        person=reader.person(user["id"], team=user.get("team_id") or ""),
        at=reader.now,
        message=MessageRef(place=place, id=ts) if ts else None,
        payload=decode(encoded),
        values=values,
        trigger=body.get("trigger_id") or "",
        locale=reader.locale(user["id"]),
    )


def submission(body: Body, reader: Reader) -> Submission:
    """A form that was sent."""
    view, user = body["view"], body["user"]
    fields = {block: next(iter(inputs.values())) for block, inputs in view["state"]["values"].items()}
    return Submission(
        event_id=view["id"],
        place=_place_of_form(view.get("private_metadata") or "", user["id"], reader),
        person=reader.person(user["id"], team=user.get("team_id") or ""),
        at=reader.now,
        payload=decode(view["callback_id"]),
        values={name: _filled_in(element) for name, element in fields.items()},
        attachments=tuple(each for element in fields.values() for each in attachments(element.get("files") or ())),
        locale=reader.locale(user["id"]),
    )


def request(body: Body, reader: Reader) -> Message | None:
    """The shortcut that asks about a message: whoever chose it asks, in the words of the message."""
    if body.get("callback_id") != ASK_ABOUT:
        return None
    message, user = body["message"], body["user"]
    ts = message["ts"]
    return Message(
        event_id=_id_of(body, body.get("action_ts") or ""),
        message_id=ts,
        place=reader.place(body["channel"]["id"], message.get("thread_ts") or ts),
        person=reader.person(user["id"], team=user.get("team_id") or ""),
        at=reader.now,
        text=reader.text(message.get("text") or ""),
        address=Address.REQUEST,
        attachments=attachments(message.get("files") or ()),
    )


def reaction(body: Body, reader: Reader) -> Message | None:
    """The reaction that asks about a message; None where nobody has read the message."""
    event = body["event"]
    message = event.get("message")
    if message is None:
        return None
    ts = message["ts"]
    return Message(
        event_id=event_id_of(body),
        message_id=ts,
        place=reader.place(event["item"]["channel"], message.get("thread_ts") or ts),
        person=reader.person(event["user"]),
        at=time_of(event["event_ts"]),
        text=reader.text(message.get("text") or ""),
        address=Address.REQUEST,
        attachments=attachments(message.get("files") or ()),
    )


def attachments(files: Any) -> tuple[Attachment, ...]:
    """The files of a message or a form; one that was taken away again is none."""
    there = [each for each in files if each.get("id") and each.get("mode") != "tombstone"]
    return tuple(
        Attachment(
            name=each.get("name") or each.get("title") or each["id"],
            size=each.get("size") or 0,
            reference=each.get("url_private_download") or each.get("url_private") or f"{BY_ID}{each['id']}",
        )
        for each in there
    )


def form_metadata(place: Place) -> str:
    """What a form carries so that it is known where it was opened."""
    return json.dumps({"channel": place.channel, "thread": place.thread})


def event_id_of(body: Body) -> str:
    """What tells one event from others, however often it is handed over; made up where a body does not say."""
    event = body["event"]
    made = (event.get("type"), event.get("channel"), event.get("user"), event.get("event_ts") or event.get("ts"))
    return str(body.get("event_id") or ".".join(str(each) for each in made if each))


def time_of(ts: str) -> datetime:
    """When a message was written."""
    return datetime.fromtimestamp(float(ts), UTC)


def _id_of(body: Body, *more: str) -> str:
    """What tells one act from others: its trigger, and what else comes once, since no document calls triggers unique.

    None of these comes again: Slack hands over events alone anew.
    """
    return ".".join(filter(None, (body.get("trigger_id") or "", *more)))


def _chosen(action: Body) -> tuple[str, tuple[str, ...]]:
    """The payload of what was pressed, and the choices of a list."""
    if action["type"] == "static_select":
        option = action.get("selected_option")
        return action["action_id"].partition("#")[0], (option["value"],) if option else ()
    return action.get("value") or "", ()


def _filled_in(element: Body) -> str:
    option = element.get("selected_option")
    return str((option["value"] if option else element.get("value")) or "")


def _place_of_form(metadata: str, user: str, reader: Reader) -> Place:
    if not metadata:
        return reader.place(user)
    told = json.loads(metadata)
    return reader.place(told["channel"], told["thread"])
