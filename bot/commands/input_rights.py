"""Who may see and change which input, asked at every call."""

from __future__ import annotations

from collections.abc import Collection

from bot.commands.call import Call
from bot.commands.guarding import Guard
from bot.commands.registry import Level
from bot.input_records import InputRecord
from bot.rights import Role
from bot.saying_inputs import InputSay
from rag.types import PUBLIC


async def may_change(call: Call, record: InputRecord) -> bool:
    """Whether the person may change an input; tells when not."""
    if not record.kind.on_web and not await may_touch_paths(call):
        return False
    if await may_see(call, record):
        return True
    await call.whisper(call.words(InputSay.HOLDERS))
    return False


async def may_touch_paths(call: Call) -> bool:
    """Whether the person may name paths of the bot's machine: owners may. Tells and notes it when not."""
    if call.means.role(call.person) >= Role.OWNER:
        return True
    await call.whisper(call.words(InputSay.OWNERS))
    return await Guard().passes(call, Level.OWNER, "inputs")


async def may_see(call: Call, record: InputRecord) -> bool:
    """Whether whoever reads along may know of an input: its readers may, and an owner who reads alone."""
    return await may_know(call, record.filing.audience)


async def may_know(call: Call, audience: Collection[str] | None) -> bool:
    """The same of an input for these readers; None and nobody mean everybody."""
    if call.is_private and call.means.role(call.person) >= Role.OWNER:
        return True
    return not (await call.own_scope()).audience.isdisjoint(audience or {PUBLIC})


async def hidden_names(call: Call) -> frozenset[str]:
    """What the folders and files are called that whoever reads along may not know of. Raises StorageFailed."""
    if call.means.index is None:
        return frozenset()
    registered = await call.means.index.library.inputs()
    hidden = [each for each in registered if not await may_know(call, each.filing.audience)]
    return frozenset(name for each in hidden for name in (each.key, str(each.path), each.path.name))
