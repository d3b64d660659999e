"""Each thing that Slack sends is one value, with its place, its author and its own identity."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.chat import Address, Deleted, Edited, Message, PlaceKind, Standing
from bot.slack_app.directory import profile_of
from bot.slack_app.identity import Profile
from bot.slack_app.parse import parse, people_of
from rag.errors import InvalidInput

from .bodies import BUTTON, ME, NOW, PEOPLE, READER, TS, command, event, press, read


@pytest.mark.parametrize(
    ("changes", "address", "thread", "kind"),
    [
        pytest.param({}, Address.NONE, TS, PlaceKind.THREAD, id="said in a channel"),
        pytest.param({"text": "<@UBOT> hi"}, Address.MENTION, TS, PlaceKind.THREAD, id="mention"),
        pytest.param({"text": "so, <@UBOT|advisor>?"}, Address.MENTION, TS, PlaceKind.THREAD, id="mention at the end"),
        pytest.param({"type": "app_mention"}, Address.MENTION, TS, PlaceKind.THREAD, id="app_mention"),
        pytest.param({"thread_ts": "17.1"}, Address.NONE, "17.1", PlaceKind.THREAD, id="in a thread"),
        pytest.param({"channel": "D1", "channel_type": "im"}, Address.DM, TS, PlaceKind.DM, id="direct message"),
        pytest.param(
            {"channel": "D1", "channel_type": "im", "thread_ts": "17.1"},
            Address.DM,
            "17.1",
            PlaceKind.DM,
            id="DM thread",
        ),
        pytest.param({"channel": "G1", "channel_type": "mpim"}, Address.NONE, TS, PlaceKind.THREAD, id="group message"),
        pytest.param({"subtype": "file_share"}, Address.NONE, TS, PlaceKind.THREAD, id="with a file"),
        pytest.param(
            {"subtype": "thread_broadcast", "thread_ts": "17.1"}, Address.NONE, "17.1", PlaceKind.THREAD, id="to all"
        ),
    ],
)
def test_message_is_addressed_and_placed(
    changes: dict[str, Any], address: Address, thread: str, kind: PlaceKind
) -> None:
    message = read(event(**changes))
    assert isinstance(message, Message)
    assert (message.address, message.place.thread, message.place.kind) == (address, thread, kind)
    assert (message.message_id, message.event_id, message.at.timestamp()) == (TS, "Ev1", 1700000000.0001)


@pytest.mark.parametrize(
    ("typed", "text", "mentions"),
    [
        pytest.param("<@UBOT> what is a moat?", "what is a moat?", (), id="own mention goes"),
        pytest.param("ask <@U2> or <@UBOT>", "ask @小明 or", ("U2",), id="others stay, by name"),
        pytest.param("ask <@U9>", "ask @U9", ("U9",), id="unknown person"),
        pytest.param("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2", (), id="escaped signs"),
        pytest.param("&amp;lt; is written &amp;amp;lt;", "&lt; is written &amp;lt;", (), id="escaped once"),
        pytest.param("in <#C2|sales>", "in #sales", (), id="channel"),
        pytest.param("<!here> and <!subteam^S1|@team>", "@here and @team", (), id="groups"),
        pytest.param("see <https://a.example/x|this>", "see this (https://a.example/x)", (), id="link with a label"),
        pytest.param("see <https://a.example/x>", "see https://a.example/x", (), id="bare link"),
        pytest.param("<mailto:a@b.example|a@b.example>", "a@b.example", (), id="mail"),
        pytest.param("> quoted\n<@UBOT> 什么是护城河？", "> quoted\n 什么是护城河？", (), id="behind a quotation"),
    ],
)
def test_text_is_what_a_person_reads(typed: str, text: str, mentions: tuple[str, ...]) -> None:
    message = read(event(text=typed))
    assert isinstance(message, Message)
    assert (message.text, message.mentions) == (text, mentions)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, (False, False, Standing.MEMBER), id="member"),
        pytest.param({"user": "UBOT"}, (False, True, Standing.MEMBER), id="the bot by its user"),
        pytest.param(
            {"user": None, "bot_id": "BBOT", "subtype": "bot_message"}, (True, True, Standing.MEMBER), id="the bot"
        ),
        pytest.param({"user": "U7", "bot_id": "B7"}, (True, False, Standing.MEMBER), id="another bot"),
        pytest.param({"user_team": "T9"}, (False, False, Standing.STRANGER), id="another organisation"),
        pytest.param(
            {"team": None, "source_team": "T9"}, (False, False, Standing.STRANGER), id="message from elsewhere"
        ),
        pytest.param({"team": "E1"}, (False, False, Standing.MEMBER), id="own organisation"),
        pytest.param({"user": "U9"}, (False, False, Standing.GUEST), id="nobody knows them"),
    ],
)
def test_author_is_known_for_what_they_are(changes: dict[str, Any], expected: tuple[bool, bool, Standing]) -> None:
    message = read(event(**changes))
    assert isinstance(message, Message)
    person = message.person
    assert (person.is_bot, person.is_self, person.standing) == expected


def test_colleague_of_another_workspace_of_the_organisation_is_a_member() -> None:
    told = {"team_id": "T9", "enterprise_user": {"enterprise_id": "E1"}}
    people = PEOPLE | {"U1": profile_of(told, ME), "U3": profile_of({"team_id": "T9"}, ME)}
    reader = replace(READER, profiles=people)
    ours, theirs = (parse(event(user=user, user_team="T9"), reader) for user in ("U1", "U3"))
    assert isinstance(ours, Message)
    assert isinstance(theirs, Message)
    assert (ours.person.standing, theirs.person.standing) == (Standing.MEMBER, Standing.STRANGER)


def test_profile_of_a_stranger_outweighs_a_silent_event() -> None:
    people = PEOPLE | {"U1": Profile(standing=Standing.STRANGER)}
    reader = type(READER)(identity=READER.identity, now=NOW, is_command=READER.is_command, profiles=people)
    message = parse(event(team=None), reader)
    assert isinstance(message, Message)
    assert message.person.standing is Standing.STRANGER


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(event(subtype="channel_join"), id="joined"),
        pytest.param(event(subtype="channel_topic"), id="new topic"),
        pytest.param(event(type="reaction_added"), id="reaction"),
        pytest.param(event(type="app_home_opened"), id="home opened"),
        pytest.param({"type": "view_closed"}, id="form closed"),
        pytest.param({"type": "message_action", "callback_id": "other"}, id="shortcut of another app"),
        pytest.param({}, id="nothing"),
    ],
)
def test_what_does_not_concern_the_bot_is_nothing(body: dict[str, Any]) -> None:
    assert read(body) is None


def changed(message: dict[str, Any], previous: dict[str, Any]) -> dict[str, Any]:
    base = {"user": "U1", "ts": TS, "text": "old"}
    return event(
        subtype="message_changed",
        user=None,
        text=None,
        ts="18.1",
        message=base | message,
        previous_message=base | previous,
    )


def test_edit_carries_the_new_text_under_the_old_identity() -> None:
    edit = read(changed({"text": "<@UBOT> new"}, {}))
    assert isinstance(edit, Edited)
    assert (edit.message_id, edit.place.thread, edit.text, edit.person.id) == (TS, TS, "new", "U1")


def test_edit_in_a_thread_stays_in_it() -> None:
    edit = read(changed({"text": "new", "thread_ts": "17.1"}, {}))
    assert isinstance(edit, Edited)
    assert edit.place.thread == "17.1"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(changed({"attachments": [{}]}, {}), id="preview was added"),
        pytest.param(changed({"text": "new", "user": "UBOT"}, {"user": "UBOT"}), id="the bot's own edit"),
    ],
)
def test_change_that_nobody_typed_is_nothing(body: dict[str, Any]) -> None:
    assert read(body) is None


@pytest.mark.parametrize(
    ("body", "thread"),
    [
        pytest.param(
            event(subtype="message_deleted", deleted_ts="16.1", user=None), "16.1", id="nothing more is known"
        ),
        pytest.param(
            event(subtype="message_deleted", deleted_ts="16.1", previous_message={"thread_ts": "15.1"}),
            "15.1",
            id="in a thread",
        ),
        pytest.param(changed({"subtype": "tombstone", "ts": "16.1"}, {}), "16.1", id="it had answers"),
    ],
)
def test_deletion_names_the_message(body: dict[str, Any], thread: str) -> None:
    deletion = read(body)
    assert isinstance(deletion, Deleted)
    assert (deletion.message_id, deletion.place.thread) == ("16.1", thread)


def test_files_come_with_what_they_are_fetched_by() -> None:
    files = [
        {
            "id": "F1",
            "name": "plan.pdf",
            "size": 7,
            "url_private": "https://files.slack.com/v",
            "url_private_download": "https://files.slack.com/d",
        },
        {"id": "F2", "mode": "tombstone"},
    ]
    message = read(event(subtype="file_share", files=files))
    assert isinstance(message, Message)
    assert [(each.name, each.size, each.reference) for each in message.attachments] == [
        ("plan.pdf", 7, "https://files.slack.com/d")
    ]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"type": "event_callback"}, id="no event"),
        pytest.param(event(ts=None), id="no ts"),
        pytest.param(event(channel=None), id="no channel"),
        pytest.param(event(ts="soon"), id="ts that is no number"),
        pytest.param({"type": "block_actions", "actions": []}, id="no actions"),
        pytest.param({"command": "/advisor"}, id="bare command"),
        pytest.param({"type": "view_submission", "view": {}}, id="bare form"),
    ],
)
def test_body_that_lacks_what_slack_documents_is_told(body: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        read(body)


@pytest.mark.parametrize(
    ("body", "people"),
    [
        pytest.param(event(text="<@U2> and <@UBOT>"), ("U1", "U2", "UBOT"), id="message"),
        pytest.param(event(user="U7", bot_id="B7"), (), id="bot"),
        pytest.param(changed({"text": "<@U2>"}, {}), ("U1", "U2"), id="edit"),
        pytest.param(command("ask <@U2>"), ("U1", "U2"), id="command"),
        pytest.param(press(BUTTON), ("U1",), id="press"),
        pytest.param(
            event(text=" ".join(f"<@W{number}>" for number in range(99))),
            ("U1", *(f"W{number}" for number in range(9))),
            id="a crowd",
        ),
    ],
)
def test_people_to_ask_for_are_named(body: dict[str, Any], people: tuple[str, ...]) -> None:
    assert people_of(body) == people
