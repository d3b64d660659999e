"""`advisor admin` where a chat shows a form: what it asks for is given as options, beside a bot or without one."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
import typer

from bot.admin_commands import filled
from bot.chat import Place
from bot.cli_pressing import Pressing, chooser, fields_of, filler
from bot.document_records import HandIn, HandInState, Shelf
from bot.offers import Verb
from bot.payloads import Payload
from bot.records import OPERATOR
from bot.shell.values import ShellChoice, ShellField, ShellForm
from bot.store.opening import open_store
from rag.errors import InvalidInput
from rag.types import Language
from tests.bot.samples import NOW

from .conftest import Advisor
from .overseen import running
from .test_admin_commands import admin, library

FORM = ShellForm(
    title="Edit",
    payload=Payload(verb=Verb.PROPOSAL_SAVE, subject="1.0"),
    fields=(ShellField(name="title", label="Title", value="Old"), ShellField(name="kind", label="Kind", value="case")),
)
CARD = (
    ShellChoice(label="Edit", press=Payload(verb=Verb.SHELF_EDIT, subject="d")),
    ShellChoice(label="Back to 1", press=Payload(verb=Verb.SHELF_ROLL, subject="d"), values=("1",)),
)


async def propose(home: Path) -> None:
    """An expert's answer waits for review."""
    home.mkdir(parents=True, exist_ok=True)
    async with open_store(None, home=home) as store:
        hand_in = HandIn(
            id="h1",
            claim="c1",
            batch="h1",
            shelf=Shelf.ANSWERS,
            person="slack/T1/U1",
            name="Bob",
            place=Place(platform="slack", workspace="T1", channel="C1"),
            title="What does the harbour cost?",
            text="Four crowns a day.",
            suffix=".md",
            language=Language.EN,
            audience=frozenset({"public"}),
            at=NOW,
            state=HandInState.PROPOSED,
        )
        assert await store.hand_ins.add(hand_in)


def test_fields_are_named_with_their_values() -> None:
    assert fields_of(["title=A = B", " kind =case"]) == {"title": "A = B", "kind": "case"}
    assert fields_of(None) is None
    for wrong in ("title", "=x"):
        with pytest.raises(typer.BadParameter, match="NAME=VALUE"):
            fields_of([wrong])


def test_what_is_not_given_stays_as_it_stands_in_the_form() -> None:
    assert filled(FORM, {"title": "New"}) == {"title": "New", "kind": "case"}
    with pytest.raises(InvalidInput, match="no field 'titel' in 'Edit'; there are title, kind"):
        filled(FORM, {"titel": "New"})


def test_button_that_options_ask_for_is_pressed_once() -> None:
    pressing = Pressing(wanted=lambda each: each.values == ("1",), name="price list")
    choose = chooser(pressing, ask=False)
    assert (choose(CARD), choose(CARD)) == (2, None)
    with pytest.raises(InvalidInput, match="'price list' is not one thing"):
        chooser(pressing, ask=False)(CARD[:1])
    numbers = chooser(Pressing(numbers=[2, 1]), ask=False)
    assert (numbers(CARD), numbers(CARD), numbers(CARD)) == (2, 1, None)


def test_form_is_left_where_nothing_is_given_and_nobody_can_be_asked() -> None:
    assert filler(Pressing(), ask=False)(FORM) is None
    assert filler(Pressing(fields={"title": "New"}), ask=True)(FORM) == {"title": "New"}


async def test_form_of_a_running_bot_is_shown_with_its_fields(tmp_path: Path) -> None:
    home = tmp_path / "home"
    await library(home)
    await propose(home)
    async with running(home):
        status, told = await admin(home, "proposals", action="show", number="1", choose=(2,))
        assert status == 0
        assert "title = What does the harbour cost?" in told
        assert "text = Four crowns a day." in told
        assert "--set NAME=VALUE" in told
        _, told = await admin(home, "proposals", action="show", number="1", choose=(2,), as_json=True, zh=True)
        fields = {row["field"]: row for row in map(json.loads, told.splitlines()) if "field" in row}
        assert fields["kind"]["options"]["case"] == "案例"


def edits_and_publishes(advisor: Advisor) -> None:
    """A proposal is edited by options, and approved as it then is."""
    shown = advisor("admin", "review", "edit", "1")
    assert (shown.exit_code, "readers = public" in shown.stdout) == (0, True)
    assert advisor("admin", "review", "edit", "1", "--set", "colour=red").exit_code == 1
    told = advisor("admin", "review", "edit", "1", "--set", "title=Harbour fees", "--set", "kind=case").stdout
    assert "Harbour fees" in told
    assert "Harbour fees" in advisor("admin", "review", "approve", "1").stdout


def edits_and_moves_a_document(advisor: Advisor) -> None:
    """A document is edited, rolled back, taken out and brought back, all by options."""
    assert "Version 2" in advisor("admin", "documents", "harbour", "--set", "title=Fees of the harbour").stdout
    assert "Version 1 of" in advisor("admin", "documents", "fees", "--roll-back", "1").stdout
    assert advisor("admin", "documents", "fees", "--roll-back", "9").exit_code == 1
    assert advisor("admin", "documents", "fees", "--out").exit_code == 0
    (row,) = [json.loads(line) for line in advisor("admin", "documents", "fees", "--json").stdout.splitlines()][:1]
    assert row["live"] == 0
    assert advisor("admin", "documents", "fees", "--out").exit_code == 1
    assert "Version 2 of" in advisor("admin", "documents", "fees", "--roll-back", "2").stdout


@pytest.mark.full
def test_what_a_form_asks_for_is_given_as_options(indexed: Advisor, home: Path) -> None:
    asyncio.run(propose(home))
    edits_and_publishes(indexed)
    edits_and_moves_a_document(indexed)
    log = [json.loads(line) for line in indexed("admin", "audit", "list", "--json").stdout.splitlines()]
    assert {entry["actor"] for entry in log if entry["action"] in {"proposal", "document"}} == {OPERATOR}
    assert sum(entry["action"] == "document" for entry in log) == 4


def test_options_that_contradict_each_other_are_refused(advisor: Advisor) -> None:
    for wrong in (
        ("documents", "--out"),
        ("documents", "x", "--out", "--roll-back", "1"),
        ("documents", "x", "--set", "title"),
        ("review", "approve", "1", "--set", "title=x"),
        ("review", "edit"),
    ):
        assert advisor("admin", *wrong).exit_code == 2, wrong
