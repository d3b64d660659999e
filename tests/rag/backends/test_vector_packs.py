"""Packs of vectors: the same bytes for the same texts, and a clear word when one is damaged."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rag.backends.vector_packs import from_halves, read_pack, text_key, to_halves, write_pack
from rag.errors import InvalidInput, StorageFailed
from rag.ports import Vectors

TEXTS = ["融资", "runway", "客户流失"]


def _random_rows(count: int, dimension: int = 896) -> Vectors:
    rows = np.random.default_rng(7).normal(size=(count, dimension))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_stored_vectors_are_of_length_one_and_keep_their_dot_products() -> None:
    vectors = _random_rows(200)
    restored = from_halves(to_halves(vectors))
    assert np.linalg.norm(restored, axis=1) == pytest.approx(np.ones(200), abs=1e-6)
    assert np.abs(restored @ restored.T - vectors @ vectors.T).max() < 1e-3


def test_a_pack_gives_back_what_was_written(tmp_path: Path) -> None:
    vectors = _random_rows(3)
    write_pack(tmp_path / "doc.npz", "model-1", TEXTS, vectors)
    pack = read_pack(tmp_path / "doc.npz")
    assert pack.identity == "model-1"
    rows = dict(zip(pack.keys, from_halves(pack.halves), strict=True))
    for text, vector in zip(TEXTS, vectors, strict=True):
        assert rows[text_key(text)] @ vector == pytest.approx(1.0, abs=1e-3)


def test_the_same_texts_in_any_order_give_the_same_bytes(tmp_path: Path) -> None:
    vectors = _random_rows(3)
    write_pack(tmp_path / "one.npz", "model-1", TEXTS, vectors)
    write_pack(tmp_path / "two.npz", "model-1", TEXTS[::-1], vectors[::-1])
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.npz") as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_document_without_texts_has_an_empty_pack(tmp_path: Path) -> None:
    write_pack(tmp_path / "empty.npz", "model-1", [], np.empty((0, 896), dtype=np.float32))
    assert read_pack(tmp_path / "empty.npz").keys == ()


def test_texts_without_a_row_each_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"3 texts .* \(2, 896\)"):
        write_pack(tmp_path / "doc.npz", "model-1", TEXTS, _random_rows(2))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed, match=r"nowhere.*cannot be written"):
        write_pack(tmp_path / "nowhere" / "doc.npz", "model-1", TEXTS, _random_rows(3))


SOUND: dict[str, Any] = {
    "identity": np.array("model-1"),
    "keys": np.zeros((2, 32), dtype=np.uint8),
    "vectors": np.ones((2, 4), dtype=np.float16),
}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"keys": np.zeros((2, 16), dtype=np.uint8)}, id="short keys"),
        pytest.param({"keys": np.zeros((2, 32), dtype=np.int64)}, id="keys of another type"),
        pytest.param({"vectors": np.ones((3, 4), dtype=np.float16)}, id="more vectors than keys"),
        pytest.param({"vectors": np.ones((2, 4), dtype=np.float64)}, id="vectors of another type"),
        pytest.param({"vectors": np.full((2, 4), np.nan, dtype=np.float16)}, id="not a number"),
        pytest.param({"vectors": np.array([{}, {}], dtype=object)}, id="pickled objects"),
        pytest.param({"vectors": None}, id="a part is missing"),
    ],
)
def test_a_pack_with_a_wrong_part_is_refused_by_name(tmp_path: Path, change: dict[str, Any]) -> None:
    parts = {name: part for name, part in (SOUND | change).items() if part is not None}
    np.savez(tmp_path / "broken.npz", **parts)
    with pytest.raises(StorageFailed, match=r"broken\.npz: not a sound vector pack .*; delete it or restore it"):
        read_pack(tmp_path / "broken.npz")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"not an archive", id="text"),
        pytest.param(b"PK\x03\x04 and no more", id="torn archive"),
        pytest.param(b"\x93NUMPY\x01\x00 and no more", id="torn array"),
    ],
)
def test_a_file_that_is_no_pack_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.npz").write_bytes(content)
    with pytest.raises(StorageFailed, match=r"broken\.npz"):
        read_pack(tmp_path / "broken.npz")


def test_one_array_is_no_pack(tmp_path: Path) -> None:
    with (tmp_path / "broken.npz").open("wb") as file:
        np.save(file, np.ones(3))
    with pytest.raises(StorageFailed, match=r"broken\.npz"):
        read_pack(tmp_path / "broken.npz")


def test_a_flipped_bit_is_found(tmp_path: Path) -> None:
    path = tmp_path / "doc.npz"
    write_pack(path, "model-1", TEXTS, _random_rows(3))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(StorageFailed, match=r"doc\.npz"):
        read_pack(path)


def test_a_missing_pack_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed, match=r"absent\.npz"):
        read_pack(tmp_path / "absent.npz")
