"""Data of resources and risks is read whole, and every mistake is told by file, entry and key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rag.errors import UnreadableDocument
from rag.kinds.resource import Cost, ResourceKind, load_resources
from rag.kinds.risk import RiskCategory, load_risks
from rag.kinds.values import Stage
from rag.types import Language

from .conftest import Shelve, both_lists, resource_fields, risk_fields

LANGUAGES = (Language.ZH, Language.EN)


def test_a_resource_is_read_with_every_key(shelve: Shelve) -> None:
    (resource,) = load_resources(shelve(tool=[resource_fields(name_zh="算盘")]))
    assert (resource.id, resource.name, resource.name_zh) == ("abacus", "Abacus", "算盘")
    assert (resource.kind, resource.cost, resource.licence) == (ResourceKind.TOOL, Cost.OPEN_SOURCE, "MIT")
    assert [resource.purpose.of(language) for language in LANGUAGES] == ["Abacus 用来数珠子。", "Abacus counts beads."]
    assert (resource.needs, resource.stages) == (("counting", "beads"), (Stage.IDEA, Stage.PRE_SEED))
    assert (resource.languages, resource.url, resource.as_of) == (("en", "zh"), "https://abacus.example/", "2025-06")


def test_a_risk_is_read_with_every_key(shelve: Shelve) -> None:
    (risk,) = load_risks(shelve(operations=[risk_fields(sectors=["hardware"])]))
    assert (risk.id, risk.category, risk.title.zh) == ("flood", RiskCategory.OPERATIONS, "机房进水")
    assert (risk.likelihood, risk.impact, risk.sectors, risk.documents) == (2, 4, ("hardware",), ("risk",))
    assert risk.stages == (Stage.SEED, Stage.SERIES_A, Stage.GROWTH)
    assert [len(risk.signals.of(language)) for language in LANGUAGES] == [3, 3]
    assert [step.who.en for step in risk.contingency.first_hour] == ["Lead in English", "Chief in English"]
    assert risk.contingency.first_week[1].do.of(Language.ZH) == "Tell的中文"


def test_entries_come_in_the_order_of_files_and_lines(shelve: Shelve) -> None:
    folder = shelve(
        tool=[resource_fields(id="zebra"), resource_fields(id="ant", url="https://ant.example/")],
        book=[resource_fields(id="middle", kind="book")],
    )
    assert [resource.id for resource in load_resources(folder)] == ["middle", "zebra", "ant"]


def complaint(folder: Path, *, risks: bool = False) -> str:
    with pytest.raises(UnreadableDocument) as caught:
        (load_risks if risks else load_resources)(folder)
    return str(caught.value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param({"colour": "red"}, ["'colour' is not known"], id="unknown key"),
        pytest.param({"kind": "spoon"}, ["'kind'", "'spoon'", "'framework'"], id="unknown kind"),
        pytest.param({"cost": "cheap"}, ["'cost'", "'cheap'", "'freemium'"], id="unknown cost"),
        pytest.param({"for": {"en": "Abacus counts."}}, ["'for.zh' is missing"], id="a language left out"),
        pytest.param({"for": {"zh": " ", "en": "Abacus counts."}}, ["'for.zh'", "at least 1 character"], id="blank"),
        pytest.param({"name": "Two\nlines"}, ["'name'", "one line"], id="line break"),
        pytest.param({"id": "My Tool"}, ["'My Tool'", "lower-case"], id="id that is no slug"),
        pytest.param({"needs": ["beads"]}, ["'needs'", "at least 2"], id="one need"),
        pytest.param({"needs": ["beads", "beads"]}, ["'needs'", "once"], id="a need named twice"),
        pytest.param({"stage": ["seed", "idea"]}, ["'stage'", "idea, pre-seed, seed"], id="stages out of order"),
        pytest.param({"stage": ["series-b"]}, ["'stage.0'", "'series-b'", "'series-a'"], id="unknown stage"),
        pytest.param({"stage": []}, ["'stage'", "at least 1"], id="no stage"),
        pytest.param({"languages": ["english"]}, ["'languages.0'", "ISO 639-1"], id="language in words"),
        pytest.param({"url": "http://abacus.example"}, ["'url'", "https://"], id="address that is not encrypted"),
        pytest.param({"url": "https://me:pw@abacus.example"}, ["'url'", "https://"], id="address with a password"),
        pytest.param({"url": "https://[::1"}, ["'url'", "https://"], id="half an address"),
        pytest.param({"url": "https://abacus"}, ["'url'", "https://"], id="address without a domain"),
        pytest.param({"as_of": "2025-13"}, ["'as_of'", "'2025-13'", "YYYY-MM"], id="month that cannot be"),
        pytest.param({"as_of": "June 2025"}, ["'as_of'", "YYYY-MM"], id="month in words"),
        pytest.param({"licence": ""}, ["'licence'"], id="empty licence"),
    ],
)
def test_a_wrong_resource_is_told_with_file_entry_key_and_remedy(
    shelve: Shelve, change: dict[str, Any], told: list[str]
) -> None:
    fields = resource_fields(**change)
    message = complaint(shelve(tool=[resource_fields(id="first", url="https://first.example/"), fields]))
    assert message.startswith(f"tool.yaml: entry {fields['id']!r}: key ")
    assert all(word in message for word in told), message


@pytest.mark.parametrize("key", [key for key in resource_fields() if key != "id"])
def test_no_key_of_a_resource_may_be_missing(shelve: Shelve, key: str) -> None:
    fields = {name: value for name, value in resource_fields().items() if name != key}
    assert f"entry 'abacus': key {key!r} is missing; add it" in complaint(shelve(tool=[fields]))


@pytest.mark.parametrize("key", [key for key in risk_fields() if key != "id"])
def test_no_key_of_a_risk_may_be_missing(shelve: Shelve, key: str) -> None:
    fields = {name: value for name, value in risk_fields().items() if name != key}
    assert f"entry 'flood': key {key!r} is missing; add it" in complaint(shelve(operations=[fields]), risks=True)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param({"likelihood": 0}, ["'likelihood'", "0", "greater than or equal to 1"], id="too unlikely"),
        pytest.param({"impact": 6}, ["'impact'", "6", "less than or equal to 5"], id="too grave"),
        pytest.param({"impact": "5"}, ["'impact'", "valid integer"], id="score as text"),
        pytest.param({"signals": both_lists("s", zh=2)}, ["'signals'", "zh (2)", "en (3)"], id="lists of two lengths"),
        pytest.param({"mitigations": {"zh": [], "en": []}}, ["'mitigations.zh'", "at least 1"], id="empty lists"),
        pytest.param({"category": "weather"}, ["'category'", "'weather'", "'market'"], id="unknown category"),
        pytest.param({"contingency": {}}, ["'contingency.first_hour' is missing", "(and 2 more)"], id="no plan"),
        pytest.param({"documents": ["Risk.md"]}, ["'documents.0'", "'Risk.md'"], id="document that is no id"),
    ],
)
def test_a_wrong_risk_is_told_with_file_entry_key_and_remedy(
    shelve: Shelve, change: dict[str, Any], told: list[str]
) -> None:
    message = complaint(shelve(operations=[risk_fields(**change)]), risks=True)
    assert message.startswith("operations.yaml: entry 'flood': key ")
    assert all(word in message for word in told), message


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("- id: a\n  name: b: c\n", "not valid YAML at line 2", id="colon without quotes"),
        pytest.param("- id: a\n  as_of: 2025-02-31\n", "not valid YAML", id="date that cannot be"),
        pytest.param("id: a\n", "where a list of entries belongs", id="no list"),
        pytest.param("", "where a list of entries belongs", id="empty file"),
        pytest.param("- just words\n", "entry 1: key 'the entry' has the value 'just words'", id="entry without keys"),
        pytest.param("- name: x\n", "entry 1: key 'id' is missing", id="entry without an id is told by its number"),
    ],
)
def test_a_broken_file_is_told(shelve: Shelve, text: str, told: str) -> None:
    message = complaint(shelve(tool=text))
    assert message.startswith("tool.yaml: ")
    assert told in message


def test_a_file_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    (tmp_path / "tool.yaml").write_bytes("- id: 工具".encode("gb18030"))
    assert "save it as UTF-8" in complaint(tmp_path)


def test_a_folder_without_data_is_told(tmp_path: Path) -> None:
    assert "holds no .yaml file" in complaint(tmp_path / "resources")


def test_an_id_may_not_return_in_another_file(shelve: Shelve) -> None:
    folder = shelve(book=[resource_fields(kind="book")], tool=[resource_fields()])
    assert "entry 'abacus': the id is also that of an entry in book.yaml" in complaint(folder)


def test_an_entry_in_the_wrong_file_is_told(shelve: Shelve) -> None:
    assert "entry 'abacus': it belongs in tool.yaml; move it there" in complaint(shelve(book=[resource_fields()]))


def test_an_address_may_return_in_another_kind_alone(shelve: Shelve) -> None:
    other = resource_fields(id="manual", kind="book")
    assert len(load_resources(shelve(tool=[resource_fields()], book=[other]))) == 2
    twice = complaint(shelve(tool=[resource_fields(), resource_fields(id="twin")]))
    assert "'https://abacus.example/', too; keep one of them" in twice
