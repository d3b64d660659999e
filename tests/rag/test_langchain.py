"""The library inside other people's chains: a retriever, embeddings, a small chain and an agent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pytest
from langchain.agents import create_agent
from langchain_core.documents import Document
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda, RunnablePassthrough
from langchain_core.tools import create_retriever_tool
from langchain_core.vectorstores import InMemoryVectorStore

from rag.backends.memory import MemoryEmbedder
from rag.errors import IndexMissing, InvalidInput
from rag.langchain import LibraryEmbeddings, LibraryRetriever
from rag.types import Language, Scope

if TYPE_CHECKING:
    from tests.rag.conftest import Shelf


@pytest.fixture
async def library(shelf: Shelf) -> Shelf:
    shelf.put("team", ["Hire a machine learning engineer first.", "Share the equity early."])
    shelf.put("pricing", ["Charge per thousand tokens."])
    shelf.put("board", ["The secret runway is nine months."], audience=frozenset({"board"}))
    await shelf.publish()
    return shelf


async def test_passages_become_documents_with_their_source(library: Shelf) -> None:
    found = await LibraryRetriever(search=library.retriever()).ainvoke("Which engineer to hire first?")
    first = found[0]
    assert (first.id, first.page_content) == ("team:0", "Hire a machine learning engineer first.")
    assert first.metadata["score"] == max(each.metadata["score"] for each in found)
    assert {key: value for key, value in first.metadata.items() if key not in {"score", "confidence"}} == {
        "source": "team.md",
        "title": "team",
        "section": "team > Section 0",
        "page": None,
        "url": None,
        "kind": "document",
        "language": "en",
    }


async def test_the_limit_and_the_readers_scope_are_kept(library: Shelf) -> None:
    board = Scope(audience=frozenset({"public", "board"}))
    question = "How long is the secret runway?"
    public = await LibraryRetriever(search=library.retriever()).ainvoke(question)
    (secret,) = await LibraryRetriever(search=library.retriever(), scope=board, limit=1).ainvoke(question)
    assert "board.md" not in {each.metadata["source"] for each in public}
    assert secret.metadata["source"] == "board.md"


async def test_what_the_library_does_not_hold_may_come_back_empty(library: Shelf) -> None:
    question = "Where does the Yangtze spring?"
    assert await LibraryRetriever(search=library.retriever()).ainvoke(question)
    assert await LibraryRetriever(search=library.retriever(), answerable_only=True).ainvoke(question) == []


async def test_errors_of_the_library_come_through(shelf: Shelf) -> None:
    with pytest.raises(IndexMissing):
        await LibraryRetriever(search=shelf.retriever()).ainvoke("anything?")


async def test_asking_without_await_is_refused_with_the_way_out(library: Shelf) -> None:
    with pytest.raises(InvalidInput, match=r"await retriever\.ainvoke"):
        LibraryRetriever(search=library.retriever()).invoke("anything?")


@pytest.mark.parametrize("settings", [{"limit": 0}, {"limits": 3}], ids=["no passage", "unknown field"])
async def test_a_wrong_field_is_told_at_once(library: Shelf, settings: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(settings))):
        LibraryRetriever(search=library.retriever(), **settings)  # type: ignore[arg-type]


async def test_embeddings_tell_questions_from_passages() -> None:
    embeddings = LibraryEmbeddings(MemoryEmbedder())
    question = await embeddings.aembed_query("token price")
    passages = await embeddings.aembed_documents(["the token price", "a canteen"])
    near, far = (sum(map(float.__mul__, question, passage)) for passage in passages)
    assert near > 0.9 > far


@pytest.mark.parametrize(
    "ask", [lambda each: each.embed_query("x"), lambda each: each.embed_documents(["x"])], ids=["query", "documents"]
)
def test_embedding_without_await_is_refused_with_the_way_out(ask: Any) -> None:
    with pytest.raises(InvalidInput, match=r"await embeddings\.aembed"):
        ask(LibraryEmbeddings(MemoryEmbedder()))


async def test_embeddings_serve_another_vector_store() -> None:
    store = InMemoryVectorStore(LibraryEmbeddings(MemoryEmbedder()))
    await store.aadd_texts(["Charge per thousand tokens.", "Hire an engineer."])
    (found,) = await store.asimilarity_search("Which engineer to hire?", k=1)
    assert found.page_content == "Hire an engineer."


class Echoing(GenericFakeChatModel):
    """A model that says what it was shown, and calls the tools that its script names."""

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Echoing:  # type: ignore[override]
        return self


def joined(documents: list[Document]) -> str:
    return "\n".join(f"[{n}] {each.page_content}" for n, each in enumerate(documents, start=1))


async def test_the_retriever_feeds_a_chain(library: Shelf) -> None:
    shown: list[BaseMessage] = []

    def model(prompt: Any) -> AIMessage:
        shown.extend(prompt.to_messages())
        return AIMessage("Hire an engineer first [1].")

    retriever = LibraryRetriever(search=library.retriever(), limit=1)
    prompt = ChatPromptTemplate.from_messages([("system", "Sources:\n{context}"), ("user", "{question}")])
    chain = (
        {"context": retriever | joined, "question": RunnablePassthrough()}
        | prompt
        | RunnableLambda(model)
        | StrOutputParser()
    )
    assert await chain.ainvoke("Which engineer to hire first?") == "Hire an engineer first [1]."
    assert [message.content for message in shown] == [
        "Sources:\n[1] Hire a machine learning engineer first.",
        "Which engineer to hire first?",
    ]


async def test_an_agent_searches_the_library_with_it(library: Shelf) -> None:
    call = {"name": "search_library", "args": {"query": "which engineer to hire first"}, "id": "call-1"}
    model = Echoing(messages=iter([AIMessage("", tool_calls=[call]), AIMessage("An engineer.")]))
    retriever = LibraryRetriever(search=library.retriever(), limit=1, language=Language.EN)
    tool = create_retriever_tool(retriever, "search_library", "Finds passages about start-ups.")
    agent = create_agent(model, [tool])
    result = await agent.ainvoke({"messages": [HumanMessage("Whom do I hire first?")]})
    told = [message.content for message in result["messages"] if isinstance(message, ToolMessage)]
    assert told == ["Hire a machine learning engineer first."]
    assert result["messages"][-1].content == "An engineer."
