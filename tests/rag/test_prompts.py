"""The core's own sentences: complete in every language, checked when they are loaded."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from rag.errors import IndexMissing, InvalidSettings, StorageFailed
from rag.prompts import load_replies
from rag.resources import data_folder
from rag.types import Language


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(data_folder("prompts"), tmp_path / "prompts"))


def test_the_shipped_sentences_are_complete_in_both_languages() -> None:
    replies = load_replies(data_folder("prompts"))
    assert replies.text("refusal_topics", Language.EN, topics="pricing").endswith("pricing.")
    assert replies.text("refusal_topics", Language.ZH, topics="定价").endswith("定价。")
    assert {replies.text(f"language_{each}", Language.EN) for each in Language} >= {"Chinese", "English"}


def test_a_language_without_texts_is_spoken_to_in_english() -> None:
    replies = load_replies(data_folder("prompts"))
    assert replies.text("refusal", Language.JA) == replies.text("refusal", Language.EN)


def test_an_error_is_told_in_the_readers_language() -> None:
    replies = load_replies(data_folder("prompts"))
    assert "空" in replies.failure(IndexMissing("x"), Language.ZH)
    assert "secret" not in replies.failure(StorageFailed("a secret path"), Language.EN)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        pytest.param("{topics}", "{themes}", "refusal_topics", id="another_variable"),
        pytest.param("{topics}", "", "refusal_topics", id="a_variable_left_out"),
        pytest.param("{topics}", "{topics", "refusal_topics", id="a_brace_left_open"),
        pytest.param("refusal_hint", "refusal_tip", "refusal_hint", id="a_text_left_out"),
        pytest.param("language_und", "language_xx", "language_und", id="an_unknown_language"),
        pytest.param("other =", "another =", "failures", id="no_text_for_other_errors"),
        pytest.param("[failures]", "[failures", "replies.en.toml", id="broken_toml"),
    ],
)
def test_a_wrong_file_is_refused_at_the_start(folder: Path, old: str, new: str, told: str) -> None:
    path = folder / "replies.en.toml"
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(InvalidSettings, match=told):
        load_replies(folder)


def test_the_version_follows_the_text(folder: Path) -> None:
    before = load_replies(folder).version
    path = folder / "replies.zh.toml"
    path.write_text(path.read_text("utf-8").replace("猜测", "臆测"), "utf-8")
    assert load_replies(folder).version != before


def test_a_folder_without_english_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match=r"replies\.en\.toml"):
        load_replies(tmp_path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("replies.english.toml", b"", id="no_language_code"),
        pytest.param("replies.en.toml", b"refusal = '\xff'", id="not_utf8"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(InvalidSettings, match=name.replace(".", r"\.")):
        load_replies(folder)
