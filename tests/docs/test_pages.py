"""What the pages say is so: their tables, links, command lines and keys."""

from __future__ import annotations

import inspect
import re

import click
import pytest

from scripts.docs.blocks import MAKERS, filled
from scripts.docs.keys import FIRST
from tests.docs.pages import ALL, ROOT, command_lines, inline, page
from tooltrace import Seen, StuckSpec, ToolContext, Workflow, tool
from tooltrace.cli.main import COMMANDS, group
from tooltrace.core.expressions.parse import FUNCTIONS, NAMES
from tooltrace.tui.keys.keymap import ACTIONS, FORBIDDEN
from tooltrace.tui.screens.home import HomeScreen

_KEY = re.compile(r"\S|ctrl\+.|f\d{1,2}|enter|escape|tab|space|home|end|page(up|down)|delete")
_NO_KEY = {"1", "`", "≥", "≠", "E", "<", ">"}
"""Characters that pages speak of as what they are."""


@pytest.mark.parametrize("name", ALL)
def test_what_is_made_from_the_code_is_as_the_code_says(name: str) -> None:
    assert filled(ALL[name]) == ALL[name], "run python -m scripts.docs"


def test_each_maker_has_its_block() -> None:
    made = re.findall(r"<!-- made by python -m scripts\.docs: ([\w-]+) -->", "".join(ALL.values()))
    assert sorted(made) == sorted(MAKERS)


@pytest.mark.parametrize("name", ALL)
def test_each_link_leads_to_a_file_and_a_heading(name: str) -> None:
    here = (ROOT / name).parent
    for target in re.findall(r"\]\(([^)]+)\)", ALL[name]):
        if target.startswith("https:"):
            continue
        path, _, anchor = target.partition("#")
        file = (here / path).resolve() if path else ROOT / name
        assert file.exists(), target
        if anchor:
            assert anchor in _anchors(file.read_text(encoding="utf-8")), target


def _anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("name", ALL)
def test_each_command_line_is_one_that_can_be_given(name: str) -> None:
    for words in command_lines(ALL[name]):
        if not words or words == ["--help"]:
            continue
        command = group.get_command(click.Context(group), words[0])
        assert command is not None, words
        known = {opt for param in command.params for opt in param.opts} | {"--help"}
        ours = words[1 : words.index("--")] if "--" in words else words[1:]
        given = [word.partition("=")[0] for word in ours if word.startswith("-")]
        assert [option for option in given if option not in known] == [], words


@pytest.mark.parametrize("name", ["README.md", "docs/guide.md"])
def test_each_option_that_is_spoken_of_exists(name: str) -> None:
    spoken = {word for code in inline(ALL[name]) for word in re.findall(r"^--[\w-]+", code)}
    assert spoken
    known = {
        option
        for command in map(_command, COMMANDS)
        for param in command.params
        for option in (*param.opts, *param.secondary_opts)
    }
    assert spoken - known == set()


def _command(name: str) -> click.Command:
    found = group.get_command(click.Context(group), name)
    assert found is not None
    return found


@pytest.mark.parametrize("name", ["README.md", "docs/guide.md", "docs/writing-workflows.md"])
def test_each_key_that_is_spoken_of_exists(name: str) -> None:
    spoken = {code for code in inline(ALL[name]) if _KEY.fullmatch(code)} - _NO_KEY
    assert spoken
    bound = {key for entry in ACTIONS for key in entry.keys}
    at_home = {
        key for one in HomeScreen.BINDINGS for key in str(getattr(one, "key", "")).split(",")
    }
    assert spoken - bound - at_home - {"ctrl+c"} == set()


def test_every_action_is_in_the_table_of_keys() -> None:
    told = page("keys.md")
    for entry in ACTIONS:
        assert f"| `{entry.keys[0]}` |" in told and entry.help in told
    assert {entry.id for entry in ACTIONS} >= set(FIRST)
    assert {key for key in FORBIDDEN if f"`{key}`" not in told} == set()


def test_every_command_and_option_is_in_the_reference() -> None:
    told = page("commands.md")
    for name in COMMANDS:
        section = told.partition(f"## `tooltrace {name}`")[2].partition("\n## ")[0]
        assert section
        for param in _command(name).params:
            wanted = param.opts[0] if isinstance(param, click.Option) else param.make_metavar
            text = wanted if isinstance(wanted, str) else wanted(click.Context(_command(name)))
            assert text.split("[")[0].strip("[].") in section, (name, text)


def test_how_to_write_a_workflow_leaves_no_keyword_out() -> None:
    told = page("writing-workflows.md")
    keywords = list(inspect.signature(Workflow).parameters)
    table = told.partition("## Every keyword")[2]
    assert sorted(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == sorted(keywords)
    for made in (Workflow, tool):
        words = list(inspect.signature(made).parameters)
        about = inspect.getdoc(made) or ""
        assert [word for word in words if word != "function" and f"\n{word}: " not in about] == []
    for word in (set(dir(Seen)) - set(dir(object))) - {"__slots__"}:
        assert word.startswith("_") or f"`seen.{word}" in told, word
    for word in ToolContext.__dataclass_fields__:
        assert f"`ctx.{word}`" in told, word
    for word in set(StuckSpec.__struct_fields__) - {"counts"}:
        assert re.search(rf"^\| `{word}` ", told, re.MULTILINE), word


def test_how_to_write_a_guard_names_all_that_one_may_say() -> None:
    told = page("writing-workflows.md")
    assert f"`{' '.join(sorted(FUNCTIONS))}`" in told
    assert [name for name in NAMES if f"`{name}`" not in told] == []


def test_the_rooms_are_those_there_are() -> None:
    tree = page("architecture.md").partition("```\ntooltrace/\n")[2].partition("scripts/")[0]
    top = set(re.findall(r"^  (\w+)/", tree, re.MULTILINE))
    inside = set(re.findall(r"^    (\w+)/", tree, re.MULTILINE))
    there = [path for path in ROOT.glob("tooltrace/**/") if list(path.glob("[!_]*.py"))]
    depths = {len(path.relative_to(ROOT).parts): set[str]() for path in there}
    for path in there:
        depths[len(path.relative_to(ROOT).parts)].add(path.name)
    assert (top, inside) == (depths[2] | {"core", "tools"}, depths[3])


def test_every_file_that_is_named_is_there() -> None:
    text = page("architecture.md") + page("performance.md")
    named = set(
        re.findall(r"`((?:core|store|models|tools|debugger|tui|cli|engine)/[\w/.]+)`", text)
    )
    assert len(named) > 20
    assert [name for name in sorted(named) if not (ROOT / "tooltrace" / name).exists()] == []


def test_every_path_that_contributors_are_sent_to_is_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    paths = re.findall(r"`((?:tooltrace|tests|scripts|docs)/[\w/.-]*)`", text)
    paths += [link.partition("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text)]
    assert len(paths) > 12
    assert [path for path in paths if not (ROOT / path).exists()] == []
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)`", text)) <= targets


def test_every_habit_is_held_by_a_test_that_is_there() -> None:
    rows = [line for line in page("habits.md").splitlines() if line.startswith("| ")][2:]
    assert len(rows) >= 15
    for row in rows:
        named = re.findall(r"`(tests/\S+\.py)::(\w+)`", row)
        assert named, row
        for path, test in named:
            text = (ROOT / path).read_text(encoding="utf-8")
            assert re.search(rf"^(async )?def {test}\(", text, re.MULTILINE), (path, test)
