"""Slack's Web API over a `Workspace`, with its scopes, limits and errors."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from .limits import Refused, check_message, check_view
from .reading import Reading
from .streaming import Streaming
from .workspace import BOT, BOT_USER, DM, TEAM, Said, Workspace

Arguments = Mapping[str, Any]

NEEDS = {
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.startStream": "chat:write",
    "chat.appendStream": "chat:write",
    "chat.stopStream": "chat:write",
    "conversations.history": "channels:history",
    "conversations.replies": "channels:history",
    "conversations.open": "im:write",
    "users.info": "users:read",
    "usergroups.users.list": "usergroups:read",
    "files.info": "files:read",
    "files.getUploadURLExternal": "files:write",
    "files.completeUploadExternal": "files:write",
    "agents.sessions.setStatus": "chat:write",
    "assistant.threads.setStatus": "chat:write",
    "assistant.threads.setSuggestedPrompts": "assistant:write",
    "assistant.threads.setTitle": "assistant:write",
}


class Methods:
    """The methods; `watch` is called with each message that appears, changes (with what it was) or goes."""

    def __init__(self, workspace: Workspace, *, base: Callable[[], str], watch: Callable[..., None]) -> None:
        self._w = workspace
        self._base = base
        self._watch = watch
        self._by_name: dict[str, Callable[[Arguments], dict[str, Any]]] = {
            "auth.test": self._auth_test,
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "chat.delete": self._delete,
            "chat.postEphemeral": self._whisper,
            "conversations.open": lambda _: {"channel": {"id": DM}},
            "views.open": self._open_view,
            "views.publish": self._publish,
            "files.getUploadURLExternal": self._upload_url,
            "files.completeUploadExternal": self._complete_upload,
            "agents.sessions.setStatus": self._session,
            "assistant.threads.setStatus": self._status,
            "assistant.threads.setSuggestedPrompts": self._prompts,
            "assistant.threads.setTitle": self._title,
            **Reading(workspace).methods(),
            **Streaming(workspace, writable=self._writable, own=self._own, watch=watch).methods(),
        }

    def call(self, name: str, arguments: Arguments, *, token: str) -> dict[str, Any]:
        """What a method answers. Raises Refused."""
        self._w.calls.append((name, dict(arguments)))
        if name == "apps.connections.open":
            return self._connections_open(token)
        scopes = self._scopes(token)
        if name not in self._by_name:
            raise Refused("unknown_method", req_method=name)
        needed = NEEDS.get(name)
        if needed and needed not in scopes:
            raise Refused("missing_scope", needed=needed, provided=",".join(sorted(scopes)))
        return self._by_name[name](arguments)

    def _session(self, given: Arguments) -> dict[str, Any]:
        if given.get("status") not in {"active", "processing", "suspended", "closed"}:
            raise Refused("invalid_arguments")
        if (given.get("channel_id"), given.get("thread_ts")) not in self._w.messages:
            raise Refused("thread_not_found")
        return {}

    def _scopes(self, token: str) -> frozenset[str]:
        if not token:
            raise Refused("not_authed")
        if token in self._w.revoked:
            raise Refused("token_revoked")
        if token in self._w.app_tokens:
            raise Refused("not_allowed_token_type")
        if token not in self._w.tokens:
            raise Refused("invalid_auth")
        return self._w.tokens[token]

    def _connections_open(self, token: str) -> dict[str, Any]:
        if token in self._w.revoked:
            raise Refused("token_revoked")
        if token in self._w.tokens:
            raise Refused("not_allowed_token_type")
        if token not in self._w.app_tokens:
            raise Refused("invalid_auth")
        if "connections:write" not in self._w.app_tokens[token]:
            raise Refused("missing_scope", needed="connections:write", provided="")
        right = self._base().replace("http://", "ws://") + "link?ticket=" + self._w.next_id("t")
        return {"url": self._w.socket_url or right}

    def _auth_test(self, _: Arguments) -> dict[str, Any]:
        return {"url": "https://home.slack.com/", "team": "Home", "user": "advisor", "team_id": TEAM} | {
            "user_id": BOT_USER,
            "bot_id": BOT,
            "is_enterprise_install": False,
            **self._w.about,
        }

    def _post(self, given: Arguments) -> dict[str, Any]:
        channel, blocks = self._writable(given), given.get("blocks") or []
        thread = given.get("thread_ts") or ""
        if thread and (channel, thread) not in self._w.messages:
            raise Refused("thread_not_found")
        self._check(given)
        self._pace(channel)
        said = Said(
            channel=channel,
            ts=self._w.next_ts(),
            user=BOT_USER,
            bot_id=BOT,
            text=given.get("text") or "",
            thread_ts=thread,
            blocks=blocks,
            metadata=given.get("metadata"),
        )
        self._w.messages[channel, said.ts] = said
        self._watch(said)
        return {"channel": channel, "ts": said.ts, "message": said.shown(with_metadata=True)}

    def _update(self, given: Arguments) -> dict[str, Any]:
        said = self._own(given, "cant_update_message")
        if said.streaming:
            raise Refused("streaming_state_conflict")
        self._check(given)
        before = said.shown()
        said.text, said.blocks, said.edits = given.get("text") or "", given.get("blocks") or [], said.edits + 1
        if given.get("metadata") is not None:
            said.metadata = given["metadata"] or None
        self._watch(said, before=before)
        return {"channel": said.channel, "ts": said.ts, "text": said.text}

    def _delete(self, given: Arguments) -> dict[str, Any]:
        said = self._own(given, "cant_delete_message")
        if said.streaming:
            raise Refused("streaming_state_conflict")
        del self._w.messages[said.channel, said.ts]
        self._watch(said, gone=True)
        return {"channel": said.channel, "ts": said.ts}

    def _whisper(self, given: Arguments) -> dict[str, Any]:
        channel = self._writable(given)
        if given.get("user") not in self._w.members[channel]:
            raise Refused("user_not_in_channel")
        self._check(given)
        ts = self._w.next_ts()
        self._w.whispers.append({**given, "ts": ts})
        return {"message_ts": ts}

    def _open_view(self, given: Arguments) -> dict[str, Any]:
        if given.get("trigger_id") not in self._w.triggers:
            raise Refused("expired_trigger_id")
        self._w.triggers.discard(given["trigger_id"])
        check_view(given["view"])
        view = {**given["view"], "id": self._w.next_id("V")}
        self._w.views[view["id"]] = view
        return {"view": view}

    def _publish(self, given: Arguments) -> dict[str, Any]:
        if given.get("user_id") not in self._w.users:
            raise Refused("user_not_found")
        view = given["view"]
        if view.get("type") != "home":
            raise Refused("invalid_arguments")
        check_view(view)
        self._w.homes[given["user_id"]] = view
        return {"view": {**view, "id": self._w.next_id("V")}}

    def _upload_url(self, given: Arguments) -> dict[str, Any]:
        file = {"id": self._w.next_id("F"), "name": given["filename"], "length": int(given["length"]), "content": None}
        file["alt_txt"] = given.get("alt_txt") or ""
        self._w.files[file["id"]] = file
        return {"file_id": file["id"], "upload_url": f"{self._base()}upload/{file['id']}"}

    def _complete_upload(self, given: Arguments) -> dict[str, Any]:
        for each in given["files"]:
            file = self._w.files.get(each["id"])
            if file is None or file["content"] is None:
                raise Refused("file_not_found")
            file |= {
                "channel": given.get("channel_id"),
                "thread_ts": given.get("thread_ts"),
                "title": each.get("title"),
            }
        return {"files": [{"id": each["id"]} for each in given["files"]]}

    def _status(self, given: Arguments) -> dict[str, Any]:
        self._writable({"channel": given.get("channel_id")})
        self._w.statuses.append(dict(given))
        return {}

    def _prompts(self, given: Arguments) -> dict[str, Any]:
        self._writable({"channel": given.get("channel_id")})
        prompts = given.get("prompts") or []
        if not 0 < len(prompts) <= 4 or not all(each.get("title") and each.get("message") for each in prompts):
            raise Refused("invalid_arguments")
        self._w.prompts.append(dict(given))
        return {}

    def _title(self, given: Arguments) -> dict[str, Any]:
        channel = self._writable({"channel": given.get("channel_id")})
        if (channel, given.get("thread_ts")) not in self._w.messages:
            raise Refused("thread_not_found")
        self._w.titles[channel, given["thread_ts"]] = given["title"]
        return {}

    def _check(self, given: Arguments) -> None:
        blocks = given.get("blocks") or []
        if unknown := [each["type"] for each in blocks if each["type"] in self._w.lacking]:
            raise Refused("invalid_blocks", response_metadata={"messages": [f"unsupported type: {unknown[0]}"]})
        check_message(given.get("text") or "", blocks)

    def _own(self, given: Arguments, error: str) -> Said:
        said = self._w.messages.get((given.get("channel") or "", given.get("ts") or ""))
        if said is None:
            raise Refused("message_not_found")
        if said.user != BOT_USER:
            raise Refused(error)
        return said

    def _writable(self, given: Arguments) -> str:
        channel = str(given.get("channel") or "")
        if channel in self._w.users:
            channel = DM
        members = self._w.members.get(channel)
        if members is None or (channel.startswith(("D", "G")) and BOT_USER not in members):
            raise Refused("channel_not_found")
        if BOT_USER not in members and "chat:write.public" not in next(iter(self._w.tokens.values())):
            raise Refused("not_in_channel")
        return channel

    def _pace(self, channel: str) -> None:
        now = time.monotonic()
        wait = self._w.posted_at.get(channel, -1e9) + self._w.post_interval_s - now
        if self._w.post_interval_s and wait > 0:
            self._w.put_off += 1
            raise Refused("ratelimited", status=429, retry_after=1)
        self._w.posted_at[channel] = now
