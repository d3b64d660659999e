"""Every way to call every command, made from the registry, so that a new command is covered by itself."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

from bot.commands.registry import ArgumentKind, Command

TYPED = (
    "",
    "robotics wages lighthouse",
    "灯塔基金 机器人",
    "healthcare",
    "医疗 失败",
    "compare Mediq, Lantern",
    "对比 麦迪克、灯笼",
    "Lantern, Mediq",
    "fund",
    "case",
    "lighthouse-fund",
    "灯塔",
    "all",
    "2",
    "z",
    "朱",
)
"""What is typed where a text is asked for: words of the board's documents, without the canary itself."""

_MOST = 120
_QUESTIONS = (
    "What does the lighthouse document pay?",
    "How does the lighthouse resource work?",
    "Who pays wages of robotics companies?",
    "Why did the company with the symptom checker fail?",
    "What did Lantern do?",
    "灯塔基金给谁发工资？",
    "机器人创业者向哪个办公室申请？",
    "灯笼公司为什么失败？",
    "What is the lighthouse trend?",
    "List all risks.",
    "推荐几个机器人资源",
)
_REFUSED = ("Which sourdough starter ferments best?", "怎样做酸面包？", "Lantern?", "灯塔？")
QUESTIONS = (*_QUESTIONS, *_REFUSED)
FOLLOW_UPS = ("And who applies?", "那申请呢？", "Tell me more.", "为什么？")


def argument_sets(command: Command) -> Iterator[dict[str, str]]:
    """Arguments by name: all choices with each other, or in pairs where those are too many; with each typed text."""
    choices = {
        argument.name: argument.choices for argument in command.arguments if argument.kind is ArgumentKind.CHOICE
    }
    typed = [argument.name for argument in command.arguments if argument.kind is not ArgumentKind.CHOICE]
    texts = TYPED if typed else ("",)
    chosen = list(_chosen(choices))
    for number, (picked, text) in enumerate(product(chosen, texts)):
        # Many choices meet each text at least once in a while; few choices meet all of them.
        if len(chosen) > _MOST // 4 and number % 5 and text:
            continue
        yield {**picked, **(dict.fromkeys(typed, text) if text else {})}


def _chosen(choices: dict[str, tuple[str, ...]]) -> Iterator[dict[str, str]]:
    count = 1
    for each in choices.values():
        count *= len(each) + 1
    if count <= _MOST:
        names = list(choices)
        for values in product(*(("", *choices[name]) for name in names)):
            yield {name: value for name, value in zip(names, values, strict=True) if value}
        return
    yield {}
    for name, values in choices.items():
        yield from ({name: value} for value in values)
    for first, second in combinations(choices, 2):
        yield from ({first: one, second: two} for one, two in product(choices[first], choices[second]))
