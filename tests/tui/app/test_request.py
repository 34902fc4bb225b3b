"""The request inspector: whole requests on the screen, and out of it as text."""

from __future__ import annotations

import ast
import json
import re
import threading
from pathlib import Path

import pytest

from tests.core.free import FREE
from tests.core.given import Given
from tests.loopback import Loopback, text
from tests.models.asked import edited_early, shop
from tests.models.live import MODEL, alone  # noqa: F401 - no key or profile of the machine's own
from tests.timing import within
from tests.tui.app.driven import SIZES, Driven, begin, until
from tests.tui.app.keys import each, presses
from tests.tui.app.of_given import debugger_of
from tests.tui.app.test_hostile import CASES, NASTY, session_of
from tests.tui.app.test_live import asked, gated
from tests.tui.tui_support import assert_clean
from tooltrace.core.decide.next_action import asks_model
from tooltrace.core.model import events as e
from tooltrace.debugger.debugger import Debugger
from tooltrace.models.branch_request import branch_request, sent_request
from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.rows.request.part_rows import PartRow
from tooltrace.tui.screens.request import RequestScreen
from tooltrace.tui.widgets.find_line import FindLine


def parts(d: Driven) -> RowsPane:
    assert isinstance(d.app.screen, RequestScreen)
    return d.app.screen.query_one("#parts", RowsPane)


def selected(d: Driven) -> PartRow:
    item = parts(d).selected
    assert isinstance(item, PartRow)
    return item


@presses("context")
@presses("leave_request", "escape")
@pytest.mark.parametrize("size", SIZES)
async def test_before_any_request_it_is_the_one_that_goes_out(size: tuple[int, int]) -> None:
    async with Driven(debugger_of(shop()), size) as d:
        was = d.view.tree.last_id
        await d.press("w")
        assert d.dialog == "RequestScreen"
        assert "The next request · goes out next" in d.text
        assert "it is the first request" in d.text
        await d.press("escape")
        assert d.dialogs == []
        assert d.view.tree.last_id == was


@each("leave_request")
async def test_ways_out(at_credit: Debugger, key: str) -> None:
    async with Driven(at_credit) as d:
        await d.press("w", key)
        assert d.dialog is None


@pytest.mark.parametrize("size", SIZES)
async def test_from_a_reply_it_is_the_request_that_it_answers(size: tuple[int, int]) -> None:
    async with Driven(debugger_of(edited_early()), size) as d:
        await d.press("w")
        assert "Request #12 · sent to claude-sonnet-5-5" in d.text
        assert "an edited" in d.text and "#10" in d.text
        assert "#8 on another branch" in d.text
        assert_clean(d.app)


async def test_a_scripted_run_says_what_a_model_would_be_sent(at_credit: Debugger) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        await d.press("w")
        assert "a script answers: this is what a model would be sent" in d.text


async def test_where_no_model_is_asked_it_says_so(tmp_path: Path) -> None:
    async with Driven(begin(tmp_path)) as d:
        await d.press("w")
        assert d.dialog is None
        assert "the model is not asked before this" in d.note


async def test_while_a_reply_is_waited_for(tmp_path: Path) -> None:
    gate = threading.Event()
    with Loopback(gated(gate, text("I shall look."))) as server:
        async with Driven(begin(tmp_path, model=MODEL, base_url=server.url)) as d:
            await asked(d)
            await until(lambda: d.view.snapshot.awaiting_model)
            d.send("w")
            await until(lambda: "sent to claude-sonnet-5-5" in d.text)
            gate.set()
            await d.settled()
            assert "Request #" in d.text


@pytest.mark.parametrize("size", SIZES)
async def test_how_full_the_window_is_stands_in_the_footer(size: tuple[int, int]) -> None:
    async with Driven(debugger_of(edited_early()), size) as d:
        await until(lambda: "1.4k/1M" in d.text, "the window was not found")
        assert "1.2k cached" in d.text
        assert ("context █" in d.text or "context ▓" in d.text) == (size[0] > 100)


@presses("request_before")
@presses("request_after")
async def test_from_one_request_to_the_next(at_credit: Debugger) -> None:
    async with Driven(at_credit) as d:
        await d.press("w")
        assert "3 of 3" in d.text
        await d.press("right")
        assert d.note == "this is the last request of the branch"
        await d.press("left", "left")
        assert "1 of 3" in d.text and "it is the first request" in d.text
        await d.press("left")
        assert d.note == "this is the first request of the branch"
        await d.press("right")
        assert "2 of 3" in d.text


@presses("open_part")
@presses("open_parts")
async def test_parts_and_sections_open_and_fold() -> None:
    async with Driven(debugger_of(shop()), (120, 50)) as d:
        await d.press("w", *["down"] * 7, "enter")
        assert d.text.count("Ask whether the policy allows it.") == 2
        assert "the number on the receipt" in d.text
        await d.press("enter")
        assert d.text.count("Ask whether the policy allows it.") == 1
        await d.press("a")
        assert d.text.count("the number on the receipt") == 2
        await d.press("a")
        assert "the number on the receipt" not in d.text
        await d.press("home", "enter")
        assert "max_tokens" not in d.text
        await d.press("enter")
        assert "max_tokens" in d.text


@presses("next_change")
@presses("previous_change")
async def test_to_what_is_new_and_back(at_credit: Debugger) -> None:
    async with Driven(at_credit) as d:
        await d.press("w", "n")
        first = selected(d)
        assert first.report.verdict == "new" and first.report.part.role == "assistant"
        await d.press("n")
        assert selected(d).key > first.key
        await d.press("p")
        assert selected(d).key == first.key
        await d.press("p")
        assert d.note == "no more changes that way"


@each("find_part")
async def test_finding_opens_what_was_found(at_credit: Debugger, key: str) -> None:
    async with Driven(at_credit) as d:
        await d.press("w", "home", "enter", key)
        await d.type("Ines Duarte")
        await d.press("enter")
        first = selected(d)
        assert first.is_open and "Ines Duarte" in first.text()
        await d.press("]")
        assert selected(d).key > first.key
        await d.press("[")
        assert selected(d).key == first.key
        assert re.search(r"find +Ines Duarte +\d/\d", d.text)
        await d.press(key, "ctrl+u")
        await d.type("no such words")
        await d.press("enter")
        assert d.note == "▲ 'no such words' is not here"
        await d.press("escape")
        assert selected(d).key == first.key and not d.app.screen.query_one(FindLine).display
        await d.press(key)
        await d.type("INES")
        await d.press("ctrl+t")
        assert re.search(r"find +INES +0 ", d.text)
        await d.press("ctrl+t", "down", "enter", "escape")
        assert d.app.screen.query("#parts")
        await d.press("escape")
        assert not d.app.screen.query("#parts")


@presses("next_match")
@presses("previous_match")
async def test_a_match_without_a_search_asks_for_one(at_credit: Debugger) -> None:
    async with Driven(at_credit) as d:
        await d.press("w")
        for key in ("]", "["):
            await d.press(key)
            assert d.app.screen.query_one(FindLine).display
            await d.press("escape")
            assert not d.app.screen.query_one(FindLine).display


@presses("copy_part")
@presses("copy_json")
@presses("copy_curl")
@presses("copy_python")
async def test_out_as_json_curl_and_python() -> None:
    debugger = debugger_of(edited_early())
    async with Driven(debugger) as d:
        body = sent_request(d.view.tree, 12)
        await d.press("w", "J")
        assert json.loads(d.app.clipboard) == body
        await d.press("c")
        assert "$ANTHROPIC_API_KEY" in d.app.clipboard
        quoted = d.app.clipboard.removeprefix("printf '%s' '").partition("' |")[0]
        assert json.loads(quoted) == body
        await d.press("s")
        ast.parse(d.app.clipboard)
        assert "messages.stream(" in d.app.clipboard
        await d.press("n", "n", "y")
        part = selected(d).report.part
        assert part.record == 10
        assert json.loads(d.app.clipboard) == part.content


@each("request_help")
async def test_the_keys_of_the_screen(at_credit: Debugger, key: str) -> None:
    async with Driven(at_credit) as d:
        await d.press("w", key)
        assert d.dialog == "HelpScreen"
        assert "the request before this one" in d.text
        await d.press("escape")
        assert d.dialog == "RequestScreen"


async def test_a_replay_says_that_nothing_was_sent(at_credit: Debugger) -> None:
    at_credit.submit.go().result(10)
    at_credit.submit.replay.start().result(10)
    at_credit.submit.go().result(10)
    async with Driven(at_credit) as d:
        assert d.view.snapshot.outcome is not None
        await d.press("w")
        assert "answered from a recording: nothing was sent" in d.text


@pytest.mark.parametrize(("name", "size"), CASES)
async def test_hostile_text_in_every_part(name: str, size: tuple[int, int]) -> None:
    async with Driven(Debugger(session_of(NASTY[name])), size) as d:
        for key in ("w", "a", "end", "a", "home", "a", "n", "J", "c", "s", "y", "left", "?"):
            d.send(key)
            await d.pilot._wait_for_screen()
            assert d.app.return_code is None
            assert_clean(d.app)


async def test_a_request_of_three_thousand_messages_opens_at_once() -> None:
    given = Given(FREE, e.Settings(model="claude-sonnet-5-5")).user("Go.")
    for n in range(1500):
        given.step(FREE.tools[0].name, {"n": n, "text": "lorem ipsum " * 20}, a=n)
    debugger = debugger_of(given)
    assert branch_request(debugger.session.tree, 2) is not None
    async with Driven(debugger, (80, 24)) as d:
        with within(0.5):
            await d.press("w")
        assert parts(d).total > 3000
        await d.press("end", "n", "p")
        assert selected(d).report.verdict == "new"


async def test_after_going_back_it_is_the_request_that_was_made_from_there(
    at_credit: Debugger,
) -> None:
    async with Driven(at_credit) as d:
        path = [d.view.tree[at] for at in d.view.path]
        second = [r.id for r in path if isinstance(r.event, e.ModelCalled)][1]
        while d.view.head >= second:
            await d.press("N")
        while not asks_model(d.view.action):
            await d.press("n")
        assert d.view.head < second
        await d.press("w")
        assert f"Request #{second}" in d.text and "2 of 3" in d.text


async def test_an_edit_shows_what_it_will_cost_before_it_is_sent(at_credit: Debugger) -> None:
    view = at_credit.view()
    result = next(r for r in view.path if isinstance(view.tree[r].event, e.ToolReturned))
    edited = {"order_id": "1001", "total": 1}
    assert at_credit.submit.edit.result(result, edited).result(10).kind == "step"
    while not asks_model(at_credit.view().action):
        at_credit.submit.step().result(10)
    async with Driven(at_credit, (120, 50)) as d:
        await d.press("w")
        assert "The next request" in d.text
        assert "on another branch" in d.text and "are the same, then message" in d.text
        assert "an edited result, #" in d.text
