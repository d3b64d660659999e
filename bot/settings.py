"""Settings of the program: the only reader of the environment.

A value comes, from weak to strong, out of the defaults, `advisor.toml`, `.env`, the environment and the flags of the
command line. Each layer is read on its own and the layers are merged by name, so that the program can tell where every
value came from.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from platformdirs import user_data_path
from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from bot.discord_settings import DiscordSettings
from bot.hosting import AdminSettings, ConnectionSettings, LogSettings
from bot.input_settings import InputSettings
from bot.limits import EngineSettings
from bot.model_settings import LanguageModelSettings
from bot.privacy_settings import PrivacySettings
from bot.rights_settings import RightsSettings
from bot.schedule_settings import DigestEntry, FeedSettings, ScheduleSettings
from bot.setting_layers import KNOWN_NAMES, PREFIX, SHORT_NAMES, Layer, refusal_of
from bot.slack_settings import SlackSettings
from bot.upload_settings import UploadSettings
from rag.errors import InvalidSettings
from rag.settings import (
    ChromaSettings,
    EmbeddingSettings,
    EmbeddingsServerSettings,
    IngestSettings,
    QualitySettings,
    RagSettings,
    RetrievalSettings,
    WritingSettings,
)

FILE_NAME = "advisor.toml"
_PATHS = ("home", "quality.questions")


class DatabaseSettings(BaseModel):
    """Where conversations are kept; without an address in a file below the home."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    url: SecretStr | None = None
    """The address of a PostgreSQL database, as `postgresql://user:password@host/name`."""


class Settings(BaseSettings):
    """Everything that can be set. The model itself reads nothing: `load_settings` hands it the merged layers."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="_",
        env_nested_max_split=1,
        env_ignore_empty=True,
        dotenv_filtering="only_existing",
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    home: Path
    """The folder that holds the library, its index and everything else that the program writes."""

    ingest: IngestSettings = IngestSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    embeddings: EmbeddingsServerSettings = EmbeddingsServerSettings()
    chroma: ChromaSettings = ChromaSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    llm: LanguageModelSettings = LanguageModelSettings()
    writing: WritingSettings = WritingSettings()
    quality: QualitySettings = QualitySettings()
    database: DatabaseSettings = DatabaseSettings()
    engine: EngineSettings = EngineSettings()
    admin: AdminSettings = AdminSettings()
    logs: LogSettings = LogSettings()
    connections: ConnectionSettings = ConnectionSettings()
    slack: SlackSettings = SlackSettings()
    rights: RightsSettings = RightsSettings()
    privacy: PrivacySettings = PrivacySettings()
    schedules: ScheduleSettings = ScheduleSettings()
    digests: tuple[DigestEntry, ...] = ()
    feeds: FeedSettings = FeedSettings()
    inputs: InputSettings = InputSettings()
    discord: DiscordSettings = DiscordSettings()
    uploads: UploadSettings = UploadSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Leaves the merged values as the only source."""
        return (init_settings,)

    @property
    def rag(self) -> RagSettings:
        """The part of the settings that the core needs."""
        return RagSettings(
            home=self.home,
            ingest=self.ingest,
            embedding=self.embedding,
            embeddings=self.embeddings,
            chroma=self.chroma,
            retrieval=self.retrieval,
            model=self.llm.core,
            writing=self.writing,
            quality=self.quality,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedSettings:
    """Settings, and for each dotted name (`retrieval.limit`) the layer that it came from."""

    settings: Settings
    origins: Mapping[str, str]
    config: Path | None

    def rows(self) -> list[tuple[str, str, str]]:
        """Name, value (secrets masked by their type) and origin of every setting."""
        return [(name, str(_value_at(self.settings, name)), self.origins[name]) for name in setting_names()]


def load_settings(
    *, config: Path | None = None, flags: Mapping[str, Any] | None = None, folder: Path | None = None
) -> LoadedSettings:
    """Reads all layers and checks them.

    Args:
        config: the settings file named by the user; else the one in `folder`, else the one in the home folder.
        flags: dotted names to the values given on the command line; None stands for a flag that was not given.
        folder: the working folder.

    Raises:
        InvalidSettings: a file is missing or broken, a name is unknown, a value cannot work.
    """
    folder = folder or Path.cwd()
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    strong = [*_environment_layers(folder), Layer(origin="flag", values=_with_absolute_paths(given, folder))]
    weak = Layer(origin="default", values={"home": user_data_path("advisor", appauthor=False)})
    path = _config_path(config, folder=folder, home=_merged([weak, *strong])[0]["home"])
    layers = [weak, *([_file_layer(path)] if path else []), *strong]
    for layer in layers:
        _refuse_unknown(layer)
    values, origins = _merged(layers)
    return LoadedSettings(settings=_validated(values, layers), origins=origins, config=path)


def setting_names() -> list[str]:
    """The dotted names of all settings, in the order of their declaration."""
    names = []
    for name, info in Settings.model_fields.items():
        group = info.annotation
        if isinstance(group, type) and issubclass(group, BaseModel):
            names += [f"{name}.{inner}" for inner in group.model_fields]
        else:
            names.append(name)
    return names


def debug_wanted() -> bool:
    """Whether the operator asked for tracebacks (`ADVISOR_DEBUG`)."""
    return os.environ.get("ADVISOR_DEBUG", "").lower() not in {"", "0", "false", "no"}


def locale_name() -> str:
    """The locale that the terminal's user has chosen, such as `zh_CN.UTF-8`; empty when there is none."""
    return next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")


def _config_path(config: Path | None, *, folder: Path, home: Path) -> Path | None:
    if config is None:
        return next((path for path in (folder / FILE_NAME, home / FILE_NAME) if path.is_file()), None)
    path = folder / config.expanduser()
    if not path.is_file():
        raise InvalidSettings(f"the settings file {str(config)!r} does not exist; give --config an existing TOML file")
    return path


def _file_layer(path: Path) -> Layer:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise InvalidSettings(f"{path} is not valid TOML: {error}; correct that line") from error
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidSettings(f"{path} cannot be read: {error}; it has to be a readable UTF-8 file") from error
    return Layer(origin=str(path), values=_with_absolute_paths(_flat(tables), path.parent))


def _environment_layers(folder: Path) -> list[Layer]:
    dotenv = folder / ".env"
    try:
        sources = (
            (str(dotenv), DotEnvSettingsSource(Settings, env_file=dotenv, env_file_encoding="utf-8-sig")),
            ("environment", EnvSettingsSource(Settings)),
        )
        return [_environment_layer(origin, source, folder) for origin, source in sources]
    except (SettingsError, UnicodeDecodeError, OSError) as error:
        raise InvalidSettings(f"the settings in the environment or in {dotenv} cannot be read: {error}") from error


def _environment_layer(origin: str, source: EnvSettingsSource, folder: Path) -> Layer:
    values = _flat(source())
    for name, short in SHORT_NAMES.items():
        if value := source.env_vars.get(short.lower()):
            values[name] = value
    for name, known in KNOWN_NAMES.items():
        if value := source.env_vars.get(known.lower()):
            values.setdefault(name, value)
    return Layer(origin=origin, values=_with_absolute_paths(values, folder), environment=True)


def _flat(tables: Mapping[str, Any]) -> dict[str, Any]:
    """Tables one level deep as dotted names; deeper ones stay values, for the models to refuse."""
    flat: dict[str, Any] = {}
    groups = {name.partition(".")[0] for name in setting_names() if "." in name}
    for name, value in tables.items():
        if isinstance(value, Mapping) and (value or name in groups):
            flat |= {f"{name}.{inner}": leaf for inner, leaf in value.items()}
        else:
            flat[name] = value
    return flat


def _with_absolute_paths(values: Mapping[str, Any], base: Path) -> dict[str, Any]:
    """A relative path stands for one place, whatever folder the program is started in later."""
    paths = {name: values[name] for name in _PATHS if isinstance(values.get(name), str | Path)}
    return {**values, **{name: (base / Path(path).expanduser()).resolve() for name, path in paths.items()}}


def _refuse_unknown(layer: Layer) -> None:
    known = setting_names()
    for name in layer.values:
        if name in known:
            continue
        nearest = get_close_matches(name, known, n=1, cutoff=0.5)
        advice = f"did you mean {layer.spelled(nearest[0])!r}?" if nearest else f"known are {', '.join(known)}"
        raise InvalidSettings(f"{layer.spelled(name)!r} (from {layer.origin}) is no setting; {advice}")


def _merged(layers: list[Layer]) -> tuple[dict[str, Any], dict[str, str]]:
    values: dict[str, Any] = {}
    origins = dict.fromkeys(setting_names(), "default")
    for layer in layers:
        values |= layer.values
        origins |= dict.fromkeys(layer.values, layer.origin)
    return values, origins


def _validated(values: Mapping[str, Any], layers: list[Layer]) -> Settings:
    nested: dict[str, Any] = {}
    for name, value in values.items():
        group, _, inner = name.partition(".")
        if inner:
            nested.setdefault(group, {})[inner] = value
        else:
            nested[name] = value
    try:
        return Settings(**nested)
    except ValidationError as error:
        raise InvalidSettings(
            "; ".join(refusal_of(dict(problem), layers, Settings) for problem in error.errors())
        ) from error


def _value_at(settings: Settings, name: str) -> object:
    value: object = settings
    for part in name.split("."):
        value = getattr(value, part)
    return value
