"""Forms as Discord's modals. Pure."""

from __future__ import annotations

from typing import Any, assert_never

import discord
from discord.ui import FileUpload, Item, Label, Modal, Select, TextInput

from bot.discord_app import sizes
from bot.discord_app.items import options_of
from bot.discord_app.sizes import held
from bot.replies import FieldKind, Form, FormField
from rag.errors import InvalidInput

_OPEN_S = 900.0
"""How long Discord's token of what opened a form lasts; what is sent later is read all the same."""


def modal_of(form: Form) -> Modal:
    """A modal; what is sent comes back by the names of the fields.

    Raises:
        InvalidInput: there are more fields than Discord takes, or a choice has no options, or too many.
    """
    if not 0 < len(form.fields) <= sizes.MODAL_FIELDS:
        problem = f"the form {form.title!r} has {len(form.fields)} fields"
        raise InvalidInput(f"{problem}; Discord takes from 1 to {sizes.MODAL_FIELDS} of them")
    modal = Modal(title=held(form.title, sizes.MODAL_TITLE), custom_id=form.payload.encoded, timeout=_OPEN_S)
    for field in form.fields:
        hint = held(field.hint, sizes.FIELD_HINT) or None
        modal.add_item(Label(text=held(field.label, sizes.FIELD_LABEL), description=hint, component=_input(field)))
    return modal


def _input(field: FormField) -> Item[Any]:
    match field.kind:
        case FieldKind.LINE | FieldKind.TEXT:
            long = field.kind is FieldKind.TEXT
            return TextInput(
                custom_id=field.name,
                style=discord.TextStyle.paragraph if long else discord.TextStyle.short,
                default=held(field.value, sizes.FIELD_VALUE) or None,
                required=field.required,
                max_length=sizes.FIELD_VALUE,
            )
        case FieldKind.CHOICE:
            if not 0 < len(field.options) <= sizes.OPTIONS:
                problem = f"the field {field.name!r} has {len(field.options)} options"
                raise InvalidInput(f"{problem}; Discord takes from 1 to {sizes.OPTIONS} of them")
            return Select(
                custom_id=field.name,
                options=options_of(field.options, chosen=field.value),
                required=field.required,
                min_values=1 if field.required else 0,
            )
        case FieldKind.FILE:
            return FileUpload(
                custom_id=field.name, required=field.required, min_values=int(field.required), max_values=10
            )
        case unknown:
            assert_never(unknown)
