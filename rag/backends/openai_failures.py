"""What went wrong with a server of language models, in the core's own errors.

The server's words are left out of the texts: a refusal may quote the prompt.
"""

from __future__ import annotations

import re

import httpx2
import openai

from rag.errors import ModelRefused, ModelUnavailable
from rag.settings import ModelEndpoint

_TOO_LONG = re.compile(
    r"maximum context length|context_length_exceeded|context window|context size|context length|prompt is too long"
    r"|maximum model length|max_model_len",
    re.IGNORECASE,
)
_PASSING = frozenset({408, 409, 425, 429})

UNREADABLE = (ValueError, TypeError, LookupError, AttributeError)
"""What reading a reply raises that is not shaped as the interface says."""


def told(endpoint: ModelEndpoint, text: str) -> str:
    """A sentence about an endpoint, without its key."""
    message = f"the language model at {endpoint.base_url!r} {text}"
    key = endpoint.api_key.get_secret_value() if endpoint.api_key else ""
    return message.replace(key, "***") if key else message


def chat_failure(endpoint: ModelEndpoint, error: Exception, *, begun: bool) -> ModelUnavailable:
    """The error for a failed request. `begun` says that part of the answer had already come."""
    if isinstance(error, openai.APIStatusError):
        return status_failure(endpoint, error.status_code, f"{error.message} {error.body}")
    if isinstance(error, openai.APITimeoutError):
        slow = "broke off: nothing more came" if begun else "gave no answer in time"
        return ModelUnavailable(told(endpoint, f"{slow}; look at its load and the network to it"))
    if isinstance(error, openai.APIConnectionError | httpx2.HTTPError):
        lost = "broke off in the middle of an answer" if begun else "cannot be reached"
        return ModelUnavailable(told(endpoint, f"{lost} ({_cause(error)}); start it, or check its base_url"))
    if isinstance(error, openai.APIError):
        if _TOO_LONG.search(str(error)):
            return _too_long(endpoint)
        return ModelUnavailable(told(endpoint, "reported an error while it wrote; look at its log"))
    return unreadable(endpoint, error)


def unreadable(endpoint: ModelEndpoint, error: Exception) -> ModelUnavailable:
    """The error for a reply that is not what the interface says."""
    reason = f"sent a reply that cannot be read ({type(error).__name__})"
    return ModelUnavailable(told(endpoint, f"{reason}; check that base_url is an OpenAI interface, ending in /v1"))


def status_failure(endpoint: ModelEndpoint, status: int, said: str) -> ModelUnavailable:
    """The error for a reply with another status than 200; `said` is searched for signs, never shown."""
    if status in _PASSING or status >= 500:
        advice = "it is asked too much" if status == 429 else "look at its log"
        return ModelUnavailable(told(endpoint, f"answered with status {status}; {advice}"))
    match status:
        case 401 | 403:
            problem = f"refuses the key (status {status})" if endpoint.api_key else f"wants a key (status {status})"
            return ModelRefused(told(endpoint, f"{problem}; set ADVISOR_LLM_API_KEY, or the endpoint's api_key"))
        case 404:
            what = f"does not know the model {endpoint.model!r}" if endpoint.model else "does not know that address"
            advice = "check ADVISOR_LLM_MODEL and ADVISOR_LLM_BASE_URL, which usually ends in /v1"
            return ModelRefused(told(endpoint, f"{what} (status 404); {advice}"))
        case 400 | 413 | 422 if _TOO_LONG.search(said):
            return _too_long(endpoint)
        case _:
            return ModelRefused(told(endpoint, f"does not take the request (status {status}); look at its log"))


def _too_long(endpoint: ModelEndpoint) -> ModelRefused:
    advice = "ask something shorter, or set the endpoint's context_tokens to what the server really has"
    return ModelRefused(told(endpoint, f"does not take a prompt of this length; {advice}"))


def _cause(error: BaseException) -> str:
    """The transport's own words, which stand at the end of the chain of causes."""
    reason = type(error).__name__
    cause: BaseException | None = error
    while cause:
        if isinstance(cause, httpx2.HTTPError):
            reason = str(cause) or type(cause).__name__
        cause = cause.__cause__
    return reason
