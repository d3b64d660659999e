"""From a question to a checked, cited answer that a vLLM server wrote, in the core and in `advisor ask`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from rag.answer import AnswerService
from rag.authorship import Notice
from rag.backends.openai_chat import open_chats
from rag.build import open_rag
from rag.catalogue import Input
from rag.extract.writer import ExtractiveWriter
from rag.prompts import load_replies
from rag.resources import data_folder
from rag.settings import EmbeddingSettings, ModelSettings, RagSettings, RetrievalSettings, WritingSettings
from rag.templates import load_templates
from rag.types import AnswerStatus, Question
from rag.writing.pool import FailoverPool
from rag.writing.writer import Desk, ModelWriter
from tests.vllm.conftest import KEY, NAME, VllmServer

pytestmark = pytest.mark.vllm

LIBRARY = Path(__file__).parent / "library"
ADVISOR = Path(sys.executable).with_name("advisor")
QUESTIONS = {"zh": "灯桥科技的第一批客户是谁？", "en": "Who were the first customers of Lantern Bridge?"}


@asynccontextmanager
async def advising(
    server: VllmServer, home: Path, *libraries: Path, retrieval: RetrievalSettings | None = None
) -> AsyncIterator[AnswerService]:
    """The whole path over indexed folders, with the server's model."""
    model = ModelSettings(endpoints=(server.endpoint(),), first_token_s=60, total_s=120, stall_s=60)
    made = RagSettings(
        home=home, embedding=EmbeddingSettings(embedder="use"), retrieval=retrieval or RetrievalSettings()
    )
    replies = load_replies(data_folder("prompts"))
    async with open_rag(made) as rag, open_chats(model) as models:
        await rag.indexer.update([Input(path=library) for library in libraries])
        desk = Desk(
            templates=load_templates(data_folder("prompts")),
            texts=replies,
            sentences=rag.embedder,
            clock=time.monotonic,
        )
        fallback = ExtractiveWriter(embedder=rag.embedder, texts=replies)
        writer = ModelWriter(FailoverPool(models, model), fallback, desk, writing=WritingSettings(), model=model)
        yield AnswerService(retriever=rag.retriever, writer=writer, replies=replies, clock=time.monotonic)


def assert_checked(text: str, known: Mapping[str, Any]) -> None:
    """What the library holds is told and cited; what it does not hold, and what was never retrieved, is gone."""
    for sentence in known["supported"]:
        assert sentence.rstrip("。.") in text
    assert known["unsupported"].rstrip("。.") not in text
    assert "99" not in text


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_answer_keeps_what_the_library_holds_and_drops_the_rest(
    server: VllmServer, answers: dict[str, Any], tmp_path: Path, language: str
) -> None:
    async with advising(server, tmp_path, LIBRARY) as service:
        answer = await service.answer(Question(id="q", text=QUESTIONS[language]))

    assert answer.status is AnswerStatus.ANSWERED
    assert_checked(answer.text, answers[language])
    assert {each.document.source for each in answer.citations} == {f"customers.{language}.md", f"pricing.{language}.md"}
    assert answer.writing
    assert answer.writing.model == NAME
    assert answer.writing.usage
    assert answer.writing.notices == (Notice.UNSUPPORTED,)


async def test_prompt_of_many_passages_is_trimmed_before_the_server_has_to_refuse_it(
    server: VllmServer, answers: dict[str, Any], tmp_path: Path
) -> None:
    many = tmp_path / "many"
    many.mkdir()
    told = (LIBRARY / "customers.zh.md").read_text("utf-8") + "\n" + "候诊区里的人各有各的来历。" * 60
    for number in range(40):
        (many / f"{number}.md").write_text(f"{told}\n\n编号 {number}。\n", "utf-8")
    refused = server.refusals()
    generous = RetrievalSettings(limit=40, neighbour_characters=8000)

    async with advising(server, tmp_path / "home", LIBRARY, many, retrieval=generous) as service:
        answer = await service.answer(Question(id="q", text=QUESTIONS["zh"]))

    assert server.refusals() == refused
    assert answers["zh"]["supported"][0].rstrip("。") in answer.text
    assert answer.writing
    assert answer.writing.usage
    assert 4000 < answer.writing.usage.prompt < 8192
    assert Notice.WITHOUT_MODEL not in answer.writing.notices


def advisor(home: Path, *arguments: str, **settings: str) -> dict[str, Any]:
    """Runs the command with nothing of the developer's own; the last line that it prints."""
    own = {"PATH": os.defpath, "HOME": str(home), "LANG": "C.UTF-8", "ADVISOR_HOME": str(home / "advisor"), **settings}
    done = subprocess.run([ADVISOR, *arguments], env=own, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    return dict(json.loads(lines[-1])) if lines else {}


def test_command_answers_with_two_settings_and_says_so_when_the_server_is_gone(
    server: VllmServer, answers: dict[str, Any], tmp_path: Path
) -> None:
    advisor(tmp_path, "index", str(LIBRARY), "--json")
    question = ["ask", QUESTIONS["en"], "--json"]
    keyed = {"ADVISOR_LLM_MODEL": NAME, "ADVISOR_LLM_API_KEY": KEY, "ADVISOR_LLM_FIRST_TOKEN_S": "60"}

    written = advisor(tmp_path, *question, **keyed, ADVISOR_LLM_BASE_URL=f"{server.root}/v1")
    quoted = advisor(tmp_path, *question, **keyed, ADVISOR_LLM_BASE_URL="http://127.0.0.1:9/v1")

    assert_checked(written["text"], answers["en"])
    assert (written["status"], written["writer"]) == ("answered", "model")
    assert answers["en"]["supported"][0].rstrip(".") in quoted["text"]
    assert (quoted["status"], quoted["writer"]) == ("answered", "extractive")
