"""Synthetic documents with real structure, and vectors that cluster as those of real text do."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rag.backends.embedding import unit_rows
from rag.ports import Embedder, Vectors
from rag.terms import index_terms

DIMENSION = 896
SECTIONS = 10
"""Sections, and so about as many chunks, of one document."""

_LATIN = "token model price team grant equity runway vector index prompt latency cache user cohort audit breach".split()
_HAN = "融资估值团队数据模型推理成本用户留存增长合规隐私风险算力训练微调检索定价渠道合同毛利现金"


def _words(draw: random.Random, topic: int, count: int) -> str:
    """Words of one topic: a topic has its own names, and shares the common words with all others."""
    own = [f"t{topic}w{n}" for n in range(40)]
    return " ".join(draw.choice(own if draw.random() < 0.5 else _LATIN) for _ in range(count))


def _han(draw: random.Random, count: int) -> str:
    return "".join(draw.choice(_HAN) for _ in range(count))


def _section(draw: random.Random, topic: int, number: int) -> str:
    lines = [f"## Section {number} on t{topic}w{number}", f"{_words(draw, topic, 30).capitalize()}. {_han(draw, 40)}。"]
    lines += [f"- {_words(draw, topic, 8)}: {_han(draw, 10)}" for _ in range(3)]
    return f"{lines[0]}\n\n{lines[1]}\n\n" + "\n".join(lines[2:])


def write_documents(folder: Path, chunks: int) -> list[Path]:
    """Write about as many documents as give the wanted number of chunks."""
    paths = []
    for number in range(chunks // SECTIONS):
        draw = random.Random(number)
        topic = number % max(10, chunks // 200)
        path = folder / f"{number // 1000:03}" / f"{number:06}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        sections = "\n\n".join(_section(draw, topic, each) for each in range(SECTIONS))
        path.write_text(f"# Document {number}\n\n{sections}\n", "utf-8")
        paths.append(path)
    return paths


def questions(chunks: int, count: int = 100) -> list[str]:
    """Questions in the words of the topics, half of them in Chinese."""
    draw = random.Random(7)
    topics = max(10, chunks // 200)
    made = []
    for number in range(count):
        words = _words(draw, draw.randrange(topics), 6)
        made.append(f"{words} 怎么做{_han(draw, 6)}？" if number % 2 else f"How does {words} work?")
    return made


class ProjectedEmbedder:
    """Random projections of the words of a text. A question costs what the real embedder costs."""

    dimension = DIMENSION
    identity = f"bench-projection-{DIMENSION}"

    def __init__(self, real: Embedder | None) -> None:
        self._real = real
        self._rows: dict[str, Vectors] = {}

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, after the real embedder has embedded them for its time."""
        if self._real is not None:
            await self._real.embed_queries(texts)
            self._rows.clear()  # so that the memory of a process that answers is the product's own
        return self.project(texts)

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages."""
        return await asyncio.to_thread(self.project, texts)

    def project(self, texts: Sequence[str]) -> Vectors:
        """Vectors of any texts."""
        sums = [np.sum([self._row(term) for term in index_terms(text)], axis=0) for text in texts]
        return unit_rows(np.stack(sums))

    def _row(self, term: str) -> Vectors:
        if term not in self._rows:
            seed = int.from_bytes(hashlib.blake2b(term.encode(), digest_size=8).digest())
            self._rows[term] = np.random.default_rng(seed).standard_normal(DIMENSION).astype(np.float32)
        return self._rows[term]
