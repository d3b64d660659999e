"""One place that sets something, and how to speak of a value from it that was refused."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

PREFIX = "ADVISOR_"
SHORT_NAMES = {"embedding.embedder": "ADVISOR_EMBEDDER"}
"""Names that operators rely on and that do not follow the pattern ADVISOR_<GROUP>_<NAME>."""

KNOWN_NAMES = {
    "slack.bot_token": "SLACK_BOT_TOKEN",
    "slack.app_token": "SLACK_APP_TOKEN",
    "slack.signing_secret": "SLACK_SIGNING_SECRET",
    "discord.token": "DISCORD_TOKEN",
    "discord.application_id": "DISCORD_APPLICATION_ID",
}
"""Names that people know from elsewhere; those of the pattern are the stronger ones."""

_CREDENTIALS = re.compile(r"//[^\s]*@")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """What one place sets: dotted names to raw values."""

    origin: str
    values: Mapping[str, Any] = field(default_factory=dict)
    environment: bool = False

    def spelled(self, name: str) -> str:
        """A setting's name as this layer's owner writes it."""
        if not self.environment:
            return name
        return SHORT_NAMES.get(name, PREFIX + name.replace(".", "_").upper())


def refusal_of(problem: Mapping[str, Any], layers: Sequence[Layer], settings: type[BaseModel]) -> str:
    """One sentence on a problem that validating `settings` found: the name, the value if it is no secret, the mend."""
    place = tuple(problem["loc"])
    name = ".".join(str(part) for part in place[:2])
    layer = next((layer for layer in reversed(layers) if name in layer.values), None)
    if layer is None:  # a group as a whole: several values that do not go together
        return f"{name}: {problem['msg']}"
    spelled = layer.spelled(name) + "".join(f".{part}" for part in place[2:])
    return f"{spelled} = {_shown(place, problem['input'], settings)} (from {layer.origin}): {problem['msg']}"


def _shown(place: tuple[object, ...], value: object, settings: type[BaseModel]) -> str:
    """A refused value without what must not be told: a secret, or the credentials in an address."""
    if _may_hold_secret(place, settings):
        return "'**********'"
    return _CREDENTIALS.sub("//…@", repr(value))


def _may_hold_secret(place: tuple[object, ...], model: type[BaseModel]) -> bool:
    """Whether the value at a place is a secret, or a group or list in which one may stand."""
    fields: Mapping[str, FieldInfo] = model.model_fields
    annotation: object = None
    for part in place:
        if isinstance(part, int):
            continue
        if part not in fields:  # an unknown name inside a list of groups: it may be a misspelt one of a secret
            return annotation is not None and bool(_secrets_below(annotation))
        annotation = fields[str(part)].annotation
        inner = _model_in(annotation)
        fields = inner.model_fields if inner else {}
    return bool(_secrets_below(annotation))


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _secrets_below(annotation: object) -> bool:
    inner = _model_in(annotation)
    if inner is None:
        return SecretStr.__name__ in str(annotation)
    return any(_secrets_below(each.annotation) for each in inner.model_fields.values())
