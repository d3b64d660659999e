"""`inputs`: what the library is kept current from, changed from the chat by those who may."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.chat import Capabilities
from bot.index_journal import IndexJournal
from bot.indexing import IndexGate, IndexRuns
from bot.input_settings import InputSettings
from bot.inputs.desk import InputDesk, Surroundings
from bot.inputs.values import InputRules
from bot.inputs.web import Web
from bot.offers import Verb
from bot.rights import Role
from bot.schedule_settings import FeedSettings, FeedSource
from rag.build import Rag, open_rag
from rag.settings import EmbeddingSettings, RagSettings
from tests.bot.samples import ADA, NOW
from tests.rag.ingest.feed_server import FeedServer, feed_server, item, rss

from .stage import Stage

PAGE = (
    "<html><head><title>Foundry</title></head><body><article><h1>Foundry</h1>"
    "<p>The harbour foundry sells memory chips to robotics companies in Bergen.</p></article></body></html>"
)


@dataclass
class Office(Stage):
    """Commands over a real library whose inputs can be changed."""

    rag: Rag | None = None
    gate: IndexGate | None = None

    def may(self, role: Role) -> None:
        """From now on the person holds a role."""
        self.means = replace(self.means, rights=replaced(role))
        self.remade()

    async def titles(self) -> list[str]:
        assert self.rag is not None
        return sorted(each.title for each in await self.rag.catalogue.documents())

    async def audited(self) -> list[str]:
        return [entry.action for entry in (await self.store.audit.latest(limit=99))[::-1]]


def replaced(role: Role):  # type: ignore[no-untyped-def]
    from bot.rights import Holder, Rights

    holder = Holder(platform=ADA.platform, workspace=ADA.workspace, id=ADA.id)
    return Rights(roles={role: (holder,)})


@asynccontextmanager
async def office(home: Path, *, feeds: FeedSettings | None = None, forms: bool = False) -> AsyncIterator[Office]:
    rules = InputRules(
        settings=InputSettings(allow_hosts=("127.0.0.1",)), feeds=feeds or FeedSettings(allow_hosts=("127.0.0.1",))
    )
    async with open_rag(RagSettings(home=home, embedding=EmbeddingSettings(embedder="memory"))) as rag:
        opened = Office()
        opened.rag, opened.gate = rag, IndexGate(now=lambda: NOW)
        opened.chat.capabilities = Capabilities(
            message_characters=4000, edit_interval_s=0, forms=forms, private_replies=True
        )
        runs = IndexRuns(rag.indexer, rag.catalogue, gate=opened.gate, journal=IndexJournal(rag.home), now=lambda: NOW)
        desk = InputDesk(
            Surroundings(
                library=rag,
                book=opened.store.inputs,
                audit=opened.store.audit,
                runs=runs,
                web=Web(home, rules, now=lambda: NOW),
                rules=rules,
                now=lambda: NOW,
            )
        )
        runs.on_report(desk.noted)
        opened.means = replace(opened.means, index=runs, inputs=desk, library=rag.catalogue)
        opened.may(Role.OWNER)
        yield opened


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with feed_server() as served:
        yield served


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.md").write_text("# Plan\n\nSell chips.")
    (folder / "b.pdf").write_bytes(b"%PDF-1.4 broken")
    return folder


async def test_folder_is_shown_confirmed_read_paused_and_removed(docs: Path, tmp_path: Path) -> None:
    async with office(tmp_path / "home") as desk:
        assert await desk.command("inputs") == (
            "Nothing is registered yet. Add a folder, a page or a feed: `/advisor inputs add https://…`"
        )
        told = await desk.command("inputs", f"add {docs} readers=board,public kind=case every=6h")
        assert f"the folder `{docs}` · files: 2 (1 md, 1 pdf)" in told
        assert "- Readers: board\n- Filed as: Case studies\n- Read again: watched, and looked through every 6 h" in told
        assert await desk.titles() == []
        assert "Nothing is registered yet" in await desk.command("inputs")
        await desk.command("inputs", f"add {docs} readers=board kind=case every=6h")
        assert await desk.press_label("Add") == "Input 1 was read."
        assert await desk.titles() == ["Plan"]
        told = await desk.command("admin", "inputs")
        assert told.startswith("**What the library is kept current from** (1)\n\n- **1** · folder `")
        assert "documents: 1 · Case studies · for board · watched, and looked through every 6 h · read 2026-" in told
        assert "⚠ files that cannot be read: 1, the first is `b.pdf`" in told
        assert await desk.command("inputs", "pause 1") == "Input 1 is paused. Its documents stay: 1."
        assert await desk.command("inputs", "pause 1") == "Input 1 is paused already."
        assert await desk.command("inputs", "read 1") == "Input 1 is paused; resume it first."
        assert "**paused**" in await desk.command("inputs")
        await desk.command("inputs", "resume 1")
        assert await desk.command("inputs", "resume 1") == "Input 1 is not paused."
        assert "Documents that leave the library: 1." in await desk.command("inputs", f"remove {docs}")
        assert await desk.titles() == ["Plan"]
        assert await desk.press_label("Remove") == "Input 1 is removed. Documents that left the library: 1."
        assert await desk.titles() == []
        assert (docs / "a.md").exists()
        assert await desk.audited() == ["input-add", "input-pause", "input-resume", "input-remove"]


async def test_page_and_feed_are_told_apart_and_speak_chinese(server: FeedServer, tmp_path: Path) -> None:
    server.publish(PAGE, "/p", content_type="text/html")
    server.publish(rss(item(1), item(2)))
    async with office(tmp_path) as desk:
        told = await desk.command("收录", f"添加 {server.address('/p')} 读者=董事会 间隔=2天")
        assert told.startswith("将读取 `http://127.0.0.1:")
        assert "- 读者：董事会\n- 更新：每 2 天读取一次" in told
        assert await desk.press_label("添加") == "来源 1 已读取。"
        told = await desk.command("管理", f"来源 添加 {server.address()}")
        assert "将订阅“Model News”，目前有 2 条" in told
        assert await desk.press_label("添加") == "来源 2 已读取。"
        assert await desk.titles() == ["Foundry", "News 1", "News 2"]
        told = await desk.command("收录")
        assert "**1** · 网页 `" in told
        assert "**2** · 订阅源 `" in told
        assert await desk.command("收录", "读取 2") == "来源 2 已读取：没有变化。"
        await desk.command("收录", "移除 2")
        assert await desk.press_label("移除") == "来源 2 已移除，资料库少了 2 篇文档。"
        assert await desk.titles() == ["Foundry"]


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("add", "Say what I should read"),
        ("add /nope", "There is no file or folder `/nope`"),
        ("add /", "`/` is the whole machine"),
        ("add {home}", "holds my own files"),
        ("add {home}/store.sqlite3", "holds my own files"),
        ("add {docs}/c.xyz", "`c.xyz` is in no format that I read; I read .md,"),
        ("add ftp://x/y", "“ftp://x/y” is no address that I can read"),
        ("add https://u:p@x/y", "is no address that I can read"),
        ("add http://10.1.2.3/x", "I cannot read that: `10.1.2.3` is inside a private network"),
        ("add {web}/nothing", "I cannot read that: there is nothing at this address (its server says 404)"),
        ("add {docs} kind=novel", "“novel” does not fit kind; it can be Guides,"),
        ("add {docs} every=5s", "“5s” does not fit every; it can be a time such as 30m"),
        ("add {docs} language=xx", "“xx” does not fit language; it can be Chinese, English."),
        ("add {docs} readers=a/b", "“a/b” does not fit readers"),
        ("remove", "Say which one, by its number: `/advisor inputs remove 1`"),
        ("pause 7", "There is no input “7”; `/advisor inputs list` shows them all."),
        ("pause `x` @all", "There is no input “'x' @all”"),
    ],
)
async def test_wrong_use_is_told_in_a_sentence(server: FeedServer, docs: Path, tmp_path: Path, what, said) -> None:
    home = tmp_path / "home"
    (docs / "c.xyz").write_text("x")
    async with office(home) as desk:
        (home / "store.sqlite3").touch()
        text = what.format(home=home, docs=docs, web=server.address(""))
        assert said in await desk.command("inputs", text)
        assert await desk.audited() == []


async def test_overlap_is_refused_with_the_number_of_the_other(docs: Path, tmp_path: Path) -> None:
    async with office(tmp_path / "home") as desk:
        (docs / "deep").mkdir()
        await desk.command("inputs", f"add {docs}")
        await desk.press_label("Add")
        assert "registered already, as input 1" in await desk.command("inputs", f"add {docs}")
        assert "lies in input 1" in await desk.command("inputs", f"add {docs / 'deep'}")
        (tmp_path / "up").mkdir()
        docs.rename(tmp_path / "up" / "docs")
        assert "lies in input" not in await desk.command("inputs", f"add {tmp_path / 'up'}")


async def test_paths_are_for_owners_and_the_refusal_is_noted(server: FeedServer, docs: Path, tmp_path: Path) -> None:
    server.publish(PAGE, "/p", content_type="text/html")
    async with office(tmp_path / "home") as desk:
        await desk.command("inputs", f"add {docs}")
        proposed = desk.last.actions[0][0].payload
        desk.may(Role.ADMIN)
        assert await desk.press_payload(proposed) == "Only an owner may do that."
        assert "Only an owner" in await desk.command("inputs", f"add {docs}")
        assert await desk.titles() == []
        await desk.command("inputs", f"add {server.address('/p')}")
        assert await desk.press_label("Add") == "Input 2 was read."
        desk.may(Role.EDITOR)
        for text in ("", "add https://x.example", "remove 2"):
            assert await desk.command("inputs", text) == "Only an admin may do that."
        for verb in (Verb.INPUT_ADD, Verb.INPUT_REMOVE, Verb.INPUT_OPEN):
            assert await desk.press(verb, "2", "en") == "Only an admin may do that."
        assert await desk.titles() == ["Foundry"]
        assert set(await desk.audited()) == {"refused", "input-add"}


async def test_feed_of_the_settings_is_paused_but_not_removed(server: FeedServer, tmp_path: Path) -> None:
    feeds = FeedSettings(sources=(FeedSource(url=server.address()),), allow_hosts=("127.0.0.1",))
    async with office(tmp_path, feeds=feeds) as desk:
        assert "from advisor.toml · every 1 h · not read yet" in await desk.command("inputs")
        assert "stands in advisor.toml" in await desk.command("inputs", "remove 1")
        assert "stands in advisor.toml" in await desk.press(Verb.INPUT_REMOVE, "1", "en")
        assert "is paused" in await desk.command("inputs", "pause 1")
        assert "from advisor.toml · **paused**" in await desk.command("inputs")


async def test_input_for_others_is_listed_without_its_address(server: FeedServer, tmp_path: Path) -> None:
    server.publish(PAGE, "/p", content_type="text/html")
    async with office(tmp_path) as desk:
        await desk.command("inputs", f"add {server.address('/p')} readers=board")
        await desk.press_label("Add")
        desk.may(Role.ADMIN)
        told = await desk.command("inputs")
        assert "**1** · page for readers who are not all here" in told
        assert "127.0.0.1" not in told
        assert await desk.command("inputs", "remove 1") == "This input is for readers to whom you do not belong."
        assert desk.means.inputs is not None
        assert await complete_in(desk, "127") == ()


async def complete_in(desk: Office, typed: str) -> tuple[str, ...]:
    return await desk.handler.complete(desk.call(), "inputs", "what", typed)


async def test_index_that_is_busy_is_told(server: FeedServer, tmp_path: Path) -> None:
    server.publish(PAGE, "/p", content_type="text/html")
    async with office(tmp_path) as desk:
        assert desk.gate is not None
        await desk.command("inputs", f"add {server.address('/p')}")
        with desk.gate.hold("Bob"):
            assert "Input 1 is registered. The library is being worked on" in await desk.press_label("Add")
        assert desk.means.inputs is not None
        assert desk.means.inputs.waiting() == {1}
        await desk.command("inputs", "remove 1")
        with desk.gate.hold("Bob"):
            assert await desk.press_label("Remove") == "Bob is bringing the library up to date, since 12:00 UTC."
        assert len(await desk.means.inputs.rows()) == 1


async def test_form_asks_for_what_is_to_be_read(server: FeedServer, tmp_path: Path) -> None:
    server.publish(PAGE, "/p", content_type="text/html")
    async with office(tmp_path, forms=True) as desk:
        await desk.command("inputs")
        await desk.press_label("Add an input")
        (_, form) = desk.chat.forms[-1]
        assert [field.name for field in form.fields] == ["target", "kind", "audience", "language", "every"]
        assert "does not fit every" in await desk.fill_in(form, target=server.address("/p"), every="soon")
        assert "Foundry" in await desk.fill_in(form, target=server.address("/p"), kind="trend", every="12h")
        assert await desk.press_label("Add") == "Input 1 was read."
        assert "Say what I should read" in await desk.fill_in(form, target=" ")


async def test_confirmed_twice_or_too_late_is_said(docs: Path, tmp_path: Path) -> None:
    async with office(tmp_path / "home") as desk:
        await desk.command("inputs", f"add {docs}")
        await desk.press_label("Add")
        assert "confirmed this already" in await desk.press(Verb.INPUT_ADD, "1", "en")
        assert "confirmed this already" in await desk.press(Verb.INPUT_ADD, "99", "en")
        assert "no input “99”" in await desk.press(Verb.INPUT_REMOVE, "99", "en")
