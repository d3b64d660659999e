"""Other ways than commands with arguments: what is typed in a line, posted by itself, put in order by a profile."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from bot.commands.registry import named_arguments
from bot.records import AuditEntry
from tests.bot.canary.calls import FOLLOW_UPS, QUESTIONS
from tests.bot.canary.library import CANARIES
from tests.bot.canary.scene import BOB, BOSS, EN, OPEN, OUTSIDERS, ZH, holds_canary, place, scene, shown
from tests.bot.canary.test_canary import Leaks, report, tellings
from tests.bot.samples import NOW

pytestmark = pytest.mark.full

_NEEDS = ("robotics lighthouse", "灯塔", "Lantrn", "medical failure", "20", "lighthouse x=y")
"""What people type behind a command: words of the board's documents, a name mistyped, a number, what is not known."""


async def test_no_post_at_its_time_tells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    leaks = Leaks()
    async with scene(tmp_path / "home") as bot:
        for where in (OPEN, OUTSIDERS[3][1]):
            for language in (EN, ZH):
                for kind in ("trends", "checklist", "report"):
                    given = {"what": "every day 9:00", "kind": kind, "language": language.value}
                    leaks.look((where.key, kind), await bot.command(BOSS, where, "digest", action="preview", **given))
                    leaks.look((where.key, kind), await bot.command(BOSS, where, "digest", action="add", **given))
                    schedule = (await bot.store.schedules.all())[-1]
                    out = await bot.command(BOSS, where, "digest", action="run", what=schedule.id)
                    leaks.look((where.key, kind, "run"), out)
                    for payload, values in list(tellings(out))[:6]:
                        leaks.look((where.key, payload), await bot.press(BOB, where, payload, *values))
                    leaks.look(
                        (where.key, "remove"),
                        await bot.command(BOSS, where, "digest", action="remove", what=schedule.id),
                    )
        report("what is posted by itself", bot, capsys)
    assert leaks == []


async def test_no_line_that_is_typed_tells(tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: Any) -> None:
    """Arguments typed as they come, by name and without their action; what is wrong is told with what is allowed."""
    leaks = Leaks()
    with caplog.at_level(logging.INFO):
        async with scene(tmp_path / "home") as bot:
            for language in (EN, ZH):
                for command in bot.registry.commands:
                    words = bot.registry.words(command, language)
                    named = [words.arguments[each.name].name for each in named_arguments(command)]
                    lines = ["", *_NEEDS, *(f"{name}={CANARIES[0][:5]}" for name in named)]
                    if command.arguments and command.arguments[0].choices:
                        choices = words.arguments[command.arguments[0].name].choices.values()
                        lines += [f"{choice} {need}" for choice in choices for need in _NEEDS[:3]]
                    for number, line in enumerate(lines):
                        who, where = OUTSIDERS[number % len(OUTSIDERS)]
                        leaks.look((who.id, words.name, line), await bot.typed(who, where, words.name, line))
            logged = [json.dumps({**vars(record), "args": str(record.args)}, default=str) for record in caplog.records]
            report("lines", bot, capsys)
    assert leaks == []
    assert [line for line in logged if holds_canary(line)] == []


async def test_no_profile_brings_the_boards_documents_forward(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    leaks = Leaks()
    async with scene(tmp_path / "home") as bot:
        await bot.command(BOB, OPEN, "profile", action="team", name="sector", value="robotics lighthouse health")
        for who, where in OUTSIDERS:
            await bot.command(who, where, "profile", action="set", name="sector", value="medical robotics")
        for number, question in enumerate((*QUESTIONS, *FOLLOW_UPS)):
            for who, where in OUTSIDERS:
                thread = where if where.private else place(where.channel, f"{who.id}p{number}")
                leaks.look((who.id, question), await bot.say(who, thread, question))
        for name in ("case", "resources", "risks", "assess", "home", "digest"):
            for who, where in OUTSIDERS:
                leaks.look((who.id, name), await bot.command(who, where, name))
        report("answers and commands under a profile", bot, capsys)
    assert leaks == []


async def test_no_name_of_an_input_for_the_board_is_in_the_audit_log(tmp_path: Path) -> None:
    async with scene(tmp_path / "home") as bot:
        details = {"kind": "page", "input": f"https://example.org/{CANARIES[0]}", "audience": "board"}
        await bot.store.audit.append(AuditEntry(at=NOW, actor="ab", action="input-add", details=details))
        for who, where in OUTSIDERS:
            for line in ("", "50", "export", f"50 https://example.org/{CANARIES[0]}", "input-add"):
                for name in ("audit", "审计"):
                    # What somebody looks for is told back to them.
                    echo = line.rpartition(" ")[2] or "\0"
                    out = [shown(each).replace(echo, "") for each in await bot.typed(who, where, name, line)]
                    assert not any(holds_canary(each) for each in out), (who.id, line)
