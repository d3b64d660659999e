"""What Discord tells becomes what every chat shares: places, people, questions, commands, buttons and forms."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.chat import ADMIN_ROLE, Address, PlaceKind, Standing
from bot.discord_app import parse
from bot.discord_app.values import Author, Room, RoomKind, Self, Used, Written
from rag.errors import InvalidInput

ME = Self(
    user="900000000000000001",
    admin_roles=frozenset({"500000000000000002"}),
)
ADA, BOB = "900000000000000002", "900000000000000003"
AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
CHANNEL = Room(id="800000000000000001", kind=RoomKind.CHANNEL, guild="600000000000000001")
THREAD = Room(
    id="800000000000000002",
    kind=RoomKind.THREAD,
    guild="600000000000000001",
    parent="800000000000000001",
    title="Moats",
)
POST = replace(THREAD, kind=RoomKind.POST, title="How to price?")
DIRECT = Room(id="800000000000000003", kind=RoomKind.DIRECT)
ASKED = Written(
    id="700000000000000001",
    room=CHANNEL,
    author=Author(id=ADA, name="Ada"),
    at=AT,
    text=f"<@{ME.user}> what is a moat?",
    people=(ME.user,),
)


def used(data: dict[str, Any], **more: Any) -> Used:
    return Used(**{"id": "1", "room": CHANNEL, "author": Author(id=ADA, name="Ada"), "at": AT, "data": data, **more})


def test_mention_in_a_channel_opens_the_thread_of_its_message() -> None:
    message = parse.message(ASKED, ME)
    assert (message.text, message.address, message.mentions) == ("what is a moat?", Address.MENTION, ())
    assert message.place.key == f"discord/{CHANNEL.guild}/{CHANNEL.id}/{ASKED.id}"
    assert message.place.kind is PlaceKind.THREAD


@pytest.mark.parametrize(
    ("changes", "address"),
    [
        pytest.param({"text": "lunch?", "people": ()}, Address.NONE, id="talk"),
        pytest.param({"text": "@everyone lunch?", "people": ()}, Address.NONE, id="everyone"),
        pytest.param(
            {"text": "<@&500000000000000001> why?", "own_roles": ("500000000000000001",)}, Address.MENTION, id="role"
        ),
        pytest.param({"text": "and then?", "root": "700000000000000000"}, Address.REPLY, id="reply"),
        pytest.param({"text": "why?", "room": DIRECT}, Address.DM, id="direct"),
    ],
)
def test_message_is_addressed_to_the_bot(changes: dict[str, Any], address: Address) -> None:
    assert parse.message(replace(ASKED, **changes), ME).address is address


def test_mention_of_the_bots_role_is_not_read_to_anybody() -> None:
    asked = replace(ASKED, text="<@&500000000000000001> why?", own_roles=("500000000000000001",))
    assert parse.message(asked, ME).text == "why?"


def test_reply_to_an_answer_in_the_channel_belongs_to_its_conversation() -> None:
    reply = replace(ASKED, id="700000000000000005", root=ASKED.id)
    assert parse.message(reply, ME).place.thread == ASKED.id


def test_other_people_in_a_message_are_told_apart() -> None:
    asked = replace(ASKED, text=f"<@{BOB}> lunch?", people=(BOB,), names={BOB: "Bob"})
    message = parse.message(asked, ME)
    assert (message.text, message.mentions) == ("@Bob lunch?", (BOB,))


def test_thread_belongs_to_its_channel() -> None:
    place = parse.message(replace(ASKED, room=THREAD), ME).place
    assert (place.channel, place.thread, place.kind) == (CHANNEL.id, THREAD.id, PlaceKind.THREAD)


def test_title_of_a_forum_post_is_part_of_its_first_message_alone() -> None:
    first = parse.message(replace(ASKED, room=POST, id=POST.id), ME)
    later = parse.message(replace(ASKED, room=POST), ME)
    assert (first.title, first.place.kind) == ("How to price?", PlaceKind.FORUM)
    assert (later.title, later.place.kind) == ("", PlaceKind.FORUM)


def test_direct_messages_are_one_conversation_of_no_server() -> None:
    place = parse.message(replace(ASKED, room=DIRECT), ME).place
    assert (place.workspace, place.thread, place.private) == ("@me", "", True)


@pytest.mark.parametrize(
    ("author", "room", "admin"),
    [
        pytest.param(Author(id=ADA), CHANNEL, False, id="member"),
        pytest.param(Author(id=ADA, manages=True), CHANNEL, True, id="manages the server"),
        pytest.param(Author(id=ADA, roles=frozenset({"500000000000000002"})), CHANNEL, True, id="has the role"),
        pytest.param(Author(id=ADA, roles=frozenset({"admin2"})), CHANNEL, False, id="has another role"),
        pytest.param(Author(id=ADA, manages=True), DIRECT, False, id="in direct messages"),
    ],
)
def test_admin_is_who_manages_the_server_or_has_the_role(author: Author, room: Room, admin: bool) -> None:
    assert (ADMIN_ROLE in parse.person_of(author, room, ME).roles) is admin


def test_bot_and_guest_are_told() -> None:
    assert parse.person_of(Author(id=ME.user, is_bot=True), CHANNEL, ME).is_self
    assert parse.person_of(Author(id=BOB, is_bot=True), CHANNEL, ME).is_bot
    guest = parse.person_of(Author(id=BOB, standing=Standing.GUEST), CHANNEL, ME)
    assert guest.standing is Standing.GUEST


def test_command_is_the_innermost_name_with_its_arguments() -> None:
    options = [{"type": 3, "name": "question", "value": "什么是护城河？"}]
    data = {"name": "advisor", "options": [{"type": 1, "name": "ask", "options": options}]}
    call = parse.command(used(data, locale="zh-CN", response="700000000000000009"), ME)
    assert (call.name, dict(call.arguments), call.locale) == ("ask", {"question": "什么是护城河？"}, "zh-CN")
    assert call.place.thread == "700000000000000009"
    assert call.trigger == "1"


def test_what_is_being_typed_is_told() -> None:
    options = [
        {"type": 3, "name": "name", "value": "labels"},
        {"type": 3, "name": "value", "value": "bo", "focused": True},
    ]
    data = {"name": "advisor", "options": [{"type": 1, "name": "config", "options": options}]}
    assert parse.focused(used(data)) == ("value", "bo")


def test_button_under_an_answer_is_pressed_in_its_conversation() -> None:
    answer = replace(ASKED, id="700000000000000007", root=ASKED.id)
    press = parse.press(used({"custom_id": "a1:up:x:", "component_type": 2}, message=answer), ME)
    assert (press.payload.verb, press.place.thread) == ("up", ASKED.id)
    assert press.message is not None
    assert press.message.id == answer.id


def test_button_that_one_person_sees_has_no_message() -> None:
    press = parse.press(used({"custom_id": "a1:why:x:"}, message=ASKED, ephemeral=True), ME)
    assert (press.message, press.place.thread) == (None, "")


def test_second_part_of_a_long_list_means_the_same() -> None:
    press = parse.press(used({"custom_id": "a1:case::en#1", "values": ["Mediq"]}, message=ASKED), ME)
    assert (press.payload.verb, press.values) == ("case", ("Mediq",))


def test_form_tells_its_fields_and_files() -> None:
    data = {
        "custom_id": "a1:explain:x:",
        "components": [
            {"type": 18, "component": {"type": 4, "custom_id": "text", "value": "It lacks prices."}},
            {"type": 18, "component": {"type": 3, "custom_id": "kind", "values": ["old"]}},
            {"type": 18, "component": {"type": 19, "custom_id": "file", "values": ["5"]}},
            {"type": 1, "components": [{"type": 4, "custom_id": "line", "value": ""}]},
        ],
        "resolved": {"attachments": {"5": {"filename": "a.md", "size": 3, "url": "https://cdn.example/a.md"}}},
    }
    sent = parse.submission(used(data), ME)
    assert dict(sent.values) == {"text": "It lacks prices.", "kind": "old", "file": "5", "line": ""}
    (file,) = sent.attachments
    assert (file.name, file.size, file.reference) == ("a.md", 3, "https://cdn.example/a.md")


def test_menu_asks_in_the_words_of_the_message() -> None:
    asked = parse.request(used({"name": parse.ASK_ABOUT, "type": 3}, message=replace(ASKED, text="how?")), ME)
    assert asked is not None
    assert (asked.text, asked.address, asked.message_id, asked.person.id) == ("how?", Address.REQUEST, ASKED.id, ADA)
    assert parse.request(used({"name": "Other"}, message=ASKED), ME) is None


def test_edit_and_deletion_find_the_place_of_the_message() -> None:
    edit = parse.edited(ASKED, ME, at=AT)
    gone = parse.deleted(ASKED.id, CHANNEL, at=AT)
    assert edit.place.key == gone.place.key == parse.message(ASKED, ME).place.key
    known = parse.place_of(THREAD)
    assert parse.deleted(ASKED.id, CHANNEL, at=AT, known=known).place == known


def test_two_edits_are_two_events() -> None:
    later = parse.edited(ASKED, ME, at=AT.replace(minute=1))
    assert parse.edited(ASKED, ME, at=AT).event_id != later.event_id


@pytest.mark.parametrize(
    ("read", "data"),
    [
        pytest.param(parse.command, {}, id="command without a name"),
        pytest.param(parse.command, {"name": "a", "options": [{"type": 1}]}, id="subcommand without a name"),
        pytest.param(parse.press, {}, id="button without an id"),
        pytest.param(parse.press, {"custom_id": "hello"}, id="button of somebody else"),
        pytest.param(parse.submission, {"custom_id": "a1:explain:x:"}, id="form without fields"),
        pytest.param(parse.submission, {"custom_id": "nothing", "components": []}, id="form of somebody else"),
    ],
)
def test_what_cannot_be_read_is_told(read: Any, data: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        read(used(data), ME)


def test_completion_without_a_focus_is_told() -> None:
    with pytest.raises(InvalidInput):
        parse.focused(used({"name": "advisor", "options": []}))
