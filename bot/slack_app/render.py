"""Replies as Slack's blocks. Pure; every limit of Slack's is kept here, whatever the reply holds.

The text is a Markdown block, since Slack's older markup shows no tables and no emphasis between Chinese characters.
Sources, notes and the sign of work stand beneath it in small print.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from bot.offers import Verb
from bot.references import references
from bot.replies import Action, Button, Reply, Select, Style, Visibility
from bot.slack_app import sizes
from bot.slack_app.markup import calling, escaped, inert, link, mrkdwn
from bot.slack_app.sizes import held
from bot.wording import Say, Wording

Block = dict[str, Any]

_PLACE, _SHORT_PLACE, _SOURCES = 300, 100, 9_000
"""Longest names of sources, and the most that they may take with their links."""

_TABLE_RULE = re.compile(r"^[ \t]*\|?[ \t]*:?-+:?[ \t]*\|[ \t|:-]*$", re.M)
_SIDE_BY_SIDE = 3
_BLANK = "…"
"""Stands where a message would have no text, which Slack refuses."""


class Renderer:
    """Makes messages in the words that Slack's readers see."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording

    def message(self, reply: Reply) -> dict[str, Any]:
        """The arguments of a message that are its content: `text` for notifications, and `blocks`."""
        text, beneath = self.parts(reply)
        above = _calling(reply)
        head = [{"type": "markdown", "text": text}] if text else []
        said = (reply.text, *reply.notes, reply.status)
        fallback = next((each.strip() for each in said if each.strip()), _BLANK)
        return {
            "text": held(f"{_called(reply)}{escaped(fallback)}", sizes.FALLBACK),
            "blocks": [*above, *head, *beneath] or [{"type": "markdown", "text": _BLANK}],
        }

    def with_files_elsewhere(self, reply: Reply) -> Reply:
        """A reply that tells where its files are: a line that one person sees carries none."""
        return replace(reply, notes=(*reply.notes, self._wording.say(Say.FILE_IN_DIRECT, reply.language)))

    def plain(self, reply: Reply) -> dict[str, Any]:
        """The same in blocks that every Slack knows, for one that lacks those of Markdown and of thumbs."""
        text = self.bare(reply)["text"]
        sections = [_section(part) for part in _gathered(text.splitlines()) if part.strip()]
        buttons = actions_of(replace(reply, visibility=Visibility.PRIVATE))
        return {"text": held(text, sizes.FALLBACK), "blocks": [*sections, *buttons]}

    def bare(self, reply: Reply) -> dict[str, Any]:
        """The same without blocks, for where Slack does not take them: all words, and nothing to press."""
        texts = [element["text"] for block in self._sources(reply) for element in block["elements"]]
        said = [f"{_called(reply)}{mrkdwn(reply.text)}", *texts, *map(escaped, (*reply.notes, reply.status))]
        return {"text": held("\n\n".join(filter(None, said)), sizes.BARE) or _BLANK, "blocks": []}

    def parts(self, reply: Reply) -> tuple[str, list[Block]]:
        """The text of a message in Markdown, and the blocks beneath it."""
        small = [*self._sources(reply), *small_print(map(escaped, reply.notes)), *_status(reply)]
        addresses = {each.document.url for each in reply.citations if each.document.url}
        room = min(sizes.MARKDOWN, sizes.MESSAGE - len(_called(reply)) - sum(map(_characters, small)))
        text = held(inert(reply.text, addresses=addresses).strip(), room)
        return text, [*small, *actions_of(reply)]

    def growing(self, reply: Reply) -> str:
        """The text of a message that is not complete, to which a stream appends."""
        return inert(reply.text).strip()

    def _sources(self, reply: Reply) -> list[Block]:
        listed = references(reply.citations, self._wording, reply.language)
        if not listed:
            return []
        title = self._wording.say(Say.SOURCES, reply.language)
        lines = [f"[{each.number}] {link(held(each.place, _PLACE), each.url)}" for each in listed]
        if sum(map(len, lines)) > _SOURCES:
            lines = [f"[{each.number}] {escaped(held(each.place, _SHORT_PLACE))}" for each in listed]
        return small_print(_gathered([f"*{escaped(title)}*", *lines]))


def has_table(markdown: str) -> bool:
    """Whether a text holds a table, which Slack shows in Markdown blocks and not in what is streamed."""
    return bool(_TABLE_RULE.search(markdown))


def _called(reply: Reply) -> str:
    return f"{calling(reply.mention)} " if reply.mention else ""


def _calling(reply: Reply) -> list[Block]:
    """Whom the message calls, in a section of its own: Slack notifies of mentions there, in Markdown it may not."""
    if reply.mention is None:
        return []
    return [_section(calling(reply.mention))]


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": held(text, sizes.TEXT), "verbatim": True}}


def _gathered(lines: Iterable[str]) -> list[str]:
    """Lines put together into as few texts as Slack's limit allows."""
    texts: list[str] = []
    for line in lines:
        if texts and len(texts[-1]) + len(line) < sizes.TEXT:
            texts[-1] += f"\n{line}"
        else:
            texts.append(line)
    return texts


def small_print(texts: Iterable[str]) -> list[Block]:
    """Texts in small print, in as many blocks as it takes."""
    # `verbatim` keeps Slack from making links of what looks like one.
    elements = [{"type": "mrkdwn", "text": held(text, sizes.TEXT), "verbatim": True} for text in texts if text.strip()]
    return [{"type": "context", "elements": part} for part in _portions(elements, sizes.CONTEXT_ELEMENTS)]


def _status(reply: Reply) -> list[Block]:
    return small_print([f":hourglass_flowing_sand: {escaped(reply.status)}"] if reply.status else [])


def actions_of(reply: Reply) -> list[Block]:
    """The buttons and lists of a reply, in as few rows as they are read well in."""
    blocks: list[Block] = []
    for row in _joined(reply.actions):
        rest = list(row)
        rating = _rating(row) if reply.visibility is Visibility.PUBLIC else None
        if rating:
            blocks.append(rating)
            rest = [action for action in row if action.payload.verb not in {Verb.UP, Verb.DOWN}]
        elements = [element for action in rest for element in _elements(action)]
        blocks += [{"type": "actions", "elements": part} for part in _portions(elements, sizes.ACTIONS)]
    return blocks


def _joined(rows: Sequence[Sequence[Action]]) -> list[tuple[Action, ...]]:
    """Rows as Slack shows them: a list that stands alone, as other chats want it, shares a row with what follows it."""
    joined: list[tuple[Action, ...]] = []
    for row in rows:
        before = joined[-1] if joined else ()
        together = (*before, *row)
        alone = all(isinstance(each, Select) for each in before)
        # Slack wants each of a row's elements to have an id of its own.
        told_apart = len({each.payload.encoded for each in together}) == len(together)
        if before and alone and told_apart and len(together) <= _SIDE_BY_SIDE:
            joined[-1] = together
        else:
            joined.append(tuple(row))
    return joined


def _rating(row: Sequence[Action]) -> Block | None:
    """The two thumbs of an answer in the form that Slack has for them."""
    rates = {each.payload.verb: each for each in row if isinstance(each, Button)}
    up, down = rates.get(Verb.UP), rates.get(Verb.DOWN)
    if up is None or down is None:
        return None
    element = {
        "type": "feedback_buttons",
        "action_id": f"rate:{up.payload.subject}",
        "positive_button": _thumb(up),
        "negative_button": _thumb(down),
    }
    return {"type": "context_actions", "elements": [element]}


def _thumb(button: Button) -> dict[str, Any]:
    return {"text": _plain(button.label), "value": button.payload.encoded}


def _elements(action: Action) -> list[dict[str, Any]]:
    if isinstance(action, Button):
        style = {} if action.style is Style.PLAIN else {"style": action.style.value}
        encoded = action.payload.encoded
        return [{"type": "button", "action_id": encoded, "value": encoded, "text": _plain(action.label), **style}]
    return [_select(action, number) for number in range(-(-len(action.options) // sizes.OPTIONS))]


def _select(select: Select, part: int) -> dict[str, Any]:
    """A list; one with more options than Slack takes becomes several, told apart by a number behind the payload."""
    begin = part * sizes.OPTIONS
    return {
        "type": "static_select",
        "action_id": select.payload.encoded + (f"#{part}" if part else ""),
        "placeholder": _plain(select.placeholder, sizes.PLACEHOLDER),
        "options": options_of(select, begin),
    }


def options_of(select: Select, begin: int = 0) -> list[dict[str, Any]]:
    """A list's options from the `begin`th one on, as many as Slack takes."""
    return [
        option_of(each.label, each.value, each.description) for each in select.options[begin : begin + sizes.OPTIONS]
    ]


def option_of(label: str, value: str, description: str = "") -> dict[str, Any]:
    """One choice."""
    told = {"description": _plain(description)} if description else {}
    return {"text": _plain(label), "value": value, **told}


def _plain(text: str, limit: int = sizes.LABEL) -> dict[str, Any]:
    return {"type": "plain_text", "text": held(text, limit) or _BLANK, "emoji": True}


def _portions(elements: Sequence[dict[str, Any]], most: int) -> list[list[dict[str, Any]]]:
    return [list(elements[begin : begin + most]) for begin in range(0, len(elements), most)]


def _characters(block: Block) -> int:
    return sum(len(element["text"]) for element in block["elements"])
