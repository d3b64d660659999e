"""A question that asks for several things is taken apart, and each part is put so that it can be searched alone."""

import pytest

from rag.asked_parts import parts_of


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        pytest.param(
            "What is RFM and how do I calculate CLV?",
            ("What is RFM", "how do I calculate CLV"),
            id="names of their own",
        ),
        pytest.param(
            "How do I choose a GPU, and what does it cost per hour?",
            ("How do I choose a GPU", "choose a GPU: what does it cost per hour"),
            id="the second goes on from the first",
        ),
        pytest.param(
            "欧盟 AI 法案什么时候生效，罚款多少？",
            ("欧盟 AI 法案什么时候生效", "欧盟 AI 法案 生效：罚款多少"),
            id="in Chinese",
        ),
        pytest.param("什么是跑道？怎么延长跑道？", ("什么是跑道", "怎么延长跑道"), id="the subject is said again"),
        pytest.param(
            "我们做医疗产品，怎么合规，要花多少钱？",
            ("我们做医疗产品 怎么合规", "我们做医疗产品 合规：要花多少钱"),
            id="a remark belongs to the question behind it",
        ),
        pytest.param(
            "Can we fine-tune? What should we measure? thanks!",
            ("Can we fine-tune", "fine-tune: What should we measure thanks"),
            id="a remark at the end",
        ),
    ],
)
def test_each_thing_that_is_asked_for_stands_alone(question: str, parts: tuple[str, ...]) -> None:
    assert parts_of(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("How do AI startups raise money?", id="one question"),
        pytest.param("When we hire, what should we pay?", id="a clause of time"),
        pytest.param("如果用户问什么都答，怎么办？", id="a condition"),
        pytest.param("没多少用户，怎么做测试？", id="few and not how many"),
        pytest.param("What is the difference between RAG and fine-tuning?", id="two sides"),
        pytest.param("what? why? how? where?", id="nothing but question words"),
        pytest.param("什么是甲？什么是乙？什么是丙？什么是丁？", id="too many to be told apart"),
        pytest.param("怎么定价？" + "我们的情况是这样的。" * 40 + "怎么招人？", id="a letter"),
        pytest.param("", id="nothing"),
    ],
)
def test_any_other_text_is_left_whole(question: str) -> None:
    assert parts_of(question) == ()
