"""The session's file on disk: a journal of records, one line each."""

from __future__ import annotations

from tooltrace.store.intake import Problem
from tooltrace.store.journal import Journal

__all__ = ["Journal", "Problem"]
