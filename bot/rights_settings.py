"""Settings of who may do what: owners, admins and editors, and who reads what is kept for some."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict
from pydantic_settings import NoDecode

_ENTRY = re.compile(r"(?P<platform>[a-z]+):(?P<workspace>[^\s/:,]+)/(?P<kind>group:)?(?P<id>[^\s/:,]+)")


def _listed(value: object) -> object:
    """A list as an environment variable holds it: names separated by commas, or JSON."""
    if not isinstance(value, str):
        return value
    return (
        json.loads(value) if value.lstrip().startswith("[") else [each for each in re.split(r"[,\s]+", value) if each]
    )


def _checked(value: str) -> str:
    if _ENTRY.fullmatch(value) is None:
        raise ValueError(
            "name people as 'slack:T0123/U0456' and groups as 'slack:T0123/group:S0789' or"
            " 'discord:<server>/group:<role>'; '*' stands for every workspace"
        )
    return value


def _channel(value: str) -> str:
    found = _ENTRY.fullmatch(value)
    if value and (found is None or found["kind"] or found["workspace"] == "*"):
        raise ValueError("name the channel as 'slack:T0123/C0456' or 'discord:<server>/<channel>'")
    return value


def parts_of(entry: str) -> tuple[str, str, str, bool]:
    """Platform, workspace, id, and whether the id is a group's, of an entry that the settings hold."""
    found = _ENTRY.fullmatch(entry)
    if found is None:
        raise ValueError(f"{entry!r} names nobody; expected 'platform:workspace/id'")
    return found["platform"], found["workspace"], found["id"], found["kind"] is not None


People = Annotated[tuple[Annotated[str, AfterValidator(_checked)], ...], NoDecode, BeforeValidator(_listed)]
"""People and groups: `platform:workspace/id` and `platform:workspace/group:id`."""


class RightsSettings(BaseModel):
    """Who may do more than read. Slack's user groups and Discord's roles are groups; `*` is every workspace."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    owners: People = ()
    """May do everything."""

    admins: People = ()
    """May change settings, look after the library and read the audit log."""

    editors: People = ()
    """May review what others propose for the library."""

    labels: Mapping[str, People] = {}
    """Audience labels, and who holds each: what they ask in direct messages is answered from such documents, too."""

    channel: Annotated[str, AfterValidator(_channel)] = ""
    """Where admins are told of what nobody else would hear of, such as an index run that was broken off."""
