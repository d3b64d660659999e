"""What Discord tells, as the values that every chat shares. Pure.

The thread that an answer opens has the id of the message that it answers, so that message, answer and what follows are
one conversation. Where no thread can be opened the answer stands in the channel, and replies to it lead back to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bot.chat import (
    ADMIN_ROLE,
    VOUCHER_ROLE,
    Address,
    Attachment,
    CommandCall,
    Deleted,
    Edited,
    Message,
    MessageRef,
    Person,
    Place,
    PlaceKind,
    Press,
    Submission,
)
from bot.discord_app.markup import mentions, plain
from bot.discord_app.values import DIRECT, PLATFORM, Author, Room, RoomKind, Self, Used, Written
from bot.payloads import decode
from rag.errors import InvalidInput

ASK_ABOUT = "Ask Advisor about this"
"""The name of the entry in a message's menu that asks for an answer to it."""

SAVE_AS_ANSWER = "Save as an answer"
"""The name of the entry with which admins make a document of a message."""

_SAVE = "save"
_GROUPED = {1, 2}
"""Types of options that are subcommands and groups of them."""

_KINDS = {
    RoomKind.CHANNEL: PlaceKind.CHANNEL,
    RoomKind.THREAD: PlaceKind.THREAD,
    RoomKind.POST: PlaceKind.FORUM,
    RoomKind.DIRECT: PlaceKind.DM,
}


def place_of(room: Room, thread: str = "") -> Place:
    """A channel, a direct message, or a thread: the one that `room` is, else the one that is called `thread`."""
    inside = room.kind in {RoomKind.THREAD, RoomKind.POST}
    kind = _KINDS[room.kind]
    if room.kind is RoomKind.CHANNEL and thread:
        kind = PlaceKind.THREAD
    return Place(
        platform=PLATFORM,
        workspace=room.guild or DIRECT,
        channel=room.parent if inside else room.id,
        thread=room.id if inside else ("" if room.kind is RoomKind.DIRECT else thread),
        kind=kind,
    )


def person_of(author: Author, room: Room, me: Self) -> Person:
    """Whoever did something, an admin where Discord or the operator says so."""
    manages = bool(room.guild) and (author.manages or bool(author.roles & me.admin_roles))
    vouches = manages and (me.closed or author.id in me.owners)
    given = ({ADMIN_ROLE} if manages else set()) | ({VOUCHER_ROLE} if vouches else set())
    return Person(
        platform=PLATFORM,
        workspace=room.guild or DIRECT,
        id=author.id,
        name=author.name,
        is_bot=author.is_bot,
        is_self=author.id == me.user,
        standing=author.standing,
        roles=author.roles | given,
    )


def message(written: Written, me: Self) -> Message:
    """Somebody wrote."""
    return Message(
        event_id=written.id,
        message_id=written.id,
        place=place_of(written.room, written.root or written.id),
        person=person_of(written.author, written.room, me),
        at=written.at,
        text=_plain(written, me),
        address=_address(written, me),
        mentions=tuple(user for user in written.people if user != me.user),
        title=written.room.title if _begins_post(written) else "",
        attachments=written.attachments,
    )


def request(used: Used, me: Self) -> Message | None:
    """The entry of a menu that asks about a message: whoever chose it asks, in the words of the message."""
    written = used.message
    if used.data.get("name") != ASK_ABOUT or written is None:
        return None
    return Message(
        event_id=used.id,
        message_id=written.id,
        place=place_of(used.room, written.id),
        person=person_of(used.author, used.room, me),
        at=used.at,
        text=_plain(written, me),
        address=Address.REQUEST,
        title=used.room.title if written.id == used.room.id else "",
        attachments=written.attachments,
    )


def saving(used: Used, me: Self) -> CommandCall | None:
    """The entry of a menu that makes a document of a message: a command that is filled in with what is known of it."""
    written = used.message
    if used.data.get("name") != SAVE_AS_ANSWER or written is None:
        return None
    question = written.answers or used.room.title
    given = {"question": question, "text": _plain(written, me), "author": written.author.name}
    return CommandCall(
        event_id=used.id,
        place=place_of(used.room),
        person=person_of(used.author, used.room, me),
        at=used.at,
        name=_SAVE,
        arguments={name: value for name, value in given.items() if value},
        trigger=used.id,
        locale=used.locale,
    )


def edited(written: Written, me: Self, *, at: datetime, known: Place | None = None) -> Edited:
    """Somebody changed what they had written, at a place that may be known from before."""
    return Edited(
        event_id=f"{written.id}/{at.timestamp():.3f}",
        message_id=written.id,
        place=known or place_of(written.room, written.root or written.id),
        person=person_of(written.author, written.room, me),
        at=at,
        text=_plain(written, me),
    )


def deleted(message_id: str, room: Room, *, at: datetime, known: Place | None = None) -> Deleted:
    """A message was taken away, at a place that may be known from before."""
    place = known or place_of(room, message_id)
    return Deleted(event_id=f"{message_id}/deleted", message_id=message_id, place=place, at=at)


def command(used: Used, me: Self) -> CommandCall:
    """A slash command. Its name is that of the subcommand, its arguments are by their identifiers.

    Raises:
        InvalidInput: Discord's data lacks what it documents.
    """
    try:
        name, options = _innermost(used.data)
        arguments = {str(option["name"]): str(option.get("value", "")) for option in options}
    except (LookupError, TypeError, AttributeError) as error:
        raise _unreadable("command", error) from error
    return CommandCall(
        event_id=used.id,
        place=place_of(used.room, used.response),
        person=person_of(used.author, used.room, me),
        at=used.at,
        name=name,
        arguments=arguments,
        trigger=used.id,
        locale=used.locale,
    )


def focused(used: Used) -> tuple[str, str]:
    """The argument that somebody is typing, and what they have typed of it. Raises InvalidInput."""
    try:
        _, options = _innermost(used.data)
        option = next(option for option in options if option.get("focused"))
        return str(option["name"]), str(option.get("value", ""))
    except (LookupError, TypeError, AttributeError, StopIteration) as error:
        raise _unreadable("completion", error) from error


def press(used: Used, me: Self) -> Press:
    """A button or a list under a message. Raises InvalidInput where it carries nothing of ours."""
    try:
        encoded = str(used.data["custom_id"]).partition("#")[0]
        values = tuple(str(value) for value in used.data.get("values") or ())
    except (LookupError, TypeError, AttributeError) as error:
        raise _unreadable("button", error) from error
    place = _beneath(used)
    shown = used.message.id if used.message and not used.ephemeral else ""
    return Press(
        event_id=used.id,
        place=place,
        person=person_of(used.author, used.room, me),
        at=used.at,
        message=MessageRef(place=place, id=shown) if shown else None,
        payload=decode(encoded),
        values=values,
        trigger=used.id,
        locale=used.locale,
    )


def submission(used: Used, me: Self) -> Submission:
    """A form that was sent. Raises InvalidInput where it is none of ours."""
    try:
        fields = list(_fields(used.data["components"]))
        files = (used.data.get("resolved") or {}).get("attachments") or {}
        values = {str(field["custom_id"]): _filled_in(field) for field in fields}
        chosen = [files[key] for field in fields for key in field.get("values") or () if key in files]
        attached = tuple(
            Attachment(name=str(each["filename"]), size=int(each["size"]), reference=str(each["url"]))
            for each in chosen
        )
        payload = decode(str(used.data["custom_id"]))
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise _unreadable("form", error) from error
    return Submission(
        event_id=used.id,
        place=_beneath(used),
        person=person_of(used.author, used.room, me),
        at=used.at,
        payload=payload,
        values=values,
        attachments=attached,
        locale=used.locale,
    )


def _address(written: Written, me: Self) -> Address:
    if written.room.kind is RoomKind.DIRECT:
        return Address.DM
    if mentions(written.text, me.user) or written.own_roles:
        return Address.MENTION
    return Address.REPLY if written.root else Address.NONE


def _plain(written: Written, me: Self) -> str:
    return plain(written.text, own={me.user, *written.own_roles}, names=written.names)


def _begins_post(written: Written) -> bool:
    return written.room.kind is RoomKind.POST and written.id == written.room.id


def _beneath(used: Used) -> Place:
    """The conversation of a message that a button stands under: its thread, or that of what it answers."""
    root = (used.message.root or used.message.id) if used.message and not used.ephemeral else ""
    return place_of(used.room, root)


def _innermost(data: Mapping[str, Any]) -> tuple[str, list[Mapping[str, Any]]]:
    """A command's own name and options, below the groups that it is in."""
    name, options = str(data["name"]), list(data.get("options") or ())
    while options and options[0].get("type") in _GROUPED:
        name, options = str(options[0]["name"]), list(options[0].get("options") or ())
    return name, options


def _fields(components: Any) -> Iterator[Mapping[str, Any]]:
    """The inputs of a form, in the labels or rows around them."""
    for component in components:
        inner = component.get("components") or ([component["component"]] if "component" in component else [])
        if inner:
            yield from _fields(inner)
        elif "custom_id" in component:
            yield component


def _filled_in(field: Mapping[str, Any]) -> str:
    values = field.get("values")
    return str(values[0] if values else field.get("value") or "")


def _unreadable(what: str, error: Exception) -> InvalidInput:
    problem = f"a {what} from Discord cannot be read: {type(error).__name__} {error}"
    return InvalidInput(f"{problem}; the bot may be older than Discord's present form")
