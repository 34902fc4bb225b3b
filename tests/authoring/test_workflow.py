"""Definitions become data; what is wrong with one is told with the file and line it is in."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

import pytest

from tooltrace import BadWorkflow, On, State, StuckSpec, ToolContext, Workflow, call, say, tool
from tooltrace.core.model.workflow import ContextField, StateSpec, ToolSpec, Transition
from tooltrace.tools.functions.function import FunctionTool

HERE = "tests/authoring/test_workflow.py"


def now(plus: int = 0) -> int:
    frame = inspect.currentframe()
    assert frame is not None and frame.f_back is not None
    return frame.f_back.f_lineno + plus


@pytest.fixture(autouse=True)
def _at_the_top(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    monkeypatch.chdir(request.config.rootpath)


@tool(read_only=True, timeout=2.5)
def look(ctx: ToolContext, order_id: str) -> str:
    """Look it up.

    Args:
        order_id: its number.
    """
    return f"{order_id} in {ctx.state}"


@tool
async def pay(amount: int) -> int:
    """Pay it."""
    return amount


def plain(text: str) -> str:
    """Nothing said about it."""
    return text


@dataclass
class Memory:
    order: dict[str, Any] | None = None
    count: int = 0


def build(**changed: Any) -> Workflow:
    options: dict[str, Any] = {
        "tools": [look, pay],
        "states": [State("a", [look]), State("b", ["pay"]), State("end", terminal=True)],
        "transitions": [
            On(look, "a", "b", when="result", save={"order": "result"}),
            On([pay], "b", "end"),
        ],
        "context": Memory,
    }
    return Workflow("w", **{**options, **changed})


def test_a_definition_becomes_data() -> None:
    w = build(
        system="s", description="d", input="i", max_turns=7, stuck=StuckSpec(idle=0), world=print
    )
    assert w.name == w.spec.name == "w"
    assert [state.name for state in w.spec.states] == ["a", "b", "end"]
    assert w.spec.states[0] == StateSpec("a", ("look",))
    assert w.spec.rows == (
        Transition(("look",), "a", "b", "result", {"order": "result"}),
        Transition(("pay",), "b", "end"),
    )
    assert w.spec.context == (
        ContextField("order", "dict[str, Any] | None", None),
        ContextField("count", "int", 0),
    )
    assert (w.spec.initial, w.spec.max_turns, w.spec.stuck.idle) == ("a", 7, 0)
    assert (w.spec.system, w.spec.description, w.spec.input, w.spec.world) == ("s", "d", "i", True)
    assert w.spec.tools[0].effect == "reads" and w.spec.tools[0].timeout == 2.5
    assert list(w.tools) == ["look", "pay"]
    assert all(isinstance(item, FunctionTool) for item in w.tools.values())
    assert repr(w).startswith(f"<workflow w from {HERE}:")


def test_a_row_without_a_tool_is_taken_at_once() -> None:
    w = build(transitions=[On(None, "a", "b"), On(pay, "b", "end")])
    assert w.spec.rows[0].on == ()


def test_a_free_workflow_is_only_tools() -> None:
    w = Workflow("free", tools=[look, plain, FunctionTool.build(plain, name="other")])
    assert [item.name for item in w.spec.tools] == ["look", "plain", "other"]
    assert (w.spec.initial, w.spec.world, w.policy, w.world) == (None, False, None, None)
    assert w.spec.tools[1].effect == "writes"


def test_a_tool_is_still_the_function() -> None:
    ctx = ToolContext(None, "k", "here", {}, {})
    assert look(ctx, order_id="7") == look(ctx, "7") == "7 in here"
    assert (look.name, vars(look)["__name__"], look.__doc__) == ("look", "look", plain_doc(look))
    assert inspect.signature(look) == inspect.signature(look.function)
    assert repr(look) == "<tool look>"
    assert isinstance(look.spec, ToolSpec) and "ctx" not in look.spec.schema["properties"]


def plain_doc(of: Any) -> str | None:
    doc: str | None = of.function.__doc__
    return doc


async def test_an_async_tool_is_still_awaited() -> None:
    assert await pay(3) == 3


def test_what_a_tool_says_about_itself_arrives_in_its_spec() -> None:
    @tool(
        idempotent=True,
        destructive=False,
        open_world=False,
        timeout=1,
        critical=True,
        after=[look, "pay"],
        name="other",
    )
    def some() -> None:
        """Do it."""

    spec = some.spec
    assert (spec.name, spec.effect, spec.after) == ("other", "idempotent", ("look", "pay"))
    assert (spec.destructive, spec.open_world, spec.timeout, spec.critical) == (
        False,
        False,
        1,
        True,
    )


def test_annotations_may_name_what_is_defined_further_down() -> None:
    assert later.spec.schema["properties"]["what"]["$ref"].endswith("Later")


@tool
def later(what: Later) -> None:
    """Use a type that is not there yet."""


@dataclass
class Later:
    x: int


def mistake(**changed: Any) -> str:
    with pytest.raises(BadWorkflow) as caught:
        build(**changed)
    return str(caught.value)


def test_a_state_is_told_with_its_line() -> None:
    at = now(2)
    states = [
        State("a", ["lok"]),
        State("b", [pay]),
        State(
            "end",
            terminal=True,
        ),
    ]
    assert mistake(states=states).startswith(
        f"{HERE}:{at}: State.tools: unknown tool 'lok', did you mean 'look'?; "
    )


def test_a_transition_is_told_with_its_line_and_so_is_the_one_that_shadows_it() -> None:
    at = now(1)
    first = On(look, "a", "b")
    table = [
        first,
        On(
            look,
            "a",
            "end",
            when="result.x",
        ),
        On(pay, "b", "end"),
    ]
    assert mistake(transitions=table) == (
        f"{HERE}:{at + 3}: On: is never taken: the one at {HERE}:{at} has no guard and takes "
        "every result of look"
    )


def test_a_tool_is_told_with_the_line_of_its_decorator() -> None:
    at = now(2)

    @tool(after=["nothing"])
    def some() -> None:
        """Do it."""

    assert mistake(tools=[look, pay, some]) == (
        f"{HERE}:{at}: tool.after: unknown tool 'nothing'; there are: look, pay, some"
    )


def test_a_plain_function_is_told_with_its_own_line() -> None:
    at = plain.__code__.co_firstlineno
    twice = [look, pay, plain, plain]
    assert mistake(tools=twice) == (
        f"{HERE}:{at}: tool: there is a tool 'plain' already: the one at {HERE}:{at}"
    )


def test_the_rest_is_told_with_the_line_of_the_workflow() -> None:
    with pytest.raises(BadWorkflow) as caught:
        Workflow("w", tools=[look], max_turns=0)
    at = now(-1)
    assert str(caught.value) == (f"{HERE}:{at}: max_turns: is 0; a run needs at least 1 model turn")


def test_a_helper_that_makes_states_is_told_where_it_makes_them() -> None:
    def ends(*names: str) -> list[State]:
        return [State(name, terminal=True) for name in names]

    at = now(-2)
    states = [State("a", [look]), State("b", [pay]), *ends("end", "end")]
    assert mistake(states=states).startswith(f"{HERE}:{at}: State: there is a state 'end' already")


def test_at_most_five_mistakes_are_told_on_one_line() -> None:
    table = [On(look, "a", "b", when=f"nope{i}") for i in range(7)] + [On(pay, "b", "end")]
    text = mistake(transitions=table)
    assert text.count("unknown name nope") == 5
    assert text.endswith("; and 2 more") and "\n" not in text


def test_a_signature_that_no_model_can_call_is_told_when_the_workflow_is_built() -> None:
    @tool
    def some(*things: str) -> None:
        """Do it."""

    assert "test_workflow.py" in mistake(tools=[look, pay, some])


def test_a_file_outside_the_working_folder_is_told_in_full(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert mistake(max_turns=0).startswith(f"{__file__}:")


# The context


@dataclass
class Typed:
    count: int = 0
    name: str = None  # type: ignore[assignment]
    order: dict[str, int] | None = None
    tags: tuple[str, ...] = ("x",)
    later: Later | None = None


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("count", 3, None),
        ("count", "3", "count: expected a whole number, got text"),
        ("count", True, "count: expected a whole number, got true or false"),
        ("count", False, "count: expected a whole number, got true or false"),
        ("count", None, "count: expected a whole number, got null"),
        ("name", None, None),
        ("name", "x", None),
        ("order", {"a": 1}, None),
        ("order", {"a": "b"}, "order[...]: expected a whole number, got text"),
        ("tags", ["a", "b"], None),
        ("tags", ["a", 1], "tags[1]: expected text, got a whole number"),
        ("later", {"x": 1}, None),
        ("later", {"x": "1"}, "later.x: expected a whole number, got text"),
        (
            "cuont",
            1,
            "there is no 'cuont' in the context; there are: count, name, order, tags, later",
        ),
    ],
)
def test_a_value_of_the_context_is_checked_against_its_type(
    name: str, value: Any, why: str | None
) -> None:
    assert build(context=Typed).check_context(name, value) == why


def test_without_a_context_there_is_nothing_to_change() -> None:
    w = Workflow("free", tools=[look])
    assert w.check_context("x", 1) == "there is no 'x' in the context; there are: none"


def test_first_values_are_data() -> None:
    defaults = {item.name: item.default for item in build(context=Typed).spec.context}
    assert defaults == {"count": 0, "name": None, "order": None, "tags": ["x"], "later": None}


@dataclass
class WrongDefault:
    order: Any = None
    count: int = "x"  # type: ignore[assignment]


THING = object()


@dataclass
class NotData:
    order: Any = THING


@dataclass
class Unresolved:
    order: Missing = None  # type: ignore[name-defined] # noqa: F821


class NoDataclass:
    order = None


@pytest.mark.parametrize(
    ("context", "why"),
    [
        (WrongDefault, "context[1].default: count: expected a whole number, got text"),
        (NotData, "context[0].default: of 'order' is not JSON: Encoding objects of type object"),
        (Unresolved, "context: has a type that cannot be resolved: name 'Missing' is not defined"),
        (NoDataclass, "context: is not a dataclass; write @dataclass over the class"),
        (Memory(), "context: is not a dataclass"),
    ],
)
def test_a_context_that_is_none_is_told(context: Any, why: str) -> None:
    assert f": {why}" in mistake(context=context)


def test_moves_read_as_they_are_written() -> None:
    move = say("both", call("a", x=1), call("b"))
    assert (move.text, move.calls) == ("both", (("a", {"x": 1}), ("b", {})))
