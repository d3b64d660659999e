"""`home`: what the bot knows, what it knows of the person, what they asked, and for admins what the library lacks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channel_rules import server_key
from bot.chat import PlaceKind, Submission
from bot.offers import Verb
from bot.records import ChannelSettings, FeedbackRecord, Profile, QuestionState, Rating
from bot.replies import Button
from rag.types import Language
from tests.bot.bench import Bench
from tests.bot.samples import ADA, BOB, NOW, PLACE, question, record


async def test_page_tells_the_library_the_profile_and_the_last_questions() -> None:
    bench = await Bench().answered()
    await bench.store.profiles.save_person(ADA.key, Profile(sector="healthcare"))
    told = await bench.command("home")
    assert [line for line in told.splitlines() if line.startswith("**")] == [
        "**What I know**",
        "**Your profile**",
        "**Your last questions**",
    ]
    assert "The library holds 2 documents." in told
    assert "- sector: healthcare" in told
    assert f"- {question().text} · answered, 2026-03-01" in told
    assert "program" in bench.last.notes[0]
    assert [each.payload.verb for row in bench.last.actions for each in row] == [Verb.PROFILE_OPEN, Verb.FEEDBACK_OPEN]


async def test_page_of_somebody_new_says_how_to_begin_in_their_language() -> None:
    told = await Bench().command("主页")
    assert "还没有档案" in told
    assert "还没有问题" in told


async def test_questions_of_others_are_not_told() -> None:
    bench = Bench()
    await bench.store.questions.admit(replace(question(), person=BOB, text="what of my secret plan?"))
    assert "secret" not in await bench.command("home")


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (QuestionState.REFUSED, "not in the library"),
        (QuestionState.QUEUED, "being answered"),
        (QuestionState.FAILED, "not answered"),
    ],
    ids=str,
)
async def test_page_tells_how_a_question_ended(state: QuestionState, word: str) -> None:
    bench = Bench()
    await bench.store.questions.admit(question())
    if state.ended:
        await bench.store.questions.finish("q1", state)
    assert f"· {word}, " in await bench.command("home")


async def test_long_question_is_one_line_in_either_language() -> None:
    bench = Bench()
    for number, text in enumerate(("word " * 100, "护城河" * 100)):
        await bench.store.questions.admit(replace(question(), id=f"q{number}", text=text))
    lines = [line for line in (await bench.command("home")).splitlines() if "being answered" in line]
    assert [len(line) < 160 for line in lines] == [True, True]
    assert all("…" in line for line in lines)


async def test_only_an_admin_reads_what_people_could_not_find() -> None:
    bench = await gaps()
    assert "rockets" not in await bench.command("home")
    bench.admins.add(ADA.id)
    told = await bench.command("home")
    assert "**What people could not find**\n\n- how to build rockets? · 2026-03-01" in told


async def test_gap_of_a_place_that_others_may_not_read_is_counted_alone() -> None:
    bench = await gaps()
    bench.admins.add(ADA.id)
    await bench.store.settings.save(PLACE.channel_key, ChannelSettings(labels=frozenset({"board"})))
    told = await bench.command("home")
    assert "rockets" not in told
    assert "1 more, some of them from private places." in told


async def test_gap_of_a_direct_message_is_counted_alone() -> None:
    bench = await gaps(kind=PlaceKind.DM)
    bench.admins.add(ADA.id)
    assert "rockets" not in await bench.command("home")


async def test_bad_rating_is_a_gap_until_it_is_closed() -> None:
    bench = await Bench().answered()
    await bench.store.feedback.save(
        FeedbackRecord(answer_id=record().id, person=ADA.key, rating=Rating.DOWN, at=NOW + timedelta(days=1))
    )
    (gap,) = await bench.store.gaps.open(limit=5)
    assert (gap.person, gap.text) == (ADA.key, question().text)
    assert await bench.store.gaps.close(gap.id, at=NOW)
    assert not await bench.store.gaps.close(gap.id, at=NOW)
    bench.admins.add(ADA.id)
    assert "Nothing is open." in await bench.command("home")


async def gaps(kind: PlaceKind = PlaceKind.THREAD) -> Bench:
    """One question of Bob's that the library did not answer."""
    bench = Bench()
    asked = replace(question(), person=BOB, text="how to build rockets?", place=replace(PLACE, kind=kind))
    await bench.store.questions.admit(asked)
    await bench.store.questions.finish("q1", QuestionState.REFUSED)
    return bench


async def test_what_one_person_was_told_is_shared_in_the_thread_of_the_answer() -> None:
    bench = await Bench().answered()
    told = await bench.press(Verb.WHY, person=BOB)
    (button,) = [each for row in bench.last.actions for each in row]
    assert isinstance(button, Button)
    assert button.label == "Share in the thread"
    await bench.press(button.payload.verb, button.payload.subject, button.payload.argument, person=BOB)
    (posted,) = bench.chat.posted
    assert (posted.reply.text, posted.ref.place) == (told, PLACE)
    assert posted.reply.notes == ("Shared by Bob",)


async def test_nothing_is_shared_where_nobody_else_reads_along() -> None:
    bench = await Bench().answered()
    private = replace(PLACE, kind=PlaceKind.DM)
    await bench.press(Verb.WHY, place=private)
    assert bench.chat.posted[-1].reply.actions == ()


@pytest.mark.parametrize(("subject", "argument"), [("a1", "up"), ("a9", "why"), ("a1", "")])
async def test_sharing_what_is_not_known_is_told(subject: str, argument: str) -> None:
    bench = await Bench().answered()
    await bench.press(Verb.SHARE, subject, argument)
    assert bench.chat.posted == ()
    assert "no longer" in bench.said or "know" in bench.said


async def test_admin_finds_what_they_can_do_from_the_page() -> None:
    bench = Bench(admins={ADA.id})
    told = await bench.command("home")
    assert "**State of the library**" in told
    buttons = [(each.payload.verb, each.payload.subject) for each in bench.last.actions[0]]
    assert buttons == [
        (Verb.PROFILE_OPEN, "mine"),
        (Verb.CONFIG_OPEN, "behaviour"),
        (Verb.COMMAND, "gaps"),
    ]


async def test_button_that_calls_a_command_asks_for_the_rights_of_the_command() -> None:
    bench = Bench()
    assert await bench.press(Verb.COMMAND, "gaps", "en") == "Only an admin may do that."
    bench.admins.add(ADA.id)
    assert "gap" in await bench.press(Verb.COMMAND, "gaps", "en")
    assert "There is no command" in await bench.press(Verb.COMMAND, "nonsense.x", "en")


async def test_settings_of_all_channels_are_changed_from_a_private_place() -> None:
    bench, private = Bench(admins={ADA.id}), replace(PLACE, kind=PlaceKind.DM)
    await bench.press(Verb.CONFIG_OPEN, "behaviour.server", "en", place=private)
    ((_, form),) = bench.chat.forms
    submitted = Submission(
        event_id="e", place=private, person=ADA, at=NOW, payload=form.payload, values={"language": "中文"}
    )
    await bench.handler.handle(submitted, bench)
    assert (await bench.store.settings.get(server_key(PLACE.channel_key))).language is Language.ZH
    assert (await bench.store.settings.get(PLACE.channel_key)).language is None


async def test_own_answer_from_elsewhere_is_rated_from_the_page_and_nobody_elses() -> None:
    bench = await Bench().answered()
    private = replace(PLACE, channel="p", kind=PlaceKind.DM)
    await bench.press(Verb.FEEDBACK_OPEN, record().id, "en", place=private, person=BOB)
    assert not bench.chat.forms
    await bench.press(Verb.FEEDBACK_OPEN, record().id, "en", place=private)
    ((_, form),) = bench.chat.forms
    sent = Submission(event_id="e", place=private, person=ADA, at=NOW, payload=form.payload, values={"text": "no"})
    await bench.handler.handle(sent, bench)
    kept = await bench.store.feedback.get(record().id, ADA.key)
    assert kept is not None
    assert (kept.rating, kept.text) == (Rating.DOWN, "no")
