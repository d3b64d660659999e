"""Commands by every name that people may use, and what is said when a call is malformed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.chat import CommandCall
from bot.commands.call import Call
from bot.commands.catalogue import all_commands
from bot.commands.listing import command_table
from bot.commands.registry import Argument, Command, Complaint, Registry
from bot.wording import LANGUAGES, Say, load_wording
from rag.errors import InvalidSettings
from rag.types import Language

from .samples import ADA, NOW, PLACE

WORDING = load_wording(Path(__file__).parents[2] / "prompts")


@pytest.fixture(scope="module")
def registry() -> Registry:
    return all_commands(WORDING)


def call(text: str = "", **arguments: str) -> CommandCall:
    return CommandCall(event_id="e", place=PLACE, person=ADA, at=NOW, name="x", text=text, arguments=arguments)


@pytest.mark.parametrize(
    ("typed", "name", "language"),
    [
        pytest.param("ask", "ask", None, id="the identifier, in no language"),
        pytest.param("/Help", "help", None, id="a slash and a capital"),
        pytest.param("帮助", "help", Language.ZH, id="Chinese"),
        pytest.param("ｈｅｌｐ", "help", None, id="full width"),
        pytest.param("？", "help", None, id="a question mark, which both languages use"),
        pytest.param("library", "sources", Language.EN, id="an alias"),
        pytest.param("资料库", "sources", Language.ZH, id="a Chinese alias"),
    ],
)
def test_command_is_found_by_any_of_its_names(
    registry: Registry, typed: str, name: str, language: Language | None
) -> None:
    found = registry.find(typed)
    assert found is not None
    assert (found.command.name, found.language) == (name, language)


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("souces", "sources"),
        ("halp", "help"),
        ("提门", "ask"),
        ("fedback", "feedback"),
        ("帮住", "help"),
        ("frobnicate", None),
        ("nope", None),
        ("xyzzy", None),
    ],
)
def test_mistyped_command_has_a_nearest_one(registry: Registry, typed: str, near: str | None) -> None:
    found = registry.nearest(typed)
    assert registry.find(typed) is None
    assert (found.command.name if found else None) == near


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("help", "help"),
        ("来源", "sources"),
        ("ask", None),
        ("What is help?", None),
        ("help me raise money", None),
    ],
)
def test_whole_message_may_be_a_command(registry: Registry, text: str, name: str | None) -> None:
    found = registry.recognise(text)
    assert (found.command.name if found else None) == name


@pytest.mark.parametrize(
    ("name", "incoming", "expected"),
    [
        pytest.param("ask", call(" What is it? "), {"question": "What is it?"}, id="a text is all that was typed"),
        pytest.param("ask", call(question="Why?"), {"question": "Why?"}, id="by name"),
        pytest.param("ask", call(问题="为什么？"), {"question": "为什么？"}, id="by its Chinese name"),
        pytest.param("sources", call(topic=""), {}, id="an empty one is left out"),
        pytest.param("feedback", call("bad It is old"), {"rating": "down", "text": "It is old"}, id="word, then text"),
        pytest.param("feedback", call("好"), {"rating": "up"}, id="a choice in Chinese"),
        pytest.param("feedback", call(rating="down"), {"rating": "down"}, id="a choice by its identifier"),
        pytest.param("stop", call(), {}, id="nothing"),
        pytest.param(
            "resources",
            call("kind=course cost=free in part gpu credits language：zh"),
            {"kind": "course", "cost": "freemium", "language": "zh", "need": "gpu credits"},
            id="by name in a text, one of several words and one behind a colon",
        ),
        pytest.param(
            "资源",
            call("微调 种类＝课程，阶段=种子"),
            {"need": "微调", "kind": "course", "stage": "seed"},
            id="full width",
        ),
        pytest.param("resources", call("read https://x.org a:b"), {"need": "read https://x.org a:b"}, id="an address"),
        pytest.param("config", call("respond off"), {"action": "set", "name": "respond", "value": "off"}, id="implied"),
        pytest.param(
            "config", call("set respond off"), {"action": "set", "name": "respond", "value": "off"}, id="said"
        ),
        pytest.param("档案", call("设置 跑道 9"), {"action": "set", "name": "runway", "value": "9"}, id="other words"),
        pytest.param(
            "audit", call("20 limit"), {"action": "show", "count": "20", "filter": "limit"}, id="a number first"
        ),
    ],
)
def test_arguments_are_read(registry: Registry, name: str, incoming: CommandCall, expected: Mapping[str, str]) -> None:
    found = registry.find(name)
    assert found is not None
    assert registry.read(found.command, incoming, Language.EN) == expected


@pytest.mark.parametrize(
    ("name", "incoming", "say"),
    [
        pytest.param("ask", call("  "), Say.MISSING_ARGUMENT, id="missing"),
        pytest.param("feedback", call("splendid"), Say.WRONG_CHOICE, id="none of the choices"),
        pytest.param("stop", call("now"), Say.NO_ARGUMENTS, id="one where none is taken"),
        pytest.param("help", call("ask more"), Say.UNKNOWN_ARGUMENT, id="one too many"),
        pytest.param("ask", call(colour="red"), Say.UNKNOWN_ARGUMENT, id="a name that does not exist"),
        pytest.param("resources", call("price=free"), Say.UNKNOWN_ARGUMENT, id="a name in a text that does not exist"),
        pytest.param("resources", call("kind=banana"), Say.WRONG_CHOICE, id="a value in a text that it cannot have"),
        pytest.param("config", call("foo bar"), Say.WRONG_CHOICE, id="neither an action nor what comes next"),
        pytest.param("audit", call("exprot"), Say.WRONG_CHOICE, id="an action mistyped"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_malformed_call_is_explained(
    registry: Registry, name: str, incoming: CommandCall, say: Say, language: Language
) -> None:
    found = registry.find(name)
    assert found is not None
    complaint = registry.read(found.command, incoming, language)
    assert isinstance(complaint, Complaint)
    assert complaint.say is say
    assert WORDING.say(complaint.say, language, **complaint.values)


@pytest.mark.parametrize(
    ("name", "language", "usage"),
    [
        ("ask", Language.EN, "/ask <question>"),
        ("ask", Language.ZH, "/提问 <问题>"),
        ("feedback", Language.EN, "/feedback <good|bad> [text]"),
        ("stop", Language.ZH, "/停止"),
        (
            "resources",
            Language.EN,
            "/resources [need] [kind=…] [stage=…] [cost=free|free in part|paid|open source] [language=Chinese|English]",
        ),
    ],
)
def test_usage_is_told_in_the_readers_words(registry: Registry, name: str, language: Language, usage: str) -> None:
    found = registry.find(name)
    assert found is not None
    assert registry.usage(found.command, language) == usage


def texts(folder: Path, *, change: tuple[str, str]) -> Path:
    for path in (Path(__file__).parents[2] / "prompts").glob("*.toml"):
        (folder / path.name).write_text(path.read_text("utf-8").replace(*change), "utf-8")
    return folder


async def nothing(call: Call, arguments: Mapping[str, str]) -> None: ...


@pytest.mark.parametrize(
    ("commands", "problem"),
    [
        pytest.param([Command(name="dance", run=nothing)], "dance", id="a command without words"),
        pytest.param(
            [Command(name="stop", run=nothing, arguments=(Argument(name="when"),))], "when", id="an argument without"
        ),
        pytest.param(
            [
                Command(name="stop", run=nothing),
                Command(name="resume", run=nothing),
            ],
            "'stop'",
            id="a name that another one has",
        ),
    ],
)
def test_registry_that_cannot_work_is_refused(commands: list[Command], problem: str, tmp_path: Path) -> None:
    resumed = WORDING.command("resume", Language.ZH).name
    renamed = load_wording(texts(tmp_path, change=(f'name = "{resumed}"', 'name = "STOP"')))
    with pytest.raises(InvalidSettings, match=problem):
        Registry(commands, renamed)


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_such_that_each_platform_can_list_them(registry: Registry, language: Language) -> None:
    for command in registry.commands:
        words = registry.words(command, language)
        for name in (words.name, *(argument.name for argument in words.arguments.values())):
            assert re.fullmatch(r"[-\w]{1,32}", name)
            assert name == name.lower()
        for text in (words.description, *(argument.description for argument in words.arguments.values())):
            assert 0 < len(text) <= 100


@pytest.mark.parametrize(
    ("language", "row"),
    [
        (Language.EN, "| `feedback <good\\|bad> [text]` | 反馈 | rates the last answer here | everyone |"),
        (Language.ZH, "| `提问 <问题>` | ask | 根据资料库回答问题并注明来源 | 所有人 |"),
    ],
)
def test_table_for_the_docs_holds_each_command(registry: Registry, language: Language, row: str) -> None:
    lines = command_table(registry, language).splitlines()
    assert row in lines
    assert len(lines) == len(registry.commands) + 2


def test_the_readme_lists_the_commands_as_they_are(registry: Registry) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    assert command_table(registry, Language.EN) in readme
