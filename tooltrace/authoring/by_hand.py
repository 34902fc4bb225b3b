"""A workflow without code: the definition in a session, whose results a person gives."""

from __future__ import annotations

from tooltrace.authoring.source_lines import SourceLine
from tooltrace.authoring.workflow import Workflow
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.tools.recorded.by_call import RecordedTools

__all__ = ["workflow_by_hand"]


def workflow_by_hand(definition: WorkflowSpec) -> Workflow:
    """What a session that came without code goes on with: its tools are schemas and no more."""
    made = Workflow("by-hand", tools=[], tool_port=RecordedTools())
    made.spec = definition
    made.place = SourceLine("", 0)
    return made
