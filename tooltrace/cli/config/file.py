"""The person's configuration file: where it is, what may stand in it, what is wrong with it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from tooltrace.core.model.errors import BadCommand
from tooltrace.core.text.sanitize import one_line
from tooltrace.core.text.suggest import quoted, unknown
from tooltrace.tui.keys.rebound import rebound
from tooltrace.tui.preferences import AUTO
from tooltrace.tui.theme_colors import theme_names

__all__ = ["CHOICES", "ConfigFile", "config_path", "read_config", "write_config", "wrong_value"]

ENVIRONMENT = "TOOLTRACE_CONFIG"
MOST_BYTES = 200_000
_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")

CHOICES: Mapping[str, tuple[type, str]] = {
    "theme": (str, "the colours; auto is dark or light as the terminal's background is"),
    "ascii": (bool, "draw with ASCII alone, for fonts and terminals that lack the rest"),
    "mouse": (bool, "take the mouse; false leaves it to the terminal, to mark and copy"),
    "bell": (bool, "ring when a long run pauses or ends"),
    "markdown": (bool, "lay Markdown out in the conversation; # there turns it off and on"),
}
"""What may stand in the file beside ``[keys]``: its type, and what it does."""

_TYPES = {bool: "true or false", str: "a text in quotes"}
_HEAD = """\
# tooltrace: what it looks like and takes. Every line here is what holds without it; take the # away
# to change one. The command line comes before the environment (TOOLTRACE_THEME, TOOLTRACE_ASCII),
# that before [tool.tooltrace] of a project's pyproject.toml, and that before this file.
# tooltrace config --check says what is wrong with it, with its line.
"""
_KEYS_HEAD = """
# Keys, by the names that are below: one, or a list of them. Letters are written as they are, others
# as f5, ctrl+o, escape, space, up. tmux and screen take ctrl+b and ctrl+a for themselves.
[keys]
"""


class ConfigFile(Struct, frozen=True):
    """What the file says: values that can be used, keys by action, and what is wrong, in lines."""

    path: Path
    values: dict[str, Any] = {}
    keys: dict[str, tuple[str, ...]] = {}
    problems: tuple[str, ...] = ()


def config_path() -> Path:
    """Where the file is, or would be: in the folder for such, or where TOOLTRACE_CONFIG says."""
    named = os.environ.get(ENVIRONMENT)
    if named:
        return Path(named).expanduser()
    import platformdirs

    return Path(platformdirs.user_config_dir("tooltrace")) / "config.toml"


def read_config(path: Path) -> ConfigFile:
    """Read it; a file that is not there says nothing. Never raises."""
    try:
        data = path.read_bytes() if path.stat().st_size <= MOST_BYTES else None
    except (FileNotFoundError, NotADirectoryError):
        named = os.environ.get(ENVIRONMENT)
        lost = (f"{path}: there is no such file, and {ENVIRONMENT} names it",) if named else ()
        return ConfigFile(path, problems=tuple(map(one_line, lost)))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        return _nothing(path, f"{path}: not read: {why}")
    if data is None:
        return _nothing(path, f"{path}: not read: it has more than {MOST_BYTES:,} bytes")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return _nothing(path, f"{path}:{line}: not read: this is no UTF-8")
    import tomllib

    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError, OverflowError) as error:
        told = str(error) or "it is nested too deep"
        at = _AT_LINE.search(told)
        line = int(at[1]) if at and at[1] else text.count("\n") + 1
        return _nothing(path, f"{path}:{line}: not read: {_AT_LINE.sub('', told)}")
    return _checked(path, text, table)


def _nothing(path: Path, problem: str) -> ConfigFile:
    return ConfigFile(path, problems=(one_line(problem),))


def _checked(path: Path, text: str, table: dict[str, Any]) -> ConfigFile:
    problems: list[str] = []
    values: dict[str, Any] = {}
    for key, value in table.items():
        where = f"{path}:{line_of(text, key)}"
        if key == "keys":
            continue
        if key not in CHOICES:
            problems.append(f"{where}: {unknown('key', key, (*CHOICES, 'keys'))}")
        elif (wrong := wrong_value(key, value)) is not None:
            problems.append(f"{where}: {wrong}")
        else:
            values[key] = value
    keys = table.get("keys", {})
    if not isinstance(keys, dict):
        problems.append(f"{path}:{line_of(text, 'keys')}: keys is no table: write [keys]")
        keys = {}
    chosen, wrong_keys = rebound(keys)
    for key, problem in wrong_keys:
        problems.append(f"{path}:{line_of(text, key, 'keys')}: {problem}")
    return ConfigFile(path, values, chosen, tuple(map(one_line, problems)))


def wrong_value(key: str, value: object) -> str | None:
    """Why a value cannot stand for a key of ``CHOICES``, in one line; None if it can."""
    wanted, _ = CHOICES[key]
    if not isinstance(value, wanted):
        shown = quoted(str(value)[:80])
        return (
            f"{key} is {shown}: write {'true or false' if wanted is bool else 'a text in quotes'}"
        )
    if key == "theme" and value not in (names := (AUTO, *theme_names())):
        return unknown("theme", str(value), names)
    return None


def line_of(text: str, key: str, table: str = "") -> int:
    """The line where a key stands, which TOML's reader does not say; 1 where it cannot be found."""
    lines = text.splitlines()
    begin = 0
    if table:
        header = re.compile(rf"\s*\[\s*{re.escape(table)}\s*\]")
        begin = next((n for n, line in enumerate(lines) if header.match(line)), 0)
    named = re.compile(rf"""\s*(?:\[\s*)?["']?{re.escape(key)}["']?\s*(?:[=.\]]|$)""")
    return next((n for n in range(begin, len(lines)) if named.match(lines[n])), begin) + 1


def write_config(path: Path) -> bool:
    """Write the file with everything in it as a comment; False if one is there, which stays.

    Raises BadCommand where it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(template())
    except FileExistsError:
        return False
    except OSError as error:
        why = f"{path}: {error.strerror or error}"
        raise BadCommand(f"{why}: name another place with {ENVIRONMENT}") from error
    return True


def template() -> str:
    """The file as it is written: every choice and every key, each as it is without it."""
    from tooltrace.tui.keys.key_table import ACTIONS

    defaults = {"theme": f'"{AUTO}"', "ascii": "false", "mouse": "true"}
    defaults |= {"bell": "false", "markdown": "true"}
    parts = [_HEAD]
    for key, (_, about) in CHOICES.items():
        parts.append(f"\n# {about}\n# {key} = {defaults[key]}\n")
        if key == "theme":
            parts += [f"#   {name}\n" for name in (AUTO, *theme_names())]
    parts.append(_KEYS_HEAD)
    group = ""
    for entry in ACTIONS:
        if entry.group != group:
            group = entry.group
            parts.append(f"\n# {group}\n")
        keys = ", ".join(f'"{_escaped(key)}"' for key in entry.keys)
        parts.append(f"# {entry.id} = [{keys}]  # {entry.help}\n")
    return "".join(parts)


def _escaped(key: str) -> str:
    return key.replace("\\", "\\\\").replace('"', '\\"')
