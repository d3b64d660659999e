"""Which profile counts for whoever asks, and how the reader is told that it does."""

from __future__ import annotations

from dataclasses import fields

from bot.commands.call import Call
from bot.introducing import profile_of
from bot.records import AuditEntry, Profile
from bot.wording import Say


async def known_profile(call: Call) -> Profile | None:
    """What is known of the reader: their own words, filled up by their team's; None where they want none of it used.

    In a direct message there is no team. Raises StoreFailed.
    """
    return await profile_of(call.means.store.profiles, call.person, call.place)


def team_entry(call: Call, before: Profile, after: Profile) -> AuditEntry:
    """What was changed of a team's profile.

    Of words that somebody wrote it tells only that there are some: they may say more than an audit log should hold.
    """
    details = {}
    for name in (each.name for each in fields(Profile) if each.name != "active"):
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            details[f"{name} before"], details[f"{name} after"] = _bare(name, was), _bare(name, now)
    return AuditEntry(
        at=call.means.now(),
        actor=call.means.pseudonym(call.person.key),
        action="profile",
        subject=call.subject,
        details=details,
    )


def _bare(name: str, value: object) -> str:
    if value in {None, ""}:
        return "-"
    return "set" if name in {"sector", "model"} else str(value)


def company(call: Call, profile: Profile) -> str:
    """The reader's company in a few words, such as "your seed-stage legal start-up", or "" for too little."""
    return call.means.wording.startup(profile.stage, profile.sector, call.language)


def header(call: Call, profile: Profile) -> str:
    """The line over what a profile has put in order, which tells how to switch it off."""
    who = company(call, profile)
    if not who:
        return ""
    return call.words(Say.PROFILE_FOR, who=who, usage=call.typed("profile", action="off"))
