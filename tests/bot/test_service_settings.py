"""Settings of the services that Advisor may use: how they are named, and that no secret among them is ever shown."""

from __future__ import annotations

from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest

from bot.settings import load_settings
from rag.errors import InvalidSettings

SECRET = "s3cret-value"


@pytest.mark.parametrize(
    ("variable", "value", "name", "expected"),
    [
        ("ADVISOR_EMBEDDER", "openai", "embedding.embedder", "openai"),
        ("ADVISOR_EMBEDDINGS_BASE_URL", "http://gpu:8001/v1/", "embeddings.base_url", "http://gpu:8001/v1"),
        ("ADVISOR_EMBEDDINGS_MODEL", "BAAI/bge-m3", "embeddings.model", "BAAI/bge-m3"),
        ("ADVISOR_EMBEDDINGS_QUERY_PREFIX", "query: ", "embeddings.query_prefix", "query: "),
        ("ADVISOR_EMBEDDINGS_MAX_CHARACTERS", "1000", "embeddings.max_characters", 1000),
        ("ADVISOR_CHROMA_URL", "https://chroma.example", "chroma.url", "https://chroma.example"),
        ("ADVISOR_CHROMA_TIMEOUT_S", "5", "chroma.timeout_s", 5.0),
    ],
)
def test_each_service_is_set_by_its_variable(
    variable: str, value: str, name: str, expected: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    assert attrgetter(name)(load_settings(folder=tmp_path).settings.rag) == expected


@pytest.mark.parametrize(
    ("variable", "value", "name"),
    [
        ("ADVISOR_EMBEDDINGS_API_KEY", SECRET, "embeddings.api_key"),
        ("ADVISOR_CHROMA_HEADER", f"Authorization: Bearer {SECRET}", "chroma.header"),
    ],
)
def test_a_secret_arrives_and_is_not_shown(
    variable: str, value: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    loaded = load_settings(folder=tmp_path)
    assert attrgetter(name)(loaded.settings.rag).get_secret_value() == value
    assert (name, "**********", "environment") in loaded.rows()
    assert SECRET not in f"{loaded.rows()} {loaded!r}"


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        pytest.param(f'[embeddings]\napi_key = "{SECRET} "\n', "embeddings.api_key = .* the key alone", id="key"),
        pytest.param(
            f'[embeddings]\napi_key = ["{SECRET}"]\n', r"embeddings.api_key = '\*+'", id="key of another type"
        ),
        pytest.param(f'[chroma]\nheader = "{SECRET}"\n', "chroma.header = .* 'Name: value'", id="header"),
        pytest.param(f'[chroma]\nurl = "http://me:{SECRET}@x"\n', "chroma.url = .*//…@x.*without user", id="address"),
        pytest.param(f'[chroma]\nurl = "http://me:{SECRET}/@a@x"\n', "chroma.url", id="address with odd signs"),
        pytest.param(f'[embeddings]\nbase_url = "http://me:{SECRET}@x/v1"\n', "without user", id="another address"),
    ],
)
def test_a_refused_setting_does_not_show_its_secret(toml: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "advisor.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(InvalidSettings, match=told) as caught:
        load_settings(folder=tmp_path)
    assert SECRET not in f"{caught.value} {caught.value.__cause__}"


@pytest.mark.parametrize("url", ["chroma:8000", "chroma", "ftp://chroma", "http://", "http://x:99999"])
def test_an_address_that_cannot_work_is_named(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISOR_CHROMA_URL", url)
    with pytest.raises(InvalidSettings, match=f"ADVISOR_CHROMA_URL = '{url}'"):
        load_settings(folder=tmp_path)
