"""The circuit breaker: when a service is left alone, and how it comes back."""

from __future__ import annotations

import pytest

from rag.writing.breaker import Admission, Breaker


class Watch:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def breaker(watch: Watch) -> Breaker:
    return Breaker(open_after=3, probe_after_s=30, clock=watch)


def admitted(breaker: Breaker) -> Admission:
    admission = breaker.admit()
    assert admission is not None
    return admission


def fail(breaker: Breaker, times: int) -> list[bool]:
    return [breaker.failed(admitted(breaker)) for _ in range(times)]


def test_it_opens_at_the_last_of_some_failures_in_a_row(breaker: Breaker) -> None:
    assert fail(breaker, 3) == [False, False, True]
    assert (breaker.is_open, breaker.ready, breaker.admit()) == (True, False, None)


def test_a_success_ends_the_row(breaker: Breaker) -> None:
    fail(breaker, 2)
    breaker.succeeded()
    assert fail(breaker, 3) == [False, False, True]


def test_an_answer_that_only_began_does_not_end_the_row(breaker: Breaker) -> None:
    fail(breaker, 2)
    admission = admitted(breaker)
    assert not breaker.began(admission)
    assert breaker.failed(admission)


@pytest.mark.parametrize(("after", "probes"), [(29.9, 0), (30.0, 1), (1000.0, 1)])
def test_after_a_while_one_probe_is_admitted_at_a_time(
    breaker: Breaker, watch: Watch, after: float, probes: int
) -> None:
    fail(breaker, 3)
    watch.now = after
    assert [admission.probe for _ in range(5) if (admission := breaker.admit())] == [True] * probes


def test_a_probe_that_begins_well_closes_it_on_trial(breaker: Breaker, watch: Watch) -> None:
    fail(breaker, 3)
    watch.now = 30
    probe = admitted(breaker)
    assert breaker.began(probe)
    assert (breaker.is_open, admitted(breaker).probe) == (False, False)
    assert breaker.failed(probe), "one failure is enough during the trial"
    assert breaker.is_open


def test_a_trial_that_is_passed_ends_the_row(breaker: Breaker, watch: Watch) -> None:
    fail(breaker, 3)
    watch.now = 30
    breaker.began(admitted(breaker))
    breaker.succeeded()
    assert fail(breaker, 3) == [False, False, True]


def test_a_failed_probe_opens_it_for_another_while(breaker: Breaker, watch: Watch) -> None:
    fail(breaker, 3)
    watch.now = 30
    assert breaker.failed(admitted(breaker))
    watch.now = 59.9
    assert breaker.admit() is None
    watch.now = 60
    assert admitted(breaker).probe


def test_a_probe_that_tells_nothing_makes_place_for_the_next(breaker: Breaker, watch: Watch) -> None:
    fail(breaker, 3)
    watch.now = 30
    breaker.released(admitted(breaker))
    assert admitted(breaker).probe


def test_requests_that_were_under_way_when_it_opened_change_nothing(breaker: Breaker, watch: Watch) -> None:
    late = [admitted(breaker) for _ in range(2)]
    fail(breaker, 3)
    watch.now = 30
    probe = admitted(breaker)
    assert not breaker.failed(late[0])
    breaker.released(late[1])
    assert breaker.admit() is None, "the probe is still under way"
    assert breaker.began(probe)


def test_an_earlier_probe_does_not_speak_for_a_later_one(breaker: Breaker, watch: Watch) -> None:
    fail(breaker, 3)
    watch.now = 30
    early = admitted(breaker)
    breaker.began(early)
    fail(breaker, 1)
    watch.now = 60
    assert admitted(breaker).probe
    breaker.released(early)
    assert not breaker.failed(early)
    assert breaker.admit() is None, "the later probe is still under way"
