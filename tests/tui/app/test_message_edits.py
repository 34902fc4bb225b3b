"""Messages of a request, changed where they stand: edited, added, taken out, refused."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from tests.core.given import call
from tests.loopback import Loopback, reply, tool_use
from tests.models.asked import answered, shop
from tests.models.live import MODEL, alone  # noqa: F401 - no key or profile of the machine's own
from tests.tui.app.driven import Driven, begin
from tests.tui.app.keys import presses
from tests.tui.app.request_parts import at_request, head, to_part, twice, write
from tooltrace import Workflow, tool
from tooltrace.core.model import events as e
from tooltrace.tui.widgets.inputs import ValueArea


@presses("add_part")
@pytest.mark.parametrize("key", ["+", "insert"])
async def test_a_message_is_added_before_or_behind_another(key: str) -> None:
    async with Driven(at_request(twice())) as d:
        await d.press("w")
        await to_part(d, "messages", "tool_result")
        await d.press(key, "u")
        await d.press("ctrl+s")
        assert "there is nothing in it" in d.text
        await write(d, "Be quick.")
        assert head(d) == e.MessageAdded(6, "user", [{"type": "text", "text": "Be quick."}])
        assert "Be quick." in d.text
        await to_part(d, "messages", "text")
        await d.press(key, "A")
        await write(d, "I am here.")
        assert d.dialogs == ["RequestScreen", "EditorScreen"]
        assert "has to begin with the user" in d.note
        assert "I am here." in d.text
        await d.press("escape", "escape", key, "U")
        await write(d, "Hello.")
        assert head(d) == e.MessageAdded(0, "user", [{"type": "text", "text": "Hello."}])


async def test_behind_results_that_nobody_has_read_something_is_said() -> None:
    async with Driven(at_request(twice())) as d:
        await d.press("w")
        await to_part(d, "messages", "tool_result", 1)
        await d.press("+", "u")
        await d.type("And tell me why.")
        await d.press("enter")
        assert head(d) == e.UserSaid("And tell me why.")
        assert "And tell me why." in d.text


@presses("remove_part")
@pytest.mark.parametrize("key", ["x", "delete"])
async def test_a_result_goes_with_its_call_and_a_call_with_its_result(key: str) -> None:
    async with Driven(at_request(twice())) as d:
        await d.press("w")
        await to_part(d, "messages", "tool_result")
        await d.press(key)
        told = "the result of fetch_order, #6, goes, and its call with it."
        assert told in " ".join(d.text.replace("┃", "").split())
        await d.press("n")
        assert d.view.head == 12
        await d.press(key, "y")
        assert head(d) == e.MessageEdited(6)
        await d.press("u")
        await to_part(d, "messages", "tool_use")
        await d.press(key)
        assert "the result of fetch_order, #6, goes" in d.text
        await d.press("y")
        assert head(d) == e.MessageEdited(6)
        assert [type(m).__name__ for m in d.view.snapshot.messages].count("Results") == 0


async def test_one_block_of_a_reply_or_all_of_it() -> None:
    given = answered(shop(), "Let me see.", call("fetch_order", order_id="1001"))
    given.returns("fetch_order", {"id": "1001"}).moves("validating")
    answered(given, call("check_policy", order_id="1001"))
    given.returns("check_policy", {"eligible": True}).moves("crediting")
    async with Driven(at_request(given)) as d:
        await d.press("w")
        await to_part(d, "messages", "text", 2)
        await d.press("x", "b")
        only_call = [{**call("fetch_order", order_id="1001")}]
        assert head(d) == e.MessageEdited(4, only_call)
        await d.press("u")
        await to_part(d, "messages", "text", 2)
        await d.press("x", "y")
        assert head(d) == e.MessageEdited(4)


async def test_what_the_api_would_refuse_is_not_even_asked(tmp_path: Path) -> None:
    with Loopback(reply(tool_use("t0", "look", x=1))) as server:
        async with Driven(begin(tmp_path, looking(), model=MODEL, base_url=server.url)) as d:
            await d.press("t", "n", "w")
            await to_part(d, "messages", "text")
            await d.press("x")
            assert d.dialogs == ["RequestScreen"]
            assert "the conversation has to begin with the user" in d.note


@tool(read_only=True)
def look(x: int) -> dict[str, int]:
    """Look it up."""
    return {"x": x}


def looking() -> Workflow:
    """No states, so that no state prompt stands in the conversation."""
    return Workflow("looking", tools=[look], system="Be brief.", input="Go.")


async def test_the_bytes_of_a_picture_are_not_edited() -> None:
    data = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(40)).decode()
    picture = {
        "type": "image",
        "source": {"type": "base64", "media_type": "image/png", "data": data},
    }
    given = twice().append(e.MessageAdded(2, "user", [picture]), "edited")
    async with Driven(at_request(given)) as d:
        await d.press("w")
        await to_part(d, "messages", "image")
        await d.press("e")
        assert "$data:1" in d.text
        await write(d, "", replace=("[", '[{"type": "text", "text": "See:"},'))
        assert head(d) == e.MessageEdited(13, [{"type": "text", "text": "See:"}, picture])


async def test_the_state_prompt_is_no_message() -> None:
    async with Driven(at_request(twice())) as d:
        await d.press("w")
        for nth in (1, 2, 3):
            await to_part(d, "messages", "text", nth)
            await d.press("e")
            assert "this is the state prompt" in d.note


async def test_a_block_that_cannot_be_sent_is_refused_and_the_draft_kept() -> None:
    async with Driven(at_request(twice())) as d:
        await d.press("w")
        await to_part(d, "messages", "text")
        await d.press("e", "ctrl+t")
        await write(d, '{"type": "image"}')
        assert d.dialog == "EditorScreen"
        assert "block 0 cannot be sent: the image has no source" in d.text
        assert '{"type": "image"}' in d.text
        await to_json_call(d)


async def to_json_call(d: Driven) -> None:
    """A call whose input is no object."""
    await d.press("escape", "escape")
    await to_part(d, "messages", "tool_use")
    await d.press("e")
    await write(d, "", replace=('"order_id": "1001"', '"order_id": "7"'))
    event = head(d)
    assert isinstance(event, e.MessageEdited) and event.content is not None
    assert event.content[0]["input"] == {"order_id": "7"}
    await to_part(d, "messages", "tool_use")
    await d.press("e")
    area = d.app.screen.query_one(ValueArea)
    area.load_text(area.text.replace(str(event.content[0]["id"]), "another"))
    await d.settled()
    await d.press("ctrl+s")
    assert d.dialog == "EditorScreen"
    assert "message" in d.note and "has no result in the next message" in d.note


async def test_an_edited_part_is_edited_again() -> None:
    async with Driven(at_request(twice())) as d:
        await d.press("w")
        await to_part(d, "messages", "tool_result")
        await d.press("e")
        await write(d, '{"total": 1}')
        await to_part(d, "messages", "tool_result")
        await d.press("e")
        assert '{"total":1}' in d.text
        await write(d, "nothing")
        assert head(d) == e.MessageEdited(6, [{"type": "text", "text": "nothing"}])


async def test_in_the_middle_of_a_turn_what_was_read_before_is_edited(tmp_path: Path) -> None:
    given = twice()
    given.asks()
    answered(given, call("process_credit", order_id="1001"))
    given.starts("process_credit")
    async with Driven(at_request(given)) as d:
        await d.press("home", "down", "e")
        assert d.dialog == "ConfirmScreen"
        await d.press("s")
        await write(d, "Refund nothing.")
        assert d.dialog == "EditorScreen"
        assert "a call is still open here" in d.text


async def test_what_openai_is_asked_is_edited_as_whole_messages() -> None:
    given = answered(shop(model="chat:gpt-5"), "I look.", call("fetch_order", order_id="1"))
    given.returns("fetch_order", {"id": "1"}).moves("validating")
    async with Driven(at_request(given)) as d:
        await d.press("w")
        await to_part(d, "messages", "call")
        await d.press("e")
        await write(d, "", replace=("I look.", "I see."))
        event = head(d)
        assert isinstance(event, e.MessageEdited) and event.content is not None
        assert [block["type"] for block in event.content] == ["text", "tool_use"]
        assert event.content[0]["text"] == "I see."
