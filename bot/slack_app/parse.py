"""What Slack sends, as the values that every chat shares. Pure: people's profiles are handed in.

One message has one identity, its `ts`, however many events tell of it: a mention comes as `app_mention` and `message`.
The thread of an answer is the message's own `ts` where it stands outside a thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.chat import Address, CommandCall, Deleted, Edited, Incoming, Message
from bot.slack_app import interactions
from bot.slack_app.home import COMMAND, home_of
from bot.slack_app.interactions import attachments, event_id_of, time_of
from bot.slack_app.markup import mentioned
from bot.slack_app.reader import Reader
from rag.errors import InvalidInput

Body = Mapping[str, Any]

_MOST_PEOPLE = 10
"""A message may mention a hundred people; to ask Slack for all of them would keep it waiting."""

_WRITTEN = {None, "file_share", "thread_broadcast", "bot_message", "me_message"}
"""Subtypes of messages that somebody wrote; the others tell of joins, topics and the like."""


def people_of(body: Body) -> tuple[str, ...]:
    """The ids of those whose profiles `parse` wants: who did it, and who is mentioned."""
    event = body.get("event") or {}
    message = event.get("message") or body.get("message") or {}
    user = body.get("user")
    texts = (event.get("text"), message.get("text"), body.get("text"))
    ids = [
        event.get("user") if not event.get("bot_id") else None,
        (event.get("message") or {}).get("user"),
        user.get("id") if isinstance(user, Mapping) else None,
        body.get("user_id"),
        *(each for text in texts if isinstance(text, str) for each in mentioned(text)),
    ]
    return tuple(dict.fromkeys(each for each in ids if isinstance(each, str) and each))[:_MOST_PEOPLE]


def parse(body: Body, reader: Reader) -> Incoming | None:
    """One event, command or interaction; None for what does not concern the bot.

    Raises:
        InvalidInput: the body lacks what Slack documents for its kind.
    """
    kind = "command" if "command" in body else str(body.get("type"))
    try:
        read = _KINDS.get(kind)
        return read(body, reader) if read else None
    except (LookupError, TypeError, ValueError, AttributeError, StopIteration, OverflowError) as error:
        problem = f"a body of the kind {kind!r} from Slack cannot be read: {type(error).__name__} {error}"
        raise InvalidInput(f"{problem}; the bot may be older than Slack's present form") from error


def _event(body: Body, reader: Reader) -> Incoming | None:
    event = body["event"]
    read = _EVENTS.get(event["type"])
    return read(body, event, reader) if read else None


def _written(body: Body, event: Body, reader: Reader) -> Incoming | None:
    match event.get("subtype"):
        case "message_changed":
            return _changed(body, event, reader)
        case "message_deleted":
            previous = event.get("previous_message") or {}
            return _deletion(body, event, reader, ts=event["deleted_ts"], thread=previous.get("thread_ts", ""))
        case subtype if subtype in _WRITTEN:
            return _message(body, event, reader)
        case _:
            return None


def _opened(body: Body, event: Body, reader: Reader) -> CommandCall | None:
    """Somebody looks at the app's home tab, which is made anew each time."""
    if event.get("tab") != "home":
        return None
    user = event["user"]
    return CommandCall(
        event_id=event_id_of(body),
        place=home_of(user, reader),
        person=reader.person(user),
        at=reader.now,
        name=COMMAND,
        locale=reader.locale(user),
    )


def _message(body: Body, event: Body, reader: Reader) -> Message:
    text, ts = event.get("text") or "", event["ts"]
    place = reader.place(event["channel"], event.get("thread_ts") or ts)
    others = tuple(user for user in mentioned(text) if user != reader.identity.user)
    address = Address.NONE
    if place.private or event.get("channel_type") == "im":
        address = Address.DM
    elif event["type"] == "app_mention" or reader.identity.user in mentioned(text):
        address = Address.MENTION
    return Message(
        event_id=event_id_of(body),
        message_id=ts,
        place=place,
        person=reader.person(event.get("user") or "", team=team_of(event), bot=event.get("bot_id") or ""),
        at=time_of(ts),
        text=reader.text(text),
        address=address,
        mentions=others,
        attachments=attachments(event.get("files") or ()),
    )


def _changed(body: Body, event: Body, reader: Reader) -> Edited | Deleted | None:
    message, previous = event["message"], event.get("previous_message") or {}
    thread = message.get("thread_ts") or ""
    if message.get("subtype") == "tombstone":
        # A message that has answers is not taken away: what was said in it is.
        return _deletion(body, event, reader, ts=message["ts"], thread=thread)
    person = reader.person(message.get("user") or "", team=team_of(message), bot=message.get("bot_id") or "")
    # Slack also tells of a change when it has added a preview.
    if person.is_self or message.get("text") == previous.get("text"):
        return None
    return Edited(
        event_id=event_id_of(body),
        message_id=message["ts"],
        place=reader.place(event["channel"], thread or message["ts"]),
        person=person,
        at=time_of(event.get("event_ts") or event["ts"]),
        text=reader.text(message.get("text") or ""),
    )


def _deletion(body: Body, event: Body, reader: Reader, *, ts: str, thread: str) -> Deleted:
    return Deleted(
        event_id=event_id_of(body),
        message_id=ts,
        place=reader.place(event["channel"], thread or ts),
        at=time_of(event.get("event_ts") or event["ts"]),
    )


def team_of(said: Body) -> str:
    """The workspace of whoever said something; in a shared channel it may be somebody else's."""
    return str(said.get("user_team") or said.get("source_team") or said.get("team") or "")


_EVENTS: Mapping[str, Callable[[Body, Body, Reader], Incoming | None]] = {
    "message": _written,
    "app_mention": _written,
    "app_home_opened": _opened,
    "reaction_added": lambda body, _, reader: interactions.reaction(body, reader),
}
_KINDS: Mapping[str, Callable[[Body, Reader], Incoming | None]] = {
    "event_callback": _event,
    "command": interactions.command,
    "block_actions": interactions.press,
    "view_submission": interactions.submission,
    "message_action": interactions.request,
}
