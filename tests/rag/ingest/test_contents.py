"""Tables of contents and bibliographies are left out, what people ask for is kept."""

from __future__ import annotations

import pytest

from rag.ingest.blocks import ParsedFile
from rag.ingest.chunking import chunk_file
from rag.ingest.markdown import parse_markdown

BODY = "## Setup\n\nInstall it.\n\n## Usage\n\nRun it.\n\n## Costs\n\nPay for it.\n\n## Limits\n\nKnow them."
BODY_TEXTS = ["Install it.", "Run it.", "Pay for it.", "Know them."]


def texts_of(text: str) -> list[str]:
    return [chunk.text for chunk in chunk_file(ParsedFile(text=text, blocks=parse_markdown(text)), limit=500)]


@pytest.mark.parametrize(
    "contents",
    [
        pytest.param("## Contents\n\n- Setup\n- Usage\n- Costs\n- Limits", id="list under its heading"),
        pytest.param("## 目录大纲\n\n1. **第一部分**\n\n   1.1 概述\n\n---", id="list in other words"),
        pytest.param("- [Setup](#setup)\n- [Usage](#usage)\n- [More](#more)", id="anchors without a heading"),
        pytest.param("- Setup\n- Usage\n- Costs\n- Limits", id="titles without a heading"),
        pytest.param("### 目录\n\n---\n\n## Setup\n\n## Usage\n\n## Costs\n\n## Limits\n\n---", id="bare headings"),
        pytest.param("## Setup\n\n## Usage\n\n## Costs\n\n## Limits", id="bare headings without a name"),
    ],
)
def test_a_table_of_contents_is_left_out(contents: str) -> None:
    assert texts_of(f"# T\n\n{contents}\n\n{BODY}") == BODY_TEXTS


def test_headings_after_bare_contents_lead_to_the_right_paths() -> None:
    text = "# T\n\n### 目录\n\n## Setup\n\n### Usage\n\n---\n\n## Setup\n\nInstall it."
    parsed = ParsedFile(text=text, blocks=parse_markdown(text))
    assert [chunk.section for chunk in chunk_file(parsed, limit=500)] == [("T", "Setup")]


@pytest.mark.parametrize(
    "kept",
    [
        pytest.param("Four steps:\n\n- Setup\n- Usage\n- Costs\n- Limits", id="a list that a sentence introduces"),
        pytest.param("## 产品目录\n\n- 客服机器人\n- 写作助手", id="a catalogue of products"),
        pytest.param("## Contents of the kit\n\n- Two cables\n- One sensor", id="contents of something else"),
        pytest.param(
            "## 第三部分 工具\n\n## 第8章 框架\n\n用它。\n\n## 第三部分 工具", id="a part that is named twice"
        ),
    ],
)
def test_what_only_resembles_a_table_of_contents_is_kept(kept: str) -> None:
    texts = texts_of(f"# T\n\n{kept}\n\n{BODY}")
    assert len(texts) == len(BODY_TEXTS) + 1


@pytest.mark.parametrize(
    "heading",
    [
        "参考文献",
        "References",
        "Bibliography",
        "10. 扩展阅读 & 参考资料",
        "延伸阅读",
        "附录B: 大模型相关论文列表",
        "Further reading",
    ],
)
def test_a_bibliography_is_left_out(heading: str) -> None:
    references = "- [1] Doe, J. (2020). *Deep Things*. Press.\n- [2] Roe, R. (2021). Wide Things."
    assert texts_of(f"# T\n\nText.\n\n## {heading}\n\n{references}") == ["Text."]


def test_references_as_paragraphs_are_left_out_and_prose_below_them_is_kept() -> None:
    text = (
        "# T\n\nText.\n\n## References\n\n[1] Doe, J. Deep Things.\n\nRoe, R. (2021). Wide Things. doi:10.1/x\n\n"
        "We thank every founder who told us their story."
    )
    assert texts_of(text) == ["Text.", "We thank every founder who told us their story."]


def test_sections_after_a_bibliography_are_kept() -> None:
    assert texts_of("# T\n\n## References\n\n- Doe 2020\n\n## Team\n\nHire slowly.") == ["Hire slowly."]


@pytest.mark.parametrize(
    "heading", ["开发工具推荐", "开放数据集", "10.1.3 社群与交流平台", "相关网站与书籍推荐", "在线课程", "Tools"]
)
def test_lists_of_resources_that_people_ask_for_are_kept(heading: str) -> None:
    assert texts_of(f"# T\n\n## {heading}\n\n- [One](https://example.org)\n- Two") == [
        "- [One](https://example.org)\n- Two"
    ]
