"""Where settings come from, which of them win, and what is said about wrong ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.settings import load_settings, locale_name, setting_names
from rag.errors import InvalidSettings

LAYERS: dict[str, dict[str, Any]] = {
    "toml": {"toml": "[retrieval]\nlimit = 3\n"},
    "dotenv": {"dotenv": "ADVISOR_RETRIEVAL_LIMIT=4\n"},
    "environment": {"environment": {"ADVISOR_RETRIEVAL_LIMIT": "5"}},
    "flag": {"flags": {"retrieval.limit": 6}},
}


def load(folder: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, Any]) -> Any:
    if "toml" in given:
        (folder / "advisor.toml").write_text(given["toml"], encoding="utf-8")
    if "dotenv" in given:
        (folder / ".env").write_text(given["dotenv"], encoding="utf-8")
    for name, value in given.get("environment", {}).items():
        monkeypatch.setenv(name, value)
    return load_settings(folder=folder, flags=given.get("flags"))


@pytest.mark.parametrize(
    ("present", "limit", "origin"),
    [
        pytest.param([], 8, "default", id="defaults"),
        pytest.param(["toml"], 3, "advisor.toml", id="the file beats defaults"),
        pytest.param(["toml", "dotenv"], 4, ".env", id="dotenv beats the file"),
        pytest.param(["toml", "dotenv", "environment"], 5, "environment", id="the environment beats dotenv"),
        pytest.param(["toml", "dotenv", "environment", "flag"], 6, "flag", id="a flag beats all"),
        pytest.param(["toml", "flag"], 6, "flag", id="a flag beats the file"),
    ],
)
def test_stronger_layer_wins_and_is_named(
    present: list[str], limit: int, origin: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {key: value for name in present for key, value in LAYERS[name].items()}
    loaded = load(tmp_path, monkeypatch, given)
    assert loaded.settings.rag.retrieval.limit == limit
    assert loaded.origins["retrieval.limit"].endswith(origin)


@pytest.mark.parametrize(
    ("given", "embedder"),
    [
        pytest.param({"toml": '[embedding]\nembedder = "use"\n'}, "use", id="file"),
        pytest.param({"environment": {"ADVISOR_EMBEDDER": "use"}}, "use", id="the short name"),
        pytest.param({"environment": {"ADVISOR_EMBEDDING_EMBEDDER": "use"}}, "use", id="the long name"),
        pytest.param(
            {"dotenv": "ADVISOR_EMBEDDER=use\n", "environment": {"ADVISOR_EMBEDDING_EMBEDDER": "memory"}},
            "memory",
            id="the stronger layer, whichever name it uses",
        ),
        pytest.param({"environment": {"ADVISOR_EMBEDDER": ""}}, "bundled", id="an empty value is none"),
    ],
)
def test_embedder_has_a_short_name(
    given: dict[str, Any], embedder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load(tmp_path, monkeypatch, given).settings.embedding.embedder == embedder


@pytest.mark.parametrize(
    ("given", "told"),
    [
        pytest.param({"toml": "[retrieval]\nlimt = 3\n"}, "did you mean 'retrieval.limit'", id="misspelt name"),
        pytest.param({"toml": "[retreival]\nlimit = 3\n"}, "did you mean 'retrieval.limit'", id="misspelt group"),
        pytest.param({"toml": "[x]\n"}, "'x' .* is no setting; known are home", id="unknown empty group"),
        pytest.param({"toml": "retrieval = 3\n"}, "'retrieval' .* is no setting", id="a group that is no table"),
        pytest.param({"toml": "[retrieval\n"}, "not valid TOML", id="broken file"),
        pytest.param({"toml": "[retrieval]\nlimit = 0\n"}, r"retrieval.limit = 0 .*greater", id="out of range"),
        pytest.param(
            {"environment": {"ADVISOR_RETRIEVAL_LIMTI": "3"}},
            "'ADVISOR_RETRIEVAL_LIMTI' .from environment. is no setting; did you mean 'ADVISOR_RETRIEVAL_LIMIT'",
            id="misspelt variable",
        ),
        pytest.param({"environment": {"ADVISOR_EMBEDDER": "gpt"}}, "ADVISOR_EMBEDDER = 'gpt'", id="no such model"),
        pytest.param({"environment": {"ADVISOR_RETRIEVAL": "{"}}, "cannot be read", id="a group that is no JSON"),
    ],
)
def test_wrong_setting_is_told_with_its_place(
    given: dict[str, Any], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidSettings, match=told):
        load(tmp_path, monkeypatch, given)


def test_file_that_is_no_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "advisor.toml").write_bytes("home = '资料'".encode("gb18030"))
    with pytest.raises(InvalidSettings, match="readable UTF-8 file"):
        load_settings(folder=tmp_path)


def test_named_settings_file_beats_the_working_folder(tmp_path: Path) -> None:
    (tmp_path / "advisor.toml").write_text("[retrieval]\nlimit = 3\n", encoding="utf-8")
    (tmp_path / "other.toml").write_text("[retrieval]\nlimit = 9\n", encoding="utf-8")
    loaded = load_settings(folder=tmp_path, config=Path("other.toml"))
    assert (loaded.settings.retrieval.limit, loaded.config) == (9, tmp_path / "other.toml")


def test_missing_settings_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match=r"'none\.toml' does not exist"):
        load_settings(folder=tmp_path, config=Path("none.toml"))


def test_file_in_the_home_folder_is_read_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, work = tmp_path / "home", tmp_path / "work"
    for folder, limit in ((home, 9), (work, 3)):
        folder.mkdir()
        (folder / "advisor.toml").write_text(f"[retrieval]\nlimit = {limit}\n", encoding="utf-8")
    monkeypatch.setenv("ADVISOR_HOME", str(home))
    assert load_settings(folder=work).settings.retrieval.limit == 3
    (work / "advisor.toml").unlink()
    assert load_settings(folder=work).settings.retrieval.limit == 9


def test_relative_home_stands_beside_what_named_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    conf = tmp_path / "conf"
    conf.mkdir()
    (conf / "a.toml").write_text('home = "data"\n', encoding="utf-8")
    assert load_settings(folder=tmp_path, config=conf / "a.toml").settings.home == conf / "data"
    monkeypatch.setenv("ADVISOR_HOME", "data")
    assert load_settings(folder=tmp_path, config=conf / "a.toml").settings.home == tmp_path / "data"


def test_unrelated_variables_do_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISOR_SLACK_BOT_TOKEN", "x")
    (tmp_path / ".env").write_text("OTHER=1\nADVISOR_SLACK_BOT_TOKEN=x\n", encoding="utf-8")
    assert load_settings(folder=tmp_path).origins["retrieval.limit"] == "default"


def test_every_setting_is_listed_with_value_and_origin(tmp_path: Path) -> None:
    rows = load_settings(folder=tmp_path, flags={"home": tmp_path}).rows()
    assert [name for name, _, _ in rows] == setting_names()
    assert ("home", str(tmp_path), "flag") in rows


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        pytest.param({"LANG": "zh_CN.UTF-8"}, "zh_CN.UTF-8", id="LANG"),
        pytest.param({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en_US.UTF-8", id="LC_ALL first"),
        pytest.param({"LC_ALL": "", "LC_MESSAGES": "zh_TW"}, "zh_TW", id="an empty one is none"),
        pytest.param({}, "", id="none"),
    ],
)
def test_locale_follows_the_usual_order(
    variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert locale_name() == expected
