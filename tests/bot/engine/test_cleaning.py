"""Personal data and secrets go no further than the door."""

from __future__ import annotations

import pytest

from bot.chat import CommandCall, Edited, Incoming, Message, Said, Submission
from bot.engine.cleaning import cleaned
from bot.engine.threads import past_turns
from bot.payloads import Payload

from .stage import NOON, Stage, person, place

MAIL = "ada@example.org"
ASKED = f"How do I price this? Write to {MAIL}."
ADA = person("ada")


def message(text: str, title: str = "") -> Message:
    return Message(event_id="e", message_id="m", place=place(), person=ADA, at=NOON, text=text, title=title)


@pytest.mark.parametrize(
    "incoming",
    [
        pytest.param(message(ASKED), id="message"),
        pytest.param(message("", title=ASKED), id="title of a post"),
        pytest.param(
            Edited(event_id="e", message_id="m", place=place(), person=ADA, at=NOON, text=ASKED), id="edited message"
        ),
        pytest.param(
            CommandCall(event_id="e", place=place(), person=ADA, at=NOON, name="ask", text=ASKED), id="command"
        ),
        pytest.param(
            CommandCall(event_id="e", place=place(), person=ADA, at=NOON, name="ask", arguments={"question": ASKED}),
            id="argument of a command",
        ),
        pytest.param(
            Submission(
                event_id="e", place=place(), person=ADA, at=NOON, payload=Payload(verb="v"), values={"text": ASKED}
            ),
            id="form",
        ),
    ],
)
def test_what_comes_in_loses_its_secrets_and_keeps_its_question(incoming: Incoming) -> None:
    told = str(cleaned(incoming))
    assert MAIL not in told
    assert "How do I price this?" in told


def test_a_thread_that_is_read_loses_its_secrets() -> None:
    said = [Said(message_id="1", person_id="ada", own=False, text=ASKED, at=NOON)]
    (turn,) = past_turns(said, asked_by="2")
    assert MAIL not in turn.question
    assert "How do I price this?" in turn.question


async def test_no_secret_is_stored_with_a_question() -> None:
    stage = Stage()
    receipt = await stage.engine().receive(stage.message(ASKED))
    question = await stage.store.questions.get(receipt.question_id)
    assert question is not None
    assert MAIL not in question.text
    assert "How do I price this?" in question.text
