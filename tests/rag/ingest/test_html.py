"""Saved web pages: the article without the furniture."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.errors import UnreadableDocument
from rag.ingest.load import LoadedDocument

Read = Callable[..., LoadedDocument]

PAGE = """<!doctype html><html><head><meta charset="utf-8"><title>Pricing | Example Site</title>
<link rel="canonical" href="https://example.org/pricing"><style>p{color:red}</style><script>track()</script></head>
<body><header><a href="/">Home</a></header><nav><ul><li>Menu entry</li></ul></nav>
<main><article><header><h1>Pricing <em>AI</em></h1><p>By the staff</p></header>
<p>Charge for <b>use</b>, see <a href="https://example.org/why">why</a> and <a href="#x">below</a>.</p>
<h2>Plans</h2><ul><li>Free plan</li><li>Team plan</li></ul>
<table><tr><th>Plan</th><th>Price</th></tr><tr><td>Team</td><td>20</td></tr></table>
<pre><code># not a heading
run()</code></pre><p hidden>Secret words</p></article></main>
<aside>Advert words</aside><form><input>Subscribe words</form><footer>Copyright words</footer></body></html>"""


def test_the_article_is_read_with_its_headings_lists_and_tables(read: Read) -> None:
    loaded = read("pricing.html", PAGE)
    assert [chunk.section for chunk in loaded.chunks] == [("Pricing AI",), ("Pricing AI", "Plans")]
    assert loaded.chunks[0].text == "Charge for **use**, see [why](https://example.org/why) and below."
    plans = loaded.chunks[1].text
    assert "- Free plan\n- Team plan" in plans
    assert "| Team | 20 |" in plans
    assert "# not a heading" in plans


def test_title_and_address_come_from_the_page(read: Read) -> None:
    document = read("pricing.html", PAGE).document
    assert (document.title, document.url) == ("Pricing AI", "https://example.org/pricing")


def test_the_page_title_serves_when_there_is_no_heading(read: Read) -> None:
    assert read("a.htm", "<title>Team notes</title><p>Hire slowly.</p>").document.title == "Team notes"


@pytest.mark.parametrize(
    "word", ["Menu", "Home", "Advert", "Subscribe", "Copyright", "track", "color", "Secret", "By the staff"]
)
def test_page_furniture_is_left_out(read: Read, word: str) -> None:
    assert not any(word in chunk.text for chunk in read("pricing.html", PAGE).chunks)


def test_a_main_element_that_holds_next_to_nothing_is_not_believed(read: Read) -> None:
    page = f"<body><main><p>Loading</p></main><div><h1>T</h1><p>{'Real words here. ' * 20}</p></div></body>"
    assert any("Real words here." in chunk.text for chunk in read("a.html", page).chunks)


@pytest.mark.parametrize("declared", ["gb2312", "gbk"], ids=str)
def test_the_declared_encoding_is_believed(read: Read, declared: str) -> None:
    page = f'<html><head><meta charset="{declared}"></head><body><h1>融资</h1><p>镕基准备好了。</p></body></html>'
    assert read("a.html", page.encode("gb18030")).chunks[0].text == "镕基准备好了。"


def test_a_page_that_is_wrong_about_its_encoding_is_read_all_the_same(read: Read) -> None:
    page = '<html><head><meta charset="ascii"></head><body><p>创业团队需要人才。</p></body></html>'
    assert read("a.html", page).chunks[0].text == "创业团队需要人才。"


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("<html><body><script>render()</script></body></html>", id="only a script"),
        pytest.param("<html><body><nav>Menu</nav></body></html>", id="only furniture"),
    ],
)
def test_a_page_without_text_is_refused(read: Read, page: str) -> None:
    with pytest.raises(UnreadableDocument, match="no text of its own"):
        read("a.html", page)


def test_a_page_nested_too_deeply_is_refused_and_does_not_crash(read: Read) -> None:
    with pytest.raises(UnreadableDocument, match=r"a\.html: the file is damaged"):
        read("a.html", "<div>" * 5000 + "deep" + "</div>" * 5000)
