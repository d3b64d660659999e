"""Replies and forms as Slack takes them: every limit is kept, whatever they hold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat import Place
from bot.mentions import Mention, MentionKind
from bot.offers import Verb
from bot.payloads import Payload
from bot.replies import Action, Button, FieldKind, Form, FormField, Option, Reply, Select, Style, Visibility
from bot.slack_app.forms import view_of
from bot.slack_app.render import Renderer
from bot.wording import load_wording
from rag.errors import InvalidInput
from rag.types import Citation, Language
from tests.bot.samples import citation, document
from tests.doubles.slack.limits import check_message, check_view

RENDERER = Renderer(load_wording(Path(__file__).parents[3] / "prompts"))
PLACE = Place(platform="slack", workspace="T1", channel="C1", thread="17.1")


def rendered(reply: Reply) -> list[dict[str, Any]]:
    """The blocks of a reply that Slack takes."""
    message = RENDERER.message(reply)
    check_message(message["text"], message["blocks"])
    return list(message["blocks"])


def small(blocks: list[dict[str, Any]]) -> list[str]:
    return [element["text"] for block in blocks if block["type"] == "context" for element in block["elements"]]


def button(verb: str, label: str, **more: Any) -> Button:
    return Button(label=label, payload=Payload(verb=verb, subject="a1"), **more)


def test_text_is_markdown_and_stands_first() -> None:
    (block,) = rendered(Reply(text="**重点**在这里。"))
    assert block == {"type": "markdown", "text": "**重点**在这里。"}


@pytest.mark.parametrize(
    ("language", "title"), [pytest.param(Language.EN, "Sources", id="en"), pytest.param(Language.ZH, "来源", id="zh")]
)
def test_sources_stand_beneath_with_title_section_page_and_link(language: Language, title: str) -> None:
    (_, sources) = rendered(Reply(text="A.[1]", citations=(citation(1, pages=(3,)),), language=language))
    ((text,),) = [small([sources])]
    assert text.splitlines()[0] == f"*{title}*"
    assert "[1] <https://example.org/f|Flywheels · How · " in text
    assert all(element["verbatim"] for element in sources["elements"])


def test_source_of_a_document_cannot_call_anybody() -> None:
    evil = replace(citation(1), document=document("<!channel> & co", url="https://e.example/|x>"))
    (_, sources) = rendered(Reply(text="A.[1]", citations=(evil,)))
    (text,) = small([sources])
    assert "<!channel" not in text
    assert "<https://e.example/%7Cx%3E|&lt;!channel&gt; &amp; co" in text


@pytest.mark.parametrize(
    ("kind", "called"), [(MentionKind.USER, "<@S0X>"), (MentionKind.GROUP, "<!subteam^S0X>")], ids=list(MentionKind)
)
def test_one_mention_calls_and_nothing_else_does(kind: MentionKind, called: str) -> None:
    evil = "<!channel> <@U1> <!subteam^S1> @here"
    reply = Reply(text=evil, notes=(evil,), mention=Mention(kind=kind, id="S0X"))
    message = RENDERER.message(reply)
    (first, *rest) = rendered(reply)
    assert first == {"type": "section", "text": {"type": "mrkdwn", "text": called, "verbatim": True}}
    assert message["text"] == f"{called} &lt;!channel&gt; &lt;@U1&gt; &lt;!subteam^S1&gt; @here"
    assert "<!" not in str(rest)
    assert "<@" not in str(rest)


def test_address_of_a_source_is_a_link_in_the_text_and_another_is_not() -> None:
    text = "[F](https://example.org/f) [E](https://evil.example)"
    (block, _) = rendered(Reply(text=text, citations=(citation(1),)))
    assert block["text"] == "[F](https://example.org/f) E (`https://evil.example`)"


def test_notes_and_status_are_small_and_inert() -> None:
    reply = Reply(text="A", notes=("<!here>",), status="Reading 3 passages …")
    assert small(rendered(reply)) == ["&lt;!here&gt;", ":hourglass_flowing_sand: Reading 3 passages …"]


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        pytest.param(Reply(text="A <!channel>"), "A &lt;!channel&gt;", id="text"),
        pytest.param(Reply(text="", status="Searching …"), "Searching …", id="status"),
        pytest.param(Reply(text="", notes=("Stopped.",)), "Stopped.", id="note"),
        pytest.param(Reply(text=""), "…", id="nothing"),
    ],
)
def test_notification_says_what_the_message_says(reply: Reply, text: str) -> None:
    rendered(reply)
    assert RENDERER.message(reply)["text"] == text


RATED = (button(Verb.UP, "👍"), button(Verb.DOWN, "👎"), button(Verb.WHY, "Why these sources?"))


def test_thumbs_are_slacks_own_and_the_rest_are_buttons() -> None:
    (_, rating, rest) = rendered(Reply(text="A", actions=(RATED,)))
    (thumbs,) = rating["elements"]
    assert (rating["type"], thumbs["type"]) == ("context_actions", "feedback_buttons")
    assert (thumbs["positive_button"]["value"], thumbs["negative_button"]["value"]) == ("a1:up:a1:", "a1:down:a1:")
    assert [element["value"] for element in rest["elements"]] == ["a1:why:a1:"]


def test_thumbs_of_a_private_line_are_buttons() -> None:
    (_, row) = rendered(Reply(text="A", actions=(RATED,), visibility=Visibility.PRIVATE))
    assert [element["type"] for element in row["elements"]] == ["button"] * 3


@pytest.mark.parametrize(
    ("style", "told"), [(Style.PLAIN, None), (Style.PRIMARY, "primary"), (Style.DANGER, "danger")], ids=str
)
def test_style_of_a_button_is_slacks(style: Style, told: str | None) -> None:
    (_, row) = rendered(Reply(text="A", actions=((button("stop", "Stop", style=style),),)))
    assert row["elements"][0].get("style") == told


def test_long_label_is_cut_where_it_is_seen() -> None:
    (_, row) = rendered(Reply(text="A", actions=((button("next", "x" * 200),),)))
    label = row["elements"][0]["text"]["text"]
    assert (len(label), label[-1]) == (75, "…")


def test_list_with_more_options_than_slack_takes_becomes_several() -> None:
    options = tuple(Option(label=f"Option {number}", value=str(number), description="told") for number in range(230))
    select = Select(placeholder="Choose", payload=Payload(verb="case"), options=options)
    (_, row) = rendered(Reply(text="A", actions=((select,),)))
    values = [option["value"] for element in row["elements"] for option in element["options"]]
    assert values == [str(number) for number in range(230)]


def test_row_of_many_buttons_becomes_several_rows() -> None:
    row = tuple(Button(label=str(number), payload=Payload(verb="x", argument=str(number))) for number in range(60))
    blocks = rendered(Reply(text="A", actions=(row,)))
    assert [len(block["elements"]) for block in blocks[1:]] == [25, 25, 10]


def test_list_that_stands_alone_shares_a_row_with_what_follows() -> None:
    def select(name: str) -> Select:
        return Select(
            placeholder=name, payload=Payload(verb="case", argument=name), options=(Option(label="A", value="a"),)
        )

    rows = ((button("own", "Mine"),), (select("when"),), (select("sign"),), (button("share", "Share"),))
    blocks = rendered(Reply(text="A", actions=rows))
    assert [[each["type"] for each in block["elements"]] for block in blocks[1:]] == [
        ["button"],
        ["static_select", "static_select", "button"],
    ]
    twice = rendered(Reply(text="A", actions=((select("when"),), (select("when"),))))
    assert len(twice) == 3


def test_list_without_options_is_left_out() -> None:
    select = Select(placeholder="Choose", payload=Payload(verb="case"), options=())
    assert [block["type"] for block in rendered(Reply(text="A", actions=((select,),)))] == ["markdown"]


def many(count: int, title: str) -> tuple[Citation, ...]:
    url = "https://example.org/" + "x" * 400
    return tuple(replace(citation(number), document=document(title, url=url)) for number in range(1, count + 1))


def test_many_sources_with_long_addresses_are_named_without_links() -> None:
    blocks = rendered(Reply(text="A", citations=many(40, "T")))
    lines = "\n".join(small(blocks)).splitlines()
    assert len(lines) == 41
    assert not any("<http" in line for line in lines)


def test_answer_of_full_length_with_its_sources_is_whole() -> None:
    text = "句子。" * 3000
    blocks = rendered(Reply(text=text, citations=many(6, "T" * 80)))
    assert blocks[0]["text"] == text


def test_text_beyond_all_measure_is_cut_where_it_is_seen() -> None:
    (block,) = rendered(Reply(text="<" * 12_000))
    assert block["text"].endswith("…")


ACTIONS: st.SearchStrategy[Action] = st.one_of(
    st.builds(button, st.sampled_from(["up", "down", "why", "next"]), st.text(max_size=100)),
    st.builds(
        Select,
        placeholder=st.text(max_size=200),
        payload=st.just(Payload(verb="pick")),
        options=st.lists(
            st.builds(Option, label=st.text(max_size=90), value=st.just("v"), description=st.text(max_size=90)),
            max_size=3,
        ).map(tuple),
    ),
)


@settings(max_examples=150)
@given(
    text=st.text(max_size=300),
    notes=st.lists(st.text(max_size=4000), max_size=12),
    status=st.text(max_size=90),
    rows=st.lists(st.lists(ACTIONS, max_size=3, unique_by=lambda each: each.payload.encoded), max_size=3),
    count=st.integers(0, 30),
    title=st.text(max_size=400),
)
def test_every_reply_is_within_slacks_limits(
    text: str, notes: list[str], status: str, rows: list[list[Action]], count: int, title: str
) -> None:
    reply = Reply(
        text=text,
        notes=tuple(notes),
        status=status,
        actions=tuple(map(tuple, rows)),
        citations=many(count, title),
    )
    rendered(reply)


OPTIONS = (Option(label="Wrong", value="wrong"), Option(label="Old", value="old", description="x" * 100))
FORM = Form(
    title="What was wrong with it, do you think?",
    payload=Payload(verb="explain", subject="a1"),
    fields=(
        FormField(name="line", label="L" * 3000, value="v" * 4000),
        FormField(name="text", label="In your words", kind=FieldKind.TEXT, hint="What should it say?", required=True),
        FormField(name="kind", label="Kind", kind=FieldKind.CHOICE, options=OPTIONS, value="old"),
        FormField(name="file", label="File", kind=FieldKind.FILE),
    ),
    submit="Send it to whoever looks after me",
)


def test_form_is_a_modal_within_slacks_limits() -> None:
    view = view_of(FORM, PLACE)
    check_view(view)
    elements = {block["block_id"]: block["element"] for block in view["blocks"]}
    assert [element["type"] for element in elements.values()] == [
        "plain_text_input",
        "plain_text_input",
        "static_select",
        "file_input",
    ]
    assert elements["text"]["multiline"]
    assert elements["kind"]["initial_option"]["value"] == "old"
    assert [block["optional"] for block in view["blocks"]] == [True, False, True, True]


@pytest.mark.parametrize("count", [0, 101])
def test_choice_that_slack_does_not_take_is_told(count: int) -> None:
    options = tuple(Option(label=str(number), value=str(number)) for number in range(count))
    form = replace(FORM, fields=(FormField(name="kind", label="K", kind=FieldKind.CHOICE, options=options),))
    with pytest.raises(InvalidInput, match=f"'kind' has {count} options"):
        view_of(form, PLACE)
