"""User groups of Slack: looked up where settings name them, remembered briefly, and nobody's when Slack is silent."""

from __future__ import annotations

import asyncio

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
