"""What only some may do: refused in code at every call, and noted in the audit log."""

from __future__ import annotations

import pytest

from bot.commands.guarding import NEEDED, Guard
from bot.commands.registry import Level
from bot.rights import Role
from tests.bot.samples import ADA, BOB, PLACE

from .stage import Stage


async def test_refusal_is_in_the_audit_log_once_in_a_while(stage: Stage) -> None:
    for _ in range(3):
        assert await stage.command("config", "set respond off") == "Only an admin may do that."
    await stage.press("config", "behaviour", "zh", person=BOB)
    action, command = await stage.store.audit.latest(limit=9)
    assert (command.actor, command.action, command.subject) == (f"hash of {ADA.key}", "refused", PLACE.channel_key)
    assert command.details == {"command": "config", "needed": "admin", "held": "reader"}
    assert action.details == {"action": "config", "needed": "admin", "held": "reader"}
    assert stage.said == "只有管理员可以这样做。"


async def test_right_that_is_taken_away_is_gone_at_the_next_call(stage: Stage) -> None:
    stage.admins.add(ADA.id)
    assert "respond is now" in await stage.command("config", "set respond off")
    stage.admins.clear()
    assert await stage.command("config", "set respond auto") == "Only an admin may do that."


@pytest.mark.parametrize(
    ("level", "told"),
    [(Level.EDITOR, "Only an editor may do that."), (Level.OWNER, "Only an owner may do that.")],
)
async def test_each_level_has_its_own_refusal(stage: Stage, level: Level, told: str) -> None:
    assert not await Guard().passes(stage.call(), level, "publish")
    assert stage.said == told


async def test_admin_passes_what_editors_may_do_and_not_what_owners_may(stage: Stage) -> None:
    stage.admins.add(ADA.id)
    guard = Guard()
    passed = [level for level in Level if await guard.passes(stage.call(), level, "x")]
    assert passed == [Level.EVERYONE, Level.EDITOR, Level.ADMIN]
    assert [NEEDED[level] for level in Level] == sorted(Role)
