"""``markdown``: a branch to read, step by step, with what a person changed marked as such."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tooltrace.core.compare.transcript import TranscriptStep
from tooltrace.core.model import events as e
from tooltrace.core.model.content_blocks import content_text
from tooltrace.formats.branch_data import BranchData
from tooltrace.formats.branch_words import MARKS, editable_content, spent_words
from tooltrace.formats.registry import Exporter
from tooltrace.formats.text.markdown_text import code, prose, value, words

__all__ = ["EXPORTER"]

_STATUS = {
    "waiting": "It has not been made.",
    "started": "It went out, and nothing came back.",
}


def write(branch: BranchData) -> Iterator[str]:
    """The head, then a part for each step."""
    yield _head(branch)
    for step in branch.steps:
        if step.kind != "start":
            yield _part(branch, step)


def _head(branch: BranchData) -> str:
    end = f"{branch.outcome or 'not finished'}{_in(branch.state)}{_why(branch.why)}"
    rows = {
        "Session": code(branch.file),
        "Branch": code(branch.name),
        "Model": code(branch.settings.model),
        "Began": code(branch.records[0].at),
        "Ended": end,
        "Spent": spent_words(branch.usage),
    }
    lines = "\n".join(f"- {name}: {text}" for name, text in rows.items())
    return f"# {code(branch.workflow.name)}\n\n{lines}\n"


def _in(state: str | None) -> str:
    return f" in {code(state)}" if state else ""


def _why(text: str) -> str:
    return f": {code(text)}" if text else ""


def _part(branch: BranchData, step: TranscriptStep) -> str:
    title, parts = _PARTS.get(step.kind, _other)(step)
    mark = MARKS.get(step.source)
    marked = f" · **{mark}**" if mark else ""
    told = branch.caption(step.record)
    short = f"{words(told.happened)} {words(told.then)}"
    heading = f"## {step.step} · {title}{marked}\n\nRecord {step.record}. {short}\n"
    before = branch.replaced(branch.record(step.record))
    if before is not None and (was := editable_content(before.event)) is not None:
        parts = [*parts, ("Before the edit", value(was))]
    parts = [*parts, *_later(branch, step.record)]
    return "\n" + "\n".join([heading, *(_named(name, text) for name, text in parts)])


def _later(branch: BranchData, record: int) -> Iterator[tuple[str, str]]:
    """What the model reads in its place from a later edit on, once for each edit."""
    for edit in branch.records:
        event = edit.event
        if isinstance(event, e.MessageEdited) and event.record == record:
            out = event.content is None
            said = "taken out of the conversation" if out else "edited where it stands"
            text = "" if event.content is None else value(content_text(event.content))
            yield "", f"From record {edit.id} on it is **{said}**{': ' if text else '.'}\n\n{text}"


def _named(name: str, text: str) -> str:
    return f"{name}:\n\n{text}" if name else text


_Part = tuple[str, list[tuple[str, str]]]
"""A title, and what stands below it: each with a name of its own, or none."""


def _user(step: TranscriptStep) -> _Part:
    return "The person", [("", prose(str(step.content.get("text") or "")))]


def _reply(step: TranscriptStep) -> _Part:
    content = step.content
    parts = [("", prose(str(content["text"])))] if content.get("text") else []
    if blocks := content.get("blocks"):
        parts.append(("Also in the reply", value(blocks)))
    if content.get("stop_reason") not in ("end_turn", "tool_use", None):
        parts.append(("", f"It stopped: {code(str(content['stop_reason']))}\n"))
    calls = content.get("calls")
    names = ", ".join(code(str(name)) for name in calls) if isinstance(calls, list) else ""
    return f"The model{f' calls {names}' if names else ''}", parts


def _call(step: TranscriptStep) -> _Part:
    content = step.content
    parts = [("Arguments", value(content["arguments"]))] if "arguments" in content else []
    status = _STATUS.get(str(content.get("status")))
    if status is not None:
        return f"Call of {code(step.name)}", [*parts, ("", f"{status}\n")]
    failed = content.get("is_error") is True
    parts.append(("Error" if failed else "Result", value(content.get("result"))))
    if content.get("abandoned"):
        parts.append(("", "Its time was up; it may have gone on.\n"))
    if content.get("output"):
        parts.append(("It wrote", value(str(content["output"]))))
    return f"Call of {code(step.name)}{' failed' if failed else ''}", parts


def _no_reply(step: TranscriptStep) -> _Part:
    return "No reply", [("Error", value(step.content.get("error")))]


def _transition(step: TranscriptStep) -> _Part:
    reason = step.content.get("reason")
    return f"State {code(step.name)}", [("Why", value(reason))] if reason else []


def _context(step: TranscriptStep) -> _Part:
    return f"Context {code(step.name)}", [("Value", value(step.content.get("value")))]


def _workflow(step: TranscriptStep) -> _Part:
    return "The workflow's definition changed", []


def _end(step: TranscriptStep) -> _Part:
    why = step.content.get("why")
    return f"End: {code(str(step.content.get('outcome')))}", [("Why", value(why))] if why else []


def _system(step: TranscriptStep) -> _Part:
    told = step.content.get("system")
    if step.content.get("as_defined"):
        return "The system prompt is the workflow's again", []
    text = prose(told) if isinstance(told, str) else value(told)
    return "The system prompt from here on", [("", text)]


def _tool(step: TranscriptStep) -> _Part:
    title = f"What the model is told of {code(step.name)} from here on"
    if step.content.get("as_defined"):
        return f"{title}: what the workflow says", []
    parts = {"Description": step.content.get("description"), "Schema": step.content.get("schema")}
    return title, [(name, value(told)) for name, told in parts.items() if told is not None]


def _message(step: TranscriptStep) -> _Part:
    content = step.content.get("content")
    if content is None:
        return f"{code(step.name)} taken out of the conversation", []
    return f"{code(step.name)} edited where it stands", [("", value(content_text(content)))]


def _added(step: TranscriptStep) -> _Part:
    where = "in front of all" if step.name == "the front" else f"behind {code(step.name)}"
    text = content_text(step.content.get("content"))
    return f"A message of the {step.content.get('role')} added {where}", [("", value(text))]


def _settings(step: TranscriptStep) -> _Part:
    return "Settings from here on", [("", value(step.content))]


def _other(step: TranscriptStep) -> _Part:
    name = f" {code(step.name)}" if step.name else ""
    return f"{code(step.kind)}{name}", [("", value(step.content))]


_PARTS: dict[str, Callable[[TranscriptStep], _Part]] = {
    "user": _user,
    "reply": _reply,
    "call": _call,
    "no_reply": _no_reply,
    "transition": _transition,
    "context": _context,
    "workflow": _workflow,
    "settings": _settings,
    "system_edited": _system,
    "tool_edited": _tool,
    "message_edited": _message,
    "message_added": _added,
    "end": _end,
}


EXPORTER = Exporter(
    "markdown",
    ".md",
    write,
    about="the branch to read, step by step",
)
