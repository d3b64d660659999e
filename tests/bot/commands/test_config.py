"""`config`: what holds in a channel, where it comes from, and who may change it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.channel_rules import effective_settings, reader_scope, server_key
from bot.chat import CommandCall, PlaceKind, Standing
from bot.records import ChannelSettings, Respond
from rag.backends.memory import MemoryVectorStore
from rag.backends.sqlite.database import open_database
from rag.types import PUBLIC, DocumentId, DocumentKind, Language
from tests.bot.samples import ADA, BOB, NOW, PLACE

from .stage import SECRET, Stage, publish, shelves


@pytest.fixture
def admin(stage: Stage) -> Stage:
    """Ada is an admin."""
    stage.admins.add(ADA.id)
    return stage


async def test_each_value_is_shown_with_where_it_comes_from(admin: Stage) -> None:
    await admin.command("config", "set respond auto")
    await admin.command("config", "server language Chinese")
    told = await admin.command("config")
    assert "- respond: **to every question** (set in this channel)" in told
    assert "- language: **Chinese** (default of all channels)" in told
    assert "- follow-ups: **on** (default)" in told
    assert "- 语言：**中文**（全部频道的默认值）" in await admin.command("设置")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("config", "set respond off", ChannelSettings(respond=Respond.OFF)),
        ("设置", "修改 回应 所有问题", ChannelSettings(respond=Respond.AUTO)),
        ("config", "set follow-ups off", ChannelSettings(follow_ups=False)),
        ("config", "set replies inline", ChannelSettings(inline=True)),
        ("设置", "修改 语言 英文", ChannelSettings(language=Language.EN)),
        ("config", "set language auto", ChannelSettings(other={"language": "auto"})),
        ("config", "set zone Berlin", ChannelSettings(other={"zone": "Europe/Berlin"})),
        ("config", "set kinds case, guides", ChannelSettings(other={"kinds": "case\ndocument"})),
        ("设置", "修改 主题 growth", ChannelSettings(other={"topics": "growth"})),
    ],
)
async def test_setting_is_stored_and_taken_back(admin: Stage, name: str, text: str, expected: ChannelSettings) -> None:
    await admin.command(name, text)
    assert await admin.store.settings.get(PLACE.channel_key) == expected
    await admin.command(name, f"reset {text.split()[1]}" if name == "config" else f"恢复 {text.split()[1]}")
    assert await admin.store.settings.get(PLACE.channel_key) == ChannelSettings()


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("config", "set respond loudly", "“loudly” is no value of respond; allowed: when mentioned,"),
        ("设置", "修改 回应 大声", "“大声”不能用作回应，可用的值：提到时、所有问题、关闭。"),
        ("config", "set labels bored", "“bored” is no value of labels; allowed: public, board."),
        ("config", "set topics sourdough", "“sourdough” is no value of topics; allowed: all, case, growth."),
        ("config", "set kinds ,", "“,” is no value of kinds; allowed: all, Guides,"),
        ("config", "set respond", "What shall respond be? Allowed:"),
        ("config", "expert", "Who is the expert here? Give one person or one group"),
        ("设置", "专家", "这里的专家是谁？"),
        ("config", "set", "Which setting? `/advisor config [show|set|server|reset]"),
        ("config", "server labels board", "labels is set for each channel on its own."),
        ("config", "set colour red", "“colour” is no setting; choose from respond, follow-ups,"),
    ],
)
async def test_wrong_use_names_what_is_allowed(admin: Stage, name: str, text: str, told: str) -> None:
    assert (await admin.command(name, text)).startswith(told)
    assert await admin.store.settings.get(PLACE.channel_key) == ChannelSettings()
    assert await admin.store.audit.latest(limit=9) == ()


async def test_labels_are_asked_about_before_they_hold(admin: Stage) -> None:
    asked = await admin.command("config", "set labels board")
    assert asked.startswith("Labels of this channel: **public** → **board**. Everybody here could then read further")
    assert await admin.store.settings.get(PLACE.channel_key) == ChannelSettings()
    assert await admin.store.audit.latest(limit=9) == ()
    await admin.press_label("Yes, change it")
    board = ChannelSettings(labels=frozenset({PUBLIC, "board"}))
    assert await admin.store.settings.get(PLACE.channel_key) == board
    assert await admin.command("config", "set labels board") == "labels is now **board**."
    assert "本频道的标签：**board** → **public**" in await admin.command("设置", "恢复 标签")
    assert await admin.store.settings.get(PLACE.channel_key) == board
    await admin.press_label("确认修改")
    assert await admin.store.settings.get(PLACE.channel_key) == ChannelSettings()


async def test_form_asks_about_labels_and_stores_the_rest(admin: Stage) -> None:
    await admin.command("config")
    await admin.press_label("Change what is searched …")
    (_, form) = admin.chat.forms[-1]
    assert "**public** → **board**" in await admin.fill_in(form, kinds="case", labels="board")
    assert await admin.store.settings.get(PLACE.channel_key) == ChannelSettings(other={"kinds": "case"})
    await admin.press_label("Yes, change it")
    assert (await admin.store.settings.get(PLACE.channel_key)).labels == {PUBLIC, "board"}


@pytest.mark.parametrize("text", ["set respond off", "server respond off", "reset respond"])
async def test_only_admins_change_settings(stage: Stage, text: str) -> None:
    assert await stage.command("config", text) == "Only an admin may do that."
    told = await stage.command("config")
    assert "respond" in told
    assert "labels" not in told
    assert stage.last.actions == ()


async def test_each_change_is_in_the_audit_log(admin: Stage) -> None:
    await admin.command("config", "set respond auto")
    await admin.command("config", "set respond off")
    entry, _ = await admin.store.audit.latest(limit=9)
    assert (entry.action, entry.subject) == ("config", PLACE.channel_key)
    assert entry.details == {"setting": "respond", "before": "auto", "after": "off"}
    assert entry.actor == f"hash of {ADA.key}"


async def test_expert_is_a_hash_in_the_audit_log(admin: Stage) -> None:
    await admin.command("config", "set expert @bob")
    await admin.command("config", "reset expert")
    details = [entry.details for entry in await admin.store.audit.latest(limit=9)]
    hashed = f"user:hash of {BOB.key}"
    assert [(each["before"], each["after"]) for each in details] == [(hashed, ""), ("", hashed)]


async def test_form_changes_several_settings_or_none(admin: Stage) -> None:
    await admin.command("config")
    await admin.press_label("Change behaviour …")
    (_, form) = admin.chat.forms[-1]
    assert [each.name for each in form.fields] == ["respond", "follow-ups", "replies", "language", "expert"]
    assert "“maybe” is no value" in await admin.fill_in(form, respond="off", **{"follow-ups": "maybe"})
    assert await admin.store.settings.get(PLACE.channel_key) == ChannelSettings()
    told = await admin.fill_in(form, respond="off", language="Chinese")
    assert told == "respond is now **off**.\nlanguage is now **Chinese**."
    assert await admin.fill_in(form, respond="off", language="Chinese") == "Nothing was changed."


@pytest.mark.parametrize(
    ("name", "text", "stored"),
    [
        ("config", "set expert @bob", "user:bob"),
        ("设置", "修改 专家 bob", "user:bob"),
        ("config", "set expert <!channel>", ""),
        ("config", "set expert bob, ada", ""),
    ],
)
async def test_expert_is_one_person_or_group(admin: Stage, name: str, text: str, stored: str) -> None:
    told = await admin.command(name, text)
    assert (await admin.store.settings.get(PLACE.channel_key)).other.get("expert", "") == stored
    assert ("@bob" in told) == bool(stored)
    assert "nobody I could call" in told or stored


async def test_expert_of_a_server_holds_in_its_channels_and_is_shown(admin: Stage) -> None:
    assert "- expert: **nobody** (default)" in await admin.command("config")
    await admin.command("config", "server expert @bob")
    assert "- expert: **@bob** (default of all channels)" in await admin.command("config")
    await admin.command("config")
    await admin.press_label("Change behaviour …")
    (_, form) = admin.chat.forms[-1]
    assert await admin.fill_in(form, expert="carla") == "expert is now **@carla**."
    assert await admin.fill_in(form, expert="") == "expert is now **@bob**."


async def test_mention_that_the_platform_told_apart_comes_before_the_words(admin: Stage) -> None:
    call = CommandCall(
        event_id="e", place=PLACE, person=ADA, at=NOW, name="config", text="set expert @小明", mentions=("U0BOB",)
    )
    await admin.handler.handle(call, admin)
    assert (await admin.store.settings.get(PLACE.channel_key)).other == {"expert": "user:U0BOB"}
    await admin.handler.handle(replace(call, mentions=("U0BOB", "U0ADA")), admin)
    assert "不是可以呼叫的对象" in admin.said


async def test_form_of_one_who_is_no_admin_is_refused(admin: Stage) -> None:
    await admin.command("config")
    assert "Only an admin" in await admin.press_label("Change what is searched …", person=BOB)
    await admin.command("config")
    await admin.press_label("Change what is searched …")
    (_, form) = admin.chat.forms[-1]
    assert "Only an admin" in await admin.fill_in(form, person=BOB, labels="board")
    assert await admin.store.settings.get(PLACE.channel_key) == ChannelSettings()


async def test_values_are_completed_and_labels_for_admins_alone(stage: Stage) -> None:
    call = replace(stage.call(), incoming=replace(stage.call().incoming, arguments={"name": "labels"}))
    assert await stage.handler.complete(call, "config", "value", "") == ()
    stage.admins.add(ADA.id)
    assert await stage.handler.complete(call, "config", "value", "bo") == ("board",)


async def test_channel_inherits_from_its_server_but_never_labels(stage: Stage) -> None:
    book = stage.store.settings
    server = ChannelSettings(respond=Respond.OFF, labels=frozenset({"board"}), other={"kinds": "case", "thread": "x"})
    await book.save(server_key(PLACE.channel_key), server)
    await book.save(PLACE.channel_key, ChannelSettings(follow_ups=False))
    holds = await effective_settings(book, PLACE.channel_key)
    assert holds == ChannelSettings(respond=Respond.OFF, follow_ups=False, other={"kinds": "case"})
    assert reader_scope(holds, ADA).kinds == {DocumentKind.CASE}


async def test_guest_reads_public_documents_alone(stage: Stage) -> None:
    settings = ChannelSettings(labels=frozenset({"board"}))
    assert reader_scope(settings, ADA).audience == {PUBLIC, "board"}
    assert reader_scope(settings, replace(ADA, standing=Standing.GUEST)).audience == {PUBLIC}


async def test_kinds_of_a_channel_bound_what_commands_show(admin: Stage) -> None:
    await admin.command("config", "set kinds resources")
    assert "holds no case studies" in await admin.command("case")
    assert "Case studies" not in await admin.command("sources")


async def test_all_lifts_what_the_server_bounds(admin: Stage) -> None:
    await admin.command("config", "server topics growth")
    await admin.command("config", "set topics all")
    await admin.command("config", "set kinds all")
    scope = reader_scope(await effective_settings(admin.store.settings, PLACE.channel_key), ADA)
    assert (scope.topics, scope.kinds) == (None, None)


async def test_topic_that_only_others_may_read_of_is_kept_and_not_told(tmp_path: Path) -> None:
    hidden, known = (replace(shelves()[2][0], id=DocumentId(each), topics=(each,)) for each in ("plan", "growth"))
    store = MemoryVectorStore()
    async with open_database(tmp_path / "library.sqlite3") as database:
        await publish(database, store, [(replace(hidden, audience=SECRET), ("A plan.",)), (known, ("Growth.",))])
        stage = Stage().over(database, store)
        stage.admins.add(ADA.id)
        set_by_others = ChannelSettings(other={"topics": "growth\nplan"})
        await stage.store.settings.save(PLACE.channel_key, set_by_others)
        assert "- topics: **growth, …**" in await stage.command("config")
        await stage.press_label("Change what is searched …")
        (_, form) = stage.chat.forms[-1]
        assert "plan" not in str(form)
        assert await stage.fill_in(form) == "Nothing was changed."
        assert await stage.store.settings.get(PLACE.channel_key) == set_by_others


def test_labels_of_a_person_hold_where_nobody_else_reads_along() -> None:
    direct, held = replace(PLACE, kind=PlaceKind.DM), frozenset({"board"})
    assert reader_scope(ChannelSettings(), ADA, place=direct, held=held).audience == {PUBLIC, "board"}
    assert reader_scope(ChannelSettings(), ADA, place=PLACE, held=held).audience == {PUBLIC}


async def test_what_is_whispered_may_rest_on_a_person_s_own_labels(stage: Stage) -> None:
    assert "Canarybird" not in await stage.command("case")
    stage.held[ADA.id] = frozenset({"board"})
    assert "Canarybird" in await stage.command("case")
    assert (await stage.call().scope()).audience == {PUBLIC}


async def test_language_of_each_question_may_be_set_over_that_of_the_server(admin: Stage) -> None:
    await admin.command("config", "server language Chinese")
    assert (await effective_settings(admin.store.settings, PLACE.channel_key)).language is Language.ZH
    assert "**auto**" in await admin.command("config", "language auto")
    assert (await effective_settings(admin.store.settings, PLACE.channel_key)).language is None
    assert "- language: **auto** (set in this channel)" in await admin.command("config")
    assert "**Chinese**" in await admin.command("config", "reset language")
    await admin.command("config", "language English")
    assert await admin.store.settings.get(PLACE.channel_key) == ChannelSettings(language=Language.EN)


async def test_reset_without_a_name_offers_what_is_set_or_all_of_it(admin: Stage) -> None:
    assert "nothing to reset" in await admin.command("config", "reset")
    assert "不需要恢复" in await admin.command("设置", "恢复")
    for text in ("set respond off", "set zone Berlin", "set kinds case"):
        await admin.command("config", text)
    assert "回应、文档类型、时区" in await admin.command("设置", "恢复")
    told = await admin.command("config", "reset")
    assert "Set here: respond, kinds, zone. Choose below, or type `/advisor config reset respond`." in told
    assert "zone is now **UTC**." in await admin.press_label("zone")
    await admin.command("config", "reset")
    told = await admin.press_label("all")
    assert "- respond: **off**\n- kinds: **Case studies**" in told
    assert (await admin.store.settings.get(PLACE.channel_key)).respond is Respond.OFF
    told = await admin.press_label("Yes, reset all")
    assert "respond is now **when mentioned**.\nkinds is now **all**." in told
    assert await admin.store.settings.get(PLACE.channel_key) == ChannelSettings()
    assert [entry.details["before"] for entry in await admin.store.audit.latest(limit=2)] == ["case", "off"]


async def test_reset_of_all_leaves_labels_to_a_question_of_their_own(admin: Stage) -> None:
    labelled = ChannelSettings(labels=frozenset({PUBLIC}) | SECRET)
    await admin.store.settings.save(PLACE.channel_key, replace(labelled, inline=True))
    assert "Labels stay as they are: `/advisor config reset labels`" in await admin.command("config", "reset all")
    await admin.press_label("Yes, reset all")
    assert await admin.store.settings.get(PLACE.channel_key) == labelled
    assert "Labels of this channel" in await admin.command("config", "reset labels")
