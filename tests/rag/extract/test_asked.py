"""What a question asks for is read from its words."""

import pytest

from rag.extract.asked import Kind, aspects_of, kind_of


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("什么是RAG？", Kind.DEFINITION),
        ("What is RAG?", Kind.DEFINITION),
        ("为什么失败？", Kind.REASON),
        ("Why did it fail?", Kind.REASON),
        ("有哪些融资渠道？", Kind.LIST),
        ("Which tools do we need?", Kind.LIST),
        ("怎么降低成本？", Kind.METHOD),
        ("How should I segment by how much they spend?", Kind.METHOD),
        ("需要多少张显卡？", Kind.NUMBER),
        ("How many GPUs do we need?", Kind.NUMBER),
        ("公司是什么时候成立的？", Kind.TIME),
        ("A 和 B 有什么区别？", Kind.COMPARISON),
        ("Slack vs Discord", Kind.COMPARISON),
        ("介绍一下蓝鲸医疗", Kind.PLAIN),
        ("What pricing models are there?", Kind.LIST),
        ("What do we do after a data breach?", Kind.METHOD),
        ("泄露之后要做什么？", Kind.METHOD),
        ("什么时候该招第一个销售？", Kind.PLAIN),
        ("When should we hire a salesperson?", Kind.PLAIN),
        ("访谈里能不能问他愿意付多少钱？", Kind.PLAIN),
        ("Should I ask how much they pay?", Kind.PLAIN),
        ("Can you tell me how much a GPU costs?", Kind.NUMBER),
    ],
)
def test_the_shape_of_the_answer_is_read_from_the_question(question: str, kind: Kind) -> None:
    assert kind_of(question) is kind


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("退款政策是什么？", []),
        ("什么是退款政策，怎么写退款政策？", ["什么是退款政策", "怎么写退款政策"]),
        ("What is RAG and how does indexing work?", ["What is RAG", "how does indexing work"]),
        ("机房耗电太大，怎样节能？", []),
        ("预训练和微调有什么区别？", ["预训练", "微调"]),
        ("What is the difference between B2B, B2C and platform models?", ["B2B", "B2C", "platform models"]),
        ("A/B 测试和可用性测试分别做什么？", ["A/B 测试", "可用性测试"]),
    ],
)
def test_parts_and_sides_of_a_question_are_told_apart(question: str, parts: list[str]) -> None:
    assert [aspect.text.strip() for aspect in aspects_of(question)[1:]] == parts
