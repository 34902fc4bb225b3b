"""Which model port a run's settings name.

``scripted`` is the workflow's policy, ``given`` the port that it or a program brings along,
``plugin:NAME`` what an installed package adds as an entry point of the group ``tooltrace.models``,
``PROVIDER:MODEL`` a provider's model (see ``providers``), and anything else one of Anthropic's.
Only what is named is imported.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from tooltrace.core.model.errors import BadCommand, BadPlugin, ToolTraceError
from tooltrace.core.model.events import Settings
from tooltrace.core.model.ports import ModelPort
from tooltrace.core.model.request_settings import RequestSettings, merged
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.core.text.sanitize import one_line
from tooltrace.models.foreign import ForeignModel
from tooltrace.models.provider import Provider
from tooltrace.models.providers import split_model
from tooltrace.models.scripted import Policy
from tooltrace.plugins.entry_points import check_there, made_by, plugin_named

__all__ = [
    "GIVEN",
    "asked_provider",
    "binds_thinking",
    "check_model",
    "model_port",
    "usual_model",
]

GIVEN = "given"
"""What a session says of a model that came as a port: nobody else can make it again."""

MakeModel = Callable[[Settings], ModelPort]
"""What an entry point of ``tooltrace.models`` is: given a run's settings it makes a port. What
follows a slash in ``plugin:NAME/MODEL`` is for it to read, in ``settings.model``."""


class ModelSource(Protocol):
    """What of a workflow decides who answers."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def spec(self) -> WorkflowSpec:
        """Its definition."""
        ...

    policy: Policy | None
    model: ModelPort | None


def usual_model(workflow: ModelSource) -> str:
    """Who answers if a person names nobody: the policy, or else the port that came along."""
    return GIVEN if workflow.policy is None and workflow.model is not None else "scripted"


def check_model(workflow: ModelSource, settings: Settings) -> None:
    """Raise ToolTraceError for a model that could never answer; asks nobody, imports no plugin."""
    if settings.model in ("scripted", GIVEN):
        model_port(workflow, settings)
    elif (named := plugin_named(settings.model)) is not None:
        check_there("tooltrace.models", named.partition("/")[0])
    else:
        provider, name = split_model(settings.model)
        if not name.strip():
            raise BadCommand(f"{one_line(settings.model)} names no model: {settings.model}MODEL-ID")
        why = provider.keyless(name, settings)
        if why is not None:
            raise BadCommand(why)
        asked = merged(workflow.spec.request, settings.request) or RequestSettings()
        if refused := provider.refused(asked, name, settings):
            raise BadCommand(f"a setting is not taken by {settings.model}: {refused[0]}")


def model_port(workflow: ModelSource, settings: Settings) -> tuple[ModelPort, ModelPort | None]:
    """The port, and again if asking it costs nothing, so that a replay may ask it anew.

    Raises ToolTraceError.
    """
    if settings.model == "scripted":
        scripted = _scripted(workflow)
        return scripted, scripted
    if settings.model == GIVEN:
        if workflow.model is None:
            raise BadCommand(
                "this session's model was given by a program: tooltrace.open(FILE, WORKFLOW, "
                "model=…), or a workflow that brings it along: Workflow(model=…)"
            )
        return ForeignModel(workflow.model), None
    from tooltrace.models.priced import Priced

    if (named := plugin_named(settings.model)) is not None:
        port = ForeignModel(_from_plugin(named.partition("/")[0], settings))
        if settings.priced_as is None:
            return port, None  # It says itself what an answer cost, if it knows.
        # Whose prices hold was said, so nobody asks whether it is the API itself.
        return Priced(port, settings.model, settings.priced_as), None  # type: ignore[arg-type]
    provider, name = split_model(settings.model)
    hosted = provider.port(name, settings)
    return Priced(hosted, name, settings.priced_as, provider.prices), None


def binds_thinking(model: str) -> bool:
    """Whether a model's API may refuse thinking that was given in another conversation."""
    return model != "scripted" and split_model(model)[0].binds_thinking


def asked_provider(model: str) -> tuple[Provider, str] | None:
    """The provider that a run's model is asked of, and its name there; None for any other port."""
    if model in ("scripted", GIVEN) or plugin_named(model) is not None:
        return None
    return split_model(model)


def _scripted(workflow: ModelSource) -> ModelPort:
    if workflow.policy is None:
        raise ToolTraceError(
            f"{workflow.name} has no scripted policy: name a model with --model MODEL-ID"
        )
    from tooltrace.models.scripted import ScriptedModel

    return ScriptedModel(workflow.policy)


def _from_plugin(name: str, settings: Settings) -> ModelPort:
    port = made_by("tooltrace.models", name, settings)
    if isinstance(port, type) or not isinstance(port, ModelPort):
        raise BadPlugin(
            f"{one_line(name)} of tooltrace.models made {type(port).__name__}; it has to make a "
            "model port, with ask(request, heard) and cancel()"
        )
    return port
