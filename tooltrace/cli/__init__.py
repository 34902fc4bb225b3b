"""The command line: the only place that builds concrete ports and opens real files.

Importing this imports click and nothing heavy: each command's file is loaded when it is called.
"""

from __future__ import annotations

from tooltrace.cli.main import main

__all__ = ["main"]
