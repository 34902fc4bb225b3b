"""The errors that tooltrace raises for people: one line, what, where, what to do next.

ToolTraceError
├── BadSession      a file that is not a session, or from a newer version
├── BadWorkflow     a workflow definition or reference that cannot be used
├── BadExpression   a guard or a condition that cannot be parsed or evaluated
├── BadScenario     a file of faults that cannot be used, read or written
├── BadScript       a script of beats that cannot be used
├── BadWorld        a world, or a snapshot of it, that cannot be kept or put back
├── BadExport       a branch that cannot be written in a format
├── BadImport       a file of another program that cannot be read
├── BadPlugin       what another package adds, and that cannot be found or used
├── BadPort         a port of somebody else's that does not what a port has to do
├── BadCommand      a debugger command that is not possible now
├── NotSaved        the journal could not write
└── ReadOnly        the session is open somewhere else, or its file cannot be written
"""

from __future__ import annotations

__all__ = [
    "BadCommand",
    "BadExport",
    "BadExpression",
    "BadImport",
    "BadPlugin",
    "BadPort",
    "BadScenario",
    "BadScript",
    "BadSession",
    "BadWorkflow",
    "BadWorld",
    "NotSaved",
    "ReadOnly",
    "ToolTraceError",
]


class ToolTraceError(Exception):
    """Anything a person can act on; its text is one line."""


class BadSession(ToolTraceError):
    """The file is not a session that this version can read."""


class BadWorkflow(ToolTraceError):
    """The workflow cannot be built, found or loaded."""


class BadWorld(ToolTraceError):
    """The world, or a snapshot of it, cannot be read, kept or put back."""


class BadScenario(ToolTraceError):
    """The scenario, or its file, cannot be used."""


class BadScript(ToolTraceError):
    """The script, or its file, cannot be used; the text names the line."""


class BadExpression(ToolTraceError):
    """The expression cannot be parsed, or has no value here."""


class BadExport(ToolTraceError):
    """The branch cannot be written in that format, or its file cannot."""


class BadImport(ToolTraceError):
    """The file cannot be read in any format that is known here, or in the one that was named."""


class BadPlugin(ToolTraceError):
    """What an installed package adds by that name cannot be found, loaded or used."""


class BadPort(ToolTraceError):
    """A port that a program, a workflow or a package brings along cannot be asked, or answers
    with what is no answer.
    """


class BadCommand(ToolTraceError):
    """The command is not possible now; the text says why."""


class NotSaved(ToolTraceError):
    """A record could not be written; nothing after it was written either."""


class ReadOnly(ToolTraceError):
    """The session can be read here, but not written."""
