"""What the tests of writing share: passages, a question about them, and a model that writes what a test says."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field

from rag.authorship import Notice, Writing
from rag.backends.memory import MemoryEmbedder, ScriptedModel, Step
from rag.language import detect_language
from rag.ports import Embedder, Statement, Support, Writer
from rag.prompts import load_replies
from rag.resources import data_folder
from rag.settings import ModelSettings, WritingSettings
from rag.templates import load_templates
from rag.types import (
    Chunk,
    ChunkId,
    Document,
    DocumentId,
    DocumentKind,
    Language,
    Passage,
    Question,
    Retrieval,
    Turn,
)
from rag.writing.pool import FailoverPool
from rag.writing.writer import Desk, ModelWriter

TEMPLATES = load_templates(data_folder("prompts"))
REPLIES = load_replies(data_folder("prompts"))


def passage(text: str, *, title: str = "Guide", section: str = "", url: str | None = None, place: int = 0) -> Passage:
    """A passage in the language of its text."""
    document = Document(
        id=DocumentId(title),
        kind=DocumentKind.DOCUMENT,
        language=detect_language(text),
        title=title,
        source=f"{title.lower()}.md",
        url=url,
    )
    path = (title, section) if section else (title,)
    return Passage(
        rank=place + 1,
        score=0.9,
        chunk_id=ChunkId(f"{title}:{place}"),
        document=document,
        chunk=Chunk(position=place, section=path, text=text),
    )


BURN = passage(
    "The burn multiple divides net burn by net new annual recurring revenue. A value below 1 is amazing."
    " A value above 3 is bad. Pilots do not count as recurring revenue.",
    title="Runway",
)
TEAM = passage(
    "The first ten people decide the culture of a company. A paid trial project of two weeks tells more than three"
    " interviews. Reference calls tell how somebody works under pressure.",
    title="Team",
)
BURN_ZH = passage(
    "烧钱倍数等于净烧钱除以净新增年经常性收入。低于 1 惊人，高于 3 糟糕。试点项目不算经常性收入。", title="现金跑道"
)
TEAM_ZH = passage(
    "最早的十个人决定公司的文化。两周的付费试用项目比三轮面试更能说明问题。背景电话能看出一个人在压力下怎么工作。",
    title="团队",
)


def retrieval_of(*passages: Passage, question: str, siblings: tuple[Passage, ...] = ()) -> Retrieval:
    """What the search found for a question."""
    return Retrieval(
        language=detect_language(question),
        passages=passages,
        confidence=0.9,
        answerable=True,
        siblings=siblings,
    )


class Quoting:
    """A fallback that quotes the first sentences of every passage."""

    name = "quoting"

    async def write(self, question: Question, retrieval: Retrieval) -> AsyncGenerator[Statement, None]:
        yield Statement(text="From the library:", lead="")
        for index, each in enumerate(retrieval.passages):
            for sentence in each.chunk.text.replace("。", "。\0").replace(". ", ".\0").split("\0"):
                if sentence:
                    support = (Support(passage=index, quote=sentence.strip()),)
                    yield Statement(text=sentence.strip(), lead="\n", support=support)


@dataclass
class Told:
    """What a writer gave, and what its model was asked."""

    statements: list[Statement] = field(default_factory=list)
    writings: list[Writing] = field(default_factory=list)
    model: ScriptedModel | None = None
    times: dict[str, float] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The answer as it is read, without marks."""
        return "".join(each.lead + each.text for each in self.statements).strip()

    @property
    def cited(self) -> list[list[int]]:
        """The passages behind each statement."""
        return [[support.passage for support in each.support] for each in self.statements]

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What the reader is told."""
        return self.writings[-1].notices if self.writings else ()


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A question over passages, and who answers it."""

    question: str = "What is the burn multiple, and how do we hire the first team?"
    passages: tuple[Passage, ...] = (BURN, TEAM)
    siblings: tuple[Passage, ...] = ()
    history: tuple[Turn, ...] = ()
    sentences: Embedder | None = field(default_factory=lambda: MemoryEmbedder(dimension=512))
    fallback: Writer = field(default_factory=Quoting)
    unsupported: str = "drop"
    context_tokens: int = 8192
    answer_tokens: int = 900

    async def told_by(self, *scripts: Sequence[Step]) -> Told:
        """What comes of models that write these steps, one script a call."""
        model = ScriptedModel(*scripts, context_tokens=self.context_tokens)
        settings = ModelSettings(attempts=1, answer_tokens=self.answer_tokens)
        told = Told(model=model)
        ticks = iter(range(10**9))
        desk = Desk(
            templates=TEMPLATES,
            texts=REPLIES,
            sentences=self.sentences,
            clock=lambda: next(ticks) / 1000,
            on_times=told.times.update,
        )
        writer = ModelWriter(
            FailoverPool([model], settings),
            self.fallback,
            desk,
            writing=WritingSettings.model_validate({"unsupported": self.unsupported}),
            model=settings,
        )
        question = Question(id="q", text=self.question, history=self.history)
        found = retrieval_of(*self.passages, question=self.question, siblings=self.siblings)
        async for each in writer.write(question, found):
            if isinstance(each, Writing):
                told.writings.append(each)
            else:
                told.statements.append(each)
        return told


ZH = Scene(question="什么是烧钱倍数，最早的团队怎么招？", passages=(BURN_ZH, TEAM_ZH))
EN = Scene()
SCENES = {Language.ZH: ZH, Language.EN: EN}
