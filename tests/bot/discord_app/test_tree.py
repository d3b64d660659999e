"""The slash commands as Discord registers them: all of the registry's, in both languages, within its limits."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.commands.call import Call
from bot.commands.catalogue import all_commands
from bot.commands.registry import Argument, ArgumentKind, Command, Level, Registry
from bot.discord_app.tree import commands_of, fingerprint
from bot.wording import ArgumentWords, CommandWords, Wording, load_wording
from rag.errors import InvalidSettings
from rag.types import Language
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


async def nothing(call: Call, arguments: Mapping[str, str]) -> None:
    """Does nothing."""


def wide(count: int, choices: int, *, description: str = "what to do") -> Registry:
    """So many commands of admins with so many choices each, described in both languages."""
    values = tuple(f"choice-{number}" for number in range(choices))
    argument = Argument(name="what", kind=ArgumentKind.CHOICE, choices=values)
    commands = [
        Command(name=f"command-{number}", run=nothing, arguments=(argument,), level=Level.ADMIN)
        for number in range(count)
    ]

    class Words(Wording):
        def command(self, name: str, language: Language) -> CommandWords:
            told = ArgumentWords(name="what", description=description, choices={each: each for each in values})
            return CommandWords(name=name, description=description, arguments={"what": told})

    return Registry(commands, Words(WORDING._files, WORDING._problems))


@pytest.mark.parametrize("choices", [1, 25, 26, 60], ids=str)
def test_argument_with_more_choices_than_discord_lists_is_typed(choices: int) -> None:
    made = commands_of(wide(3, choices))
    check_commands(made)
    option = made[1]["options"][0]["options"][0]
    assert len(option.get("choices", ())) == (choices if choices <= 25 else 0)
    assert ("max_length" in option) is (choices > 25)


def test_as_many_commands_as_discord_takes_can_be_registered() -> None:
    made = commands_of(wide(25, 5))
    check_commands(made)
    assert len(made[1]["options"]) == 25


@pytest.mark.parametrize(
    ("registry", "told"),
    [
        pytest.param(wide(26, 1), "/advisor-admin has 26 commands; Discord takes 25 below one name", id="commands"),
        pytest.param(wide(25, 25, description="x" * 99), "characters of names and descriptions", id="texts"),
    ],
)
def test_more_than_discord_takes_below_one_name_is_told_at_start(registry: Registry, told: str) -> None:
    with pytest.raises(InvalidSettings, match=told):
        commands_of(registry)


def test_menu_of_admins_is_hidden_from_members() -> None:
    menu = MADE["Save as an answer"]
    assert (menu["type"], menu["default_member_permissions"], menu["contexts"]) == (3, "32", [0])
    assert menu["name_localizations"]["zh-CN"] == "保存为回答"
