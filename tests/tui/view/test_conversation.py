"""The conversation pane's items, read as a person reads them."""

from __future__ import annotations

from typing import Any

from hypothesis import given as holds
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.core.given import Given, call
from tests.tui.view.build import HOSTILE, REFUND, any_session, flat, see, to_credit
from tooltrace.core.model import events as e
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.debugger.stop import Stop
from tooltrace.tui.rows.conversation.conversation import ConversationRows
from tooltrace.tui.rows.conversation.entry import Entry, call_key
from tooltrace.tui.rows.conversation.pending import PENDING
from tooltrace.tui.rows.lines import plain

FREE = WorkflowSpec("free")


def rows(given: Given, head: int | None = None, width: int = 70, **rest: Any) -> list[str]:
    return flat(ConversationRows().update(see(given, head, **rest))[0], width)


def last(given: Given, count: int, **rest: Any) -> list[str]:
    return rows(given, **rest)[-count:]


def test_a_refund_up_to_the_credit() -> None:
    rule = "─" * 30
    assert rows(to_credit()) == [
        "run of refund · scripted  #1",
        "  Refund an order when the policy allows it.",
        "user  #2",
        "┃ Refund order 1001, the mug was broken.",
        f"─ turn 1 · assistant {rule} 10 in · 10 out  #4",
        '  ƒ fetch_order {"order_id": "1001"}',
        '  ✓ {"id": "1001", "total": 59.9, "status": "delivered"}  #6',
        "→ validating  #7",
        f"─ turn 2 · assistant {rule} 10 in · 10 out  #9",
        '  ƒ check_policy {"order_id": "1001"}',
        '  ✓ {"eligible": true}  #11',
        "→ crediting  #12",
        f"─ turn 3 · assistant {rule[1:]} 10 in · 10 out  #14",
        "  The order is eligible. Crediting now.",
        '  ƒ process_credit {"order_id": "1001", "amount": 59.9}',
        "  ‖ before process_credit",
    ]


def test_the_rule_of_a_turn_is_as_wide_as_the_pane_and_drops_figures_before_the_number() -> None:
    items, _ = ConversationRows().update(see(to_credit()))
    turn = next(item for item in items if item.record == 14)
    for width in range(30, 90):
        (line,) = [plain(line) for line in turn.lines(width)][:1]
        assert cell_len(line) == width
        assert line.startswith("─ turn 3 · assistant ─")
        assert line.endswith("  #14")
    assert "10 in ·" not in plain(turn.lines(40)[0])
    assert "out" in plain(turn.lines(60)[0])


def parallel() -> Given:
    given = Given(FREE).user("x").replies(call("look", sku="A"), call("look", sku="B"), call("ask"))
    for tool in ("look", "look", "ask"):
        given.starts(tool)
    return given


def test_calls_of_one_reply_are_a_bracket_with_each_result_below_its_call() -> None:
    given = parallel()
    made = next(r.id for r in given.tree.records.values() if isinstance(r.event, e.ModelReplied))
    for index, (ms, value) in enumerate([(120, {"left": 3}), (98, "none"), (1, [1, 2])][::-1]):
        given.append(e.ToolReturned(e.CallRef(made, 2 - index), value, ms=ms))
    assert rows(given)[4:-1] == [
        '┌  ƒ look {"sku": "A"}',
        '│  ✓ {"left": 3}  120 ms  #10',
        '├  ƒ look {"sku": "B"}',
        "│  ✓ none  98 ms  #9",
        "└  ƒ ask",
        "   ✓ [1, 2]  1 ms  #8",
    ]


def test_a_result_that_is_still_ahead_stands_dim_below_a_call_that_was_made() -> None:
    given = to_credit()
    items, _ = ConversationRows().update(see(given, head=4))
    by_record = {item.record: item for item in items}
    assert {style for _, style in by_record[6].lines(70)[0]} == {"dim"}
    assert by_record[4].place == "here"


def test_what_is_recorded_ahead_is_dim_and_the_head_is_marked() -> None:
    items, _ = ConversationRows().update(see(to_credit(), head=6))
    by_record = {item.record: item for item in items}
    assert by_record[6].lines(70)[0][0] == ("► ", "key")
    assert {style for _, style in by_record[4].lines(70)[0]} != {"dim"}
    ahead = [item for item in items if item.record > 6]
    assert ahead
    assert {s for item in ahead for line in item.lines(70) for _, s in line} == {"dim"}
    assert items[-1].key != PENDING


def test_a_long_result_is_folded_and_opens() -> None:
    given = Given(FREE).user("x").replies(call("read"))
    given.returns("read", "\n".join(f"line {n}" for n in range(1, 19)))
    builder = ConversationRows()
    items, _ = builder.update(see(given))
    index, result = next((i, item) for i, item in enumerate(items) if item.record == given.head)
    folded = flat([result])
    assert folded[1] == "    line 1"
    assert folded[-1] == "    … 12 more lines of 134 characters, enter opens"
    assert len(folded) == result.height(80) == 8
    items, keep = builder.toggle(result.key)
    assert keep == index
    assert flat([items[index]])[-1] == "    line 18"
    assert builder.update(see(given))[0][index].is_open
    builder.toggle(result.key)
    assert flat([builder.items[index]]) == folded


def test_the_state_prompt_is_nothing_until_its_turn_is_opened() -> None:
    builder = ConversationRows()
    items, _ = builder.update(see(to_credit()))
    index = next(at for at, item in enumerate(items) if item.key == 14)
    assert not any("[workflow]" in line for line in flat(items))
    builder.toggle(14)
    assert flat([builder.items[index]])[1:3] == ["    [workflow]", "    state: crediting"]
    assert len(flat([builder.items[index]])) == builder.items[index].height(80)
    builder.toggle(14)
    assert flat([builder.items[index]])[1:] == ["  The order is eligible. Crediting now."]


def test_thinking_is_folded_and_blocks_stay_in_order() -> None:
    thinking = {"type": "thinking", "thinking": "Let me see.", "signature": "s"}
    given = Given(FREE).user("x").replies(thinking, "Hello.", call("look"), "And more.")
    assert rows(given)[4:-1] == [
        "  thinking · 11 characters …",
        "  …",
        "  Hello.",
        "  ƒ look",
        "  …",
        "  And more.",
    ]


def test_edited_results_forced_transitions_forks_and_the_world_say_what_they_are() -> None:
    given = to_credit().back_to(10)
    given.append(e.ToolReturned(e.CallRef(9, 0), {"eligible": False}), "edited").forces("failed")
    given.append(e.Forked("what-if-1")).append(e.WorldRestored("0123456789abcdef"))
    given.append(e.ContextEdited("order", None), "edited").append(e.WentOn("limit", 20))
    assert last(given, 8, head=None)[:7] == [
        '  ✓  ± edited {"eligible": false}  #15',
        "⇨ forced to failed  because  #16",
        "└ branch what-if-1 begins  #17",
        "↩ the world was put back to 0123456789ab  #18",
        "± context order  #19",
        "  null",
        "↪ you let it go on past the turn limit, 68 turns more, up to 70  #20",
    ]


def test_failures_of_tools_and_of_the_model_say_what_to_do() -> None:
    given = Given(FREE).user("x").replies(call("read")).fails("read", "no such file")
    assert last(given, 3)[:2] == ["  ƒ read", "  × no such file  #6"]
    given.request_fails("overloaded")
    assert last(given, 4) == [
        "× the model did not answer (529)  #8",
        "  overloaded",
        "‖ waiting for you",
        "  n asks again · N goes back",
    ]
    given = Given(FREE).user("x").request_fails("invalid x-api-key", 401)
    assert "ANTHROPIC_API_KEY" in last(given, 1)[0]


def test_a_cut_reply_says_that_no_tool_of_it_runs() -> None:
    given = Given(FREE).user("x").replies(call("pay"), stop="max_tokens")
    assert "  ▲ the reply was cut at max_tokens: no tool of it will run" in rows(given)


def test_a_reply_that_is_no_whole_one_says_that_no_tool_of_it_will_run() -> None:
    no_name = {"type": "tool_use", "id": "t", "input": {}}
    broken = e.ModelReplied({"content": [no_name], "stop_reason": "tool_use"})
    said = "  ▲ the reply is no whole one: content block 0 (tool_use) has no name: "
    said += "no tool of it will run"
    assert said in rows(Given(FREE, form=2).user("x").asks().append(broken), width=120)
    # Runs of the first form went on with such a reply.
    assert said not in rows(Given(FREE, form=1).user("x").asks().append(broken), width=120)


def test_an_unknown_record_is_shown_raw() -> None:
    given = Given(FREE).append(e.Unknown("from_the_future", {"a": [1, 2]}))
    assert rows(given)[1:3] == [
        "? from_the_future, which this version does not know  #2",
        '  {"a": [1, 2]}',
    ]


def test_what_waits_below_the_last_record() -> None:
    assert last(Given(FREE), 1) == ["‖ waiting for you: say something to begin"]
    assert last(Given(FREE).user("x"), 1) == ["‖ before the model's reply"]
    given = Given(FREE).user("x").replies(call("a"), call("b"))
    assert last(given, 1) == ["  ‖ before a, b side by side"]
    given.starts("a")
    assert last(given, 1, running=True) == ["  ◐ running a · esc esc gives it up"]
    assert last(given, 2) == [
        "  ▲ a was started and never returned: it may or may not have acted",
        "    S: type its result · R: make it again · N: go back".replace("    ", "  ", 1),
    ]
    confirm = Stop("confirm", "process_credit ran already")
    assert last(to_credit(), 1, stop=confirm) == ["  process_credit ran already"]
    done = Given(FREE).user("x").replies("Bye.").finishes()
    assert last(done, 1) == ["✓ the run is over: completed  #5"]


def test_items_know_their_record_and_their_call() -> None:
    builder = ConversationRows()
    items, _ = builder.update(see(to_credit()))
    made = next(item for item in items if item.key == call_key(e.CallRef(14, 0)))
    assert (made.record, made.ref) == (14, e.CallRef(14, 0))
    assert items[-1].ref == e.CallRef(14, 0)
    assert len({item.key for item in items}) == len(items)
    assert builder.last_of(99) is None


def test_a_step_on_keeps_all_items_before_it() -> None:
    given, builder = to_credit(), ConversationRows()
    items, _ = builder.update(see(given))
    before = list(items)
    given.returns("process_credit", {"ok": True})
    items, keep = builder.update(see(given))
    assert keep == len(before) - 1, "all but what waited"
    assert all(a is b for a, b in zip(before[:-1], items, strict=False))


def test_a_step_back_replaces_only_what_is_between() -> None:
    given, builder = to_credit(), ConversationRows()
    before = list(builder.update(see(given))[0])
    items, keep = builder.update(see(given, head=12))
    assert keep == builder.last_of(12)
    assert all(a is b for a, b in zip(before[:keep], items, strict=False))
    items, keep = builder.update(see(given, head=11))
    assert keep == builder.last_of(11)
    assert [item.place for item in items[keep : keep + 3]] == ["here", "ahead", "ahead"]


@holds(any_session(), st.data())
def test_going_anywhere_gives_what_beginning_there_gives(given: Given, data: st.DataObject) -> None:
    builder = ConversationRows()
    shown: list[Entry] = []
    for _ in range(5):
        tip = data.draw(st.integers(1, given.tree.last_id))
        way = [record.id for record in given.tree.path(tip)]
        view = see(given, data.draw(st.sampled_from(way)), tip)
        items, keep = builder.update(view)
        fresh, _ = ConversationRows().update(view)
        assert [(i.key, i.place, i.heading, i.turn, i.bracket) for i in items] == [
            (i.key, i.place, i.heading, i.turn, i.bracket) for i in fresh
        ]
        assert all(a is b for a, b in zip(shown[:keep], items[:keep], strict=True))
        shown = list(items)


def test_another_session_begins_afresh() -> None:
    builder = ConversationRows()
    builder.update(see(to_credit()))
    items, keep = builder.update(see(Given(REFUND)))
    assert (keep, len(items)) == (0, 2)


def test_hostile_text_stays_text() -> None:
    given = Given(FREE).user(HOSTILE).replies(HOSTILE, call(HOSTILE, a=HOSTILE))
    given.returns(HOSTILE, {HOSTILE: [HOSTILE]})
    shown = "\n".join(rows(given))
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "\\u{1b}" in shown
    assert "[@click=app.quit]x[/]" in shown
