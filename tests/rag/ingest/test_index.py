"""Index runs: what changed, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rag.backends.memory import MemoryEmbedder
from rag.catalogue import Input
from rag.errors import InvalidInput
from rag.ingest.index import IndexProgress, IndexReport
from rag.settings import IngestSettings
from rag.types import Scope

if TYPE_CHECKING:
    from tests.rag.ingest.conftest import Library


async def test_a_folder_is_indexed_and_found(library: Library) -> None:
    library.write("pricing.md", "# Pricing\n\nCharge for each thousand tokens.")
    library.write("zh/融资.md", "# 融资\n\n天使投资看重团队。")
    report = await library.update()
    assert report == IndexReport(added=("pricing.md", "zh/融资.md"))
    assert await library.live_texts() == {
        "pricing.md": ["Charge for each thousand tokens."],
        "zh/融资.md": ["天使投资看重团队。"],
    }
    assert (await library.catalogue.lexical(["天使"], limit=3, scope=Scope()))[0].coverage > 0


async def test_a_second_run_does_nothing(library: Library) -> None:
    library.write("a.md", "# A\n\nOne.")
    await library.update()
    assert await library.update() == IndexReport(unchanged=1)


async def test_only_what_changed_is_read_again(library: Library) -> None:
    library.write("a.md", "# A\n\nOne.")
    library.write("b.md", "# B\n\nTwo.")
    library.write("c.md", "# C\n\nThree.")
    await library.update()
    library.write("b.md", "# B\n\nTwo, revised.")
    (library.folder / "c.md").unlink()
    library.write("d.md", "# D\n\nFour.")
    report = await library.update()
    assert report == IndexReport(added=("d.md",), updated=("b.md",), removed=("c.md",), unchanged=1)
    assert await library.live_texts() == {"a.md": ["One."], "b.md": ["Two, revised."], "d.md": ["Four."]}


async def test_new_stamps_on_the_same_content_change_nothing(library: Library) -> None:
    path = library.write("a.md", "# A\n\nOne.")
    await library.update()
    os.utime(path, ns=(7, 7))
    assert await library.update() == IndexReport(unchanged=1)
    assert await library.update() == IndexReport(unchanged=1)


async def test_a_full_run_reads_everything_again(library: Library) -> None:
    library.write("a.md", "# A\n\nOne.")
    await library.update()
    assert await library.update(full=True) == IndexReport(updated=("a.md",))
    assert await (await library.live_vectors()).count() == 1


async def test_vectors_of_earlier_versions_are_swept(library: Library) -> None:
    library.write("a.md", "# A\n\nOne.\n\n## B\n\nTwo.")
    await library.update()
    library.write("a.md", "# A\n\nOne only.")
    await library.update()
    assert await (await library.live_vectors()).count() == 1


async def test_a_file_that_cannot_be_read_is_reported_and_its_last_version_stays(library: Library) -> None:
    path = library.write("a.md", "# A\n\nGood.")
    library.write("b.md", "# B\n\nAlso good.")
    await library.update()
    path.write_bytes(b"\x00\x01binary\x00" * 20)
    report = await library.update()
    assert [problem.source for problem in report.failed] == ["a.md"]
    assert report.failed[0].remedy
    assert (await library.live_texts())["a.md"] == ["Good."]


async def test_a_registered_folder_that_vanishes_keeps_its_documents(library: Library) -> None:
    library.write("a.md", "# A\n\nOne.")
    await library.update()
    library.folder.rename(library.folder.with_name("unmounted"))
    report = await library.indexer().update()
    assert (report.unchanged, report.removed) == (1, ())
    assert "does not exist" in report.failed[0].problem
    assert await library.live_texts() == {"a.md": ["One."]}


async def test_folder_that_is_empty_all_at_once_keeps_its_documents_until_they_are_let_go(library: Library) -> None:
    library.write("a.md", "# A\n\nOne.")
    library.write("below/b.md", "# B\n\nTwo.")
    await library.update()
    away = library.folder.with_name("disk")
    library.folder.rename(away)
    library.folder.mkdir()
    report = await library.update()
    assert (report.unchanged, report.removed) == (2, ())
    assert "not mounted" in report.failed[0].problem
    assert [outcome.away for outcome in report.by_input] == [True]
    assert await library.indexer().behind([Input(path=library.folder)]) == ()
    library.folder.rmdir()
    away.rename(library.folder)
    assert await library.update() == IndexReport(unchanged=2)
    for file in (library.folder / "a.md", library.folder / "below" / "b.md"):
        file.unlink()
    assert (await library.update()).removed == ("a.md", "below/b.md")  # a folder is left: no disk looks like this


async def test_folder_that_is_empty_lets_its_documents_go_by_force(library: Library) -> None:
    library.write("a.md", "# A\n\nOne.")
    await library.update()
    (library.folder / "a.md").unlink()
    report = await library.indexer().update(force=True)
    assert (report.removed, report.failed) == (("a.md",), ())
    assert await library.update() == IndexReport()


async def test_rebuild_waits_for_a_folder_that_is_empty(library: Library, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "x.md").write_text("# X\n\nOther.", "utf-8")
    library.write("a.md", "# A\n\nOne.")
    await library.indexer().update([Input(path=library.folder), Input(path=other)])
    (other / "x.md").unlink()
    library.settings = IngestSettings(chunk_characters=300)
    assert "not mounted" in (await library.update()).failed[0].problem
    assert set(await library.live_texts()) == {"a.md", "x.md"}


async def test_inputs_that_are_not_named_stay_as_they_are(library: Library, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "x.md").write_text("# X\n\nOther.", "utf-8")
    library.write("a.md", "# A\n\nOne.")
    await library.indexer().update([Input(path=library.folder), Input(path=other)])
    (other / "x.md").write_text("# X\n\nChanged meanwhile.", "utf-8")
    assert await library.update() == IndexReport(unchanged=1)
    assert (await library.live_texts())["x.md"] == ["Other."]


async def test_removing_an_input_takes_its_documents_out(library: Library, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "x.md").write_text("# X\n\nOther.", "utf-8")
    library.write("a.md", "# A\n\nOne.")
    await library.indexer().update([Input(path=library.folder), Input(path=other)])
    assert await library.indexer().remove(other) == IndexReport(removed=("x.md",))
    assert await library.live_texts() == {"a.md": ["One."]}
    assert await library.catalogue.inputs() == (Input(path=library.folder),)
    assert await (await library.live_vectors()).count() == 1


@pytest.mark.parametrize("action", ["update", "remove"])
async def test_an_unknown_path_is_refused(library: Library, action: str) -> None:
    missing = library.folder / "missing"
    with pytest.raises(InvalidInput, match="missing"):
        await (
            library.indexer().update([Input(path=missing)]) if action == "update" else library.indexer().remove(missing)
        )


async def test_updating_an_empty_registry_says_what_to_do(library: Library) -> None:
    with pytest.raises(InvalidInput, match="--starter"):
        await library.indexer().update()


async def test_two_inputs_may_hold_the_same_source(library: Library, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for folder, text in ((library.folder, "One."), (other, "Two.")):
        (folder / "a.md").write_text(f"# A\n\n{text}", "utf-8")
    await library.indexer().update([Input(path=library.folder), Input(path=other)])
    assert (await library.catalogue.counts()).documents == 2


async def test_another_embedder_builds_a_new_generation_of_all_inputs(library: Library, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "x.md").write_text("# X\n\nOther.", "utf-8")
    library.write("a.md", "# A\n\nOne.")
    await library.indexer().update([Input(path=library.folder), Input(path=other)])
    library.embedder = MemoryEmbedder(dimension=32)
    report = await library.update()
    assert sorted(report.added) == ["a.md", "x.md"]
    live = await library.catalogue.live()
    assert live is not None
    assert live.embedder == "memory-32"
    assert await library.store.names() == (live.collection,)
    assert await library.live_texts() == {"a.md": ["One."], "x.md": ["Other."]}


async def test_another_chunk_size_is_another_generation(library: Library) -> None:
    library.write("a.md", "# A\n\n" + "\n\n".join(f"Paragraph {n} " + "word " * 60 for n in range(6)))
    await library.update()
    before = await library.live_texts()
    library.settings = IngestSettings(chunk_characters=100)
    await library.update()
    assert len((await library.live_texts())["a.md"]) > len(before["a.md"])


async def test_progress_counts_documents_and_bytes(library: Library) -> None:
    library.write("a.md", "# A\n\nOne.")
    library.write("b.md", "# B\n\nTwo.")
    seen: list[IndexProgress] = []
    await library.indexer().update([Input(path=library.folder)], on_progress=seen.append)
    assert [(each.stage, each.done, each.total, each.source) for each in seen] == [
        ("scan", 0, 0, None),
        ("embed", 0, 2, "a.md"),
        ("embed", 1, 2, "b.md"),
        ("sweep", 0, 0, None),
    ]
    assert (seen[2].done_bytes, seen[2].total_bytes) == (9, 18)


async def test_a_rebuild_waits_for_a_folder_that_is_away(library: Library, tmp_path: Path) -> None:
    away = tmp_path / "disk"
    away.mkdir()
    (away / "far.md").write_text("# Far\n\nKept elsewhere.")
    library.write("a.md", "# A\n\nOne.")
    await library.indexer().update([Input(path=library.folder), Input(path=away)])
    away.rename(tmp_path / "unplugged")
    library.settings = IngestSettings(chunk_characters=300)
    report = await library.update()
    assert [problem.source for problem in report.failed] == [str(away)]
    assert set(await library.live_texts()) == {"a.md", "far.md"}
    (tmp_path / "unplugged").rename(away)
    await library.update()
    live = await library.catalogue.live()
    assert live is not None
    assert live.identity == library.indexer().identity()
    assert set(await library.live_texts()) == {"a.md", "far.md"}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("a" * 300, id="name_too_long"),
        pytest.param("bad\udcff", id="name_that_is_no_utf8"),
        pytest.param("none", id="nothing_there"),
    ],
)
async def test_a_path_that_cannot_be_registered_is_named(library: Library, name: str) -> None:
    if "\udcff" in name:
        (library.folder / name).mkdir()
    with pytest.raises(InvalidInput, match=ascii(name)[1:-1].replace("\\", ".+")):
        await library.indexer().update([Input(path=library.folder / name)])
    assert await library.catalogue.inputs() == ()


async def test_a_file_named_below_a_registered_folder_is_not_taken_twice(library: Library) -> None:
    library.write("sub/a.md", "# A\n\nOne.")
    await library.update()
    path = library.write("sub/a.md", "# A\n\nTwo, revised.")
    assert await library.indexer().update([Input(path=path)]) == IndexReport(updated=("sub/a.md",))
    assert await library.catalogue.inputs() == (Input(path=library.folder),)


async def test_a_folder_takes_over_what_was_registered_below_it(library: Library) -> None:
    library.write("sub/a.md", "# A\n\nOne.")
    library.write("b.md", "# B\n\nTwo.")
    await library.indexer().update([Input(path=library.folder / "sub"), Input(path=library.folder / "sub" / "a.md")])
    assert set(await library.live_texts()) == {"a.md"}
    report = await library.update()
    assert (set(report.added), report.removed) == ({"b.md", "sub/a.md"}, ("a.md",))
    assert await library.catalogue.inputs() == (Input(path=library.folder),)
    assert set(await library.live_texts()) == {"b.md", "sub/a.md"}


async def test_a_folder_called_like_a_named_input_does_not_stand_for_it(library: Library, tmp_path: Path) -> None:
    library.write("a.md", "# A\n\nOne.")
    await library.indexer().update([Input(path=library.folder, name="starter")])
    stranger = tmp_path / "elsewhere" / "starter"
    stranger.mkdir(parents=True)
    with pytest.raises(InvalidInput, match="not registered"):
        await library.indexer().remove(stranger)
    assert (await library.indexer().remove(tmp_path / "starter")).removed == ("a.md",)
