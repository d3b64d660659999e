"""`audit`: admins read what was done in their workspace, owners everything, and nobody else anything."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.records import AuditEntry, ChannelSettings
from tests.bot.samples import ADA, NOW, PLACE

from .stage import Stage


async def test_admin_reads_the_last_entries_of_the_workspace(stage: Stage) -> None:
    stage.admins.add(ADA.id)
    assert await stage.command("audit") == "The audit log has no entries yet."
    await stage.command("config", "set respond auto")
    other = AuditEntry(at=NOW, actor="0123456789abcdef", action="config", subject="memory/elsewhere/c")
    await stage.store.audit.append(other)
    await stage.store.audit.append(AuditEntry(at=NOW, actor="operator", action="index", details={"added": "2"}))
    await stage.store.audit.append(AuditEntry(at=NOW, actor="operator", action="settings", details={"x": "y"}))
    told = await stage.command("审计", "查看 5")
    assert told.splitlines() == [
        "**审计日志的最近 2 条**（时间为 UTC，人员以哈希表示）",
        "",
        "- 2026-03-01 12:00 · **索引** · `运维` · 新增：2",
        "- 2026-03-01 12:00 · **频道设置** · memory/w/c · `hash of ` · 回应：未设 → 所有问题",
    ]


@pytest.mark.parametrize("typed", ["1", "show 1", "respond", "1 respond"])
async def test_what_is_shown_may_be_typed_without_its_action(stage: Stage, typed: str) -> None:
    stage.admins.add(ADA.id)
    await stage.command("config", "respond auto")
    assert "respond: not set → to every question" in await stage.command("audit", typed)
    assert "回应：未设 → 所有问题" in await stage.command("日志", "1")


async def test_mistyped_action_is_told(stage: Stage) -> None:
    stage.admins.add(ADA.id)
    assert "“exprot” is no action" in await stage.command("audit", "exprot")


async def test_entry_reads_in_the_readers_language(stage: Stage) -> None:
    stage.admins.add(ADA.id)
    noted = {
        "profile": {"stage before": "seed", "stage after": "growth"},
        "library": {"admin": "ab", "was admin": "cd", "was owner": "ef"},
        "document": {"after": "version 3, edited", "audience": "public"},
        "index": {"result": "failed: IndexUnavailable"},
        "unheard-of": {"new": "thing"},
    }
    for action, details in noted.items():
        await stage.store.audit.append(AuditEntry(at=NOW, actor="ab", action=action, details=details))
    told = [line.split(" · ", 1)[1] for line in (await stage.command("审计")).splitlines()[2:]]
    assert told == [
        "**unheard-of** · `ab` · new：thing",
        "**索引** · `ab` · 结果：失败 (IndexUnavailable)",
        "**文档** · `ab` · 之后：版本 3、已修改；读者：所有人",
        "**library** · `ab` · 管理员：cd → ab；所有者：ef → 未设",
        "**团队档案** · `ab` · 阶段：种子轮 → 成长期",
    ]


async def test_entries_are_found_by_the_words_in_which_they_read(stage: Stage) -> None:
    stage.admins.add(ADA.id)
    await stage.command("config", "respond auto")
    await stage.command("config", "language zh")
    for typed, count in (("回应", 1), ("频道设置", 2), ("language", 1)):
        assert (await stage.command("审计", typed)).count("\n- ") == count, typed


async def test_what_is_done_to_the_library_concerns_the_admins_of_every_workspace(stage: Stage) -> None:
    stage.admins.add(ADA.id)
    for subject in ("library", "12", "39228d6fa3d369b8", "/srv/docs/a/b", "https://example.org/a/b"):
        await stage.store.audit.append(AuditEntry(at=NOW, actor="ab", action="library", subject=subject))
    for key in ("slack/T9/C1", "discord/1/", "memory/elsewhere/c"):
        await stage.store.audit.append(AuditEntry(at=NOW, actor="ab", action="library", subject=key))
    told = await stage.command("audit")
    assert told.count("**library**") == 5
    assert "elsewhere" not in told


async def test_only_admins_read_it(stage: Stage) -> None:
    assert await stage.command("audit") == "Only an admin may do that."


async def test_wrong_count_is_told(stage: Stage) -> None:
    stage.admins.add(ADA.id)
    for typed in ("0", "-3", "101"):
        assert await stage.command("audit", f"show {typed}") == f"“{typed}” is no number from 1 to 100."


async def test_admin_gets_the_workspace_s_entries_as_a_file(stage: Stage) -> None:
    stage.admins.add(ADA.id)
    await stage.command("config", "set respond auto")
    await stage.store.audit.append(AuditEntry(at=NOW, actor="ab", action="config", subject="memory/elsewhere/c"))
    assert await stage.command("audit", "export") == "The audit log as a file; entries: 1, the earliest first."
    (file,) = stage.last.files
    assert json.loads(file.content)["details"] == {"setting": "respond", "before": "", "after": "auto"}


async def test_entries_are_filtered_by_action_place_hash_and_day(stage: Stage) -> None:
    stage.admins.add(ADA.id)
    own = AuditEntry(at=NOW, actor="ab12", action="reindex", subject="memory/w/c", details={"full": "yes"})
    for entry in (own, replace(own, action="gap", actor="cd34"), replace(own, at=NOW - timedelta(days=30))):
        await stage.store.audit.append(entry)
    for typed, count in (
        ("show 50 reindex", 2),
        ("show reindex 7d", 1),
        ("show 9 cd34", 1),
        ("show 9 2026-03", 2),
        ("show 9 memory/w/c", 3),
        ("查看 9 full", 3),
    ):
        told = await stage.command("audit" if typed.isascii() else "审计", typed)
        assert told.count("\n- ") == count, typed
    assert await stage.command("audit", "show 9 nothing") == "No entry of the audit log matches `nothing`."


async def test_input_for_other_readers_is_named_to_nobody_but_them(stage: Stage) -> None:
    stage.admins.add(ADA.id)
    for action in ("input-add", "input-remove"):
        details = {"kind": "page", "input": "https://example.org/a, b/merger", "audience": "board"}
        await stage.store.audit.append(AuditEntry(at=NOW, actor="ab", action=action, details=details))
    told = await stage.command("audit")
    assert told.count("input: …") == 2
    assert "merger" not in told
    assert (await stage.command("audit", "show 9 https://example.org/a")).startswith("No entry")
    assert "merger" not in (await stage.command("audit", "export")) + str(stage.last.files[0].content)
    await stage.store.settings.save(PLACE.channel_key, ChannelSettings(labels=frozenset({"board"})))
    assert (await stage.command("audit")).count("input: https://example.org/a, b/merger") == 2
