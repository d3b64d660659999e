"""The composed core with a language model behind HTTP: it writes, is checked, is remembered, and is done without."""

from __future__ import annotations

from pathlib import Path

from rag.authorship import Notice
from rag.build import Rag, open_rag
from rag.catalogue import Input
from rag.settings import EmbeddingSettings, ModelEndpoint, ModelSettings, RagSettings, WritingSettings
from rag.types import Answer, AnswerStatus, Question
from tests.doubles.openai_chat import MODEL, Answering, Refusal, chat_server, in_turn, says

GRANTS = "# Money\n\n## Grants\n\nGrants cost no equity. Grants take nine months.\n"
QUESTION = "Do grants cost equity?"
SAID = "Grants cost no equity [1]. Grants are paid in gold [1]."


async def answered(tmp_path: Path, answering: Answering, *, times: int = 1, minutes: float = 60) -> list[Answer]:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "money.md").write_text(GRANTS, "utf-8")
    with chat_server(answering) as server:
        endpoint = ModelEndpoint(base_url=server.url)
        settings = RagSettings(
            home=tmp_path / "home",
            embedding=EmbeddingSettings(embedder="memory"),
            model=ModelSettings(endpoints=(endpoint,), attempts=1),
            writing=WritingSettings(cache_minutes=minutes),
        )
        async with open_rag(settings) as rag:
            await rag.indexer.update([Input(path=tmp_path / "docs")])
            return [await ask(rag) for _ in range(times)]


async def ask(rag: Rag) -> Answer:
    return await rag.answers.answer(Question(id="q", text=QUESTION))


async def test_a_configured_model_writes_and_what_nothing_supports_is_left_out(tmp_path: Path) -> None:
    (answer,) = await answered(tmp_path, says(SAID))
    assert (answer.status, answer.text) == (AnswerStatus.ANSWERED, "Grants cost no equity. [1]")
    assert answer.writing is not None
    assert (answer.writer, answer.writing.model) == ("model", MODEL)
    assert answer.writing.notices == (Notice.UNSUPPORTED,)


async def test_what_a_model_says_twice_is_shown_once(tmp_path: Path) -> None:
    (answer,) = await answered(
        tmp_path, says("Grants cost no equity [1]. Grants take nine months [1]. Cost no equity [1].")
    )
    assert answer.text == "Grants cost no equity. [1] Grants take nine months. [1]"


async def test_the_same_question_gets_the_same_answer_without_the_model(tmp_path: Path) -> None:
    first, second = await answered(tmp_path, in_turn([SAID], Refusal(status=500)), times=2)
    assert second.text == first.text
    assert second.writing is not None
    assert Notice.CACHED in second.writing.notices


async def test_a_model_that_fails_leaves_the_quoted_answer_which_is_not_remembered(tmp_path: Path) -> None:
    first, second = await answered(tmp_path, in_turn(Refusal(status=503), [SAID]), times=2)
    assert first.writing is not None
    assert (first.writer, first.writing.notices) == ("extractive", (Notice.WITHOUT_MODEL,))
    assert "Grants cost no equity" in first.text
    assert second.writer == "model"


async def test_without_a_time_to_keep_them_answers_are_written_anew(tmp_path: Path) -> None:
    answers = await answered(tmp_path, says(SAID), times=2, minutes=0)
    assert [each.writing and each.writing.notices for each in answers] == [(Notice.UNSUPPORTED,)] * 2
