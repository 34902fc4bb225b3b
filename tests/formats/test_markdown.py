"""``markdown``: what was done can be read, and no text of it is ever more than text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.formats.branches import RECORDINGS, branches_of, made, replied, text, turn, use
from tooltrace.core.model import events as e
from tooltrace.core.text.sanitize import visible
from tooltrace.formats import BranchData
from tooltrace.formats.registry import export, exporter
from tooltrace.formats.text.markdown_text import code, fence, prose

PARSER = MarkdownIt("gfm-like", {"linkify": False})
OURS = {"heading", "paragraph", "list_item", "bullet_list", "inline", "fence", "strong"}
OURS |= {"text", "code_inline", "softbreak"}

HOSTILE = [
    "```\n# out\n```",
    "````````\n<script>alert(1)</script>",
    "~~~\n- a\n",
    "</code></pre><img src=x onerror=alert(1)>",
    "[click](javascript:alert(1)) ![i](http://x/y.png) <http://x>",
    "| a | b |\n|---|---|\n| c | d |",
    "`",
    "``` ``` `",
    "",
    " ",
    "\n\n",
    "a\r```\rb",
    "x\x1b[2J\u202e\u2028```\u2028",
    "# h\n===\n---\n1. one\n> quote\n&lt;",
    "@somebody #12 www.example.com",
    "\ud800",
]


def exported(branch: BranchData) -> str:
    return b"".join(export(branch, exporter("markdown"))).decode()


def kinds(tokens: list[Token]) -> set[str]:
    found: set[str] = set()
    for token in tokens:
        found.add(token.type.removesuffix("_open").removesuffix("_close"))
        found |= kinds(token.children or [])
    return found


def shape(markdown: str) -> list[tuple[str, str]]:
    """Its tokens but for what stands in code: what a reader of the page sees as ours."""
    found = []
    for token in PARSER.parse(markdown):
        found.append((token.type, token.info))
        if token.children is not None:
            found += [(c.type, c.content) for c in token.children if c.type != "code_inline"]
    return found


def everywhere(words: str) -> BranchData:
    """A branch in which that text stands wherever a text can."""
    ref = e.CallRef(4, 0)
    return made(
        e.UserSaid(words),
        e.ModelCalled("d"),
        replied(text(words), {"type": words, "x": words}, use({words: words}, name=words)),
        e.ToolStarted(ref, words),
        e.ToolReturned(ref, words, is_error=True, output=words),
        (e.ToolReturned(e.CallRef(4, 9), {words: [words]}), "edited"),
        (e.Transitioned(words, reason=words), "forced"),
        (e.ContextEdited(words, words), "edited"),
        e.ModelCalled("d"),
        e.ModelFailed(words),
        e.Unknown(words, {words: words}),
        replied(text(words), stop=words),
        e.RunFinished("failed", words),
        model=words,
        tool=words,
    )


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_text_is_never_markup(words: str) -> None:
    found = exported(everywhere(words))
    assert kinds(PARSER.parse(found)) <= OURS
    tame = exported(everywhere("x" if words.strip() else words))
    assert shape(found) == shape(tame)
    assert visible(found) == found


@given(st.text(alphabet="`~ \n\\<>a", max_size=40))
def test_nothing_breaks_out_of_a_fence(words: str) -> None:
    for made_of in (fence, prose):
        tokens = PARSER.parse(f"before\n\n{made_of(words)}\nafter\n")
        assert [t.type for t in tokens if t.level == 0 and t.nesting >= 0] == [
            "paragraph_open",
            "fence",
            "paragraph_open",
        ]
    assert tokens[3].content == f"{words}\n"


@given(st.text(alphabet="`~ \n\\<>a|", max_size=40))
def test_nothing_breaks_out_of_a_line(words: str) -> None:
    inline = PARSER.parse(f"## Call of {code(words)} failed\n")[1]
    assert inline.children is not None
    assert [child.type for child in inline.children] == ["text", "code_inline", "text"]


def test_an_edit_is_marked_and_what_it_was_stands_below() -> None:
    ref = e.CallRef(4, 0)
    branch = made(e.UserSaid("Go."), e.ModelCalled("d"), replied(use({})), e.ToolStarted(ref, "l"))
    tree, at = branch._tree, branch.records[-1].id
    returned = [e.ToolReturned(ref, "the first", is_error=True), e.ToolReturned(ref, "the second")]
    tree.add(e.Record(6, at, "2026-01-01T00:00:06Z", "live", returned[0]))
    tree.add(e.Record(7, at, "2026-01-01T00:00:07Z", "edited", returned[1]))
    found = exported(BranchData.of(tree, 7))
    assert "Call of `look` · **edited by a person**" in found
    assert found.index("the second") < found.index("Before the edit:") < found.index("the first")
    assert "edited" not in exported(BranchData.of(tree, 6))


def test_state_changes_faults_and_forced_steps_are_named() -> None:
    found = exported(
        made(
            e.UserSaid("Go."),
            (e.Transitioned("packing", reason="by hand"), "forced"),
            *turn(4, "a"),
            (e.ToolReturned(e.CallRef(5, 0), "Timeout", is_error=True), "injected"),
            e.RunFinished("stuck", "nothing new in 5 turns"),
        )
    )
    assert "State `packing` · **forced by a person**" in found
    assert "**an injected fault**" in found
    assert "End: `stuck`" in found
    assert "nothing new in 5 turns" in found


def test_a_call_that_has_not_come_back_says_so() -> None:
    ref = e.CallRef(4, 0)
    calls = [use({}, ident="a"), use({}, ident="b")]
    begun = (e.UserSaid("Go."), e.ModelCalled("d"), replied(*calls), e.ToolStarted(ref, "look"))
    found = exported(made(*begun))
    assert "It went out, and nothing came back." in found
    assert "It has not been made." in found


def test_long_lines_of_prose_are_broken_between_words_and_results_are_not() -> None:
    long = "word " * 100
    found = exported(made(e.UserSaid(long), *turn(3, long)))
    lines = found.split("\n")
    assert long in lines
    said = lines[lines.index("```text") + 1 : lines.index("```")]
    assert max(map(len, said)) <= 100
    assert " ".join(said).split() == long.split()


@pytest.mark.parametrize("file", RECORDINGS, ids=lambda file: file.stem)
def test_every_recording_can_be_read(file: Path) -> None:
    for branch in branches_of(file):
        found = exported(branch)
        assert kinds(PARSER.parse(found)) <= OURS
        assert found.count("\n## ") == sum(step.kind != "start" for step in branch.steps)


def test_each_step_says_what_it_did_and_why_the_next_follows() -> None:
    [branch] = branches_of(next(file for file in RECORDINGS if file.stem == "demo-refund"))
    page = exported(branch)
    assert (
        "\nRecord 12. `check_refund_policy` answered `eligible = true`. "
        "Because `result.eligible`, `processing_credit` is next.\n"
    ) in page
    assert page.count("\nRecord ") == len(branch.steps) - 1
