"""What travels over the control socket arrives as it was sent; what is none of it is refused with a clear word."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from bot.control.wire import (
    PROTOCOL,
    Describe,
    Envelope,
    Remove,
    Request,
    Retrieve,
    Stream,
    Trouble,
    Update,
    decode,
    decode_request,
    encode,
    encode_request,
    read,
    restored,
    trouble,
)
from bot.errors import Busy, ControlFailed, DeliveryFailed
from rag.catalogue import Input
from rag.errors import IndexMissing, RagError, UnreadableDocument
from rag.types import (
    CaseFacts,
    Chunk,
    ChunkId,
    Document,
    DocumentId,
    DocumentKind,
    Language,
    Outcome,
    PageMark,
    Passage,
    Question,
    Retrieval,
    Scope,
    Turn,
)

PASSAGE = Passage(
    rank=1,
    score=1 / 3,
    chunk_id=ChunkId("c"),
    document=Document(
        id=DocumentId("d"),
        kind=DocumentKind.CASE,
        language=Language.ZH,
        title="“飞轮”\u2028\x00",
        source="a\udcff.md",
        audience=frozenset({"public", "board"}),
        case=CaseFacts(company="Acme", outcome=Outcome.MIXED, lessons=("a", "b")),
    ),
    chunk=Chunk(position=3, section=("A", "B"), text="x\ny" * 10, page_marks=(PageMark(offset=0, page=4),)),
)


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(Describe(), id="without values"),
        pytest.param(
            Stream(
                question=Question(
                    id="1",
                    text="为什么？",
                    scope=Scope(audience=frozenset({"a"}), kinds=frozenset({DocumentKind.CASE})),
                    history=(Turn(question="q", answer="a"),),
                )
            ),
            id="a question with scope and history",
        ),
        pytest.param(Retrieve(question=Question(id="1", text="x"), limit=5), id="a search"),
        pytest.param(Update(inputs=(Input(path=Path("/a"), name="starter"),), full=True), id="an index run"),
        pytest.param(Remove(path=Path(os.fsdecode(b"/tmp/\xff"))), id="a path that is no UTF-8"),
    ],
)
def test_request_arrives_as_it_was_sent(request_: Request) -> None:
    envelope = Envelope(token="t", protocol=PROTOCOL, version="1", process=7, request=request_)
    line = encode_request(envelope)
    assert line.count(b"\n") == 1
    assert decode_request(line) == envelope


def test_retrieval_arrives_to_the_last_digit() -> None:
    sent = Retrieval(
        language=Language.EN,
        passages=(PASSAGE,),
        siblings=(PASSAGE,),
        confidence=0.1 + 0.2,
        answerable=True,
        signals={"similarity": 1e-17},
    )
    line = decode(encode("result", sent))
    assert line.kind == "result"
    assert read(Retrieval, line.content) == sent


@pytest.mark.parametrize(
    ("error", "fields"),
    [
        pytest.param(IndexMissing("nothing is indexed"), {}, id="of the core"),
        pytest.param(Busy("the queue is full", retry_after_s=2.5), {"retry_after_s": 2.5}, id="with a number"),
        pytest.param(
            DeliveryFailed("gone", retry_after_s=None), {"retry_after_s": None, "retryable": False}, id="with nothing"
        ),
        pytest.param(
            UnreadableDocument("a.pdf", problem="damaged", remedy="save it"), {"problem": "damaged"}, id="with texts"
        ),
    ],
)
def test_error_arrives_as_one_of_its_class(error: RagError, fields: dict[str, Any]) -> None:
    line = decode(encode("error", trouble(error)))
    back = restored(read(Trouble, line.content))
    assert (type(back), str(back), back.retryable) == (type(error), str(error), error.retryable)
    assert {name: getattr(back, name) for name in fields} == fields


def test_error_of_a_newer_program_is_still_an_error() -> None:
    back = restored(Trouble(name="NotYetInvented", text="it broke"))
    assert (type(back), str(back)) == (RagError, "it broke")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param(b"\n", "is no JSON", id="an empty line"),
        pytest.param(b"\xff\n", "is no JSON", id="bytes that are no text"),
        pytest.param(b"[1]\n", "is no JSON object", id="no object"),
        pytest.param(b"{}\n", "protocol None", id="no protocol"),
        pytest.param(json.dumps({"protocol": PROTOCOL + 1}).encode(), "restart the bot", id="a newer protocol"),
        pytest.param(json.dumps({"protocol": PROTOCOL}).encode(), "token", id="no token"),
        pytest.param(
            json.dumps(
                {"protocol": PROTOCOL, "token": "", "version": "", "process": 1, "request": {"type": "format"}}
            ).encode(),
            "request",
            id="no such request",
        ),
    ],
)
def test_what_is_no_request_is_told(line: bytes, told: str) -> None:
    with pytest.raises(ControlFailed, match=told):
        decode_request(line)


@pytest.mark.parametrize("line", [b"{}\n", b"HTTP/1.1 400\r\n", b'{"what": 1}\n'])
def test_what_is_no_reply_is_told(line: bytes) -> None:
    with pytest.raises(ControlFailed):
        decode(line)


def test_reply_of_another_shape_is_told() -> None:
    with pytest.raises(ControlFailed, match="confidence"):
        read(Retrieval, {"language": "en", "passages": []})
