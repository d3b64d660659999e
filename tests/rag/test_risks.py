"""Which risks concern a team, how much each counts, and what belongs on its next checklist."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.kinds.risk import RiskCategory, load_risks
from rag.kinds.values import Stage
from rag.risks import (
    LISTED,
    LONGEST,
    REVIEW_AFTER,
    Company,
    Handling,
    Reason,
    RiskRegister,
    State,
    fit,
    reason_of,
    scored,
    sectors_of,
)

REGISTER = RiskRegister(load_risks(Path(__file__).parents[2] / "corpus" / "risks"))
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
BEFORE = NOW - timedelta(days=7)
ANYBODY = Company()

handlings = st.builds(
    Handling,
    state=st.sampled_from(State),
    ticked=st.frozensets(st.integers(0, 3)),
    snoozed_until=st.none() | st.sampled_from([BEFORE, NOW + timedelta(days=1)]),
    listed_at=st.none() | st.just(BEFORE),
    decided_at=st.none() | st.sampled_from([BEFORE, NOW - REVIEW_AFTER]),
    reopened=st.booleans(),
)
companies = st.builds(Company, stage=st.none() | st.sampled_from(Stage), sector=st.sampled_from(["", "医疗", "law"]))
risks = st.sampled_from(REGISTER.risks)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("data-breach", ["data-breach"]),
        ("Data Breach", ["data-breach"]),
        ("个人数据泄露", ["data-breach"]),
        ("個人數據", ["data-breach"]),
        ("泄露", ["data-breach", "secret-leak"]),
        ("founders", ["redemption-liability", "founder-conflict"]),
        ("no such thing", []),
        ("nope", []),
        ("API key", ["secret-leak"]),
        ("  ", []),
    ],
)
def test_risk_is_found_by_id_and_title_in_both_languages(text: str, expected: list[str]) -> None:
    assert sorted(risk.id for risk in REGISTER.named(text)) == sorted(expected)


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("legal tech", {"legal"}),
        ("医疗影像", {"healthcare"}),
        ("醫療", {"healthcare"}),
        ("B2B SaaS for banks", {"enterprise", "saas", "finance"}),
        ("在线教育", {"education"}),
        ("AI companions", {"consumer"}),
        ("multimedia-free", set()),
        ("", set()),
    ],
)
def test_sector_is_read_from_a_teams_own_words(text: str, slugs: set[str]) -> None:
    assert sectors_of(text) >= slugs
    assert bool(sectors_of(text)) is bool(slugs)


def test_fit_falls_with_the_distance_of_the_stage_and_with_another_sector() -> None:
    leak = REGISTER.get("permission-leak")  # from seed on; enterprise, healthcare, finance
    assert leak is not None
    stages = [fit(leak, Company(stage=stage, sector="银行")) for stage in (Stage.SEED, Stage.PRE_SEED, Stage.IDEA)]
    assert stages == [1.0, 0.7, 0.4]
    sectors = [fit(leak, Company(sector=sector)) for sector in ("hospital", "", "game studio")]
    assert sectors == sorted(sectors, reverse=True)
    assert len(set(sectors)) == 3


@given(risk=risks, company=companies, handling=handlings)
def test_score_rises_with_each_ticked_signal_and_falls_when_handled(risk, company, handling) -> None:
    calm = scored(risk, company, replace(handling, state=State.OPEN, ticked=frozenset()))
    warned = scored(risk, company, replace(handling, state=State.OPEN, ticked=frozenset({0})))
    alarmed = scored(risk, company, replace(handling, state=State.OPEN, ticked=frozenset({0, 1})))
    assert 0 < calm.score < warned.score < alarmed.score <= 50
    assert calm.likelihood <= warned.likelihood <= alarmed.likelihood <= 5
    done = scored(risk, company, replace(handling, state=State.DONE, ticked=frozenset()))
    assert 0 < done.score < calm.score
    assert scored(risk, company, replace(handling, state=State.NOT_APPLICABLE)).score == 0


@given(company=companies, known=st.dictionaries(st.sampled_from([risk.id for risk in REGISTER.risks]), handlings))
def test_checklist_brings_back_what_is_due_and_nothing_that_rests(company, known) -> None:
    made = REGISTER.checklist(company, known, at=NOW)
    listed = [entry.scored.risk.id for entry in made.entries]
    assert len(set(listed)) == len(listed) <= LONGEST
    due = {key for key, each in known.items() if reason_of(each, at=NOW) not in {None, Reason.FRESH}}
    back = {entry.scored.risk.id for entry in made.entries if entry.reason is not Reason.FRESH}
    assert back <= due
    assert len(back) + made.left_out == len(due)
    for key, each in known.items():
        if each.rests(NOW) or each.state is State.NOT_APPLICABLE:
            assert key not in listed


def test_first_checklist_holds_the_risks_that_count_most() -> None:
    made = REGISTER.checklist(Company(stage=Stage.SEED), {}, at=NOW)
    assert len(made.entries) == LISTED
    scores = [entry.scored.score for entry in made.entries]
    assert scores == sorted(scores, reverse=True)
    assert made.entries[0].scored.risk.id == "runway-short"


@pytest.mark.parametrize(
    ("handling", "reason"),
    [
        (Handling(), Reason.FRESH),
        (Handling(listed_at=BEFORE), Reason.OVERDUE),
        (Handling(listed_at=NOW), Reason.FRESH),
        (Handling(listed_at=BEFORE, reopened=True), Reason.REOPENED),
        (Handling(snoozed_until=NOW), Reason.BACK),
        (Handling(snoozed_until=NOW + timedelta(seconds=1)), None),
        (Handling(state=State.DONE, decided_at=BEFORE), None),
        (Handling(state=State.DONE, decided_at=NOW - REVIEW_AFTER), Reason.REVIEW),
        (Handling(state=State.NOT_APPLICABLE, decided_at=NOW - REVIEW_AFTER), None),
    ],
)
def test_item_comes_back_for_a_reason(handling: Handling, reason: Reason | None) -> None:
    assert reason_of(handling, at=NOW) is reason


def test_register_is_filtered_by_stage_and_category() -> None:
    found = REGISTER.scored(ANYBODY, {}, stage=Stage.IDEA, category=RiskCategory.LEGAL)
    assert found
    assert all(Stage.IDEA in each.risk.stages and each.risk.category is RiskCategory.LEGAL for each in found)
