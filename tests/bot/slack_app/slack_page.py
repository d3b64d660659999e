"""Slack's payloads as a page that looks about as Slack shows them, to be pictured and looked at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Any

from markdown_it import MarkdownIt

_STYLE = """
body{font:15px/1.46 'Lato','Noto Sans','Noto Sans SC','Noto Sans CJK SC',sans-serif;color:#1d1c1d;
margin:16px;width:680px}
.message{display:flex;gap:8px;margin-bottom:14px}.face{width:36px;height:36px;border-radius:6px;background:#1f2937;
color:#fff;text-align:center;line-height:36px;font-weight:700;flex:none}.said{flex:1;min-width:0}
.name{font-weight:900}.app{font-size:10px;background:#ddd;border-radius:2px;padding:1px 3px;margin-left:4px}
.only{color:#616061;font-size:13px}.small{color:#616061;font-size:13px;margin:4px 0;white-space:pre-wrap}
.section{margin:4px 0;white-space:pre-wrap}.row{display:flex;flex-wrap:wrap;gap:8px;margin:8px 0}
.button{border:1px solid #bbb;border-radius:4px;padding:3px 10px;font-weight:700;font-size:13px;background:#fff}
.primary{background:#007a5a;color:#fff}.danger{color:#e01e5a;border-color:#e01e5a}.thumb{border:0;padding:3px 6px}
table{border-collapse:collapse;margin:6px 0}td,th{border:1px solid #ccc;padding:4px 8px;text-align:left}
blockquote{border-left:4px solid #ddd;margin:4px 0;padding-left:10px}p{margin:4px 0}code{background:#f3f3f3;
border:1px solid #ddd;border-radius:3px;color:#c01343;padding:0 3px;font-size:12px}pre code{display:block;color:#1d1c1d;
padding:6px}a{color:#1264a3;text-decoration:none}.header{font-size:18px;font-weight:900;margin:10px 0 4px}
hr{border:0;border-top:1px solid #ddd}ul,ol{margin:4px 0;padding-left:24px}.modal{border:1px solid #ccc;
border-radius:8px;padding:12px;width:500px}.label{font-weight:700;margin-top:8px}.input{border:1px solid #999;
border-radius:4px;min-height:22px;padding:4px 8px}
"""
_MARKDOWN = MarkdownIt("commonmark").enable("table")
_EMOJI = {":hourglass_flowing_sand:": "⏳"}
_LINK = re.compile(r"&lt;(https?://[^|&]*(?:&amp;[^|&]*)*)\|(.*?)&gt;")


def page(*parts: str) -> str:
    """A whole page."""
    return f"<!doctype html><meta charset=utf-8><style>{_STYLE}</style>{''.join(parts)}"


def message(blocks: Iterable[Mapping[str, Any]], *, only: str = "") -> str:
    """One message of the bot's; `only` says who alone sees it."""
    told = f"<div class=only>👁 Only visible to {escape(only)}</div>" if only else ""
    name = "<span class=name>Advisor</span><span class=app>APP</span>"
    body = "".join(map(_block, blocks))
    return f"<div class=message><div class=face>A</div><div class=said>{told}<div>{name}</div>{body}</div></div>"


def view(shown: Mapping[str, Any]) -> str:
    """A modal or a home tab."""
    title = f"<div class=header>{escape(shown['title']['text'])}</div>" if "title" in shown else ""
    submit = escape(shown["submit"]["text"]) if "submit" in shown else ""
    sent = f"<div class=row><span class='button primary'>{submit}</span></div>" if submit else ""
    body = "".join(map(_block, shown["blocks"]))
    return f"<div class={'modal' if title else 'home'}>{title}{body}{sent}</div>"


def _block(block: Mapping[str, Any]) -> str:
    return _BLOCKS[block["type"]](block)


def _context(block: Mapping[str, Any]) -> str:
    return "".join(f"<div class=small>{_mrkdwn(each['text'])}</div>" for each in block["elements"])


def _row(block: Mapping[str, Any]) -> str:
    return f"<div class=row>{''.join(map(_element, block['elements']))}</div>"


def _element(element: Mapping[str, Any]) -> str:
    match element["type"]:
        case "button":
            return f"<span class='button {element.get('style', '')}'>{escape(element['text']['text'])}</span>"
        case "feedback_buttons":
            thumbs = (element["positive_button"], element["negative_button"])
            return "".join(f"<span class='button thumb'>{escape(each['text']['text'])}</span>" for each in thumbs)
        case "static_select":
            return f"<span class=button>{escape(element['placeholder']['text'])} ▾</span>"
        case kind:
            raise ValueError(f"the page does not know the element {kind!r}")


def _input(block: Mapping[str, Any]) -> str:
    element = block["element"]
    value = element.get("initial_value") or element.get("initial_option", {}).get("text", {}).get("text", "")
    hint = f"<div class=small>{escape(block['hint']['text'])}</div>" if "hint" in block else ""
    return f"<div class=label>{escape(block['label']['text'])}</div><div class=input>{escape(value)}</div>{hint}"


def _mrkdwn(text: str) -> str:
    """Slack's older markup: emphasis only between blanks, signs or gaps, as Slack reads it."""
    told = (
        escape(text, quote=False).replace("&amp;lt;", "&lt;").replace("&amp;gt;", "&gt;").replace("&amp;amp;", "&amp;")
    )
    told = _LINK.sub(r'<a href="\1">\2</a>', told)
    told = re.sub(r"(?<![^\s\u200b(])\*([^*\n]+)\*(?![^\s\u200b.,;:!?)])", r"<b>\1</b>", told)
    told = re.sub(r"`([^`\n]+)`", r"<code>\1</code>", told)
    for name, sign in _EMOJI.items():
        told = told.replace(name, sign)
    return told


_BLOCKS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "markdown": lambda block: _MARKDOWN.render(block["text"]),
    "context": _context,
    "section": lambda block: f"<div class=section>{_mrkdwn(block['text']['text'])}</div>",
    "header": lambda block: f"<div class=header>{escape(block['text']['text'])}</div>",
    "divider": lambda _: "<hr>",
    "actions": _row,
    "context_actions": _row,
    "input": _input,
}
