"""What every store promises of a person's own view: counted, handed over, deleted, swept; and nobody else's touched."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.channel_rules import OWNER
from bot.chat import Person, PlaceKind
from bot.commands.books import Books
from bot.mentions import EXPERT
from bot.records import ChannelSettings, Conversation, FeedbackRecord, Profile, QuestionState, Rating
from rag.types import Language, Turn

from .conftest import Making

BO = Person(platform="slack", workspace="T1", id="U2")
PUBLIC = frozenset({"public"})


async def lived_in(store: Books, make: Making) -> str:
    """Two people asked, rated and wrote in one thread; the id of the second one's answer."""
    ids = []
    for person in (make.person, BO):
        question = make.question(person=person, text=f"asked by {person.id}")
        await store.questions.admit(question)
        answer = make.answer(question)
        await store.questions.finish(question.id, QuestionState.ANSWERED, answer=answer)
        await store.profiles.save_person(person.key, Profile(sector=f"sector of {person.id}"))
        ids.append(answer.id)
    for answer_id in ids:
        await store.feedback.save(
            FeedbackRecord(answer_id=answer_id, person=make.person.key, rating=Rating.UP, at=make.start, text="mine")
        )
    await store.conversations.save(Conversation(key=make.place.key, partner=make.person.key, updated_at=make.start))
    turns = [Turn(question="said by U1", answer=""), Turn(question="said by U2", answer="")]
    await store.conversations.import_turns(make.place.key, turns, at=make.start, people=[make.person.key, BO.key])
    return ids[1]


async def test_first_use_is_the_first_alone(store: Books, make: Making) -> None:
    uses = [await store.privacy.first_use(person, at=make.start) for person in ("p/w/a", "p/w/a", "p/w/b")]
    assert uses == [True, False, True]


async def test_what_is_kept_is_counted(store: Books, make: Making) -> None:
    assert (await store.privacy.held(make.person.key)).empty
    await lived_in(store, make)
    held = await store.privacy.held(make.person.key)
    counts = {name: count for name, count in held.counts.items() if count}
    assert counts == {"questions": 1, "feedback": 2, "profiles": 1, "conversations": 1, "imported_turns": 1}
    assert held.since is not None


async def test_export_holds_the_persons_words_and_nobody_elses(store: Books, make: Making) -> None:
    await lived_in(store, make)
    kept = await store.privacy.export(make.person.key, audience=PUBLIC)
    assert [each["text"] for each in kept["questions"]] == ["asked by U1"]
    assert [(each["text"] != "", each["withheld"]) for each in kept["answers"]] == [(True, False)]
    assert [each["question"] for each in kept["imported_turns"]] == ["said by U1"]
    assert [each["sector"] for each in kept["profiles"]] == ["sector of U1"]
    assert "U2" not in str({name: rows for name, rows in kept.items() if name != "feedback"})
    withheld = await store.privacy.export(make.person.key, audience=frozenset({"others"}))
    assert [(each["text"], each["withheld"]) for each in withheld["answers"]] == [("", True)]


async def test_deletion_takes_all_of_one_person_and_leaves_the_other(store: Books, make: Making) -> None:
    other = await lived_in(store, make)
    await store.privacy.first_use(make.person.key, at=make.start)
    assert await store.privacy.forget(make.person.key)
    assert (await store.privacy.held(make.person.key)).empty
    assert not any((await store.privacy.export(make.person.key, audience=PUBLIC)).values())
    assert (await store.privacy.held(BO.key)).counts["questions"] == 1
    assert await store.answers.get(other) is not None
    assert await store.conversations.get(make.place.key) is None
    turns = await store.conversations.turns(make.place.key, limit=9)
    assert [turn.question for turn in turns] == ["said by U2", "asked by U2"]
    assert await store.privacy.first_use(make.person.key, at=make.start)


async def test_deletion_ends_being_called_as_an_expert_and_leaves_what_else_is_set(store: Books, make: Making) -> None:
    me, other = f"user:{make.person.id}", f"user:{BO.id}"
    set_here = ChannelSettings(language=Language.ZH, other={EXPERT: me, "topics": "pricing"})
    for key, settings in (
        ("slack/T1/C1", set_here),
        ("slack/T1/", ChannelSettings(other={EXPERT: me})),
        ("slack/T1/C2", ChannelSettings(other={EXPERT: other})),
        ("slack/T12/C1", ChannelSettings(other={EXPERT: me})),
    ):
        await store.settings.save(key, settings)
    assert (await store.privacy.held(make.person.key)).counts["channel_settings"] == 2
    exported = await store.privacy.export(make.person.key, audience=PUBLIC)
    assert [each["channel_key"] for each in exported["channel_settings"]] == ["slack/T1/C1", "slack/T1/"]

    await store.privacy.forget(make.person.key)

    assert (await store.privacy.held(make.person.key)).empty
    assert await store.settings.get("slack/T1/C1") == replace(set_here, other={"topics": "pricing"})
    assert (await store.settings.get("slack/T1/")).other == {}
    assert (await store.settings.get("slack/T1/C2")).other == {EXPERT: other}
    assert (await store.settings.get("slack/T12/C1")).other == {EXPERT: me}


async def test_deletion_clears_what_is_set_in_a_persons_direct_messages_alone(store: Books, make: Making) -> None:
    asked, set_alone, others = "slack/T1/D1", "slack/T1/D2", "slack/T1/D3"
    where = replace(make.place, channel="D1", thread="", kind=PlaceKind.DM)
    await store.questions.admit(make.question(person=make.person, place=where))
    inline = ChannelSettings(inline=True)
    await store.settings.save(asked, inline)
    await store.settings.save(set_alone, replace(inline, other={OWNER: make.person.key}))
    await store.settings.save(others, replace(inline, other={OWNER: BO.key}))
    await store.settings.save(make.place.channel_key, inline)
    assert (await store.privacy.held(make.person.key)).counts["channel_settings"] == 2
    kept = (await store.privacy.export(make.person.key, audience=PUBLIC))["channel_settings"]
    assert sorted(each["channel_key"] for each in kept) == [asked, set_alone]
    assert await store.privacy.accounts("slack", BO.id) == (BO.key,)

    await store.privacy.forget(make.person.key)

    left = [key for key in (asked, set_alone, others, make.place.channel_key) if (await store.settings.get(key)).inline]
    assert left == [others, make.place.channel_key]


async def test_person_of_many_workspaces_is_found_in_all_of_them(store: Books, make: Making) -> None:
    await store.privacy.first_use("discord/@me/7", at=make.start)
    await store.profiles.save_person("discord/12/7", Profile(sector="law"))
    await store.settings.save("discord/13/5", ChannelSettings(other={EXPERT: "user:7"}))
    for other in ("discord/12/77", "slack/12/7", "discord/1_/8"):
        await store.profiles.save_person(other, Profile(sector="law"))
    assert await store.privacy.accounts("discord", "7") == ("discord/12/7", "discord/13/7", "discord/@me/7")
    assert await store.privacy.accounts("discord", "9") == ()


async def test_sweep_takes_what_is_old_and_ended(store: Books, make: Making) -> None:
    old, waits = make.question(), make.question()
    young = make.question(asked_at=make.start + timedelta(days=9))
    for question in (old, waits, young):
        await store.questions.admit(question)
    for question in (old, young):
        await store.questions.finish(question.id, QuestionState.ANSWERED, answer=make.answer(question))
    await store.conversations.save(Conversation(key="slack/T1/C1/1", updated_at=make.start))
    await store.conversations.save(
        replace(Conversation(key="slack/T1/C1/2"), updated_at=make.start + timedelta(days=9))
    )

    assert await store.privacy.sweep(before=make.start + timedelta(days=5)) == 2

    left = [await store.questions.get(each.id) for each in (old, waits, young)]
    assert [each is None for each in left] == [True, False, False]
    assert await store.answers.get(f"a{old.id}") is None
    assert await store.conversations.get("slack/T1/C1/1") is None
    assert await store.conversations.get("slack/T1/C1/2") is not None
    assert await store.privacy.sweep(before=make.start + timedelta(days=5)) == 0
