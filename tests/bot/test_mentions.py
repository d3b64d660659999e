"""Whom a message may call: one person or one group by an id that was checked, and nobody else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.mentions import (
    Mention,
    MentionKind,
    named,
    read_mention,
    stored_mention,
    typed_mention,
    unaddressed,
)

USER, GROUP = MentionKind.USER, MentionKind.GROUP


@pytest.mark.parametrize(
    ("platform", "text", "mention"),
    [
        ("slack", "U0BOB", Mention(kind=USER, id="U0BOB")),
        ("slack", " <@U0BOB|bob> ", Mention(kind=USER, id="U0BOB")),
        ("slack", "<@W012ABC>", Mention(kind=USER, id="W012ABC")),
        ("slack", "<!subteam^S0TEAM|@experts>", Mention(kind=GROUP, id="S0TEAM")),
        ("slack", "S0TEAM", Mention(kind=GROUP, id="S0TEAM")),
        ("slack", "<!channel>", None),
        ("slack", "<!here|here>", None),
        ("slack", "@everyone", None),
        ("slack", "<@U0BOB> <@U0ADA>", None),
        ("slack", "U0BOB\n<!channel>", None),
        ("discord", "<@!123456789012345678>", Mention(kind=USER, id="123456789012345678")),
        ("discord", "123456789012345678", Mention(kind=USER, id="123456789012345678")),
        ("discord", "<@&123456789012345678>", Mention(kind=GROUP, id="123456789012345678")),
        ("discord", "@everyone", None),
        ("discord", "@here", None),
        ("discord", "<@&>", None),
        ("console", "@bob", Mention(kind=USER, id="bob")),
        ("console", "bob and ada", None),
    ],
)
def test_mention_is_one_id_of_the_platform(platform: str, text: str, mention: Mention | None) -> None:
    assert read_mention(platform, text) == mention


@pytest.mark.parametrize("kind", list(MentionKind))
@pytest.mark.parametrize(("platform", "key"), [("slack", {USER: "U0BOB", GROUP: "S0TEAM"}), ("discord", "1" * 18)])
def test_mention_is_read_back_as_it_was_stored_and_typed(platform: str, key: object, kind: MentionKind) -> None:
    mention = Mention(kind=kind, id=key[kind] if isinstance(key, dict) else str(key))
    assert stored_mention(mention.stored) == mention
    assert read_mention(platform, typed_mention(platform, mention)) == mention


@pytest.mark.parametrize("text", ["", "user:", "everyone:x", "U0BOB"])
def test_what_settings_do_not_hold_is_nobody(text: str) -> None:
    assert stored_mention(text) is None


@given(st.text(max_size=60), st.sampled_from(["slack", "discord", "console"]))
def test_no_text_makes_more_than_one_plain_id(text: str, platform: str) -> None:
    mention = read_mention(platform, text)
    assert mention is None or mention.id.replace("-", "").replace("_", "").isalnum()


LI, ANN = named("李明"), named("Ann Lee")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (f"hey {LI} and what is churn?", "what is churn?"),
        (f"{ANN}: what is churn?", "what is churn?"),
        (f"{ANN}, {LI} what is churn?", "what is churn?"),
        (f"what is churn? cc {LI}", "what is churn?"),
        (f"What is churn? (cc {ANN} and {LI})", "What is churn?"),
        (f"什么是流失率？抄送 {LI}、{ANN}", "什么是流失率？"),
        (f"{LI} 你看看，什么是流失率？", "你看看，什么是流失率？"),
        (f"what should we ask {ANN} before we hire?", f"what should we ask {ANN} before we hire?"),
        (f"what would {LI}?", f"what would {LI}?"),
        ("who answers at help@example.com", "who answers at help@example.com"),
        ("what is churn?", "what is churn?"),
        (LI, LI),
    ],
)
def test_question_is_asked_without_those_whom_it_addresses(text: str, asked: str) -> None:
    assert unaddressed(text) == asked


@given(st.text())
def test_no_question_becomes_empty_by_that(text: str) -> None:
    assert bool(unaddressed(text).strip()) == bool(text.strip())
