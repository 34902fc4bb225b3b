"""Who may import whom: the order of the layers is said once, here, and read off the imports."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

import tooltrace

ROOT = Path(tooltrace.__file__).parent

ORDER = (
    {"core"},
    {"plugins"},
    {"store", "models", "tools"},
    {"formats"},
    {"authoring"},
    {"engine", "attach"},
    {"debugger"},
    {"client_recording"},
    {"run_parts"},
    {"assemble"},
    {"api"},
    {"tui"},
    {"cli"},
    {"pytest_plugin"},
)
"""From the bottom up. Nothing imports upward, and nothing sideways.

What other packages add is looked up below the three that ask for it. A format is made of what
the models' own is (the body of a request), so it stands above them.
"""

ROOMS: dict[str, tuple[set[str], ...]] = {
    "core": (
        {"text"},
        {"model"},
        {"expressions"},
        {"fold"},
        {"decide"},
        {"compare"},
        {"caption"},
        {"graph"},
    ),
    "debugger": (
        {"world"},
        {"session", "stop", "command_loop"},
        {"edit"},
        {"faults"},
        {"run"},
        {"replay"},
        {"sampling"},
        {"the face"},
        {"script"},
    ),
    "models": (
        {"wire", "usage_estimates"},
        {"live", "request"},
        {"anthropic", "openai"},
        {"provider", "prices"},
        {"providers"},
        {"the face"},
    ),
    "tui": (
        {"lost_terminal", "preferences", "theme_colors"},
        {
            "keys",
            "cells",
            "theme",
            "clipboard",
            "job",
            "media_files",
            "opener",
            "pictures",
            "terminal_words",
        },
        {"rows"},
        {"safe_text", "widgets", "panes", "external_editor", "services", "attachments"},
        {"input"},
        {"dialog", "present"},
        {"screens"},
        {"actions"},
        {"the face"},
    ),
}
"""The rooms and files inside a layer, from the bottom up; a file that is not named is its face."""

OF_THE_FACE = {"debugger": "commands", "tui": "screens/session"}
"""Files that stand in a room, and hand it to the face."""

LONGEST = 300
LONGER: set[str] = {
    "debugger/replay/recorded.py",
}
"""Files that may have more lines."""

RANK = {layer: rank for rank, layers in enumerate(ORDER) for layer in sorted(layers)}
HEAVY = ("textual", "anthropic", "genai_prices", "aiohttp")
IMPURE = {"os", "pathlib", "time", "datetime", "asyncio", "threading", "random", "io"}
IMPURE |= {"socket", "subprocess", "sqlite3", "tempfile", "shutil", "secrets", "uuid", "logging"}

FILES = sorted(ROOT.rglob("*.py"))


@cache
def imports(path: Path) -> tuple[tuple[int, str], ...]:
    """Every module that a file imports, wherever in the file, with its line."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    package = [ROOT.name, *path.relative_to(ROOT).parent.parts]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield node.lineno, module
            for alias in node.names:
                inside = ROOT.parent.joinpath(*module.split("."), alias.name)
                if inside.is_dir() or inside.with_suffix(".py").is_file():
                    yield node.lineno, f"{module}.{alias.name}"


def layer_of(path: Path) -> str:
    """The folder at the top that a file is in, or the name of a file that stands there itself."""
    return path.relative_to(ROOT).with_suffix("").parts[0]


def complaints(layer: str, wrong: object) -> list[str]:
    """``file:line imports module`` for every import in a layer that ``wrong`` finds wrong."""
    found = []
    for path in FILES:
        if layer_of(path) == layer:
            for line, module in imports(path):
                if callable(wrong) and wrong(path, module):
                    found.append(f"{path.relative_to(ROOT.parent)}:{line} imports {module}")
    return found


def test_every_folder_has_its_place() -> None:
    folders = {path.name for path in ROOT.iterdir() if (path / "__init__.py").is_file()}
    assert folders - set(RANK) == {"workflows"}
    assert {"core", "store", "models", "tools", "authoring", "engine", "debugger"} <= folders


BOTTOM_UP = sorted(RANK, key=RANK.__getitem__)


@pytest.mark.parametrize("layer", BOTTOM_UP)
def test_nothing_imports_upward_or_sideways(layer: str) -> None:
    def upward(path: Path, module: str) -> bool:
        parts = module.split(".")
        if parts[0] != ROOT.name or len(parts) == 1:
            return False
        if parts[1] == layer:
            return False
        return RANK.get(parts[1], len(ORDER)) >= RANK[layer]

    assert complaints(layer, upward) == []


def room_of(layer: str, parts: tuple[str, ...]) -> str:
    """The room of a layer that a file or a module belongs to, from its path inside that layer."""
    named = {name for rooms in ROOMS[layer] for name in rooms}
    face = OF_THE_FACE.get(layer, "")
    if parts[0] not in named or "/".join(parts) == face or parts[1:] == (face,):
        return "the face"
    return parts[0]


@pytest.mark.parametrize("layer", sorted(ROOMS))
def test_no_room_imports_from_one_above_it(layer: str) -> None:
    rank = {name: place for place, names in enumerate(ROOMS[layer]) for name in names}

    def upward(path: Path, module: str) -> bool:
        parts = module.split(".")
        if parts[:2] != [ROOT.name, layer] or not parts[2:]:
            return False
        there = rank[room_of(layer, tuple(parts[2:4]))]
        inside = path.relative_to(ROOT / layer).with_suffix("").parts
        return there > rank[room_of(layer, inside)]

    assert complaints(layer, upward) == []


@pytest.mark.parametrize("layer", sorted(ROOMS))
def test_every_room_has_its_place(layer: str) -> None:
    named = {name for names in ROOMS[layer] for name in names} - {"the face"}
    files = {path.relative_to(ROOT / layer) for path in FILES if layer_of(path) == layer}
    rooms = {path.parts[0] for path in files if len(path.parts) > 1}
    assert rooms <= named <= rooms | {path.stem for path in files}


def test_no_files_import_each_other_in_a_circle() -> None:
    modules = {
        ".".join(path.relative_to(ROOT.parent).with_suffix("").parts): path
        for path in FILES
        if path.stem != "__init__"
    }
    needs = {
        name: {module for _, module in imports(path)} & set(modules)
        for name, path in modules.items()
    }
    free: set[str] = set()
    while fresh := {name for name in needs if name not in free and needs[name] <= free}:
        free |= fresh
    circle = set(needs) - free
    while outside := {name for name in circle if not any(name in needs[n] for n in circle)}:
        circle -= outside
    assert circle == set()


def test_no_two_public_classes_have_one_name() -> None:
    places: dict[str, list[str]] = {}
    for path in FILES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_no_file_is_longer_than_a_person_reads_at_once() -> None:
    sizes = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in FILES
    }
    long = {name: lines for name, lines in sizes.items() if lines > LONGEST}
    assert {name: lines for name, lines in long.items() if name not in LONGER} == {}


def test_core_is_pure() -> None:
    def impure(path: Path, module: str) -> bool:
        return module.split(".")[0] in IMPURE | set(HEAVY)

    assert complaints("core", impure) == []


def test_the_demos_are_files_that_a_user_could_have_written() -> None:
    def private(path: Path, module: str) -> bool:
        top = module.split(".")[0]
        public = module == "tooltrace" or top in sys.stdlib_module_names
        return not public and path.name != "__init__.py"

    assert complaints("workflows", private) == []
    assert any(layer_of(path) == "workflows" for path in FILES)


@pytest.mark.parametrize("layer", [layer for layer in RANK if layer != "tui"])
def test_only_the_tui_knows_textual(layer: str) -> None:
    assert complaints(layer, lambda path, module: module.split(".")[0] == "textual") == []


def test_what_is_shown_is_worked_out_without_textual() -> None:
    def shown_with_textual(path: Path, module: str) -> bool:
        is_view = path.relative_to(ROOT).parts[:2] in (("tui", "rows"),)
        return is_view and module.split(".")[0] == "textual"

    assert complaints("tui", shown_with_textual) == []


@pytest.mark.parametrize("layer", sorted(RANK))
def test_only_the_model_port_knows_anthropic(layer: str) -> None:
    def knows(path: Path, module: str) -> bool:
        return module.split(".")[0] == "anthropic" and layer != "models"

    assert complaints(layer, knows) == []


LIGHT = [
    c
    for c in ("show", "check", "coverage", "list", "export", "graph")
    if (ROOT / "cli" / "commands" / f"{c}.py").is_file()
]
SCRIPT = """
import json, pathlib, sys
try:
    {code}
except SystemExit as done:
    assert not done.code, done.code
pathlib.Path(sys.argv[1]).write_text(json.dumps(sorted(sys.modules)))
"""


@pytest.fixture(scope="module")
def loads_heavy(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[str]]:
    """Which of the heavy packages a fresh interpreter has loaded after running some code."""
    loaded = tmp_path_factory.mktemp("layers") / "loaded.json"

    def run(code: str) -> list[str]:
        loaded.unlink(missing_ok=True)
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT.format(code=code), str(loaded)],
            capture_output=True,
            text=True,
            timeout=60,
            cwd=ROOT.parent,
        )
        assert done.returncode == 0, done.stderr
        return sorted(set(json.loads(loaded.read_text())) & set(HEAVY))

    return run


LoadsHeavy = Callable[[str], list[str]]


def test_a_heavy_package_would_be_noticed(loads_heavy: LoadsHeavy) -> None:
    assert loads_heavy("import textual") == ["textual"]


def test_the_debugger_needs_neither_textual_nor_anthropic(loads_heavy: LoadsHeavy) -> None:
    assert loads_heavy("import tooltrace, tooltrace.debugger.debugger, tooltrace.debugger") == []


def test_no_layer_below_the_tui_loads_them_when_it_is_imported(loads_heavy: LoadsHeavy) -> None:
    modules = [
        ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__")
        for path in FILES
        if RANK.get(layer_of(path), 99) < RANK["tui"] and path.stem != "__main__"
    ]
    assert loads_heavy(f"import {', '.join(modules)}") == []


def test_help_loads_neither(loads_heavy: LoadsHeavy) -> None:
    assert loads_heavy("from tooltrace.cli import main; main(['--help'])") == []


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory, loads_heavy: LoadsHeavy) -> Path:
    """A session that was really run."""
    path = tmp_path_factory.mktemp("run") / "refund.jsonl"
    arguments = ["run", "refund", "--headless", "--session", str(path)]
    assert loads_heavy(f"from tooltrace.cli import main; main({arguments!r})") == []
    return path


@pytest.mark.parametrize("to", ["cast", "svg"])
def test_drawing_a_branch_loads_neither(to: str, session: Path, loads_heavy: LoadsHeavy) -> None:
    arguments = ["export", str(session), "--to", to]
    assert loads_heavy(f"from tooltrace.cli import main; main({arguments!r})") == []


@pytest.mark.parametrize("command", LIGHT)
def test_commands_that_open_no_screen_and_call_nobody_load_neither(
    command: str, session: Path, loads_heavy: LoadsHeavy
) -> None:
    arguments = [command] if command == "list" else [command, str(session)]
    arguments += ["--to", "messages"] if command == "export" else []
    assert loads_heavy(f"from tooltrace.cli import main; main({arguments!r})") == []
