"""The group `llm` of the program's settings: how an operator names the servers whose language models write answers."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from rag.settings import ModelEndpoint, ModelSettings, ServiceUrl


class LanguageModelSettings(ModelSettings, ModelEndpoint):
    """`ModelSettings` with the first endpoint spelled out beside it, so that two variables are enough for one server.

    Further endpoints stand in `endpoints`, as tables `[[llm.endpoints]]` of the settings file.
    """

    base_url: ServiceUrl | None = None  # type: ignore[assignment]  # an endpoint has one, this group may have none

    @model_validator(mode="after")
    def _endpoint_has_an_address(self) -> Self:
        given = [name for name in ModelEndpoint.model_fields if getattr(self, name) is not None]
        if given and self.base_url is None:
            names = " and ".join(f"llm.{name}" for name in given)
            raise ValueError(f"{names} says something of a server without its address; set ADVISOR_LLM_BASE_URL, too")
        return self

    @property
    def core(self) -> ModelSettings:
        """The group as the core knows it: all endpoints in the order in which they are tried."""
        limits = {name: getattr(self, name) for name in ModelSettings.model_fields if name != "endpoints"}
        if self.base_url is None:
            return ModelSettings(endpoints=self.endpoints, **limits)
        first = ModelEndpoint(**{name: getattr(self, name) for name in ModelEndpoint.model_fields})
        return ModelSettings(endpoints=(first, *self.endpoints), **limits)
