"""How an answer is laid out: announcements, marks, headings and lists."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from rag.extract.writer import ExtractiveWriter
from rag.language import detect_language
from rag.ports import Statement
from rag.types import Chunk, ChunkId, Document, DocumentId, DocumentKind, Language, Passage, Question, Retrieval


class Replies:
    """The writer's own sentences, short enough to be seen in a test."""

    def text(self, key: str, language: Language, **values: str) -> str:
        return f"[{key}/{language.value}]"


def passage(text: str, *, section: str, rank: int = 0, score: float = 0.9) -> Passage:
    document = Document(
        id=DocumentId(f"d{rank}"),
        kind=DocumentKind.DOCUMENT,
        language=detect_language(text),
        title="手册",
        source=f"d{rank}.md",
    )
    chunk = Chunk(position=rank, section=("手册", section), text=text)
    return Passage(rank=rank, score=score, chunk_id=ChunkId(f"c{rank}"), document=document, chunk=chunk)


async def write(
    question: str, *passages: Passage, siblings: Sequence[Passage] = (), confidence: float = 0.9
) -> list[Statement]:
    retrieval = Retrieval(
        language=detect_language(question),
        passages=passages,
        confidence=confidence,
        answerable=True,
        siblings=tuple(siblings),
    )
    writer = ExtractiveWriter(None, Replies())
    return [statement async for statement in writer.write(Question(id="q", text=question), retrieval)]


def shown(statements: Sequence[Statement]) -> list[tuple[str, bool]]:
    """The statements with whether they carry marks."""
    return [(statement.text, bool(statement.support)) for statement in statements]


async def test_an_announcement_that_names_the_subject_leads_the_list_without_a_mark() -> None:
    found = passage("退款的方式主要包括：\n\n- 原路退回\n- 退成余额", section="售后")
    assert shown(await write("退款有哪些方式？", found)) == [
        ("退款的方式主要包括：", False),
        ("- 原路退回", True),
        ("- 退成余额", True),
    ]


async def test_groups_below_headings_of_one_name_are_told_apart_by_what_they_belong_to() -> None:
    def plan(text: str, risk: str, rank: int) -> Passage:
        found = passage(text, section="应急预案", rank=rank)
        return replace(found, chunk=replace(found.chunk, section=("风险", risk, "应急预案")))

    leak = plan("- 安全工程师：吊销泄露的密钥。\n- 运维：查看访问日志。\n- 法务：起草通知。", "密钥泄露", 0)
    fire = plan("- 安全工程师：切断机房电源。\n- 运维：通知物业。\n- 法务：联系保险公司。", "机房失火", 1)
    labels = {text for text, marked in shown(await write("安全工程师做什么？", leak, fire)) if not marked}
    assert labels == {"**密钥泄露 · 应急预案**", "**机房失火 · 应急预案**"}


async def test_an_announcement_that_says_nothing_gives_way_to_the_heading() -> None:
    found = passage("以下是一些关键要点：\n\n- 原路退回\n- 退成余额", section="退款方式")
    assert shown(await write("退款有哪些方式？", found)) == [
        ("**退款方式**", False),
        ("- 原路退回", True),
        ("- 退成余额", True),
    ]


async def test_sentences_in_a_row_from_one_passage_are_one_statement_of_at_most_three() -> None:
    text = "退款期限写进合同正文。退款一般七天之内到账。退款手续由平台代为办理。退款纠纷由平台负责仲裁。"
    statements = await write("退款", passage(text, section="售后"))
    assert [statement.text.count("。") for statement in statements] == [3, 1]
    assert "".join(statement.lead + statement.text for statement in statements) == text
    assert all(support.quote in text for statement in statements for support in statement.support)
    assert [len(statement.support) for statement in statements] == [3, 1]


async def test_single_entries_of_several_lists_become_one_list() -> None:
    first = passage("- **退款期限**：退款在七天内到账。\n- **发票**：下单后开具。", section="售后")
    second = passage("- **退款渠道**：退款原路退回。\n- **客服**：全天在线。", section="支付", rank=1, score=0.89)
    statements = await write("怎么退款？", first, second)
    assert [statement.text for statement in statements] == [
        "- **退款期限**：退款在七天内到账。",
        "- **退款渠道**：退款原路退回。",
    ]
    assert [statement.lead for statement in statements] == ["", "\n"]


async def test_an_entry_without_a_name_stands_below_its_heading() -> None:
    found = passage("- 一直拖着不给客户退款\n- 合同只有口头约定", section="常见的错误")
    assert shown(await write("客户退款", found)) == [("**常见的错误**", False), ("一直拖着不给客户退款", True)]


async def test_a_heading_with_sections_is_answered_as_a_list_of_them() -> None:
    chunks = [
        Passage(
            rank=n,
            score=0.9,
            chunk_id=ChunkId(f"c{n}"),
            document=passage("", section="").document,
            chunk=Chunk(position=n, section=("蓝鲸医疗", "失败的原因", name), text=text),
        )
        for n, (name, text) in enumerate([("没有数据", "医院不肯共享数据。"), ("太贵", "一套系统卖两百万元。")])
    ]
    chinese = Document(
        id=DocumentId("d0"), kind=DocumentKind.CASE, language=Language.ZH, title="蓝鲸医疗", source="d0.md"
    )
    found, beside = (
        Passage(rank=each.rank, score=0.9, chunk_id=each.chunk_id, document=chinese, chunk=each.chunk)
        for each in chunks
    )
    statements = await write("蓝鲸医疗为什么失败？", beside, siblings=[found])
    assert shown(statements) == [
        ("**失败的原因**", False),
        ("- **没有数据**：医院不肯共享数据。", True),
        ("- **太贵**：一套系统卖两百万元。", True),
    ]
    assert [support.passage for statement in statements for support in statement.support] == [1, 0]


LISTS = passage("Pandas 是 Python 的数据分析库。NumPy 是 Python 的计算库。", section="工具")
PRICES = passage("H100 显卡的功耗是 700 瓦，每月用电 504 千瓦时。", section="能耗")


@pytest.mark.parametrize(
    ("question", "found"),
    [
        pytest.param("Python 里怎么反转链表？", LISTS, id="only the name is spoken of"),
        pytest.param("Python 的 HPA 怎么配置数据？", LISTS, id="a name that nothing speaks of"),
        pytest.param("一张 H100 显卡多少钱？", PRICES, id="a figure, but no price"),
    ],
)
async def test_what_only_shares_a_word_with_the_question_is_no_answer(question: str, found: Passage) -> None:
    assert await write(question, found, confidence=0.7) == []


@pytest.mark.parametrize(
    ("question", "found"),
    [
        pytest.param("什么是 Pandas？", LISTS, id="a definition asks for the name"),
        pytest.param("Python 的数据分析用什么？", LISTS, id="more than the name is spoken of"),
        pytest.param("H100 显卡的功耗是多少？", PRICES, id="a figure that is no price"),
    ],
)
async def test_what_speaks_of_the_question_is_an_answer(question: str, found: Passage) -> None:
    assert await write(question, found, confidence=0.7) != []


async def test_a_sure_find_is_believed_without_the_name() -> None:
    assert await write("Python 的 HPA 怎么配置数据？", LISTS, confidence=0.99) != []


async def test_an_abbreviation_that_is_spelled_out_is_no_missing_name() -> None:
    found = passage("A large language model can grade answers when people check it.", section="Judges")
    assert await write("Can I trust an LLM to grade answers?", found, confidence=0.6) != []
    assert await write("Can I trust an XYZ to grade answers?", found, confidence=0.6) == []


@pytest.mark.parametrize(
    ("question", "text", "section", "says", "silent"),
    [
        pytest.param(
            "怎么做退款管理？",
            "退款管理是公司成功的关键环节。退款管理先把期限写进合同，再由客服按期限办理。",
            "售后",
            "写进合同",
            "关键环节",
            id="praise of the subject says nothing",
        ),
        pytest.param(
            "怎么降低退款率？",
            "- **看清原因**：每周统计客户的理由\n- **写清规格**：页面列出尺寸\n- **缩短等待**：两天内发货",
            "怎么降低退款率",
            "两天内发货",
            "**怎么",
            id="a list below the question itself is the answer as a whole",
        ),
        pytest.param(
            "What does renting cost?",
            "The rent of a card is two dollars an hour. Lunch is served at noon.",
            "Cards",
            "two dollars",
            "Lunch",
            id="forms of a word meet",
        ),
    ],
)
async def test_the_piece_that_tells_something_is_picked(
    question: str, text: str, section: str, says: str, silent: str
) -> None:
    answer = "\n".join(statement.text for statement in await write(question, passage(text, section=section)))
    assert says in answer
    assert silent not in answer


async def test_a_table_below_a_heading_is_announced_by_it() -> None:
    table = "| 岗位 | 时机 |\n|---|---|\n| 销售 | 创始人签下十个客户之后 |"
    statements = await write("第一批员工什么时候招？", passage(table, section="第一批员工"))
    assert shown(statements) == [(table, True)]


async def test_what_the_first_passage_says_is_not_padded_from_the_second() -> None:
    first = passage("退款期限是七天，周末顺延。", section="退款期限")
    second = passage("我们在官网写过退款期限的来历。", section="公司历史", rank=1, score=0.6)
    assert shown(await write("退款期限", first, second)) == [("退款期限是七天，周末顺延。", True)]


async def test_a_gloss_in_brackets_is_a_definition_and_leads() -> None:
    advice = passage("先做 RAG，再量出 RAG 在哪里失败。", section="RAG 步骤")
    gloss = passage("RAG（检索增强生成）先查段落，再让模型依据段落回答。", section="检索", rank=1, score=0.8)
    first, *_ = await write("什么是 RAG？", advice, gloss)
    assert first.support[0].passage == 1
