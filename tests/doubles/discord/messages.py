"""What Discord's REST interface does with channels, messages and threads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .limits import check_message
from .names import DIRECT, EPHEMERAL, FORUM_TYPE, GRANTED, LOADING, ME, TEXT
from .things import Refused, Said
from .world import World

_MESSAGEABLE_FLAGS = 1 << 2 | 1 << 12 | 1 << 15
Files = Sequence[tuple[str, bytes]]


class Messages:
    """Methods on the world; each returns what is answered."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.address = ""

    def channel(self, channel: str) -> dict[str, Any]:
        """GET /channels/{id}"""
        told = self.world.channels.get(channel)
        if told is None:
            raise Refused(404, 10003, "Unknown Channel")
        return told

    def post(self, channel: str, body: dict[str, Any], files: Files) -> dict[str, Any]:
        """POST /channels/{id}/messages"""
        self._open(channel, embeds=bool(body.get("embeds")), files=bool(files))
        nonce = str(body.get("nonce") or "")
        if body.get("enforce_nonce") and nonce:
            for said in self.world.own(channel):
                if said.nonce == nonce:
                    return self.world.told(said) | {"nonce": nonce}
        reference = body.get("message_reference")
        if reference and str(reference["message_id"]) not in self.world.messages:
            if reference.get("fail_if_not_exists", True):
                raise Refused(400, 50035, "Invalid Form Body: MESSAGE_REFERENCE_UNKNOWN_MESSAGE")
            reference = None
        said = self.written(channel, body, files)
        said.reference = {"message_id": str(reference["message_id"])} if reference else None
        said.nonce = nonce
        self.world.keep(said)
        return self.world.told(said) | {"nonce": nonce}

    def written(self, channel: str, body: dict[str, Any], files: Files) -> Said:
        """A new message of the bot's, not posted yet."""
        check_message(body, files=len(files))
        return Said(
            id=self.world.next_id(),
            channel=channel,
            author=ME,
            content=(body.get("content") or "").strip(),
            embeds=body.get("embeds") or [],
            components=body.get("components") or [],
            attachments=self.attached(files),
            flags=int(body.get("flags") or 0),
            allowed_mentions=body.get("allowed_mentions"),
        )

    def attached(self, files: Files) -> list[dict[str, Any]]:
        """Files that were sent, where they can be fetched from."""
        if sum(len(content) for _, content in files) > self.world.largest:
            raise Refused(413, 40005, "Request entity too large")
        made = []
        for name, content in files:
            key = self.world.next_id()
            self.world.files[key] = content
            url = f"{self.address}attachments/{key}/{name}"
            made.append({"id": key, "filename": name, "size": len(content), "url": url, "proxy_url": url})
        return made

    def edit(self, said: Said, body: dict[str, Any], files: Files) -> dict[str, Any]:
        """PATCH of a message, wherever it stands."""
        if said.author != ME:
            raise Refused(403, 50005, "Cannot edit a message authored by another user")
        merged = {
            "content": body.get("content", said.content),
            "embeds": body.get("embeds", said.embeds),
            "components": body.get("components", said.components),
        }
        kept = body.get("attachments")
        attachments = said.attachments if kept is None else [each for each in said.attachments if each["id"] in kept]
        check_message(merged, files=len(files) + len(attachments))
        said.content = (merged["content"] or "").strip()
        said.embeds, said.components = merged["embeds"] or [], merged["components"] or []
        said.attachments = [*attachments, *self.attached(files)]
        said.flags &= ~LOADING
        # An edit without this one parses mentions anew, whatever the message allowed.
        said.allowed_mentions = body.get("allowed_mentions")
        self.world.changed(said)
        return self.world.told(said)

    def patch(self, channel: str, message: str, body: dict[str, Any], files: Files) -> dict[str, Any]:
        """PATCH /channels/{id}/messages/{id}"""
        if (self.channel(channel).get("thread_metadata") or {}).get("archived"):
            raise Refused(400, 50083, "Thread is archived")
        return self.edit(self._message(channel, message), body, files)

    def delete(self, channel: str, message: str) -> None:
        """DELETE /channels/{id}/messages/{id}"""
        self.world.remove(self._message(channel, message))

    def history(self, channel: str, *, limit: int, before: str = "") -> list[dict[str, Any]]:
        """GET /channels/{id}/messages, newest first; nonces are not told, nor contents that the bot may not read."""
        self.channel(channel)
        found = [
            said
            for said in self.world.messages.values()
            if said.channel == channel and not said.person and (not before or int(said.id) < int(before))
        ]
        newest = sorted(found, key=lambda said: int(said.id), reverse=True)[:limit]
        return [self._readable(self.world.told(said)) for said in newest]

    def one(self, channel: str, message: str) -> dict[str, Any]:
        """GET /channels/{id}/messages/{id}"""
        self.channel(channel)
        return self._readable(self.world.told(self._message(channel, message)))

    def thread(self, channel: str, message: str, body: dict[str, Any]) -> dict[str, Any]:
        """POST /channels/{id}/messages/{id}/threads"""
        if self.channel(channel)["type"] != TEXT:
            raise Refused(400, 50024, "Cannot execute action on this channel type")
        if "threads" in self.world.denied.get(channel, ()):
            raise Refused(403, 50013, "Missing Permissions")
        if message in self.world.channels:
            raise Refused(400, 160004, "A thread has already been created for this message")
        self._message(channel, message)
        if not 0 < len(body["name"]) <= 100:
            raise Refused(400, 50035, "Invalid Form Body: name")
        return self.world.add_thread(message, channel, body["name"])

    def direct(self, person: str) -> dict[str, Any]:
        """POST /users/@me/channels"""
        for channel in self.world.channels.values():
            if channel["type"] == DIRECT and channel["recipients"][0]["id"] == person:
                return channel
        key = self.world.next_id()
        self.world.channels[key] = {"id": key, "type": DIRECT, "recipients": [self.world.user(person)]}
        return self.world.channels[key]

    def _open(self, channel: str, *, embeds: bool, files: bool) -> None:
        told = self.channel(channel)
        if told.get("guild_id") not in {None, *self.world.guilds}:
            raise Refused(403, 50001, "Missing Access")
        thread = told.get("thread_metadata") or {}
        if thread.get("locked"):
            raise Refused(400, 160005, "Thread is locked")
        # Whoever may write in a thread wakes it by that.
        thread["archived"] = False
        denied = self.world.denied.get(str(told.get("parent_id") or channel), ())
        if (embeds and "embeds" in denied) or (files and "files" in denied):
            raise Refused(403, 50013, "Missing Permissions")
        if told["type"] == FORUM_TYPE:
            raise Refused(400, 50008, "Cannot send messages in a non-text channel")
        if "send" in denied:
            raise Refused(403, 50013, "Missing Permissions")
        if told["type"] == DIRECT and told["recipients"][0]["id"] in self.world.closed_to_direct:
            raise Refused(403, 50007, "Cannot send messages to this user")

    def _message(self, channel: str, message: str) -> Said:
        said = self.world.messages.get(message)
        if said is None or said.channel != channel or said.flags & EPHEMERAL:
            raise Refused(404, 10008, "Unknown Message")
        return said

    def _readable(self, told: dict[str, Any]) -> dict[str, Any]:
        mentioned = ME in {user["id"] for user in told["mentions"]}
        if self.world.flags & GRANTED or mentioned or told["author"]["id"] == ME or "guild_id" not in told:
            return told
        return told | {"content": "", "embeds": [], "attachments": [], "components": []}
