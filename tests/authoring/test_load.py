"""From a reference to a workflow, and from a broken file to one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import tooltrace
from tooltrace import BadWorkflow, load

GOOD = """
from __future__ import annotations
from dataclasses import dataclass
from tooltrace import Workflow, tool

@dataclass
class Memory:
    note: str | None = None

@tool
def look(x: int) -> int:
    "Look."
    return x

mine = Workflow("mine", tools=[look], context=Memory)
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    path = tmp_path / "flow.py"
    path.write_text(GOOD)
    return path


def refused(ref: str) -> str:
    with pytest.raises(BadWorkflow) as caught:
        load(ref)
    text = str(caught.value)
    assert text.isprintable(), "one line, and nothing a terminal would act on"
    return text


@pytest.mark.parametrize("ref", ["flow.py", "flow.py:mine", "./flow.py:mine", "{}", "{}:mine"])
def test_a_file_is_loaded_with_or_without_a_name(file: Path, ref: str) -> None:
    assert load(ref.format(file)).name == "mine"


def test_a_module_is_loaded_from_where_one_stands(file: Path) -> None:
    assert load("tooltrace.workflows.loan:loan").name == "loan"
    (file.parent / "flow_package").mkdir()
    (file.parent / "flow_package" / "inner.py").write_text(GOOD)
    assert load("flow_package.inner:mine") is load("flow_package.inner")


def test_a_changed_file_is_loaded_as_it_is_now(file: Path) -> None:
    before = load("flow.py")
    file.write_text(GOOD.replace('Workflow("mine"', 'Workflow("hers"'))
    assert (before.name, load("flow.py").name) == ("mine", "hers")
    assert not (file.parent / "__pycache__").exists()


def test_a_file_may_import_its_neighbours(file: Path) -> None:
    (file.parent / "flow_neighbour.py").write_text("NAME = 'from-next-door'\n")
    file.write_text("from flow_neighbour import NAME\n" + GOOD.replace('"mine", t', "NAME, t"))
    file.write_text(file.read_text().replace("from __future__ import annotations\n", ""))
    assert load("flow.py").name == "from-next-door"


def test_a_shipped_name_comes_before_a_file_of_that_name(file: Path) -> None:
    (file.parent / "refund").mkdir()
    assert load("refund").spec.description.startswith("A customer")


SHIPPED = "refund, loan, release, backfill, path/to/file.py:name or package.module:name"


@pytest.mark.parametrize(
    ("ref", "text"),
    [
        ("gone.py", "gone.py does not exist; write path/to/file.py:name"),
        ("no/such/gone.py:x", "no/such/gone.py does not exist; write path/to/file.py:name"),
        ("./", ". is a folder; write path/to/file.py:name"),
        ("a\x1bb.py", "a\\u{1b}b.py does not exist; write path/to/file.py:name"),
        ("a\0b.py", "a\\u{0}b.py does not exist; write path/to/file.py:name"),
        ("refnd", f"there is no workflow 'refnd'; write {SHIPPED}"),
        ("", f"there is no workflow '(empty)'; write {SHIPPED}"),
        ("a b", f"there is no workflow 'a b'; write {SHIPPED}"),
        ("tooltrace.gone:x", f"there is no workflow 'tooltrace.gone'; write {SHIPPED}"),
        ("flow.py:yours", "there is no workflow 'yours' in flow.py; there are: mine"),
        (
            "flow.py:look",
            "there is no workflow 'look' in flow.py (look is Tool); there are: mine",
        ),
        ("json", "there is no Workflow in json"),
        ("json:x", "there is no workflow 'x' in json; there are: none"),
    ],
)
def test_what_is_not_there_is_told_with_what_to_write(file: Path, ref: str, text: str) -> None:
    assert refused(ref) == text


def test_several_workflows_need_a_name(file: Path) -> None:
    file.write_text(GOOD + 'other = Workflow("other", tools=[look])\nalso_mine = mine\n')
    expected = "there are several workflows in flow.py; add one of them: :mine, other, also_mine"
    assert refused("flow.py") == expected
    assert load("flow.py:also_mine").name == "mine"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("x = 1\nwrong wrong\n", "flow.py:2: SyntaxError: invalid syntax"),
        ("x = 1\n\n1 / 0\n", "flow.py:3: ZeroDivisionError: division by zero"),
        ("import sys\nsys.exit('no\\nkey')\n", "flow.py:2: SystemExit: no⏎key"),
        ("raise SystemExit\n", "flow.py:1: SystemExit: no reason given"),
        ("import nowhere_at_all\n", "flow.py:1: ModuleNotFoundError: No module named"),
        ("def f():\n    raise KeyError('\\x1b')\nf()\n", "flow.py:2: KeyError: '\\x1b'"),
        ("import json\njson.loads('{')\n", "flow.py:2: JSONDecodeError: Expecting property name"),
        ("from tooltrace import State\nState()\n", "flow.py:2: TypeError:"),
        ("x = '\0'\n", "Error: source code string cannot contain null bytes"),
        ("# coding: nonsense\n", "flow.py"),
        ("class E(Exception):\n    def __str__(self): raise self\nraise E\n", "flow.py:3: E: (its"),
    ],
)
def test_a_broken_file_is_one_line_with_its_place(file: Path, code: str, text: str) -> None:
    file.write_text(code)
    message = refused("flow.py")
    assert message.startswith("flow.py cannot be loaded: ")
    assert text in message.removeprefix("flow.py cannot be loaded: ")


def test_a_definition_that_is_wrong_says_so_itself(file: Path) -> None:
    file.write_text(GOOD.replace("tools=[look]", "tools=[look, look]"))
    at = "flow.py:10"
    assert refused("flow.py") == f"{at}: tool: there is a tool 'look' already: the one at {at}"


def test_a_broken_module_is_one_line_too(file: Path) -> None:
    (file.parent / "flow_broken.py").write_text("import nowhere_at_all\n")
    text = refused("flow_broken:x")
    assert text.startswith("flow_broken cannot be loaded: ")
    assert "flow_broken.py:1: ModuleNotFoundError: No module named 'nowhere_at_all'" in text


def test_a_broken_file_leaves_the_one_loaded_before_in_place(file: Path) -> None:
    mine = load("flow.py")
    file.write_text("1 / 0\n")
    refused("flow.py")
    assert sys.modules[mine.tools["look"].function.__module__].mine is mine


def test_ctrl_c_while_loading_is_not_an_error_of_the_file(file: Path) -> None:
    file.write_text("raise KeyboardInterrupt\n")
    with pytest.raises(KeyboardInterrupt):
        load("flow.py")


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_importing_the_package_loads_nothing_of_it() -> None:
    ours = "[m for m in sys.modules if m.startswith(('tooltrace.', 'msgspec', 'textual'))]"
    assert run(f"import sys, tooltrace; tooltrace.__version__; print({ours})") == "[]"


def test_authoring_loads_neither_textual_nor_the_sdk() -> None:
    code = (
        "import sys, tooltrace; [getattr(tooltrace, n) for n in tooltrace.__all__];"
        "tooltrace.load('refund');"
        "print([m for m in sys.modules if m in ('textual', 'anthropic', 'rich', 'click')])"
    )
    assert run(code) == "[]"


def test_every_promised_name_is_there_and_no_other() -> None:
    for name in tooltrace.__all__:
        assert getattr(tooltrace, name) is not None
        assert name in dir(tooltrace)
    with pytest.raises(AttributeError, match="has no attribute 'nope'"):
        tooltrace.nope
    assert sorted(tooltrace.__all__) == tooltrace.__all__
