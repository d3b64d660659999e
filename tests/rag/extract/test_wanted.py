"""Whether a passage has a word of what a question wants besides its subject."""

import datetime as dt
from dataclasses import replace

import pytest

from rag.extract.wanted import known_names, misses_shelf, misses_wanted
from rag.extract.words import words_of
from rag.types import Chunk, ChunkId, Document, DocumentId, DocumentKind, Language, Passage, Retrieval


def passage(text: str, *, title: str = "Guide", questions: tuple[str, ...] = ()) -> Passage:
    document = Document(
        id=DocumentId("d"), kind=DocumentKind.DOCUMENT, language=Language.EN, title=title, source="d.md"
    )
    chunk = Chunk(position=0, section=(title,), text=text, questions=questions)
    return Passage(rank=1, score=0.9, chunk_id=ChunkId("d:0"), document=document, chunk=chunk)


STORE = passage("Heron is a vector database. Heron filters by customer.")
TAXES = passage("替国家代收的税（增值税、销售税）放进单独账户。")
OFFICE = passage("Heron 是 2023 年在杭州成立的公司。")


@pytest.mark.parametrize(
    ("question", "found", "missed"),
    [
        pytest.param("Which port does Heron listen on?", STORE, True, id="a_kind_of_thing"),
        pytest.param("Which database is Heron?", STORE, False, id="a_kind_of_thing_that_is_told"),
        pytest.param("How much revenue did Heron make?", STORE, True, id="an_amount_of_something"),
        pytest.param("how many employees heron has", STORE, True, id="a_count_without_an_auxiliary_in_its_place"),
        pytest.param("How many people does Heron serve?", STORE, False, id="people_go_by_many_names"),
        pytest.param("Heron 2026 年利润多少？", OFFICE, True, id="another_year"),
        pytest.param("Heron 2023 年做了什么？", OFFICE, False, id="the_year_that_is_told"),
        pytest.param("Heron 的办公室在杭州哪里？", OFFICE, True, id="a_place"),
        pytest.param("钱主要花在哪里？", OFFICE, False, id="no_place_but_a_figure_of_speech"),
        pytest.param("Ada 住在哪里？", OFFICE, True, id="a_home"),
        pytest.param("Where does Ada live?", passage("Ada lives in Leeds."), False, id="a_home_that_is_told"),
        pytest.param("增值税一般纳税人怎么申请？", TAXES, True, id="a_procedure"),
        pytest.param("公司注销流程要多久？", TAXES, True, id="how_long_a_procedure_takes"),
        pytest.param("开公司需要哪些材料？", TAXES, True, id="what_an_office_wants_to_see"),
        pytest.param("How do I reset my Heron token?", STORE, True, id="steps_of_a_tool"),
        pytest.param("How do I get customers to filter?", STORE, False, id="steps_that_are_told"),
        pytest.param("How should we price it?", STORE, False, id="advice_may_use_other_words"),
    ],
)
def test_a_passage_without_a_word_of_it_misses_what_is_wanted(question: str, found: Passage, missed: bool) -> None:
    assert misses_wanted(question, found, names=words_of("heron")) is missed


def test_the_year_of_a_document_counts_as_told() -> None:
    dated = replace(OFFICE, document=replace(OFFICE.document, date=dt.date(2026, 5, 1)))
    assert not misses_wanted("Heron 2026 年利润多少？", dated, names=frozenset())


def test_words_that_the_author_expects_count_as_told() -> None:
    asked = replace(STORE, chunk=replace(STORE.chunk, questions=("Which port does Heron use?",)))
    assert not misses_wanted("Which port does Heron listen on?", asked, names=words_of("heron"))


def test_a_name_is_known_without_its_capital_where_the_passage_always_writes_one() -> None:
    assert known_names("how many filters heron has", STORE) == {"heron"}
    assert known_names("how many filters has a heron", passage("A heron stands. Heron is a database.")) == frozenset()


def test_a_shelf_of_another_kind_is_missed() -> None:
    shelf = Retrieval(
        language=Language.EN, passages=(passage("A course on databases."),), confidence=0.9, answerable=True
    )
    assert misses_shelf("Which laptop should I buy?", (0,), shelf)
    assert not misses_shelf("Which course should I take?", (0,), shelf)
    assert not misses_shelf("Which laptop should I buy?", (), shelf)
