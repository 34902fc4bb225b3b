"""The definition of a workflow whose code a person named; what the code prints goes nowhere."""

from __future__ import annotations

from tooltrace.core.model.workflow import WorkflowSpec

__all__ = ["spec_of"]


def spec_of(ref: str) -> WorkflowSpec:
    """Load the code that a person named, for its definition. Raises BadWorkflow."""
    from tooltrace.assemble import load_code
    from tooltrace.tools.output.capture import OutputCapture
    from tooltrace.tools.output.descriptor_guard import DescriptorGuard

    guard = DescriptorGuard()
    with guard, OutputCapture(guard):
        return load_code(ref).workflow.spec
