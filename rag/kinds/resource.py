"""Resources: what founders and engineers can use, with cost, licence, languages and address."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from pathlib import Path

from pydantic import Field

from rag.errors import UnreadableDocument
from rag.kinds.loading import load_records
from rag.kinds.values import Address, Bilingual, BilingualList, LanguageCode, Line, Record, Stages, Topics


class ResourceKind(StrEnum):
    """What a resource is; each kind has a file of its own."""

    FRAMEWORK = "framework"
    TOOL = "tool"
    DATASET = "dataset"
    MODEL = "model"
    COURSE = "course"
    BOOK = "book"
    PAPER = "paper"
    CONFERENCE = "conference"
    COMMUNITY = "community"
    PROGRAMME = "programme"


class Cost(StrEnum):
    """What using a resource costs."""

    FREE = "free"
    FREEMIUM = "freemium"
    PAID = "paid"
    OPEN_SOURCE = "open-source"


class Resource(Record):
    """One resource.

    `needs` are words that a person might search by, `asked` how somebody asks for it who does not know its name;
    `licence` is None where none applies.
    """

    name: Line
    name_zh: Line | None = None
    kind: ResourceKind
    purpose: Bilingual = Field(alias="for")
    asked: BilingualList | None = None
    needs: Topics
    stages: Stages = Field(alias="stage")
    cost: Cost
    licence: Line | None
    languages: tuple[LanguageCode, ...] = Field(min_length=1)
    url: Address

    @property
    def shelf(self) -> str:
        """The kind, which names the file."""
        return self.kind.value


def load_resources(folder: Path) -> tuple[Resource, ...]:
    """All resources of a folder, in the order of files and entries.

    Raises:
        UnreadableDocument: the folder or a file cannot be read, an entry is wrong, or two share an id, or a kind an
            address.
    """
    resources = load_records(folder, Resource)
    addresses = Counter((resource.kind, resource.url) for resource in resources)
    for resource in resources:
        if addresses[resource.kind, resource.url] > 1:
            problem = f"entry {resource.id!r}: another entry of this kind has the address {resource.url!r}, too"
            raise UnreadableDocument(f"{resource.shelf}.yaml", problem=problem, remedy="keep one of them")
    return resources
