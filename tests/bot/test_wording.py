"""The bot's own words: complete in both languages, and checked before anybody reads them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from bot.saying_assess import AssessSay
from bot.saying_experts import ExpertSay
from bot.saying_oversight import OverSay
from bot.wording import LANGUAGES, Say, Sayable, load_wording, spoken
from rag.errors import InvalidSettings
from rag.types import DocumentKind, Language, Outcome

ROOT = Path(__file__).parents[2]


def folder(tmp_path: Path, *, change: tuple[str, str] = ("", "")) -> Path:
    for language in LANGUAGES:
        name = f"bot.{language.value}.toml"
        text = (ROOT / "prompts" / name).read_text("utf-8")
        (tmp_path / name).write_text(text.replace(*change) if language is Language.EN else text, "utf-8")
    shutil.copy(ROOT / "prompts" / "problems.zh.toml", tmp_path)
    return tmp_path


def test_every_topic_of_the_starter_library_has_a_name_in_both_languages() -> None:
    texts = (path.read_text("utf-8") for path in (ROOT / "corpus" / "library").glob("*/*.md"))
    found = (re.search(r"^topics: \[(.*)\]$", text, re.MULTILINE) for text in texts)
    topics = {topic.strip() for line in found if line for topic in line[1].split(",")}
    spare = {*Outcome, *DocumentKind, *(f"{kind}s" for kind in DocumentKind)}
    assert len(topics) > 40
    for language in LANGUAGES:
        assert topics - spare <= load_wording(ROOT / "prompts").words("topic", language).keys()


@pytest.mark.parametrize("text", [*Say, *AssessSay, *ExpertSay, *OverSay])
def test_each_text_is_said_somewhere(text: Sayable) -> None:
    code = "".join(path.read_text("utf-8") for path in (ROOT / "bot").rglob("*.py") if "saying" not in path.name)
    assert len(re.findall(rf"\b{type(text).__name__}\.{text.name}\b", code)) > 0
    code = "".join(path.read_text("utf-8") for path in (ROOT / "bot").glob("saying*.py"))
    assert f'{text.name} = "{text.value}"' in code


def test_reader_of_another_language_is_spoken_to_in_english(tmp_path: Path) -> None:
    wording = load_wording(folder(tmp_path))
    assert wording.say(Say.PAGE, Language.ZH, page="3") == "第 3 页"
    assert wording.say(Say.PAGE, Language.KO, page="3") == "p. 3"
    assert wording.kind(DocumentKind.CASE, Language.ZH) == "案例"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        pytest.param(('page = "p. {page}"', ""), "lacks page", id="a text is missing"),
        pytest.param(("p. {page}", "p. {seite}"), r"uses \['seite'\] but is given \['page'\]", id="an unknown name"),
        pytest.param(("p. {page}", "p. {page"), "brace", id="half a brace"),
        pytest.param(('page = "p.', 'pagina = "p.'), "pagina", id="a text that nobody says"),
        pytest.param(('case = "Case studies"', ""), "lacks case", id="a kind is missing"),
        pytest.param(("[texts]", "[texts"), "cannot be used", id="no TOML"),
    ],
)
def test_mistake_in_a_file_is_found_at_the_start(tmp_path: Path, change: tuple[str, str], problem: str) -> None:
    with pytest.raises(InvalidSettings, match=problem):
        load_wording(folder(tmp_path, change=change))


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match=r"bot\.zh\.toml"):
        load_wording(tmp_path)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        pytest.param("什么是护城河？", Language.ZH, id="Chinese"),
        pytest.param("What is a moat?", Language.EN, id="English"),
        pytest.param("해자란 무엇인가요?", Language.ZH, id="another: the default"),
        pytest.param("???", Language.ZH, id="signs alone: the default"),
    ],
)
def test_bot_speaks_the_language_of_the_text(text: str, language: Language) -> None:
    assert spoken(text, Language.ZH) is language
