"""The app's home tab: a page that one person alone reads. Pure.

Slack takes no Markdown there, only its older markup, which knows no emphasis between Chinese characters without a gap.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from bot.chat import CommandCall, Incoming, Place, Submission
from bot.replies import PagePart, Reply
from bot.slack_app import sizes
from bot.slack_app.markup import escaped, mrkdwn
from bot.slack_app.reader import Reader
from bot.slack_app.render import Block, actions_of, small_print
from bot.slack_app.sizes import held

COMMAND = "home"
"""The command whose answer is the page."""

_TAB = "home"
_TITLE = re.compile(r"\*\*(?P<title>[^*\n]+)\*\*")


def home_of(user: str, reader: Reader) -> Place:
    """The page of a person, as a place that can be posted to."""
    return reader.place(user, _TAB)


def page_after(incoming: Incoming, reader: Reader) -> CommandCall | None:
    """The page made anew for whoever has sent a form of it; None for everything else.

    Slack tells the id of a channel with everything but what comes from the page, which has the person's own.
    """
    if not isinstance(incoming, Submission) or incoming.place.channel != incoming.person.id:
        return None
    return CommandCall(
        event_id=f"{_TAB}.{incoming.event_id}",
        place=home_of(incoming.person.id, reader),
        person=incoming.person,
        at=incoming.at,
        name=COMMAND,
        locale=incoming.locale,
    )


def is_home(place: Place) -> bool:
    """Whether a place is somebody's page."""
    return place.private and place.thread == _TAB


def home_view(reply: Reply) -> dict[str, Any]:
    """A page of what a reply says, part by part, with what can be done about a part beneath it."""
    parts = reply.page or (PagePart(text=reply.text),)
    blocks = [block for part in parts for block in _part(part, reply)]
    rest = [{"type": "divider"}, *small_print(map(escaped, reply.notes))]
    if not reply.page:
        rest = [*actions_of(reply), *rest]
    # The line that would stand over the first part is left out.
    return {"type": "home", "blocks": [*blocks[1 : sizes.VIEW_BLOCKS + 1 - len(rest)], *rest]}


def _part(part: PagePart, reply: Reply) -> list[Block]:
    """Its titles as headers, its paragraphs as sections."""
    blocks: list[Block] = [{"type": "divider"}]
    for text in re.split(r"\n[ \t]*\n", part.text.strip()):
        titled = _TITLE.fullmatch(text.strip())
        if titled:
            blocks += [{"type": "divider"}] if len(blocks) > 1 else []
            blocks.append(_header(titled["title"]))
        elif text.strip():
            blocks.append(_section(text.strip()))
    return [*blocks, *actions_of(replace(reply, actions=(part.actions,)))]


def _header(title: str) -> dict[str, Any]:
    return {"type": "header", "text": {"type": "plain_text", "text": held(title, sizes.HEADER), "emoji": True}}


def _section(text: str) -> dict[str, Any]:
    # `verbatim` keeps Slack from making links of what looks like one.
    told = {"type": "mrkdwn", "text": held(mrkdwn(text), sizes.TEXT), "verbatim": True}
    return {"type": "section", "text": told}
