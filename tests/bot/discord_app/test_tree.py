"""The slash commands as Discord registers them: all of the registry's, in both languages, within its limits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.commands.catalogue import all_commands
from bot.commands.registry import Command, Level, Registry
from bot.discord_app.tree import commands_of, fingerprint
from bot.wording import load_wording
from rag.errors import InvalidSettings
from tests.doubles.discord.limits import check_commands

WORDING = load_wording(Path(__file__).parents[3] / "prompts")
REGISTRY = all_commands(WORDING)
MADE = {each["name"]: each for each in commands_of(REGISTRY)}


def options(group: str) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in MADE[group]["options"]}


def test_commands_are_within_discords_limits() -> None:
    check_commands(commands_of(REGISTRY))


def test_every_command_of_the_registry_can_be_called() -> None:
    everyone = {each.name for each in REGISTRY.commands if each.level in {Level.EVERYONE, Level.EDITOR}}
    assert set(options("advisor")) == everyone
    assert {each.name for each in REGISTRY.commands} == set(options("advisor")) | set(options("advisor-admin"))


def test_admins_commands_are_hidden_from_who_may_not_manage_the_server() -> None:
    assert MADE["advisor-admin"]["default_member_permissions"] == "32"
    assert (MADE["advisor-admin"]["contexts"], MADE["advisor-admin"]["integration_types"]) == ([0], [0])
    assert "default_member_permissions" not in MADE["advisor"]
    assert (MADE["advisor"]["contexts"], MADE["advisor"]["integration_types"]) == ([0, 1, 2], [0, 1])


def test_choices_of_admins_are_not_offered_to_everybody() -> None:
    (action,) = [each for each in options("advisor")["config"]["options"] if each["name"] == "action"]
    (guarded,) = [each for each in options("advisor-admin")["config"]["options"] if each["name"] == "action"]
    assert [each["value"] for each in action["choices"]] == ["show"]
    assert [each["value"] for each in guarded["choices"]] == ["show", "set", "server", "reset"]


def test_names_and_descriptions_are_in_both_languages() -> None:
    ask = options("advisor")["ask"]
    assert (ask["name"], ask["name_localizations"]["zh-CN"], ask["name_localizations"]["zh-TW"]) == (
        "ask",
        "提问",
        "提问",
    )
    (question,) = ask["options"]
    assert question["required"]
    assert question["description_localizations"]["zh-CN"] != question["description"]


def test_argument_with_proposals_is_completed() -> None:
    (topic,) = options("advisor")["sources"]["options"]
    assert topic["autocomplete"]


def test_fingerprint_changes_with_a_word() -> None:
    made = commands_of(REGISTRY)
    before = fingerprint(made)
    assert fingerprint(commands_of(REGISTRY)) == before
    made[0]["options"][0]["description_localizations"]["zh-CN"] += "。"
    assert fingerprint(made) != before


def test_more_commands_than_discord_takes_below_one_name_are_told() -> None:
    class Long(Registry):
        @property
        def commands(self) -> tuple[Command, ...]:
            return super().commands * 9

    with pytest.raises(InvalidSettings, match="takes 25 below one name"):
        commands_of(Long(REGISTRY.commands, WORDING))
