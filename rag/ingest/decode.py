"""Turns the bytes of a text file into text, whatever encoding its author's editor used.

Unicode is tried first because it proves itself: a text in another encoding is practically never valid UTF-8.
Statistical detectors take short Chinese texts for Korean or Japanese, so Chinese encodings are tried by a rule of their
own: both GB and Big5 keep the common characters in one range of codes, and a text decoded with the wrong one scatters
outside it.
"""

from __future__ import annotations

import codecs
import re

from rag.errors import UnreadableDocument

_BOMS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(r"[\x00-\x06\x0e-\x1a\x1c-\x1f\x7f]")
_WIDE = re.compile(r"[^\x00-\xff]")
_CHINESE = re.compile(r"[　-〿一-鿿＀-￯‐-…—]")
_COMMON_LEADS = {"gb18030": range(0xB0, 0xD8), "big5": range(0xA4, 0xC7)}
"""First bytes of the everyday characters: level 1 of GB 2312 and the frequently used plane of Big5."""

_NEIGHBOURS = (("cp949", re.compile(r"[가-힣]"), 0.95), ("euc_jp", re.compile(r"[぀-ヿ]"), 0.25))
"""Encoding, script and the share of the script from which a text is in that encoding."""

_SAMPLE_CHARACTERS = 4000
_CHINESE_SHARE = 0.8
_BINARY_SHARE = 0.01
_ZERO_SHARE = 0.1
_UTF8_REMEDY = "save it as UTF-8 text"


def decode_text(data: bytes, *, source: str) -> str:
    r"""The text of a file with `\n` line ends and without a byte order mark.

    Raises:
        UnreadableDocument: the file is empty, is no text, or its encoding cannot be told.
    """
    text = _decode(data, source).replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    if not text.strip():
        raise UnreadableDocument(source, problem="the file holds no text", remedy="fill it or remove it")
    if len(_CONTROL.findall(text)) > _BINARY_SHARE * len(text):
        raise _binary(source)
    return text


def _decode(data: bytes, source: str) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _decode_marked(data, encoding, source)
    if b"\x00" in data:
        return _decode_unmarked(data, source)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _decode_legacy(data, error, source)


def _decode_marked(data: bytes, encoding: str, source: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        problem = f"the file starts as {encoding.removesuffix('-sig').upper()} but byte {error.start} breaks it"
        raise UnreadableDocument(source, problem=problem, remedy=_UTF8_REMEDY) from error


def _decode_unmarked(data: bytes, source: str) -> str:
    """UTF-16 without a mark, told by the zeros that Latin letters and blanks have in one byte of two, and no other."""
    zeros = data[:_SAMPLE_CHARACTERS:2].count(0), data[1:_SAMPLE_CHARACTERS:2].count(0)
    if max(zeros) >= _ZERO_SHARE * min(len(data), _SAMPLE_CHARACTERS) and min(zeros) * 50 < max(zeros):
        text = _strict(data, "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le")
        if text is not None:
            return text
    raise _binary(source)


def _decode_legacy(data: bytes, error: UnicodeDecodeError, source: str) -> str:
    repaired = data.decode("utf-8", errors="replace")
    if repaired.count("\ufffd") * 20 < len(_WIDE.findall(repaired)):
        problem = f"the text is UTF-8 with a broken byte at {error.start} ({data[error.start : error.start + 1]!r})"
        raise UnreadableDocument(source, problem=problem, remedy=_UTF8_REMEDY) from error
    text = _decode_chinese(data) or _detect(data)
    if text is None:
        raise UnreadableDocument(source, problem="the encoding cannot be told", remedy=_UTF8_REMEDY) from error
    return text


def _decode_chinese(data: bytes) -> str | None:
    decoded = {encoding: _strict(data, encoding) for encoding in _COMMON_LEADS}
    shares = {encoding: _chinese_share(text, encoding) for encoding, text in decoded.items() if text is not None}
    best = max(shares, key=lambda encoding: shares[encoding], default="gb18030")
    if shares.get(best, 0) < _CHINESE_SHARE or _is_neighbour(data):
        return None
    return decoded[best]


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _chinese_share(text: str, encoding: str) -> float:
    """Share of everyday Chinese characters and punctuation among all characters beyond Latin-1."""
    foreign = _WIDE.findall(text[:_SAMPLE_CHARACTERS])
    leads = _COMMON_LEADS[encoding]
    common = sum(bool(_CHINESE.match(c)) and (not "一" <= c <= "鿿" or c.encode(encoding)[0] in leads) for c in foreign)
    ideographs = sum("一" <= c <= "鿿" for c in foreign)
    return common / len(foreign) if ideographs else 0.0


def _is_neighbour(data: bytes) -> bool:
    """Whether the text is Korean or Japanese, whose codes are everyday characters in a Chinese encoding."""
    for encoding, script, least in _NEIGHBOURS:
        foreign = _WIDE.findall((_strict(data, encoding) or "")[:_SAMPLE_CHARACTERS])
        if len(foreign) >= 6 and sum(bool(script.match(c)) for c in foreign) >= least * len(foreign):
            return True
    return False


def _detect(data: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    return None if best is None else _strict(data, best.encoding)


def _binary(source: str) -> UnreadableDocument:
    return UnreadableDocument(
        source, problem="the file is not text (it holds binary data)", remedy="give it its true suffix or convert it"
    )
