"""How commands are typed on platforms where arguments are words, and where they are fields."""

from __future__ import annotations

import pytest

from bot.chat import Capabilities
from bot.commands.catalogue import all_commands
from bot.usages import field_name, typed
from bot.wording import load_wording
from rag.resources import data_folder
from rag.types import Language

WORDING = load_wording(data_folder("prompts"))
WORDS = Capabilities(message_characters=1, edit_interval_s=0)
FIELDS = Capabilities(message_characters=1, edit_interval_s=0, fields=True, admin_prefix="/advisor-admin ")


@pytest.mark.parametrize(
    ("capable", "language", "shown"),
    [
        pytest.param(WORDS, Language.EN, "/advisor admin reindex full", id="words"),
        pytest.param(WORDS, Language.ZH, "/advisor 管理 更新 full", id="words in Chinese"),
        pytest.param(FIELDS, Language.EN, "/advisor-admin admin action:reindex what:full", id="fields"),
        pytest.param(FIELDS, Language.ZH, "/advisor-admin 管理 操作:更新 范围:full", id="fields in Chinese"),
    ],
)
def test_command_of_admins_is_typed_as_its_platform_takes_it(
    capable: Capabilities, language: Language, shown: str
) -> None:
    assert typed(capable, WORDING, "admin", language, guarded=True, action="reindex", what="full") == shown


def test_what_is_left_to_fill_in_is_named() -> None:
    given = {"action": "decline", "number": "3", "reason": ""}
    words = typed(WORDS, WORDING, "proposals", Language.EN, **given)  # type: ignore[arg-type]
    fields = typed(FIELDS, WORDING, "proposals", Language.EN, **given)  # type: ignore[arg-type]
    assert (words, fields) == (
        "/advisor proposals decline 3 <reason>",
        "/advisor proposals action:decline number:3 reason:…",
    )


def test_usage_of_a_command_names_its_fields() -> None:
    registry = all_commands(WORDING)
    command = next(each for each in registry.commands if each.name == "feedback")
    assert registry.usage(command, Language.EN, fields=True) == "/feedback rating:good|bad [text:…]"
    assert registry.usage(command, Language.EN) == "/feedback <good|bad> [text]"


def test_field_is_called_as_discord_shows_it() -> None:
    assert field_name("How many") == "how-many"
