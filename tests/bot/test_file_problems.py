"""What is wrong with files is told in Chinese, too: every sentence that a reader of files may write is known."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.file_problems import load_problem_words
from bot.wording import load_wording
from rag.errors import InvalidSettings
from rag.types import Language

ROOT = Path(__file__).parents[2]
WORDING = load_wording(ROOT / "prompts")
NAMES = {"problem", "remedy", "_REMEDIES", "_UTF8_REMEDY"}


def sentences(node: ast.expr) -> Iterator[str]:
    """The sentences that an expression may become, its blanks filled in."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr():
            yield "".join(map(_part, node.values))
        case ast.BinOp(left=ast.Constant(value=str(text))):
            yield f"{text}a, b"
        case ast.IfExp():
            yield from [*sentences(node.body), *sentences(node.orelse)]
        case ast.BoolOp():
            yield from (each for value in node.values for each in sentences(value))
        case ast.Dict():
            yield from (each for value in node.values for each in sentences(value))


def _part(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.FormattedValue(value=ast.Call(func=ast.Name(id="_place"))):
            return " at line 7"
        case _:
            return "7"


def written() -> Iterator[tuple[str, str]]:
    """Every sentence about a file in the readers of files, with its place."""
    for path in sorted((ROOT / "rag" / "ingest").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.keyword(arg=str(name), value=value) if name in NAMES:
                    found = sentences(value)
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in NAMES:
                    found = sentences(value)
                case ast.Call(func=ast.Name(id="_away"), args=[_, _, value]):
                    found = sentences(value)
                case _:
                    continue
            yield from ((f"{path.name}:{value.lineno}", each) for each in found if each)


@pytest.mark.parametrize(("place", "sentence"), sorted(set(written())))
def test_every_sentence_of_the_readers_is_known_in_chinese(place: str, sentence: str) -> None:
    said = WORDING.problem(sentence, Language.ZH)
    assert said != sentence, f"{place}: prompts/problems.zh.toml lacks {sentence!r}"
    assert re.search(r"[\u4e00-\u9fff]", said)
    assert WORDING.problem(sentence, Language.EN) == sentence


def test_many_sentences_are_found() -> None:
    assert len(set(written())) > 80


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("the file cannot be read (Permission denied)", "文件无法读取（没有访问权限）"),
        ("the file has 61.5 MB, more than the 50 MB allowed", "文件有 61.5 MB，超过允许的 50 MB"),
        ("front matter key 'date' has the value 'soon (maybe)'", "元数据的字段 'date' 的值 'soon (maybe)' 无效"),
        ("convert it to one of .md, .pdf", "请转换为以下格式之一：.md, .pdf"),
        ("the front matter is not valid YAML at line 3", "第 3 行的元数据不是有效的 YAML"),
        ("the format '.{x}' is not known", "不支持 '.{x}' 格式"),
        ("a sentence of tomorrow", "a sentence of tomorrow"),
    ],
)
def test_what_was_found_is_kept(english: str, chinese: str) -> None:
    assert WORDING.problem(english, Language.ZH) == chinese
    assert WORDING.problem(english, Language.JA) == english


@pytest.mark.parametrize(
    "text",
    ['[sentences]\n"a {b} c" = "甲"\n', '[sentences]\n"a" = "{b"\n', "[words]\n", "not TOML", "[sentences]\na = 1\n"],
)
def test_broken_file_is_found_when_the_program_opens(tmp_path: Path, text: str) -> None:
    (tmp_path / "problems.zh.toml").write_text(text, "utf-8")
    with pytest.raises(InvalidSettings, match=r"problems\.zh\.toml"):
        load_problem_words(tmp_path / "problems.zh.toml")
    with pytest.raises(InvalidSettings):
        load_problem_words(tmp_path / "missing.toml")
