"""Discord's markup: read for people, and taken from whatever goes out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord_app.markup import escaped, inert, link, mentions, plain

ME = "900000000000000001"
ADA = "900000000000000002"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        pytest.param(f"<@{ME}> what is a moat?", "what is a moat?", id="own mention"),
        pytest.param(f"<@!{ME}> 护城河？", "护城河？", id="own mention of an old client"),
        pytest.param(f"ask <@{ADA}> first", "ask @Ada first", id="another person"),
        pytest.param("see <#800000000000000001>", "see #general", id="channel"),
        pytest.param("<@&700000000000000001> hi", "@700000000000000001 hi", id="unknown role"),
        pytest.param("good <:moat:700000000000000002>", "good :moat:", id="emoji"),
        pytest.param("</advisor ask:700000000000000003>", "/advisor ask", id="command"),
        pytest.param("<https://a.example/x>", "https://a.example/x", id="address without a preview"),
        pytest.param("1 < 2 > 0", "1 < 2 > 0", id="signs"),
    ],
)
def test_typed_text_is_read_as_people_read_it(typed: str, read: str) -> None:
    assert plain(typed, own={ME}, names={ADA: "Ada", "800000000000000001": "general"}) == read


def test_both_forms_of_a_mention_speak_to_the_bot() -> None:
    assert mentions(f"<@{ME}>", ME)
    assert mentions(f"<@!{ME}>", ME)
    assert not mentions(f"<@{ADA}>", ME)


@pytest.mark.parametrize(
    "text",
    ["@everyone", "@here", f"<@{ADA}>", "<@&1>", "<#1>", "<t:1:R>", "</ask:1>", "<:x:1>", "<a:x:1>"],
    ids=str,
)
def test_markup_from_a_model_has_no_power(text: str) -> None:
    shown = inert(f"see {text} now")
    assert text not in shown
    assert shown.replace("\u200b", "") == f"see {text} now"
    assert text not in escaped(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("[F](https://ok.example)", "[F](<https://ok.example>)", id="source"),
        pytest.param("https://ok.example, yes", "<https://ok.example>, yes", id="bare source"),
        pytest.param("[E](https://evil.example/?q=1)", "E (`https://evil.example/?q=1`)", id="stranger"),
        pytest.param("https://evil.example.", "`https://evil.example`.", id="bare stranger"),
        pytest.param("![x](https://evil.example/a.png)", "x (`https://evil.example/a.png`)", id="picture"),
        pytest.param("`https://evil.example`", "`https://evil.example`", id="code stays"),
        pytest.param("#### Deep", "**Deep**", id="small heading"),
        pytest.param("## Two", "## Two", id="heading"),
    ],
)
def test_only_sources_are_links_and_none_has_a_preview(text: str, shown: str) -> None:
    assert inert(text, addresses={"https://ok.example"}) == shown


def test_table_is_shown_as_code() -> None:
    table = "| a | b |\n|---|---|\n| 1 | 2 |"
    assert inert(f"See:\n\n{table}\n\nEnd") == f"See:\n\n```\n{table}\n```\n\nEnd"


def test_name_with_signs_is_shown_as_it_is() -> None:
    assert escaped("# *a* [b](c) _d_") == r"\# \*a\* \[b\]\(c\) \_d\_"
    assert link("A [b]", "https://x.example/a b") == r"[A \[b\]](<https://x.example/a%20b>)"
    assert link("A", "javascript:alert(1)") == "A"


@given(st.text(alphabet="<@!&#:/t0123456789everyonh >`[](\n", max_size=60))
def test_nothing_that_is_shown_outside_code_mentions_anybody(text: str) -> None:
    shown = inert(text)
    if "`" not in shown:
        assert "@everyone" not in shown
        assert "<@" not in shown
        assert "<#" not in shown
