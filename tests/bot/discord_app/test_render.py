"""Replies and forms as Discord takes them: every limit is kept, whatever they hold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.discord_app.forms import modal_of
from bot.discord_app.render import Rendered, Renderer
from bot.payloads import Payload
from bot.replies import Action, Button, FieldKind, File, Form, FormField, Option, Reply, Select, Style
from bot.wording import load_wording
from rag.errors import InvalidInput
from rag.types import Citation, Language
from tests.bot.samples import citation, document
from tests.doubles.discord.limits import check_message, check_modal

RENDERER = Renderer(load_wording(Path(__file__).parents[3] / "prompts"))


def body_of(shown: Rendered) -> dict[str, Any]:
    """What goes over the wire."""
    return {
        "content": shown.content,
        "embeds": [embed.to_dict() for embed in shown.embeds],
        "components": shown.view.to_components() if shown.view else [],
    }


def rendered(reply: Reply) -> Rendered:
    """A reply that Discord takes."""
    shown = RENDERER.message(reply)
    check_message(body_of(shown), files=len(shown.files))
    return shown


def button(verb: str, label: str, **more: Any) -> Button:
    return Button(label=label, payload=Payload(verb=verb, subject="a1"), **more)


def items(shown: Rendered) -> list[list[dict[str, Any]]]:
    return [row["components"] for row in body_of(shown)["components"]]


def test_text_is_the_content() -> None:
    shown = rendered(Reply(text="**重点**在这里。"))
    assert (shown.content, shown.embeds, shown.view) == ("**重点**在这里。", (), None)


@pytest.mark.parametrize(
    ("language", "title"), [pytest.param(Language.EN, "Sources", id="en"), pytest.param(Language.ZH, "来源", id="zh")]
)
def test_sources_stand_in_an_embed_with_title_section_page_and_link(language: Language, title: str) -> None:
    shown = rendered(Reply(text="A.[1]", citations=(citation(1, pages=(3,)),), language=language))
    (embed,) = shown.embeds
    assert embed.title == title
    assert str(embed.description).startswith(r"\[1\] [Flywheels · How · ")
    assert str(embed.description).endswith("](<https://example.org/f>)")


def test_source_cannot_call_anybody() -> None:
    evil = replace(citation(1), document=document("@everyone <@1>", url="https://e.example/>x"))
    (embed,) = rendered(Reply(text="A.[1]", citations=(evil,))).embeds
    assert "@everyone" not in str(embed.description)
    assert "<@1>" not in str(embed.description)
    assert "(<https://e.example/%3Ex>)" in str(embed.description)


def test_notes_and_status_are_small_print_and_inert() -> None:
    shown = rendered(Reply(text="A", notes=("@here *now*\nthen",), status="Reading 3 passages …"))
    assert shown.content == "A\n-# @\u200bhere \\*now\\* then\n-# ⏳ Reading 3 passages …"


def test_reply_without_anything_is_still_a_message() -> None:
    assert rendered(Reply(text="")).content == "…"


def test_text_that_grew_by_rendering_goes_on_beneath() -> None:
    text = "\n\n".join("@everyone " * 30 for _ in range(8)).strip()
    shown = rendered(Reply(text=text, notes=("noted",)))
    (more,) = shown.embeds
    whole = f"{shown.content} {more.description}".replace("\u200b", "")
    assert whole.count("@everyone") == 240
    assert str(more.description).endswith("-# noted")


@pytest.mark.parametrize(("style", "told"), [(Style.PLAIN, 2), (Style.PRIMARY, 1), (Style.DANGER, 4)], ids=str)
def test_style_of_a_button_is_discords(style: Style, told: int) -> None:
    ((item,),) = items(rendered(Reply(text="A", actions=((button("stop", "Stop", style=style),),))))
    assert (item["style"], item["custom_id"]) == (told, "a1:stop:a1:")


def test_long_label_is_cut_where_it_is_seen() -> None:
    ((item,),) = items(rendered(Reply(text="A", actions=((button("next", "x" * 200),),))))
    assert (len(item["label"]), item["label"][-1]) == (80, "…")


def test_row_of_many_buttons_becomes_several_rows() -> None:
    row = tuple(Button(label=str(number), payload=Payload(verb="x", argument=str(number))) for number in range(12))
    assert [len(each) for each in items(rendered(Reply(text="A", actions=(row,))))] == [5, 5, 2]


def test_list_with_more_options_than_discord_takes_becomes_several() -> None:
    options = tuple(Option(label=f"Option {number}", value=str(number), description="told") for number in range(60))
    select = Select(placeholder="Choose", payload=Payload(verb="case"), options=options)
    rows = items(rendered(Reply(text="A", actions=((select,),))))
    assert [option["value"] for ((item),) in rows for option in item["options"]] == [str(n) for n in range(60)]


def test_list_without_options_is_left_out() -> None:
    select = Select(placeholder="Choose", payload=Payload(verb="case"), options=())
    assert rendered(Reply(text="A", actions=((select,),))).view is None


def test_file_goes_along_each_time_anew() -> None:
    shown = rendered(Reply(text="", files=(File(name="answer.md", content=b"all"),)))
    assert [each.fp.read() for each in (*shown.uploads(), *shown.uploads())] == [b"all", b"all"]


def many(count: int, title: str) -> tuple[Citation, ...]:
    url = "https://example.org/" + "x" * 400
    return tuple(replace(citation(number), document=document(title, url=url)) for number in range(1, count + 1))


def test_many_sources_with_long_addresses_are_named_without_links() -> None:
    (embed,) = rendered(Reply(text="A", citations=many(30, "T"))).embeds
    assert len(str(embed.description).splitlines()) == 30
    assert "http" not in str(embed.description)


ACTIONS: st.SearchStrategy[Action] = st.one_of(
    st.builds(button, st.sampled_from(["up", "down", "why", "next"]), st.text(max_size=100)),
    st.builds(
        Select,
        placeholder=st.text(max_size=200),
        payload=st.just(Payload(verb="pick")),
        options=st.lists(
            st.builds(
                Option, label=st.text(max_size=120), value=st.sampled_from("abc"), description=st.text(max_size=120)
            ),
            max_size=3,
        ).map(tuple),
    ),
)


@settings(max_examples=150)
@given(
    text=st.text(max_size=300) | st.text(alphabet="@everyone <#[](`|\n-", max_size=2500),
    notes=st.lists(st.text(max_size=900), max_size=6),
    status=st.text(max_size=90),
    rows=st.lists(st.lists(ACTIONS, max_size=7), max_size=7),
    count=st.integers(0, 30),
    title=st.text(max_size=400),
)
def test_every_reply_is_within_discords_limits(
    text: str, notes: list[str], status: str, rows: list[list[Action]], count: int, title: str
) -> None:
    actions = tuple(map(tuple, rows))
    rendered(Reply(text=text, notes=tuple(notes), status=status, actions=actions, citations=many(count, title)))


OPTIONS = (Option(label="Wrong", value="wrong"), Option(label="Old", value="old", description="x" * 150))
FORM = Form(
    title="What was wrong with it, do you think? Please tell",
    payload=Payload(verb="explain", subject="a1"),
    fields=(
        FormField(name="line", label="L" * 300, value="v" * 5000),
        FormField(name="text", label="In your words", kind=FieldKind.TEXT, hint="What should it say?", required=True),
        FormField(name="kind", label="Kind", kind=FieldKind.CHOICE, options=OPTIONS, value="old"),
        FormField(name="file", label="File", kind=FieldKind.FILE),
    ),
    submit="Send",
)


def test_form_is_a_modal_within_discords_limits() -> None:
    modal = modal_of(FORM).to_dict()
    check_modal(modal)
    inputs = {label["component"]["custom_id"]: label["component"] for label in modal["components"]}
    assert [item["type"] for item in inputs.values()] == [4, 4, 3, 19]
    assert [item.get("style") for item in inputs.values()] == [1, 2, None, None]
    assert [option["value"] for option in inputs["kind"]["options"] if option.get("default")] == ["old"]
    assert [item["required"] for item in inputs.values()] == [False, True, False, False]


@pytest.mark.parametrize("count", [0, 26])
def test_choice_that_discord_does_not_take_is_told(count: int) -> None:
    options = tuple(Option(label=str(number), value=str(number)) for number in range(count))
    form = replace(FORM, fields=(FormField(name="kind", label="K", kind=FieldKind.CHOICE, options=options),))
    with pytest.raises(InvalidInput, match=f"'kind' has {count} options"):
        modal_of(form)


@pytest.mark.parametrize("count", [0, 6])
def test_form_with_a_number_of_fields_that_discord_does_not_take_is_told(count: int) -> None:
    fields = tuple(FormField(name=str(number), label="L") for number in range(count))
    with pytest.raises(InvalidInput, match=f"has {count} fields"):
        modal_of(replace(FORM, fields=fields))
