"""``e`` on what later turns have read: two edits can be meant, and both are seen."""

from __future__ import annotations

from tests.core.given import call
from tests.models.asked import answered, shop
from tests.tui.app.driven import Driven
from tests.tui.app.request_parts import at_request, head, to_part, twice, write
from tooltrace.core.model import events as e
from tooltrace.tui.rows.calls.call_row import CallRow


async def to_record(d: Driven, record: int) -> None:
    """Put the cursor of the conversation on a record's first row."""
    pane = d.pane("conversation")
    pane.focus()
    pane.cursor_to(next(at for at, each in enumerate(pane.items) if each.key == record))
    await d.settled()


def call_rows(d: Driven) -> list[CallRow]:
    """The calls of pane 3."""
    return [row for row in d.pane("calls").items if isinstance(row, CallRow)]


async def test_which_of_the_two_is_asked_and_both_are_made() -> None:
    async with Driven(at_request(twice()), (160, 45)) as d:
        await to_record(d, 6)
        await d.press("e")
        assert "a branch from there: what came after is left behind" in d.text
        await d.press("b")
        assert "Edit result #6" in d.text
        await write(d, '{"id": "none"}')
        assert isinstance(head(d), e.ToolReturned)
        assert len(d.view.branches) == 2
        await d.press("u")
        await to_record(d, 6)
        await d.press("e", "s")
        assert "Edit the result of fetch_order, #6" in d.text
        await write(d, '{"id": "none"}')
        assert head(d) == e.MessageEdited(6, [{"type": "text", "text": '{"id":"none"}'}])
        assert d.view.snapshot.turn == 2


async def test_the_newest_result_is_edited_with_one_key() -> None:
    async with Driven(at_request(twice())) as d:
        await to_record(d, 11)
        await d.press("e")
        assert d.dialog == "EditorScreen"


async def test_the_row_shows_what_is_sent_now_and_the_original_when_opened() -> None:
    async with Driven(at_request(twice()), (120, 36)) as d:
        await to_record(d, 2)
        await d.press("e", "s")
        await write(d, "Refund order 7.")
        await to_record(d, 2)
        row = next(line for line in d.lines if "± edited by #13" in line)
        assert "user" in row
        assert "Refund order 7." in d.text
        assert "the mug was broken" not in d.text
        await d.press("enter")
        assert "as it was:" in d.text
        assert "the mug was broken" in d.text
        await d.press("N")
        assert "± edited by #13" not in d.text
        assert "the mug was broken" in d.text
        await d.press("n")
        assert "± edited by #13" in d.text


async def test_the_call_whose_result_was_edited_is_marked_and_tells_what_is_read_now() -> None:
    async with Driven(at_request(twice()), (160, 45)) as d:
        await to_record(d, 6)
        await d.press("e", "s")
        await write(d, '{"id": "none"}')
        assert [row.source for row in call_rows(d)] == ["edited", "live"]
        await d.press("3", "home", "enter")
        assert "± edited by #13: the result that the model reads" in d.text
        assert '{"id":"none"}' in d.text
        await d.press("escape", "N")
        assert [row.source for row in call_rows(d)] == ["live", "live"]
        await d.press("n")
        assert [row.source for row in call_rows(d)] == ["edited", "live"]


async def test_a_call_that_an_edit_took_along_is_marked_in_its_pane() -> None:
    async with Driven(at_request(twice()), (160, 45)) as d:
        await d.press("w")
        await to_part(d, "messages", "tool_result")
        await d.press("x", "y", "escape")
        assert [row.facts.edited for row in call_rows(d)] == [13, 0]
        await d.press("3", "home", "enter")
        assert "± edited by #13: the model does not read it any more" in d.text


async def test_what_goes_along_is_marked_as_well() -> None:
    async with Driven(at_request(twice()), (160, 45)) as d:
        await d.press("w")
        await to_part(d, "messages", "tool_result")
        await d.press("x", "y", "escape", "home")
        marked = [line for line in d.lines if "− taken out by #13" in line]
        assert len(marked) == 2
        await to_record(d, 6)
        await d.press("e")
        assert d.dialog == "EditorScreen"


async def test_an_edited_reply_keeps_its_calls_where_they_are() -> None:
    given = answered(shop(), "Let me see.", call("fetch_order", order_id="1001"))
    given.returns("fetch_order", {"id": "1001"}).moves("validating")
    answered(given, call("check_policy", order_id="1001"))
    given.returns("check_policy", {"eligible": True}).moves("crediting")
    async with Driven(at_request(given), (160, 45)) as d:
        await to_record(d, 4)
        await d.press("e", "s")
        await write(d, "", replace=("Let me see.", "I look."))
        await to_record(d, 4)
        await d.press("enter")
        assert "I look." in d.text
        assert "Let me see." in d.text
        await d.press("down")
        assert d.screen.panes.selected().ref == e.CallRef(4, 0)


async def test_on_the_record_of_an_edit_it_is_edited_again() -> None:
    async with Driven(at_request(twice()), (160, 45)) as d:
        await d.press("w")
        await to_part(d, "system", "text")
        await d.press("e")
        await write(d, "Be kind.")
        await to_part(d, "tools", "fetch_order")
        await d.press("e", "s")
        await write(d, '{"type": "object"}')
        await to_part(d, "messages", "text")
        await d.press("e")
        await write(d, "Refund order 7.")
        await d.press("m")
        await d.type("haiku-5-5")
        await d.press("enter", "escape")
        for record, title in (
            (13, "Edit the system prompt"),
            (14, "Edit the schema of fetch_order"),
            (15, "Edit the message #2"),
            (16, "Ask another model from here on"),
        ):
            await to_record(d, record)
            await d.press("e")
            assert title in d.text
            await d.press("escape")
        await d.press("N", "N", "N", "N")
        await to_record(d, 13)
        await d.press("e")
        assert "#13 comes after where you stand: go there first (g)" in d.note


async def test_another_model_at_a_fork_is_one_change() -> None:
    async with Driven(at_request(twice())) as d:
        stood = d.view.head
        await d.press("F")
        await d.type("another")
        await d.press("enter")
        await d.type("haiku-5-5")
        await d.press("enter")
        assert d.view.snapshot.settings.model == "claude-haiku-5-5"
        assert d.view.branch.name == "what-if-1"
        await d.press("u")
        assert d.view.head == stood
        assert d.view.snapshot.settings.model == "claude-sonnet-5-5"


async def test_thinking_that_an_edit_unbinds_is_named_before_it_is_sent() -> None:
    thought = {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}
    given = answered(shop(), thought, call("fetch_order", order_id="1001"))
    given.returns("fetch_order", {"id": "1001"}).moves("validating")
    async with Driven(at_request(given), (160, 45)) as d:
        await d.press("w")
        await to_part(d, "system", "text")
        await d.press("e")
        await write(d, "Be kind.")
        told = "the API may refuse the thinking in reply #4: the system prompt or the tools"
        assert told in d.note
        assert told in " ".join(d.text.split())
        await d.press("escape")
        assert "the API may refuse the thinking in reply #4" in d.text
        await d.press("u")
        assert "may refuse" not in d.text


async def test_a_branch_that_differs_by_an_edit_alone_says_so_beside_the_other() -> None:
    given = twice()
    given.asks()
    async with Driven(at_request(given), (160, 45)) as d:
        await d.press("N", "w")
        await to_part(d, "messages", "text")
        await d.press("e")
        await write(d, "Refund order 7.")
        await d.press("escape", "d", "enter")
        assert "message 0 edited where it stands" in d.text
        assert "Refund order 7." in d.text


async def test_hostile_text_and_a_huge_schema_are_edited_as_any_other() -> None:
    nasty = "a\x1b[2J\u202eb[@click=x]c[/]\x07"
    given = shop()
    given.append(e.SystemEdited(nasty), "edited")
    wide = {"type": "object", "properties": {f"p{n}": {"type": "string"} for n in range(20_000)}}
    given.append(e.ToolEdited("fetch_order", nasty, wide), "edited")
    async with Driven(at_request(given)) as d:
        await d.press("w")
        await to_part(d, "system", "text")
        await d.press("e")
        assert "\\u001b" in d.text
        assert "\x1b" not in d.text
        await write(d, "", replace=("b[@click", "B[@click"))
        assert head(d) == e.SystemEdited(nasty.replace("b", "B"))
        await to_part(d, "tools", "fetch_order")
        await d.press("e", "s")
        assert "are too many to edit here" in d.text
        await d.press("escape", "e", "d")
        await write(d, '""')
        edited = d.view.snapshot.workflow.tool("fetch_order")
        assert edited is not None and edited.description == "" and edited.schema == wide
