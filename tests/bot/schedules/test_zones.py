"""Time zones by what people call them."""

from __future__ import annotations

import pytest

from bot.schedules.untimely import Fault, Untimely
from bot.schedules.zone_names import AMBIGUOUS, BESIDE_THE_HOUR, CALLED
from bot.schedules.zones import read_zone, zone_begun, zone_of, zone_shown


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Asia/Shanghai", "Asia/Shanghai"),
        ("asia/shanghai", "Asia/Shanghai"),
        ("北京", "Asia/Shanghai"),
        ("berlin", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("UTC+8", "Etc/GMT-8"),
        ("gmt-3", "Etc/GMT+3"),
        ("utc", "UTC"),
        ("深圳", "Asia/Shanghai"),
        ("东八区", "Asia/Shanghai"),
        ("GMT+08:00", "Etc/GMT-8"),
        ("+8", "Etc/GMT-8"),
        ("UTC+5:30", "Asia/Kolkata"),
        ("NYC", "America/New_York"),
        ("San Francisco", "America/Los_Angeles"),
        ("PST", "America/Los_Angeles"),
        ("eastern time", "America/New_York"),
        ("CET", "Europe/Berlin"),
        ("bangalore", "Asia/Kolkata"),
    ],
)
def test_zone_is_known_by_what_people_call_it(text: str, name: str) -> None:
    assert read_zone(text).key == name


@pytest.mark.parametrize(("text", "near"), [("Asia/Shangai", "Asia/Shanghai"), ("../etc", ""), ("UTC+15", "UTC")])
def test_zone_that_is_unknown_is_refused_with_a_near_one(text: str, near: str) -> None:
    with pytest.raises(Untimely) as raised:
        read_zone(text)
    assert raised.value.word == near


@pytest.mark.parametrize(("text", "zones"), [("CST", "Asia/Shanghai, America/Chicago"), ("ist", "Asia/Kolkata, Asia/")])
def test_abbreviation_of_two_zones_is_asked_about(text: str, zones: str) -> None:
    with pytest.raises(Untimely) as raised:
        read_zone(text)
    assert raised.value.fault is Fault.ZONE_AMBIGUOUS
    assert raised.value.word.startswith(zones)


def test_every_name_leads_to_a_zone_that_there_is() -> None:
    for name, zone in CALLED.items():
        assert read_zone(name.replace("_", " ")).key == zone
    for several in AMBIGUOUS.values():
        assert [zone_of(zone).key for zone in several] == [*several]
    for distance, zone in BESIDE_THE_HOUR.items():
        assert read_zone(f"UTC{distance}").key == zone


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Etc/GMT-8", "UTC+8"), ("Etc/GMT+3", "UTC-3"), ("Asia/Shanghai", "Asia/Shanghai"), ("UTC", "UTC")],
)
def test_zone_of_a_fixed_distance_is_shown_as_it_is_said(name: str, shown: str) -> None:
    assert zone_shown(name) == shown


def test_stored_zone_that_is_gone_is_an_error_and_no_crash() -> None:
    with pytest.raises(Untimely):
        zone_of("Mars/Olympus")


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Berlin time please", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("北京时间9点", "Asia/Shanghai"),
        ("utc+8", "Etc/GMT-8"),
        ("cst", "Asia/Shanghai"),
        ("lunation", ""),
        ("", ""),
    ],
)
def test_text_that_begins_with_a_zone_is_known(text: str, zone: str) -> None:
    assert zone_begun(text) == zone
