"""The session's file on disk: a journal of records, one line each."""

from __future__ import annotations

from tooltrace.store.journal import Journal
from tooltrace.store.lines import FileProblem

__all__ = ["FileProblem", "Journal"]
