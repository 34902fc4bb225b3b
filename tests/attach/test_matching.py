"""Which run a request belongs to, as a list of runs and one more request."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tooltrace.attach.matching import Asked, KnownRun, Match, match, session_of

ONE = KnownRun(["hi", "reply 1"], calls=frozenset({"a"}), replies=frozenset({"m1"}))
TWO = KnownRun(["hi", "reply 2"], calls=frozenset({"b"}), replies=frozenset({"m2"}))


def test_the_first_request_begins_a_run_and_one_without_tools_stands_beside() -> None:
    assert match(Asked(["hi"]), []) == Match(None, "new")
    assert match(Asked(["hi"], has_tools=False), []) == Match(None, "side")


def test_two_agents_that_begin_alike_are_two() -> None:
    assert match(Asked(["hi"]), [ONE]) == Match(None, "new")


def test_the_longest_conversation_that_it_begins_with_is_its_own() -> None:
    longer = KnownRun(["hi", "reply 1", "more", "reply 3"])
    asked = Asked(["hi", "reply 1", "more", "reply 3", "and"])
    assert match(asked, [ONE, longer, TWO]) == Match(1, "prefix", 4)
    assert match(Asked(["hi", "reply 1", "else"]), [ONE, longer, TWO]) == Match(0, "prefix", 2)


def test_results_say_which_of_two_equal_conversations_goes_on() -> None:
    twin = KnownRun(ONE.said, calls=frozenset({"c"}))
    asked = Asked(["hi", "reply 1", "result"], results=frozenset({"a"}))
    assert match(asked, [ONE, twin]) == Match(0, "call", 2)


def test_an_id_that_comes_again_elsewhere_does_not_mislead() -> None:
    other = KnownRun(["other", "reply"], calls=frozenset({"a"}))
    asked = Asked(["hi", "reply 1", "result"], results=frozenset({"a"}))
    assert match(asked, [ONE, other]) == Match(0, "call", 2)


def test_what_continues_a_reply_says_nothing_of_before() -> None:
    assert match(Asked(["result"], after="m2"), [ONE, TWO]) == Match(1, "thread", 0)
    assert match(Asked(["result"], after="gone"), [ONE, TWO]) == Match(None, "new")


def test_the_path_comes_before_all_else() -> None:
    here, there = (KnownRun(["hi", "r"], path=path) for path in ("here", "there"))
    assert match(Asked(["hi", "r", "x"], path="here"), [here, there]) == Match(0, "path", 2)
    assert match(Asked(["hi", "r", "x"], path="else"), [here, there]) == Match(None, "new")


def test_a_session_is_shared_by_agents_and_their_side_calls() -> None:
    main = KnownRun(["hi", "r"], session="s=1", frame="main")
    sub = KnownRun(["task", "r"], session="s=1", frame="sub")
    runs = [main, sub]
    assert match(Asked(["hi", "r", "x"], session="s=1", frame="main"), runs) == Match(
        0, "header", 2
    )
    assert match(Asked(["task", "r", "x"], session="s=1"), runs) == Match(1, "header", 2)
    assert match(Asked(["other"], session="s=1", frame="new"), runs) == Match(None, "new")
    assert match(Asked(["title?"], False, session="s=1"), runs) == Match(None, "side")
    assert match(Asked(["hi", "r", "x"], session="s=2"), runs) == Match(None, "new")


def test_a_history_that_the_client_rewrote_stays_with_its_session() -> None:
    main = KnownRun(["hi", "r", "x", "y"], session="s=1", frame="main")
    asked = Asked(["hi", "summary", "x"], session="s=1", frame="main")
    assert match(asked, [main]) == Match(0, "header", 1)


def test_the_narrowest_name_of_a_session_counts() -> None:
    assert session_of({}) == ""
    assert session_of({"session-id": "1", "thread-id": "2"}) == "thread-id=2"


SAID = st.lists(st.sampled_from("abc"), max_size=4)
RUNS = st.lists(st.builds(KnownRun, SAID), max_size=5)


@given(SAID, RUNS)
def test_without_other_signs_it_is_the_longest_that_fits(
    said: list[str], runs: list[KnownRun]
) -> None:
    found = match(Asked(said), runs)
    fitting = [len(r.said) for r in runs if r.said and [*r.said] == said[: len(r.said)]]
    assert found.told == max(fitting, default=0)
    assert (found.run is None) == (not fitting)
    if found.run is not None:
        assert len(runs[found.run].said) == found.told
