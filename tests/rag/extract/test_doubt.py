"""Which answers the writer withholds, because what was found only shares a word with what is asked."""

from dataclasses import replace

import pytest

from rag.extract.doubt import is_beyond, lacks_matter
from rag.extract.writer import ExtractiveWriter
from rag.language import detect_language
from rag.ports import Statement
from rag.types import Chunk, ChunkId, Document, DocumentId, DocumentKind, Language, Passage, Question, Retrieval


class Silent:
    """The writer's own sentences, which no test here looks at."""

    def text(self, key: str, language: Language, **values: str) -> str:
        return f"[{key}]"


def passage(text: str, *, section: str = "Notes", title: str = "Guide", questions: tuple[str, ...] = ()) -> Passage:
    document = Document(
        id=DocumentId("d"),
        kind=DocumentKind.DOCUMENT,
        language=detect_language(text),
        title=title,
        source="d.md",
    )
    chunk = Chunk(position=0, section=(title, section), text=text, questions=questions)
    return Passage(rank=1, score=0.9, chunk_id=ChunkId("d:0"), document=document, chunk=chunk)


async def write(question: str, *found: Passage, confidence: float = 0.9) -> list[Statement]:
    language = detect_language(question)
    retrieval = Retrieval(language=language, passages=found, confidence=confidence, answerable=True)
    writer = ExtractiveWriter(None, Silent())
    return [statement async for statement in writer.write(Question(id="q", text=question), retrieval)]


FAIR = passage(
    "The Heron Fair opens in Basel every June. Researchers of Heron Fair meet start-ups there.", title="Fairs"
)
SHARES = passage("Falcon Motors sold its shares in 2019. The share price of Falcon Motors fell to 12 dollars.")
CANTEEN = passage("食堂在二楼，午餐八元。公司的食堂工作日 11:30 开门。", section="食堂")
BARE_CANTEEN = passage("公司的食堂在二楼，周末关门。", section="食堂")
NOTICE = passage("今天的食堂菜单是面条和饺子，供应到下午。", section="食堂菜单")
TEAM = passage("Falcon Motors was founded in 2015 by two engineers. The engineers of Falcon Motors left.")
MASKING = passage("Veil 是开源工具，把日志里的手机号和卡号打码。", section="Veil")
PLANS = passage("A plan sold by the seat loses money on heavy users. Price by the task instead.", section="Prices")
DECK = passage(
    "Ten slides are enough: problem, product, market, team. State what the money proves.", section="The deck"
)
ADA = passage("Ada Falcon was dismissed in 2019 and came back within five days.")
ADA_ZH = passage("2019 年董事会解雇了 Ada Falcon，五天后又请她回来。")
ADA_ASKED = passage("Ada Falcon spent her first years in Leeds.", questions=("Where did Ada Falcon grow up?",))
CAR = passage("2024 年 3 月 28 日 Falcon SU7 上市，售价 21.59 万元起。")
SOLD = passage("Falcon Motors was bought by Stork Group in 2021.")
FLEETS = passage("The first customers of Falcon Motors were three fleets of a northern county.", section="Customers")
PHOTOS = passage("The founders of Falcon photographed the homes themselves, and bookings doubled.")
TESTS = passage("A test set is a fixed collection of inputs. A test set of 200 cases shows a difference of ten points.")
LEAK = passage("数据泄露之后先吊销密钥，明天之前通知用户和监管部门。", section="数据泄露")


@pytest.mark.parametrize(
    ("question", "found"),
    [
        pytest.param("What is the share price of Falcon Motors today?", SHARES, id="news_of_the_day"),
        pytest.param("What was the share price of Falcon Motors last week?", SHARES, id="news_of_last_week"),
        pytest.param("食堂今天供应什么午餐？", CANTEEN, id="news_of_the_day_in_chinese"),
        pytest.param("公司的食堂几点开门？", BARE_CANTEEN, id="a_time_of_the_day"),
        pytest.param("What is the phone number of Heron Fair?", FAIR, id="a_telephone_number"),
        pytest.param("What is the dress code of Heron Fair?", FAIR, id="something_of_a_thing_of_which_nothing_is_said"),
        pytest.param("What is Heron Fair's dress code in Basel?", FAIR, id="the_same_of_an_owner"),
        pytest.param("What is the salary of engineers at Falcon Motors?", TEAM, id="a_sum"),
        pytest.param(
            "How many engineers of Falcon Motors left?",
            passage("Engineers of Falcon Motors left in 2015."),
            id="a_year_is_no_number_of_people",
        ),
        pytest.param("Where do researchers from Stork Labs meet start-ups?", FAIR, id="somebody_else"),
        pytest.param("Who is the lawyer of Falcon Motors?", SHARES, id="a_person_of_whom_nobody_speaks"),
        pytest.param("Who bought Falcon Motors?", SHARES, id="a_buyer_where_none_is_named"),
        pytest.param("How many offices does Falcon Motors have?", TEAM, id="a_number_of_other_things"),
        pytest.param("Who is the lawyer representing Ada Falcon?", ADA, id="a_role_of_which_nothing_is_said"),
        pytest.param("Falcon SU7 的续航里程是多少？", CAR, id="a_figure_of_something_else"),
        pytest.param("Where did Ada Falcon grow up?", ADA, id="nothing_that_is_asked_of_a_name"),
        pytest.param("Ada Falcon 小时候在哪里上学？", ADA_ZH, id="the_same_in_chinese"),
        pytest.param("How many engineers did we win last month?", TEAM, id="the_state_of_the_askers_own_company"),
        pytest.param("how many offices falcon has", TEAM, id="a_name_without_its_capital"),
        pytest.param("Falcon Motors 的办公室在哪里？", CAR, id="a_place_in_chinese"),
    ],
)
async def test_an_answer_to_something_else_is_withheld(question: str, found: Passage) -> None:
    assert await write(question, found) == []


@pytest.mark.parametrize(
    ("question", "found", "says"),
    [
        pytest.param("What is the share price of Falcon Motors?", SHARES, "12 dollars", id="a_sum_that_is_told"),
        pytest.param("公司的食堂几点开门？", CANTEEN, "11:30", id="a_time_of_the_day_that_is_told"),
        pytest.param("今天的食堂菜单是什么？", NOTICE, "面条", id="a_notice_of_the_day"),
        pytest.param("数据泄露，明天之前我们该通知谁？", LEAK, "监管部门", id="a_day_in_a_wish_for_advice"),
        pytest.param("Where do researchers of Heron Fair meet?", FAIR, "Heron Fair", id="the_one_that_is_named"),
        pytest.param("When was Falcon Motors founded?", TEAM, "2015", id="a_year_answers_when"),
        pytest.param("How many engineers founded Falcon Motors?", TEAM, "two engineers", id="a_number_in_words"),
        pytest.param("日志里的手机号用什么工具打码？", MASKING, "Veil", id="a_telephone_number_that_is_not_asked_for"),
        pytest.param("Why does a SaaS plan lose money?", PLANS, "heavy users", id="jargon_that_is_no_name"),
        pytest.param("What belongs inside a deck?", DECK, "Ten slides", id="other_words_for_what_the_search_trusts"),
        pytest.param("Who bought Falcon Motors?", SOLD, "Stork", id="a_buyer_who_is_named"),
        pytest.param("Who are the customers of Falcon Motors?", FLEETS, "three fleets", id="a_group_without_a_name"),
        pytest.param("Falcon SU7 的售价是多少？", CAR, "21.59", id="a_figure_that_is_told"),
        pytest.param("Falcon SU7 便宜的那款卖多少钱？", CAR, "21.59", id="a_choice_is_no_attribute"),
        pytest.param("Who should write the deck?", DECK, "slides", id="a_role_is_no_person"),
        pytest.param("What went wrong with Ada Falcon?", ADA, "dismissed", id="whatever_there_is_to_say"),
        pytest.param("Where did Ada Falcon grow up?", ADA_ASKED, "Leeds", id="words_that_the_author_expects"),
        pytest.param("What did Falcon do about bad photos?", PHOTOS, "photographed", id="the_beginning_of_a_word"),
        pytest.param("How big should a test set be?", TESTS, "200", id="a_figure_in_what_is_said_next"),
    ],
)
async def test_an_answer_to_what_is_asked_is_given(question: str, found: Passage, says: str) -> None:
    assert says in "".join(statement.text for statement in await write(question, found))


async def test_a_search_that_is_not_sure_speaks_for_no_jargon_and_no_other_words() -> None:
    assert await write("Why does a SaaS plan lose money?", PLANS, confidence=0.7) == []
    assert await write("What belongs inside a deck?", DECK, confidence=0.4) == []


async def test_what_all_of_a_library_speaks_of_is_no_name_that_a_passage_would_have_to_hold() -> None:
    found = passage("把客户资料发给境外模型，就是数据出境。", section="数据出境")
    assert "境外模型" in (await write("调用国外模型的 API 算不算数据出境？", found, confidence=0.5))[0].text
    assert await write("调用国外模型的 Falcon 算不算数据出境？", found, confidence=0.5) == []


async def test_a_name_is_held_by_the_version_that_bears_it() -> None:
    found = passage("GPT-4 当裁判，与人的一致率超过 80%。", section="模型裁判")
    assert "80%" in (await write("拿 GPT 当裁判，一致率高吗？", found, confidence=0.5))[0].text
    assert await write("拿 Falcon 当裁判，一致率高吗？", found, confidence=0.5) == []


async def test_a_figure_is_taken_from_no_search_that_is_not_sure() -> None:
    assert await write("How many engineers founded Falcon Motors?", TEAM, confidence=0.4) == []


async def test_the_opening_of_a_passage_answers_in_other_words_where_the_search_is_sure() -> None:
    found = passage("Ten points are enough. Say what the money proves.", questions=("What goes on a slide?",))
    assert await write("What goes on a slide?", found, confidence=0.6) == []
    assert "Ten points" in (await write("What goes on a slide?", found, confidence=0.9))[0].text


async def test_price_of_another_model_is_no_answer() -> None:
    """A number belongs to a name, so that a passage which holds another model's price does not spell it out."""
    price, speed = (
        passage("标注：按每小时 30 美元计，约 1 万美元。", section="H 卡标注"),
        passage("H100 每秒读 3350 GB。"),
    )
    assert await write("H100 每小时多少钱？", price, speed) == []
    assert "30 美元" in (await write("标注每小时多少钱？", price, speed))[0].text


def test_words_that_ask_for_anything_are_no_matter() -> None:
    found = Retrieval(language=Language.ZH, passages=(ADA_ZH,), confidence=0.9, answerable=True)
    assert not lacks_matter("Ada Falcon 出了什么问题？", found)
    assert lacks_matter("Ada Falcon 小时候在哪里上学？", found)
    assert is_beyond("Ada Falcon 小时候在哪里上学？", found, certain=0.5)
    assert not is_beyond("Ada Falcon grew up where?", replace(found, language=Language.EN), certain=1.0)


TWO = passage("Falcon Motors 造车，靠 Stork Group 出资。Stork Group 管理基金。", section="Falcon Motors 与 Stork Group")


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("Falcon Motors 和 Stork Group 有什么不同？", id="comparison"),
        pytest.param("Falcon Motors 跟 Stork Group 的区别", id="difference"),
        pytest.param("Falcon 和 Stork 各适合做什么？", id="fitness"),
        pytest.param("讲讲 Falcon Motors", id="introduction"),
        pytest.param("介绍一下 Stork Group", id="presentation"),
        pytest.param("Falcon Mtoors 靠谁出资？", id="letters changed places"),
        pytest.param("Falcom Motors 靠谁出资？", id="another letter"),
        pytest.param("Falcon Motor 靠谁出资？", id="a letter missing"),
        pytest.param("Falcon Motors 的 funding 靠谁出资？", id="a common word in another language"),
    ],
)
def test_what_asks_for_nothing_but_names_that_are_held_is_let_through(question: str) -> None:
    retrieval = Retrieval(language=Language.ZH, passages=(TWO,), confidence=0.9, answerable=True)
    assert not is_beyond(question, retrieval, certain=0.95)


@pytest.mark.parametrize(
    "question",
    ["Heron Labs 和 Stork Group 有什么不同？", "Falcone Labs 靠谁出资？", "Stoat Group 出资吗？"],
)
def test_another_name_is_no_slip_of_the_hand(question: str) -> None:
    retrieval = Retrieval(language=Language.ZH, passages=(TWO,), confidence=0.9, answerable=True)
    assert is_beyond(question, retrieval, certain=0.95)


async def test_what_is_yet_to_come_is_not_quoted_from_a_text_that_shares_a_word() -> None:
    vesting = passage("A founder who wants the 83(b) election files it within 30 days.", section="Election")
    assert await write("Who will win the election?", vesting) == []
    assert await write("What is the 83(b) election?", vesting) != []


async def test_a_size_that_should_be_chosen_may_be_told_in_words() -> None:
    sizes = passage("An evaluation set is large enough when the result decides something.", section="Evaluation set")
    assert await write("how big should our evaluation set be", sizes) != []


def test_a_fact_of_the_asker_is_beyond_a_text_for_everybody_but_not_their_own_papers() -> None:
    runway = passage("Runway is cash divided by net burn.", section="Runway")
    everybody = replace(runway, document=replace(runway.document, licence="CC-BY-4.0"))
    found = Retrieval(language=Language.EN, passages=(everybody,), confidence=0.9, answerable=True)
    assert is_beyond("What is our runway?", found, certain=0.95)
    assert not is_beyond("How do we work out our runway?", found, certain=0.95)
    assert not is_beyond("What is our runway?", replace(found, passages=(runway,)), certain=0.95)


async def test_who_is_named_only_as_the_askers_case_need_not_be_named_by_the_text() -> None:
    duty = passage("A tuner becomes a provider when more than a third of the compute is new.", section="Provider")
    assert await write("If I tune Falcon, do I become a provider?", duty) != []


def test_another_name_beside_somebodys_is_what_is_asked_of_them() -> None:
    told = passage("Heron is a company in Lund. Heron sells nets and trains them with RPA.")
    found = Retrieval(language=Language.EN, passages=(told,), confidence=0.99, answerable=True)
    assert lacks_matter("How does Heron use DPO?", found)
    assert not lacks_matter("How does Heron use RPA?", found)
