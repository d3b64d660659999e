"""The model client and the pool against a real vLLM server: streams, refusals, many at once, known prefixes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from rag.backends.openai_chat import OpenAIChat, open_chat, open_chats
from rag.errors import ModelRefused
from rag.ports import ChatMessage, ChatModel, ModelInfo, Piece, Role
from rag.resources import data_folder
from rag.settings import ModelEndpoint, ModelSettings
from rag.templates import PromptName, load_templates
from rag.types import Chunk, ChunkId, Document, DocumentId, DocumentKind, Language, Passage
from rag.writing.pool import FailoverPool
from rag.writing.prompting import Material, answer_prompt
from tests.vllm.conftest import CONTEXT_TOKENS, KEY, NAME, VllmServer

pytestmark = pytest.mark.vllm

SETTINGS = ModelSettings(first_token_s=60, stall_s=60)
QUESTIONS = {Language.ZH: "灯桥科技的第一批客户是谁？", Language.EN: "Who were the first customers of Lantern Bridge?"}
LIBRARY = Path(__file__).parent / "library"


def passage(rank: int, text: str, *, title: str = "Lantern Bridge") -> Passage:
    document = Document(
        id=DocumentId(title), kind=DocumentKind.DOCUMENT, language=Language.EN, title=title, source="lantern.md"
    )
    chunk = Chunk(position=rank, section=(title,), text=text)
    return Passage(rank=rank, score=1.0, chunk_id=ChunkId(f"{title}:{rank}"), document=document, chunk=chunk)


def prompt(question: str, language: Language, *texts: str) -> Sequence[ChatMessage]:
    """What the product sends for a question."""
    passages = tuple(passage(rank, text) for rank, text in enumerate(texts))
    answering = load_templates(data_folder("prompts")).prompt(PromptName.ANSWER, language)
    return answer_prompt(answering, Material(question=question, passages=passages))


async def written(model: OpenAIChat, messages: Sequence[ChatMessage], *, most_tokens: int = 200) -> list[Piece]:
    return [piece async for piece in model.stream(messages, most_tokens=most_tokens)]


async def test_name_and_context_length_are_discovered(server: VllmServer) -> None:
    async with open_chat(server.endpoint(), SETTINGS) as model:
        assert await model.info() == ModelInfo(name=NAME, context_tokens=CONTEXT_TOKENS)


@pytest.mark.parametrize("language", [Language.ZH, Language.EN])
async def test_answer_streams_in_pieces_and_ends_with_its_usage(
    server: VllmServer, answers: dict[str, Any], language: Language
) -> None:
    messages = prompt(QUESTIONS[language], language, (LIBRARY / f"customers.{language}.md").read_text("utf-8"))

    async with open_chat(server.endpoint(), SETTINGS) as model:
        *pieces, last = await written(model, messages)
        counted = await model.count_tokens(messages)

    assert "".join(piece.text for piece in pieces) == answers[language]["text"]
    assert len(pieces) > 3
    assert last.usage
    assert last.usage.prompt == counted
    assert len(pieces) <= last.usage.completion <= 200


async def test_answer_ends_at_the_limit_of_tokens(server: VllmServer, answers: dict[str, Any]) -> None:
    messages = prompt(f"Who were the customers {answers['at_length']}?", Language.EN)

    async with open_chat(server.endpoint(), SETTINGS) as model:
        *_, last = await written(model, messages, most_tokens=30)

    assert last.usage
    assert last.usage.completion == 30


async def test_prompt_that_is_too_long_is_refused_in_plain_words(server: VllmServer) -> None:
    messages = prompt("Who?", Language.EN, "three county hospitals " * CONTEXT_TOKENS)

    async with open_chat(server.endpoint(), SETTINGS) as model:
        with pytest.raises(ModelRefused, match="prompt of this length") as refused:
            await written(model, messages)

    assert not refused.value.retryable
    assert "county" not in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param({"api_key": SecretStr("not-this-one")}, "key", id="a wrong key, when the model is asked for"),
        pytest.param(
            {"api_key": SecretStr("not-this-one"), "model": NAME, "context_tokens": CONTEXT_TOKENS},
            "key",
            id="a wrong key, when the answer is asked for",
        ),
        pytest.param({"api_key": None}, "key", id="no key"),
        pytest.param({"model": "gpt-9"}, "gpt-9", id="an unknown model, when the list is asked for"),
        pytest.param(
            {"model": "gpt-9", "context_tokens": CONTEXT_TOKENS}, "gpt-9", id="an unknown model, when asked to answer"
        ),
    ],
)
async def test_refusal_says_what_to_mend(server: VllmServer, changes: dict[str, Any], told: str) -> None:
    async with open_chat(server.endpoint(**changes), SETTINGS) as model:
        with pytest.raises(ModelRefused, match=told) as refused:
            await written(model, prompt("Who?", Language.EN))

    assert server.root in str(refused.value)
    assert "not-this-one" not in str(refused.value)
    assert KEY not in str(refused.value)


async def test_thirty_questions_at_once_are_all_answered(server: VllmServer, answers: dict[str, Any]) -> None:
    async def ask(pool: FailoverPool, number: int) -> str:
        language = [Language.ZH, Language.EN][number % 2]
        messages = prompt(QUESTIONS[language], language, f"{number}. {QUESTIONS[language]}")

        async def ready(_: ChatModel) -> Sequence[ChatMessage]:
            return messages

        pieces = [piece.text async for piece in pool.stream(ready, most_tokens=200)]
        return "".join(pieces)

    settings = ModelSettings(endpoints=(server.endpoint(),), first_token_s=120, total_s=300, stall_s=120)
    async with open_chats(settings) as models:
        pool = FailoverPool(models, settings)
        told = await asyncio.gather(*(ask(pool, number) for number in range(30)))

    assert told == [answers["zh"]["text"], answers["en"]["text"]] * 15


async def test_second_question_finds_the_static_prefix_computed(server: VllmServer) -> None:
    first = prompt("How are records sorted?", Language.EN, "Records were sorted by hand, the oldest first.")
    second = prompt("Who waited?", Language.EN, "The founders waited six weeks in the hospitals.")
    block = server.block_tokens()

    async with open_chat(server.endpoint(), SETTINGS) as model:
        await written(model, first)
        hits_before = server.metrics()["vllm:prefix_cache_hits_total"]
        *_, last = await written(model, second)
        hits = server.metrics()["vllm:prefix_cache_hits_total"] - hits_before
        static = await tokens_of(model, first[0])
        whole = await model.count_tokens(second)

    assert first[0] == second[0]
    assert static >= block
    assert static // block * block <= hits < whole
    assert last.usage
    assert last.usage.cached == hits


async def tokens_of(model: OpenAIChat, message: ChatMessage) -> int:
    """Tokens of a first message, without what a template opens for the answer."""
    nothing = ChatMessage(role=Role.USER, text="")
    return await model.count_tokens([message, nothing]) - await model.count_tokens([nothing])


async def test_endpoint_can_be_told_in_full_instead_of_discovered(server: VllmServer, answers: dict[str, Any]) -> None:
    endpoint = ModelEndpoint(
        base_url=f"{server.root}/v1", api_key=SecretStr(KEY), model=NAME, context_tokens=CONTEXT_TOKENS
    )

    async with open_chat(endpoint, SETTINGS) as model:
        pieces = await written(model, prompt(QUESTIONS[Language.EN], Language.EN))

    assert "".join(piece.text for piece in pieces) == answers["en"]["text"]
