"""Whoever drives from Python hears of verbs; the screen keeps its keys."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import tooltrace
from tooltrace.core.model.errors import BadCommand
from tooltrace.debugger.python_words import KEYS_AS_VERBS, for_python

ROOMS = Path(tooltrace.__file__).parent
_KEY = re.compile(
    r"\([a-zA-Z]\)|\b(?:press|with) (?!a\b|d\.)(?:[a-zA-Z]|esc|enter|ctrl\+\w)\b|^\W*[A-Z] \w+s "
)
ONLY_FOR_PEOPLE = {
    "no fault was injected on this branch: press x at a paused call",
    ": met in a replay, and not accepted (a) or pruned (v) since",
}
"""Said by a command or the screen, and by no verb."""


def said(path: Path) -> list[str]:
    """The texts of a module that are no documentation."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    alone = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    return [
        each.value
        for each in ast.walk(tree)
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in alone
    ]


def test_no_sentence_of_the_debugger_names_a_key_that_python_would_hear_of() -> None:
    found = {
        text
        for room in ("core", "engine", "debugger")
        for path in sorted((ROOMS / room).rglob("*.py"))
        if path.name != "python_words.py"
        for text in said(path)
        if " " in text.strip() and _KEY.search(text)
    }
    assert len(found) > len(KEYS_AS_VERBS) - 2
    assert found >= ONLY_FOR_PEOPLE
    for text in found - ONLY_FOR_PEOPLE:
        assert not _KEY.search(for_python(text)), text
    everything = "\n".join(found)
    assert [keys for keys in KEYS_AS_VERBS if keys not in everything] == []


def test_every_verb_that_is_named_is_there(tmp_path: Path) -> None:
    with tooltrace.debug("refund", session=tmp_path / "s.jsonl") as d:
        for verbs in KEYS_AS_VERBS.values():
            for path in re.findall(r"\bd\.([a-z_.]+)\(", verbs):
                found: object = d
                for name in path.split("."):
                    found = getattr(found, name)
                assert callable(found)


def test_python_hears_of_verbs_and_the_screen_of_keys(tmp_path: Path) -> None:
    with tooltrace.debug("refund", session=tmp_path / "s.jsonl") as d:
        d.turn()
        d.edit.fork("two")
        assert d.edit.undo().text == "undone; redo with d.edit.redo()"
        d.edit.redo()
        assert d.submit.edit.undo().result(10).text == "undone; redo with U"
        with pytest.raises(BadCommand, match=r"ask first: d\.samples\.ask\(\)"):
            d.samples.take(1)


def test_a_host_that_was_not_named_is_asked_for_as_an_argument(tmp_path: Path) -> None:
    file, url = tmp_path / "s.jsonl", "http://127.0.0.1:9"
    settings = tooltrace.Settings(model="claude-opus-5-5", base_url=url, key_env="MINE")
    with pytest.MonkeyPatch.context() as env:
        env.setenv("MINE", "x")
        tooltrace.debug("refund", session=file, settings=settings).close()
    with pytest.raises(BadCommand, match=re.escape(f"give base_url={url} to go on there")):
        tooltrace.open(file, "refund")
    with pytest.raises(BadCommand, match=re.escape("give key_env=MINE to go on so")):
        tooltrace.open(file, "refund", base_url=url)
