"""``messages``: the request of a branch as the Messages API takes it, to be sent as it is.

The reply that ended a run is not in it: current models refuse a request that ends with their own
turn.
"""

from __future__ import annotations

from collections.abc import Iterator

from tooltrace.core.text.exact_json import DEEPEST, pretty
from tooltrace.formats.branch_data import BranchData
from tooltrace.formats.registry import Exporter
from tooltrace.formats.sound_request import sound_request

__all__ = ["EXPORTER"]


def write(branch: BranchData) -> Iterator[str]:
    """One object, as the product itself would send it but for ``stream``."""
    yield pretty(sound_request(branch), DEEPEST) + "\n"


EXPORTER = Exporter(
    "messages",
    ".json",
    write,
    about="the request as JSON of the Messages API",
    needs=("request",),
)
