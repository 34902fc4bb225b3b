"""How breakpoints are written: what str gives, parse reads."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tooltrace.core.decide.breakpoints import KINDS, Breakpoint, parse, same
from tooltrace.core.decide.watches import Watch, parse_watch
from tooltrace.core.model.errors import BadExpression

EXPRESSIONS = st.sampled_from(
    [
        *("args.n > 1", "context.n if turn else 0", "args.text == ' log x'", "'if hits 3 log '"),
        *("any([log for log in context.list])", 'reply.text == "print"', "len(args) == 2"),
    ]
)
NAMES = st.text(min_size=1, max_size=20).filter(lambda text: text.strip() and "->" not in text)
ALONE = [kind for kind in KINDS if kind not in ("tool", "state", "transition", "any")]
POINTS = st.one_of(
    st.builds(Breakpoint, st.sampled_from(["tool", "state", "repeat"]), NAMES),
    st.builds(Breakpoint, st.sampled_from(ALONE)),
    st.builds(Breakpoint, st.just("any"), st.just(""), EXPRESSIONS),
    st.just(Breakpoint("transition", "begin->*")),
)


@st.composite
def points(draw: st.DrawFn) -> Breakpoint:
    base = draw(POINTS)
    when = base.when or draw(st.none() | EXPRESSIONS)
    hits = draw(st.sampled_from([0, 1, 7, 1_000_000]))
    return Breakpoint(base.kind, base.target, when, True, hits, draw(st.none() | EXPRESSIONS))


@settings(max_examples=300)
@given(points())
def test_what_is_written_is_read_again(point: Breakpoint) -> None:
    assert parse(str(point)) == point
    assert same(parse(f"  {point}  "), point)


@settings(max_examples=300)
@given(st.text(max_size=60) | st.text(alphabet="iflogwhenhits:\"' ()1>-", max_size=60))
def test_anything_else_is_refused_in_one_line(text: str) -> None:
    try:
        point = parse(text)
    except BadExpression as error:
        assert len(str(error).splitlines()) == 1
    else:
        assert parse(str(point)) == point


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("request", Breakpoint("request")),
        ("repeat", Breakpoint("repeat")),
        ("repeat:look when args.n", Breakpoint("repeat", "look", "args.n")),
        ("stuck hits 2", Breakpoint("stuck", hits=2)),
        ("tool:pay when args.n hits 3", Breakpoint("tool", "pay", "args.n", hits=3)),
        ("tool:pay hits 3 if args.n", Breakpoint("tool", "pay", "args.n", hits=3)),
        ("tool:pay print args.n", Breakpoint("tool", "pay", log="args.n")),
        (
            "call if 1 hits 2 log args if turn else 0",
            Breakpoint("call", "", "1", True, 2, "args if turn else 0"),
        ),
        ("if cost > 1 log cost", Breakpoint("any", "", "cost > 1", log="cost")),
        ('state:"what if" if turn', Breakpoint("state", "what if", "turn")),
        (
            "call if args.x == 'a log b' log 'if'",
            Breakpoint("call", "", "args.x == 'a log b'", log="'if'"),
        ),
    ],
)
def test_clauses(text: str, point: Breakpoint) -> None:
    assert parse(text) == point


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("tool:pay hits", "after hits comes how many"),
        ("tool:pay hits 0", "after hits comes how many"),
        ("tool:pay hits 99999999", "from 1 to 1,000,000"),
        ("tool:pay hits 3 7", "'7' means nothing here"),
        ("tool:pay log", "an expression is missing"),
        ("tool:pay log nonsense", "unknown name nonsense"),
        ("hits 3", "is no breakpoint"),
        ("log cost", "is no breakpoint"),
        ("request:x", "is no breakpoint"),
        ('state:"begin', "no end to its quotes"),
        ("tool:pay\n\x1b[2J hits x", "after hits comes how many"),
        ("tool:" + "x" * 6000, "at most 5,000 characters"),
        ("call if " + "(" * 1500, "cannot be parsed"),
    ],
)
def test_what_is_wrong_with_a_clause_is_named(text: str, why: str) -> None:
    with pytest.raises(BadExpression) as caught:
        parse(text)
    assert why in str(caught.value) and len(str(caught.value).splitlines()) == 1


def test_a_watch_is_an_expression() -> None:
    assert parse_watch(" watch context.n ") == parse_watch("context.n") == Watch("context.n")
    assert parse_watch(str(Watch("reply.text"))) == Watch("reply.text")
    for text in ("", "watch", "watch ", "a b", "x" * 3000):
        with pytest.raises(BadExpression):
            parse_watch(text)
