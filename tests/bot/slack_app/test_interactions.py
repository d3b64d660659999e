"""Commands, buttons, forms and shortcuts are read with what they carry."""

from __future__ import annotations

from typing import Any

import pytest

from bot.chat import Address, CommandCall, Message, Press, Submission
from bot.payloads import Payload
from bot.slack_app.interactions import form_metadata
from rag.errors import InvalidInput

from .bodies import BUTTON, NOW, READER, TS, command, press, read


@pytest.mark.parametrize(
    ("typed", "name", "text"),
    [
        pytest.param("ask what is a moat?", "ask", "what is a moat?", id="command"),
        pytest.param("问 什么是护城河？", "问", "什么是护城河？", id="Chinese alias"),
        pytest.param("问　什么是护城河？", "问", "什么是护城河？", id="full-width blank"),
        pytest.param("", "help", "", id="nothing"),
        pytest.param("   ", "help", "", id="blanks"),
        pytest.param("sources", "sources", "", id="without arguments"),
        pytest.param("what is a moat?", "ask", "what is a moat?", id="question right away"),
        pytest.param("什么是护城河？", "ask", "什么是护城河？", id="Chinese question"),
        pytest.param("soruces", "soruces", "", id="mistyped command"),
    ],
)
def test_slash_command_is_a_command_or_a_question(typed: str, name: str, text: str) -> None:
    call = read(command(typed))
    assert isinstance(call, CommandCall)
    assert (call.name, call.text) == (name, text)
    assert (call.place.channel, call.place.thread, call.trigger, call.event_id) == ("C1", "", "tr1", "tr1.1")


def test_command_tells_whom_its_words_mention() -> None:
    call = read(command("config set expert <@U0BOB|bob> <!subteam^S0TEAM|@team> <!here> <@U0BOB>"))
    assert isinstance(call, CommandCall)
    assert call.mentions == ("U0BOB", "S0TEAM")
    assert call.text.endswith("set expert @bob @team @here @U0BOB")


def test_command_carries_the_language_of_the_readers_slack() -> None:
    call = read(command("help", user_id="U2"))
    assert isinstance(call, CommandCall)
    assert (call.locale, call.person.name, call.at) == ("zh-CN", "小明", NOW)


EPHEMERAL = {"type": "message", "message_ts": "19.1", "channel_id": "C1", "is_ephemeral": True}
UNTHREADED = {"type": "message", "message_ts": "19.1", "channel_id": "C1"}


@pytest.mark.parametrize(
    ("action", "payload", "values"),
    [
        pytest.param(BUTTON, Payload(verb="up", subject="x"), (), id="button"),
        pytest.param(
            {"type": "feedback_buttons", "action_id": "rate:x", "value": "a1:down:x:"},
            Payload(verb="down", subject="x"),
            (),
            id="thumb",
        ),
        pytest.param(
            {"type": "static_select", "action_id": "a1:reason:x:", "selected_option": {"value": "wrong"}},
            Payload(verb="reason", subject="x"),
            ("wrong",),
            id="list",
        ),
        pytest.param(
            {"type": "static_select", "action_id": "a1:reason:x:#1", "selected_option": {"value": "wrong"}},
            Payload(verb="reason", subject="x"),
            ("wrong",),
            id="second list of a long one",
        ),
    ],
)
def test_press_carries_its_payload(action: dict[str, Any], payload: Payload, values: tuple[str, ...]) -> None:
    pressed = read(press(action))
    assert isinstance(pressed, Press)
    assert (pressed.payload, pressed.values, pressed.trigger) == (payload, values, "tr1")


@pytest.mark.parametrize(
    ("changes", "thread", "message"),
    [
        pytest.param({}, "17.1", "1700000009.000100", id="in a thread"),
        pytest.param({"container": UNTHREADED, "message": {"ts": "19.1"}}, "19.1", "19.1", id="message of a channel"),
        pytest.param({"container": EPHEMERAL, "message": None}, "", None, id="private line"),
        pytest.param(
            {"container": EPHEMERAL | {"thread_ts": "17.1"}, "message": None}, "17.1", None, id="private in thread"
        ),
    ],
)
def test_press_knows_its_thread(changes: dict[str, Any], thread: str, message: str | None) -> None:
    pressed = read(press(BUTTON, **changes))
    assert isinstance(pressed, Press)
    assert pressed.place.thread == thread
    assert (pressed.message.id if pressed.message else None) == message


def test_acts_of_one_trigger_are_told_apart() -> None:
    first, second = (command("ask", response_url=f"https://hooks.slack.com/commands/T1/{key}/x{key}") for key in "12")
    presses = [press({**BUTTON, "action_ts": ts}) for ts in ("1.1", "1.2")]
    ids = [incoming.event_id for body in (first, second, *presses) if (incoming := read(body))]
    assert len(set(ids)) == 4


def test_link_button_carries_nothing() -> None:
    assert read(press({"type": "button", "action_id": "x", "url": "https://a.example"})) is None


def test_button_of_another_version_is_told() -> None:
    with pytest.raises(InvalidInput, match="no action of this version"):
        read(press(BUTTON | {"value": "z9:up:x:"}))


def submission(metadata: str) -> dict[str, Any]:
    inputs = {
        "text": {"text": {"type": "plain_text_input", "value": "Say more"}},
        "kind": {"kind": {"type": "static_select", "selected_option": {"value": "wrong"}}},
        "empty": {"empty": {"type": "plain_text_input", "value": None}},
        "file": {
            "file": {"type": "file_input", "files": [{"id": "F1", "name": "a", "size": 1, "url_private": "https://x"}]}
        },
    }
    view = {"id": "V1", "callback_id": "a1:explain:x:", "private_metadata": metadata, "state": {"values": inputs}}
    return {"type": "view_submission", "user": {"id": "U1", "team_id": "T1"}, "view": view}


def test_form_comes_back_with_its_place_and_values() -> None:
    place = READER.place("C1", "17.1")
    sent = read(submission(form_metadata(place)))
    assert isinstance(sent, Submission)
    assert (sent.place, sent.payload, sent.event_id) == (place, Payload(verb="explain", subject="x"), "V1")
    assert sent.values == {"text": "Say more", "kind": "wrong", "empty": "", "file": ""}
    assert [each.name for each in sent.attachments] == ["a"]


def test_form_without_a_place_is_answered_directly() -> None:
    sent = read(submission(""))
    assert isinstance(sent, Submission)
    assert (sent.place.channel, sent.place.private) == ("U1", True)


def test_shortcut_asks_about_a_message_in_the_name_of_who_chose_it() -> None:
    body = {
        "type": "message_action",
        "callback_id": "ask_about",
        "user": {"id": "U2", "team_id": "T1"},
        "channel": {"id": "C1"},
        "message": {"user": "U1", "ts": TS, "text": "How do I price this?"},
        "trigger_id": "tr1",
    }
    message = read(body)
    assert isinstance(message, Message)
    assert (message.address, message.message_id, message.place.thread) == (Address.REQUEST, TS, TS)
    assert (message.person.id, message.text, message.at) == ("U2", "How do I price this?", NOW)


@pytest.mark.parametrize(
    "lacking",
    [("message",), ("channel",), ("message", "channel"), ("container",), ("container", "message"), ("response_url",)],
    ids="+".join,
)
def test_press_is_read_without_what_slack_may_leave_out(lacking: tuple[str, ...]) -> None:
    body = {key: value for key, value in press(BUTTON).items() if key not in lacking}
    read_ = read(body)
    assert isinstance(read_, Press)
    assert read_.place.channel == "C1"
    assert read_.payload == Payload(verb="up", subject="x")


@pytest.mark.parametrize("kind", ["view_closed", "block_suggestion", "shortcut", "workflow_step_edit", "of tomorrow"])
def test_interaction_that_the_bot_does_not_use_is_nothing(kind: str) -> None:
    assert read({**press(BUTTON), "type": kind}) is None
