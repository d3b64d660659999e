"""Settings of the core: plain values in small groups, one for each component. Nothing here reads the environment."""

from __future__ import annotations

import re
from enum import Enum, auto
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[ \t]*[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")
_KEY = re.compile(r"[\x21-\x7e]+")


def _service_url(url: str) -> str:
    """A web address without secrets in it: it is printed, logged and part of errors."""
    if any(sign in url for sign in "@?#"):
        raise ValueError("give it without user, password, '?' and '#'; secrets have settings of their own")
    if not _is_address(url):
        raise ValueError("give an address such as http://127.0.0.1:8000")
    return url.rstrip("/")


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, half an IPv6 address
        return False


def _header(header: SecretStr) -> SecretStr:
    if not _HEADER.fullmatch(header.get_secret_value()):
        raise ValueError("give one header as 'Name: value', such as 'Authorization: Bearer …', in ASCII")
    return header


def _key(key: SecretStr) -> SecretStr:
    if not _KEY.fullmatch(key.get_secret_value()):
        raise ValueError("give the key alone: ASCII without blanks and line breaks")
    return key


ServiceUrl = Annotated[str, AfterValidator(_service_url)]
"""An address that starts with http:// or https:// and holds no credentials."""


class Loading(Enum):
    """When and where the packaged models are loaded."""

    NOW = auto()
    APART = auto()
    """Now, and passages are embedded in a process of lower priority: for a program that answers while it indexes."""

    LATER = auto()
    """With the first text, where the index was made by the same model: for a program that indexes and nothing else."""


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class IngestSettings(_Group):
    """How documents become chunks."""

    max_file_megabytes: float = Field(default=50.0, gt=0)
    """Larger files are refused with a message."""

    parser_seconds: float = Field(default=120.0, gt=0)
    """Longest time for which one file of a format other than Markdown and text may be parsed."""

    parser_megabytes: int = Field(default=1024, ge=64)
    """Most memory that parsing one such file may take."""

    chunk_characters: int = Field(default=500, ge=100, le=4000)
    """Longest chunk, in Chinese characters; a Latin letter counts half of one."""


class EmbeddingSettings(_Group):
    """Which model turns text into vectors."""

    embedder: Literal["bundled", "use", "openai", "memory"] = "bundled"
    """What embeds.

    `bundled` is both of the packaged models, `use` the smaller one alone, `openai` a server with OpenAI's interface for
    embeddings, `memory` a double that knows words but no meaning.
    """

    threads: int = Field(default=2, ge=1, le=64)
    batch_size: int = Field(default=16, ge=1, le=512)


class _Endpoint(_Group):
    """What is set of any server with OpenAI's interface, such as vLLM, whether it writes or embeds."""

    model: str | None = Field(default=None, min_length=1)
    """The name under which the server knows the model; without it the server's only model."""

    api_key: Annotated[SecretStr, AfterValidator(_key)] | None = None


class EmbeddingsServerSettings(_Endpoint):
    """The server behind the embedder `openai`: any that has `/v1/embeddings`."""

    base_url: ServiceUrl | None = None
    """The address before `/embeddings`; it usually ends in `/v1`."""

    dimension: int | None = Field(default=None, ge=1, le=65536)
    """Length of a vector; without it the server is asked once, at the start."""

    query_prefix: str = ""
    passage_prefix: str = ""
    """What the model wants in front of a question and of a passage: an instruction, `query: `, or nothing."""

    encoding: Literal["float", "base64"] = "float"
    """How vectors are asked for; base64 is a quarter of the size, and not every server knows it."""

    max_characters: int = Field(default=8192, ge=64, le=8192)
    """Longer texts are cut before they are sent: a server refuses what exceeds its model's context."""

    batch_size: int = Field(default=32, ge=1, le=2048)
    concurrency: int = Field(default=4, ge=1, le=64)
    """Texts in a request, and requests at the same time."""

    timeout_s: float = Field(default=30.0, gt=0, le=600)
    attempts: int = Field(default=4, ge=1, le=10)
    """How often a request is sent before it counts as failed, the first time included."""


class ChromaSettings(_Group):
    """A Chroma server that keeps the vectors; without an address they lie in a folder below the home."""

    url: ServiceUrl | None = None
    header: Annotated[SecretStr, AfterValidator(_header)] | None = None
    """A header for each request, as `Name: value`: the token of the proxy in front of the server."""

    tenant: str = Field(default="default_tenant", min_length=1)
    database: str = Field(default="default_database", min_length=1)
    timeout_s: float = Field(default=30.0, gt=0, le=600)


class RetrievalSettings(_Group):
    """How passages are found, ordered and judged."""

    limit: int = Field(default=8, ge=1, le=50)
    """Passages kept for an answer."""

    candidates: int = Field(default=50, ge=10, le=1000)
    """Hits taken from each leg before fusion."""

    dense_weight: float = Field(default=0.5, ge=0, le=1)
    question_weight: float = Field(default=0.7, ge=0, le=1)
    """What likeness to a question counts for that a document brings along, beside likeness to the text; 0: nothing."""

    language_bonus: float = Field(default=0.08, ge=0, le=1)
    reader_bonus: float = Field(default=0.1, ge=0, le=1)
    """What lifts a passage of the reader's own sector or stage over others that answer as well."""

    per_document: int = Field(default=4, ge=1)
    """Most passages of one document among those kept."""

    neighbour_characters: int = Field(default=1200, ge=0)
    """Budget for neighbouring chunks over all passages of an answer."""

    threshold: float = Field(default=0.34, ge=0, le=1)
    """Least confidence at which a question is answered."""


class ModelEndpoint(_Endpoint):
    """One server with OpenAI's chat interface."""

    base_url: ServiceUrl
    """The address before `/chat/completions`; it usually ends in `/v1`."""

    context_tokens: int | None = Field(default=None, ge=512)
    """What prompt and answer share; without it the server is asked."""


class ModelSettings(_Group):
    """The language models that write answers, in the order in which they are tried."""

    endpoints: tuple[ModelEndpoint, ...] = ()
    connect_s: float = Field(default=3.0, gt=0, le=60)
    first_token_s: float = Field(default=15.0, gt=0, le=300)
    """Longest wait for the first word, over all endpoints together."""

    total_s: float = Field(default=90.0, gt=0, le=900)
    """Longest time for a whole answer."""

    stall_s: float = Field(default=20.0, gt=0, le=300)
    """Longest silence between two words."""

    attempts: int = Field(default=2, ge=1, le=5)
    """How often one endpoint is asked before the next is tried."""

    open_after: int = Field(default=3, ge=1, le=100)
    """Failures in a row after which an endpoint is left alone."""

    probe_after_s: float = Field(default=30.0, gt=0)
    """When an endpoint that was left alone is tried again."""

    answer_tokens: int = Field(default=900, ge=64, le=8192)
    temperature: float = Field(default=0.2, ge=0, le=2)
    concurrency: int = Field(default=64, ge=1, le=1024)


class WritingSettings(_Group):
    """How far a model's sentences are trusted."""

    unsupported: Literal["drop", "mark"] = "drop"
    """What becomes of a sentence that no passage supports."""

    translate: bool = False
    """Search a question in the library's other language, too."""

    translate_s: float = Field(default=2.0, gt=0, le=30)
    condense_s: float = Field(default=3.0, gt=0, le=30)
    """Longest time for a model to translate a question, and to make a follow-up stand alone."""

    cache_minutes: float = Field(default=60.0, ge=0)
    """How long an answer is given again to the same question; 0 never."""


class QualitySettings(_Group):
    """Labelled questions, and how far an index run may make them worse."""

    questions: Path | None = None
    """A file of labelled questions, as `advisor eval` reads it."""

    margin: float = Field(default=0.05, ge=0, le=1)
    """By how much an index run may lower the share of questions that are found among five passages."""

    guard_questions: int = Field(default=120, ge=0, le=5000)
    """How many questions an index run is held against; 0 lets every run stand."""


class RagSettings(_Group):
    """Everything that `open_rag` needs."""

    home: Path
    lock_patience_s: float = Field(default=5.0, ge=0)
    """How long to wait for another process that owns the index, in seconds."""

    ingest: IngestSettings = IngestSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    embeddings: EmbeddingsServerSettings = EmbeddingsServerSettings()
    chroma: ChromaSettings = ChromaSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    model: ModelSettings = ModelSettings()
    writing: WritingSettings = WritingSettings()
    quality: QualitySettings = QualitySettings()
