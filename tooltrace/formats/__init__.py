"""Formats that sessions are written in for others; ``registry`` finds them."""

from tooltrace.formats.branch_data import BranchData
from tooltrace.formats.registry import Exporter

__all__ = ["BranchData", "Exporter"]
