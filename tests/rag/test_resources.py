"""The locator of packaged data."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from rag.errors import InvalidSettings
from rag.resources import data_folder

NAMES: list[Literal["corpus", "prompts"]] = ["corpus", "prompts"]


def folder(path: Path) -> Path:
    path.mkdir(parents=True)
    return path


@pytest.mark.parametrize("name", NAMES)
def test_data_of_this_installation_is_found(name: Literal["corpus", "prompts"]) -> None:
    assert any(path.is_file() for path in data_folder(name).rglob("*"))


@pytest.mark.parametrize("name", NAMES)
def test_folder_beside_the_package_serves_a_source_tree(tmp_path: Path, name: Literal["corpus", "prompts"]) -> None:
    beside = folder(tmp_path / name)

    assert data_folder(name, package=folder(tmp_path / "rag")) == beside


def test_packaged_copy_wins_over_a_folder_beside_the_package(tmp_path: Path) -> None:
    folder(tmp_path / "corpus")
    packaged = folder(tmp_path / "rag" / "_data" / "corpus")

    assert data_folder("corpus", package=tmp_path / "rag") == packaged


def test_file_in_the_place_of_the_folder_is_not_taken_for_it(tmp_path: Path) -> None:
    (tmp_path / "prompts").write_text("not a folder", encoding="utf-8")

    with pytest.raises(InvalidSettings):
        data_folder("prompts", package=folder(tmp_path / "rag"))


def test_missing_data_names_both_places_and_the_remedy(tmp_path: Path) -> None:
    package = folder(tmp_path / "rag")

    with pytest.raises(InvalidSettings) as caught:
        data_folder("prompts", package=package)

    message = str(caught.value)
    assert "'prompts'" in message
    assert str(package / "_data" / "prompts") in message
    assert str(tmp_path / "prompts") in message
    assert "install the package again" in message
