"""How interactions are answered: the first response, its deadline, and what follows by the token."""

from __future__ import annotations

from typing import Any

from .limits import check_modal
from .messages import Files, Messages
from .names import APP, EPHEMERAL, LOADING, ME
from .things import Interaction, Refused, Said
from .world import World

MESSAGE, DEFERRED, SILENT, UPDATE, PROPOSALS, MODAL = 4, 5, 6, 7, 8, 9
_FIRST_S, _TOKEN_S = 3.0, 15 * 60.0
_ALLOWED = {
    2: {MESSAGE, DEFERRED, MODAL},
    3: {MESSAGE, DEFERRED, SILENT, UPDATE, MODAL},
    4: {PROPOSALS},
    5: {MESSAGE, DEFERRED, SILENT, UPDATE},
}


class Responses:
    """Methods on the world; each returns what is answered."""

    def __init__(self, world: World, messages: Messages) -> None:
        self.world = world
        self.messages = messages

    def callback(self, key: str, token: str, body: dict[str, Any], files: Files) -> dict[str, Any]:
        """POST /interactions/{id}/{token}/callback"""
        used = self.world.interactions.get(key)
        if used is None or used.token != token or self.world.clock() - used.began > _FIRST_S:
            raise Refused(404, 10062, "Unknown interaction")
        if used.responses:
            raise Refused(400, 40060, "Interaction has already been acknowledged.")
        kind, data = body["type"], body.get("data") or {}
        if kind not in _ALLOWED[used.kind]:
            raise Refused(400, 50035, "Invalid Form Body: type")
        if kind == SILENT and used.component_of is None:
            raise Refused(400, 50035, "Invalid Form Body: type")
        self._respond(used, kind, data, files)
        used.responses.append(body)
        used.responded = self.world.clock()
        return self._told(used, kind)

    def _respond(self, used: Interaction, kind: int, data: dict[str, Any], files: Files) -> None:
        if kind == MODAL:
            check_modal(data)
            self.world.modals.append({**data, "_interaction": used.id})
        elif kind == PROPOSALS:
            choices = data.get("choices") or []
            if len(choices) > 25 or any(not 0 < len(each["name"]) <= 100 for each in choices):
                raise Refused(400, 50035, "Invalid Form Body: choices")
            self.world.proposals.append(choices)
        elif kind == MESSAGE:
            self._keep(used, self.messages.written(used.channel, data, files))
        elif kind == DEFERRED:
            flags = int(data.get("flags") or 0) | LOADING
            self._keep(used, Said(id=self.world.next_id(), channel=used.channel, author=ME, flags=flags))

    def patch(self, token: str, message: str, body: dict[str, Any], files: Files) -> dict[str, Any]:
        """PATCH /webhooks/{app}/{token}/messages/{id}"""
        return self.messages.edit(self._message(token, message), body, files)

    def get(self, token: str, message: str) -> dict[str, Any]:
        """GET /webhooks/{app}/{token}/messages/{id}"""
        return self.world.told(self._message(token, message))

    def delete(self, token: str, message: str) -> None:
        """DELETE /webhooks/{app}/{token}/messages/{id}"""
        said = self._message(token, message)
        self._used(token).original = None
        self.world.remove(said)

    def follow(self, token: str, body: dict[str, Any], files: Files) -> dict[str, Any]:
        """POST /webhooks/{app}/{token}: the first one fills the place that was held, as it was held."""
        used = self._used(token)
        if not used.responses:
            raise Refused(404, 10015, "Unknown Webhook")
        said = self.messages.written(used.channel, body, files)
        if used.original is not None and used.original.gone:
            used.original = None
        if used.original is not None and used.original.flags & LOADING:
            return self.messages.edit(used.original, body, files)
        if used.original is not None:
            said.reference = {"message_id": used.original.id}
        self._keep(used, said, first=False)
        return self.world.told(said)

    def _keep(self, used: Interaction, said: Said, *, first: bool = True) -> None:
        said.person = used.user if said.flags & EPHEMERAL else ""
        if first:
            used.original = said
            # Answers to commands are of a kind of their own.
            said.kind = 20 if used.kind == 2 else 0
        self.world.keep(said)

    def _used(self, token: str) -> Interaction:
        for used in self.world.interactions.values():
            if used.token == token:
                if self.world.clock() - used.began > _TOKEN_S:
                    raise Refused(401, 50027, "Invalid Webhook Token")
                return used
        raise Refused(404, 10015, "Unknown Webhook")

    def _message(self, token: str, message: str) -> Said:
        used = self._used(token)
        said = used.original if message == "@original" else self.world.messages.get(message)
        if said is None or said.gone:
            raise Refused(404, 10008, "Unknown Message")
        return said

    def _told(self, used: Interaction, kind: int) -> dict[str, Any]:
        original = used.original
        interaction: dict[str, Any] = {"id": used.id, "type": used.kind}
        told: dict[str, Any] = {"interaction": interaction}
        if original is not None and kind in {MESSAGE, DEFERRED}:
            interaction |= {
                "response_message_id": original.id,
                "response_message_loading": bool(original.flags & LOADING),
                "response_message_ephemeral": bool(original.flags & EPHEMERAL),
            }
            told["resource"] = {"type": kind, "message": self.world.told(original)}
        return told | {"application_id": APP}
