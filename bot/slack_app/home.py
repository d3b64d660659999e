"""The app's home tab: a page that one person alone reads. Pure.

Slack takes no Markdown there, only its older markup, which knows no emphasis between Chinese characters without a gap.
"""

from __future__ import annotations

import re
from typing import Any

from bot.chat import CommandCall, Incoming, Place, Submission
from bot.replies import Reply
from bot.slack_app import sizes
from bot.slack_app.markup import escaped
from bot.slack_app.reader import Reader
from bot.slack_app.render import actions_of, small_print
from bot.slack_app.sizes import held

COMMAND = "home"
"""The command whose answer is the page."""

_TAB = "home"
_TITLE = re.compile(r"\*\*(?P<title>[^*\n]+)\*\*")
_EMPHASIS = re.compile(r"\*\*(?P<words>[^*\n]+)\*\*")
_ITEM = re.compile(r"^[ \t]*[-*][ \t]+", re.M)
_GAP = "\u200b"


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
    """A page of what a reply says: its titles as headers, its paragraphs as sections."""
    blocks: list[dict[str, Any]] = []
    for part in re.split(r"\n[ \t]*\n", reply.text.strip()):
        titled = _TITLE.fullmatch(part.strip())
        if titled:
            blocks += [{"type": "divider"}] if blocks else []
            blocks.append(_header(titled["title"]))
        elif part.strip():
            blocks.append(_section(part.strip()))
    rest = [*actions_of(reply), {"type": "divider"}, *small_print(map(escaped, reply.notes))]
    return {"type": "home", "blocks": [*blocks[: sizes.VIEW_BLOCKS - len(rest)], *rest]}


def mrkdwn(markdown: str) -> str:
    """A text in Slack's older markup, in which nobody is mentioned and nothing is a link."""
    listed = _ITEM.sub("• ", escaped(markdown))
    return _EMPHASIS.sub(lambda found: f"{_GAP}*{found['words'].strip()}*{_GAP}", listed)


def _header(title: str) -> dict[str, Any]:
    return {"type": "header", "text": {"type": "plain_text", "text": held(title, sizes.HEADER), "emoji": True}}


def _section(text: str) -> dict[str, Any]:
    # `verbatim` keeps Slack from making links of what looks like one.
    told = {"type": "mrkdwn", "text": held(mrkdwn(text), sizes.TEXT), "verbatim": True}
    return {"type": "section", "text": told}
