"""The form of one risk, as the home page opens it: what it shows, and what sending it changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat import Capabilities, PlaceKind, Submission
from bot.offers import Verb
from bot.replies import Select
from tests.bot.samples import ADA

from .risk_stage import ROOM, RiskStage, actions

PAGE = replace(ROOM, channel="ada", kind=PlaceKind.DM)


def lists(stage: RiskStage) -> dict[str, Select]:
    """The lists of the page."""
    reply = stage.chat.posted[-1].reply
    return {each.payload.verb: each for each in actions(reply) if isinstance(each, Select)}


async def sent(stage: RiskStage, **values: str) -> str:
    form = stage.form
    given = {field.name: field.value for field in form.fields} | values
    event = f"s{next(stage.events)}"
    await stage.handler.handle(
        Submission(event_id=event, place=PAGE, person=ADA, at=stage.now, payload=form.payload, values=given), stage
    )
    return stage.shown.reply.text


async def test_page_lists_what_is_due_and_opens_its_form(team: RiskStage) -> None:
    await team.say("", name="home", place=PAGE)
    assert "**Today's risks**" in team.shown.reply.text
    due = lists(team)[Verb.RISK_OPEN]
    assert len(due.options) == 5
    await team.push(due, due.options[0].value, place=PAGE)
    state, owner, note = team.form.fields
    assert (state.label, state.value, owner.value, note.value) == (due.options[0].label, "open", "", "")
    assert state.hint.endswith("?")


async def test_form_changes_all_that_was_filled_in_and_the_page_follows(team: RiskStage) -> None:
    await team.say("", name="主页", place=PAGE)
    due = lists(team)[Verb.RISK_OPEN]
    first = due.options[0].value
    await team.push(due, first, place=PAGE)
    assert team.form.title == "风险"
    told = await sent(team, state="done", owner="@小明", note="签了合同")
    assert "小明" in told
    assert "签了合同" in told
    board = [(each.item, each.act) for each in await team.store.checklists.changes(PAGE.channel_key)]
    assert board == [(first, "done"), (first, "assign"), (first, "note")]
    await team.say("", name="home", place=PAGE)
    assert first not in {each.value for each in lists(team)[Verb.RISK_OPEN].options}


async def test_form_puts_off_and_shows_until_when(team: RiskStage) -> None:
    await team.say("", name="home", place=PAGE)
    due = lists(team)[Verb.RISK_OPEN]
    await team.push(due, due.options[0].value, place=PAGE)
    await sent(team, state="7")
    await team.push(due, due.options[0].value, place=PAGE)
    state = team.form.fields[0]
    assert state.value == "rests"
    assert "2026-03-09" in next(each.label for each in state.options if each.value == "rests")
    assert await sent(team) == "Nothing was changed."


@pytest.mark.parametrize("values", [{"state": "nonsense"}, {"state": ""}, {"owner": "-"}, {"note": "  "}])
async def test_what_is_nothing_new_or_nonsense_changes_nothing(
    team: RiskStage,
    values: dict[str, str],
) -> None:
    await team.say("", name="home", place=PAGE)
    due = lists(team)[Verb.RISK_OPEN]
    await team.push(due, due.options[0].value, place=PAGE)
    assert await sent(team, **values) == "Nothing was changed."
    assert await team.store.checklists.changes(PAGE.channel_key) == ()


async def test_card_is_shown_where_there_are_no_forms(team: RiskStage) -> None:
    await team.say("", name="home", place=PAGE)
    due = lists(team)[Verb.RISK_OPEN]
    plain = team.with_chat(Capabilities(message_characters=4_000, edit_interval_s=0, forms=False))
    await plain.push(due, due.options[0].value, place=PAGE)
    assert due.options[0].value in plain.shown.reply.text
