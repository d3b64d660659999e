"""What the library holds in another language alone is quoted as such."""

from __future__ import annotations

from tests.rag.extract.test_writer import BUDGET, REFUNDS, Gloss, passage, text_of, write


async def test_another_language_is_announced_and_quoted() -> None:
    statements = await write("现金和预算怎么管理？", BUDGET, embedder=Gloss())
    assert statements[0].text == "[other_language/zh original=[language_en/zh]]"
    assert statements[0].support == ()
    assert statements[1].text.startswith("> ")
    assert "budget" in text_of(statements)


async def test_of_a_list_in_another_language_the_reason_that_is_asked_for_is_quoted_alone() -> None:
    challenges = passage(
        "Challenges of the model:\n- Funding ends because the budget is spent in spring.\n- Names differ."
        "\n- Weather delays the trains.",
        section="Challenges",
    )
    statements = await write("为什么融资和预算不够？", challenges, embedder=Gloss())
    assert [each.text for each in statements if each.support] == [
        "> Funding ends because the budget is spent in spring."
    ]


async def test_another_language_without_an_encoder_keeps_to_the_best_passage() -> None:
    other = passage("退款政策写在合同附件里。", section="退款政策", doc="other", rank=1, score=0.85)
    statements = await write("How do refunds work?", REFUNDS, other)
    assert {s.passage for statement in statements for s in statement.support} == {0}


async def test_the_version_in_the_language_of_the_question_is_quoted_alone() -> None:
    chinese = passage(
        "预算要列出未来十二个月的每一项支出。每个季度与团队核对预算。", section="预算", doc="zh", twin="b"
    )
    english = passage(
        "A budget lists every expense of the next twelve months.", section="Budget", doc="en", rank=1, twin="b"
    )
    answer = text_of(await write("预算要列出什么？", english, chinese, embedder=Gloss()))
    assert "预算要列出未来十二个月" in answer
    assert "budget" not in answer
