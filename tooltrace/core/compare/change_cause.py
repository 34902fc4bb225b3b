"""Who changed a part of a request since another one, as the records tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from tooltrace.core.compare.request_parts import Section
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.events import (
    ContextEdited,
    Forked,
    MessageAdded,
    MessageEdited,
    ModelCalled,
    ModelFailed,
    ModelReplied,
    Record,
    SettingsChanged,
    SystemEdited,
    ToolEdited,
    ToolReturned,
    Transitioned,
    UserSaid,
    WorkflowChanged,
)

__all__ = ["ChangeCause", "ChangedPart", "change_cause"]


_ALSO: dict[Section, tuple[Section, ...]] = {"tools": ("settings",)}


class ChangedPart(Struct, frozen=True):
    """The part that differs, and the records that it is from in this request and in the other.

    ``state_prompt`` says that the state prompt stands in it, which is another at each request.
    """

    section: Section
    record: int | None = None
    before: int | None = None
    state_prompt: bool = False


class ChangeCause(Struct, frozen=True):
    """What changed it, in a few words, and the record that says so."""

    text: str
    record: int | None = None

    def __str__(self) -> str:
        return self.text if self.record is None else f"{self.text}, #{self.record}"


def change_cause(tree: Tree, at: int, other: int, part: ChangedPart) -> ChangeCause | None:
    """What made a part differ between the requests at two records; None where no record tells.

    KeyError when there is no such record.
    """
    ours, theirs = _apart(tree, at, other)
    if part.section != "messages":
        # Settings add a server's own tools, or take them away.
        for section in (part.section, *_ALSO.get(part.section, ())):
            for records, whose in ((ours, ""), (theirs, " of the other branch")):
                if found := _definition(records, section, whose):
                    return found
        if part.state_prompt:
            return ChangeCause("the state prompt, which stands in the system prompt")
        return None
    for records, record, whose in (
        (ours, part.record, ""),
        (theirs, part.before, " of the other branch"),
    ):
        if found := _by_hand(tree, records, record, whose):
            return found
    return _left(tree, ours, theirs)


def _apart(tree: Tree, at: int, other: int) -> tuple[list[Record], list[Record]]:
    """The records that only one of two paths has, each in order."""
    ours = _until(tree, at, other)
    return ours, _until(tree, other, at)


def _until(tree: Tree, at: int, other: int) -> list[Record]:
    found: list[Record] = []
    for record in tree.up(at):
        if tree.is_ancestor(record.id, other):
            break
        found.append(record)
    found.reverse()
    return found


def _definition(records: Sequence[Record], section: Section, whose: str) -> ChangeCause | None:
    for record in reversed(records):
        if told := _said_of(record, section):
            return ChangeCause(f"{told}{whose}", record.id)
    return None


def _said_of(record: Record, section: Section) -> str:
    """What a record did to what stands before the messages."""
    match section, record.event:
        case "system", SystemEdited():
            return "an edit of the system prompt"
        case "system", ModelCalled(system=given) if given is not None:
            return "what the author's code gave for it"
        case "tools", ToolEdited(tool=tool):
            return f"an edit of the tool {tool}"
        case "settings", SettingsChanged():
            return "a change of the settings"
        case "settings", Transitioned(to=to):
            return f"the transition to {to}"
        case "tools" | "system" | "settings", WorkflowChanged():
            return "a change of the workflow"
        case _:
            return ""


def _by_hand(
    tree: Tree, records: Sequence[Record], from_record: int | None, whose: str
) -> ChangeCause | None:
    """What a person did last before the part came to be, on that side alone."""
    last = tree.last_id if from_record is None else from_record
    for record in reversed(records):
        if record.id <= last and (told := _deed(record)):
            return ChangeCause(f"{told}{whose}", record.id)
    return None


def _deed(record: Record) -> str:
    match record.source, record.event:
        case _, MessageEdited(content=content):
            return "a message taken out" if content is None else "an edited message"
        case _, MessageAdded():
            return "an added message"
        case "edited", ToolReturned():
            return "an edited result"
        case "edited", ModelReplied():
            return "an edited reply"
        case "edited", UserSaid():
            return "an edit of what was said"
        case _, ContextEdited():
            return "an edit of the context"
        case "edited", _:
            return "an edit"
        case "injected", _:
            return "an injected fault"
        case "forced", Transitioned():
            return "a forced transition"
        case _:
            return ""


def _left(tree: Tree, ours: Sequence[Record], theirs: Sequence[Record]) -> ChangeCause | None:
    """The branch that one of the two is on and the other is not."""
    if not (ours and theirs):
        return None
    for record in _forks(ours):
        return ChangeCause("a fork", record.id)
    branch = tree.branch_of(ours[0].id)
    name = branch.name if branch is not None else ""
    begin = ours[0]
    if isinstance(begin.event, ModelCalled | ModelReplied | ModelFailed):
        return ChangeCause("another reply of the model", begin.id)
    return ChangeCause(f"the branch {name}" if name else "another branch", begin.id)


def _forks(records: Sequence[Record]) -> Iterator[Record]:
    return (record for record in records if isinstance(record.event, Forked))
