"""The prompt for an answer: rules first, then passages and conversation as fenced data, the question last. Pure.

The first message is the same, byte for byte, for every question of a language, so that a server which remembers
prefixes computes it once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.ports import ChatMessage, Role
from rag.templates import SENTINEL, Prompt
from rag.types import Passage, Turn

_TAG_LIKE = re.compile(r"[<＜](?=\s*[/!?|｜]|[A-Za-z＜<]|\s+(?:passage|question|conversation)\b)", re.IGNORECASE)
_MODEL_TAG = re.compile(r"\[(?=/?(?:INST|SYS|system|user|assistant)\])", re.IGNORECASE)
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a prompt shows of a question's surroundings.

    `passages` are numbered from 1 in their order; `widened` of them, from the first on, come with their neighbours.
    """

    question: str
    passages: tuple[Passage, ...]
    turns: tuple[Turn, ...] = ()
    widened: int = 0
    reader: str = ""


def answer_prompt(prompt: Prompt, material: Material, *, stronger: bool = False) -> tuple[ChatMessage, ...]:
    """The messages that ask for an answer; `stronger` repeats which language it has to be in."""
    user = prompt.text(
        "user",
        passages="\n".join(_passages(prompt, material)),
        history="\n\n".join(filter(None, (_history(prompt, material.turns), _reader(prompt, material.reader)))),
        question=fenced(material.question),
    )
    messages = (
        ChatMessage(role=Role.SYSTEM, text=prompt.text("system", sentinel=SENTINEL)),
        ChatMessage(role=Role.USER, text=re.sub(r"\n{3,}", "\n\n", user)),
    )
    if not stronger:
        return messages
    # A second message of the user's would break the templates of models that want roles to take turns.
    asked = ChatMessage(role=Role.USER, text=f"{messages[1].text}\n\n{prompt.text('retry')}")
    return messages[0], asked


def fenced(text: str) -> str:
    """A text that cannot be taken for a tag of the prompt or of a model's own format, nor hide characters in it."""
    text = _UNSEEN.sub(" ", text.replace("\r\n", "\n"))
    return _MODEL_TAG.sub("(", _TAG_LIKE.sub("‹", text)).strip()


def heading_of(passage: Passage) -> str:
    """Title, sections and date of a passage in one line."""
    document, section = passage.document, passage.chunk.section
    path = section[1:] if section[:1] == (document.title,) else section
    date = (document.date.isoformat(),) if document.date else ()
    return " · ".join(" ".join(part.split()) for part in (document.title, *path, *date) if part.strip())


def _passages(prompt: Prompt, material: Material) -> Sequence[str]:
    return [
        prompt.text(
            "passage",
            number=str(number),
            heading=fenced(heading_of(passage)),
            text=fenced(_text(passage, widened=number <= material.widened)),
        )
        for number, passage in enumerate(material.passages, start=1)
    ]


def _text(passage: Passage, *, widened: bool) -> str:
    if not widened:
        return passage.chunk.text
    return "\n".join(text for text in (passage.before, passage.chunk.text, passage.after) if text)


def _reader(prompt: Prompt, reader: str) -> str:
    return prompt.text("reader", reader=fenced(reader)) if reader else ""


def _history(prompt: Prompt, turns: Sequence[Turn]) -> str:
    if not turns:
        return ""
    told = (prompt.text("turn", question=fenced(turn.question), answer=fenced(turn.answer)) for turn in turns)
    return prompt.text("history", turns="\n".join(told))
