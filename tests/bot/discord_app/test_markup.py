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


@pytest.mark.parametrize(
    ("table", "shown"),
    [
        pytest.param(
            "| way | margin |\n|:--|--:|\n| **per task** | 60% |\n| b |",
            "```\nway       margin\n--------  ------\nper task  60%\nb\n```",
            id="columns",
        ),
        pytest.param(
            "| 方式 | 毛利 |\n|---|---|\n| 按任务 | 60% |",
            "```\n方式    毛利\n------  ----\n按任务  60%\n```",
            id="Chinese",
        ),
        pytest.param(
            f"| way | why |\n|---|---|\n| task | {'x' * 60} |\n| | b \\| c |",
            f"- **task** · why: {'x' * 60}\n- why: b | c",
            id="too wide",
        ),
        pytest.param("```\n| a | b |\n|---|---|\n```", "```\n| a | b |\n|---|---|\n```", id="in code"),
    ],
)
def test_table_is_shown_in_columns_or_as_a_list(table: str, shown: str) -> None:
    assert inert(f"See:\n\n{table}\n\nEnd") == f"See:\n\n{shown}\n\nEnd"


def test_table_cannot_call_anybody_or_link() -> None:
    wide = inert(f"| a | b |\n|---|---|\n| @everyone | <@12345678901234567> https://evil.example {'x' * 60} |")
    assert "@everyone" not in wide
    assert "<@" not in wide
    assert "`https://evil.example`" in wide


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
