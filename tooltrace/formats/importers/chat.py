"""``chat``: conversations as lists of messages, those of OpenAI's Chat Completions first of all.

Plain lists; requests (``{"model", "messages", "tools"}``), one or one a line; trajectories of
tau-bench (a list of ``{task_id, traj, reward}``) and results of tau2-bench (``simulations``). Calls
of a simulated user's own tools are nothing of the model's, and are kept as unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tooltrace.core.model.events import Record
from tooltrace.formats.import_registry import Importer
from tooltrace.formats.imported.messages import is_message, system_of, tell, tools_of
from tooltrace.formats.imported.recorder import Recorder
from tooltrace.formats.imported.run import ImportedRun
from tooltrace.formats.imported.values import value_or_text
from tooltrace.formats.source.source_file import SourceFile

__all__ = ["IMPORTER"]

_Object = dict[str, Any]
_LISTS = ("traj", "messages")
_SPLIT = ("simulations", "tasks")


def sniff(source: SourceFile) -> bool:
    """Whether it begins as a list of messages, a request with them, or a result of tau."""
    keys = source.keys
    if keys & {"history", "trajectory", "eval", "cause", "action", "message_type", "call_id"}:
        return False
    if {"simulations", "tasks"} & keys and {"info", "timestamp"} & keys:
        return True
    if source.is_array:
        return "traj" in keys or ("role" in keys and bool({"content", "tool_calls"} & keys))
    if not source.head.lstrip().startswith(b"{"):
        return False
    if "role" in keys and "content" in keys and "type" not in keys:
        return True
    return "messages" in keys and not {"request", "response", "max_tokens"} & keys


def read(source: SourceFile, out: Recorder, follow: bool) -> Iterator[Record | None]:
    """Each conversation is a run of its own."""
    about: _Object = {}
    single: list[Any] = []
    for value in _values(source, out, about):
        if is_message(value):
            single.append(value)
        elif isinstance(value, dict) and any(isinstance(value.get(n), list) for n in _LISTS):
            yield from _run(out, value, about)
        else:
            run = ImportedRun(out, "chat", title="not understood")
            yield from run.unknown("value", value)
            yield from run.end()
    if single:
        yield from _run(out, {"messages": single}, about)


def _values(source: SourceFile, out: Recorder, about: _Object) -> Iterator[Any]:
    """The conversations in a file, one after the other; what stands beside them goes to ``about``.

    One object may be a conversation itself; several, one a line, are as many.
    """
    if source.is_array or set(_SPLIT) & source.keys:
        for part in source.parts(_SPLIT):
            value = value_or_text(part.data, out)
            if part.element and part.key == "simulations":
                yield value
            elif part.element:
                about.setdefault("tasks", {})[str(value.get("id"))] = value
            elif part.key:
                about[part.key] = value
            else:
                yield value
        return
    whole: _Object = {}
    document = 0
    for part in source.parts():
        if part.document != document:
            yield whole
            whole, document = {}, part.document
        whole[part.key] = value_or_text(part.data, out)
    if whole:
        yield whole


def _run(out: Recorder, value: _Object, about: _Object) -> Iterator[Record]:
    name = next(name for name in _LISTS if isinstance(value.get(name), list))
    info = about.get("info")
    told: _Object = info if isinstance(info, dict) else {}
    rest = {key: one for key, one in value.items() if key not in (name, "tools")}
    system, messages = system_of(value[name])
    environment = told.get("environment_info")
    if not system and isinstance(environment, dict) and isinstance(environment.get("policy"), str):
        system = environment["policy"]
    model = value.get("model")
    agent = told.get("agent_info")
    if model is None and isinstance(agent, dict):
        model = agent.get("llm")
    task = value.get("task_id")
    run = ImportedRun(
        out,
        _name(value, told),
        tools=tools_of(value.get("tools")),
        system=system,
        model=model if isinstance(model, str) else "",
        title=f"task {task} trial {value.get('trial')}" if task is not None else "",
        about=_about(value),
        at=value.get("start_time"),
        extra=_with_task(rest, about),
    )
    yield from tell(run, messages)
    yield from run.end()


def _name(value: _Object, told: _Object) -> str:
    environment = told.get("environment_info")
    domain = environment.get("domain_name") if isinstance(environment, dict) else None
    if isinstance(domain, str):
        return f"tau2 {domain}"
    return "tau" if "traj" in value else "chat"


def _about(value: _Object) -> str:
    info = value.get("reward_info")
    reward = value.get("reward", info.get("reward") if isinstance(info, dict) else None)
    return f"reward {reward}" if reward is not None else ""


def _with_task(rest: _Object, about: _Object) -> _Object:
    tasks = about.get("tasks")
    task = tasks.get(str(rest.get("task_id"))) if isinstance(tasks, dict) else None
    return {**rest, "task": task} if task is not None else rest


IMPORTER = Importer("chat", "a conversation as chat messages", sniff, read)
