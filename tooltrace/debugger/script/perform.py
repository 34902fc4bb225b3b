"""Do what a beat of a script says, with the debugger's own verbs."""

from __future__ import annotations

from typing import assert_never

from tooltrace.core.caption.beats import beats
from tooltrace.core.decide.next_action import RunTools, next_action
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.model.events import ToolReturned
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.debugger.commands import Commands
from tooltrace.debugger.script.script import ScriptBeat
from tooltrace.debugger.verbs import T
from tooltrace.debugger.view import View

__all__ = ["perform"]


def perform(commands: Commands[T], view: View, cue: ScriptBeat, writes: bool = True) -> T:
    """What a beat asks for, from where one stands; it answers a question only with no.

    Without ``writes`` a live call that does more than read is not made. Raises BadCommand where
    there is nothing that the beat speaks of.
    """
    match cue.kind:
        case "start":
            return commands.goto(view.head)
        case "beat":
            return commands.beat(writes=writes)
        case "run":
            return commands.go()
        case "back":
            return commands.goto(_back(view, cue.value))
        case "before":
            return commands.goto(_before(view, cue.name))
        case "edit":
            record, content = _edited(view, cue)
            return commands.edit.result(record, content)
        case "context":
            return commands.edit.context(cue.name, cue.value)
        case "undo":
            return commands.edit.undo()
        case "redo":
            return commands.edit.redo()
        case "fork":
            return commands.edit.fork(cue.name)
        case "switch":
            return commands.switch(cue.name)
        case "force":
            return commands.edit.force(cue.name, str(cue.value))
        case "say":
            return commands.edit.say(str(cue.value))
        case "no":
            if view.stop.kind != "confirm":
                raise BadCommand("nothing is asked here to which one could say no")
            return commands.goto(view.head)
        case _:
            assert_never(cue.kind)


def _back(view: View, count: JsonValue) -> int:
    ends = [beat.record for beat in beats(view.tree, view.head)]
    at = len(ends) - 1 - (count if isinstance(count, int) else 1)
    if at < 0:
        raise BadCommand("there are not so many beats before this one")
    return ends[at]


def _before(view: View, tool: str) -> int:
    """The last place up to the head at which a call of a tool is next."""
    for record in view.tree.up(view.head):
        action = next_action(view.tree.snapshot_at(record.id))
        if isinstance(action, RunTools) and any(call.tool == tool for call in action.levels[0]):
            return record.id
    raise BadCommand(f"{tool} is not called before this")


def _edited(view: View, cue: ScriptBeat) -> tuple[int, JsonValue]:
    """The last result of a tool, and what it becomes: fields of an object one by one."""
    tree: Tree = view.tree
    for record in tree.up(view.head):
        if isinstance(record.event, ToolReturned):
            call = tree.snapshot_at(record.id).call(record.event.call)
            if call is not None and call.tool == cue.name:
                old = record.event.content
                if isinstance(old, dict) and isinstance(cue.value, dict):
                    return record.id, {**old, **cue.value}
                return record.id, cue.value
    raise BadCommand(f"{cue.name} has given no result before this")
