"""``python -m tooltrace``: the command line."""

from __future__ import annotations

from tooltrace.cli import main

main()
