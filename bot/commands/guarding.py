"""Who may do what is asked, decided in code at every call; a refusal is told and noted in the audit log."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.chat import CommandCall
from bot.commands.call import Call
from bot.commands.registration import reaches_beyond, server_needed
from bot.commands.registry import Level
from bot.offers import Verb
from bot.records import AuditEntry
from bot.rights import Role
from bot.wording import Say

NEEDED: Mapping[Level, Role] = {
    Level.EVERYONE: Role.READER,
    Level.EDITOR: Role.EDITOR,
    Level.ADMIN: Role.ADMIN,
    Level.OWNER: Role.OWNER,
}
"""The least role for each level."""

_TOLD: Mapping[Level, Say] = {Level.EDITOR: Say.NOT_EDITOR, Level.OWNER: Say.NOT_OWNER}
_OWN_AFFAIRS = frozenset({"config", "digest", "server", Verb.CONFIG_OPEN, Verb.CONFIG_SAVE})
"""What admins of any workspace may do, for it reaches no further than their own channels."""

_AGAIN = timedelta(minutes=10)
_MOST = 1_000


class Guard:
    """Lets people pass or not. One who tries the same again and again is noted once in a while, not each time."""

    def __init__(self) -> None:
        self._noted: OrderedDict[tuple[str, str], datetime] = OrderedDict()

    async def passes(self, call: Call, level: Level, what: str) -> bool:
        """Whether the person may do something; tells and notes it when not. Raises StoreFailed, DeliveryFailed."""
        allowed = call.means.role(call.person) >= NEEDED[level]
        if allowed and (
            level is Level.EVERYONE or what in _OWN_AFFAIRS or await reaches_beyond(call, least=NEEDED[level])
        ):
            return True
        if allowed:
            await call.refuse(server_needed(call))
        else:
            await call.refuse(call.words(_TOLD.get(level, Say.NOT_ALLOWED)))
        await self._note(call, level, what)
        return False

    async def _note(self, call: Call, level: Level, what: str) -> None:
        actor, now = call.means.pseudonym(call.person.key), call.means.now()
        last = self._noted.get((actor, what))
        if last is not None and now - last < _AGAIN:
            return
        self._noted[actor, what] = now
        self._noted.move_to_end((actor, what))
        while len(self._noted) > _MOST:
            self._noted.popitem(last=False)
        kind = "command" if isinstance(call.incoming, CommandCall) else "action"
        details = {kind: what, "needed": NEEDED[level].name.lower(), "held": call.means.role(call.person).name.lower()}
        entry = AuditEntry(at=now, actor=actor, action="refused", subject=call.subject, details=details)
        await call.means.store.audit.append(entry)
