"""What the doctor says of the vector store, of a Chroma server and of an embeddings server."""

from __future__ import annotations

import json
import shutil
import socket
from pathlib import Path

import pytest

from .conftest import Advisor


def finding(output: str, check: str) -> dict[str, str]:
    found = [json.loads(line) for line in output.splitlines()]
    (one,) = [each for each in found if each["check"] == check]
    return dict(one)


@pytest.fixture
def closed() -> str:
    """An address at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


def test_vectors_in_place_are_counted(indexed: Advisor) -> None:
    vectors = finding(indexed("doctor", "--json").stdout, "vectors")
    assert vectors["status"] == "ok"
    assert vectors["text"].startswith("embedded Chroma holds 4 vectors in passages-")


def test_a_store_that_lacks_the_vectors_is_a_failure_until_the_next_index_run(indexed: Advisor, home: Path) -> None:
    shutil.rmtree(home / "chroma")
    result = indexed("doctor", "--json")
    vectors = finding(result.stdout, "vectors")
    assert (result.exit_code, vectors["status"]) == (1, "fail")
    assert "holds 0 vectors" in vectors["text"]
    assert "4 chunks" in vectors["text"]
    assert "advisor index" in vectors["mend"]
    assert indexed("index").exit_code == 0
    assert finding(indexed("doctor", "--json").stdout, "vectors")["status"] == "ok"


def test_an_embedder_without_a_calibration_is_a_warning_with_its_mend(indexed: Advisor) -> None:
    threshold = finding(indexed("doctor", "--json").stdout, "threshold")
    assert threshold["status"] == "warn"
    assert "not calibrated" in threshold["text"]
    assert "advisor eval FILE --calibrate" in threshold["mend"]
    assert "ADVISOR_RETRIEVAL_THRESHOLD" in threshold["mend"]


@pytest.mark.slow
def test_a_packaged_embedder_is_calibrated(advisor: Advisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISOR_EMBEDDER", "use")
    assert finding(advisor("doctor", "--json").stdout, "threshold")["status"] == "ok"


def test_a_chroma_server_that_is_away_is_a_failure_with_its_address(
    advisor: Advisor, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADVISOR_CHROMA_URL", closed)
    monkeypatch.setenv("ADVISOR_CHROMA_HEADER", "X-Token: s3cret")
    result = advisor("doctor", "--json")
    library = finding(result.stdout, "library")
    assert (result.exit_code, library["status"]) == (1, "fail")
    assert f"{closed!r} cannot be reached" in library["text"]
    assert "ADVISOR_CHROMA_URL" in library["text"]
    assert "s3cret" not in result.output


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        pytest.param({}, "set ADVISOR_EMBEDDINGS_BASE_URL", id="not set"),
        pytest.param(
            {
                "ADVISOR_EMBEDDINGS_BASE_URL": "http://127.0.0.1:9/v1",
                "ADVISOR_EMBEDDINGS_MODEL": "m",
                "ADVISOR_EMBEDDINGS_API_KEY": "s3cret",
                "ADVISOR_EMBEDDINGS_ATTEMPTS": "1",
            },
            "'http://127.0.0.1:9/v1' cannot be reached",
            id="away",
        ),
    ],
)
def test_an_embeddings_server_that_cannot_be_used_is_a_failure(
    advisor: Advisor, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], told: str
) -> None:
    for name, value in {"ADVISOR_EMBEDDER": "openai", **variables}.items():
        monkeypatch.setenv(name, value)
    result = advisor("doctor", "--json")
    library = finding(result.stdout, "library")
    assert (result.exit_code, library["status"]) == (1, "fail")
    assert told in library["text"]
    assert "s3cret" not in result.output
