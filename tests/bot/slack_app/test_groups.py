"""User groups of Slack: looked up where settings name them, remembered briefly, and nobody's when Slack is silent."""

from __future__ import annotations

import asyncio

import pytest

from bot.rights_settings import RightsSettings
from bot.slack_app.connection import SlackFactory
from bot.slack_app.groups import FRESH_S, UserGroups
from tests.doubles.slack.server import slack_server
from tests.doubles.slack.workspace import ADA, BOB, CHANNEL, Refusal

from .opened import Heard, ended, first_of, listening, signed_in, slack_settings, until


async def test_member_has_the_group_and_loses_it_soon() -> None:
    now = [0.0]
    async with signed_in() as (slack, connection):
        slack.workspace.groups["S1"] = {ADA}
        client = connection.chat._careful
        groups = UserGroups(client, frozenset({"S1"}), clock=lambda: now[0])
        assert (await groups.of(ADA), await groups.of(BOB)) == ({"S1"}, frozenset())
        slack.workspace.groups["S1"] = {BOB}
        assert await groups.of(ADA) == {"S1"}
        now[0] = FRESH_S
        assert (await groups.of(ADA), await groups.of(BOB)) == (frozenset(), {"S1"})
        assert len(slack.workspace.called("usergroups.users.list")) == 2


@pytest.mark.parametrize(
    "event",
    [
        {"type": "subteam_members_changed", "subteam_id": "S1", "removed_users": [ADA]},
        {"type": "subteam_updated", "subteam": {"id": "S1", "date_delete": 1_600_000_000}},
    ],
    ids=["somebody left", "group was disabled"],
)
async def test_change_that_slack_tells_of_holds_at_once(event: dict[str, object]) -> None:
    heard = Heard()
    async with slack_server() as slack:
        slack.workspace.groups["S1"] = {ADA}
        rights = RightsSettings(admins=("slack:T0HOME/group:S1",))
        settings = slack_settings(slack).model_copy(update={"rights": rights})
        async with SlackFactory().open(settings) as connection:
            task = asyncio.create_task(connection.listen(heard.receive))
            await first_of(slack.deliveries.connected(), task)
            slack.people.command(ADA, CHANNEL, "config")
            await until(lambda: len(heard.incoming) == 1)
            slack.workspace.groups["S1"] = set()
            told = slack.people.event(event)
            await until(lambda: told.acknowledged)
            slack.people.command(ADA, CHANNEL, "config")
            await until(lambda: len(heard.incoming) == 2)
            await ended(task)
    assert [each.person.roles for each in heard.incoming] == [{"S1"}, frozenset()]


@pytest.mark.parametrize(
    "event", [{"type": "subteam_updated"}, {"type": "subteam_members_changed", "subteam_id": None}]
)
async def test_change_of_no_group_is_passed_over(event: dict[str, object]) -> None:
    async with listening() as opened:
        told = opened.slack.people.event(event)
        await until(lambda: told.acknowledged)
        assert opened.heard.incoming == []


async def test_group_that_changes_while_slack_is_asked_is_asked_for_again() -> None:
    async with signed_in() as (slack, connection):
        slack.workspace.groups["S1"] = {ADA}
        groups = UserGroups(connection.chat._careful, frozenset({"S1"}), clock=lambda: 0.0)
        asked = asyncio.create_task(groups.of(ADA))
        while not groups._asked:
            await asyncio.sleep(0)
        groups.forget("S1")
        await asked
        slack.workspace.groups["S1"] = set()
        assert await groups.of(ADA) == frozenset()


async def test_group_that_slack_does_not_tell_of_gives_nobody_anything() -> None:
    now = [0.0]
    async with signed_in() as (slack, connection):
        groups = UserGroups(connection.chat._careful, frozenset({"S1"}), clock=lambda: now[0])
        slack.workspace.groups["S1"] = {ADA}
        slack.workspace.refuse("usergroups.users.list", Refusal("internal_error"))
        assert await groups.of(ADA) == frozenset()
        now[0] = 11.0
        assert await groups.of(ADA) == {"S1"}


async def test_nothing_is_looked_up_where_settings_name_no_group() -> None:
    async with listening() as opened:
        opened.slack.people.say(ADA, CHANNEL, "hello")
        await until(lambda: bool(opened.heard.incoming))
        assert opened.slack.workspace.called("usergroups.users.list") == []


async def test_event_carries_the_groups_of_its_person() -> None:
    heard = Heard()
    async with slack_server() as slack:
        slack.workspace.groups["S1"] = {ADA}
        settings = slack_settings(slack).model_copy(
            update={"rights": RightsSettings(admins=("slack:T0HOME/group:S1",))}
        )
        async with SlackFactory().open(settings) as connection:
            task = asyncio.create_task(connection.listen(heard.receive))
            await first_of(slack.deliveries.connected(), task)
            slack.people.command(ADA, CHANNEL, "config")
            await until(lambda: bool(heard.incoming))
            slack.people.command(BOB, CHANNEL, "config")
            await until(lambda: len(heard.incoming) == 2)
            await ended(task)
    assert [each.person.roles for each in heard.incoming] == [{"S1"}, frozenset()]
