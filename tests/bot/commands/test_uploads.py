"""Files from the chat: received, looked into, described, published by editors and proposed by everybody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat import PlaceKind
from bot.document_records import HandInState
from bot.records import ChannelSettings
from rag.types import DocumentKind
from tests.bot.samples import ADA, BOB, NOW, PLACE

from .trading import EVE, PLAN, Market, open_market

BOARD = ChannelSettings(labels=frozenset({"public", "board"}))


@pytest.fixture
async def market(tmp_path: Path) -> AsyncIterator[Market]:
    async with open_market(tmp_path / "home") as opened:
        yield opened


async def test_editor_describes_a_file_and_it_is_answered_from(market: Market) -> None:
    told = await market.send(("plan.md", PLAN))
    assert told == (
        "I have read what you sent:\n- **Harbour plan**: MD, English, sections: 2\n\n"
        "Tell me what it is and who may read it, then it goes into the library."
    )
    told = await market.describe(title="Harbour prices", kind="resource")
    assert told == (
        "“Harbour prices” is in the library now: MD, English, sections: 2. Readers: everyone.\n\n"
        "Try it: *What does “Harbour prices” say about “Discounts”?*"
    )
    assert "forty euros" in (await market.found("harbour seat"))[0]
    (document,) = await market.rag.catalogue.documents()
    assert (document.title, document.kind, document.audience) == (
        "Harbour prices",
        DocumentKind.RESOURCE,
        frozenset({"public"}),
    )
    (entry,) = [each for each in await market.store.audit.latest(limit=9) if each.action == "proposal"]
    assert (entry.details["after"], entry.actor) == ("approved", f"hash of {ADA.key}")
    assert not list((market.rag.home / "handed-in").iterdir())


async def test_chinese_file_is_spoken_of_in_chinese(market: Market) -> None:
    told = await market.send(("计划.md", "# 港口计划\n\n## 价格\n\n港口机器人每个席位四十欧元。\n".encode()))
    assert told.startswith("您发来的文件我已经读过：\n- **港口计划**：MD、中文、1 个章节")
    await market.press_label("填写信息并提交……")
    told = await market.fill_in(market.chat.forms[-1][1])
    assert told.startswith("《港口计划》已收入资料库：MD、中文、1 个章节。读者：所有人。")
    assert "《港口计划》里关于“价格”是怎么说的？" in told


async def test_reader_proposes_and_an_editor_decides(market: Market) -> None:
    told = await market.send(("plan.md", PLAN), person=BOB)
    assert "an editor looks at it" in told
    told = await market.describe(person=BOB)
    assert (
        told == "“Harbour plan” is proposed (number 1). An editor looks at it, and I tell you here what becomes of it."
    )
    assert await market.found("harbour seat") == []
    await market.command("submissions", locale="en")
    told = await market.command("proposals")
    assert told.startswith("**Proposal 1: Harbour plan**, from Bob, today\n\n")
    assert "`plan.md` · MD, English, sections: 2; it would be read by: everyone" in told
    assert "> A harbour seat costs forty euros." in told
    await market.press_label("Into the library")
    assert "forty euros" in (await market.found("harbour seat"))[0]
    (_, giver, reply) = market.chat.whispers[-1]
    assert (giver.key, reply.text) == (
        BOB.key,
        "“Harbour plan”, which you proposed, is in the library now. Thank you!",
    )


async def test_declined_file_is_revised_and_handed_in_again(market: Market) -> None:
    await market.send(("plan.md", PLAN), person=BOB)
    await market.describe(person=BOB)
    assert "Say why" in await market.command("proposals", "decline 1")
    await market.command("proposals", "decline 1 Name the year, please.")
    (_, giver, reply) = market.chat.whispers[-1]
    assert (giver.key, reply.text) == (
        BOB.key,
        "“Harbour plan”, which you proposed, was not taken into the library: Name the year, please.",
    )
    await market.press_label("Revise and hand in again …", person=EVE)
    assert market.said.startswith("That is not waiting any more")
    market.chat.whispers.pop()
    await market.press_label("Revise and hand in again …", person=BOB)
    told = await market.fill_in(market.chat.forms[-1][1], person=BOB, title="Harbour plan 2026")
    assert told.startswith("“Harbour plan 2026” is proposed (number 1).")
    held = await market.store.hand_ins.find(1)
    assert held is not None
    assert (held.state, held.reason) == (HandInState.PROPOSED, "")


async def test_files_are_told_by_content_and_refused_one_by_one(market: Market) -> None:
    told = await market.send(
        ("plan.pdf", PLAN),
        ("page.txt", b"<!DOCTYPE html><html><body><h1>Moats</h1><p>Data that nobody has.</p></body></html>"),
        ("broken.pdf", b"%PDF-1.4 nothing more"),
        ("empty.md", b""),
        ("tool.exe", b"MZ\x90\x00\x03" + bytes(200)),
        ("again.md", PLAN),
    )
    received, refused = told.split("I could not take this:")
    assert "- **Harbour plan**: MD, English" in received
    assert "- **Moats**: HTML, English" in received
    assert "`broken.pdf`: the PDF is broken; export it again" in refused
    assert "`empty.md`: the file is empty; fill it or remove it" in refused
    assert "`tool.exe`: " in refused
    assert "`again.md`: you have sent the very same file already" in refused
    told = await market.describe()
    assert " is in the library now" in told
    assert len(await market.rag.catalogue.documents()) == 2


async def test_same_content_is_told_where_it_may_be_known_of(market: Market) -> None:
    await market.store.settings.save(PLACE.channel_key, BOARD)
    await market.send(("plan.md", PLAN))
    await market.describe()
    (document,) = await market.rag.catalogue.documents()
    assert document.audience == {"board"}
    told = await market.send(("other.md", PLAN), message="m2")
    assert "`other.md`: the very same content is in the library already, as “Harbour plan”" in told
    elsewhere = replace(PLACE, channel="lobby")
    told = await market.send(("other.md", PLAN), message="m3", place=elsewhere, person=BOB)
    assert "already" not in told
    assert "Harbour plan" in told


async def test_readers_are_those_among_whom_one_is(market: Market) -> None:
    await market.store.settings.save(PLACE.channel_key, BOARD)
    await market.send(("plan.md", PLAN))
    await market.press_label("Describe and hand in …")
    form = market.chat.forms[-1][1]
    (readers,) = (each for each in form.fields if each.name == "readers")
    assert (readers.value, [each.value for each in readers.options]) == ("board", ["public", "board"])
    told = await market.fill_in(form, readers="founders")
    assert told.startswith("“founders” does not fit “Who may read it?”. Choose one of: everyone, board.")
    assert await market.found("harbour seat", "board", "founders") == []
    await market.fill_in(form, readers="board")
    assert await market.found("harbour seat") == []
    assert await market.found("harbour seat", "board") != []


async def test_what_a_file_says_of_its_readers_gives_way_to_the_form(market: Market) -> None:
    await market.store.settings.save(PLACE.channel_key, BOARD)
    await market.send(("plan.md", b"---\naudience: [public]\n---\n" + PLAN))
    await market.describe()
    assert await market.found("harbour seat") == []


async def test_file_of_the_same_name_becomes_the_next_version(market: Market) -> None:
    await market.send(("plan.md", PLAN))
    await market.describe()
    await market.send(("plan.md", PLAN.replace(b"forty", b"fifty")), message="m2")
    await market.press_label("Describe and hand in …")
    form = market.chat.forms[-1][1]
    assert [each.label for each in form.fields[-1].options] == [
        "as a new version of “Harbour plan”",
        "as a new document",
    ]
    told = await market.fill_in(form)
    assert "It is version 2; `/advisor admin documents Harbour plan` brings an earlier one back." in told
    assert "fifty euros" in (await market.found("harbour seat"))[0]
    assert len(await market.rag.catalogue.documents()) == 1


async def test_form_takes_files_and_what_they_are_at_once(market: Market) -> None:
    told = await market.command("upload")
    assert told.startswith("Send me the file itself")
    await market.press_label("Choose files …")
    form = market.chat.forms[-1][1]
    assert [each.name for each in form.fields] == ["files", "kind", "language", "readers"]
    assert await market.submit_files(form) == "There was no file in that. Please choose at least one."
    told = await market.submit_files(form, ("plan.txt", PLAN), kind="case")
    assert told.startswith("“Harbour plan” is in the library now: TXT, English")
    (document,) = await market.rag.catalogue.documents()
    assert document.kind is DocumentKind.CASE
    told = await market.submit_files(form, ("x.zip", b"PK\x03\x04nothing"), person=BOB)
    assert "I could not take this:\n- `x.zip`" in told


async def test_what_is_discarded_leaves_nothing(market: Market) -> None:
    await market.send(("plan.md", PLAN))
    assert await market.press_label("Discard", person=BOB) == (
        "That is not waiting any more: it was discarded, handed in, or decided on."
    )
    market.chat.whispers.pop()
    card = market.chat.whispers[-1]
    assert await market.press_label("Discard") == "Discarded. Nothing of it is kept."
    market.chat.whispers.append(card)
    assert (await market.press_label("Describe and hand in …")).startswith("That is not waiting any more")
    assert not list((market.rag.home / "handed-in").iterdir())
    assert await market.store.hand_ins.of(ADA.key, limit=9) == ()


async def test_index_that_is_busy_loses_nothing(market: Market) -> None:
    await market.send(("plan.md", PLAN))
    with market.gate.hold("Zoe"):
        told = await market.describe()
    assert told.startswith("Zoe works on the index since 12:00 UTC. Nothing is lost")
    assert await market.found("harbour seat") == []
    await market.command("proposals", "approve 1")
    assert await market.found("harbour seat") != []


async def test_limits_are_told(tmp_path: Path) -> None:
    async with open_market(tmp_path, max_megabytes=0.0001, waiting_per_person=1, files_at_once=1) as market:
        told = await market.send(("large.md", b"x" * 200_000), ("b.md", PLAN))
        assert "`large.md`: it has 0.2 MB, and 0.0001 MB are allowed" in told
        assert "I take 1 files at once" in told
        small = b"# A\n\nShort text of a file."
        await market.send(("a.md", small), message="m2")
        told = await market.send(("b.md", small), message="m3")
        assert told.startswith("1 files of yours wait already. `/advisor submissions` shows them")


async def test_only_editors_hand_in_where_proposals_are_off(tmp_path: Path) -> None:
    async with open_market(tmp_path, proposals=False) as market:
        told = await market.send(("plan.md", PLAN), person=BOB)
        assert told == "Only editors and admins may hand in documents here."
        assert await market.store.hand_ins.of(BOB.key, limit=9) == ()
        assert "I have read" in await market.send(("plan.md", PLAN), message="m2")


async def test_nothing_is_taken_from_a_server_that_is_not_registered(market: Market) -> None:
    market.chat.capabilities = replace(market.chat.capabilities, registers=True)
    told = await market.send(("plan.md", PLAN), person=BOB)
    assert told == "Only editors and admins may hand in documents here."
    await market.store.workspaces.register("memory/w", at=NOW)
    assert "I have read" in await market.send(("plan.md", PLAN), person=BOB, message="m2")


async def test_message_that_comes_again_is_taken_once_and_a_late_one_after_a_restart(market: Market) -> None:
    await market.send(("plan.md", PLAN))
    count = len(market.chat.whispers)
    await market.send(("plan.md", PLAN))
    assert len(market.chat.whispers) == count
    market.chat.files["m9/0"] = PLAN + b"\nMore."
    held = (await market.store.hand_ins.of(ADA.key, limit=1))[0]
    late = replace(held, id="late", claim="late", batch="late", state=HandInState.ARRIVING, reference="m9/0", digest="")
    await market.store.hand_ins.add(late)
    await market.files.resume(NOW)
    assert len(market.chat.whispers) == count
    await market.files.resume(NOW.replace(hour=13))
    assert "**Harbour plan**" in market.said
    assert len(market.chat.whispers) == count + 1


async def test_own_submissions_are_shown_with_what_became_of_them(market: Market) -> None:
    assert (await market.command("submissions")).startswith("You have not handed anything in.")
    await market.send(("plan.md", PLAN))
    assert await market.command("submissions") == (
        "**What you have handed in**\n- 1. Harbour plan (2026-03-01): waits for you to describe it"
    )
    await market.choose((await market.store.hand_ins.of(ADA.key, limit=1))[0].id)
    await market.fill_in(market.chat.forms[-1][1])
    assert "in the library" in await market.command("我的提交") or "已收入" in market.said


async def test_in_a_direct_message_own_labels_are_offered(market: Market) -> None:
    market.held[ADA.id] = frozenset({"founders"})
    direct = replace(PLACE, channel="d", thread="", kind=PlaceKind.DM)
    await market.send(("plan.md", PLAN), place=direct)
    reply = market.chat.posted[-1].reply
    assert "**Harbour plan**" in reply.text
