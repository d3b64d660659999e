"""How the servers of language models are named: two variables for one of them, tables for more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.settings import load_settings
from rag.errors import InvalidSettings
from rag.settings import ModelEndpoint, ModelSettings, WritingSettings

SECRET = "s3cret-value"
SECOND = '[[llm.endpoints]]\nbase_url = "http://b:8000/v1"\nmodel = "glm"\n'


def loaded(folder: Path, monkeypatch: pytest.MonkeyPatch, *, toml: str = "", **variables: str) -> Any:
    (folder / "advisor.toml").write_text(toml, encoding="utf-8")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return load_settings(folder=folder)


def test_without_an_address_no_model_is_configured(tmp_path: Path) -> None:
    assert load_settings(folder=tmp_path).settings.rag.model == ModelSettings()


def test_one_server_takes_two_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = loaded(tmp_path, monkeypatch, ADVISOR_LLM_BASE_URL="http://gpu:8000/v1/", ADVISOR_LLM_MODEL="Qwen/Qwen3-8B")
    endpoint = ModelEndpoint(base_url="http://gpu:8000/v1", model="Qwen/Qwen3-8B")
    assert found.settings.rag.model == ModelSettings(endpoints=(endpoint,))


def test_further_servers_follow_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toml = f'[llm]\ntotal_s = 50\n\n{SECOND}api_key = "{SECRET}"\ncontext_tokens = 9000\n'
    found = loaded(tmp_path, monkeypatch, toml=toml, ADVISOR_LLM_BASE_URL="http://a:8000/v1").settings.rag.model
    assert found.total_s == 50
    assert found.endpoints == (
        ModelEndpoint(base_url="http://a:8000/v1"),
        ModelEndpoint(base_url="http://b:8000/v1", model="glm", api_key=SecretStr(SECRET), context_tokens=9000),
    )


def test_tables_alone_are_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = loaded(tmp_path, monkeypatch, toml=SECOND).settings.rag.model
    assert [endpoint.base_url for endpoint in found.endpoints] == ["http://b:8000/v1"]


def test_further_servers_can_stand_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = loaded(tmp_path, monkeypatch, ADVISOR_LLM_ENDPOINTS='[{"base_url": "http://c:8000/v1"}]')
    assert [endpoint.base_url for endpoint in found.settings.rag.model.endpoints] == ["http://c:8000/v1"]


def test_how_far_sentences_are_trusted_can_be_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = loaded(tmp_path, monkeypatch, ADVISOR_WRITING_UNSUPPORTED="mark", ADVISOR_WRITING_TRANSLATE="true")
    assert found.settings.rag.writing == WritingSettings(unsupported="mark", translate=True)


def test_keys_are_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toml = f'{SECOND}api_key = "{SECRET}"\n'
    found = loaded(
        tmp_path, monkeypatch, toml=toml, ADVISOR_LLM_API_KEY=SECRET, ADVISOR_LLM_BASE_URL="http://a:8000/v1"
    )
    assert ("llm.api_key", "**********", "environment") in found.rows()
    assert SECRET not in f"{found.rows()} {found!r}"


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        pytest.param(f'[llm]\nmodel = "m"\napi_key = "{SECRET}"\n', "^llm: .*ADVISOR_LLM_BASE_URL", id="no address"),
        pytest.param(f'{SECOND}api_key = "{SECRET} x"\n', r"endpoints.0.api_key = '\*+'.*the key alone", id="key"),
        pytest.param(f'{SECOND}api_kye = "{SECRET}"\n', r"endpoints.0.api_kye = '\*+'", id="misspelt key"),
        pytest.param(f'[llm]\nendpoints = ["{SECRET}"]\n', r"endpoints.0 = '\*+'", id="an endpoint that is no table"),
        pytest.param(f'[llm]\nendpoints = "{SECRET}"\n', r"endpoints = '\*+'", id="endpoints that are no list"),
        pytest.param(
            '[[llm.endpoints]]\nmodel = "m"\n', "endpoints.0.base_url.*required", id="endpoint without address"
        ),
        pytest.param(
            f'[[llm.endpoints]]\nbase_url = "http://me:{SECRET}@x"\n',
            "endpoints.0.base_url = .*//…@x",
            id="credentials",
        ),
        pytest.param("[llm]\ntotal_s = 0\n", "llm.total_s = 0 .*greater than 0", id="out of range"),
        pytest.param("[llm]\nurl = 1\n", "'llm.url' .* is no setting; did you mean", id="misspelt name"),
    ],
)
def test_a_wrong_setting_is_told_with_its_place_and_without_keys(
    toml: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidSettings, match=told) as caught:
        loaded(tmp_path, monkeypatch, toml=toml)
    assert SECRET not in f"{caught.value} {caught.value.__cause__}"
