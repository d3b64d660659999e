"""Rights hold at the moment alone: whoever loses a role loses it with the next event, and its refusal is noted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat import ADMIN_ROLE, CommandCall, Person, Press, Standing
from bot.gap_report import GapReport
from bot.oversight import Gauges, Oversight
from bot.replies import Button
from bot.rights import rights_of
from bot.rights_settings import RightsSettings
from bot.steering import Steering
from bot.usage import UsageMeter
from rag.digest.likeness import Likeness
from tests.bot.samples import NOW, PLACE

from .stage import Stage

GIVEN = RightsSettings(
    owners=("memory:w/olga",),
    admins=("memory:w/group:S1", "memory:w/group:8240"),
    editors=("memory:w/eddy",),
)
COMMANDS = (
    ("admin", "usage"),
    ("admin", "eval"),
    ("admin", "limits person_burst 3"),
    ("admin", "labels board"),
    ("admin", "maintenance on"),
    ("gaps", ""),
    ("gaps", "decline 1"),
    ("audit", "show"),
    ("管理", "维护 开"),
)


@pytest.fixture
def governed(stage: Stage) -> Stage:
    """A stage where settings give the rights, to people and to groups."""
    oversight = Oversight(
        meter=UsageMeter(stage.store.usage, pseudonym=lambda key: key, now=lambda: NOW),
        steering=Steering(stage.store.oversight, stage.means.engine, now=lambda: NOW),
        gaps=GapReport(stage.store, search=stage.shelf, quoting=None, likeness=Likeness(None)),  # type: ignore[arg-type]
        gauges=Gauges(),
    )
    stage.means = replace(stage.means, rights=rights_of(GIVEN), oversight=oversight)
    stage.remade()
    return stage


def someone(name: str, *roles: str, standing: Standing = Standing.MEMBER) -> Person:
    """Somebody with the groups that the platform tells of at that moment."""
    return Person(platform="memory", workspace="w", id=name, roles=frozenset(roles), standing=standing)


async def call(stage: Stage, who: Person, name: str, text: str) -> str:
    """A command, by somebody."""
    incoming = CommandCall(event_id="e", place=PLACE, person=who, at=NOW, name=name, text=text)
    await stage.handler.handle(incoming, stage)
    return stage.said


async def press(stage: Stage, who: Person) -> str:
    """The first button of the last message, by somebody."""
    button = stage.last.actions[0][0]
    assert isinstance(button, Button)
    incoming = Press(event_id="p", place=PLACE, person=who, at=NOW, message=None, payload=button.payload, trigger="t")
    await stage.handler.handle(incoming, stage)
    return stage.said


@pytest.mark.parametrize(("name", "text"), COMMANDS)
@pytest.mark.parametrize(
    "who",
    [
        someone("reader"),
        someone("eddy"),
        someone("guest", "S1", standing=Standing.GUEST),
        someone("stranger", ADMIN_ROLE, standing=Standing.STRANGER),
    ],
    ids=["reader", "editor", "guest in the group", "stranger with the right"],
)
async def test_whoever_is_no_admin_is_refused_and_noted(governed: Stage, who: Person, name: str, text: str) -> None:
    assert await call(governed, who, name, text)
    (entry,) = await governed.store.audit.latest(limit=9)
    assert (entry.action, entry.details["needed"]) == ("refused", "admin")
    assert governed.means.oversight is not None
    assert governed.means.oversight.steering.maintenance is None


@pytest.mark.parametrize("role", ["S1", "8240", ADMIN_ROLE], ids=["Slack's group", "Discord's role", "Discord's right"])
async def test_role_that_is_lost_between_a_question_and_its_button_is_lost_at_once(governed: Stage, role: str) -> None:
    assert "**" in await call(governed, someone("dan", role), "admin", "limits person_burst 3")
    assert await press(governed, someone("dan")) == "Only an admin may do that."
    assert governed.means.oversight is not None
    steering = governed.means.oversight.steering
    assert steering.limits.person_burst == 5
    (entry,) = await governed.store.audit.latest(limit=9)
    assert (entry.action, entry.details["held"]) == ("refused", "reader")
    await call(governed, someone("dan", role), "admin", "limits person_burst 3")
    assert "is 3 (set in the chat)" in await press(governed, someone("dan", role))
    assert steering.limits.person_burst == 3


async def test_owner_may_do_what_admins_do(governed: Stage) -> None:
    assert "Maintenance is on" in await call(governed, someone("olga"), "admin", "maintenance on")
