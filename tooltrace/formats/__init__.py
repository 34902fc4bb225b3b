"""Formats that sessions are written in for others, and read from; two registries find them."""

from tooltrace.formats.branch_data import BranchData
from tooltrace.formats.import_registry import Importer
from tooltrace.formats.imported.run import ImportedReply, ImportedRun
from tooltrace.formats.imported.session import imported_session
from tooltrace.formats.registry import Exporter

__all__ = [
    "BranchData",
    "Exporter",
    "ImportedReply",
    "ImportedRun",
    "Importer",
    "imported_session",
]
