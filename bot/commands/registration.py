"""`server`: registers the workspace, on platforms on which anybody may bring the bot into theirs.

Who manages a server of their own is an admin there by the platform's word. Until the server is registered, that holds
for the bot's behaviour in it and for no more: the library is public there, and nothing is added to it.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.chat import VOUCHER_ROLE
from bot.commands.call import Call
from bot.commands.registry import Argument, ArgumentKind, Command, Level
from bot.records import AuditEntry
from bot.rights import Role
from bot.wording import Say
from bot.workspace_records import workspace_key

_SHOW, _REGISTER, _LEAVE = _ACTIONS = ("show", "register", "leave")


def command() -> Command:
    """The command."""
    action = Argument(name="action", kind=ArgumentKind.CHOICE, choices=_ACTIONS)
    return Command(name="server", run=run, arguments=(action,), level=Level.ADMIN)


async def run(call: Call, arguments: Mapping[str, str]) -> None:
    """Tells whether the workspace is registered, registers it, or takes that back."""
    if not call.adapter.capabilities.registers:
        await call.whisper(call.words(Say.SERVER_NO_NEED))
        return
    if call.place.private:
        await call.whisper(call.words(Say.SERVER_THERE, usage=server_usage(call, _REGISTER)))
        return
    match arguments.get("action", _SHOW):
        case "register":
            await _register(call)
        case "leave":
            await _leave(call)
        case _:
            await _show(call)


async def reaches_beyond(call: Call, *, least: Role = Role.ADMIN) -> bool:
    """Whether what somebody does here may reach beyond the workspace: it is registered, or settings give them the role.

    Raises StoreFailed.
    """
    if not call.adapter.capabilities.registers or call.means.rights.named(call.person) >= least:
        return True
    return not call.place.private and await call.means.store.workspaces.since(_key(call)) is not None


def server_needed(call: Call) -> str:
    """What is said where the workspace has to be registered first."""
    return call.words(Say.SERVER_NEEDED, usage=server_usage(call, _REGISTER))


def server_usage(call: Call, action: str) -> str:
    """What to type to do something with the registration."""
    return call.typed("server", guarded=True, action=action)


async def _show(call: Call) -> None:
    since = await call.means.store.workspaces.since(_key(call))
    if since is None:
        await call.whisper(server_needed(call))
        return
    usage = server_usage(call, _LEAVE)
    await call.whisper(call.words(Say.SERVER_SINCE, date=since.date().isoformat(), usage=usage))


async def _register(call: Call) -> None:
    if VOUCHER_ROLE not in call.person.roles and call.means.rights.named(call.person) < Role.ADMIN:
        entry = f"{call.place.platform}:{call.place.workspace}/{call.person.id}"
        await _note(call, "refused")
        await call.whisper(call.words(Say.SERVER_UNKNOWN, entry=entry))
        return
    # Noted before it holds: what it opens must not be without a trace.
    await _note(call, "registered")
    fresh = await call.means.store.workspaces.register(_key(call), at=call.means.now())
    await call.whisper(call.words(Say.SERVER_REGISTERED if fresh else Say.SERVER_KNOWN))


async def _leave(call: Call) -> None:
    await _note(call, "left")
    gone = await call.means.store.workspaces.leave(_key(call))
    await call.whisper(call.words(Say.SERVER_LEFT) if gone else server_needed(call))


async def _note(call: Call, what: str) -> None:
    entry = AuditEntry(
        at=call.means.now(),
        actor=call.means.pseudonym(call.person.key),
        action="server",
        subject=f"{_key(call)}/",
        details={"after": what},
    )
    await call.means.store.audit.append(entry)


def _key(call: Call) -> str:
    return workspace_key(call.place.platform, call.place.workspace)
