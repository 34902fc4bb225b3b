"""The keys that change a request before it goes out: what is recorded, what the screen shows."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.loopback import Loopback, text
from tests.models.live import MODEL, alone  # noqa: F401 - no key or profile of the machine's own
from tests.tui.app.driven import SIZES, Driven, begin, reach, until
from tests.tui.app.given import before
from tests.tui.app.keys import presses
from tests.tui.app.request_parts import at_request, head, to_part, twice, write
from tests.tui.app.test_live import asked, gated
from tests.tui.tui_support import assert_clean
from tooltrace.assemble import reopen
from tooltrace.core.model import events as e
from tooltrace.core.model.request_settings import RequestSettings


@presses("edit_part")
@presses("undo_part")
@presses("redo_part")
@pytest.mark.parametrize("size", SIZES)
async def test_the_system_prompt_is_text_of_many_lines(size: tuple[int, int]) -> None:
    async with Driven(at_request(twice()), size) as d:
        stood = d.view.head
        await d.press("w")
        await to_part(d, "system", "text")
        await d.press("e")
        assert "You work for a shop." in d.text
        await write(d, "", replace=("shop", "bank"))
        assert d.dialog == "RequestScreen"
        assert head(d) == e.SystemEdited(
            "You work for a bank.\nRefund what the policy allows, and say what you did."
        )
        assert "± edited" in d.text or size == (60, 20)
        assert "cached tokens are read anew" in d.note
        await d.press("u")
        assert d.view.head == stood
        assert "± edited" not in d.text
        await d.press("U")
        assert "cached tokens are read anew" in d.text
        await d.press("escape")
        assert d.dialogs == []
        assert "cached tokens are read anew" in " ".join(d.text.split()) or size[0] < 100
        assert_clean(d.app)


async def test_a_tool_is_told_by_its_description_or_its_schema() -> None:
    async with Driven(at_request(twice())) as d:
        await d.press("w")
        await to_part(d, "tools", "fetch_order")
        await d.press("e")
        assert d.dialog == "ConfirmScreen"
        await d.press("d")
        await write(d, "Only look.")
        assert head(d) == e.ToolEdited("fetch_order", "Only look.")
        await d.press("e", "s")
        await write(d, "[1]")
        assert d.dialog == "EditorScreen"
        assert "a schema is an object" in d.text
        await write(d, '{"type": "object", "properties": {}}')
        assert head(d) == e.ToolEdited("fetch_order", None, {"type": "object", "properties": {}})
        edited = d.view.snapshot.workflow.tool("fetch_order")
        assert edited is not None and edited.description == "Only look."


async def test_a_setting_is_added_given_another_value_and_taken_away() -> None:
    async with Driven(at_request(twice())) as d:
        await d.press("w")
        await to_part(d, "settings")
        await d.press("+")
        assert d.dialog == "PickerScreen"
        assert "low, medium, high, xhigh or max" in d.text
        await d.type("effort")
        await d.press("enter")
        await d.type("lots")
        await d.press("enter")
        assert "lots is none of low, medium, high, xhigh, max" in d.text
        await d.press(*["backspace"] * 4)
        await d.type("low")
        await d.press("enter")
        assert d.view.snapshot.settings.request == RequestSettings(effort="low")
        await to_part(d, "settings", "output_config")
        assert "± edited" in d.text
        await d.press("e")
        await write(d, '"max"')
        assert d.view.snapshot.settings.request == RequestSettings(effort="max")
        await to_part(d, "settings", "output_config")
        await d.press("x")
        assert d.view.snapshot.settings.request == RequestSettings()
        await to_part(d, "settings", "stream")
        await d.press("e")
        assert d.dialog == "RequestScreen"
        assert "replies are always streamed" in d.note
        await to_part(d, "settings", "max_tokens")
        await d.press("x")
        assert "nobody set max_tokens for this run" in d.note
        await d.press("e")
        await write(d, "100")
        assert d.view.snapshot.settings.max_tokens == 100


async def test_what_is_newer_than_we_are_is_set_as_extra() -> None:
    async with Driven(at_request(twice())) as d:
        await d.press("w")
        await to_part(d, "settings")
        await d.press("insert")
        await d.type("newer")
        await d.press("enter")
        await d.type('speed="fast"')
        await d.press("enter")
        assert d.view.snapshot.settings.request == RequestSettings(extra={"speed": "fast"})


@presses("choose_model")
async def test_another_model_from_here_on() -> None:
    async with Driven(at_request(twice())) as d:
        await d.press("w", "m")
        assert "claude-sonnet-5-5" in d.text and "asked now" in d.text
        await d.type("haiku-5-5")
        await d.press("enter")
        assert d.view.snapshot.settings.model == "claude-haiku-5-5"
        assert "cached tokens are read anew" in d.note
        await d.press("m", "enter")
        await d.type("mine ftp://here")
        await d.press("enter")
        assert "ftp://here is no http:// or https:// address" in d.text
        await d.press(*["backspace"] * 10)
        await d.type("http://localhost:1")
        await d.press("enter")
        assert d.view.snapshot.settings.base_url == "http://localhost:1"
        assert d.view.snapshot.settings.model == "mine"


async def test_a_model_of_any_provider_with_the_variable_of_its_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MY_KEY", "sk-mine-0123456789")
    async with Driven(at_request(twice())) as d:
        await d.press("w", "m")
        await d.type("openai:gpt-6-sol")
        assert "by the Responses API" in d.text
        await d.press("escape", "m", "enter")
        await d.type("chat:qwen3:8b http://localhost:1/v1 sk-mine-0123456789")
        await d.press("enter")
        assert "the name of the variable with its key, not the key" in d.text
        await d.press(*["backspace"] * len("sk-mine-0123456789"))
        await d.type("MY_KEY")
        await d.press("enter")
        settings = d.view.snapshot.settings
        assert settings.model == "chat:qwen3:8b"
        assert (settings.base_url, settings.key_env) == ("http://localhost:1/v1", "MY_KEY")
        await d.press("m")
        await d.type("claude-opus-5-5")
        await d.press("enter")
        assert d.view.snapshot.settings.base_url is None
        await d.press("m")
        await d.type("qwen3")
        assert "the key in MY_KEY" in d.text
        await d.press("enter")
        assert d.view.snapshot.settings == settings


@presses("stand_before")
async def test_a_request_that_was_sent_is_changed_on_a_branch_from_before_it() -> None:
    async with Driven(at_request(twice())) as d:
        await d.press("w", "left", "left")
        await to_part(d, "system", "text")
        for key in "e+xm":
            await d.press(key)
            assert d.dialogs == ["RequestScreen"]
            assert "this request was sent: g stands before it" in d.note
        await d.press("g")
        assert d.view.head == 2
        await to_part(d, "system", "text")
        await d.press("e")
        await write(d, "Be kind.")
        assert head(d) == e.SystemEdited("Be kind.")
        assert len(d.view.branches) == 2
        assert "The next request" in d.text
        await d.press("escape", "v")
        assert "± system prompt" in d.text


async def test_while_something_is_in_flight_nothing_is_changed(tmp_path: Path) -> None:
    gate = threading.Event()
    with Loopback(gated(gate, text("I shall look."))) as server:
        async with Driven(begin(tmp_path, model=MODEL, base_url=server.url)) as d:
            await asked(d)
            await until(lambda: d.view.snapshot.awaiting_model)
            d.send("w")
            await until(lambda: "sent to claude-sonnet-5-5" in d.text)
            for key in "e+xm":
                d.quiet()
                d.send(key)
                await until(lambda: d.note, "no reason was given")
                assert "running: pause first (p)" in d.note
            gate.set()
            await d.settled()


async def test_what_someone_else_writes_is_not_changed(tmp_path: Path) -> None:
    writer = reach(begin(tmp_path), before("process_credit"))
    reader = reopen(tmp_path / "refund-0001.jsonl")
    async with Driven(reader) as d:
        await d.press("w")
        await to_part(d, "messages", "text")
        await d.press("e")
        assert d.dialogs == ["RequestScreen"]
        assert "is open in another" in d.note or "writes" in d.note or "read" in d.note, d.note
    writer.close()


async def test_an_empty_system_prompt_is_written_again_from_its_heading_and_put_back() -> None:
    async with Driven(at_request(twice())) as d:
        await d.press("w")
        await to_part(d, "system", "text")
        await d.press("x")
        assert "the system prompt is what the workflow says" in d.note
        await d.press("e")
        await write(d, "")
        assert head(d) == e.SystemEdited("")
        assert "system" not in (d.debugger.request or {})
        await to_part(d, "system")
        await d.press("e")
        await write(d, "Be kind.")
        assert (d.debugger.request or {})["system"] == "Be kind."
        await to_part(d, "system", "text")
        await d.press("x")
        assert head(d) == e.SystemEdited(defined=True)
        assert "± edited" not in d.text


async def test_where_no_code_is_named_it_is_edited_and_nothing_runs() -> None:
    async with Driven(at_request(twice())) as d:
        await d.press("w", "m", "enter")
        await d.type("claude-haiku-5-5")
        await d.press("enter", "escape", "n")
        assert d.view.snapshot.settings.model == "claude-haiku-5-5"
        assert "nothing can run" in d.note
