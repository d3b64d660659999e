"""Roles and labels: who holds them by settings, as themselves or through a group, and who never does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat import Person, Place, Standing
from bot.rights import Rights, Role, rights_of
from bot.rights_settings import RightsSettings
from bot.settings import load_settings
from rag.errors import InvalidSettings

ADA = Person(platform="slack", workspace="T1", id="U1")
GIVEN = RightsSettings(
    owners=("slack:T1/U9",),
    admins=("slack:T1/U1", "discord:*/7", "slack:T1/group:S1"),
    editors=("slack:T1/U1", "discord:G1/group:55"),
    labels={"board": ("slack:T1/U1", "discord:G1/group:55")},
)


@pytest.mark.parametrize(
    ("person", "role"),
    [
        (ADA, Role.ADMIN),
        (replace(ADA, id="U9"), Role.OWNER),
        (replace(ADA, id="U2"), Role.READER),
        (replace(ADA, id="U2", roles=frozenset({"S1"})), Role.ADMIN),
        (replace(ADA, id="S1"), Role.READER),
        (replace(ADA, id="U2", roles=frozenset({"U1"})), Role.READER),
        (replace(ADA, workspace="T2"), Role.READER),
        (replace(ADA, platform="discord"), Role.READER),
        (Person(platform="discord", workspace="G9", id="7"), Role.ADMIN),
        (Person(platform="discord", workspace="", id="7"), Role.ADMIN),
        (Person(platform="discord", workspace="G1", id="8", roles=frozenset({"55"})), Role.EDITOR),
        (Person(platform="discord", workspace="G2", id="8", roles=frozenset({"55"})), Role.READER),
        (replace(ADA, standing=Standing.GUEST), Role.READER),
        (replace(ADA, standing=Standing.STRANGER), Role.READER),
        (replace(ADA, is_bot=True), Role.READER),
    ],
)
def test_highest_role_that_settings_give_holds(person: Person, role: Role) -> None:
    assert rights_of(GIVEN).role(person) is role


def test_labels_are_held_like_roles() -> None:
    rights = rights_of(GIVEN)
    assert rights.labels_of(ADA) == {"board"}
    assert rights.labels_of(replace(ADA, standing=Standing.GUEST)) == frozenset()
    assert rights.labels_of(Person(platform="discord", workspace="G1", id="8", roles=frozenset({"55"}))) == {"board"}


def test_adapter_looks_up_only_the_groups_of_its_workspace() -> None:
    rights = rights_of(GIVEN)
    assert rights.groups("slack", "T1") == {"S1"}
    assert rights.groups("slack", "T2") == frozenset()
    assert rights.groups("discord", "G1") == {"55"}


def test_whoever_sits_at_the_terminal_owns_it() -> None:
    me = Person(platform="console", workspace="local", id="me")
    rights = rights_of(GIVEN).with_owner(me)
    assert (rights.role(me), rights.role(replace(me, id="bob"))) == (Role.OWNER, Role.READER)
    assert rights.role(ADA) is Role.ADMIN
    assert not Rights().administered


def test_settings_are_read_from_file_and_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "advisor.toml"
    file.write_text('[rights]\nadmins = ["slack:T1/U1"]\nlabels = { board = ["slack:T1/U2"] }\n')
    assert load_settings(folder=tmp_path).settings.rights == RightsSettings(
        admins=("slack:T1/U1",), labels={"board": ("slack:T1/U2",)}
    )
    monkeypatch.setenv("ADVISOR_RIGHTS_ADMINS", "slack:T1/U5, discord:*/6")
    assert load_settings(folder=tmp_path).settings.rights.admins == ("slack:T1/U5", "discord:*/6")


@pytest.mark.parametrize("entry", ["U1", "slack:U1", "slack/T1/U1", "slack:T1/", "slack:T1/role:7"])
def test_entry_that_names_nobody_is_refused_with_an_example(entry: str, tmp_path: Path) -> None:
    (tmp_path / "advisor.toml").write_text(f'[rights]\nadmins = ["{entry}"]\n')
    with pytest.raises(InvalidSettings, match="slack:T0123/U0456"):
        load_settings(folder=tmp_path)


def test_channel_of_admins_is_one_channel(tmp_path: Path) -> None:
    file = tmp_path / "advisor.toml"
    file.write_text('[rights]\nchannel = "slack:T1/C1"\n')
    given = rights_of(load_settings(folder=tmp_path).settings.rights)
    assert given.channel == Place(platform="slack", workspace="T1", channel="C1")
    assert given.with_owner(ADA).channel == given.channel
    assert rights_of(RightsSettings()).channel is None
    for wrong in ("C1", "slack:*/C1", "slack:T1/group:S1"):
        file.write_text(f'[rights]\nchannel = "{wrong}"\n')
        with pytest.raises(InvalidSettings, match="slack:T0123/C0456"):
            load_settings(folder=tmp_path)
