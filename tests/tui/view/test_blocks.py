"""Pictures and documents in the panes: what stands for them, and never their bytes."""

from __future__ import annotations

import base64
from time import process_time
from typing import Any

from tests.core.given import Given, call
from tests.timing import at_most
from tests.tools.test_media import png
from tests.tui.view.build import flat, see
from tooltrace.cli.headless import _as_text
from tooltrace.core.compare.branch_diff import compare
from tooltrace.core.fold.steps import Steps
from tooltrace.core.model import events as e
from tooltrace.core.model.content_blocks import text_block
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.debugger.view import View
from tooltrace.formats.text.markdown_text import value as in_markdown
from tooltrace.tools.functions.media import document, image
from tooltrace.tui.rows.branches.compare import compare_rows, whole_sides
from tooltrace.tui.rows.calls.call_facts import calls_of
from tooltrace.tui.rows.calls.call_row import CallRow
from tooltrace.tui.rows.calls.call_table import show_rows
from tooltrace.tui.rows.calls.calls import TraceRows
from tooltrace.tui.rows.conversation.conversation import ConversationRows
from tooltrace.tui.rows.inspector.inspector import InspectorRows
from tooltrace.tui.rows.inspector.rows import InspectorRow
from tooltrace.tui.rows.selected import Selected, selected_of
from tooltrace.tui.rows.workflow.workflow import WorkflowRows

FREE = WorkflowSpec("free")
PNG = image(png()).block()
PDF = document(b"%PDF-1.4", "terms.pdf").block()
FOUND = {"type": "search_result", "source": "https://a.test/x", "title": "X", "content": []}
SIZE = len(png())
BASE64 = PNG["source"]["data"][:24]


def given(*blocks: dict[str, Any]) -> Given:
    made = Given(FREE).append(e.UserSaid("Look.", [text_block("Look."), PNG]))
    made.replies(call("look")).starts("look")
    return made.append(e.ToolReturned(e.CallRef(4, 0), list(blocks), blocks=True))


def test_each_block_stands_for_itself_in_the_conversation() -> None:
    items, _ = ConversationRows().update(
        see(given(text_block("before"), PNG, PDF, FOUND, text_block("after")))
    )
    assert flat(items)[1:-1] == [
        "user  #2",
        "┃ Look.",
        f"  [image png 3×2, {SIZE} B]",
        f"─ turn 1 · assistant {'─' * 40} 10 in · 10 out  #4",
        "  ƒ look",
        "  ✓  #6",
        "    before",
        f"    [image png 3×2, {SIZE} B]",
        "    [document terms.pdf pdf, 8 B]",
        "    [search_result X https://a.test/x]",
        "    …",
        "    after",
    ]
    marked = [(item.record, selected_of(item).block) for item in items]
    assert marked[2:3] + marked[6:10] == [(2, 1), (6, 1), (6, 2), (6, 3), (6, 4)]
    assert len({item.key for item in items}) == len(items)


def test_a_message_that_was_edited_or_added() -> None:
    made = given(PNG).append(e.MessageEdited(2, [PNG, text_block("x")]), "edited")
    made.append(e.MessageAdded(0, "user", [text_block("first"), PDF]), "edited")
    lines = flat(ConversationRows().update(see(made))[0])
    assert [line.split("  #")[0].strip() for line in lines[-8:-1]] == [
        "#2 edited where it stands  ± edited",
        f"[image png 3×2, {SIZE} B]",
        "…",
        "x",
        "user message added in front of all  ± edited",
        "first",
        "[document terms.pdf pdf, 8 B]",
    ]


def inspected(view: View, selected: Selected) -> list[InspectorRow]:
    rows = InspectorRows(Steps())
    rows.update(view, selected)
    return rows.items


def test_wherever_a_result_is_drawn_there_is_no_base64() -> None:
    made = given(text_block("before"), PNG)
    made.append(e.ContextEdited("shot", [PNG]), "edited")
    view = see(made)
    facts = calls_of(made.tree, made.at)[0]
    detail = [*inspected(view, Selected(facts.record, facts.ref)), *inspected(view, Selected())]
    assert [row.about.block for row in detail if row.about.block is not None] == [1]
    drawn = [
        *flat(detail),
        *flat(WorkflowRows().update(view)),
        *(cell for row in show_rows([facts]) for cell in row),
        *(_as_text(record) for record in made.tree.records.values()),
        *(item.text() for item in TraceRows(Steps()).update(view)[0]),
        *(item.text() for item in ConversationRows().update(view)[0]),
    ]
    assert f"result     before\n\n[image png 3×2, {SIZE} B]" in drawn
    assert sum("[image png 3×2" in text for text in drawn) >= 6
    assert not any(BASE64 in text for text in drawn)


def test_two_pictures_of_one_size_are_told_apart_by_digest() -> None:
    left = given(PNG)
    other = bytearray(png())
    other[-1] ^= 1
    right = given(image(bytes(other)).block())
    found = compare(left.tree, left.at, right.tree, right.at)
    assert [row.verdict for row in found.rows].count("changed") == 1
    changed = next(row for row in found.rows if row.verdict == "changed")
    path, old, new = changed.fields[0]
    assert path == "result[0].source.data"
    assert old != new and str(old).startswith(f"[image png 3×2, {SIZE} B] sha256 ")
    drawn = "\n".join([*flat(compare_rows(found.rows, True)), *flat(whole_sides(changed))])
    assert "sha256" in drawn and BASE64 not in drawn
    assert BASE64 not in in_markdown(changed.either.content["result"])
    assert compare(left.tree, left.at, left.tree, left.at).equal


def test_a_large_picture_costs_nothing_to_draw() -> None:
    data = png() + b"\0" * 5_000_000
    made = given(*[image(data).block()] * 20)
    view = see(made)
    began = process_time()
    for _ in range(5):
        items, _ = ConversationRows().update(view)
        assert "[image png 3×2, 5.0 MB]" in flat(items)[8]
        for item in items:
            item.height(80)
            item.text()
        rows = TraceRows(Steps()).update(view)[0]
        assert isinstance(rows[0], CallRow)
        flat(rows)
        rows[0].text()
        flat(inspected(view, Selected(rows[0].record, rows[0].ref)))
    took = process_time() - began
    bare = process_time()
    base64.b64decode(base64.b64encode(data))
    # All of it five times, twenty pictures each, costs less than walking a few of them once.
    at_most(max(0.05, 4 * (process_time() - bare)), took)
