"""Of a list that was found, the answer shows what is asked for: both sides of a comparison, the part unfolded."""

from __future__ import annotations

import pytest

from .test_writer import passage, text_of, write

SOURCES = passage(
    "常见的资金来源：\n\n1. **天使投资**：个人出钱，看重团队。\n2. **风险投资**：基金出钱，看重增长。\n"
    "3. **政府资助**：不占股份，申请周期长。",
    section="资金来源",
)
RISKS = passage(
    "常见的风险类型如下：\n\n1. **市场风险**：\n   - **需求变化**：销量下降。\n   - **竞争**：对手降价。\n"
    "2. **技术风险**：\n   - **技术落后**：跟不上更新。\n   - **侵权**：算法侵犯专利。\n"
    "3. **运营风险**：\n   - **供应链**：交付延误。\n   - **人员**：骨干离职。",
    section="风险识别",
)
FAILED = passage(
    "AI Startup X 是一家做影像诊断的初创公司，因资金不足关门。", section="AI Startup X", doc="x", score=0.7, rank=1
)
FINANCE = passage("大模型在金融领域用途很广，例如交易。\n\n- **风控**：用大模型降低金融风险。", section="金融")


@pytest.mark.parametrize(
    ("question", "says", "silent"),
    [
        pytest.param("天使投资和风险投资有什么区别？", ["个人出钱", "基金出钱"], "政府资助", id="two sides of three"),
        pytest.param("天使投资和风险投资分别看重什么？", ["看重团队", "看重增长"], "申请周期", id="each of two"),
        pytest.param("有哪些资金来源？", ["天使投资", "风险投资", "政府资助"], "[part", id="the whole list"),
    ],
)
async def test_a_comparison_shows_its_sides_alone(question: str, says: list[str], silent: str) -> None:
    answer = text_of(await write(question, SOURCES))
    assert [part for part in says if part not in answer] == []
    assert silent not in answer


async def test_a_kind_that_has_a_list_of_its_own_is_answered_with_that_list() -> None:
    answer = text_of(await write("技术风险有哪些？", RISKS))
    assert "技术落后" in answer
    assert "侵权" in answer
    assert "供应链" not in answer


async def test_a_list_that_is_asked_for_as_a_whole_stays_whole() -> None:
    answer = text_of(await write("有哪些风险类型？", RISKS))
    assert [part for part in ("市场风险", "技术落后", "骨干离职") if part not in answer] == []


async def test_common_words_in_a_name_of_another_language_are_no_match() -> None:
    answer = text_of(await write("How can an AI startup raise money?", SOURCES, FAILED))
    assert "影像诊断" not in answer


async def test_an_entry_beside_a_sentence_stays_an_entry() -> None:
    answer = text_of(await write("大模型怎样降低金融风险，有哪些用途？", FINANCE))
    assert "\n- **风控**" in answer


PLAN = passage(
    "“数据丢失”发生后第一小时要做的事：\n\n- 负责人：停掉写入。\n- 工程师：保留快照。\n\n"
    "“数据丢失”发生后第一周要做的事：\n\n- 工程师：演练恢复。\n- 负责人：写数据丢失的复盘。",
    section="应急预案",
)


async def test_a_plan_is_told_for_the_period_that_is_asked_for() -> None:
    answer = text_of(await write("数据丢失了第一个小时做什么？", PLAN))
    assert "保留快照" in answer
    assert "演练恢复" not in answer
    assert "演练恢复" in text_of(await write("数据丢失了第一周做什么？", PLAN))


async def test_what_the_author_expects_to_be_asked_speaks_for_a_passage() -> None:
    question = "do we have to tell users about the bot"
    story = passage("The company began as a bot: people typed and saw four pictures.", doc="story")
    duty = "Most products owe three things: a bot is named as one, its works are marked, and the staff is trained."
    known = passage(duty, score=0.7, rank=1, questions=("Do we have to tell users about the bot?",))
    assert "named as one" not in text_of(await write(question, story, passage(duty, score=0.7, rank=1)))
    assert "named as one" in text_of(await write(question, story, known))
