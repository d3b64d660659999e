"""A library of every kind in both languages, of which a part is for the board alone and holds canaries everywhere."""

from __future__ import annotations

from pathlib import Path

from rag.catalogue import Filing, Input

CANARIES = ("zqkanarix", "朱鹮柒叁")
"""Words that stand in the board's documents and nowhere else."""

_CASE = """---
title: "{title}"
kind: case
language: {language}
topics: [{topic}]
audience: [{audience}]
company: {company}
sector: {sector}
stage: seed
outcome: failure
did: {did}
decided: {decided}
lessons:
  - {lesson}
sources:
  - {source}
---

# {title}

## {heading}

{did} {decided}

## {lesson}

{lesson} {did}
"""
_PLAIN = """---
title: "{title}"
kind: {kind}
language: {language}
topics: [{topic}]
audience: [{audience}]
---

# {title}

## {heading}

{text}

## {heading} 2

{text} https://example.org/{topic}
"""
_KINDS = ("document", "resource", "trend", "risk")


def write(folder: Path) -> Path:
    """The library as files."""
    for audience in ("public", "board"):
        for language in ("en", "zh"):
            for kind in (*_KINDS, "case"):
                text = (_case if kind == "case" else _plain)(kind, language, audience)
                file = folder / audience / f"{language}-{kind}.md"
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
    return folder


def registered(folder: Path) -> tuple[Input, ...]:
    """What the library is kept current from: one folder for all, and one whose name alone tells of the board."""
    secret = folder / CANARIES[0]
    secret.mkdir(parents=True, exist_ok=True)
    for number, canary in enumerate(CANARIES):
        text = f"# Lighthouse rooms {canary}\n\nRobotics companies rent rooms of the lighthouse {canary}.\n"
        (secret / f"{canary}-{number}.md").write_text(text, encoding="utf-8")
    return Input(path=write(folder / "all")), Input(path=secret, filing=Filing(audience=frozenset({"board"})))


def _marked(words: str, language: str, audience: str) -> str:
    """Words that the board's documents have a canary in."""
    if audience == "public":
        return words
    return f"{words} Zqkanarix" if language == "en" else f"{words}朱鹮柒叁"


def _plain(kind: str, language: str, audience: str) -> str:
    def marked(words: str) -> str:
        return _marked(words, language, audience)

    own = {"public": ("harbour", "海港"), "board": ("lighthouse", "灯塔")}[audience][language == "zh"]
    english = {
        "title": f"The {own} {kind}",
        "heading": f"How the {own} {kind} works",
        "text": f"The {own} {kind} pays wages of robotics companies. Robotics founders apply to the {own} office.",
    }
    chinese = {
        "title": f"{own}基金（{kind}）",
        "heading": f"{own}基金怎么运作",
        "text": f"{own}基金给年轻的机器人公司发工资。机器人创业者向{own}办公室申请。",
    }
    words = {name: marked(text) for name, text in (chinese if language == "zh" else english).items()}
    topic = marked(own if language == "zh" else f"{own}-fund").replace(" ", "-")
    return _PLAIN.format(kind=kind, language=language, audience=audience, topic=topic, **words)


def _case(_: str, language: str, audience: str) -> str:
    def marked(words: str) -> str:
        return _marked(words, language, audience)

    board = audience == "board"
    english = {
        "company": "Lantern" if board else "Mediq",
        "sector": "healthcare",
        "did": "The company sold a symptom checker to hospitals.",
        "decided": "The company spent its money before any doctor trusted the answers.",
        "lesson": "Prove it to doctors first.",
        "source": "Annual report 2019",
        "heading": "The story",
    }
    chinese = {
        "company": "灯笼" if board else "麦迪克",
        "sector": "医疗",
        "did": "公司向医院出售症状自查系统。",
        "decided": "公司在医生信任它之前就花光了钱。",
        "lesson": "先向医生证明。",
        "source": "2019 年报",
        "heading": "经过",
    }
    given = chinese if language == "zh" else english
    words = {name: marked(text) for name, text in given.items()}
    title = f"{'案例：' if language == 'zh' else 'Case study: '}{words['company']}"
    topic = marked("case").replace(" ", "-")
    return _CASE.format(title=title, topic=topic, language=language, audience=audience, **words)
