"""Discord's objects as the bot's own values: what is asked of the library when something comes in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import discord

from bot.chat import Attachment, Said, Standing
from bot.discord_app.values import Author, Room, RoomKind, Used, Written

_FORUMS = {discord.ChannelType.forum, discord.ChannelType.media}
_WRITTEN = {discord.MessageType.default, discord.MessageType.reply}
_OLDEST = timedelta(days=1)
"""No session that is resumed is as old."""

Interaction = discord.Interaction[Any]


def is_written(message: discord.Message) -> bool:
    """Whether somebody wrote a message; others tell of joins, pins and threads."""
    return message.type in _WRITTEN


def room_of(channel: Any, guild: int | None) -> Room:
    """A channel as far as it is known: of one that is not, only the id is."""
    workspace = str(guild) if guild else ""
    if isinstance(channel, discord.Thread):
        parent = channel.parent
        forum = parent is not None and parent.type in _FORUMS
        return Room(
            id=str(channel.id),
            kind=RoomKind.POST if forum else RoomKind.THREAD,
            guild=workspace,
            parent=str(channel.parent_id),
            title=channel.name,
        )
    return Room(id=str(channel.id), kind=RoomKind.CHANNEL if guild else RoomKind.DIRECT, guild=workspace)


def server_of(message: discord.Message) -> int | None:
    """The server of a message, which may not have been told of yet; None outside of servers."""
    return message.guild.id if message.guild else getattr(message.channel, "guild_id", None)


def author_of(user: discord.abc.User, *, installed: bool = True, webhook: bool = False) -> Author:
    """Whoever did something. Where the bot is no member of the server, or they are not quite yet, they are guests."""
    member = user if isinstance(user, discord.Member) else None
    roles = frozenset(str(role) for role in getattr(member, "_roles", ()))
    return Author(
        id=str(user.id),
        name=user.display_name,
        is_bot=user.bot or webhook,
        roles=roles,
        manages=member is not None and installed and _manages(member),
        standing=Standing.GUEST if not installed or (member is not None and member.pending) else Standing.MEMBER,
    )


def written_of(message: discord.Message, me: int, *, room: Room | None = None) -> Written:
    """A message; `room` is where it stands, where that is known better than by the message itself."""
    guild = server_of(message)
    # Of a server that is not told of yet, nobody is known to be a member.
    told = message.guild is not None or not guild
    names = {str(user.id): user.display_name for user in message.mentions}
    names |= {str(role.id): role.name for role in message.role_mentions}
    names |= {str(each.id): name for each in message.channel_mentions if (name := getattr(each, "name", ""))}
    return Written(
        id=str(message.id),
        room=room or room_of(message.channel, guild),
        author=author_of(message.author, installed=told, webhook=message.webhook_id is not None),
        at=_written_at(message),
        text=message.content or _carried(message),
        people=tuple(str(user.id) for user in message.mentions),
        own_roles=_own_roles(message),
        names=names,
        root=_root(message, me),
        answers=_answered(message),
        attachments=tuple(
            Attachment(name=each.filename, size=each.size, reference=each.url)
            for each in (*message.attachments, *(file for one in message.message_snapshots for file in one.attachments))
        ),
    )


def used_of(interaction: Interaction, me: int, *, response: str = "") -> Used:
    """An interaction; `response` is the message that Discord shows as the answer to it."""
    data: Any = interaction.data or {}
    shown = interaction.message or _target(interaction, data)
    room = room_of(interaction.channel or discord.Object(interaction.channel_id or 0), interaction.guild_id)
    among = _among_people(interaction)
    return Used(
        id=str(interaction.id),
        # Somebody else reads along there, whatever the channel is called.
        room=replace(room, kind=RoomKind.CHANNEL) if among else room,
        author=author_of(interaction.user, installed=not among and _installed(interaction)),
        at=datetime.now(UTC),
        data=data,
        locale=interaction.locale.value,
        message=_shown(shown, me, interaction),
        ephemeral=shown is not None and shown.flags.ephemeral,
        response=response,
    )


def _installed(interaction: Interaction) -> bool:
    """Whether the bot is a member of the server that it is used in, as far as it is one."""
    guild = interaction.guild_id
    return guild is None or interaction.is_guild_integration() or interaction.client.get_guild(guild) is not None


def _among_people(interaction: Interaction) -> bool:
    """Whether it was used in what people write to each other, where the bot is a guest of one of them."""
    told = interaction.context
    return interaction.guild_id is None and (
        told.private_channel or isinstance(interaction.channel, discord.GroupChannel)
    )


def _written_at(message: discord.Message) -> datetime:
    """When somebody wrote a message. Discord tells of new ones alone: an id that says otherwise is no time."""
    now = datetime.now(UTC)
    return message.created_at if now - message.created_at < _OLDEST else now


def _carried(message: discord.Message) -> str:
    """What a message says that has no words of its own: those of what it forwards, or a poll's."""
    if message.poll is not None:
        return "\n".join([message.poll.question, *(f"- {each.text}" for each in message.poll.answers)])
    return "\n\n".join(each.content for each in message.message_snapshots if each.content)


def said_of(message: discord.Message, me: int) -> Said:
    """A message of the past."""
    return Said(
        message_id=str(message.id),
        person_id=str(message.author.id),
        own=message.author.id == me,
        text=message.clean_content,
        at=message.created_at,
    )


def _own_roles(message: discord.Message) -> tuple[str, ...]:
    """The role of the bot, where it is mentioned: people take it for the bot itself."""
    own = message.guild.self_role if message.guild and message.raw_role_mentions else None
    return (str(own.id),) if own is not None and own.id in message.raw_role_mentions else ()


def _manages(member: discord.Member) -> bool:
    # Discord hands the permissions of whoever uses a command along; of others they follow from the roles.
    resolved = member.resolved_permissions
    permissions = resolved if resolved is not None else member.guild_permissions
    return permissions.manage_guild or permissions.administrator


def _root(message: discord.Message, me: int) -> str:
    """What the bot's own message answers to which this one is a reply; for the bot's own, what it answers itself."""
    reference = message.reference
    if reference is None or reference.message_id is None:
        return ""
    if message.author.id == me:
        return str(reference.message_id)
    answered = reference.resolved
    if not isinstance(answered, discord.Message) or answered.author.id != me:
        return ""
    beyond = answered.reference
    return str(beyond.message_id if beyond and beyond.message_id else answered.id)


def _answered(message: discord.Message) -> str:
    reference = message.reference
    resolved = reference.resolved if reference is not None else None
    return resolved.clean_content if isinstance(resolved, discord.Message) else ""


def _target(interaction: Interaction, data: Any) -> discord.Message | None:
    """The message that an entry of its menu was chosen for."""
    messages = (data.get("resolved") or {}).get("messages") or {}
    raw = messages.get(data.get("target_id"))
    channel: Any = interaction.channel
    if raw is None or channel is None:
        return None
    return discord.Message(state=interaction._state, channel=channel, data=raw)


def _shown(message: discord.Message | None, me: int, interaction: Interaction) -> Written | None:
    if message is None:
        return None
    written = written_of(message, me)
    guild = interaction.guild_id
    # A message that comes along does not tell its server where the bot is no member of it.
    return written if written.room.guild or not guild else _in_guild(written, str(guild))


def _in_guild(written: Written, guild: str) -> Written:
    return replace(written, room=replace(written.room, guild=guild, kind=RoomKind.CHANNEL))
