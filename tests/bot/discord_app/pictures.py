"""Messages of the double as a page that looks like Discord's dark theme, pictured where there is a browser for it."""

from __future__ import annotations

import html
import re
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from tests import browser
from tests.doubles.discord.names import EPHEMERAL
from tests.doubles.discord.things import Said

_WIDTH = 860
_BUTTONS = {1: "primary", 2: "secondary", 3: "success", 4: "danger"}
_SMALL = re.compile(r"^-# (.*)$", re.M)
_COMMAND = re.compile(r"&lt;(/[a-z -]+):\d+&gt;")
_STYLE = """
body{background:#313338;color:#dbdee1;
font:16px/1.375 'Noto Sans','Noto Sans CJK SC','Noto Color Emoji',sans-serif;margin:0;padding:16px}
.m{padding:8px 0 8px 56px;position:relative;max-width:760px}.m:before{content:'A';background:#5865f2;border-radius:50%;
width:40px;height:40px;position:absolute;left:0;text-align:center;line-height:40px;color:#fff}
.n{color:#fff;font-weight:600}.e{background:#2b2d31;border-left:4px solid #1f2937;border-radius:4px;padding:8px 16px;
margin-top:4px;max-width:520px;font-size:14px}.t{font-weight:600;color:#f2f3f5;margin-bottom:4px}
small{color:#949ba4;display:block;font-size:13px}a{color:#00a8fc;text-decoration:none}p{margin:0 0 4px}
ul,ol{margin:4px 0;padding-left:24px}code{background:#2b2d31;padding:0 3px;border-radius:3px;font-size:14px}
pre{background:#2b2d31;padding:8px;border-radius:4px}pre code{padding:0;font-family:'Noto Sans Mono CJK SC',monospace}
blockquote{border-left:4px solid #4e5058;margin:0;padding-left:12px}
.b{display:inline-block;border-radius:3px;padding:5px 14px;margin:6px 6px 0 0;font-size:14px;color:#fff}
.b{background:#4e5058}
.primary{background:#5865f2}.danger{background:#da373c}.s{background:#1e1f22;border-radius:4px;padding:8px;margin-top:6px;
max-width:400px;color:#949ba4;font-size:14px}.only{color:#949ba4;font-size:12px}
.modal{background:#313338;border:1px solid #1e1f22;border-radius:5px;padding:16px;max-width:440px;margin:16px 0}
.f{background:#1e1f22;border-radius:3px;padding:10px;margin:4px 0 12px;min-height:18px}
.l{font-weight:600;font-size:14px}.c{background:#3c4270;color:#c9cdfb;border-radius:3px;padding:0 2px}
"""


def page_of(messages: Iterable[Said], modals: Iterable[dict[str, Any]] = ()) -> str:
    """One page with all messages and forms."""
    parts = [*map(_message, messages), *map(_modal, modals)]
    return f"<!doctype html><meta charset=utf-8><style>{_STYLE}</style>{''.join(parts)}"


async def picture(source: Path) -> None:
    """Takes a picture of a page, beside it; a machine without a browser, or with a broken one, keeps the page alone."""
    program, file = browser.installed(), source.with_suffix(".png")
    file.unlink(missing_ok=True)
    if program is None:
        return
    with (
        suppress(browser.BrowserFailed),
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
        browser.running(program, Path(profile)) as port,
    ):
        file.write_bytes(await browser.picture(port, source, width=_WIDTH))


def _message(said: Said) -> str:
    only = "<div class=only>Only you can see this</div>" if said.flags & EPHEMERAL else ""
    embeds = "".join(
        f"<div class=e><div class=t>{html.escape(each.get('title') or '')}</div>{_markdown(each['description'])}</div>"
        for each in said.embeds
    )
    rows = "".join(f"<div>{''.join(map(_item, row['components']))}</div>" for row in said.components)
    files = "".join(f"<div class=e>📄 {html.escape(each['filename'])}</div>" for each in said.attachments)
    return f"<div class=m><div class=n>Advisor</div>{_markdown(said.content)}{embeds}{files}{rows}{only}</div>"


def _item(item: dict[str, Any]) -> str:
    if item["type"] == 2:
        return f"<span class='b {_BUTTONS[item['style']]}'>{html.escape(item['label'])}</span>"
    return f"<div class=s>{html.escape(item.get('placeholder') or '')} ▾</div>"


def _modal(modal: dict[str, Any]) -> str:
    fields = "".join(
        f"<div class=l>{html.escape(label['label'])}</div><small>{html.escape(label.get('description') or '')}</small>"
        f"<div class=f>{html.escape(_value(label['component']))}</div>"
        for label in modal["components"]
    )
    return f"<div class=modal><div class=t>{html.escape(modal['title'])}</div>{fields}</div>"


def _value(component: dict[str, Any]) -> str:
    chosen = [option["label"] for option in component.get("options") or () if option.get("default")]
    return str(chosen[0] if chosen else component.get("value") or "")


def _markdown(text: str) -> str:
    # Discord shows small print by a mark of its own, and links without a preview within angle brackets.
    marked = _SMALL.sub(lambda found: f"\n\n⟦{found[1]}⟧", text)
    shown = MarkdownIt("commonmark", {"breaks": True, "html": False}).render(marked)
    shown = _COMMAND.sub(r"<span class=c>\1</span>", shown)
    return re.sub(r"<p>⟦(.*?)⟧</p>", r"<small>\1</small>", shown, flags=re.S)
