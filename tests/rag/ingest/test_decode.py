"""Bytes become text in every usual encoding, and what is no text is refused."""

from __future__ import annotations

import codecs

import pytest

from rag.errors import UnreadableDocument
from rag.ingest.decode import decode_text

SIMPLIFIED = "创业团队需要技术、产品和市场人员。"
TRADITIONAL = "創業團隊需要技術、產品和市場人員。"
JAPANESE = "スタートアップの資金調達について説明します。"
KOREAN = "사용자 데이터를 분석하여 제품을 개선합니다. 창업 팀은 자금이 필요합니다."
FRENCH = "Une société française a levé des fonds près de Genève. L'équipe a été créée à Lyon."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        pytest.param(SIMPLIFIED, "utf-8", id="UTF-8"),
        pytest.param(SIMPLIFIED, "utf-8-sig", id="UTF-8 with mark"),
        pytest.param(SIMPLIFIED, "utf-16", id="UTF-16"),
        pytest.param("Plans: 融资 and 团队", "utf-16-le", id="UTF-16 without mark"),
        pytest.param("Plans: 融资 and 团队", "utf-16-be", id="UTF-16 without mark, big end first"),
        pytest.param(SIMPLIFIED, "utf-32", id="UTF-32"),
        pytest.param(SIMPLIFIED, "gb18030", id="GB18030"),
        pytest.param("融资策略", "gb18030", id="GB18030 of four characters"),
        pytest.param("AI 创业：how to raise", "gb18030", id="GB18030 among English"),
        pytest.param(TRADITIONAL, "big5", id="Big5"),
        pytest.param(JAPANESE, "shift_jis", id="Shift-JIS"),
        pytest.param(JAPANESE, "euc_jp", id="EUC-JP"),
        pytest.param(KOREAN, "euc_kr", id="EUC-KR"),
        pytest.param(FRENCH, "cp1252", id="Latin"),
        pytest.param(FRENCH, "latin-1", id="Latin-1"),
    ],
)
def test_text_in_any_usual_encoding_is_read_as_it_was_written(text: str, encoding: str) -> None:
    assert decode_text(text.encode(encoding), source="a.txt") == text


def test_big_endian_text_is_told_by_its_mark() -> None:
    data = codecs.BOM_UTF16_BE + SIMPLIFIED.encode("utf-16-be")
    assert decode_text(data, source="a.txt") == SIMPLIFIED


def test_line_ends_of_all_systems_become_one() -> None:
    assert decode_text(b"a\r\nb\rc\nd", source="a.txt") == "a\nb\nc\nd"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        pytest.param(b" \n\t\n", "holds no text", id="blank"),
        pytest.param(codecs.BOM_UTF8, "holds no text", id="only a mark"),
        pytest.param(b"PK\x03\x04\x14\x00\x00\x00", "binary", id="an archive"),
        pytest.param(bytes(range(1, 32)) * 40, "binary", id="control codes"),
        pytest.param(b"\xff\xfea", "starts as UTF-16", id="half a character"),
        pytest.param("中文".encode() * 50 + b"\xff" + "中文".encode(), "broken byte at 300", id="damaged UTF-8"),
    ],
)
def test_what_is_no_text_is_refused_with_the_reason(data: bytes, problem: str) -> None:
    with pytest.raises(UnreadableDocument, match=problem) as caught:
        decode_text(data, source="notes/a.md")
    assert caught.value.path == "notes/a.md"
    assert caught.value.remedy
