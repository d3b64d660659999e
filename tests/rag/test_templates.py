"""Prompts for models: complete in both languages, checked when they are loaded, versioned by their text."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from rag.errors import InvalidSettings
from rag.resources import data_folder
from rag.templates import SENTINEL, PromptName, load_templates
from rag.types import Language


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(data_folder("prompts"), tmp_path / "prompts"))


@pytest.mark.parametrize("name", list(PromptName))
@pytest.mark.parametrize("language", [Language.ZH, Language.EN])
def test_each_prompt_is_there_in_chinese_and_english(name: PromptName, language: Language) -> None:
    prompt = load_templates(data_folder("prompts")).prompt(name, language)
    assert (prompt.name, prompt.language, len(prompt.version)) == (name, language, 12)
    assert prompt.parts["system"].strip()


def test_a_language_without_prompts_gets_the_english_ones() -> None:
    assert load_templates(data_folder("prompts")).prompt(PromptName.ANSWER, Language.JA).language is Language.EN


def test_the_line_for_no_answer_is_written_into_the_rules() -> None:
    prompt = load_templates(data_folder("prompts")).prompt(PromptName.ANSWER, Language.ZH)
    assert SENTINEL in prompt.text("system", sentinel=SENTINEL)


def test_a_question_with_braces_is_filled_in_as_it_stands() -> None:
    prompt = load_templates(data_folder("prompts")).prompt(PromptName.TRANSLATE, Language.EN)
    assert "{what} is {0}?" in prompt.text("user", question="{what} is {0}?")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        pytest.param("{question}", "{query}", "query", id="another_variable"),
        pytest.param("{passages}", "", "passages", id="a_variable_left_out"),
        pytest.param("{sentinel}", "{sentinel", "brace", id="a_brace_left_open"),
        pytest.param("<!-- retry -->", "<!-- again -->", "again", id="an_unknown_part"),
        pytest.param("<!-- retry -->", "<!-- user -->", "twice", id="a_part_twice"),
        pytest.param("<!-- system -->", "Rules", "begins with", id="text_before_the_first_part"),
    ],
)
def test_a_wrong_prompt_is_refused_at_the_start(folder: Path, old: str, new: str, told: str) -> None:
    path = folder / "answer.en.md"
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(InvalidSettings, match=f"answer.en.md.*{told}"):
        load_templates(folder)


def test_a_part_without_text_is_refused(folder: Path) -> None:
    path = folder / "answer.zh.md"
    path.write_text(path.read_text("utf-8").split("<!-- retry -->")[0] + "<!-- retry -->\n", "utf-8")
    with pytest.raises(InvalidSettings, match=r"without text.*retry"):
        load_templates(folder)


def test_a_missing_prompt_is_named(folder: Path) -> None:
    (folder / "digest.zh.md").unlink()
    with pytest.raises(InvalidSettings, match=r"digest\.zh\.md.*install"):
        load_templates(folder)


def test_the_version_changes_with_the_text_of_its_own_prompt_alone(folder: Path) -> None:
    before = load_templates(folder)
    path = folder / "answer.en.md"
    path.write_text(path.read_text("utf-8").replace("180", "190"), "utf-8")
    after = load_templates(folder)
    changed = [
        (name, language)
        for name in PromptName
        for language in (Language.ZH, Language.EN)
        if before.prompt(name, language).version != after.prompt(name, language).version
    ]
    assert changed == [(PromptName.ANSWER, Language.EN)]
