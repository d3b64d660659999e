"""Finding the files of a registered path: order, links, what is left out and what is told as a problem."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rag.errors import InvalidInput
from rag.ingest.files import FileProblem, FoundFile, find_files


def write(path: Path, text: str = "words") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def sources(root: Path) -> list[str]:
    return [found.source for found in find_files(root)]


def test_files_of_known_formats_are_found_in_sorted_order(tmp_path: Path) -> None:
    for name in ("b.md", "a/z.TXT", "a.md", "a-b.html", "README.md", "a/deep/er.pdf"):
        write(tmp_path / name)
    assert sources(tmp_path) == sorted(["b.md", "a/z.TXT", "a.md", "a-b.html", "README.md", "a/deep/er.pdf"])


def test_found_paths_are_absolute_and_lead_to_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "docs" / "a.md", "hello")
    monkeypatch.chdir(tmp_path)
    [found] = find_files(Path("docs"))
    assert isinstance(found, FoundFile)
    assert found.path.is_absolute()
    assert found.path.read_text() == "hello"


def test_hidden_and_unknown_files_are_left_out(tmp_path: Path) -> None:
    for name in (".hidden.md", ".git/a.md", "logo.png", "Makefile", "kept.md"):
        write(tmp_path / name)
    assert sources(tmp_path) == ["kept.md"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("new\nline.md", r"new\nline.md", id="a new line"),
        pytest.param("\x1b[2Jgone.md", r"\x1b[2Jgone.md", id="a terminal's command"),
        pytest.param("plan\u202efdp.md", r"plan\u202efdp.md", id="letters that turn round"),
    ],
)
def test_a_name_that_would_break_a_report_is_a_problem_of_one_line(tmp_path: Path, name: str, shown: str) -> None:
    write(tmp_path / name)
    write(tmp_path / "计划 – père 👩‍🚀.md")
    problem, found = sorted(find_files(tmp_path), key=lambda each: isinstance(each, FoundFile))
    assert isinstance(problem, FileProblem)
    assert (problem.source, problem.remedy) == (shown, "rename the file")
    assert found.source == "计划 – père 👩‍🚀.md"


def test_a_registered_file_is_called_by_its_name(tmp_path: Path) -> None:
    assert sources(write(tmp_path / "sub" / "plan.md")) == ["plan.md"]


def test_a_registered_file_of_unknown_format_is_a_problem_that_names_the_known_ones(tmp_path: Path) -> None:
    [found] = find_files(write(tmp_path / "sheet.numbers"))
    assert isinstance(found, FileProblem)
    assert "'.numbers'" in found.problem
    assert ".md" in found.remedy


def test_a_missing_path_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"'.*nowhere' does not exist"):
        find_files(tmp_path / "nowhere")


def test_links_to_files_and_folders_outside_are_followed(tmp_path: Path) -> None:
    write(tmp_path / "outside" / "far.md")
    root = tmp_path / "root"
    write(root / "near.md")
    (root / "far-file.md").symlink_to(tmp_path / "outside" / "far.md")
    (root / "linked").symlink_to(tmp_path / "outside")
    assert sources(root) == ["far-file.md", "linked/far.md", "near.md"]


@pytest.mark.parametrize("target", [".", "..", "sub"], ids=["to itself", "to its parent", "to a folder inside"])
def test_a_link_that_would_repeat_the_tree_is_not_followed(tmp_path: Path, target: str) -> None:
    root = tmp_path / "root"
    write(root / "sub" / "a.md")
    (root / "loop").symlink_to(root / target)
    assert sources(root) == ["sub/a.md"]


def test_two_folders_that_link_to_each_other_end(tmp_path: Path) -> None:
    write(tmp_path / "one" / "a.md")
    write(tmp_path / "two" / "b.md")
    (tmp_path / "one" / "two").symlink_to(tmp_path / "two")
    (tmp_path / "two" / "one").symlink_to(tmp_path / "one")
    assert sources(tmp_path / "one") == ["a.md", "two/b.md"]


def test_a_broken_link_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "gone.md").symlink_to(tmp_path / "never.md")
    [found] = find_files(tmp_path)
    assert isinstance(found, FileProblem)
    assert (found.source, found.problem) == ("gone.md", "the link leads to no file")


def test_a_name_that_is_no_text_is_a_problem_and_can_be_printed(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md")).write_text("words")
    [found] = find_files(tmp_path)
    assert isinstance(found, FileProblem)
    assert found.source == r"caf\xe9.md"
    assert found.source.encode()


def test_a_pipe_that_is_called_a_document_is_a_problem(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    [found] = find_files(tmp_path)
    assert isinstance(found, FileProblem)
    assert found.problem == "this is no regular file"


@pytest.fixture
def folder_of_an_ordinary_user() -> Iterator[Path]:
    """A folder, and no right to read what its owner has shut: root would read everything."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@contextmanager
def ordinary_user() -> Iterator[None]:
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


def test_a_folder_that_cannot_be_read_is_a_problem_and_the_rest_is_found(folder_of_an_ordinary_user: Path) -> None:
    folder = folder_of_an_ordinary_user
    write(folder / "open" / "a.md")
    write(folder / "shut" / "b.md")
    (folder / "shut").chmod(0)
    with ordinary_user():
        found = [(type(each), each.source) for each in find_files(folder)]
    (folder / "shut").chmod(0o755)
    assert found == [(FoundFile, "open/a.md"), (FileProblem, "shut")]


def test_a_registered_folder_that_cannot_be_read_is_refused(folder_of_an_ordinary_user: Path) -> None:
    folder_of_an_ordinary_user.chmod(0)
    with ordinary_user(), pytest.raises(InvalidInput, match="cannot be read"):
        find_files(folder_of_an_ordinary_user)
    folder_of_an_ordinary_user.chmod(0o755)
