"""`digest`: setting, listing, pausing, previewing and running what is posted, and who may."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat import CommandCall, PlaceKind, Standing
from bot.records import ChannelSettings, QuestionState
from bot.schedules.records import FireState, Origin, Schedule, ScheduleKind
from rag.types import DocumentKind, Language
from tests.bot.bench import Bench
from tests.bot.samples import ADA, NOW, PLACE, document, question


@pytest.fixture
def bench() -> Bench:
    """Ada is an admin."""
    made = Bench()
    made.admins.add(ADA.id)
    return made


async def only(bench: Bench) -> Schedule:
    (schedule,) = await bench.store.schedules.all()
    return schedule


async def test_first_schedule_is_set_and_told_with_its_next_time(bench: Bench) -> None:
    told = await bench.command("digest")
    assert told == "Nothing is scheduled here. The first one: `/advisor digest add every Monday 9:00`"
    told = await bench.command("digest", "add every Monday 9:00 zone=Asia/Shanghai")
    schedule = await only(bench)
    assert told.startswith("Done: **trend digest** here, every Monday 9:00 (Asia/Shanghai).")
    assert "**Monday 2 March 2026, 09:00**" in told
    assert (schedule.when, schedule.zone, schedule.language) == ("every Monday 9:00", "Asia/Shanghai", Language.EN)
    assert (schedule.place.thread, schedule.kind, schedule.cursor) == ("", ScheduleKind.TRENDS, NOW)
    listed = await bench.command("digest", "list")
    assert f"- `{schedule.id}` **trend digest**: every Monday 9:00 (Asia/Shanghai), in English" in listed


async def test_schedule_is_set_in_chinese_with_options(bench: Bench) -> None:
    told = await bench.command("简报", "添加 每周一 9:00 语言=英文 主题=定价，监管 安静")
    schedule = await only(bench)
    assert told.startswith("好的：**趋势简报**，每周一 9:00（UTC）。第一期在 **2026 年 3 月 2 日（周一）09:00**。")
    assert "更改：`/advisor 简报 时区 Asia/Shanghai`" in told
    assert (schedule.language, schedule.topics, schedule.silent) == (Language.EN, {"定价", "监管"}, True)


async def test_arguments_by_name_do_the_same(bench: Bench) -> None:
    await bench.command("digest", action="add", what="every day 8:00", language="Chinese", zone="Berlin", topics="a, b")
    schedule = await only(bench)
    assert (schedule.zone, schedule.language) == ("Europe/Berlin", Language.ZH)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("add", "Say when, such as"),
        ("add every lunation", "I do not understand “lunation”."),
        ("add every Monday 9:00 zone=Asia/Shangai", "I do not know this time zone. Did you mean “Asia/Shanghai”?"),
        ("add every Monday 9:00 kind=poem", "“poem” is no kind; choose from trends, checklist, report."),
        ("pause", "Which one? Nothing is scheduled here."),
        ("run abc", "There is no `abc` here. Nothing is scheduled here."),
        ("zone Mars", "I do not know this time zone."),
    ],
)
async def test_wrong_use_is_told_in_a_sentence_and_changes_nothing(bench: Bench, text: str, told: str) -> None:
    assert (await bench.command("digest", text)).startswith(told)
    assert await bench.store.schedules.all() == ()


async def test_only_schedule_needs_no_name_and_of_several_one_is_asked_for(bench: Bench) -> None:
    await bench.command("digest", "add every day 9:00")
    first = await only(bench)
    assert "is paused. `/advisor digest resume" in await bench.command("digest", "pause")
    assert not (await only(bench)).active
    assert "paused" in await bench.command("digest")
    assert "is on again; next: Monday 2 March 2026, 09:00." in await bench.command("digest", f"resume {first.id}")
    await bench.command("digest", "add every day 10:00")
    assert (await bench.command("digest", "remove")).startswith("Which one? There is: ")
    assert await bench.command("digest", f"remove {first.id}") == f"`{first.id}` is removed."


async def test_run_leaves_a_post_to_whoever_keeps_the_schedules(bench: Bench) -> None:
    await bench.command("digest", "add every day 9:00")
    schedule = await only(bench)
    bench.means.schedules.changed.clear()
    assert await bench.command("digest", "run") == f"`{schedule.id}` is on its way."
    (fire,) = await bench.store.schedules.fires(schedule.id, limit=9)
    assert (fire.state, fire.asked, fire.due) == (FireState.WAITING, True, NOW)
    assert bench.means.schedules.changed.is_set()


async def test_schedule_of_the_settings_file_is_changed_there_alone(bench: Bench) -> None:
    await bench.command("digest", "add every day 9:00")
    await bench.store.schedules.save(replace(await only(bench), origin=Origin.FILE))
    assert "is set in the settings file" in await bench.command("digest", "remove")
    assert (await only(bench)).active


@pytest.mark.parametrize("text", ["add every day 9:00", "pause", "resume", "remove", "run", "zone Berlin"])
async def test_only_admins_change_what_a_channel_gets(text: str) -> None:
    bench = Bench()
    assert await bench.command("digest", text) == "Only an admin may do that."


async def test_anybody_sets_a_digest_in_their_own_messages() -> None:
    bench = Bench()
    place = replace(PLACE, kind=PlaceKind.DM, thread="")
    call = CommandCall(event_id="e", place=place, person=ADA, at=NOW, name="digest", text="add every day 9:00")
    await bench.handler.handle(call, bench)
    schedule = await only(bench)
    assert (schedule.place, schedule.person) == (place, ADA.key)


async def test_digest_of_a_channel_is_nobodys(bench: Bench) -> None:
    await bench.command("digest", "add every day 9:00")
    assert (await only(bench)).person == ""


async def test_each_change_is_in_the_audit_log(bench: Bench) -> None:
    await bench.command("digest", "add every day 9:00")
    await bench.command("digest", "pause")
    later, earlier = await bench.store.audit.latest(limit=9)
    assert (earlier.action, earlier.subject, earlier.details["do"]) == ("digest", PLACE.channel_key, "add")
    assert later.details["do"] == "pause"
    assert later.actor == f"hash of {ADA.key}"


async def test_channels_time_zone_holds_for_what_is_set_later(bench: Bench) -> None:
    assert await bench.command("digest", "zone Berlin") == "Times here now go by **Europe/Berlin**."
    await bench.command("digest", "add every day 9:00")
    assert (await only(bench)).zone == "Europe/Berlin"
    assert (await bench.command("digest", "zone")).startswith("Times here go by **Europe/Berlin**.")


async def test_config_sets_digests_and_zone_and_shows_them(bench: Bench) -> None:
    await bench.command("config", "set zone 北京")
    assert (await bench.command("config", "set digests every Monday 9:00")).startswith("Done: **trend digest**")
    assert "I do not understand" in await bench.command("config", "set digests whenever")
    told = await bench.command("config")
    assert "- zone: **Asia/Shanghai** (set in this channel)" in told
    assert "- digests: **every Monday 9:00** (`/advisor digest list`)" in told
    assert "- digests: **every Monday 9:00**" in await bench.command("config", "reset digests")


async def test_preview_shows_what_would_be_posted_and_posts_nothing(bench: Bench) -> None:
    told = await bench.command("digest", "preview")
    assert (
        told
        == "_A preview: nothing is posted._\n\nThe library holds no trends yet. An admin can add documents or feeds."
    )
    assert bench.chat.posted == ()
    assert await bench.store.schedules.all() == ()


async def test_report_is_for_admins_alone_also_as_a_preview_and_in_ones_own_messages(bench: Bench) -> None:
    assert "Weekly report" in await bench.command("digest", "preview kind=report")
    await bench.store.questions.admit(replace(question(name="q"), asked_at=NOW))
    await bench.store.questions.finish("q", QuestionState.REFUSED)
    told = await bench.command("digest", "preview kind=report")
    # Where a picture cannot be shown to one person alone, none is spoken of as if it were there.
    assert "In the picture" not in told
    assert "The post also has a picture" in told
    bench.admins.clear()
    assert await bench.command("digest", "preview kind=report") == "Only an admin may do that."
    place = replace(PLACE, kind=PlaceKind.DM, thread="")
    text = "add every day 9:00 kind=report"
    call = CommandCall(event_id="e", place=place, person=ADA, at=NOW, name="digest", text=text)
    await bench.handler.handle(call, bench)
    assert await bench.store.schedules.all() == ()


async def test_preview_keeps_from_a_guest_what_the_channel_may_read(bench: Bench) -> None:
    canary = replace(
        document("Canary trend"), kind=DocumentKind.TREND, audience=frozenset({"board"}), topics=("birds",)
    )
    seen: list[frozenset[str]] = []
    bench.shelf.held.append(canary)
    await bench.store.settings.save(PLACE.channel_key, ChannelSettings(labels=frozenset({"board"})))
    documents = bench.shelf.documents

    async def watched(scope=None):  # type: ignore[no-untyped-def]
        seen.append(scope.audience)
        return await documents(scope)

    bench.shelf.documents = watched  # type: ignore[method-assign]
    guest = replace(ADA, standing=Standing.GUEST)
    for person in (ADA, guest):
        call = CommandCall(event_id="e", place=PLACE, person=person, at=NOW, name="digest", text="preview")
        await bench.handler.handle(call, bench)
    assert seen == [frozenset({"public", "board"}), frozenset({"public"})]
