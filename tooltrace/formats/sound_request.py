"""The request of a branch, once it is sure that the API would take it."""

from __future__ import annotations

from typing import Any

from tooltrace.core.model.errors import BadExport
from tooltrace.formats.branch_data import BranchData

__all__ = ["sound_request"]


def sound_request(branch: BranchData) -> dict[str, Any]:
    """The Messages API's JSON of the branch's request. Raises BadExport, naming what is wrong."""
    from tooltrace.models.anthropic.request_check import problems

    request = branch.request or {}
    wrong = problems(request)
    if wrong:
        more = f", and {len(wrong) - 1} more" if wrong[1:] else ""
        raise BadExport(f"no API would take it: {wrong[0]}{more}")
    return request
