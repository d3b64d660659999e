"""Digests: what is chosen, how it is grouped and told, and that nothing a reader may not see leaves a trace."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rag.backends.memory import ScriptedModel
from rag.digest.authoring import Author
from rag.digest.builder import DigestBuilder
from rag.digest.likeness import Likeness
from rag.digest.values import Brief, Digest, Reader
from rag.errors import ModelUnavailable
from rag.settings import ModelSettings
from rag.templates import SENTINEL, load_templates
from rag.types import CaseFacts, DocumentKind, Language, Scope
from rag.writing.pool import FailoverPool

from .shelf import DATES, HAPPENS, MEANS, TODAY, Shelf

PRICES = "Prices of inference fall by half each year. Providers now sell small models almost at cost."
RULES = "Regulators ask providers to label what machines write. Fines begin in the spring."


def brief(**changes: Any) -> Brief:
    return replace(Brief(language=Language.EN, today=TODAY), **changes)


@pytest.fixture
def shelf() -> Shelf:
    """Two trend notes, one of them in both languages, and a case."""
    filled = Shelf()
    filled.add(
        "Trend: inference prices",
        {
            HAPPENS: PRICES,
            MEANS: "- Sign no contract for longer than a year.\n- Let lawyers review the price clause.",
            DATES: "- 3 May 2026: a provider halves its price.\n- December 2026: a rival follows.\n- Later: who knows.",
        },
        topics=("pricing",),
        url="https://notes.example/prices",
    )
    both = {"translation_of": "rules", "topics": ("regulation",)}
    filled.note("Trend: labelling rules", RULES, **both, id="rules.en", date=TODAY - dt.timedelta(days=9))
    filled.add(
        "趋势：标识规则",
        {
            "正在发生什么": "监管者要求服务商给机器写的内容加标识。春天开始罚款。",
            "对创业者意味着什么": "- 现在就给输出加标识。",
        },
        **both,
        id="rules.zh",
        language=Language.ZH,
    )
    case = CaseFacts(
        company="Acme",
        did="Acme sold a chat-bot to dentists.",
        decided="It ran out of cash.",
        lessons=("Charge early.",),
    )
    filled.add("Case study: Acme", {"Story": "Long."}, kind=DocumentKind.CASE, case=case)
    return filled


async def built(shelf: Shelf, wanted: Brief, author: Author | None = None) -> Digest:
    return await DigestBuilder(shelf, Likeness(None), author).build(wanted)


async def test_opening_issue_tells_where_the_trends_stand(shelf: Shelf) -> None:
    digest = await built(shelf, brief())
    assert digest.opening
    first, second = digest.themes
    assert first.headline == "Prices of inference fall by half each year"
    assert first.text == "Providers now sell small models almost at cost. [1]"
    assert (first.ahead, first.fact) == (True, "December 2026: a rival follows. [1]")
    assert first.why == "Sign no contract for longer than a year. [1]"
    assert first.link == "https://notes.example/prices"
    assert second.headline == "Regulators ask providers to label what machines write"
    assert [each.document.id for each in digest.citations] == ["Trend: inference prices", "rules.en"]


async def test_last_fact_is_told_where_nothing_is_to_come(shelf: Shelf) -> None:
    digest = await built(shelf, brief(today=dt.date(2027, 5, 1)))
    assert (digest.themes[0].ahead, digest.themes[0].fact) == (False, "December 2026: a rival follows. [1]")


async def test_fact_of_these_days_is_the_headline_and_told_once(shelf: Shelf) -> None:
    (theme, *_) = (await built(shelf, brief(today=dt.date(2026, 6, 1)))).themes
    # Something is to come, so that what was is no news.
    assert (theme.headline, theme.ahead) == ("Prices of inference fall by half each year", True)
    (theme, *_) = (await built(shelf, brief(today=dt.date(2027, 1, 20)))).themes
    assert (theme.headline, theme.fact) == ("December 2026: a rival follows", "")
    assert theme.text.startswith("Prices of inference fall by half each year. [1] Providers")


@pytest.mark.parametrize(
    ("said", "headline", "text"),
    [
        (
            "A model writes steps before its answer. It spends more computing on them. Prices follow.",
            "Steps: Prices follow",
            "A model writes steps before its answer. [1] It spends more computing on them. [1]",
        ),
        (f"{'Long ' * 30}sentence. Courts decide in May. Firms appeal.", "Steps: Courts decide in May", None),
        ("Only one sentence is told here.", "Steps", "Only one sentence is told here. [1]"),
        (f"{'Long ' * 30}sentence. {'Wide ' * 30}sentence.", "Steps", None),
    ],
    ids=["leaned on", "too long", "alone", "none"],
)
async def test_headline_is_a_sentence_that_stands_alone_and_leaves_others_beneath(
    said: str, headline: str, text: str | None
) -> None:
    shelf = Shelf()
    shelf.note("Trend: steps", said)
    (theme,) = (await built(shelf, brief())).themes
    assert theme.headline == headline
    assert text in {None, theme.text}
    assert headline.removeprefix("Steps: ") not in theme.text


async def test_news_of_a_feed_keep_their_own_headline() -> None:
    shelf = Shelf()
    shelf.add(
        "Norway gets a plant", {"Norway gets a plant": "It makes memory. Jobs follow."}, url="https://n.example/1"
    )
    (theme,) = (await built(shelf, brief())).themes
    assert theme.headline == "Norway gets a plant"


async def test_trend_comes_before_a_fresher_case(shelf: Shelf) -> None:
    digest = await built(shelf, brief(today=TODAY + dt.timedelta(days=300), since=dt.date(2026, 1, 1)))
    assert digest.themes[-1].document.kind is DocumentKind.CASE


async def test_reader_gets_the_version_in_their_language(shelf: Shelf) -> None:
    digest = await built(shelf, brief(language=Language.ZH))
    theme = next(each for each in digest.themes if each.document.translation_of == "rules")
    assert theme.headline == "监管者要求服务商给机器写的内容加标识"
    assert theme.text == "春天开始罚款。[1]"
    assert theme.why == "现在就给输出加标识。[1]"
    assert {"rules.en", "rules.zh"} <= digest.tells


async def test_only_news_are_told_cases_among_them(shelf: Shelf) -> None:
    digest = await built(shelf, brief(news={"Case study: Acme": False, "rules.en": True, "rules.zh": True}))
    told = [(each.headline, each.changed) for each in digest.themes]
    assert told == [("Regulators ask providers to label what machines write", True), ("Acme", False)]
    assert digest.themes[1].text == "Acme sold a chat-bot to dentists. [2] It ran out of cash. [2]"
    assert digest.themes[1].why == "Charge early. [2]"


async def test_what_was_told_is_not_told_again_in_another_language(shelf: Shelf) -> None:
    news = {"rules.zh": False}
    assert not (await built(shelf, brief(news=news))).empty
    assert (await built(shelf, brief(news=news, told=frozenset({"rules.en"})))).empty


async def test_nothing_new_is_an_empty_digest(shelf: Shelf) -> None:
    assert (await built(shelf, brief(news={}))).empty


async def test_since_tells_documents_of_that_date_and_later(shelf: Shelf) -> None:
    digest = await built(shelf, brief(since=TODAY))
    assert {each.document.id for each in digest.themes} == {"Trend: inference prices", "rules.en", "Case study: Acme"}
    assert (await built(shelf, brief(since=TODAY + dt.timedelta(days=1)))).empty


async def test_documents_for_others_leave_no_trace(shelf: Shelf) -> None:
    shelf.add(
        "Trend: canary",
        {HAPPENS: "The canary sings about inference prices. It sings twice.", MEANS: "- Feed the canary."},
        audience=frozenset({"board"}),
    )
    shelf.note("Short news", "Prices of birdseed fall. Canaries rejoice.", url="https://news.example/1")
    assert "canary" not in repr(await built(shelf, brief())).replace("Canaries", "").lower()
    assert "canary" in repr(await built(shelf, brief(scope=Scope(audience=frozenset({"board", "public"}))))).lower()


async def test_reader_gets_first_what_touches_them(shelf: Shelf) -> None:
    digest = await built(shelf, brief(reader=Reader(about="labelling regulation fines")))
    assert digest.themes[0].document.id == "rules.en"
    priced = await built(shelf, brief(reader=Reader(about="lawyers review clause")))
    why = next(each.why for each in priced.themes if each.document.id == "Trend: inference prices")
    assert why == "Let lawyers review the price clause. [1]" or why.startswith("Let lawyers review")


async def test_news_that_repeat_each_other_are_told_once_and_all_count_as_told(shelf: Shelf) -> None:
    words = "A provider of chips opens a plant in Norway. It makes memory for models and hires engineers."
    for number in range(3):
        shelf.note("Chip plant opens", words, id=f"n{number}", url=f"https://news.example/{number}")
    shelf.note("Other words for it", "Something else happened entirely.", id="n9", url="https://news.example/0")
    digest = await built(shelf, brief(news={f"n{number}": False for number in (0, 1, 2, 9)}))
    assert len(digest.themes) == 1
    assert digest.tells >= {"n0", "n1", "n2", "n9"}


async def test_short_news_borrows_its_advice_from_the_nearest_note(shelf: Shelf) -> None:
    news = shelf.note(
        "Inference prices fall again", "A provider halves prices of inference.", url="https://n.example/x"
    )
    shelf.held["own"] = shelf.held.pop("Trend: inference prices")
    own, chunks = shelf.held["own"]
    shelf.held["own"] = (replace(own, id="own", url=None), chunks)  # type: ignore[arg-type]
    digest = await built(shelf, brief(news={news.id: False}))
    assert digest.themes[0].why.endswith("[2]")
    assert digest.citations[1].document.id == "own"


async def test_hostile_text_pings_and_links_nobody(shelf: Shelf) -> None:
    shelf.note(
        "<!channel> @everyone [win](https://evil.example)",
        "Click https://evil.example now, <@U123> and @here. See [this](https://evil.example) and evil.example/x.",
        id="evil",
        url="https://feed.example/1",
    )
    digest = await built(shelf, brief(news={"evil": False}, asked=["@everyone <!here> why?"] * 2))
    theme = digest.themes[0]
    shown = " ".join([theme.headline, theme.text, theme.why, *(group.text for group in digest.asked)])
    assert not any(sign in shown for sign in ("@", "<", "://", "evil.example"))


async def test_a_thousand_new_texts_are_counted_and_not_all_told(shelf: Shelf) -> None:
    shelf.held.clear()
    for number in range(1000):
        shelf.note(
            f"Item {number}",
            f"Word{number} alone happened at place{number}. Then thing{number} ended.",
            id=f"i{number}",
        )
    digest = await built(shelf, brief(news={f"i{number}": False for number in range(1000)}))
    assert len(digest.themes) == 5
    assert digest.more == 995


async def test_questions_are_grouped_and_the_single_ones_left_out(shelf: Shelf) -> None:
    asked = ["How do I raise money?", "what is a moat", "how to raise money", "How can I raise money?", "融资"]
    # What goes on from a question before it asks nothing alone.
    digest = await built(
        shelf, brief(news={}, asked=asked, unanswered=["and in China?", "best sourdough?", "那种子轮呢？"])
    )
    assert [(each.text, each.count) for each in digest.asked] == [("How do I raise money?", 3)]
    assert [(each.text, each.count) for each in digest.unanswered] == [("best sourdough?", 1)]
    assert not digest.empty


def author(*answers: Any) -> tuple[Author, ScriptedModel]:
    model = ScriptedModel(*[[answer] for answer in answers])
    templates = load_templates(Path(__file__).parents[3] / "prompts")
    pool = FailoverPool([model], ModelSettings(attempts=1))
    return Author(pool, templates, None, most_s=5), model


GOOD = (
    "# Inference prices fall by half\n"
    "Prices of inference fall by half each year [1]. Providers now sell small models almost at cost [1].\n"
    "> Sign no contract for longer than a year [2]."
)


async def test_model_writes_a_theme_that_its_entries_carry(shelf: Shelf) -> None:
    writes, model = author(GOOD)
    digest = await built(shelf, brief(news={"Trend: inference prices": False}), writes)
    theme = digest.themes[0]
    assert digest.written
    assert theme.headline == "Inference prices fall by half"
    assert (
        theme.text
        == "Prices of inference fall by half each year. [1] Providers now sell small models almost at cost. [1]"
    )
    assert theme.why == "Sign no contract for longer than a year. [1]"
    assert '<entry number="1">' in model.asked[0][1].text


@pytest.mark.parametrize(
    "answer",
    [
        SENTINEL,
        "",
        "Prices fall [1].",
        "# Prices\nPrices of inference rise by 900 percent each year [1].",
        "# Prices\nPrices of inference fall by half each year [1]. Acme Corp was bought by Initech for 3 billion [1].",
        ModelUnavailable("down"),
    ],
    ids=["declined", "nothing", "no form", "invented figure", "invented sentence", "down"],
)
async def test_quotes_stay_where_a_models_words_do_not_hold(shelf: Shelf, answer: Any) -> None:
    writes, _ = author(answer)
    digest = await built(shelf, brief(news={"Trend: inference prices": False}), writes)
    assert digest == await built(shelf, brief(news={"Trend: inference prices": False}))
    assert not digest.written


async def test_what_a_model_writes_pings_and_links_nobody(shelf: Shelf) -> None:
    writes, _ = author(GOOD.replace("Prices of", "<!channel> @everyone [Prices](https://evil.example) of"))
    digest = await built(shelf, brief(news={"Trend: inference prices": False}), writes)
    assert not any(sign in digest.themes[0].text for sign in ("@", "<", "evil"))
