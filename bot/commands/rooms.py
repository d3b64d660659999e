"""Whose a direct message is: noted with what is set there, so that it goes with what is kept of the person."""

from __future__ import annotations

from dataclasses import replace

from bot.channel_rules import OWNER
from bot.commands.call import Call


async def note_owner(call: Call) -> None:
    """Before something is kept of a direct message that names nobody. Raises StoreFailed."""
    if not call.place.private:
        return
    book, key = call.means.store.settings, call.place.channel_key
    known = await book.get(key)
    if known.other.get(OWNER) != call.person.key:
        await book.save(key, replace(known, other={**known.other, OWNER: call.person.key}))
