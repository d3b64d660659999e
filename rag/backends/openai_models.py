"""What a server tells of its models besides their answers: names, context lengths, and how long a prompt is."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Mapping, Sequence
from typing import Any

import httpx2

from rag.backends.openai_failures import UNREADABLE, chat_failure, status_failure, told, unreadable
from rag.backends.tokens import estimated_tokens
from rag.errors import ModelRefused, ModelUnavailable
from rag.ports import ChatMessage, Clock, ModelInfo
from rag.settings import ModelEndpoint

ASSUMED_CONTEXT_TOKENS = 4096
"""For a server that does not tell. Some cut what is longer without a word, so it is rather too small."""

_LENGTHS = ("max_model_len", "context_length", "context_window", "max_context_length")
"""Under which names servers tell a model's context length; vLLM's first."""

_MODELS_S = 5.0
_TOKENIZE_S = 1.0
_REST_S = 30.0
"""How long tokens are estimated after the server has failed to count them."""

log = logging.getLogger(__name__)


class ModelServer:
    """One server, asked for everything but answers."""

    def __init__(self, http: httpx2.AsyncClient, endpoint: ModelEndpoint, *, clock: Clock) -> None:
        self._http = http
        self._endpoint = endpoint
        self._clock = clock
        self._known: ModelInfo | None = None
        self._count_after = -math.inf

    async def info(self) -> ModelInfo:
        """Name and context length, from the settings or asked of `/v1/models` until it has answered once.

        Raises:
            ModelRefused: the server does not serve the configured model, or several and none is configured.
            ModelUnavailable: the server does not answer.
        """
        if self._known is None:
            self._known = self._configured() or await self._discovered()
        return self._known

    def forget(self) -> None:
        """Has the server asked again, which may have been started anew with another model."""
        self._known = None

    async def count_tokens(self, messages: Sequence[ChatMessage]) -> int:
        """Tokens of a prompt by vLLM's `/tokenize`, else an estimate that errs towards too many. Never raises."""
        if self._clock() >= self._count_after:
            try:
                return await self._counted(messages)
            except (ModelUnavailable, TimeoutError, httpx2.HTTPError, *UNREADABLE) as error:
                self._count_after = self._clock() + _REST_S
                log.info("tokens_estimated", extra={"endpoint": self._endpoint.base_url, "error": type(error).__name__})
        return estimated_tokens(messages)

    async def _counted(self, messages: Sequence[ChatMessage]) -> int:
        # The interface stands beside OpenAI's, not below it.
        url = f"{self._endpoint.base_url.removesuffix('/v1')}/tokenize"
        async with asyncio.timeout(_TOKENIZE_S):
            name = (await self.info()).name
            prompt = [{"role": message.role.value, "content": message.text} for message in messages]
            response = await self._http.post(url, json={"model": name, "messages": prompt})
        if response.status_code in {404, 405, 501}:
            self._count_after = math.inf
            return estimated_tokens(messages)
        count = response.raise_for_status().json()["count"]
        if not isinstance(count, int) or count < 1:
            raise ValueError(f"a prompt of {count!r} tokens")
        return count

    def _configured(self) -> ModelInfo | None:
        name, length = self._endpoint.model, self._endpoint.context_tokens
        return ModelInfo(name=name, context_tokens=length) if name and length else None

    async def _discovered(self) -> ModelInfo:
        try:
            async with asyncio.timeout(_MODELS_S):
                response = await self._http.get(f"{self._endpoint.base_url}/models")
        except TimeoutError as error:
            late = told(self._endpoint, f"did not tell its models in {_MODELS_S:g} s; look at its load")
            raise ModelUnavailable(late) from error
        except httpx2.HTTPError as error:
            raise chat_failure(self._endpoint, error, begun=False) from error
        if response.status_code == 404 and self._endpoint.model:  # a server that tells nothing of its models
            return self._with_length(self._endpoint.model, None)
        if response.status_code != 200:
            raise status_failure(self._endpoint, response.status_code, response.text)
        try:
            served = {str(model["id"]): model for model in response.json()["data"]}
        except UNREADABLE as error:
            raise unreadable(self._endpoint, error) from error
        return self._chosen(served)

    def _chosen(self, served: Mapping[str, Mapping[str, Any]]) -> ModelInfo:
        wanted = self._endpoint.model
        names = ", ".join(repr(name) for name in served) or "none"
        if wanted and wanted not in served:
            advice = "set ADVISOR_LLM_MODEL, or the endpoint's model, to one of them"
            raise ModelRefused(told(self._endpoint, f"does not serve {wanted!r} but {names}; {advice}"))
        # Adapters stand in the list beside the model that they adapt, as their parent.
        bases = [name for name, model in served.items() if not model.get("parent")]
        if not wanted and len(bases) != 1:
            advice = "say which one with ADVISOR_LLM_MODEL, or the endpoint's model"
            raise ModelRefused(told(self._endpoint, f"does not serve exactly one model but {names}; {advice}"))
        name = wanted or bases[0]
        parent = served.get(str(served[name].get("parent")), {})
        return self._with_length(name, _length(served[name]) or _length(parent))

    def _with_length(self, name: str, length: int | None) -> ModelInfo:
        length = self._endpoint.context_tokens or length
        if length is None:
            length = ASSUMED_CONTEXT_TOKENS
            details = {"endpoint": self._endpoint.base_url, "model": name, "tokens": length}
            log.warning("context_length_assumed", extra=details)
        return ModelInfo(name=name, context_tokens=length)


def _length(model: Mapping[str, Any]) -> int | None:
    told_lengths = (model.get(name) for name in _LENGTHS)
    return next((length for length in told_lengths if isinstance(length, int) and length > 0), None)
