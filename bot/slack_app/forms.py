"""Forms as Slack's modals. Pure."""

from __future__ import annotations

from typing import Any, assert_never

from bot.chat import Place
from bot.replies import FieldKind, Form, FormField
from bot.slack_app import sizes
from bot.slack_app.interactions import form_metadata
from bot.slack_app.render import option_of
from bot.slack_app.sizes import held
from rag.errors import InvalidInput


def view_of(form: Form, place: Place) -> dict[str, Any]:
    """A modal, which carries the place that it was opened in: Slack does not tell with what is sent.

    Raises:
        InvalidInput: a choice has no options, or more than Slack takes.
    """
    return {
        "type": "modal",
        "callback_id": form.payload.encoded,
        "private_metadata": form_metadata(place),
        "title": _plain(form.title, sizes.VIEW_TITLE),
        "submit": _plain(form.submit, sizes.VIEW_BUTTON),
        "blocks": [_input(field) for field in form.fields],
    }


def _input(field: FormField) -> dict[str, Any]:
    # Slack shows a hint beneath the field for as long as it is filled in, a placeholder only until then.
    hint = {"hint": _plain(field.hint, sizes.FIELD_LABEL)} if field.hint else {}
    return {
        "type": "input",
        "block_id": field.name,
        "optional": not field.required,
        "label": _plain(field.label, sizes.FIELD_LABEL),
        "element": {"action_id": field.name, **_element(field)},
        **hint,
    }


def _element(field: FormField) -> dict[str, Any]:
    match field.kind:
        case FieldKind.LINE | FieldKind.TEXT:
            initial = {"initial_value": held(field.value, sizes.FIELD_VALUE)} if field.value else {}
            return {"type": "plain_text_input", "multiline": field.kind is FieldKind.TEXT, **initial}
        case FieldKind.CHOICE:
            if not 0 < len(field.options) <= sizes.OPTIONS:
                problem = f"the field {field.name!r} has {len(field.options)} options"
                raise InvalidInput(f"{problem}; Slack takes from 1 to {sizes.OPTIONS} of them")
            options = [option_of(each.label, each.value, each.description) for each in field.options]
            chosen = next((each for each in options if each["value"] == field.value), None)
            return {"type": "static_select", "options": options, **({"initial_option": chosen} if chosen else {})}
        case FieldKind.FILE:
            return {"type": "file_input", "max_files": 10}
        case unknown:
            assert_never(unknown)


def _plain(text: str, limit: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": held(text, limit)}
