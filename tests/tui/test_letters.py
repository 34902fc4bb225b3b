"""Letters of any script can be read and edited; only what is hidden is an escape."""

from __future__ import annotations

from tests.tui.tui_support import HOSTILE
from tooltrace.core.compare.json_diff import changes
from tooltrace.core.text.sanitize import visible
from tooltrace.debugger.edit.preview import CallAhead
from tooltrace.tui.rows.calls.preview import effect_rows
from tooltrace.tui.rows.lines import plain
from tooltrace.tui.rows.value_summary import summary
from tooltrace.tui.screens.json_draft import Draft, read, write

NAMES = {"größe": "Jürgen", "名": "李雷", "اسم": "مريم", "😀": "é"}


def test_a_draft_shows_letters() -> None:
    text = write(NAMES)
    assert text == ('{\n  "größe": "Jürgen",\n  "名": "李雷",\n  "اسم": "مريم",\n  "😀": "é"\n}')
    assert read(text) == Draft(NAMES)


def test_a_draft_of_hostile_text_shows_it_and_loses_nothing() -> None:
    for text in HOSTILE.values():
        written = write({text: text})
        assert visible(written.replace("\ufe0f", "")) == written.replace("\ufe0f", "")
        draft = read(written)
        assert isinstance(draft, Draft)
        assert list(changes(draft.value, {text: text})) == []


def test_what_an_edit_changes_is_told_in_letters() -> None:
    (line,) = summary({"名": "李雷"}, {"名": "王雷"})
    assert plain(line) == '± 名  "李雷" → "王雷"'
    (line,) = summary({"größe 2": 1}, {"größe 2": 2})
    assert plain(line) == '± "größe 2"  1 → 2'


def test_calls_ahead_show_letters() -> None:
    call = CallAhead(7, "book", NAMES, "writes", "blocked", 1, "n")
    (row,) = effect_rows([call], (), 160)
    assert '"größe":"Jürgen","名":"李雷","اسم":"مريم"' in plain(row.line)
