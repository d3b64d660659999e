"""Texts of models and documents have no power on Slack: nobody is called, and only sources are links."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack_app.markup import escaped, inert, link

SOURCE = "https://a.example/f?x=1&y=(2)"


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        pytest.param("hey <!channel>", "hey &lt;!channel>", id="everybody"),
        pytest.param("hey <!here|here>", "hey &lt;!here|here>", id="everybody who is here"),
        pytest.param("<@U123> and <#C1>", "&lt;@U123> and &lt;#C1>", id="person and channel"),
        pytest.param("<!subteam^S1>", "&lt;!subteam^S1>", id="group"),
        pytest.param("`<!channel>`", "`<\u200b!channel>`", id="in code"),
        pytest.param("```\n<!channel>\n```", "```\n<\u200b!channel>\n```", id="in a fence"),
        pytest.param("`<https://x.example|y>`", "`<\u200bhttps://x.example|y>`", id="link in code"),
        pytest.param("`ask <question>`", "`ask <question>`", id="what code says of its own"),
        pytest.param("**bold** 和**重点**。", "**bold** 和**重点**。", id="emphasis stays"),
        pytest.param("> quoted", "> quoted", id="quotation stays"),
        pytest.param("a < b && c > d", "a &lt; b && c > d", id="signs of comparison"),
        pytest.param("| a | b |\n|---|---|\n| 1 | 2 |", "| a | b |\n|---|---|\n| 1 | 2 |", id="table stays"),
        pytest.param("a moat.[1] [2]", "a moat.[1] [2]", id="citation marks stay"),
    ],
)
def test_markup_of_slack_is_shown_and_not_read(markdown: str, shown: str) -> None:
    assert inert(markdown) == shown


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        pytest.param("[here](https://evil.example/?q=s)", "here (`https://evil.example/?q=s`)", id="link"),
        pytest.param("![x](https://evil.example/p.png)", "x (`https://evil.example/p.png`)", id="image"),
        pytest.param("![](https://evil.example/p.png)", "`https://evil.example/p.png`", id="image without a word"),
        pytest.param("see https://evil.example/x.", "see `https://evil.example/x`.", id="bare address"),
        pytest.param("见https://evil.example/x。好", "见`https://evil.example/x`。好", id="bare address in Chinese"),
        pytest.param("<https://evil.example>", "`https://evil.example`", id="address in brackets"),
        pytest.param("<https://evil.example|label>", "`https://evil.example|label`", id="Slack's own link"),
        pytest.param("www.evil.example/x", "`www.evil.example/x`", id="without a scheme"),
        pytest.param("[x](slack://open)", "x (`slack://open`)", id="another scheme"),
        pytest.param("<mailto:a@b.example>", "`mailto:a@b.example`", id="mail"),
        pytest.param("[a]: https://evil.example", r"\[a]: `https://evil.example`", id="definition of a link"),
        pytest.param("[a]: /x\n", "\\[a]: /x\n", id="definition of a local link"),
        pytest.param("[[x]](evil.example)", "[[x]]\\(evil.example)", id="label with brackets"),
        pytest.param("`https://evil.example`", "`https://evil.example`", id="code stays"),
        pytest.param(f"[F]({SOURCE})", f"[F]({SOURCE})", id="source"),
        pytest.param(f"at {SOURCE}, too", f"at {SOURCE}, too", id="bare source"),
        pytest.param(
            "[<!here>](https://evil.example)", "&lt;!here> (`https://evil.example`)", id="label with a mention"
        ),
    ],
)
def test_only_sources_are_links(markdown: str, shown: str) -> None:
    assert inert(markdown, addresses={SOURCE}) == shown


@given(st.text(alphabet="<>!@#&|`[]()~ \nhtps:/.wxUC1", max_size=80))
def test_no_text_makes_a_token_or_a_link(text: str) -> None:
    shown = inert(text)
    # Code shows a sign as it is written: there it must begin nothing that Slack reads.
    assert not re.search(r"<(?:[!@#]|[A-Za-z][A-Za-z0-9+.-]{1,30}:)", shown)
    outside_code = re.sub(r"`[^`]*`|```.*?(```|$)|~~~.*?(~~~|$)", "", shown, flags=re.S)
    if "`" not in text and "~" not in text:
        assert "<" not in shown
        assert not re.search(r"https?://\w", outside_code)
        assert "](" not in outside_code


@pytest.mark.parametrize("text", ["`" * 9000, "[" * 9000, "](" * 4500, "~~~\n" * 2000, "``" * 4500, "[a](" * 2000])
def test_hostile_text_takes_no_time(text: str) -> None:
    begun = time.process_time()
    inert(text)
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        pytest.param("https://a.example/x", "<https://a.example/x|A &amp; B ¦ C>", id="web address"),
        pytest.param("https://a.example/x|y>z", "<https://a.example/x%7Cy%3Ez|A &amp; B ¦ C>", id="with Slack's signs"),
        pytest.param("https://a.example/?a=1&b=2", "<https://a.example/?a=1&amp;b=2|A &amp; B ¦ C>", id="with a query"),
        pytest.param("javascript:alert(1)", "A &amp; B | C", id="no web address"),
        pytest.param("", "A &amp; B | C", id="none"),
        pytest.param("https://a.example/" + "x" * 3000, "A &amp; B | C", id="huge"),
    ],
)
def test_link_is_made_of_web_addresses_alone(address: str, shown: str) -> None:
    assert link("A & B | C", address) == shown


def test_escaped_text_has_no_signs_of_slack() -> None:
    assert escaped("<!channel> & co") == "&lt;!channel&gt; &amp; co"
