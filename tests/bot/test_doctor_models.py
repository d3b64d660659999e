"""What the doctor says of language models, asked over HTTP and through the double."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from pydantic import SecretStr

from bot.doctor_models import examine_models
from bot.findings import Finding, Status
from rag.backends.memory import ScriptedModel
from rag.backends.openai_chat import open_chats
from rag.errors import ModelUnavailable
from rag.ports import ChatModel
from rag.settings import ModelEndpoint, ModelSettings
from tests.doubles.openai_chat import MODEL, Refusal, chat_server, in_turn, says, served


async def never(_: float) -> None:
    await asyncio.Event().wait()


async def findings(models: Sequence[ChatModel], settings: ModelSettings | None = None) -> list[Finding]:
    ticks = iter(range(100))
    examined = examine_models(models, settings or ModelSettings(), clock=lambda: float(next(ticks)))
    return [finding async for finding in examined]


async def test_without_a_model_it_is_said_how_to_name_one() -> None:
    (finding,) = await findings([])
    assert finding.status is Status.OK
    assert "ADVISOR_LLM_BASE_URL" in finding.text


async def test_a_model_that_works_is_told_with_its_length_and_its_pace() -> None:
    (finding,) = await findings([ScriptedModel(["Hello"], name="qwen", context_tokens=8192)])
    assert finding == Finding(
        check="model",
        status=Status.OK,
        text="memory:qwen serves 'qwen' with 8192 tokens; first word after 1.0 s",
    )


async def test_a_model_that_can_read_little_is_a_warning_with_its_mend() -> None:
    (finding,) = await findings([ScriptedModel(["Hello"], context_tokens=2048)])
    assert finding.status is Status.WARN
    assert finding.mend.startswith("3900 tokens let it read all passages")


async def test_a_model_that_never_writes_is_a_warning() -> None:
    slow = ScriptedModel([1.0], sleep=never)
    (finding,) = await findings([slow], ModelSettings(first_token_s=0.1))
    assert (finding.status, slow.closed) == (Status.WARN, 1)
    assert "wrote no word in 0.1 s" in finding.text


async def test_each_model_is_examined_whatever_is_wrong_with_those_before_it() -> None:
    away = ScriptedModel([ModelUnavailable("it is away; start it")], name="a")
    found = await findings([away, ScriptedModel(["Hello"], name="b")])
    assert [(each.status, each.text.split()[0]) for each in found] == [(Status.WARN, "it"), (Status.OK, "memory:b")]
    assert found[0].mend == "start it"


@pytest.mark.parametrize(
    ("reply", "models", "told", "mend"),
    [
        pytest.param(Refusal(status=401), served(MODEL), "refuses the key", "ADVISOR_LLM_API_KEY", id="wrong key"),
        pytest.param(["Hello"], served("x", "y"), "but 'x', 'y'", "ADVISOR_LLM_MODEL", id="another model"),
        pytest.param(Refusal(status=503), served(MODEL), "status 503", "log", id="starting"),
    ],
)
async def test_a_server_that_cannot_be_used_is_told_with_its_mend_and_without_its_key(
    reply: Refusal | list[str], models: dict[str, object], told: str, mend: str
) -> None:
    with chat_server(in_turn(reply), models=models) as server:
        endpoint = ModelEndpoint(base_url=server.url, model=MODEL, api_key=SecretStr("s3cret"))
        async with open_chats(settings := ModelSettings(endpoints=(endpoint,))) as opened:
            (finding,) = await findings(opened, settings)
    assert finding.status is Status.WARN
    assert told in finding.text
    assert mend in f"{finding.text} {finding.mend}"
    assert "s3cret" not in f"{finding}"


async def test_a_server_that_works_is_told_with_what_it_serves() -> None:
    with chat_server(says("Hello"), models=served(MODEL, length=32768)) as server:
        async with open_chats(settings := ModelSettings(endpoints=(ModelEndpoint(base_url=server.url),))) as opened:
            (finding,) = await findings(opened, settings)
    assert finding.text.startswith(f"{server.url} serves '{MODEL}' with 32768 tokens; first word after")
