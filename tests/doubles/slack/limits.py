"""What Slack's documentation allows in a message or a modal, and the errors with which it refuses the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

_BLOCKS, _VIEW_BLOCKS = 50, 100
_TOGETHER = 13_200
_TEXT = 40_000
_IN_MESSAGES = {"actions", "context", "context_actions", "divider", "header", "image", "markdown", "section", "table"}
_NOT_IN_VIEWS = {"context_actions", "markdown"}
_ELEMENTS = {"actions": 25, "context": 10, "context_actions": 5}


class Refused(Exception):
    """A method's error, as Slack names it."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.more = more


def check_message(text: str, blocks: Sequence[Mapping[str, Any]]) -> None:
    """Refuses what chat.postMessage and chat.update refuse."""
    if not text and not blocks:
        raise Refused("no_text")
    if len(text) > _TEXT:
        raise Refused("msg_too_long")
    if len(blocks) > _BLOCKS:
        raise Refused(
            "invalid_blocks", response_metadata={"messages": ["no more than 50 items allowed [json-pointer:/blocks]"]}
        )
    for block in blocks:
        if block.get("type") not in _IN_MESSAGES:
            raise Refused(
                "invalid_blocks_format", response_metadata={"messages": [f"unsupported type: {block.get('type')}"]}
            )
        check_block(block)
    if sum(len(text) for text in _texts(blocks)) > _TOGETHER:
        raise Refused("msg_blocks_too_long")


def check_view(view: Mapping[str, Any]) -> None:
    """Refuses what views.open refuses."""
    blocks = view.get("blocks") or []
    if not 0 < len(blocks) <= _VIEW_BLOCKS:
        raise _invalid(f"a view has 1 to {_VIEW_BLOCKS} blocks, got {len(blocks)}")
    ids = [block.get("block_id") for block in blocks if block.get("block_id")]
    if len(ids) != len(set(ids)):
        raise Refused("duplicate_block_id")
    for block in blocks:
        if block.get("type") in _NOT_IN_VIEWS:
            raise _invalid(f"unsupported type: {block['type']}")
        check_block(block)
        _check_input(block)
    for name in ("title", "submit", "close"):
        if len(view.get(name, {}).get("text", "")) > 24:
            raise _invalid(f"{name} must be less than 25 characters")
    if "input" in {block["type"] for block in blocks} and not view.get("submit"):
        raise _invalid("submit is required when an input block is within blocks array")
    try:
        View(**view).validate_json()
    except SlackObjectFormationError as error:
        raise _invalid(str(error)) from error


def check_block(block: Mapping[str, Any]) -> None:
    """Holds one block against the documented limits and the SDK's models."""
    parsed = Block.parse(dict(block))
    if parsed is None:
        raise _invalid(f"unknown block {block!r}")
    try:
        parsed.validate_json()
    except SlackObjectFormationError as error:
        raise _invalid(str(error)) from error
    elements = block.get("elements") or []
    if block["type"] in _ELEMENTS and not 0 < len(elements) <= _ELEMENTS[block["type"]]:
        raise _invalid(f"{block['type']} takes 1 to {_ELEMENTS[block['type']]} elements, got {len(elements)}")
    if block["type"] == "markdown" and not 0 < len(block["text"]) <= 12_000:
        raise _invalid("the text of a markdown block has 1 to 12000 characters")
    actions = [element["action_id"] for element in elements if "action_id" in element]
    if len(actions) != len(set(actions)):
        raise _invalid("`action_id` must be unique within its block")
    for element in elements:
        _check_element(element)


def _check_input(block: Mapping[str, Any]) -> None:
    if block["type"] == "input":
        if len(block["label"]["text"]) > 2000:
            raise _invalid("label must be less than 2001 characters")
        _check_element(block["element"])


def _check_element(element: Mapping[str, Any]) -> None:
    kind = element["type"]
    if kind in {"mrkdwn", "plain_text"} and not 0 < len(element["text"]) <= 3000:
        raise _invalid("a text has 1 to 3000 characters")
    if len(element.get("action_id", "")) > 255:
        raise _invalid("action_id must be less than 256 characters")
    if kind == "button":
        _check_label(element["text"]["text"])
        if len(element.get("value", "")) > 2000:
            raise _invalid("value must be less than 2001 characters")
    if kind == "feedback_buttons":
        for name in ("positive_button", "negative_button"):
            _check_label(element[name]["text"]["text"])
    if kind == "static_select":
        _check_options(element["options"])


def _check_options(options: Sequence[Mapping[str, Any]]) -> None:
    if not 0 < len(options) <= 100:
        raise _invalid("a list has 1 to 100 options")
    for option in options:
        _check_label(option["text"]["text"])
        if not 0 < len(option["value"]) <= 150:
            raise _invalid("an option's value has 1 to 150 characters")


def _check_label(text: str) -> None:
    if not 0 < len(text) <= 75:
        raise _invalid(f"a label has 1 to 75 characters, got {len(text)}")


def _invalid(problem: str) -> Refused:
    return Refused("invalid_blocks", response_metadata={"messages": [problem]})


def _texts(blocks: Sequence[Mapping[str, Any]]) -> list[str]:
    found: list[str] = []
    for block in blocks:
        text = block.get("text")
        if isinstance(text, Mapping):
            found.append(text["text"])
        elif isinstance(text, str):
            found.append(text)
        found += [element["text"] for element in block.get("elements", []) if isinstance(element.get("text"), str)]
    return found
