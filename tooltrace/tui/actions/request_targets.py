"""What ``e`` acts on in front of a request's messages: system prompt, tools, settings.

Nothing here shows anything.
"""

from __future__ import annotations

from tooltrace.core.decide.next_action import options_at
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.model.request_settings import RequestSettings, parse_setting
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.edit import request
from tooltrace.debugger.view import View
from tooltrace.tui.actions.edit_targets import Target

__all__ = [
    "description_target",
    "schema_target",
    "setting_name",
    "setting_target",
    "system_target",
]

_NAMES = {
    "output_config": "effort",
    "cache_control": "cache",
    "reasoning": "effort",
    "reasoning_effort": "effort",
    "stop": "stop_sequences",
    "parallel_tool_calls": "tool_choice",
}
"""Settings that stand in a body under another name than they are set by."""

_FROM_HERE = "sent from here on; what was asked before stays as it was"


def system_target(view: View, debugger: Debugger) -> Target:
    """The system prompt: text, or blocks as JSON."""
    s = view.snapshot
    value: JsonValue = s.workflow.system_content
    hint = _FROM_HERE
    if s.workflow.system_from:
        value = "" if s.given_system is None else s.given_system
        hint = f"in place of what {s.workflow.system_from} says, from here on"
    return Target(
        "the system prompt",
        hint,
        value,
        debugger.submit.edit.system,
        lambda new: None if isinstance(new, str | list) else "text, or a list of text blocks",
        final=lambda new: debugger.edit.request_problem(lambda s: request.edit_system(s, new)),
        as_text=True,
    )


def description_target(view: View, debugger: Debugger, name: str) -> Target:
    """What the model is told that a tool does."""
    tool = view.snapshot.workflow.tool(name)
    if tool is None:
        raise BadCommand("the provider runs this tool itself: edit the setting server_tools")
    return Target(
        f"the description of {name}",
        _FROM_HERE,
        tool.description,
        lambda new: debugger.submit.edit.tool(name, description=str(new)),
        lambda new: None if isinstance(new, str) else "a description is text",
        final=lambda new: debugger.edit.request_problem(
            lambda s: request.edit_tool(s, name, description=str(new))
        ),
        as_text=True,
    )


def schema_target(view: View, debugger: Debugger, name: str) -> Target:
    """The schema of a tool's arguments."""
    tool = view.snapshot.workflow.tool(name)
    if tool is None:
        raise BadCommand("the provider runs this tool itself: edit the setting server_tools")

    def problem(new: JsonValue) -> str | None:
        if not isinstance(new, dict):
            return "a schema is an object"
        return debugger.edit.request_problem(lambda s: request.edit_tool(s, name, schema=new))

    return Target(
        f"the schema of {name}",
        f"{_FROM_HERE}; its code still takes what it takes",
        tool.schema,
        lambda new: debugger.submit.edit.tool(name, schema=new),
        problem,
    )


def setting_name(key: str) -> str:
    """The setting that a key of a body is set by."""
    name = _NAMES.get(key, key)
    return name if name in RequestSettings.__struct_fields__ else f"extra.{name}"


def _may_be_set(name: str) -> None:
    """Raise BadCommand for what a body has, and no setting decides."""
    try:
        parse_setting(f"{name}=null")
    except ValueError as error:
        raise BadCommand(str(error)) from error


def setting_target(view: View, debugger: Debugger, key: str) -> Target:
    """A setting by its key in the body: its value as JSON."""
    limit = key in ("max_tokens", "max_completion_tokens", "max_output_tokens")
    name = "max_tokens" if limit else setting_name(key)
    if not limit:
        _may_be_set(name)
    options = options_at(view.snapshot)
    value: JsonValue = view.snapshot.settings.max_tokens if limit else None
    if options is not None and not limit:
        extra = options.extra.get(name.removeprefix("extra."))
        value = extra if name.startswith("extra.") else options.as_json().get(name)

    def problem(new: JsonValue) -> str | None:
        return debugger.edit.request_problem(lambda s: request.edit_setting(s, name, new))

    return Target(
        f"the setting {name}",
        _FROM_HERE if limit else f"{_FROM_HERE}; null takes it away",
        value,
        lambda new: debugger.submit.edit.setting(name, new),
        problem,
    )
