"""What a typed line means."""

from __future__ import annotations

from itertools import count

import pytest

from bot.chat import Address, CommandCall, Message, Press
from bot.console.typed import Become, Chosen, Meaning, NoSuchKey, Quit, Send, StartAnew, Typist
from bot.payloads import Payload

from .samples import NOW

SHORTER = Chosen(payload=Payload(verb="shorter"))
MENU = {
    "1": Chosen(payload=Payload(verb="next", subject="a1", argument="0")),
    "+": Chosen(payload=Payload(verb="up")),
    "shorter": SHORTER,
    "简短一些": SHORTER,
}


def meaning(line: str) -> Meaning:
    typist = Typist(
        thread="t",
        new_id=map("id{}".format, count(1)).__next__,
        now=lambda: NOW,
        is_command=lambda words: words in {"help", "帮助"},
        name="ada",
    )
    return typist.understand(line, MENU)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("", None, id="nothing"),
        pytest.param("/quit", Quit(), id="leave"),
        pytest.param("/as bob", Become(name="bob"), id="another person"),
        pytest.param("/as", Become(name=""), id="the first person"),
        pytest.param("/new", StartAnew(), id="another conversation"),
    ],
)
def test_some_lines_are_for_the_terminal_itself(line: str, expected: Meaning) -> None:
    assert meaning(line) == expected


@pytest.mark.parametrize(
    ("line", "text", "address", "mentions"),
    [
        pytest.param("What is it?", "What is it?", Address.MENTION, (), id="a question"),
        pytest.param("what is in /usr/bin?", "what is in /usr/bin?", Address.MENTION, (), id="a path in it"),
        pytest.param("/usr/bin has what?", "/usr/bin has what?", Address.MENTION, (), id="a path first"),
        pytest.param("@Advisor, why?", "why?", Address.MENTION, (), id="its name is no part of it"),
        pytest.param("@bob why?", "@bob why?", Address.NONE, ("bob",), id="somebody else's name"),
        pytest.param("ask @bob why", "ask @bob why", Address.MENTION, ("bob",), id="somebody named on the way"),
        pytest.param("/say and then?", "and then?", Address.NONE, (), id="to nobody by name"),
        pytest.param("2026", "2026", Address.MENTION, (), id="a number that is no key"),
        pytest.param("9" * 5000, "9" * 5000, Address.MENTION, (), id="a number without end"),
        pytest.param("help me", "help me", Address.MENTION, (), id="a command's name in a sentence"),
    ],
)
def test_words_are_for_the_advisor_or_for_somebody_else(
    line: str, text: str, address: Address, mentions: tuple[str, ...]
) -> None:
    sent = meaning(line)
    assert isinstance(sent, Send)
    assert isinstance(sent.incoming, Message)
    assert (sent.incoming.text, sent.incoming.address, sent.incoming.mentions) == (text, address, mentions)
    assert (sent.incoming.person.id, sent.incoming.place.thread, sent.wait) == ("ada", "t", True)


def test_ampersand_asks_without_waiting() -> None:
    sent = meaning("What is it? &")
    assert isinstance(sent, Send)
    assert isinstance(sent.incoming, Message)
    assert (sent.incoming.text, sent.wait) == ("What is it?", False)


@pytest.mark.parametrize(
    ("line", "name", "text"),
    [
        ("/sources fundraising guides", "sources", "fundraising guides"),
        ("/来源 融资", "来源", "融资"),
        ("帮助", "帮助", ""),
        ("/nope", "nope", ""),
    ],
)
def test_slash_and_known_words_call_commands(line: str, name: str, text: str) -> None:
    sent = meaning(line)
    assert isinstance(sent, Send)
    assert isinstance(sent.incoming, CommandCall)
    assert (sent.incoming.name, sent.incoming.text) == (name, text)


@pytest.mark.parametrize("line", ["2", "w", "-"])
def test_key_that_stands_for_nothing_is_no_question(line: str) -> None:
    assert meaning(line) == NoSuchKey(key=line)


@pytest.mark.parametrize("line", ["Shorter", "shorter ?", "简短一些？"])
def test_label_of_a_button_may_be_typed(line: str) -> None:
    sent = meaning(line)
    assert isinstance(sent, Send)
    assert isinstance(sent.incoming, Press)
    assert sent.incoming.payload.verb == "shorter"


@pytest.mark.parametrize("line", ["1", "+"])
def test_keys_of_the_menu_press_buttons(line: str) -> None:
    sent = meaning(line)
    assert isinstance(sent, Send)
    assert isinstance(sent.incoming, Press)
    assert sent.incoming.payload == MENU[line].payload
