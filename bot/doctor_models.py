"""What `advisor doctor` says of the language models: whether each is reached, known, writes, and reads enough."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing

from bot.findings import Finding, Status
from rag.errors import ModelUnavailable
from rag.ports import ChatMessage, ChatModel, Clock, Role
from rag.settings import ModelSettings

_PROBE = (ChatMessage(role=Role.USER, text="Say hello."),)
_PROBE_TOKENS = 4
_READING_TOKENS = 3000
"""What a prompt takes besides the answer: rules, question and some eight passages."""


async def examine_models(
    models: Sequence[ChatModel], settings: ModelSettings, *, clock: Clock
) -> AsyncIterator[Finding]:
    """One finding for each endpoint, in their order. None is a failure: without a model the library is quoted.

    Args:
        models: the endpoints, opened.
        settings: the budgets that they have to keep.
        clock: measures how long the first word takes.
    """
    if not models:
        text = "none is configured: answers are quoted from the library; ADVISOR_LLM_BASE_URL names a server"
        yield Finding(check="model", status=Status.OK, text=text)
    for model in models:
        yield await _examined(model, settings, clock)


async def _examined(model: ChatModel, settings: ModelSettings, clock: Clock) -> Finding:
    try:
        began = clock()
        async with asyncio.timeout(settings.first_token_s):
            info = await model.info()
            await _first_word(model)
    except ModelUnavailable as error:
        problem, _, mend = str(error).partition("; ")
        mend = mend or "look at the server; until then answers are quoted from the library"
        return Finding(check="model", status=Status.WARN, text=problem, mend=mend)
    except TimeoutError:
        text = f"the language model at {model.endpoint!r} wrote no word in {settings.first_token_s:g} s"
        mend = "look at its load, or raise ADVISOR_LLM_FIRST_TOKEN_S"
        return Finding(check="model", status=Status.WARN, text=text, mend=mend)
    took = f"first word after {clock() - began:.1f} s"
    text = f"{model.endpoint} serves {info.name!r} with {info.context_tokens} tokens; {took}"
    wanted = settings.answer_tokens + _READING_TOKENS
    if info.context_tokens >= wanted:
        return Finding(check="model", status=Status.OK, text=text)
    mend = f"{wanted} tokens let it read all passages: serve it with more (vLLM: --max-model-len)"
    return Finding(
        check="model", status=Status.WARN, text=text, mend=f"{mend}, or set its context_tokens if it has more"
    )


async def _first_word(model: ChatModel) -> None:
    """Waits for the first piece: a list of models may be open to everybody where an answer needs a key."""
    async with aclosing(model.stream(_PROBE, most_tokens=_PROBE_TOKENS)) as pieces:
        await anext(pieces, None)
