"""What holds of all that was chosen: command line, environment, project, the person's own file."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tooltrace.cli.config.file import CHOICES, ConfigFile, config_path, read_config, wrong_value
from tooltrace.core.text.sanitize import one_line
from tooltrace.tui.preferences import AUTO, Preferences

__all__ = ["Chosen", "chosen", "give", "given_again", "preferences_of"]

_ENVIRONMENT = {"theme": "TOOLTRACE_THEME", "ascii": "TOOLTRACE_ASCII"}
_PLAIN = Preferences()
_DEFAULTS: Mapping[str, Any] = {name: getattr(_PLAIN, name) for name in CHOICES} | {"theme": AUTO}
_YES, _NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off", "")

_given: dict[str, Any] = {}


def give(name: str, value: object) -> None:
    """An option of the command line was given: it comes before all else in this process."""
    _given[name] = value


def given_again() -> list[str]:
    """What was given, as options of a command line for another process."""
    found = []
    for name, value in _given.items():
        found += [f"--{name}"] if value is True else [f"--{name}", str(value)]
    return found


class Chosen:
    """Each choice with where it comes from, the keys, and what could not be read."""

    def __init__(self, folder: Path) -> None:
        self.file: ConfigFile = read_config(config_path())
        self.problems: list[str] = list(self.file.problems)
        project = dict(self._of_project(folder))
        environment = dict(self._of_environment())
        self.values: dict[str, Any] = {}
        self.origins: dict[str, str] = {}
        for name in CHOICES:
            for source, values in (
                ("the command line", _given),
                (_ENVIRONMENT.get(name, ""), environment),
                ("[tool.tooltrace]", project),
                (str(self.file.path), self.file.values),
                ("nothing else said", _DEFAULTS),
            ):
                if name in values:
                    self.values[name], self.origins[name] = values[name], source
                    break

    def _of_environment(self) -> Iterator[tuple[str, object]]:
        for name, variable in _ENVIRONMENT.items():
            text = os.environ.get(variable)
            if text is None:
                continue
            value: object = text
            if CHOICES[name][0] is bool:
                value = True if text.lower() in _YES else False if text.lower() in _NO else text
            if (wrong := wrong_value(name, value)) is None:
                yield name, value
            else:
                self.problems.append(one_line(f"{variable}: {wrong}"))

    def _of_project(self, folder: Path) -> Iterator[tuple[str, object]]:
        from tooltrace.debugger.run.project_file import project_values

        for name, value, where in project_values(folder, CHOICES):
            if (wrong := wrong_value(name, value)) is None:
                yield name, value
            else:
                self.problems.append(one_line(f"{where}: {wrong}"))


def chosen() -> Chosen:
    """What holds in this folder, read now."""
    return Chosen(Path.cwd())


def preferences_of(found: Chosen, theme: str) -> Preferences:
    """What of it the app is to know, drawn in this theme."""
    values = found.values
    flags = (values["ascii"], values["mouse"], values["bell"], values["markdown"])
    return Preferences(theme, *flags, problems=tuple(found.problems))
